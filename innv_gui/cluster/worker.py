"""A worker process: `python -m innv_gui.cluster.worker KIND`, which reads from standard input where to connect.

The first line of standard input is JSON: scheduler address, certificates, key. They are never on a command line or
in a file. When standard input closes, the server is gone and the worker ends with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import json
import os
import sys
import threading

import dask
from distributed import Worker
from distributed.security import Security

from innv_gui.cluster.code import code
from innv_gui.cluster.ending import LOST_SCHEDULER
from innv_gui.cluster.tasks import KINDS, PRELOADS, SPARED
from innv_gui.errors import BadInput
from innv_gui.extensions.sources import add_folder
from innv_gui.records import SCRATCH

CONNECTED = b"connected\n"
QUIET = {
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
}


def security(authority: str | None, certificate: str | None, key: str | None) -> Security | None:
    """Mutual TLS: the same certificate in every role; None without one."""
    if certificate is None:
        return None
    return Security(
        tls_ca_file=authority,
        tls_client_cert=certificate,
        tls_client_key=key,
        tls_scheduler_cert=certificate,
        tls_scheduler_key=key,
        tls_worker_cert=certificate,
        tls_worker_key=key,
        require_encryption=True,
    )


def _end_with_the_server() -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 4096):  # not by sys.stdin, whose lock would abort a process that ends by itself
            pass
    os._exit(0)


def _taken_stdout() -> int:
    """Standard output is for one line to the server; what anything else prints goes to the log."""
    report = os.dup(1)
    os.dup2(2, 1)
    return report


async def _serve(kind: str, start: dict, report: int) -> None:
    machine = start.get("machine", "")
    worker = Worker(
        start["scheduler"],
        nthreads=1,
        name="-".join(filter(None, (kind, machine, str(os.getpid())))),
        resources=dict.fromkeys((kind, code()) if machine else (kind,), 1.0),  # beside its server it is the same code
        host=start.get("host", "127.0.0.1") or None,
        security=security(start["authority"], start["certificate"], start["key"]),
        dashboard=False,
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        local_directory=start["folder"],
        death_timeout=30,
    )
    async with worker:
        os.write(report, CONNECTED)
        await worker.finished()


def preload(kind: str) -> None:
    """Import what the first task needs, as if what is spared were not installed."""
    spared = [name for name in SPARED.get(kind, ()) if name not in sys.modules]
    sys.modules.update(dict.fromkeys(spared))
    try:
        for module in PRELOADS[kind]:
            importlib.import_module(module)
    finally:
        for name in spared:
            del sys.modules[name]
    gc.freeze()  # what is imported stays: first maps took a seventh longer while it was looked through for garbage


def main() -> None:
    """Connect, take tasks of one kind, end with the server."""
    kind = sys.argv[1]
    if kind not in KINDS:
        raise SystemExit(f"Expected a kind of worker ({', '.join(KINDS)}), got {kind}.")
    report = _taken_stdout()
    start = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    os.environ[SCRATCH] = start["folder"]
    for folder in start.get("plugins", ()):
        with contextlib.suppress(BadInput):  # it is gone: its methods are refused by name when they are asked for
            add_folder(folder)
    preload(kind)
    with dask.config.set(QUIET):
        asyncio.run(_serve(kind, start, report))
    sys.exit(LOST_SCHEDULER)


if __name__ == "__main__":
    main()
