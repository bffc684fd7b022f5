"""`innv-gui worker`: this machine works for a Dask scheduler, with one process for images and one for models."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import threading
from pathlib import Path

from innv_gui.cluster.address import Remote, remote
from innv_gui.cluster.ending import ASKED_TO_END, LOST_SCHEDULER, Ending
from innv_gui.cluster.pool import MOST_FAILED_STARTS
from innv_gui.cluster.process import WorkerProcess
from innv_gui.cluster.reach import answers
from innv_gui.cluster.remote import worker_process
from innv_gui.errors import WorkFailed

KINDS = ("images", "keras")
POLL_S = 0.5


def worker(options: argparse.Namespace) -> int:
    """Work until Ctrl-C; a process that ends is started again."""
    where = remote(options.scheduler, options.tls_ca, options.tls_cert, options.tls_key)
    is_there, stop = answers(where), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with tempfile.TemporaryDirectory(prefix="innv-gui-worker-") as folder:
        if not is_there:
            print(f"No scheduler answers at {where.address} yet: waiting for it.", flush=True)
        processes = {kind: worker_process(kind, where, Path(folder)) for kind in KINDS}
        try:
            print("Press Ctrl-C to stop.", flush=True)
            told, working = {}, False
            while not stop.wait(POLL_S):
                _check(processes)
                _tell_endings(processes, told)
                working = _tell_work(processes, where, working)
        finally:
            for process in processes.values():
                process.close()
    print("Stopping.", file=sys.stderr)
    return 0


def _tell_work(processes: dict[str, WorkerProcess], where: Remote, told: bool) -> bool:
    """A line whenever all processes have come to be connected; told: whether they were."""
    working = all(process.connected for process in processes.values())
    if working and not told:
        print(f"Working for {where.address} ({' and '.join(processes)}).", flush=True)
    return working


def _tell_endings(processes: dict[str, WorkerProcess], told: dict[str, Ending]) -> None:
    """A line for each process that worked and ended without being asked to; the server cannot see why.

    told: what was printed.
    """
    for kind, process in processes.items():
        ending = process.ending
        if ending is None or ending is told.get(kind):
            continue
        told[kind] = ending
        if ending.connected and ending.code == LOST_SCHEDULER:
            _tell(f"The {kind} worker has lost the scheduler and looks for it again.")
        elif ending.connected and ending.code != ASKED_TO_END:
            _tell(f"The {kind} worker ended ({ending}). It is started again.")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _check(processes: dict[str, WorkerProcess]) -> None:
    """A process that says itself why it cannot start will not start later either; one that was killed may."""
    for kind, process in processes.items():
        if process.failed_starts >= MOST_FAILED_STARTS and process.ending.of_itself:
            raise WorkFailed(
                f"The {kind} worker cannot start ({process.ending}).",
                "Check the scheduler's address and the certificates; innv-gui doctor says what is missing.",
            )
