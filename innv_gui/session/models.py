"""The models of a session: adding, naming, changing, removing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from innv_gui.class_names import as_list, fit, read_class_names
from innv_gui.cluster.jobs import Job, Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.datasets.names import shown
from innv_gui.errors import BadInput, InnvError, ModelRefused
from innv_gui.named_path import named_path
from innv_gui.preprocessing import check_channels, parse
from innv_gui.records import Budget, ClassNames, Model, ModelFacts, ModelSource, as_plain, replace
from innv_gui.session.datasets import Dataset
from innv_gui.session.keep.choices import Choice, Choices
from innv_gui.session.labels import mapped_by_hand
from innv_gui.session.model_sources import as_sha256, checked_output, checked_outputs, parse_model_argument, source_of
from innv_gui.session.naming import CONFIRM, confirmed, known_naming, naming_of, numbered
from innv_gui.session.removed import Removed

EARLIER = {"preprocessing": "preprocessing", "class_names": "naming"}  # -> field of a Model
LEFT_OUT = "The class names that were given are left out."


@dataclass
class ModelEntry:
    """A model in progress: loading, ready, or refused with the reason."""

    id: str
    name: str
    letter: str
    file: str
    source: ModelSource
    wishes: dict = field(default_factory=dict)
    status: str = "loading"
    model: Model | None = None
    error: InnvError | None = None
    job: Job | None = None


def letter_of(count: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    text = ""
    count += 1
    while count:
        count, rest = divmod(count - 1, 26)
        text = chr(65 + rest) + text
    return text


def listed_models(models) -> tuple:
    """One or several, not checked yet."""
    if models is None:
        return ()
    return tuple(models) if isinstance(models, Iterable) and not isinstance(models, str) else (models,)


def check_by_model(given, models: Sequence[Model], field: str) -> None:
    """Of a table by model (id or name): each is one of these. Raises BadInput; None says nothing of a model."""
    if not isinstance(given, Mapping):
        return
    known = {word for model in models for word in (model.id, model.name)}
    others = [word for word, one in given.items() if one is not None and word not in known]
    if others:
        ids = tuple(model.id for model in models)
        hint = f"Expected {' or '.join(ids)}; or add that model to the models."
        raise BadInput(
            f"A {field.removesuffix('s')} is given for {str(others[0])!r:.80}, which is not one of the models.",
            hint,
            field,
            ids,
        )


class ModelShelf:
    """All models of a session by id."""

    def __init__(
        self,
        pool: Callable[[], Pool],
        jobs: Jobs,
        trusted: tuple[str, ...] = (),
        hooks: str | None = None,
        naming: Callable[[Model], ClassNames] = naming_of,
        budget: Budget | None = None,
        choices: Choices | None = None,
    ):
        """choices: where what a person changes is kept; None keeps nothing."""
        self._pool, self._jobs, self._naming = pool, jobs, naming
        self._trusted, self.hooks = tuple(map(as_sha256, trusted)), str(named_path(hooks, "hooks")) if hooks else None
        self._budget, self._choices = budget or Budget(), choices
        self._entries: dict[str, ModelEntry] = {}
        self._removed = Removed("model", "models")
        self._given = 0
        self._lock = threading.Lock()
        self.changed: Callable[[], None] = lambda: None  # called when a model is ready, changed or removed

    def start(
        self, file, *, weights=None, name=None, output=None, outputs=None, shown_file=None, **wishes
    ) -> ModelEntry:
        """Begin to load a model; returns at once. `wishes`: preprocessing, classes, by_hand.

        recorded, among them: they are of an earlier run's record. What was kept of names and labels since then counts
        more, how the outputs were read does not.

        "VGG16@random" is VGG16 with weights="random", here as on the command line.
        """
        if weights is None:
            file, weights = parse_model_argument(str(file))
        output = checked_output(output)
        source = source_of(file, weights, output=output, outputs=checked_outputs(outputs), hooks=self.hooks)
        wishes["said"] = _said(outputs=outputs, **wishes)
        wishes["preprocessing"] = parse(wishes.get("preprocessing"))
        wishes["classes"] = as_list(wishes.get("classes"))
        entry = self._enter(source, name, shown(shown_file or Path(str(file)).name), wishes)
        entry.job = self._jobs.start("load", f"Loading {entry.name}", lambda job: self._load(entry, job), 1, "models")
        return entry

    def _enter(self, source: ModelSource, name: str | None, file: str, wishes: dict) -> ModelEntry:
        with self._lock:
            stem = name or (source.application if source.kind == "application" else Path(file).stem)
            letter = letter_of(self._given)
            self._given += 1
            entry = ModelEntry(f"m{self._given}", self._free_name(stem), letter, file, source, wishes)
            self._entries[entry.id] = entry
            return entry

    def _free_name(self, stem: str, but: str | None = None) -> str:
        taken = {entry.name for entry in self._entries.values() if entry.id != but}
        stem = " ".join(shown(stem).split())[:120] or "model"
        return next(n for n in (stem if k == 1 else f"{stem}-{k}" for k in range(1, 10**6)) if n not in taken)

    def _load(self, entry: ModelEntry, job: Job) -> Model:
        try:
            facts = self._facts(entry, job)
            chosen = self._chosen(facts.source, entry.wishes)
            facts, misfit = self._read_as_chosen(entry, facts, chosen.outputs, job)
            entry.model = with_choice(_model(entry, facts), chosen, entry.wishes["said"], misfit)
            self.changed()
            entry.status = "ready"
        except InnvError as error:
            entry.error = error
            raise
        finally:
            if entry.status == "loading":  # by a fault of ours, too: nobody waits for it forever
                entry.status = "refused"
        job.step()
        return entry.model

    def _chosen(self, source: ModelSource, wishes: Mapping) -> Choice:
        if self._choices is None:
            return Choice()
        return self._choices.now(source) if wishes.get("recorded") else self._choices.of(source)

    def _keep(self, model: Model, *fields: str) -> None:
        """What a person chose; a rule that is the detected one is no choice."""
        is_detected = model.preprocessing == model.facts.preprocessing
        named = model.naming is not None and model.naming.origin in ("given", "numbers")
        plain = {
            "preprocessing": None if is_detected else as_plain(model.preprocessing),
            "class_names": list(model.class_names) if named else None,
            "outputs": model.source.outputs,
        }
        if self._choices is not None and fields:
            self._choices.keep(model.source, **{name: plain[name] for name in fields})

    def _facts(self, entry: ModelEntry, job: Job) -> ModelFacts:
        source = self._with_trust(replace(entry.source, budget=self._budget), entry, job)
        try:
            return self._inspected(source, entry, job)
        except ModelRefused as refused:
            kind = self._outputs_of_refused(source, entry, job) if refused.field == "outputs" else None
            if kind is None:
                raise
        return self._inspected(replace(source, outputs=kind), entry, job)

    def _inspected(self, source: ModelSource, entry: ModelEntry, job: Job) -> ModelFacts:
        return self._pool().run("keras.inspect", source, cancelled=job.cancelled, about=entry.name)

    def _outputs_of_refused(self, source: ModelSource, entry: ModelEntry, job: Job) -> str | None:
        """How the outputs of a file were read earlier that is refused as long as nobody says how."""
        if source.path is None or isinstance(source.output, str) or "outputs" in entry.wishes["said"]:
            return None
        return self._chosen(replace(source, sha256=self._sha256(source, entry, job)), entry.wishes).outputs

    def _read_as_chosen(
        self, entry: ModelEntry, facts: ModelFacts, kind: str | None, job: Job
    ) -> tuple[ModelFacts, BadInput | None]:
        """The same file with its outputs understood as a person chose earlier; with why not where that is no longer so.

        A choice that was made earlier may contradict what this version finds in the values.
        """
        if kind in (None, facts.source.outputs) or "outputs" in entry.wishes["said"]:
            return facts, None
        try:
            return self._inspected(replace(facts.source, outputs=kind), entry, job), None
        except BadInput as misfit:
            return facts, misfit

    def sha256_of(self, id: str) -> str:
        """Of the file of a model that was refused; empty where it has none, or none that can be read."""
        entry = self.entry(id)
        if entry.source.path is None:
            return ""
        try:
            return self._sha256(entry.source, entry)
        except InnvError:
            return ""

    def _sha256(self, source: ModelSource, entry: ModelEntry, job: Job | None = None) -> str:
        """By a worker: a file may be larger than the memory of this process, or a folder."""
        cancelled = None if job is None else job.cancelled
        return self._pool().run("keras.trusted_as", source, cancelled=cancelled, about=entry.name)

    def _with_trust(self, source: ModelSource, entry: ModelEntry, job: Job) -> ModelSource:
        if not self._trusted or source.path is None:
            return source
        sha256 = self._sha256(source, entry, job)
        return replace(source, sha256=sha256, trusted=True) if sha256 in self._trusted else source

    def entries(self) -> list[ModelEntry]:
        """In the order they were added."""
        with self._lock:
            return list(self._entries.values())

    def entry(self, id: str) -> ModelEntry:
        """The entry of this id."""
        with self._lock:
            if id not in self._entries:
                raise self._removed.missing(id)
            return self._entries[id]

    def has(self, model: Model) -> bool:
        """Whether a model is still here, as the file that it was."""
        with self._lock:
            entry = self._entries.get(model.id)
        return entry is not None and entry.model is not None and entry.model.source == model.source

    def get(self, id: str) -> Model:
        """The model of this id, ready for use."""
        entry = self.entry(id)
        if entry.status == "loading":
            entry.job.wait()
        if entry.model is None:
            raise entry.error or BadInput(f"{entry.name} is not loaded.", field="models")
        return entry.model

    def current(self, model: Model) -> Model:
        """A model as it is now called: the names of its classes and of labels may have changed since a run began."""
        with self._lock:
            entry = self._entries.get(model.id)
        now = entry.model if entry is not None else None
        same = now is not None and now.source == model.source
        return replace(model, naming=now.naming, by_hand=now.by_hand) if same else model

    def map_labels(self, id: str, dataset: Dataset, wish: Mapping[str, str | int | None]) -> Model:
        """Say by hand which class a label of a dataset is: a name or an index; None takes it back."""
        entry, model = self.entry(id), self.get(id)
        names = naming_of(model, dataset).names
        entry.model = replace(model, by_hand=mapped_by_hand(model, dataset, names, wish))
        if self._choices is not None:
            self._choices.keep_labels(model.source, model.by_hand, entry.model.by_hand)
        return entry.model

    def change(self, id: str, *, name=None, preprocessing=None, class_names=None, outputs=None) -> Model:
        """Edit what was detected.

        class_names: a list; "confirm" to say that the assumed ones are right; an empty list to drop them for good.
        """
        class_names = as_list(class_names)
        entry = self.entry(id)
        if outputs is not None and entry.status == "refused":
            self._try_again(entry, checked_outputs(outputs))
        model = self.get(id)
        if outputs is not None and model.source.outputs != checked_outputs(outputs):
            model = self._read_as(entry, model, checked_outputs(outputs))
        if name is not None:
            with self._lock:
                entry.name = self._free_name(name, but=id)
            model = replace(model, name=entry.name)
        if preprocessing is not None:
            rule = parse(preprocessing) or model.facts.preprocessing
            check_channels(rule, model.input_shape[-1])
            model = replace(model, preprocessing=rule)
        if class_names is not None:
            notes = tuple(note for note in model.notes if not note.startswith(LEFT_OUT))
            model = replace(model, naming=self._named(model, class_names), notes=notes)
        wishes = {"preprocessing": preprocessing, "class_names": class_names, "outputs": outputs}
        chosen = [field for field, wish in wishes.items() if wish is not None]
        earlier = tuple(field for field in model.chosen_earlier if field not in chosen)
        entry.model = replace(model, chosen_earlier=earlier)
        self._keep(entry.model, *chosen)
        self.changed()
        return entry.model

    def _try_again(self, entry: ModelEntry, kind: str | None) -> None:
        """Load a refused file with its outputs understood as `kind`."""
        entry.source, entry.status, entry.error = replace(entry.source, outputs=kind), "loading", None
        entry.wishes["said"].add("outputs")
        title = f"Loading {entry.name}"
        entry.job = self._jobs.start("load", title, lambda job: self._load(entry, job), 1, "models")

    def _read_as(self, entry: ModelEntry, model: Model, kind: str | None) -> Model:
        """The same file with its outputs understood as `kind`; raises BadInput where its values contradict."""
        source = replace(model.source, outputs=kind)
        facts = self._pool().run("keras.inspect", source, about=entry.name)
        entry.source = replace(entry.source, outputs=kind)
        naming = model.naming if facts.n_classes == model.n_classes else _named(None, facts, entry.name)
        return replace(model, facts=facts, naming=naming, notes=facts.notes)

    def _named(self, model: Model, wish) -> ClassNames:
        if wish == CONFIRM:
            return confirmed(self._naming(model), model.name)
        return ClassNames(fit(wish, model.n_classes, model.name), "given") if wish else numbered(model.n_classes)

    def remove(self, id: str) -> None:
        """Forget a model."""
        entry = self.entry(id)
        if entry.job is not None and entry.status == "loading":
            entry.job.cancel()
        with self._lock:
            self._entries.pop(id, None)
            self._removed.note(id, entry.name)
        self.changed()


def _model(entry: ModelEntry, facts: ModelFacts) -> Model:
    wish = entry.wishes.get("preprocessing")
    if wish is not None:
        check_channels(wish, facts.input_shape[-1])
    naming, notes = _fitting(entry, facts)
    notes = (*facts.notes, *notes)
    rule = wish or facts.preprocessing
    hand = entry.wishes.get("by_hand", ())
    return Model(entry.id, entry.name, entry.letter, entry.file, facts, rule, naming, notes, hand)


def _said(recorded: bool = False, **wishes) -> set[str]:
    """What a person decides now, "auto" too; of an earlier run's record what the run depends on."""
    if recorded:
        return {"preprocessing", "outputs"}
    return {name for name, wish in wishes.items() if wish is not None}


