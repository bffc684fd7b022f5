"""The environment is installed by several processes of pip: all of the lock file, each requirement once."""

import pytest

from tests.conftest import ROOT
from tools import install_lock

LOCK = """# made by a tool
one==1.0 ; python_full_version < '3.12' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via two
one==1.1 ; python_full_version >= '3.12' \\
    --hash=sha256:cc

tensorflow==2.0 \\
    --hash=sha256:dd
"""


def test_a_requirement_is_its_lines_with_all_hashes():
    one, later, largest = install_lock.requirements(LOCK)
    assert one == "one==1.0 ; python_full_version < '3.12' \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
    assert later.startswith("one==1.1") and later.count("--hash") == 1
    assert install_lock.divided([one, later, largest]) == [[largest], [one, later]]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_every_requirement_is_in_one_part_and_what_takes_longest_is_first(name):
    text = (ROOT / name).read_text()
    wanted = install_lock.requirements(text)
    parts = install_lock.divided(wanted)
    assert sorted(sum(parts, [])) == sorted(wanted)
    assert sum(part.count("--hash=") for part in wanted) == text.count("--hash=")
    assert len(wanted) == sum(line[:1].isalnum() for line in text.splitlines())
    assert all(part for part in parts)
    if name == "requirements.lock":
        assert [one.split("==")[0] for one in parts[0]] == [install_lock.LARGEST]


@pytest.mark.parametrize("failing", ["one==1.1", "tensorflow==2.0", None])
def test_a_pip_that_fails_is_told_and_all_the_others_were_run(tmp_path, monkeypatch, failing):
    """A pip that notes what it is asked for, in place of the real one."""
    noted = tmp_path / "noted"
    noted.mkdir()
    pip = tmp_path / "pip.sh"
    pip.write_text(f'cp "$2" {noted}/$$; ! grep -q "{failing}" "$2"\n')
    monkeypatch.setattr(install_lock, "PIP", ("sh", str(pip)))
    monkeypatch.setattr(install_lock, "PART_SIZE", 1)
    lock = tmp_path / "some.lock"
    lock.write_text(LOCK)
    assert install_lock.main([str(lock)]) == (1 if failing else 0)
    assert sorted(file.read_text() for file in noted.iterdir()) == sorted(install_lock.requirements(LOCK))
