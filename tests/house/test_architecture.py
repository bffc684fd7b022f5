"""The import rules, one sentence each. The direction of imports is the architecture."""

import ast
import graphlib
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "innv_gui"
BASE = {
    "errors",
    "records",
    "applications",
    "preprocessing",
    "class_names",
    "file_state",
    "named_path",
    "folders",
    "health",
    "agreement",
    "imagenet",
    "notebook",
    "version",
}
ALLOWED = {
    **{name: BASE | {"analyzers"} if name == "health" else BASE for name in BASE},
    "extensions": BASE | {"extensions"},
    "analyzers": BASE | {"extensions", "analyzers"},
    "views": BASE | {"extensions", "analyzers", "views"},
    "trust": BASE | {"trust"},
    "explore": BASE | {"explore"},
    "workshop": BASE | {"workshop"},
    "datasets": BASE | {"datasets"},
    "samples": BASE | {"samples"},
    "suggestions": BASE | {"extensions", "suggestions"},
    "store": BASE | {"store"},
    "plots": BASE | {"plots"},
    "runtimes": BASE | {"extensions", "analyzers", "views", "trust", "explore", "workshop", "datasets", "runtimes"},
    "cluster": BASE | {"extensions", "store", "cluster"},
    "session": BASE
    | set("extensions analyzers views trust explore workshop datasets samples store plots".split())
    | {"suggestions", "cluster", "session"},
    "plugins": BASE | {"extensions", "analyzers", "suggestions", "views"},
    "testing": BASE | {"extensions", "analyzers", "runtimes"},
    "web": BASE
    | set("extensions analyzers views trust explore workshop plots suggestions cluster store session web".split()),
    "commands": BASE
    | {"extensions", "analyzers", "trust", "workshop", "samples", "store", "cluster", "session", "web", "commands"},
    "cli": BASE | {"extensions", "commands", "cli"},
}
FULLEST = 25  # files in a folder
OWNERS = {
    "tensorflow": {"runtimes"},
    "tf_keras": {"runtimes"},
    "keras": {"runtimes"},
    "innvestigate": {"runtimes"},
    "flask": {"web"},
    "werkzeug": {"web"},
    "waitress": {"web"},
    "markdown_it": {"web"},
    "bokeh": {"plots"},
    "duckdb": {"store"},
    "pyarrow": {"store", "datasets"},
    "dask": {"cluster"},
    "distributed": {"cluster"},
    "PIL": {"datasets", "plots", "samples", "runtimes"},
    "sklearn": {"samples"},
    "openTSNE": {"runtimes"},
    "umap": {"runtimes"},
    "rich": {"commands"},
}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, path.relative_to(PACKAGE).with_suffix("").parts[0]


@cache
def nodes(path):
    return [one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Import | ast.ImportFrom)]


def imports(path):
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.lineno, node.level
            if node.module == "innv_gui":
                yield from ((f"innv_gui.{alias.name}", node.lineno, 0) for alias in node.names)


def test_imports_point_one_way():
    wrong = []
    for path, part in modules():
        for name, line, _ in imports(path):
            if name.startswith("innv_gui.") and part != "__init__":
                target = name.split(".")[1]
                is_part = (PACKAGE / target).is_dir() or (PACKAGE / f"{target}.py").exists()
                if is_part and target not in ALLOWED[part]:
                    wrong.append(f"{path.name}:{line} {part} imports {target}")
    assert not wrong, wrong


def test_every_library_has_its_owners():
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line} imports {name}"
        for path, part in modules()
        for name, line, _ in imports(path)
        if part not in OWNERS.get(name.split(".")[0], {part})
    ]
    assert not wrong, wrong


def test_imports_are_absolute():
    assert not [f"{path.name}:{line}" for path, _ in modules() for _, line, level in imports(path) if level]


def test_the_runtimes_do_not_know_each_other():
    for path, _ in modules():
        parts = path.relative_to(PACKAGE).parts
        if parts[0] == "runtimes" and len(parts) > 2:
            others = {"keras", "innvestigate", "numbers"} - {parts[1]}
            for other in others:
                assert not [name for name, _, _ in imports(path) if name.startswith(f"innv_gui.runtimes.{other}")]


def test_no_module_imports_itself_by_a_circle():
    """Lazy imports and those for types alone count as well."""
    known = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path, _ in modules()}
    known = {name.removesuffix(".__init__"): path for name, path in known.items()}
    graph = {name: {one for one in deepest(path, known) if one != name} for name, path in known.items()}
    assert sum(map(len, graph.values())) > 1000
    graphlib.TopologicalSorter(graph).prepare()


def deepest(path, known):
    """The modules that a file imports, each as the module and not as the package that it is in."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (found for name in names if (found := name if name in known else node.module) in known)


def test_no_folder_is_too_full():
    counts = {folder: len(list(folder.glob("*.py"))) for folder in {path.parent for path, _ in modules()}}
    assert {str(folder): count for folder, count in counts.items() if count > FULLEST} == {}


def test_files_stand_apart_from_networks():
    """What reads hostile bytes knows no TensorFlow, and nothing that makes networks of them."""
    folder = PACKAGE / "runtimes" / "keras" / "files"
    wrong = {
        (path.name, name)
        for path in folder.glob("*.py")
        for name, _, _ in imports(path)
        if name.split(".")[0] in ("tensorflow", "keras")
        or (name.startswith("innv_gui.runtimes.") and not name.startswith("innv_gui.runtimes.keras.files"))
    }
    assert wrong == set()


def test_no_resource_of_the_rest_interface_imports_anothers_routes():
    wrong = {
        (str(path.relative_to(PACKAGE)), name)
        for path, part in modules()
        for name, _, _ in imports(path)
        if part == "web" and path.name != "resources.py" and name.endswith((".routes", ".exports"))
    }
    assert wrong == set()


@pytest.mark.parametrize("module", ["innv_gui.web.app", "innv_gui.session", "innv_gui.commands.serve", "innv_gui.cli"])
def test_the_web_process_never_loads_tensorflow(module):
    code = (
        f"import sys, {module}; "
        "print([m for m in sys.modules if m.split('.')[0] in ('tensorflow', 'keras', 'tf_keras', 'innvestigate')])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
