"""A script that leaves its session open, with a job at work, ends all the same."""

import subprocess
import sys

from innv_gui import Session
from innv_gui.session import open_sessions
from tests.conftest import workers_lent_by

SCRIPT = """
    import sys
    from innv_gui import Session
    session = Session(sys.argv[1])
    session.pool.start("images")
    session.jobs.start("wait", "Waiting", lambda job: session.pool.run("images.samples", "weather", sys.argv[2]))
    print("the end")
"""


def test_it_ends_while_a_job_waits_for_its_worker(tmp_path):
    script = "\n".join(line.strip() for line in SCRIPT.splitlines())
    asked = [sys.executable, "-c", script, str(tmp_path / "w"), str(tmp_path / "made")]
    ended = subprocess.run(asked, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and ended.stdout == "the end\n", ended.stderr


def test_one_that_cannot_be_closed_stops_no_other(monkeypatch):
    class Fails:
        def close(self):
            raise OSError

    class Counts:
        closed = 0

        def close(self):
            self.closed += 1

    one, other = Fails(), Counts()
    monkeypatch.setattr(open_sessions, "_open", [one, other])
    open_sessions._close_all()
    assert other.closed == 1


def test_a_session_may_be_closed_twice(session):
    with workers_lent_by(session):
        again = Session()
        for _ in range(2):
            again.close()
