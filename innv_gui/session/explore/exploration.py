"""An exploration: a dataset under some models, with everything that is seen of it; it grows while it is computed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.errors import BadInput, NotFound
from innv_gui.explore.columns import Column
from innv_gui.explore.confusion import Same
from innv_gui.records import ImageRef, Model, Problem
from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.ranking import Ranking
from innv_gui.session.explore.columns import columns_of
from innv_gui.session.explore.evidence import ranking_of
from innv_gui.session.explore.facts import LABEL, confused, facts_of, same_classes, side_of
from innv_gui.session.explore.maps import Maps, MapWish, PlacedMap, check_map
from innv_gui.session.explore.similar import Similar, similar_to_row
from innv_gui.session.explore.spaces import PIXELS, Spaces
from innv_gui.session.explore.table import Table
from innv_gui.session.explore.tags import Tags
from innv_gui.session.explore.thumbs import Thumbs
from innv_gui.session.models import letter_of
from innv_gui.session.suggest.numbers import Numbers
from innv_gui.session.suggest.request import SuggestionRequest

FIRST = 50  # images that make a rough map

if TYPE_CHECKING:
    import pandas

    from innv_gui.store.scores import ScoreTable


class Exploration:
    """What `Session.explore` gives. layers: per model id where its features are taken.

    files: changes with the files of its images, as far as they were looked at.
    """

    def __init__(
        self,
        request: SuggestionRequest,
        folders: Mapping[str, Path],
        job: Job,
        thumbs: Thumbs,
        tags: Tags,
        places,
        files: str = "",
    ):
        self.files = files
        self.id = f"x-{uuid.uuid4().hex[:12]}"
        self.models: tuple[Model, ...] = request.models
        self.dataset: Dataset = request.dataset
        self.layers = {id: layers[0] for id, layers in request.more.items()}
        self.job, self.thumbs, self.tags = job, thumbs, tags
        self._folders, self._places = dict(folders), places

    @cached_property
    def table_of_scores(self) -> ScoreTable:
        """The scores as they were written."""
        from innv_gui.store.scores import ScoreTable  # pyarrow takes half a second

        return ScoreTable(self._folders)

    @cached_property
    def numbers(self) -> Numbers:
        """What is made of them."""
        return Numbers(self.models, self.dataset, self.table_of_scores)

    @cached_property
    def table(self) -> Table:
        """Rows by query, selection and order."""
        return Table(self.numbers, lambda: self.columns, self.state)

    @cached_property
    def spaces(self) -> Spaces:
        """Where images are compared."""
        return Spaces(self._places.folder, self.numbers, self.layers, self.thumbs, self._places.pool)

    @cached_property
    def maps(self) -> Maps:
        """Coordinates."""
        return Maps(self._places.folder, self.spaces, len(self.dataset), self._places.pool, self._places.jobs)

    @property
    def columns(self) -> dict[str, Column]:
        """By name, as they are now."""
        return columns_of(self.numbers, self.tags, self.ranking)

    @property
    def ranking(self) -> Ranking | None:
        """Of the session: how far the heatmaps of just these models agree on images of this dataset."""
        return ranking_of(self._places.rankings(), self.models, self.dataset)

    def state(self) -> tuple:
        """Changes when there are more scores, more measured heatmaps or other tags."""
        self.table_of_scores.finished()
        ranking = self.ranking
        ranked = ("", 0) if ranking is None else (ranking.id, ranking.n_ranked)
        return (*self.table_of_scores.state(), self.tags.version, *ranked)

    @property
    def version(self) -> int:
        """The state as a number that a page can compare."""
        return int.from_bytes(hashlib.sha256(repr(self.state()).encode()).digest()[:6], "big")

    @property
    def facts(self) -> dict | None:
        """Accuracy, loss and counts per model and together; None until something is scored."""
        return facts_of(self.numbers)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Images that could not be scored, in the order of the dataset."""
        return tuple(Problem(bad.name, bad.reason) for bad in self.table_of_scores.problems())

    def model(self, id: str) -> Model:
        """One of its models by id. Raises NotFound."""
        for model in self.models:
            if model.id == id:
                return model
        raise NotFound(f"Model {id!r:.60} is not part of this exploration.", "", "model")

    def index_of(self, row: int) -> int:
        """A row's position in the whole collection."""
        return int(self.dataset.positions()[row])

    def ref(self, row: int) -> ImageRef:
        """The image of a row."""
        return self.dataset.collection.ref(self.index_of(row))

    def check_row(self, row: int) -> int:
        """Raises BadInput for a row that is not there."""
        if not 0 <= row < len(self.dataset):
            raise BadInput(f"There is no image {row} here.", f"Expected 0 to {len(self.dataset) - 1}.", "row")
        return row

    def row_named(self, name: str) -> int:
        """The row of an image by its file name. Raises NotFound."""
        mask = self.columns["file"].texts(name, True)
        if not mask.any():
            raise NotFound(f"No image is called {name!r:.80}.", "The names are in the table's column 'file'.", "name")
        return int(np.flatnonzero(mask)[0])

    # -- what Python asks for

    @property
    def frame(self) -> pandas.DataFrame:
        """One row per scored image: index, file, label; prediction, right, loss, confidence per model (A, B, ...)."""
        return self.frame_of(self.table_of_scores.rows())

    def frame_of(self, rows: np.ndarray) -> pandas.DataFrame:
        """The same of some rows, in their order."""
        import pandas as pd  # it takes half a second to import

        found = {name: self._shown(column, rows, column.values()[rows]) for name, column in self.columns.items()}
        frame = pd.DataFrame(found, index=pd.Index(rows, name="row"))
        frame.attrs["models"] = {  # a Parquet file keeps it
            letter_of(k): {"name": model.name, **model.source.content} for k, model in enumerate(self.models)
        }
        return frame

    def saved_frame_of(self, rows: np.ndarray) -> pandas.DataFrame:
        """The same for a file, which says what A, B, ... are: each model's name before its columns."""
        import pandas as pd

        frame, same = self.frame_of(rows), np.zeros(len(rows), np.int8)
        for letter, model in frame.attrs["models"].items():
            place = next(k for k, name in enumerate(frame.columns) if name.startswith(f"{letter}."))
            frame.insert(place, f"{letter}.model", pd.Categorical.from_codes(same, [model["name"]]))
        return frame

    def _shown(self, column: Column, rows: np.ndarray, values: np.ndarray):
        from innv_gui.session.suggest.frame import named  # with pandas

        if column.kind == "text":
            return [self.ref(int(row)).name for row in rows]
        if column.kind == "tags":
            return [", ".join(n for k, n in enumerate(column.names) if int(bits) >> k & 1) for bits in values]
        if column.kind == "class":
            return named(values, column.names)
        if column.kind == "flag":
            return np.array([False, True, None], object)[values]
        return values

    def query(self, text: str, sort: str | None = None, falling: bool = False) -> np.ndarray:
        """(k,) rows that a query means, in the order of the dataset or of a column. Raises BadQuery."""
        return self.table.order(text, None, sort, falling).rows

    def map(self, of: str | Model = PIXELS, method: str = "tsne", **settings) -> PlacedMap:
        """Coordinates of all images, and wait for them. of: "pixels" or a model; method: "pca", "tsne" or "umap".

        settings: perplexity, neighbours, seed, full. -> .places (n, 2) float32, .trust (n,), .trust_mean
        """
        made = self.start_map(MapWish(of.id if isinstance(of, Model) else of, method, **settings))
        made.job.wait()
        return made

    def start_map(self, wish: MapWish) -> PlacedMap:
        """Begin a map; it is there in a rough form soon."""
        return self.maps.start(check_map(wish), self._ready)

    def _ready(self, made: PlacedMap) -> None:
        """Waits until all images are scored and have a small picture; meanwhile the first ones are on the map."""
        job, shown = made.job, 0
        while not self.job.ended(0.2):
            job.check()
            rows = self.spaces.first_rows(made.wish.of)
            if len(rows) >= max(FIRST, 2 * shown):
                made.take(rows, self.spaces.rough(made.wish.of, rows), 0, "The first images, by components")
                shown = len(rows)
            job.message = "Waits for the scores"
        job.message = ""
        if not len(self.table_of_scores.rows()):
            raise BadInput("No image has been scored, so there is nothing to map.", "Score the images first.", "of")

    def confusion(self, rows: str | Model = LABEL, columns: str | Model | None = None) -> pandas.DataFrame:
        """Counts of images by label (or a model's answer) and by a model's answer; classes without images left out."""
        import pandas as pd

        of_rows = self.side(rows)
        of_columns = self.side(self.models[0] if columns is None else columns)
        found = confused(self.numbers, of_rows, of_columns)
        row_codes, column_codes = np.unique(found.rows), np.unique(found.columns)
        names = [side_of(self.numbers, side).names for side in (of_rows, of_columns)]
        counts = found.dense(row_codes, column_codes)
        row_names, column_names = [names[0][c] for c in row_codes], [names[1][c] for c in column_codes]
        return pd.DataFrame(counts, index=row_names, columns=column_names)

    def side(self, of: str | Model) -> str:
        """ "label" or a model (its id, letter or itself) as facts name it. Raises BadInput."""
        if isinstance(of, str) and of == LABEL:
            if not self.dataset.class_names:
                hint = "Compare two models instead." if len(self.models) > 1 else "Open labelled images."
                raise BadInput(f"{self.dataset.name} has no labels.", hint, "rows")
            return LABEL
        id = of.id if isinstance(of, Model) else of
        for position, model in enumerate(self.models):
            if id in (model.id, letter_of(position)):
                _check_exclusive(model)
                return str(position)
        raise BadInput(f"There is no side {id!r:.60}.", f"Expected {LABEL} or a model of this exploration.", "rows")

    def same_classes(self, rows: str, columns: str) -> Same:
        """Class of a row -> the same classes of a column; sides as `side` gives them."""
        return same_classes(self.numbers, rows, columns)

    def neighbours(self, row: int, k: int = 5, of: str | Model | None = None) -> Similar:
        """The k images nearest to one, by Euclidean distance of 50 components. -> .rows, .distances"""
        chosen = self.models[0].id if of is None else of.id if isinstance(of, Model) else of
        return similar_to_row(self.spaces, chosen, self.check_row(row), k)

    def __len__(self) -> int:
        return len(self.table_of_scores.rows())

    def __repr__(self) -> str:
        names = ", ".join(model.name for model in self.models)
        return f"Exploration({names} on {self.dataset.name}, {self.job.status}, {len(self)} of {len(self.dataset)})"


def _check_exclusive(model: Model) -> None:
    if not model.facts.outputs.exclusive:
        says = "says yes or no to each class (multilabel): it has no one answer to count."
        raise BadInput(f"{model.name} {says}", "Choose a model with one class for each image.", "rows")


def cell_mask(exploration: Exploration, rows: str, columns: str, row: str, column: str) -> np.ndarray:
    """(n,) bool: the images of a cell of the confusion matrix, by the names of its classes."""
    found = exploration.table.scored()
    for of, name in ((exploration.side(rows), row), (exploration.side(columns), column)):
        side = side_of(exploration.numbers, of)
        if name not in side.names:
            raise BadInput(f"{side.title} has no class {name!r:.80}.", "", "cell")
        found &= side.codes == side.names.index(name)
    return found
