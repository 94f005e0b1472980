"""Rows of `interchanges`: theirs, found again by identity, and ours, found by what answers them.

X12.5 makes ISA13 unique between sender and receiver, ISO 9735-1 makes UNB 0020 so together with
0004 and 0010; that is the identity. Only the first interchange of an identity holds it.
"""

from __future__ import annotations

import orjson
from sqlalchemy import Connection
from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy import update

from gateway.edi.finding import Finding
from gateway.store.inserting import insert_row
from gateway.store.records import Interchange
from gateway.store.rows import get
from gateway.store.rows import move
from gateway.store.rows import one
from gateway.store.rows import records
from gateway.store.rows import row_of
from gateway.store.schema import interchanges
from gateway.store.states import INTERCHANGE_MOVES
from gateway.store.states import Direction
from gateway.store.states import InterchangeState

_c = interchanges.c
_BY_IDENTITY = select(interchanges).where(_c.identity == bindparam("key"))
_SAME = (
    select(interchanges)
    .where(
        _c.reference == bindparam("numbered"),
        _c.partner == bindparam("by"),
        _c.direction == Direction.IN,
        _c.sender == bindparam("from_"),
        _c.receiver == bindparam("to"),
        _c.test == bindparam("tried"),
        _c.bytes_hash == bindparam("digest"),
        _c.state != InterchangeState.DUPLICATE,
    )
    .order_by(_c.id)
    .limit(1)
)
_SENT = (
    select(interchanges)
    .where(
        _c.reference == bindparam("numbered"),
        _c.partner == bindparam("by"),
        _c.direction == Direction.OUT,
        _c.dialect == bindparam("spoken"),
    )
    .order_by(_c.id.desc())
    .limit(1)
)
_OF_FILE = select(interchanges).where(_c.transmission == bindparam("file")).order_by(_c.ordinal)
_LATECOMERS = frozenset({InterchangeState.DUPLICATE, InterchangeState.CONFLICT})


class Interchanges:
    """Interchanges of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, interchange: Interchange) -> None:
        """Insert; raises RepeatedError where another holds its identity (duplicates and conflicts
        never hold one)."""
        row = row_of(interchange)
        if interchange.state not in _LATECOMERS:
            row["identity"] = _identity(
                interchange.partner,
                interchange.direction,
                interchange.sender,
                interchange.receiver,
                interchange.reference,
                test=interchange.test,
            )
        insert_row(self._connection, interchanges, row)

    def get(self, interchange_id: str) -> Interchange:
        """By id. Raises NotFoundError."""
        return get(self._connection, Interchange, interchanges, interchange_id)

    def find_by_identity(
        self,
        *,
        partner: str,
        direction: Direction,
        sender: str,
        receiver: str,
        reference: str,
        test: bool = False,
    ) -> Interchange | None:
        """The interchange that holds this control number."""
        key = _identity(partner, direction, sender, receiver, reference, test=test)
        return one(self._connection, Interchange, _BY_IDENTITY, key=key)

    def find_same(
        self, *, partner: str, sender: str, receiver: str, reference: str, digest: str, test: bool
    ) -> Interchange | None:
        """The first of theirs with this control number and these bytes, duplicates aside."""
        return one(
            self._connection,
            Interchange,
            _SAME,
            numbered=reference,
            by=partner,
            from_=sender,
            to=receiver,
            tried=test,
            digest=digest,
        )

    def find_sent(self, partner: str, reference: str, *, dialect: str) -> Interchange | None:
        """Our newest interchange to the partner with this control number (TA101, UCI 0020)."""
        bound = {"numbered": reference, "by": partner, "spoken": dialect}
        return one(self._connection, Interchange, _SENT, **bound)

    def acknowledging(self, interchange_id: str) -> list[Interchange]:
        """The interchanges that answer this one, oldest first."""
        query = select(interchanges).where(_c.acknowledges == interchange_id).order_by(_c.id)
        return records(self._connection, Interchange, query)

    def of_transmission(self, transmission_id: str) -> list[Interchange]:
        """The interchanges of one file, in its order."""
        return records(self._connection, Interchange, _OF_FILE, file=transmission_id)

    def listed(
        self,
        *,
        state: InterchangeState | None = None,
        partner: str | None = None,
        limit: int = 100,
    ) -> list[Interchange]:
        """Newest first, of one state or partner where given."""
        query = select(interchanges).order_by(_c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(_c.state == state)
        if partner is not None:
            query = query.where(_c.partner == partner)
        return records(self._connection, Interchange, query)

    def move(
        self,
        interchange_id: str,
        to: InterchangeState,
        *,
        findings: tuple[Finding, ...] | None = None,
    ) -> None:
        """Set the state, and the findings where given. Raises NotFoundError, MoveRefusedError."""
        move(
            self._connection,
            _c.state,
            interchange_id,
            to,
            INTERCHANGE_MOVES,
            **({} if findings is None else {"findings": findings}),
        )

    def give_up_number(self, interchange_id: str) -> None:
        """A rejected interchange no longer holds its control number."""
        self._connection.execute(
            update(interchanges).where(_c.id == interchange_id).values(identity=None)
        )

    def settles(self, interchange_id: str, acknowledged: str) -> None:
        """Note which interchange of ours this inbound one answers."""
        self._connection.execute(
            update(interchanges).where(_c.id == interchange_id).values(acknowledges=acknowledged)
        )


def _identity(*parts: str, test: bool) -> str:
    """One text of the parts; JSON, so that no part can run into the next. A partner that goes
    live may begin its numbers anew."""
    return orjson.dumps([*(str(part) for part in parts), "test" if test else "live"]).decode()