def with_choice(model: Model, choice: Choice, said: Collection[str] = (), misfit: BadInput | None = None) -> Model:
    """The model with what was chosen earlier, but for what is said now: of preprocessing, classes, outputs.

    What does not fit any more, because the outputs are read otherwise, is left out with a note; misfit: why the outputs
    are not read as they were.
    """
    changes, misfits = {}, [] if misfit is None else [misfit]
    try:
        if choice.preprocessing is not None and "preprocessing" not in said:
            check_channels(choice.preprocessing, model.input_shape[-1])
            changes["preprocessing"] = choice.preprocessing
        if choice.class_names is not None and "classes" not in said:
            changes["naming"] = _named(choice.class_names, model.facts, model.name)
    except BadInput as error:
        misfits.append(error)
    notes = [f"What was chosen earlier and kept in this workspace is left out. {error}" for error in misfits]
    earlier = tuple(name for name, field in EARLIER.items() if field in changes)
    if choice.outputs is not None and "outputs" not in said and model.source.outputs == choice.outputs:
        earlier = (*earlier, "outputs")
    by_hand = choice.labels_with(model.by_hand)
    changes["by_hand"] = tuple(one for one in by_hand if one.class_ < model.n_classes)
    return replace(model, **changes, chosen_earlier=earlier, notes=(*model.notes, *notes))


def _fitting(entry: ModelEntry, facts: ModelFacts) -> tuple[ClassNames | None, tuple[str, ...]]:
    """What classes are called, and a note where names were given that do not fit and the model is wanted without."""
    try:
        return _named(entry.wishes.get("classes"), facts, entry.name), ()
    except BadInput as misfit:
        if not entry.wishes.get("without_misfits"):
            raise
        return _named(None, facts, entry.name), (f"{LEFT_OUT} {misfit}",)


def _named(classes, facts: ModelFacts, name: str) -> ClassNames | None:
    """classes: a file or a list; empty where a person wants numbers; None where nothing was said."""
    if classes is None:
        source = facts.source
        return known_naming(facts.class_names, source.kind == "application", facts.n_classes, facts.architecture)
    if isinstance(classes, str | Path):
        classes = read_class_names(classes)
    return ClassNames(fit(classes, facts.n_classes, name), "given") if classes else numbered(facts.n_classes)
