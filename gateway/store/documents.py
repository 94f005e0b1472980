"""Rows of `documents`: canonical documents and where each stands."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import bindparam
from sqlalchemy import exists
from sqlalchemy import select
from sqlalchemy import update

from gateway.edi.finding import Finding
from gateway.store.errors import NotFoundError
from gateway.store.inserting import insert_all
from gateway.store.inserting import insert_row
from gateway.store.records import Document
from gateway.store.rows import get
from gateway.store.rows import move
from gateway.store.rows import one
from gateway.store.rows import records
from gateway.store.rows import row_of
from gateway.store.schema import WAITED_FOR
from gateway.store.schema import as2_messages
from gateway.store.schema import documents
from gateway.store.schema import purchases
from gateway.store.schema import sets
from gateway.store.states import DOCUMENT_MOVES
from gateway.store.states import Direction
from gateway.store.states import DocumentState

_c = documents.c
_CARRIED = (
    select(documents)
    .join(sets, sets.c.document == _c.id)
    .where(sets.c.interchange == bindparam("by"))
    .order_by(sets.c.group_index, sets.c.set_index)
)

# As it is, SQLite would take an index that begins with the partner, and read all of them.
_PARTNER = _c.partner.concat("")
_BY_KEY = {
    key.name: select(documents)
    .where(
        key == bindparam("key"),
        bindparam("partner") == _PARTNER,
        _c.direction == bindparam("direction", type_=_c.direction.type),
        _c.test == bindparam("test"),
    )
    .order_by(_c.created_at, _c.id)
    for key in (_c.number, _c.order_number)
}
_newest = (
    select(sets.c.interchange)
    .where(sets.c.document == _c.id)
    .order_by(sets.c.id.desc())
    .limit(1)
    .correlate(documents)
    .scalar_subquery()
)
_retried = exists().where(as2_messages.c.interchange == _newest, as2_messages.c.attempts > 0)
_WAITED_FOR = {
    by: query.where(
        WAITED_FOR,
        _c.type == bindparam("type"),
        (_c.state == DocumentState.HELD) | _retried,
    ).limit(1)
    for by, query in _BY_KEY.items()
}
_SAYING = (
    _BY_KEY["number"]
    .where(
        _c.content_hash == bindparam("content_hash"),
        _c.state.in_(bindparam("states", expanding=True)),
    )
    .limit(1)
)


_IDS = _c.id.in_(bindparam("ids", expanding=True))
_THESE = select(documents).where(_IDS)
_PUBLISH = update(documents).where(_IDS, _c.state == DocumentState.READY)
"""Sets the columns that are bound beside the ids."""


class Documents:
    """Documents of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, document: Document) -> None:
        """Insert; raises RepeatedError where another has its event key."""
        insert_row(self._connection, documents, row_of(document))

    def add_all(self, found: Iterable[Document]) -> int:
        """Insert documents as they come, in constant memory; how many there were."""
        return insert_all(self._connection, documents, (row_of(each) for each in found))

    def add_orders(self, document_id: str, orders: Iterable[str]) -> None:
        """Notes the further orders that a document tells of."""
        rows = ({"document": document_id, "order_number": one} for one in orders)
        insert_all(self._connection, purchases, rows)

    def get(self, document_id: str) -> Document:
        """By id. Raises NotFoundError."""
        return get(self._connection, Document, documents, document_id)

    def get_all(self, document_ids: Collection[str]) -> dict[str, Document]:
        """Some documents by their ids. Raises NotFoundError where one is not there."""
        rows = records(self._connection, Document, _THESE, ids=list(document_ids))
        found = {document.id: document for document in rows}
        if missing := set(document_ids) - found.keys():
            raise NotFoundError(f"no rows {', '.join(sorted(missing))} in documents")
        return found

    def find_by_event(
        self, partner: str, direction: Direction, event_key: str, *, test: bool = False
    ) -> Document | None:
        """The document that already is this event."""
        query = select(documents).where(
            _c.partner == partner,
            _c.direction == direction,
            _c.test == test,
            _c.event_key == event_key,
        )
        return one(self._connection, Document, query)

    def waited_for(
        self,
        document_type: str,
        key: str,
        *,
        by: str,
        partner: str,
        direction: Direction,
        test: bool,
    ) -> Document | None:
        """The oldest document of a type, whose `by` (`number` or `order_number`) is the key, that
        is held, or queued and was not taken by the partner's server when it was tried."""
        bound = {"key": key, "partner": partner, "direction": direction, "test": test}
        return one(self._connection, Document, _WAITED_FOR[by], type=document_type, **bound)

    def find_saying(
        self,
        content_hash: str,
        *,
        number: str,
        partner: str,
        direction: Direction,
        test: bool,
        states: Iterable[DocumentState] = DocumentState,
    ) -> Document | None:
        """The oldest document of a number whose content is the same, of those in some states."""
        bound = {"key": number, "partner": partner, "direction": direction, "test": test}
        bound |= {"content_hash": content_hash, "states": list(states)}
        return one(self._connection, Document, _SAYING, **bound)

    def of_interchange(self, interchange_id: str) -> list[Document]:
        """The documents an interchange carries, in its order."""
        return records(self._connection, Document, _CARRIED, by=interchange_id)

    def overdue(self, now: datetime, longest: timedelta, *, limit: int = 500) -> list[Document]:
        """Sent documents still without the acknowledgment due by now, the longest overdue first.
        `longest`: what was sent later than now and is due still later was sent by a wrong clock,
        and nobody knows how long ago."""
        ahead = (_c.ack_due_at > now + longest) & (_c.updated_at > now)
        query = (
            select(documents)
            .where(_c.state == DocumentState.SENT, (_c.ack_due_at <= now) | ahead)
            .order_by(_c.ack_due_at, _c.id)
            .limit(limit)
        )
        return records(self._connection, Document, query)

    def listed(self, *, state: DocumentState | None = None, limit: int = 100) -> list[Document]:
        """Newest first, of one state where given."""
        query = select(documents).order_by(_c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(_c.state == state)
        return records(self._connection, Document, query)

    def mark_published(self, document_ids: Collection[str], *, at: datetime) -> None:
        """The ERP can collect these documents, those of them that were ready."""
        bound = {"ids": list(document_ids), "state": DocumentState.PUBLISHED, "updated_at": at}
        self._connection.execute(_PUBLISH, bound)

    def move(
        self,
        document_id: str,
        to: DocumentState,
        *,
        at: datetime,
        findings: tuple[Finding, ...] | None = None,
        ack_due_at: datetime | None = None,
    ) -> None:
        """Set the state, and findings and deadline where given.

        Raises NotFoundError, MoveRefusedError.
        """
        changes: dict[str, Any] = {"updated_at": at}
        if findings is not None:
            changes["findings"] = findings
        if ack_due_at is not None:
            changes["ack_due_at"] = ack_due_at
        move(self._connection, _c.state, document_id, to, DOCUMENT_MOVES, **changes)
