"""The session: models, datasets and runs together, with the cluster that does the work and the folder that keeps it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from innv_gui import analyzers
from innv_gui.cluster.address import remote
from innv_gui.cluster.jobs import Job, Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.cluster.remote import RemotePool
from innv_gui.errors import BadInput, NotFound
from innv_gui.extensions.sources import add_folder
from innv_gui.folders import folder
from innv_gui.records import Budget, ClassNames, Fit, Model, Prepared, replace
from innv_gui.session.datasets import Dataset, DatasetEntry, DatasetShelf
from innv_gui.session.explain.comparison import Difference, compare
from innv_gui.session.explain.listed_images import as_part
from innv_gui.session.explain.pictures import Pictures
from innv_gui.session.explain.ranking import Ranking, new_ranking, rank
from innv_gui.session.explain.request import Request, check_request, engine_for, items_of, models_of, one_model
from innv_gui.session.explain.run import Run
from innv_gui.session.explain.sheets import sheet_of
from innv_gui.session.explain.streaming import Streaming
from innv_gui.session.explain.work import Blueprints, explain, prepare
from innv_gui.session.explore.exploration import Exploration
from innv_gui.session.explore.request import check_exploration
from innv_gui.session.explore.shelf import ExploreShelf
from innv_gui.session.explore.subsets import Subsets
from innv_gui.session.features import request as features
from innv_gui.session.features.extremes import Extremes
from innv_gui.session.features.maximization import Maximization
from innv_gui.session.features.shelf import FeatureShelf
from innv_gui.session.keep import session_file
from innv_gui.session.keep.choices import Choices
from innv_gui.session.keep.in_vain import closing_in_vain
from innv_gui.session.keep.run_record import check_fits, remembered, request_of
from innv_gui.session.kept import has_maps
from innv_gui.session.label_orders import of_names
from innv_gui.session.labels import class_of_label
from innv_gui.session.models import ModelEntry, ModelShelf, listed_models
from innv_gui.session.naming import naming_of
from innv_gui.session.open_sessions import close_at_end
from innv_gui.session.patterns.shelf import Patterns
from innv_gui.session.probe.probe import Probe
from innv_gui.session.probe.shelf import Probes
from innv_gui.session.recent import Recent
from innv_gui.session.retraining.kept import KeptRetrainings
from innv_gui.session.retraining.record import Retraining
from innv_gui.session.retraining.shelf import Retrainings
from innv_gui.session.scoring.scoring import Scoring
from innv_gui.session.suggest.request import check_suggestion
from innv_gui.session.suggest.suggestion import Suggestion
from innv_gui.session.suggest.views import refuse_constant_mean
from innv_gui.session.trust.record import Trust
from innv_gui.session.trust.request import TrustRequest, check_trust
from innv_gui.session.trust.shelf import Cost, TrustShelf
from innv_gui.session.views.request import ViewRequest, check_view
from innv_gui.session.views.shown import Shown, start_view
from innv_gui.session.wishes import wishes_of
from innv_gui.session.workshop.opened import Opening
from innv_gui.session.workshop.shelf import Workshop
from innv_gui.store.history import History
from innv_gui.store.maps import MapStore
from innv_gui.store.workspace import Workspace
from innv_gui.suggestions.label_order import LabelOrder
from innv_gui.trust.metrics import JUDGES

RECENT = 100  # runs, and as many suggestions, rankings and views
WORKERS = {"native": "keras", "innvestigate": "innvestigate"}  # engine -> kind of worker
PREDICT_CHUNK = 32


class Session:
    """Everything innv-gui can do, from Python.

    workspace: a folder that keeps maps, uploads and samples; None is a temporary one.
    scheduler: address of a running Dask scheduler with `innv-gui worker` processes; None is the embedded cluster on
    this machine. tls_ca, tls_cert, tls_key: PEM files, needed for a scheduler on another machine.
    trusted: SHA-256 of model files whose Lambda layers may run. hooks: a Python file with preprocess, postprocess
    or decode_prob. budget: what opening a model may cost, in bytes and seconds. plugins: folders with methods, views
    and custom reasons, one file each, for this whole process (docs/plugins.md).
    """

    def __init__(
        self,
        workspace=None,
        scheduler: str | None = None,
        *,
        trusted: Sequence[str] = (),
        hooks: str | None = None,
        budget: Budget | None = None,
        plugins: str | Path | Sequence[str | Path] = (),
        tls_ca: str | None = None,
        tls_cert: str | None = None,
        tls_key: str | None = None,
    ):
        for place in (plugins,) if isinstance(plugins, str | Path) else plugins:
            add_folder(place)
        self._remote = None if scheduler is None else remote(scheduler, tls_ca, tls_cert, tls_key)
        self.workspace = Workspace(workspace)
        self.jobs = Jobs()
        self._pool: Pool | None = None
        self._lock = threading.Lock()
        close_at_end(self)
        self._blueprints: Blueprints | None = None
        self.store = MapStore(self.workspace.part("maps"))
        self.history = History(self.workspace.part("history"), check=session_file.check_kept)
        self._reopening = threading.Lock()
        choices = Choices(self.workspace.part("choices"))
        self.models = ModelShelf(lambda: self.pool, self.jobs, tuple(trusted), hooks, self.naming, budget, choices)
        uploads = self.workspace.part("uploads") / "images"
        self.datasets = DatasetShelf(lambda: self.pool, self.jobs, uploads)
        self.pictures = Pictures(lambda: self.pool, self.workspace.part("thumbnails"))
        self.scoring = Scoring(lambda: self.pool, self.jobs, self.workspace.part("scores"))
        self._rankings: Recent[Ranking] = Recent(RECENT, "ranking", "Ask for it again.")
        explored = self.workspace.part("explore"), self._rankings.newest_first
        self.explorations = ExploreShelf(lambda: self.pool, self.jobs, self.scoring, *explored)
        self.subsets = Subsets(self.workspace.part("explore") / "subsets", self.datasets)
        self.datasets.opened = self.subsets.open_kept
        self.features = FeatureShelf(lambda: self.pool, self.jobs, self.workspace.part("scores"))
        self.probes = Probes(lambda: self.pool, self.jobs, self.models, self.datasets, self.workspace.part("probes"))
        self.trusts = TrustShelf(lambda: self.pool, self.jobs, self.store, self.workspace.part("trust"))
        self.patterns = Patterns(lambda: self.pool, self.jobs, self.workspace.part("patterns"), self.models.has)
        made = Opening(self.start_model, self.datasets.start, self.workspace.part("uploads") / "workshop")
        folder = self.workspace.part("workshop")
        self.workshop = Workshop(lambda: self.pool, self.jobs, folder, self.models, made)
        kept = KeptRetrainings(self.workspace.part("retrainings"), self.models, self.datasets)
        self.retrainings = Retrainings(lambda: self.pool, self.jobs, self.models, made, kept)
        self._runs: Recent[Run] = Recent(RECENT, "explanation", "Ask for it again; kept maps are reused.")
        again = "Ask for it again; kept scores are reused."
        self._suggestions: Recent[Suggestion] = Recent(RECENT, "suggestion", again)
        self._views: Recent[Shown] = Recent(RECENT, "view", "Ask for it again.")

    @property
    def pool(self) -> Pool:
        """The workers; started when first needed."""
        with self._lock:
            if self._pool is None:
                folder = self.workspace.folder
                self._pool = Pool(folder) if self._remote is None else RemotePool(folder, self._remote)
                self._blueprints = Blueprints(self._pool)
            return self._pool

    def warm_up(self, *kinds: str) -> None:
        """Start workers before they are needed, without waiting for them."""
        for kind in kinds:
            self.pool.start(kind)

    def warm_up_for(self, analyzer: str, engine: str = "auto") -> None:
        """Start the worker that a method needs, without waiting for it."""
        self.warm_up(WORKERS[engine_for(analyzers.get(analyzer), engine)])

    # -- models and datasets

    def add_model(
        self, file, *, name=None, preprocessing=None, classes=None, weights=None, output=None, outputs=None
    ) -> Model:
        """Load a model and wait for it.

        file: a .keras or .h5 file, an architecture .json (with `weights`), or a name of keras.applications (with
        `weights`, a file or "random"). preprocessing: none, unit, symmetric, caffe, tf, torch, or
        "mean=..;std=.."; None detects it. classes: a file or a list of names. output: of several, its index or name.
        outputs: what they are (softmax, logits, probabilities, log_probabilities, binary, multilabel); None detects it.
        """
        entry = self.start_model(
            file,
            name=name,
            preprocessing=preprocessing,
            classes=classes,
            weights=weights,
            output=output,
            outputs=outputs,
        )
        return self._waited(entry, self.models)

    def start_model(self, file, **wishes) -> ModelEntry:
        """Begin to load a model; the entry's job tells how far it is."""
        return self.models.start(file, **wishes)

    def remove_model(self, id: str) -> None:
        """Forget a model; its kept maps stay, in case it comes back."""
        entry = self.models.entry(id)
        if entry.model is not None and self._blueprints is not None:
            self._blueprints.forget(entry.model)
        self.models.remove(id)

    def add_dataset(self, path: str | Path, *, name: str | None = None) -> Dataset:
        """Open images and wait until they are listed: a folder, a manifest, .npy/.npz, or HDF5."""
        return self._waited(self.datasets.start(path, name), self.datasets)

    def remove_dataset(self, id: str) -> None:
        """Forget a dataset; its files stay. A saved list is not kept in the workspace any more, either."""
        self.datasets.entry(id)
        self.subsets.forget(id)
        self.datasets.remove(id)

    def add_samples(self, name: str) -> DatasetEntry:
        """Begin to make and open one of the sample sets: digits or weather."""
        return self.datasets.begin(name, lambda: str(self._samples(name)[name]))

    def _samples(self, name: str) -> dict:
        folder = str(self.workspace.part("samples"))
        return self.pool.run("images.samples", folder, (name,), about="the sample images")

    def sample_models(self) -> list[Path]:
        """The model files that come with innv-gui."""
        files = folder("sample_models").iterdir()
        return sorted(path for path in files if path.suffix in (".keras", ".h5"))

    def _waited(self, entry, shelf):
        try:
            entry.job.wait()
        except BaseException:
            shelf.remove(entry.id)
            raise
        return shelf.get(entry.id)

    # -- explanations

    @wishes_of(check_request)
    def explain(self, models, images, analyzer: str, params: dict | None = None, **wishes) -> Run:
        """Explain images and wait for all maps.

        models: a Model or several. images: a Dataset or part of one, paths, or an array (N, H, W, C) or a list of
        arrays (H, W, C) that are network input already. wishes: layer, neuron, top_neurons, class_ ("predicted", a
        name or an index), engine ("auto", "native", "innvestigate"), unchecked (run a method on a model it does not
        know), softmax (explain the probability). Raises the reason when not one map comes out.
        """
        images = self._usable_images(images)
        run = self.start_explain(check_request(self._current(models), images, analyzer, params, **wishes))
        run.job.wait()
        return run

    @wishes_of(check_request)
    def explain_to(self, path: str | Path, models, images, analyzer: str, params: dict | None = None, **wishes) -> Run:
        """As `explain`, straight into an HDF5 file: for any number of images, of which none stays in memory.

        The run that is returned has no maps; it tells failures and problems. The file appears when all is done.
        """
        images = self._usable_images(images)
        run = self.start_explain_to(path, check_request(self._current(models), images, analyzer, params, **wishes))
        run.job.wait()
        return run

    def start_explain(self, request: Request, id: str | None = None) -> Run:
        """Begin a run; `run.job` tells how far it is, `run.cell(...)` what is there. id: of a run that is reopened."""
        run = self._run(replace(self.patterns.given(request, [request.analyzer]), items=tuple(request.items)), id)
        pool = self.pool

        def work(job: Job) -> Run:
            self._remember(run)
            explain(run, pool, self.store, self._blueprints, job)
            self._note_contents(run)
            return run

        self._started(run, work)
        return self._runs.put(run)

    def start_explain_to(self, path: str | Path, request: Request) -> Run:
        """Begin a run into a file; `run.job` tells how far it is. In a lasting workspace its maps are kept, too."""
        run, pool = self._run(self.patterns.given(request, [request.analyzer])), self.pool
        streaming = Streaming(run, pool, self.store, self._blueprints, keeps=not self.workspace.temporary)
        return self._started(run, lambda job: streaming.into(Path(path), job))

    def _run(self, request: Request, id: str | None = None) -> Run:
        sheet = lambda run, images: sheet_of(run, self.pictures, most=images)  # noqa: E731
        return Run(request, self.store, id, self.models.current, self.pictures, sheet)

    def _started(self, run: Run, work: Callable[[Job], object]) -> Run:
        self.pool.start(WORKERS[run.request.engine])
        method, count = run.request.analyzer.name, len(run.request.items) * len(run.models)
        run.job = self.jobs.start("explain", f"Explaining with {method}", work, count, "maps")
        return run

    @wishes_of(check_request)
    def rank_by_disagreement(
        self, models, images, analyzer: str, params: dict | None = None, measure: str = "spearman", **wishes
    ) -> Ranking:
        """Order images by how far the models' heatmaps agree, least first, and wait for it; wishes as for `explain`.

        measure: "spearman" or "iou". `ranking.rows` hold agreement, answers and whether all models answer alike.
        """
        request = check_request(self._current(models), self._usable_images(images), analyzer, params, **wishes)
        ranking = self.start_ranking(request, measure)
        ranking.job.wait()
        return ranking

    def start_ranking(self, request: Request, measure: str = "spearman") -> Ranking:
        """Begin a ranking; `ranking.rows` grow while its job runs."""
        ranking, pool = new_ranking(self.patterns.given(request, [request.analyzer]), measure), self.pool
        pool.start(WORKERS[request.engine])
        work = lambda job: rank(ranking, pool, self.store, self._blueprints, job)  # noqa: E731
        ranking.job = self.jobs.start("rank", "Ranking by evidence", work, len(request.items), "images")
        return self._rankings.put(ranking)

    def ranking(self, id: str) -> Ranking:
        """A ranking by its id."""
        found = self._rankings.get(id)
        found.call([self.models.current(model) for model in found.request.models])
        return found

    def run(self, id: str) -> Run:
        """A run by its id; one from before a restart is begun again, with the maps that were kept."""
        known = self._runs.find(id)
        if known is not None:
            return known
        with self._reopening:
            return self._runs.find(id) or self._reopened(id)

    def _reopened(self, id: str) -> Run:
        try:
            record = self.history.get(id)
        except NotFound:
            raise NotFound(f"There is no explanation {id!r}.", "Ask for it again; kept maps are reused.") from None
        files = [one["file"] for one in record["models"]]
        with closing_in_vain(record["dataset"]["path"], files, self.models, self.datasets):
            request = request_of(record, self.models, self.datasets)
            check_fits(record, self.patterns.given(request, [request.analyzer]))
        return self.start_explain(request, id)

    def has_maps(self, request: Request) -> bool:
        """Whether every map of a request is kept, so that asking for it computes nothing."""
        return has_maps(self.store, self.patterns.given(request, [request.analyzer]))

    def fit_patterns(self, model: Model, dataset) -> Fit:
        """Learn what `pattern.net` and `pattern.attribution` need of a model, from images, and wait for it.

        dataset: a Dataset or part of one, or a path; at least two images, the more the better. One pass over them; kept
        by the content of model and images, and gone on with after an interruption. The newest fit of a model is in use.
        """
        job = self.patterns.start(model, self._usable_images(dataset))
        job.wait()
        return job.result

    def _remember(self, run: Run) -> None:
        """Note a run in the history; a reopened one keeps its name and time."""
        dataset = run.request.dataset
        record = None if dataset is None else remembered(run.id, run.request, self.datasets.place(dataset))
        if record is not None:
            with contextlib.suppress(NotFound):
                kept = self.history.get(run.id)
                record |= {name: kept[name] for name in ("title", "started", "contents") if name in kept}
            self.history.put(record)

    def _note_contents(self, run: Run) -> None:
        """Note which pictures a run has explained; of a reopened one the first note stays."""
        try:
            record = self.history.get(run.id)
        except NotFound:
            record = None
        first = record.get("contents", ()) if record is not None else ()
        explained = run.contents.note([item.ref for item in run.items if item.ref is not None], first)
        if record is not None and explained and not first:
            self.history.put(record | {"contents": explained})

    def compare(self, run: Run, reference: Run) -> list[tuple[Model, int, Difference | None]]:
        """(model, image index, figures) for two runs of the same images: how much do their maps differ?"""
        return compare(run, reference)

    # -- how good explanations are

    @wishes_of(check_trust, but=("metrics_",))
    def trust(self, models, images, methods=None, metrics=None, **wishes) -> Trust:
        """Measure explanations of images, and wait for it: which method should be believed?

        methods: names, or pairs of a name and settings; None is a shortlist. metrics: names (`innv_gui.trust.metrics`);
        None is all that can be measured. wishes: fills ("blur", "mean", "grey"), steps (10, 20, 50), regions (boxes or
        masks by image, or a folder of masks), class_, unchecked. -> .frame (one row per number), .summary (means with
        their 95 % intervals), .advice(model), .curves(...). Three controls that know nothing of the model are measured
        beside. Raises the reason when no method can be measured at all.
        """
        trust = self.start_trust(
            check_trust(self._current(models), self._usable_images(images), methods, metrics, **wishes)
        )
        trust.job.wait()
        return trust

    def start_trust(self, request: TrustRequest) -> Trust:
        """Begin to measure; `trust.job` tells how far it is, and the record shows what is there."""
        pool = self.pool
        return self.trusts.start(self._fitted(request), self._blueprints or Blueprints(pool))

    def trust_cost(self, request: TrustRequest) -> Cost:
        """Forward passes that a table takes, how many are kept, and about how long the others take."""
        return self.trusts.cost(self._fitted(request))

    def _fitted(self, request: TrustRequest) -> TrustRequest:
        return self.patterns.given(request, [row.explained.analyzer for row in request.methods])

    def find_method(self, model: Model, images) -> Trust:
        """Which method to use for a model, by insertion and deletion on some images; `.advice(model)` says which.

        images: as for `explain`; 16 are enough. Waits for it; numbers that are kept are not measured again.
        """
        return self.trust(model, images, None, JUDGES)

    def retrain(self, model: Model, images, regions, **wishes) -> Retraining:
        """Train a model again with a part of the images painted out, and wait for it; the model itself stays as it is.

        images: a Dataset or part of one with labels, or a path. regions: boxes for all images, boxes or a mask by
        image, a folder of masks, or "samples". wishes: way ("filling", "penalty", "both"), fill ("pictures", "noise",
        "colour"), steps, learning_rate, strength, forget (0 keeps the weights, 1 begins with fresh ones), seed.
        -> .before, .after, .finding; `session.retrainings.model(...)` makes a model of it.
        """
        request = self.retrainings.check(self.models.current(model), self._usable_images(images), regions, **wishes)
        return self.retrainings.start(request).wait()

    # -- views

    def view(self, models, images, name: str, params: dict | None = None) -> Shown:
        """A view of images under models, and wait for it: `shown[model]` are its tables, images and plots.

        models: a Model or several. images: as for `explain`. name: of a view, built in or a plug-in's.
        """
        shown = self.start_view(check_view(self._current(models), self._usable_images(images), name, params))
        shown.job.wait()
        return shown

    def start_view(self, request: ViewRequest) -> Shown:
        """Begin a view; `shown.job` tells how far it is."""
        return self._views.put(start_view(request, self.pool, self.jobs))

    def shown_view(self, id: str) -> Shown:
        """A view by its id."""
        return self._views.get(id)

    # -- suggestions

    def suggest(self, models, dataset, layer=None, neuron=None, class_=None, layers=()) -> Suggestion:
        """Score images and wait: which of them are worth a look?

        models: a Model or several. dataset: a Dataset or part of one, or a path; at least two images. layer: a name,
        or one per model (by id or name); None is the last before softmax. neuron: one of that layer. class_: the class
        that all images are said to belong to, by name or index. layers: further ones whose neurons are measured.
        """
        suggestion = self.start_suggest(models, self._usable_images(dataset), layer, neuron, class_, layers)
        suggestion.job.wait()
        return suggestion

    def start_suggest(self, models, dataset, layer=None, neuron=None, class_=None, layers=(), id=None) -> Suggestion:
        """Begin to score; `suggestion.job` tells how far it is, and the suggestion shows what is there.

        id: of a suggestion whose place it takes.
        """
        request = check_suggestion(self._current(models), dataset, layer, neuron, class_, layers)
        for model in request.models:
            if model.id not in request.neurons:
                refuse_constant_mean(model, request.layers[model.id])
        job = self.scoring.start(request.models, dataset, request.measured())
        folders = {model.id: self.scoring.path(model, dataset) for model in request.models}
        suggestion = Suggestion(request, folders, job, id)
        return self._suggestions.put(suggestion)

    def suggestion(self, id: str) -> Suggestion:
        """An earlier suggestion by its id; made again from kept scores where its class names have changed."""
        with self._reopening:
            found = self._suggestions.get(id)
            models = [self.models.current(model) for model in found.models]
            return found if not found.is_outdated(models) else self._renewed(found, models)

    def _renewed(self, old: Suggestion, models: list[Model]) -> Suggestion:
        old.job.cancel()
        known = {name for model in models for name in naming_of(model, old.dataset).names}
        class_ = old.class_ if old.class_ in known else None
        return self.start_suggest(models, old.dataset, old.layers, old.neurons, class_, old.more, old.id)

    def suggestions(self) -> list[Suggestion]:
        """Newest first."""
        return self._suggestions.newest_first()

    def naming(self, model: Model) -> ClassNames:
        """What a model's classes are called where no dataset is chosen: the first of the open ones that fits counts."""
        opened = (entry.dataset for entry in self.datasets.entries() if entry.dataset is not None)
        return naming_of(self.models.current(model), *opened)

    def label_order(self, model: Model) -> LabelOrder | None:
        """Another order of a model's assumed names that fits labelled images far better; None without."""
        naming = self.naming(model)
        return of_names(model, naming, self.suggestions()) or self.probes.label_order(model, naming)

    def map_labels(self, model: Model, dataset: Dataset, classes: Mapping[str, str | int | None]) -> dict[str, int]:
        """Say which class a label is: {label: name or index}, None takes it back. -> all labels that fit now."""
        return class_of_label(self.models.map_labels(model.id, dataset, classes), dataset)

    def class_names(self, model: Model) -> tuple[str, ...]:
        """The names alone."""
        return self.naming(model).names

    def probe(self, model: Model, dataset) -> Probe:
        """Accuracy under every preprocessing on at most 200 labelled images; waits for it.

        dataset: a Dataset or part of one, or a path. -> .table (a frame), .advice (a sentence, empty where the model's
        rule is as good as any), .advised (that Preprocessing, or None), .notes. Raises BadInput without usable labels.
        """
        return self.probes.start(self.models.current(model), self._usable_images(dataset)).wait().result

    # -- explore

    def explore(self, models, dataset, layers=None) -> Exploration:
        """See a dataset the way models see it, and wait for the scores.

        layers: where features are taken, one name or by model; None is the layer before the classifier.
        -> .facts, .frame, .query("label = 3 and A.right = no"), .map(of, method), .confusion(), .neighbours(row)
        """
        found = self.start_explore(models, self._usable_images(dataset), layers)
        found.job.wait()
        return found

    def start_explore(self, models, dataset, layers=None) -> Exploration:
        """Begin to explore; `exploration.job` tells how far it is, and what is there can be used."""
        return self.explorations.start(check_exploration(self._current(models), dataset, layers))

    # -- features

    @wishes_of(features.check_features, features.check_request, but=("chosen", "naming"))
    def maximize(self, model: Model, layer: str | None = None, **wishes) -> Maximization:
        """Pictures that a class, a neuron or a channel likes best, and wait for them.

        One of classes (names or indices, of the output), neurons (of any layer; where it has positions the strongest
        counts) and channels (their mean) is a list: one picture each. initial: "black", "white", "noise", "blurred", an
        image of a dataset, or an array (H, W, C) of network input; `clip` among `params` brings it into the range of a
        picture, too, and `.notes` says so. preset: "plain" or "modern", with `params`. The same seed gives the same
        pictures. -> .images (T, H, W, C) float32, .pictures uint8, .curves, .stopped, .steps
        """
        aims = {name: wishes.pop(name, None) for name in ("classes", "neurons", "channels")}
        chosen = features.check_features(model, layer, naming=self.naming(one_model(model)), **aims)
        known = self.features.start(features.check_request(model, chosen, **wishes))
        known.job.wait()
        return known

    @wishes_of(features.check_features, but=("naming",))
    def extremes(self, model: Model, dataset, layer: str | None = None, count: int = 12, **aims) -> Extremes:
        """The images of a dataset that activate classes, neurons or channels most and least; waits for all of it.

        -> .most, .least: positions in the dataset, of a part in the part, (T, count); .most_values, .least_values;
        .problems: images that could not be used; .notes: features whose activation is not a number for some images
        """
        one_model(model)
        dataset = self._usable_images(dataset)
        if not isinstance(dataset, Dataset):
            raise BadInput("Expected a dataset, or the path of one.", "Open it with add_dataset.", "dataset")
        chosen = features.check_features(model, layer, naming=self.naming(model), **aims)
        known = self.features.start_extremes(model, dataset, chosen, count)
        known.job.wait()
        return known

    def predict(self, model: Model, images) -> np.ndarray:
        """Class probabilities, float32 (N, K), in the order of the images. Raises ImageRefused for a bad image."""
        return np.concatenate([prepared.probabilities for prepared in self._prepared(model, images)])

    def layer_output(self, model: Model, images, layer: str) -> np.ndarray:
        """What a layer gives, float32 (N, ...), in the order of the images."""
        parts = [
            self.pool.run("keras.output", model.source, prepared.x, layer, about=model.name)
            for prepared in self._prepared(model, images)
        ]
        return np.concatenate(parts)

    def _prepared(self, model: Model, images) -> Iterator[Prepared]:
        (model,), (items, _) = models_of([model]), items_of(self._usable_images(images))
        for start in range(0, len(items), PREDICT_CHUNK):
            yield prepare(self.pool, model, items[start : start + PREDICT_CHUNK])

    def _current(self, models) -> tuple:
        """One or several as they are now called; what is no model is left for the check of the request."""
        return tuple(self.models.current(one) if isinstance(one, Model) else one for one in listed_models(models))

    def _usable_images(self, images):
        """A path is opened, images of one open dataset are a part of it; everything else is taken as it is."""
        if isinstance(images, str | Path):
            return self.add_dataset(images)
        opened = (entry.dataset for entry in self.datasets.entries() if entry.dataset is not None)
        return as_part(images, opened)

    def save(self, path: str | Path) -> Path:
        """Write the session as one JSON file: its models, datasets and runs by place and hash."""
        return session_file.save(self, path)

    def restore(self, path: str | Path) -> list[str]:
        """Open what a saved session names and take over its runs; returns what could not be opened, and why."""
        job = self.start_restore(path)
        job.wait()
        return job.result

    def start_restore(self, path: str | Path) -> Job:
        """Begin to take up a saved session; the job's message tells what could not be opened."""
        record = session_file.read_file(path)

        def work(job: Job) -> list[str]:
            missing = session_file.open_all(self, record)
            job.message = " ".join(f"Not opened: {one}" for one in missing)
            return missing

        return self.jobs.start("restore", "Opening the saved session", work, 1, "sessions")

    # -- end

    def close(self) -> None:
        """Stop all work and release the workspace."""
        try:
            self.jobs.close()
            with self._lock:
                pool, self._pool = self._pool, None
            if pool is not None:
                pool.close()
        finally:
            self.workspace.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_) -> None:
        self.close()
