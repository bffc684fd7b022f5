"""What `innv-gui explain --help` ends with: every method with its settings, read off the declarations."""

from __future__ import annotations

import textwrap
from typing import Any

from innv_gui import analyzers
from innv_gui.analyzers.form import expectation, form_fields
from innv_gui.commands.steps import say_unusable

WIDTH = 100


def methods() -> int:
    """Print every method by family with its sentence, then the settings."""
    families = dict.fromkeys(one.family for one in analyzers.all())
    for family in families:
        print(family.replace("_", " "))
        for one in analyzers.all():
            if one.family == family:
                print(_line(one.name, one.summary))
        print()
    print(listed().lstrip("\n"), end="")
    say_unusable()
    return 0


def listed() -> str:
    """Methods with the defaults of their settings, then what each setting takes."""
    fields = {one.name: form_fields(one.params) for one in analyzers.all()}
    takes = {field["name"]: expectation(field) for own in fields.values() for field in own}
    methods = [_line(name, ", ".join(map(_default, own))) for name, own in fields.items()]
    settings = [_line(name, takes[name]) for name in sorted(takes)]
    lines = ["methods (--analyzer A), with the defaults of their settings:", *methods]
    lines += ["", "settings (--param NAME=VALUE):", *settings, "", "docs/methods.md explains each of them."]
    return "\n" + "\n".join(lines) + "\n"


def _default(field: dict[str, Any]) -> str:
    value = field["default"]
    if isinstance(value, bool) or value is None:
        value = {True: "true", False: "false", None: "not set"}[value]
    return f"{field['name']}={value}"


def _line(name: str, text: str) -> str:
    return textwrap.fill(f"{name:<38} {text}", WIDTH, initial_indent="  ", subsequent_indent=" " * 41)
