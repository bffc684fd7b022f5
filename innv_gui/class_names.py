"""What a model's classes are called: read from a file, fitted to a model, mapped to a dataset's labels by name."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from innv_gui import imagenet
from innv_gui.errors import BadInput
from innv_gui.named_path import named_path

MAX_BYTES = 4 * 2**20
MAX_NAME = 200  # characters
EXPECTED = (
    'Expected JSON such as {"0": ["n01440764", "tench"], ...}, a JSON list of names, or text with one name per line.'
)
_NUMBERED = re.compile(r"(\d{1,7})(?:\s*[:;,=]\s*|\s+)(\S.*)")  # "0 cat", "0: cat", "0,cat"
_APART = re.compile(r"[\s_\-]+")


def read_class_names(path: str | Path) -> tuple[str, ...]:
    """Names in class order from a JSON or text file. Raises BadInput (field "class_names") that names the file."""
    path = named_path(path, "class_names")
    text = _text(path)
    try:
        if text.lstrip()[:1] in ("{", "["):
            return class_names(json.loads(text))
        return _checked(_by_number([line.strip() for line in text.rstrip().splitlines()]))
    except RecursionError:
        raise _refused(f"{path.name} is nested too deeply.", EXPECTED) from None
    except json.JSONDecodeError as error:
        raise _refused(f"{path.name} is not JSON: {error.msg} in line {error.lineno}.", EXPECTED) from None
    except BadInput as error:
        raise _refused(f"{path.name}: {error.message}", error.hint) from None


def as_list(names):
    """Names in an array, such as numpy's or a column of pandas, as a list; anything else as it is."""
    return np.asarray(names).tolist() if hasattr(names, "__array__") and not isinstance(names, str) else names


def class_names(listed: Mapping | Sequence) -> tuple[str, ...]:
    """Names in class order from a list, or from a dictionary {"0": name or [id, name]} with the keys 0 to K-1."""
    if isinstance(listed, Mapping):
        listed = _in_order(listed)
    if isinstance(listed, str) or not isinstance(listed, Sequence):
        raise _refused(f"Expected a list or a dictionary of names, got {type(listed).__name__}.", EXPECTED)
    pairs = [_id_and_name(entry, index) for index, entry in enumerate(listed)]
    return _checked(_told_apart(pairs))


def fit(names: Mapping | Sequence[str], n_classes: int, model: str = "the model") -> tuple[str, ...]:
    """The names, when there is one per class; else BadInput with expected and got. model: its name."""
    names = class_names(names)
    if len(names) != n_classes:
        raise _refused(f"Expected {n_classes} class names, one per class of {model}, got {len(names)}.")
    return names


def map_by_name(
    model_names: Sequence[str], dataset_names: Sequence[str]
) -> tuple[dict[str, int], tuple[str, ...], tuple[str, ...]]:
    """(label -> class index of the model, classes without a label, labels without a class).

    A name fits when it is spelled the same, else when it differs only in case, spaces, hyphens, underscores or in how
    accents are written, else when both mean one WordNet id ("n01440764", "n01440764_tench", "tench"), else when the
    first of its synonyms fits ("tench, Tinca tinca"); each as long as exactly one class does. "3 tench" fits class 3
    where that is called tench.
    """
    exact = {name: index for index, name in enumerate(model_names)}
    found = {label: exact[label] for label in dataset_names if label in exact}
    left = [label for label in dataset_names if label not in exact]
    for meaning in (_loosely, _wordnet_id, _first_synonym) if left else ():
        alike = _by_meaning(model_names, meaning)
        classes = {label: alike.get(meaning(label), ()) for label in left}
        found |= {label: indices[0] for label, indices in classes.items() if len(indices) == 1}
        left = [label for label in left if not classes[label]]  # what several fit is left alone
    found |= {label: index for label in left if (index := _index_and_name(label, model_names)) is not None}
    used = set(found.values())
    without = tuple(name for index, name in enumerate(model_names) if index not in used)
    return found, without, tuple(label for label in dataset_names if label not in found)


def _index_and_name(label: str, names: Sequence[str]) -> int | None:
    """The class of a label that begins with its index and goes on with its name."""
    numbered = _NUMBERED.fullmatch(label)
    if numbered is None or int(numbered[1]) >= len(names):
        return None
    index = int(numbered[1])
    return index if _loosely(numbered[2]) == _loosely(names[index]) else None


