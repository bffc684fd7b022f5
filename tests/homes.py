"""Which of several processes of pytest a file of tests is at home in.

A demo with its Chromium, a session with its workers and a process with tf_keras take seconds to start and are kept for
as long as a process of pytest lives: files that need the same one go where it runs already.
"""

from xdist.scheduler import LoadScopeScheduling

BROWSER, SESSION, REFERENCE = range(3)
OF_FOLDERS = {
    "browser": BROWSER,
    "attribution": REFERENCE,
    "innvestigate": REFERENCE,
    "analyzers": REFERENCE,
} | dict.fromkeys(
    "cluster commands explain explore extensions features names patterns probe scoring".split()
    + "session suggest trust web workshop".split(),
    SESSION,
)
OF_FILES = dict.fromkeys(
    ("attribution/test_main_job.py", "attribution/test_targets_of_models.py", "browser/test_names.py"), SESSION
)


def home(scope: str) -> int | None:
    """scope: `tests/folder/.../test_file.py`, with `::Class` where there is one. None: it needs none of them."""
    place = scope.split("::")[0].split("tests/", 1)[1]
    return OF_FILES.get(place, OF_FOLDERS.get(place.split("/")[0]))


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
