"""One chunk of scoring as a task; when it ends its worker, the image that does it is found and left out."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

import numpy as np

from innv_gui.cluster.pool import Pool
from innv_gui.errors import WorkerDied
from innv_gui.records import ImageRef, ScoredImages, ScoreWish, Votes
from innv_gui.session.scoring.plan import BATCH

KILLER = "ends the worker that reads it."
MOST_KILLERS_IN_A_ROW = 2  # more, and it is the model


@dataclass(frozen=True)
class Asking:
    """What is the same for all chunks that the same models score. about: their names."""

    pool: Pool
    wishes: tuple[ScoreWish, ...]
    opened_ns: int
    about: str
    cancelled: Event
    squares: bool = False  # small pictures as well

    def score(self, refs: list[ImageRef]) -> ScoredImages:
        """Scores of these images. Raises WorkerDied when it is not a single image that ends the worker."""
        try:
            return self._task(refs)
        except WorkerDied:
            if len(refs) <= BATCH:
                return self._one_by_one(refs)
            return joined([self.score(refs[at : at + BATCH]) for at in range(0, len(refs), BATCH)])

    def _task(self, refs: list[ImageRef]) -> ScoredImages:
        more = {"cancelled": self.cancelled, "about": self.about, "background": True}
        return self.pool.run("keras.score", self.wishes, refs, self.opened_ns, self.squares, **more)

    def _one_by_one(self, refs: list[ImageRef]) -> ScoredImages:
        found: list[ScoredImages | None] = []
        for ref in refs:
            try:
                found.append(self._task([ref]))
            except WorkerDied:
                found.append(None)
                if found[-MOST_KILLERS_IN_A_ROW:] == [None] * MOST_KILLERS_IN_A_ROW:
                    raise
        like = next((images for images in found if images is not None), None)
        if like is None:
            raise WorkerDied(f"The keras worker died on {self.about}.", "Use a smaller model. The session continues.")
        return joined([images or self._nothing(ref, like) for ref, images in zip(refs, found, strict=True)])

    def _nothing(self, ref: ImageRef, like: ScoredImages) -> ScoredImages:
        """A row for an image that cannot be read, in the shape of another's."""
        stamps = self.pool.run("images.stamps", [ref], cancelled=self.cancelled, about=ref.name)
        votes = tuple(
            Votes(
                np.full_like(vote.probabilities, np.nan),
                {name: np.full_like(values, np.nan) for name, values in vote.activations.items()},
                {0: KILLER},
            )
            for vote in like.models
        )
        black = None if like.squares is None else np.zeros_like(like.squares[:1])
        return ScoredImages(stamps, votes, 0.0, like.worker, black)


def joined(pieces: list[ScoredImages]) -> ScoredImages:
    """Neighbouring images as one."""
    models = tuple(joined_votes(list(votes)) for votes in zip(*(piece.models for piece in pieces), strict=True))
    stamps = np.concatenate([piece.stamps for piece in pieces])
    squares = [piece.squares for piece in pieces if piece.squares is not None]
    whole = np.concatenate(squares) if len(squares) == len(pieces) else None
    return ScoredImages(stamps, models, sum(piece.seconds for piece in pieces), pieces[0].worker, whole)


def joined_votes(pieces: list[Votes]) -> Votes:
    """The same for one model."""
    first, problems = 0, {}
    for piece in pieces:
        problems |= {first + row: reason for row, reason in piece.problems.items()}
        first += len(piece.probabilities)
    return Votes(
        np.concatenate([piece.probabilities for piece in pieces]),
        {name: np.concatenate([piece.activations[name] for piece in pieces]) for name in pieces[0].activations},
        problems,
    )
