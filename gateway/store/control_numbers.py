"""Rows of `control_numbers`: drawn in the transaction that uses them, so none is lost or reused.

A number whose transaction rolls back was never drawn. Numbers follow each other per partner and
kind (`x12.interchange`, `x12.group`, `edifact.interchange`, ...), and each draw is journalled.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select

from gateway.store.dialects import insert_or_add
from gateway.store.journal import Journal
from gateway.store.records import Entry
from gateway.store.schema import control_numbers

_c = control_numbers.c

# ISA13 and GS06 have nine digits (X12.5, X12.22); UNB 0020 has room for them.
NINE_DIGITS = 999_999_999


class ControlNumbers:
    """Control numbers of one transaction."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._connection = connection
        self._journal = journal

    def draw(
        self,
        partner: str,
        kind: str,
        *,
        at: datetime,
        interchange: str | None = None,
        limit: int = NINE_DIGITS,
    ) -> int:
        """The next number, 1 to `limit` and then 1 again; `interchange` is the one it is for."""
        row = {"partner": partner, "kind": kind, "next": 2}
        following = insert_or_add(self._connection, control_numbers, row, "next", 1)
        number = (following - 2) % limit + 1
        self._journal.append(
            Entry(
                at=at,
                event="control-number-drawn",
                partner=partner,
                interchange=interchange,
                detail={"kind": kind, "number": number},
            )
        )
        return number

    def start_at(self, partner: str, kind: str, number: int) -> None:
        """Draw from this number on (a partner moved from another system)."""
        key = (_c.partner == partner) & (_c.kind == kind)
        self._connection.execute(delete(control_numbers).where(key))
        self._connection.execute(
            insert(control_numbers), {"partner": partner, "kind": kind, "next": number}
        )

    def upcoming(self, partner: str) -> dict[str, int]:
        """The next number of each kind."""
        query = select(_c.kind, _c.next).where(_c.partner == partner).order_by(_c.kind)
        return {row.kind: row.next for row in self._connection.execute(query)}
