"""What the demo's own process listens on and has loaded, beside the tabs that other tests open on it."""

import psutil


def test_the_demo_listens_on_loopback_only(demo):
    root = psutil.Process(demo.process.pid)
    sockets = [c for p in [root, *root.children(recursive=True)] for c in p.net_connections() if c.status == "LISTEN"]
    assert sockets and {c.laddr.ip for c in sockets} == {"127.0.0.1"}


def test_the_demos_web_process_has_not_loaded_tensorflow(demo):
    with open(f"/proc/{demo.process.pid}/maps") as maps:
        loaded = maps.read()
    assert "tensorflow" not in loaded and "_multiarray_umath" in loaded
