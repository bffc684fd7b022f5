"""One probe at work: small tasks in the background, that make way for anyone who waits; answers are kept."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.errors import BadInput, WorkFailed
from innv_gui.preprocessing import parse, written
from innv_gui.records import Answers, Model, Preprocessing
from innv_gui.session.model_sources import hooks_hash
from innv_gui.session.probe.probe import Probe
from innv_gui.session.probe.sample import Sample, arithmetic, candidates, distinct, resized, standardized
from innv_gui.session.scoring.scoring import dataset_key
from innv_gui.store.kept_files import Damaged, read_record, write_record

VERSION = 1  # of what is kept
CHUNK = 24  # images a task
QUIET_S = 1.0  # without anybody waiting, before a task begins
POLL_S = 0.05


@dataclass
class ProbeWork:
    """A model on a sample. folder: where answers are kept. by_itself: nobody waits for it. answers: rule -> (n,) int32
    class indices."""

    pool: Pool
    model: Model
    sample: Sample
    names_assumed: bool
    folder: Path
    by_itself: bool = True
    answers: dict[Preprocessing, np.ndarray] = field(default_factory=dict)
    uniform: bool = False
    sums: np.ndarray | None = None  # see Answers

    def do(self, job: Job) -> Probe:
        """Ask for all rules under the current resize rule, then for the images' own mean and deviation, then for the
        best one under the other resize rules."""
        path = self.folder / f"{self._key(job)}.json"
        self._read(path)
        rules = candidates(self.model)
        self._ask(rules, job)
        rules = distinct((*rules, *standardized(self.sums, self.model.preprocessing.resize)))
        self._ask(rules, job)
        best = rules[self._probe(rules).comparison.best] if self._counts(rules) else None
        if best is not None and not self.uniform:
            rules = distinct((*rules, *resized(best)))
            self._ask(rules, job)
        self._write(path)
        return self._probe(rules)

    def _counts(self, rules: tuple[Preprocessing, ...]) -> bool:
        return self._probe(rules).comparison is not None

    def _probe(self, rules: tuple[Preprocessing, ...]) -> Probe:
        predicted = np.stack([self.answers[arithmetic(rule)] for rule in rules])
        return Probe(self.model, self.sample, rules, predicted, self.model.preprocessing, self.names_assumed)

    # -- asking

    def _ask(self, rules: tuple[Preprocessing, ...], job: Job) -> None:
        missing = tuple(rule for rule in rules if arithmetic(rule) not in self.answers)
        if not missing:
            return
        job.total = job.done + len(missing) * len(self.sample)
        chunks = [self._chunk(start, missing, job) for start in range(0, len(self.sample), CHUNK)]
        self.uniform = all(chunk.uniform for chunk in chunks)
        self.sums = self.sums if self.sums is not None else sum(chunk.sums for chunk in chunks)
        predicted = np.concatenate([chunk.predicted for chunk in chunks], axis=1)
        self.answers |= {arithmetic(rule): row for rule, row in zip(missing, predicted, strict=True)}

    def _chunk(self, start: int, rules: tuple[Preprocessing, ...], job: Job) -> Answers:
        """Some images under all rules; a task that made way goes on with the rules that are left."""
        refs, parts, left = self.sample.refs(start, start + CHUNK), [], rules
        while left:
            self._wait_for_quiet(job)
            more = {"cancelled": job.cancelled, "about": self.model.name, "background": True}
            parts.append(self.pool.run("keras.probe", self.model.source, refs, left, **more))
            done = len(parts[-1].predicted)
            left = left[done:]
            job.step(done * len(refs))
        predicted = np.concatenate([part.predicted for part in parts])
        return Answers(predicted, all(part.uniform for part in parts), parts[0].sums)

    def _wait_for_quiet(self, job: Job) -> None:
        """A person who has just asked for something asks for more soon, and should not meet a task on its way."""
        job.check()
        while self.by_itself and self.pool.quiet_s("keras") < QUIET_S:
            time.sleep(POLL_S)
            job.check()

    # -- keeping

    def _key(self, job: Job) -> str:
        """Changes with everything that changes an answer or what it is compared with, but not with the rules."""
        refs = list(self.sample.refs(0, len(self.sample)))
        states = self.pool.run("images.states", refs, cancelled=job.cancelled, background=True)
        source, facts = self.model.source, self.model.facts
        parts = [VERSION, source.sha256, source.output, hooks_hash(source.hooks), facts.outputs.kind]
        parts += [dataset_key(self.sample.dataset), self.sample.positions.tolist(), states]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]

    def _read(self, path: Path) -> None:
        """What an earlier probe left; a file that is damaged is asked for again."""

        def check(kept: dict) -> None:
            try:
                rows = {parse(rule): np.array(row, np.int32) for rule, row in kept["answers"].items()}
            except BadInput as error:
                raise Damaged from error
            sums, uniform = np.array(kept["sums"], np.float64), kept["uniform"]
            if any(row.shape != (len(self.sample),) for row in rows.values()) or sums.shape not in ((3, 1), (3, 3)):
                raise Damaged
            self.answers, self.sums, self.uniform = rows, sums, uniform

        read_record(path, check)

    def _write(self, path: Path) -> None:
        kept = {written(rule): row.tolist() for rule, row in self.answers.items()}
        content = {"uniform": self.uniform, "sums": self.sums.tolist(), "answers": kept}
        with contextlib.suppress(WorkFailed):  # a full disk costs the next start some seconds, and nothing now
            write_record(path, content)
