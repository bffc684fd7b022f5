"""Which of several processes of pytest a file of tests is at home in.

A demo with its Chromium, a session with its workers and a process with tf_keras take seconds to start and are kept for
as long as a process of pytest lives: files that need the same one go where it runs already.
"""

from xdist.scheduler import LoadScopeScheduling

BROWSER, SESSION, REFERENCE = range(3)
FIXTURES = {"demo": BROWSER, "opened": SESSION, "worker": REFERENCE}  # what is kept there, by its fixture
OF_FOLDERS = {
    "browser": BROWSER,
    "innvestigate": REFERENCE,
    "analyzers": REFERENCE,
} | dict.fromkeys(
    "cluster commands explain explore extensions features names patterns probe scoring".split()
    + "session suggest trust web workshop".split(),
    SESSION,
)
OF_FILES = (
    dict.fromkeys(
        "attribution/main_job attribution/targets_of_models browser/names datasets/addresses house/example"
        " networks/custom_layers".split(),
        SESSION,
    )
    | dict.fromkeys(["attribution/conformance", "attribution/target_contract"], REFERENCE)
    | dict.fromkeys(  # of those above, what needs nothing of it and takes more than a few seconds
        "cluster/pool explain/agreement explore/coordinates extensions/misbehaving extensions/plugins features/maximize"
        " suggest/figures trust/replacement web/manual web/static_files workshop/files workshop/foreign"
        " workshop/painting workshop/retrain_engine workshop/training".split(),
        None,
    )
)


def home(scope: str) -> int | None:
    """scope: `tests/folder/.../test_file.py`, with `::Class` where there is one. None: it needs none of them."""
    place = scope.split("::")[0].split("tests/", 1)[1]
    name = place.removesuffix(".py").replace("/test_", "/")
    return OF_FILES.get(name, OF_FOLDERS.get(place.split("/")[0]))


class HomeScheduling(LoadScopeScheduling):
    """A process takes what is at home in it, then what is so nowhere, then what is left of others.

    What needs a browser comes last there, because a second demo takes longest to start.
    """

    def _assign_work_unit(self, node):
        self.workqueue.move_to_end(self._next_scope(node), last=False)
        super()._assign_work_unit(node)

    def _next_scope(self, node) -> str:
        nodes = list(self.nodes)
        place, count = nodes.index(node), len(nodes)

        def rank(scope: str) -> int:
            where = home(scope)
            if where is None:
                return 1
            return 0 if where % count == place else 3 if where == BROWSER else 2

        return min(self.workqueue, key=rank)
