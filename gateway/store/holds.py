"""Rows of `holds` and `alerts`: what needs a person, and telling one."""

from __future__ import annotations

from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy import update

from gateway.edi.finding import Finding
from gateway.store.dialects import insert_new
from gateway.store.errors import MoveRefusedError
from gateway.store.inserting import insert_row
from gateway.store.records import Alert
from gateway.store.records import Hold
from gateway.store.rows import get
from gateway.store.rows import one
from gateway.store.rows import records
from gateway.store.rows import row_of
from gateway.store.schema import OPEN
from gateway.store.schema import alerts
from gateway.store.schema import documents
from gateway.store.schema import holds
from gateway.store.states import AlertState
from gateway.store.states import DocumentState
from gateway.store.states import Resolution

_BEHIND = (DocumentState.HELD, DocumentState.QUEUED)
"""The states of a document that a later one of its key waits for."""
_DECIDED = select(documents.c.id).where(
    documents.c.id.in_(select(holds.c.behind).where(OPEN, holds.c.behind.is_not(None)).distinct()),
    documents.c.state.not_in(_BEHIND),
)
_FREE = select(holds).where(OPEN, holds.c.behind.in_(_DECIDED)).order_by(holds.c.id)
_WAITING = (AlertState.PENDING, AlertState.COMMANDED, AlertState.POSTED)


class Holds:
    """Holds of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, hold: Hold) -> None:
        """Insert."""
        insert_row(self._connection, holds, row_of(hold))

    def get(self, hold_id: str) -> Hold:
        """By id. Raises NotFoundError."""
        return get(self._connection, Hold, holds, hold_id)

    def find_open(self, target: str) -> Hold | None:
        """The unresolved hold on a transmission, interchange, set or document."""
        query = (
            select(holds)
            .where(holds.c.target == target, holds.c.resolved_at.is_(None))
            .order_by(holds.c.id)
        )
        return one(self._connection, Hold, query)

    def unresolved(self) -> list[Hold]:
        """All that waits for a person, the longest waiting first."""
        query = select(holds).where(OPEN).order_by(holds.c.id)
        return records(self._connection, Hold, query)

    def free(self) -> list[Hold]:
        """What waits for a document that is decided or has gone out, the longest waiting first."""
        return records(self._connection, Hold, _FREE)

    def wait(self, hold_id: str, behind: str | None, findings: tuple[Finding, ...]) -> None:
        """It waits for another document from now on."""
        changed = update(holds).where(holds.c.id == hold_id)
        self._connection.execute(changed.values(behind=behind, findings=findings))

    def resolve(
        self,
        hold_id: str,
        resolution: Resolution,
        *,
        at: datetime,
        who: str,
        note: str | None = None,
    ) -> Hold:
        """End a hold; the hold as it now stands.

        Raises NotFoundError, or MoveRefusedError where someone was faster.
        """
        statement = (
            update(holds)
            .where(holds.c.id == hold_id, holds.c.resolved_at.is_(None))
            .values(resolution=resolution, resolved_at=at, who=who, note=note)
        )
        changed = self._connection.execute(statement).rowcount
        hold = self.get(hold_id)
        if not changed:
            raise MoveRefusedError(f"hold {hold_id} was already {hold.resolution} by {hold.who}")
        return hold


class Alerts:
    """Alerts of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, alert: Alert) -> bool:
        """Insert unless its subject was alerted for this kind before; whether it was new."""
        return insert_new(self._connection, alerts, row_of(alert))

    def forget(self, subject: str) -> None:
        """Its matter begins anew: what happens to it again is told again."""
        self._connection.execute(delete(alerts).where(alerts.c.subject == subject))

    def subjects(self, kind: str) -> set[str]:
        """What was alerted for this kind and is not forgotten."""
        return set(self._connection.scalars(select(alerts.c.subject).where(alerts.c.kind == kind)))

    def get(self, alert_id: str) -> Alert:
        """By id. Raises NotFoundError."""
        return get(self._connection, Alert, alerts, alert_id)

    def due(self, now: datetime, longest: timedelta, *, limit: int = 32) -> list[Alert]:
        """Alerts whose time has come. `longest`: none waits longer; what is further ahead was put
        there by a wrong clock."""
        come = (alerts.c.next_at <= now) | (alerts.c.next_at > now + longest)
        query = (
            select(alerts)
            .where(alerts.c.state.in_(_WAITING), come)
            .order_by(alerts.c.next_at, alerts.c.id)
            .limit(limit)
        )
        return records(self._connection, Alert, query)

    def mark_sent(self, alert_id: str) -> None:
        """The operator's command or webhook took it."""
        self._update(alert_id, state=AlertState.SENT)

    def mark_tried(
        self, alert_id: str, *, next_at: datetime | None, state: AlertState = AlertState.PENDING
    ) -> None:
        """It failed, in part where `state` says so; try again at `next_at`, or give up where that
        is None."""
        if next_at is None:
            self._update(alert_id, state=AlertState.FAILED)
        else:
            self._update(alert_id, state=state, next_at=next_at)

    def _update(self, alert_id: str, **changes: Any) -> None:
        self._connection.execute(
            update(alerts)
            .where(alerts.c.id == alert_id)
            .values(attempts=alerts.c.attempts + 1, **changes)
        )
