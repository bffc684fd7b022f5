"""Runs docs/example.ipynb from its first cell to its last and stores what each cell shows: `make docs`."""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ADDRESS = re.compile(r" at 0x[0-9A-F]+", re.IGNORECASE)  # of an object in memory: another one in every run
NOTEBOOK = Path(__file__).with_name("example.ipynb")


def run(notebook: dict) -> Iterator[tuple[dict, list[dict]]]:
    """(cell, outputs) of each code cell, in order, in one namespace. What a cell raises is raised."""
    names: dict = {"__name__": "__main__"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            yield cell, _outputs("".join(cell["source"]), names)


def _outputs(source: str, names: dict) -> list[dict]:
    """What a notebook would show: printed text, and the value of a last line that is an expression."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(ast.Module(body, []), NOTEBOOK.name, "exec"), names)
        value = None if last is None else eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), names)
    text = printed.getvalue()
    stream = [{"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}] if text else []
    return stream + ([] if value is None else [_shown(value)])


def _shown(value) -> dict:
    data = {"text/plain": ADDRESS.sub("", repr(value)).splitlines(keepends=True)}
    for form, method in (("text/html", "_repr_html_"), ("image/png", "_repr_png_")):
        if (made := getattr(value, method, lambda: None)()) is not None:
            data[form] = made.splitlines(keepends=True) if form == "text/html" else base64.b64encode(made).decode()
    return {"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": data}


if __name__ == "__main__":
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    for count, (cell, outputs) in enumerate(run(notebook), 1):
        cell["execution_count"] = count
        cell["outputs"] = [one | ({"execution_count": count} if "data" in one else {}) for one in outputs]
    NOTEBOOK.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{NOTEBOOK.name}: {len(notebook['cells'])} cells")
