"""Rows of `journal`: append only. There is no method that changes or removes an entry."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable

from sqlalchemy import Connection
from sqlalchemy import select

from gateway.store.inserting import insert_all
from gateway.store.inserting import insert_row
from gateway.store.records import Entry
from gateway.store.rows import records
from gateway.store.rows import row_of
from gateway.store.schema import journal

_c = journal.c


class Journal:
    """The journal in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, entry: Entry) -> None:
        """Add one entry."""
        insert_row(self._connection, journal, _unnumbered(entry))

    def append_all(self, entries: Iterable[Entry]) -> int:
        """Add entries as they come; how many there were."""
        return insert_all(self._connection, journal, (_unnumbered(entry) for entry in entries))

    def latest(self, *, limit: int = 50) -> list[Entry]:
        """The newest entries, newest first."""
        query = select(journal).order_by(_c.id.desc()).limit(limit)
        return records(self._connection, Entry, query)

    def after(self, entry_id: int, events: Collection[str] = ()) -> list[Entry]:
        """Every entry after this one, or those of some events, oldest first."""
        query = select(journal).where(_c.id > entry_id).order_by(_c.id)
        if events:
            query = query.where(_c.event.in_(events))
        return records(self._connection, Entry, query)


def _unnumbered(entry: Entry) -> dict[str, object]:
    """The row without its id: the database counts."""
    row = row_of(entry)
    del row["id"]
    return row
