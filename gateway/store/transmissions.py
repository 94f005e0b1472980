"""Rows of `transmissions`: what was received, and the lanes it waits in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy import select
from sqlalchemy import update

from gateway.edi.finding import Finding
from gateway.store.inserting import insert_row
from gateway.store.records import Transmission
from gateway.store.rows import get
from gateway.store.rows import move
from gateway.store.rows import one
from gateway.store.rows import records
from gateway.store.rows import row_of
from gateway.store.schema import transmissions
from gateway.store.states import TRANSMISSION_MOVES
from gateway.store.states import Direction
from gateway.store.states import TransmissionState

_c = transmissions.c


class Transmissions:
    """Transmissions of one transaction. A lane is a partner and a direction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, transmission: Transmission) -> None:
        """Insert; raises RepeatedError where its claim is there already."""
        insert_row(self._connection, transmissions, row_of(transmission))

    def get(self, transmission_id: str) -> Transmission:
        """By id. Raises NotFoundError."""
        return get(self._connection, Transmission, transmissions, transmission_id)

    def find_by_claim(self, claim: str) -> Transmission | None:
        """The transmission a claimed file became."""
        query = select(transmissions).where(_c.claim == claim)
        return one(self._connection, Transmission, query)

    def lanes(self) -> list[tuple[str, Direction]]:
        """Partner and direction of every lane in which something waits."""
        query = (
            select(_c.partner, _c.direction)
            .where(_c.state == TransmissionState.RECEIVED)
            .distinct()
            .order_by(_c.partner, _c.direction)
        )
        return [(row.partner, row.direction) for row in self._connection.execute(query)]

    def waiting(self, partner: str, direction: Direction, *, limit: int = 32) -> list[Transmission]:
        """The head of a lane: received and not yet translated, in the order of their ids."""
        query = (
            select(transmissions)
            .where(
                _c.state == TransmissionState.RECEIVED,
                _c.partner == partner,
                _c.direction == direction,
            )
            .order_by(_c.id)
            .limit(limit)
        )
        return records(self._connection, Transmission, query)

    def listed(
        self,
        *,
        state: TransmissionState | None = None,
        partner: str | None = None,
        limit: int = 100,
    ) -> list[Transmission]:
        """Newest first, of one state or partner where given."""
        query = select(transmissions).order_by(_c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(_c.state == state)
        if partner is not None:
            query = query.where(_c.partner == partner)
        return records(self._connection, Transmission, query)

    def refused(self, since: datetime, *, limit: int = 100) -> list[Transmission]:
        """Drops that were refused, the newest first, but for those that were dropped anew under
        their name."""
        later = transmissions.alias()
        anew = select(later.c.id).where(
            later.c.name == _c.name,
            later.c.partner == _c.partner,
            later.c.direction == Direction.OUT,
            later.c.id > _c.id,
        )
        query = (
            select(transmissions)
            .where(
                _c.state == TransmissionState.REJECTED,
                _c.direction == Direction.OUT,
                _c.received_at >= since,
                ~anew.exists(),
            )
            .order_by(_c.id.desc())
            .limit(limit)
        )
        return records(self._connection, Transmission, query)

    def move(
        self,
        transmission_id: str,
        to: TransmissionState,
        *,
        findings: tuple[Finding, ...] | None = None,
    ) -> None:
        """Set the state, and the reason where given. Raises NotFoundError, MoveRefusedError."""
        move(
            self._connection,
            _c.state,
            transmission_id,
            to,
            TRANSMISSION_MOVES,
            **({} if findings is None else {"findings": findings}),
        )

    def mark_test(self, transmission_id: str) -> None:
        """It carries test traffic."""
        self._connection.execute(
            update(transmissions).where(_c.id == transmission_id).values(test=True)
        )
