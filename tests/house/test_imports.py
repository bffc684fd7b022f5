"""What one of our modules imports from another is there, also where the import waits inside a function."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("innv_gui", "bench", "tools", "docs")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def file_of(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()), None)


@cache
def names_of(module: str) -> set[str]:
    """What is bound anywhere in a module's own lines, and its submodules."""
    path = file_of(module)
    found = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if path.name == "__init__.py":
        found |= {one.stem for one in path.parent.iterdir() if one.suffix == ".py" or (one / "__init__.py").exists()}
    return found


@pytest.mark.parametrize("folder", [one for one in OURS if list((ROOT / one).rglob("*.py"))])
def test_every_name_that_is_imported_from_us_exists(folder):
    missing = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ImportFrom) or node.level or (node.module or "").split(".")[0] not in OURS:
                continue
            if file_of(node.module) is None:
                missing.append((path.relative_to(ROOT).as_posix(), node.module))
                continue
            known = names_of(node.module)
            wanted = [alias.name for alias in node.names if alias.name not in known and alias.name != "*"]
            missing += [(path.relative_to(ROOT).as_posix(), f"{node.module}.{name}") for name in wanted]
    assert not missing