def _by_meaning(names: Sequence[str], meaning: Callable[[str], str | None]) -> dict[str, list[int]]:
    alike: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        key = meaning(name)
        if key is not None:
            alike.setdefault(key, []).append(index)
    return alike


def _loosely(name: str) -> str:
    # A sign in front stays: the label -1 is not the class 1.
    return _APART.sub(" ", unicodedata.normalize("NFC", name).casefold().strip()).rstrip()


def _wordnet_id(name: str) -> str | None:
    return imagenet.id_in(name) or imagenet.id_named(name) or imagenet.id_named(_first_synonym(name))


def _first_synonym(name: str) -> str:
    return _loosely(name.partition(",")[0])


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise _refused(f"There is no file {str(path)!r}.", "Check the path.")
        if path.stat().st_size > MAX_BYTES:
            raise _refused(
                f"{path.name} is larger than {MAX_BYTES >> 20} MiB, too large for a list of names.", EXPECTED
            )
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(f"{path.name} is not text in UTF-8.", EXPECTED) from None
    except OSError as error:
        raise _refused(f"{path.name} cannot be read: {error.strerror}.") from None
    if "\0" in text:
        raise _refused(f"{path.name} is not text.", EXPECTED)
    return text


def _by_number(lines: list[str]) -> list[str]:
    """["1 dog", "0 cat"] -> ["cat", "dog"]; lines that are not all numbered, 0 to K-1 or 1 to K, are names as they are.

    So are those that only their number tells apart: "1 star", "2 star".
    """
    numbered = [_NUMBERED.fullmatch(line) for line in lines]
    name_of = {int(one[1]): one[2] for one in numbered if one}
    counted = set(name_of) in ({*range(len(lines))}, {*range(1, len(lines) + 1)})
    if not counted or len(lines) < 2 or len(set(name_of.values())) < len(lines):
        return lines
    return [name_of[number] for number in sorted(name_of)]


def _in_order(listed: Mapping) -> list:
    """{"0": a, "1": b} -> [a, b]; also {"a": 0, "b": 1}, which Keras calls class_indices."""
    if listed and all(isinstance(index, int) and not isinstance(index, bool) for index in listed.values()):
        listed = {str(index): name for name, index in listed.items()}
    by_key = {str(key).strip(): name for key, name in listed.items()}
    missing = next((key for key in map(str, range(len(listed))) if key not in by_key), None)
    if missing is not None:
        raise _refused(f"Expected the keys 0 to {len(listed) - 1}, but {missing} is missing.", EXPECTED)
    return [by_key[str(index)] for index in range(len(listed))]


def _id_and_name(entry, index: int) -> tuple[str, str]:
    parts = [entry] if isinstance(entry, str) else entry
    if not isinstance(parts, Sequence) or len(parts) not in (1, 2) or not all(isinstance(part, str) for part in parts):
        raise _refused(
            f"Expected a name or [id, name] for class {index}, got {json.dumps(entry, default=str)[:60]}.", EXPECTED
        )
    return (parts[0] if len(parts) == 2 else "", parts[-1].strip())


def _told_apart(pairs: list[tuple[str, str]]) -> list[str]:
    """ImageNet has two cranes and two maillots; their ids distinguish them. So does an id without a name."""
    count = Counter(name for _, name in pairs)
    return [f"{name} ({id})" if _needs_id(id, name, count[name]) else name for id, name in pairs]


def _needs_id(id: str, name: str, count: int) -> bool:
    is_wordnet = imagenet.id_at_start(id) == id
    return bool(id) and (count > 1 or (is_wordnet and _wordnet_id(name) != id))


def _checked(names: list[str]) -> tuple[str, ...]:
    if not names:
        raise _refused("There is no class name.", EXPECTED)
    first = {}
    for index, name in enumerate(names):
        if not name:
            raise _refused(f"The name of class {index} is empty.", EXPECTED)
        if len(name) > MAX_NAME:
            raise _refused(
                f"The name of class {index} has {len(name)} characters; up to {MAX_NAME} are used.", EXPECTED
            )
        if name in first:
            raise _refused(f"Classes {first[name]} and {index} have the same name, {name!r}.", "Names must differ.")
        first[name] = index
    return tuple(names)


def _refused(message: str, hint: str = "") -> BadInput:
    return BadInput(message, hint, field="class_names")
