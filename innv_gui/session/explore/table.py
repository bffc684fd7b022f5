"""The table of an exploration: rows that a query means, in an order, by page."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from innv_gui.errors import BadInput, NotFound
from innv_gui.explore.bits import id_of, packed, unpacked
from innv_gui.explore.columns import Column
from innv_gui.explore.filtering import left_without, rows_that
from innv_gui.explore.query import cells_of, parsed, terms_of, text_of
from innv_gui.explore.sorting import order_by
from innv_gui.session.suggest.numbers import Numbers

ORDERS, SELECTIONS = 8, 200


@dataclass(frozen=True)
class Order:
    """Rows in the order they are shown; hidden: rows of the selection that the query leaves out.

    id: of the rows and their order, so that what was drawn of it can be kept.
    """

    id: str
    rows: np.ndarray = field(repr=False)
    hidden: int = 0


class Table:
    """columns: gives those of now. state: changes when the values may have."""

    def __init__(self, numbers: Numbers, columns: Callable[[], dict[str, Column]], state: Callable[[], tuple]):
        self._numbers, self.columns, self._state = numbers, columns, state
        self._orders: OrderedDict[tuple, Order] = OrderedDict()
        self._by_id: dict[str, Order] = {}
        self._selections: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def n(self) -> int:
        """Rows of the dataset."""
        return self._numbers.table.n

    def scored(self) -> np.ndarray:
        """(n,) bool: rows that every model has scored."""
        found = np.zeros(self.n, bool)
        found[self._numbers.table.rows()] = True
        return found

    def mask(self, query: str) -> np.ndarray:
        """(n,) bool: scored rows that a query means. Raises BadQuery."""
        columns = self.columns()
        return rows_that(parsed(query, columns), columns, self.n) & self.scored()

    def explained(self, query: str) -> dict:
        """What a query means: how many rows, its terms with what leaving each out would give, its filter cells."""
        columns = self.columns()
        node, scored = parsed(query, columns), self.scored()
        n = int((rows_that(node, columns, self.n) & scored).sum())
        counts = left_without(node, columns, scored)
        terms = [{"text": text_of(term), "n": count} for term, count in zip(terms_of(node), counts, strict=True)]
        return {"ok": True, "n": n, "terms": terms, "cells": cells_of(node)}

    # -- selections

    def select(self, rows: np.ndarray) -> str:
        """Keep a selection (n,) bool -> its id; the same rows have the same id."""
        id = id_of(rows)
        with self._lock:
            self._selections[id] = packed(rows)
            self._selections.move_to_end(id)
            while len(self._selections) > SELECTIONS:
                self._selections.popitem(last=False)
        return id

    def selected(self, id: str) -> np.ndarray:
        """(n,) bool. Raises NotFound."""
        with self._lock:
            if id not in self._selections:
                raise NotFound(f"There is no selection {id!r:.40}.", "Send its rows again.", "selection")
            self._selections.move_to_end(id)
            return unpacked(self._selections[id], self.n)

    # -- orders

    def order(self, query: str = "", selection: str | None = None, sort: str | None = None, falling=False) -> Order:
        """Rows that a query and a selection mean, in the order of a column; without one in that of the dataset."""
        key = (self._state(), query, selection, sort, bool(falling))
        with self._lock:
            if key in self._orders:
                self._orders.move_to_end(key)
                return self._orders[key]
        made = self._ordered(query, selection, sort, bool(falling))
        with self._lock:
            self._orders[key] = made
            self._by_id[made.id] = made
            while len(self._orders) > ORDERS:
                gone = self._orders.popitem(last=False)[1]
                if all(one.id != gone.id for one in self._orders.values()):
                    self._by_id.pop(gone.id, None)
        return made

    def _ordered(self, query: str, selection: str | None, sort: str | None, falling: bool) -> Order:
        mask, hidden = self.mask(query), 0
        if selection is not None:
            chosen = self.selected(selection) & self.scored()
            hidden = int((chosen & ~mask).sum())
            mask &= chosen
        rows = np.flatnonzero(mask)
        rows = rows if sort is None else order_by(self._column(sort), rows, falling)
        return Order(f"o{hashlib.sha256(rows.tobytes()).hexdigest()[:20]}", rows, hidden)

    def _column(self, name: str) -> Column:
        columns = self.columns()
        if name not in columns:
            raise BadInput(
                f"Rows cannot be sorted by {name!r:.60}.",
                f"Expected one of {', '.join(columns)}.",
                "sort",
                tuple(columns),
            )
        return columns[name]

    def by_id(self, id: str) -> Order:
        """An order that was asked for. Raises NotFound."""
        with self._lock:
            if id not in self._by_id:
                raise NotFound(f"There is no order {id!r:.40}.", "Ask for it again.", "order")
            return self._by_id[id]

    def cells(self, rows: np.ndarray) -> list[dict]:
        """Column -> value of some rows, as JSON says them; index, file, label and tags stand beside."""
        columns = [column for column in self.columns().values() if column.kind not in ("text", "tags")]
        values = [(column, column.values()[rows]) for column in columns]
        return [{column.name: _plain(column, some[place]) for column, some in values} for place in range(len(rows))]


def _plain(column: Column, value) -> object:
    if column.kind == "class":
        return column.names[value] if value >= 0 else None
    if column.kind == "flag":
        return bool(value) if value >= 0 else None
    return None if np.isnan(value) else value.item()
