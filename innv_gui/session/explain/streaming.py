"""A run over any number of images straight into its file: chunk by chunk, nothing of it stays in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.records import Model, Target
from innv_gui.session.explain.run import Run
from innv_gui.session.explain.work import Blueprints, ModelWork, Outcome, at_once, images_a_task
from innv_gui.store.maps import MapStore
from innv_gui.store.runs import RunFile, run_file


@dataclass(frozen=True)
class Streaming:
    """A run that is being written to a file. keeps: whether maps are kept for another run as well."""

    run: Run
    pool: Pool
    store: MapStore
    blueprints: Blueprints
    keeps: bool

    def into(self, path: Path, job: Job) -> Run:
        """The file takes its place when all is done; it vanishes when not one map came out, or when it was stopped."""
        with run_file(path, self.run.attributes()) as file:
            at_once(self.run, job, lambda model, target: self._model(model, target, file, job))
            for model in self.run.models:
                if model.id in self.run.failures:
                    file.drop(model.letter)
            file.link(model.letter for model in self.run.models)
        return self.run

    def _model(self, model: Model, target: Target, file: RunFile, job: Job) -> None:
        work = ModelWork(self.run.request, model, target, self.pool, self.blueprints)
        chunk = images_a_task(self.run.request)
        for start in range(0, len(self.run.items), chunk):
            job.check()
            positions = range(start, min(start + chunk, len(self.run.items)))
            self._write(model, self._outcomes(work, list(positions), job), file)
            job.step(len(positions))

    def _outcomes(self, work: ModelWork, positions: list[int], job: Job) -> list[Outcome]:
        known = {position: work.known(position, self.store, remember=False) for position in positions}
        todo = [position for position, outcome in known.items() if outcome is None]
        known.update((outcome.position, outcome) for outcome in work.computed(todo, job))
        return [known[position] for position in positions]

    def _write(self, model: Model, outcomes: list[Outcome], file: RunFile) -> None:
        done = [outcome for outcome in outcomes if outcome.kept is not None]
        rows = [self.run.row(model, outcome.position, outcome.kept) for outcome in done]
        if rows:
            file.add(model.letter, self.run.part_attributes(model), rows)
        for outcome in outcomes:
            if outcome.kept is None:
                self.run.put(model, outcome.position, outcome.cell)
            elif self.keeps and not outcome.cached:
                self.store.put(outcome.key, outcome.kept, remember=False)
        self.run.count(model, len(done))
