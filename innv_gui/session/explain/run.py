"""A run: what was asked, how far it is, and what has come out of it so far."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from innv_gui.analyzers.declaration import Analyzer
from innv_gui.cluster.jobs import Job
from innv_gui.errors import BadInput, Conflict, ImageRefused, InnvError, NotFound, shown_value
from innv_gui.named_path import named_path
from innv_gui.notebook import card, sizes
from innv_gui.plots.sheet import Sheet, opened
from innv_gui.plots.sheet_page import Shown
from innv_gui.records import ClassNames, Fit, Health, Model, Problem, as_plain
from innv_gui.session.explain.agreement import Agreement, Found, agreement_of
from innv_gui.session.explain.contents import Contents, Replaced
from innv_gui.session.explain.overlays import Look, check_target, checked_place, overlaid
from innv_gui.session.explain.pictures import Pictures
from innv_gui.session.explain.request import GRIDS, Item, Request, is_whole
from innv_gui.session.explain.request_facts import layer_of, versions
from innv_gui.session.labels import LabelFit, by_hand, class_of_label, fit_by_name, label_fit
from innv_gui.session.naming import naming_of
from innv_gui.session.wishes import wishes_of
from innv_gui.store.maps import KeptMap, MapStore
from innv_gui.store.runs import RunRow, run_file

N_TOP = 5
SHOWN = 8  # images in a notebook, unless more are asked for


@dataclass(frozen=True)
class Cell:
    """One image under one model. key: where its map is kept."""

    status: str = "waiting"  # waiting, done, failed
    key: str = ""
    cached: bool = False
    top: tuple[tuple[int, float], ...] = ()  # class index, probability
    targets: tuple[int, ...] = ()
    activations: tuple[float, ...] = ()
    shape: tuple[int, ...] = ()
    seconds: float = 0.0
    engine: str = ""
    health: tuple[Health, ...] = ()
    notes: tuple[str, ...] = ()
    error: InnvError | None = None


def cell_of(key: str, kept: KeptMap, cached: bool) -> Cell:
    """What a page or a script wants to know of a kept map without loading it."""
    n_likely = int((kept.probabilities > 0.5).sum())  # several where classes do not exclude each other
    best = np.argsort(-kept.probabilities, kind="stable")[: max(N_TOP, n_likely)]
    return Cell(
        "done",
        key,
        cached,
        top=tuple((int(index), float(kept.probabilities[index])) for index in best),
        targets=tuple(int(target) for target in kept.targets),
        activations=tuple(float(value) for value in kept.activations),
        shape=tuple(kept.values.shape[1:]),
        seconds=kept.seconds,
        engine=kept.engine,
        health=tuple(Health(*item) for item in kept.health),
        notes=kept.notes,
    )


def predicted(model: Model, top: Iterable[tuple[int, float]]) -> list[int]:
    """Of the likeliest classes those that the model says: the first, or with several each with p > 0.5."""
    if model.facts.outputs.exclusive:
        return [index for index, _ in islice(top, 1)]
    return [index for index, probability in top if probability > 0.5]


@dataclass(frozen=True)
class Explanation:
    """What one model gave for the images of a run that could be read.

    Everything is read from the store when it is asked for: a run of thousands of images takes no memory by itself.
    """

    model: Model
    items: tuple[Item, ...]
    cells: tuple[Cell, ...]
    naming: ClassNames
    _store: MapStore
    _analyzer: Analyzer
    _pictures: Pictures | None = None
    _contents: Contents | None = None

    def __repr__(self) -> str:
        return f"<Explanation: {self._analyzer.name} of {len(self.items)} images by {self.model.name!r}>"

    def _repr_html_(self) -> str:
        facts = [("model", f"{self.model.letter} {self.model.name}"), ("images", len(self.items))]
        facts += [("maps", sizes(self.cells[0].shape) + " each"), ("engine", self.engine)]
        told = dict.fromkeys(fact.text for row in self.health for fact in row if fact.level != "ok")
        facts += [("warnings", "; ".join(told))]
        return card(self._analyzer.name, facts)

    @wishes_of(Look)
    def overlay(self, which: int, target: int = 0, **look):
        """A map over its image, as a Pillow picture. which: place among `names`; target: among its targets.

        look: colormap, opacity (0..1), clip (percentile); the method's own where not given.
        """
        kept = self._store.get(self.cells[checked_place(which, len(self.cells), "image")].key)
        if kept is None:
            raise NotFound("A map is no longer kept.", "Run it again.")
        target = checked_place(target, len(kept.values), "target")
        if self._contents is not None:
            self._contents.check(self.items[which].ref)
        where = (self.items[which], self.model, self._analyzer.display, self._pictures)
        return opened(overlaid(kept, *where, Look(**look), target))

    def kept(self) -> Iterator[KeptMap]:
        """One image after the other."""
        for cell in self.cells:
            kept = self._store.get(cell.key)
            if kept is None:
                raise NotFound("A map is no longer kept.", "Run it again.")
            yield kept

    @property
    def maps(self) -> np.ndarray:
        """float32 (images, targets, H, W, C) in the model's input geometry, not normalised."""
        return np.stack([kept.values for kept in self.kept()])

    @property
    def targets(self) -> np.ndarray:
        """int64 (images, targets): class or neuron indices."""
        return np.array([cell.targets for cell in self.cells], dtype=np.int64)

    @property
    def activations(self) -> np.ndarray:
        """float32 (images, targets): the value that was explained."""
        return np.array([cell.activations for cell in self.cells], dtype=np.float32)

    @property
    def probabilities(self) -> np.ndarray:
        """float32 (images, K)."""
        return np.stack([kept.probabilities for kept in self.kept()])

    @property
    def names(self) -> tuple[str, ...]:
        """File names of the images."""
        return tuple(item.name for item in self.items)

    @property
    def engine(self) -> str:
        """ "native" or "innvestigate"."""
        return self.cells[0].engine

    @property
    def seconds(self) -> float:
        """Time of the analyzer over all images, without loading and decoding."""
        return sum(cell.seconds for cell in self.cells)

    @property
    def health(self) -> tuple[tuple[Health, ...], ...]:
        """Facts about each image's map."""
        return tuple(cell.health for cell in self.cells)


