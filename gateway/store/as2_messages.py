"""Rows of `as2_messages`: theirs, found again by Message-ID, and ours on their way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy import update

from gateway.store.inserting import insert_row
from gateway.store.records import As2Message
from gateway.store.rows import get
from gateway.store.rows import move
from gateway.store.rows import one
from gateway.store.rows import records
from gateway.store.rows import row_of
from gateway.store.schema import as2_messages
from gateway.store.states import AS2_MOVES
from gateway.store.states import As2State
from gateway.store.states import Direction

_c = as2_messages.c
_PORTION = 200
"""What is read at once; whoever wants more asks again."""
_BY_IDENTITY = select(as2_messages).where(
    _c.partner == bindparam("by"),
    _c.direction == bindparam("going"),
    _c.message_id == bindparam("named"),
)


class As2Messages:
    """AS2 messages of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message: As2Message) -> None:
        """Insert; raises RepeatedError where the partner's Message-ID is there already."""
        insert_row(self._connection, as2_messages, row_of(message))

    def get(self, row_id: str) -> As2Message:
        """By id. Raises NotFoundError."""
        return get(self._connection, As2Message, as2_messages, row_id)

    def find(self, partner: str, direction: Direction, message_id: str) -> As2Message | None:
        """By what makes it one: partner, direction and Message-ID."""
        bound = {"by": partner, "going": direction, "named": message_id}
        return one(self._connection, As2Message, _BY_IDENTITY, **bound)

    def of_interchange(self, interchange_id: str) -> As2Message | None:
        """The message that carries an interchange of ours."""
        query = select(as2_messages).where(_c.interchange == interchange_id)
        return one(self._connection, As2Message, query)

    def unopened(self, *, without: Iterable[str] = ()) -> list[As2Message]:
        """Theirs of which nothing is decided yet, the oldest first, `without` some partners'."""
        return self._listed(_c.state == As2State.RECEIVED, _c.partner.not_in(tuple(without)))

    def due(
        self, now: datetime, longest: timedelta, *, without: Iterable[str] = ()
    ) -> list[As2Message]:
        """Ours to be posted by now, in the order of their ids, `without` those to some partners.
        `longest`: nobody waits longer; what is further ahead was put there by a wrong clock."""
        others = _c.partner.not_in(tuple(without))
        return self._listed(_c.state == As2State.QUEUED, _has_come(now, longest), others)

    def any_queued(self) -> bool:
        """Whether anything of ours is to be posted, whenever."""
        query = select(_c.id).where(_c.state == As2State.QUEUED).limit(1)
        return self._connection.scalar(query) is not None

    def hasten(self, now: datetime, partners: Iterable[str]) -> None:
        """What is to be posted to these partners is due by now."""
        ours = (_c.state == As2State.QUEUED) & _c.partner.in_(tuple(partners)) & (_c.next_at > now)
        self._connection.execute(update(as2_messages).where(ours).values(next_at=now))

    def receipts_due(
        self, now: datetime, longest: timedelta, *, without: Iterable[str] = ()
    ) -> list[As2Message]:
        """Theirs whose asynchronous receipt is to be posted, as `due`."""
        states, others = (As2State.ACCEPTED, As2State.REFUSED), _c.partner.not_in(tuple(without))
        return self._listed(_c.state.in_(states), _has_come(now, longest), others)

    def tried(self) -> list[As2Message]:
        """Ours that could not be posted yet and are tried again, the oldest first."""
        return self._listed(_c.state == As2State.QUEUED, _c.attempts > 0)

    def refused(self, since: datetime, *, limit: int) -> list[As2Message]:
        """Theirs that were refused and not taken since under their Message-ID, the newest first."""
        query = select(as2_messages).where(_c.state == As2State.REFUSED, _c.created_at >= since)
        query = query.order_by(_c.id.desc()).limit(limit)
        return records(self._connection, As2Message, query)

    def overdue(self, now: datetime, longest: timedelta) -> list[As2Message]:
        """Ours whose receipt should have come by now. `longest`: what was made later than now and
        is waited for still longer was sent by a wrong clock."""
        ahead = (_c.receipt_due_at > now + longest) & (_c.created_at > now)
        return self._listed(_c.state == As2State.SENT, (_c.receipt_due_at <= now) | ahead)

    def move(self, row_id: str, to: As2State, **changes: Any) -> None:
        """Set the state, and columns beside it. Raises NotFoundError, MoveRefusedError."""
        move(self._connection, _c.state, row_id, to, AS2_MOVES, **changes)

    def change(self, row_id: str, **changes: Any) -> None:
        """Set columns of a message that stays in its state."""
        self._connection.execute(update(as2_messages).where(_c.id == row_id).values(**changes))

    def _listed(self, *conditions: Any) -> list[As2Message]:
        query = select(as2_messages).where(*conditions).order_by(_c.id).limit(_PORTION)
        return records(self._connection, As2Message, query)


def _has_come(now: datetime, longest: timedelta) -> ColumnElement[bool]:
    return (_c.next_at <= now) | (_c.next_at > now + longest)
