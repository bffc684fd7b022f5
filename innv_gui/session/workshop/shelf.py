"""The workshop of a session: what can be asked of it, and what it begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from innv_gui.cluster.jobs import Job, Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.errors import BadInput, Conflict
from innv_gui.records import Model, ModelSource, replace
from innv_gui.session.models import ModelShelf
from innv_gui.session.wishes import wishes_of
from innv_gui.session.workshop.kept import ENDED
from innv_gui.session.workshop.opened import Opening, open_network
from innv_gui.session.workshop.request import MOST_EPOCHS, ShapesRequest, check_shapes, checked_title, whole
from innv_gui.session.workshop.run import ShapesRun
from innv_gui.session.workshop.runs import ENDS_S, Runs
from innv_gui.session.workshop.squares import Squares
from innv_gui.session.workshop.work import Speeds, warm, work
from innv_gui.workshop.recipe import Recipe


class Workshop:
    """Trains small networks on shapes: `session.workshop(["vertical_line", "horizontal_line"]).wait().films`.

    runs: those of the workspace.
    """

    def __init__(self, pool: Callable[[], Pool], jobs: Jobs, folder: Path, models: ModelShelf, opening: Opening):
        self._pool, self._jobs, self._models, self._opening = pool, jobs, models, opening
        self._speeds = Speeds()
        self._warming: dict[str, Job] = {}
        self._squares = Squares(pool)
        self._fitting: set[tuple[ModelSource, int]] = set()  # files, for so many classes
        self.runs = Runs(folder, self.model)

    @wishes_of(check_shapes, but=("read",), called="workshop")
    def __call__(self, classes: Sequence, *, name: str | None = None, **wishes) -> ShapesRun:
        """Begin to train; `.wait()` until it is done.

        classes: tiles by name (`innv_gui.workshop.tiles`), and pairs of a name and a drawing (28, 28), or of a name and
        images of a dataset. wishes: model ("mlp", "cnn" or a Model), epochs, seed, seeds (so many networks), initial
        ("black", "white", "noise", "blurred"), step_size; marks (class -> (28, 28) of 1 look here, -1 not here, 0),
        way ("none", "penalty", "filling", "both"; without it the recommended one) and strength.
        """
        return self.start(self.check(classes, **wishes), name)

    def check(self, classes: Sequence, **wishes) -> ShapesRequest:
        """A request, complete; raises BadInput naming the field, or a refusal that says why a file does not fit."""
        request = check_shapes(classes, read=self._squares.read, **wishes)
        source, n_classes = request.recipe.source, len(request.recipe.classes)
        if source is not None and (source, n_classes) not in self._fitting:
            self._pool().run("keras.shapes_fits", source, n_classes, about=request.file)
            self._fitting.add((source, n_classes))
        return request

    def seconds(self, request: ShapesRequest) -> float:
        """About how long a run takes."""
        return self._speeds.seconds(request.recipe, len(request.trials))

    def warm(self, model: str) -> None:
        """Prepare a kind of network, without waiting for it."""
        begun = self._warming.get(model)
        if begun is not None and not begun.ended():
            return
        pool = self._pool()
        pool.start("keras")
        title = f"Preparing the {model.upper()}"
        self._warming[model] = self._jobs.start("warm", title, lambda job: warm(model, pool, self._speeds))

    # -- runs

    def start(self, request: ShapesRequest, name: str | None = None) -> ShapesRun:
        """Begin a run."""
        title = checked_title(name) if name is not None else None
        run = self.runs.add(request, title)
        with run.lock:
            return self._go(run)

    def resume(self, id: str, epochs: int = 50) -> ShapesRun:
        """Go on with a run that was stopped, to its own end; or train a finished one for so many epochs more."""
        run = self.runs.get(id)
        with run.lock:
            if run.status not in ENDED or run.job is not None and not run.job.ended(ENDS_S):
                raise Conflict(f"{run.name} is being trained.", "Wait for it, or cancel it.", "run")
            run.request = replace(run.request, recipe=self._with_source(run))
            if run.status == "done":
                run.request = _longer(run, epochs)
            return self._go(run)

    def _go(self, run: ShapesRun) -> ShapesRun:
        pool = self._pool()
        pool.start("keras")
        run.ended, run.error = "running", None
        run.keep()
        epochs = run.request.recipe.epochs
        left = sum(epochs - trial.epoch for trial in run.trials)
        begin = lambda job: work(run, pool, job, self._speeds)  # noqa: E731
        run.job = self._jobs.start("shapes", f"Training {run.name}", begin, left, "epochs")
        return run

    def _with_source(self, run: ShapesRun) -> Recipe:
        """With the file of a person's model, which may have been added again since."""
        recipe = run.request.recipe
        if recipe.model != "file" or recipe.source is not None:
            return recipe
        models = (entry.model for entry in self._models.entries() if entry.model is not None)
        sources = [model.source for model in models if model.source.sha256 == run.sha256]
        found = next((source for source in sources if (source.output or 0) == (run.output or 0)), None)
        if found is None:
            message = f"{run.name} trains {run.request.file}, which is not open."
            raise Conflict(message, "Add that file under Models, then go on.", "file")
        return replace(recipe, source=found)

    def change(self, id: str, *, name: str | None = None, pinned: bool | None = None) -> ShapesRun:
        """Give a run another name, or keep it on top."""
        run = self.runs.get(id)
        run.name = checked_title(name) if name is not None else run.name
        run.pinned = run.pinned if pinned is None else pinned
        run.keep()
        return run

    # -- networks

    def file(self, run: ShapesRun, trial: int = 0) -> bytes:
        """A .keras file with the names of the classes, which carries its recipe."""
        state, recipe = run.state(trial), run.recipe(trial)
        recipe = replace(recipe, source=self._with_source(run).source)
        return self._pool().run("keras.shapes_file", recipe, state, about=run.name)

    def open(self, run: ShapesRun, trial: int = 0, images: bool = True):
        """Add a network to the session, and its training images; both go on as jobs. -> ModelEntry, DatasetEntry"""
        return open_network(run, trial, self.file(run, trial), self._opening, images)

    def model(self, run: ShapesRun, trial: int = 0) -> Model:
        """A network as a model of the session."""
        entry, _ = self.open(run, trial, images=False)
        return self._models.get(entry.id)


def _longer(run: ShapesRun, epochs: int) -> ShapesRequest:
    """The request of a finished run with more epochs."""
    now = run.request.recipe.epochs
    if now >= MOST_EPOCHS:
        raise BadInput(f"{run.name} has been trained for {now:,} epochs, which is the maximum.", "", "epochs")
    return run.request.longer(now + whole("epochs", epochs, 1, MOST_EPOCHS - now))
