"""A run as a short Python script that trains the same networks again, with the same numbers."""

from __future__ import annotations

import base64
import zlib

import numpy as np

from innv_gui.errors import Conflict
from innv_gui.session.workshop.run import ShapesRun
from innv_gui.version import VERSION
from innv_gui.workshop.recipe import ShapeClass

WISHES = ("initial", "step_size", "epochs", "seed", "seeds")
MARKED = ("way", "strength")


def script_of(run: ShapesRun) -> str:
    """Tiles by name; drawings, pictures and marks packed. Raises Conflict where a person's model is not open."""
    asked, classes = run.request.asked, run.request.recipe.classes
    marks = {one.name: one.marks for one in classes if one.marks is not None}
    wishes = {name: asked[name] for name in (*WISHES, *(MARKED if marks else ()))}
    given = [f"model={_model(run)}", *(f"{name}={value!r}" for name, value in wishes.items())]
    given += ["marks=MARKS"] if marks else []
    packs = marks or any(one.pixels is not None for one in classes)
    lines = [f"    {name!r}: {_packed(values, 'int8')},\n" for name, values in marks.items()]
    return _SCRIPT.format(
        title=", ".join(run.request.labels).replace("\\", " ").replace('"', "'"),
        version=VERSION,
        imports=_IMPORTS if packs else "",
        functions=_DRAWN if packs else "",
        classes="".join(f"    {_class(one)},\n" for one in classes),
        marks="MARKS = {\n" + "".join(lines) + "}\n" if marks else "",
        given="".join(f"            {one},\n" for one in given),
    )


def _class(one: ShapeClass) -> str:
    return repr(one.tile) if one.pixels is None else f"({one.name!r}, {_packed(one.pixels, 'uint8')})"


def _packed(values: np.ndarray, kind: str) -> str:
    content = base64.b64encode(zlib.compress(values.tobytes(), 9)).decode()
    return f'drawn("{content}", "{kind}", {values.shape})'


def _model(run: ShapesRun) -> str:
    recipe = run.request.recipe
    if recipe.model != "file":
        return repr(recipe.model)
    if recipe.source is None or recipe.source.path is None:
        raise Conflict(f"The file of {run.request.file} is not open.", "Add it under Models first.", "file")
    said = {name: getattr(recipe.source, name) for name in ("weights", "output", "outputs")}
    more = "".join(f", {name}={value!r}" for name, value in said.items() if value is not None)
    return f"session.add_model({recipe.source.path!r}{more})"


_IMPORTS = "import base64\nimport zlib\n\nimport numpy as np\n\n"
_DRAWN = """

def drawn(text, kind, shape):
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), kind).reshape(shape)

"""
_SCRIPT = '''"""{title}: made by innv-gui {version}.

Run it with the Python that innv-gui is installed in: python THIS_FILE
"""

{imports}from innv_gui import Session
{functions}
CLASSES = [
{classes}]
{marks}

if __name__ == "__main__":
    with Session() as session:
        run = session.workshop(
            CLASSES,
{given}        )
        print(run.wait().frame.to_string())
'''
