"""Rows found by what was said of them: in the same words it is the same row."""

from __future__ import annotations

from typing import Any
from typing import Generic
from typing import TypeVar

from gateway.mapping.normal import spelled

Row = TypeVar("Row")

_FEW = 8
"""So many are compared one by one, which is faster; more are looked up."""


class Told(Generic[Row]):
    """Rows by what was said when they were made: texts, and lists and objects of them, which do not
    change any more."""

    def __init__(self) -> None:
        self._few: list[tuple[Any, Row]] = []
        self._many: dict[str, Row] = {}

    def find(self, said: Any) -> Row | None:
        """The row that was told alike."""
        if self._many:
            return self._many.get(spelled(said))
        for known, row in self._few:
            if known == said:
                return row
        return None

    def add(self, said: Any, row: Row) -> None:
        """A row that none was told like."""
        if self._many:
            self._many[spelled(said)] = row
            return
        self._few.append((said, row))
        if len(self._few) > _FEW:
            self._many = {spelled(known): one for known, one in self._few}
