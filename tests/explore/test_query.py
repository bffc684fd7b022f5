"""The query line: what it means, where it points when it is wrong, and that it is never more than data."""

import numpy as np
import pandas as pd
import pytest

from innv_gui.explore.columns import Column
from innv_gui.explore.filtering import left_without, rows_that
from innv_gui.explore.query import MOST_DEPTH, MOST_TERMS, cells_of, parsed, text_of
from innv_gui.explore.tokens import MOST_CHARACTERS, BadQuery, quoted

N = 400
RNG = np.random.default_rng(5)
NAMES = ("cat", "dog", "sea lion", 'a "b" \\ c', "7", "and")
LOSS = np.where(RNG.random(N) < 0.1, np.nan, RNG.exponential(1, N).round(2))
INDEX = np.arange(N)
LABEL = RNG.integers(-1, len(NAMES), N)
RIGHT = RNG.integers(-1, 2, N)
FILES = np.array([f"{NAMES[label].split()[0]}/img_{k:04}.png" for k, label in enumerate(LABEL)])
BITS = RNG.integers(0, 4, N).astype(np.uint64)


def _texts(text, exact):
    return text == FILES if exact else np.char.find(np.char.lower(FILES), text.lower()) >= 0


COLUMNS = {
    column.name: column
    for column in (
        Column("index", "index", "number", lambda: INDEX),
        Column("file", "file", "text", lambda: np.argsort(np.argsort(FILES)), texts=_texts),
        Column("label", "label", "class", lambda: LABEL, NAMES),
        Column("A.right", "right", "flag", lambda: RIGHT),
        Column("A.loss", "loss", "number", lambda: LOSS),
        Column("tags", "tags", "tags", lambda: BITS, ("odd", "look again")),
    )
}
FRAME = pd.DataFrame(
    {
        "index": INDEX,
        "file": FILES,
        "label": np.array([*NAMES, None], object)[LABEL],
        "right": RIGHT,
        "loss": LOSS,
        "odd": (BITS & np.uint64(1)) > 0,
    }
)


def rows(text):
    return rows_that(parsed(text, COLUMNS), COLUMNS, N)


def test_words_numbers_ranges_and_lists_are_what_a_person_means():
    assert rows("A.loss > 1").tolist() == (LOSS > 1).tolist()
    assert rows("A.loss>=1").tolist() == (LOSS >= 1).tolist()
    assert rows("index 3..9").sum() == 7 and rows("index ..9").sum() == 10 and rows("index 390..").sum() == 10
    assert rows("label cat").tolist() == (LABEL == 0).tolist()
    assert rows("label lion").tolist() == rows('label "sea lion"').tolist() == (LABEL == 2).tolist()
    assert rows('label ["cat", 7]').tolist() == rows('label in ["cat", 7]').tolist() == np.isin(LABEL, [0, 4]).tolist()
    assert rows('label "and"').tolist() == (LABEL == 5).tolist()
    assert rows("A.right").tolist() == (RIGHT == 1).tolist()
    assert rows("A.right no").tolist() == rows("A.right = wrong").tolist() == (RIGHT == 0).tolist()
    assert rows("not A.right").tolist() == (RIGHT != 1).tolist()
    for below in ("A.right < yes", "A.right <= no"):  # not known is not below
        assert rows(below).tolist() == (RIGHT == 0).tolist()
    assert rows("A.right <= yes").tolist() == (RIGHT >= 0).tolist()
    assert rows("file IMG_0007").tolist() == (INDEX == 7).tolist()
    assert rows('tags "look again"').tolist() == ((BITS & np.uint64(2)) > 0).tolist()
    assert rows("").all() and rows("   ").all()


def test_or_binds_weaker_than_and_and_not_strongest():
    loss, cat, right = LOSS > 1, LABEL == 0, RIGHT == 1
    assert rows("label cat or A.right and A.loss > 1").tolist() == (cat | (right & loss)).tolist()
    assert rows("(label cat or A.right) and A.loss > 1").tolist() == ((cat | right) & loss).tolist()
    assert rows("not label cat and A.right").tolist() == (~cat & right).tolist()
    assert rows("not (label cat and A.right)").tolist() == (~(cat & right)).tolist()


def _generated(rng, depth=0):
    """(a query, the same for pandas)."""
    kind = rng.integers(0, 9 if depth < 4 else 6)
    if kind == 0:
        op, value = rng.choice(["=", "!=", ">", ">=", "<", "<="]), round(float(rng.exponential(1)), 2)
        return f"A.loss {op} {value}", f"loss {'==' if op == '=' else op} {value}"
    if kind == 1:
        low, high = sorted(rng.integers(0, N, 2).tolist())
        return f"index {low}..{high}", f"index >= {low} and index <= {high}"
    if kind == 2:
        name, op = NAMES[rng.integers(0, len(NAMES))], rng.choice(["=", "!="])
        return f"label {op} {quoted(name)}", f"label {'==' if op == '=' else op} {name!r}"
    if kind == 3:
        some = [NAMES[k] for k in rng.choice(len(NAMES), 2, replace=False)]
        return f"label in [{', '.join(map(quoted, some))}]", f"label in {some!r}"
    if kind == 4:
        yes = bool(rng.integers(0, 2))
        return f"A.right {'yes' if yes else 'no'}", f"right == {int(yes)}"
    if kind == 5:
        return "tags odd", "odd"
    if kind == 6:
        ours, theirs = _generated(rng, depth + 1)
        return f"not ({ours})", f"not ({theirs})"
    word = "and" if kind == 7 else "or"
    parts = [_generated(rng, depth + 1) for _ in range(rng.integers(2, 4))]
    return f" {word} ".join(f"({a})" for a, _ in parts), f" {word} ".join(f"({b})" for _, b in parts)