class Run:
    """One explanation job over models and images; `run[model]` is an Explanation."""

    def __init__(
        self,
        request: Request,
        store: MapStore,
        id: str | None = None,
        current: Callable[[Model], Model] = lambda model: model,
        pictures: Pictures | None = None,
        sheet: Callable[[Run, int], Sheet] | None = None,
    ):
        self._pictures, self._sheet = pictures, sheet
        self.current = current  # a model as it is now called
        self._classes = {}
        self.id = id or f"e-{uuid.uuid4().hex[:12]}"
        self.request = request
        self.contents = Contents()
        self.job: Job | None = None
        self._store = store
        self._lock = threading.Lock()
        self._cells: dict[tuple[str, int], Cell] = {}
        self._done: Counter[str] = Counter()
        self.failures: dict[str, InnvError] = {}
        self.seconds = 0.0

    # -- in a notebook

    def __repr__(self) -> str:
        failed = dict.fromkeys(self.failures, " (failed)")
        names = ", ".join(model.name + failed.get(model.id, "") for model in self.models)
        status = self.job.status if self.job else "not begun"
        return f"<Run of {self.request.analyzer.name}: {len(self.items)} images under {names}, {status}>"

    def _repr_html_(self) -> str:
        facts = [("models", ", ".join(f"{model.letter} {model.name}" for model in self.models))]
        facts += [("images", len(self.items)), ("status", self.job.status if self.job else "not begun")]
        facts += [("problems", "; ".join(map(str, self.failures.values())))]
        return card(self.request.analyzer.name, [*facts, ("to see them", "run.show(), run[model].overlay(0)")])

    def show(self, images: int = SHOWN) -> Shown:
        """The heatmaps of the first images, one column per model, to be the last value of a notebook's cell."""
        if not is_whole(images) or images < 1:
            raise BadInput(f"Expected how many images to show, at least 1, got {shown_value(images)}.", field="images")
        return Shown(self._sheet(self, images))

    # -- filled by the job

    def put(self, model: Model, position: int, cell: Cell) -> None:
        """The image at `position` of the request is finished (or failed) under `model`."""
        with self._lock:
            self._cells[model.id, position] = cell
            self._done[model.id] += cell.status == "done"

    def count(self, model: Model, n: int) -> None:
        """`n` more images are finished under `model`, whose maps are not shown but written."""
        with self._lock:
            self._done[model.id] += n

    def fail(self, model: Model, error: InnvError) -> None:
        """`model` cannot be explained at all."""
        with self._lock:
            self.failures[model.id] = error

    def _first_failure(self) -> InnvError:
        """With the model's name, where it could be another's."""
        id, error = next(iter(self.failures.items()))
        name = next(model.name for model in self.models if model.id == id)
        if len(self.models) == 1 or name in error.message:
            return error
        return type(error)(f"{name}: {error.message}", error.hint, error.field, error.allowed)

    # -- read by anybody

    @property
    def models(self) -> tuple[Model, ...]:
        """In the order they were asked for."""
        return self.request.models

    @property
    def items(self) -> Sequence[Item]:
        """The images that were asked for."""
        return self.request.items

    def cell(self, model: Model, position: int) -> Cell:
        """How far the image at `position` is under `model`."""
        with self._lock:
            return self._cells.get((model.id, position), Cell())

    def kept(self, model: Model, position: int) -> KeptMap:
        """The map itself; raises NotFound while there is none."""
        cell = self.cell(model, position)
        kept = self._store.get(cell.key) if cell.status == "done" else None
        if kept is None:
            raise NotFound(f"There is no map of {self.items[position].name} for {model.name} yet.", field="image")
        return kept

    def __getitem__(self, model: Model) -> Explanation:
        if model.id not in {known.id for known in self.models}:
            raise NotFound(f"{model.name} is not part of this run.", field="models")
        if model.id in self.failures:
            raise self.failures[model.id]
        cells = [self.cell(model, position) for position in range(len(self.items))]
        done = [(item, cell) for item, cell in zip(self.items, cells, strict=True) if cell.status == "done"]
        if not done:
            raise next((cell.error for cell in cells if cell.error), Conflict("No map of this run is finished yet."))
        items, cells = zip(*done, strict=True)
        shown = self._store, self.request.analyzer, self._pictures, self.contents
        return Explanation(model, items, cells, self.naming(model), *shown)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Images that could not be used, with the reason, each once."""
        with self._lock:
            failed = {position: cell.error for (_, position), cell in self._cells.items() if cell.status == "failed"}
        return tuple(Problem(self.items[position].name, str(failed[position])) for position in sorted(failed))

    def raise_if_nothing(self) -> None:
        """Raise the reason when not one map came out."""
        if any(self._has_maps(model) for model in self.models):
            return
        if self.failures:
            raise self._first_failure()
        first = self.problems[0] if self.problems else None
        raise ImageRefused(first.reason if first else "No image could be explained.", field="images")

    @property
    def explains_classes(self) -> bool:
        """Whether targets are classes; else they are neurons."""
        return self.request.targets[0].class_ is not None

    def naming(self, model: Model) -> ClassNames:
        """What a model's classes are called beside these images, as a person has it now."""
        return naming_of(self.current(model), self.request.dataset)

    def names(self, model: Model) -> tuple[str, ...]:
        """Class names of a model as this run shows them."""
        return self.naming(model).names

    def class_of(self, model: Model, label: str | None) -> int | None:
        """The class that a label is in a model; None without."""
        current, dataset = self.current(model), self.request.dataset
        key = (model.id, current.naming, current.by_hand)
        if key not in self._classes:
            found = self._fit_by_name(model).class_of if dataset is None else class_of_label(current, dataset)
            self._classes[key] = found
        return self._classes[key].get(label)

    def labels_by_hand(self, model: Model) -> dict[str, int]:
        """Labels that a person mapped to classes of the model."""
        dataset = self.request.dataset
        return {} if dataset is None else by_hand(self.current(model), dataset)

    @property
    def replaced(self) -> tuple[Replaced, ...]:
        """Images whose files hold another picture than when the run was made or explained, with what is shown of them.

        Of a run of more than 1000 images, and of images that are not files of this machine, it is not known.
        """
        return tuple(self.contents.replaced())

    def content_hashes(self) -> list[str]:
        """SHA-256 of what each image file is now, in the order of the items; empty for one that cannot be read."""
        refs = [item.ref for item in self.items if item.ref is not None]
        return [] if self._pictures is None else self._pictures.content_hashes(refs)

    def label_fit(self, model: Model) -> LabelFit | None:
        """How the labels of this run's images fit the model's classes; None for images without labels."""
        dataset = self.request.dataset
        if dataset is None:
            return self._fit_by_name(model) if any(item.label is not None for item in self.items) else None
        is_part = isinstance(self.items, tuple) and dataset.indices is None
        part = dataset[[item.index for item in self.items]] if is_part else dataset
        return label_fit(self.current(model), part)

    def _fit_by_name(self, model: Model) -> LabelFit:
        return fit_by_name(self.naming(model), [item.label for item in self.items])

    def notes(self, model: Model) -> tuple[str, ...]:
        """What a person should know about this model in this run: names that are assumed, images without a class."""
        naming, fit = self.naming(model), self.label_fit(model)
        assumed = f"The class names of {model.name} are {naming.words}." if naming.words else ""
        of_labels = (fit.assumption(model.name), fit.sentence(model.name)) if fit else ()
        return tuple(filter(None, (assumed, naming.note, *of_labels)))

    def found(self, model: Model, position: int | None, target: int = 0) -> Found:
        """The model and its map of an image; None where there is none of this target."""
        known = {one.id for one in self.models}
        if position is None or model.id not in known or self.cell(model, position).status != "done":
            return None
        kept = self.kept(model, position)
        return (model, kept) if target < len(kept.values) else None

    @property
    def n_targets(self) -> int:
        """How many targets the maps have that are finished, of the model with most; before, as many as there may be."""
        with self._lock:
            counts = [len(cell.targets) for cell in self._cells.values() if cell.status == "done"]
        return max(counts, default=max(GRIDS))

    def agreement_of_models(self, measure: str = "spearman", target: int = 0) -> Agreement:
        """Every pair of models on every image, in the order they were asked for. Raises NotFound for no such target."""
        check_target(target, self.n_targets)
        rows = ([self.found(model, position, target) for model in self.models] for position in range(len(self.items)))
        return agreement_of(rows, measure, target)

    def agreement(self, measure: str = "spearman") -> np.ndarray:
        """float64 (images, models, models): how far the models' heatmaps agree; NaN where there is no number.

        measure: "spearman", or "iou" of the strongest tenth of the pixels.
        """
        return self.agreement_of_models(measure).matrices

    # -- export

    def save(self, path: str | Path) -> Path:
        """Write the run as HDF5 in the layout ViRelAy reads."""
        models = [model for model in self.models if self._has_maps(model)]
        if not models:
            ended = self.job is not None and self.job.ended()
            hint = "It has ended without one; its messages say why." if ended else "Wait until one is finished."
            raise BadInput("This run has no map to save.", hint, field="explanation")
        with run_file(path, self.attributes()) as file:
            for model in models:
                for position in range(len(self.items)):
                    if self.cell(model, position).status == "done":
                        row = self.row(model, position, self.kept(model, position))
                        file.add(model.letter, self.part_attributes(model), [row])
            file.link(model.letter for model in models)
        return named_path(path)

    def _has_maps(self, model: Model) -> bool:
        return self._done[model.id] > 0 and model.id not in self.failures

    def attributes(self) -> dict:
        """What a file says of the whole run."""
        request = self.request
        return {
            "method": request.analyzer.name,
            "parameters": request.params,
            "engine": request.engine,
            "models": [model.name for model in request.models],
            "versions": versions(),
        }

    def fit_of(self, model: Model) -> Fit | None:
        """The patterns that its maps are made with; None where the method needs none."""
        return model.fit if self.request.analyzer.fitted else None

    def part_attributes(self, model: Model) -> dict:
        """What a file says of the maps of one model."""
        fit, target = self.fit_of(model), self.request.targets[self.models.index(model)]
        return {
            **self.attributes(),
            "model": model.name,
            **{f"model_{name}": value for name, value in model.source.content.items()},
            "layer": target.layer or layer_of(self.request, model),
            "target": as_plain(target),
            **({} if fit is None else {"patterns_sha256": fit.sha256, "patterns_dataset": fit.dataset}),
            "preprocessing": as_plain(model.preprocessing),
            "class_names": list(self.names(model)),
            "class_names_origin": self.naming(model).origin,
            "class_names_source": self.naming(model).source,
        }

    def row(self, model: Model, position: int, kept: KeptMap) -> RunRow:
        """One image's map as a file has it."""
        item = self.items[position]
        class_ = self.class_of(model, item.label)
        return RunRow(item.name, -1 if class_ is None else class_, item.label or "", kept)
