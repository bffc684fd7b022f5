"""The units of the pages' modules, by node's own test runner."""

import shutil
import subprocess

from tests.conftest import ROOT


def test_units_of_the_pages_modules_hold():
    node = shutil.which("node")
    assert node, "node is missing: install Node.js 20 or later, which runs tests/js"
    files = sorted(map(str, (ROOT / "tests" / "js").glob("*.test.js")))
    done = subprocess.run([node, "--test", *files], capture_output=True, text=True, check=False)
    assert len(files) > 3 and done.returncode == 0, done.stdout[-4000:]