def test_a_thousand_generated_queries_mean_what_pandas_says():
    rng = np.random.default_rng(1)
    for _ in range(1000):
        ours, theirs = _generated(rng)
        expected = FRAME.eval(theirs.replace("index", "`index`")).to_numpy(bool)
        assert rows(ours).tolist() == expected.tolist(), ours
        assert rows(text_of(parsed(ours, COLUMNS))).tolist() == expected.tolist(), "its own text means the same"


@pytest.mark.parametrize(
    ("text", "message", "wrong"),
    [
        ("los > 1", "There is no column 'los'.", "los"),
        ("A.loss > cat", "A.loss is a number; got 'cat'.", "cat"),
        ("A.loss >", "A.loss is a number; got nothing.", ""),
        ("A.loss", "A.loss is a number; got nothing.", "A.loss"),
        ("A.loss contains 3", "A.loss is a number; got 'contains'.", "contains"),
        ("label > 3", "label is a class; got '3'.", ">"),
        ("A.right maybe", "A.right is yes or no; got 'maybe'.", "maybe"),
        ("(label cat", "A bracket is not closed.", "("),
        ("label cat)", "')' follows a complete condition.", ")"),
        ("label cat label dog", "'label' follows a complete condition.", "label"),
        ('file "abc', "A quotation mark is not closed.", '"abc'),
        ("label [cat", "A list is not closed.", "[cat"),
        ("and", "There is no column 'and'.", "and"),
        ("label cat and", "Expected a column at the end.", ""),
        ("= 3", "Expected a column, got '='.", "="),
        ("index 1..2..3", "index is a number; got '1..2..3'.", "1..2..3"),
    ],
)
def test_an_error_says_where_and_what_was_expected(text, message, wrong):
    with pytest.raises(BadQuery) as error:
        rows(text)
    start, end = error.value.at
    assert error.value.message == message and text[start:end] == wrong
    assert error.value.hint and error.value.as_json()["error"]["at"] == [start, end]


def test_the_nearest_column_is_offered():
    with pytest.raises(BadQuery) as error:
        rows("A.los > 1")
    assert error.value.allowed[0] == "A.loss" and "A.loss" in error.value.hint


def test_length_depth_and_number_of_conditions_are_bounded():
    for text in (
        "x" * (MOST_CHARACTERS + 1),
        "(" * (MOST_DEPTH + 1) + "A.right" + ")" * (MOST_DEPTH + 1),
        "not " * (MOST_DEPTH + 1) + "A.right",
        " or ".join(["A.right"] * (MOST_TERMS + 1))[:MOST_CHARACTERS],
    ):
        with pytest.raises(BadQuery):
            rows(text)
    assert rows("(" * 30 + "A.right" + ")" * 30).tolist() == (RIGHT == 1).tolist()


HOSTILE = [
    "'",
    '"',
    "';",
    '";',
    "--",
    "/*",
    "*/",
    ";",
    "\\",
    "\0",
    "%",
    "_",
    "\n",
    "\u202e",
    "`",
    "$(x)",
    "{{7*7}}",
    "|",
]
SENTENCES = [
    "DROP TABLE images",
    "1 OR 1=1",
    "' UNION SELECT * FROM files",
    "__import__('os').system('id')",
    "read_csv('/etc/passwd')",
    "COPY (SELECT 1) TO 'x'",
    "ATTACH 'x'",
    "eval(1)",
    "lambda: 0",
    "@pd.read_pickle",
    "label.__class__",
]


def test_hostile_texts_are_only_ever_texts():
    """200 of them: read as a plain text they are searched for, and nothing else happens."""
    texts = [a + b for a in HOSTILE for b in SENTENCES] + HOSTILE + SENTENCES
    assert len(texts) >= 200
    for text in texts:
        node = parsed(f"file contains {quoted(text)}", COLUMNS)
        assert node.value == text and not rows_that(node, COLUMNS, N)[text == FILES].any()
        try:
            found = rows(text)
        except BadQuery:
            continue
        assert found.dtype == bool and len(found) == N


def test_filter_cells_and_query_line_are_one_expression():
    assert cells_of(parsed('label = "cat" and A.loss > 1 and index 0..9', COLUMNS)) == {
        "label": '= "cat"',
        "A.loss": "> 1",
        "index": "0..9",
    }
    assert cells_of(parsed("", COLUMNS)) == {}
    for text in ("label cat or A.right", "A.loss > 1 and A.loss < 2", "not A.right"):
        assert cells_of(parsed(text, COLUMNS)) is None


def test_what_leaving_a_condition_out_would_give_is_counted():
    node = parsed("label cat and A.loss > 100", COLUMNS)
    known = np.ones(N, bool)
    assert left_without(node, COLUMNS, known) == [0, int((LABEL == 0).sum())]
