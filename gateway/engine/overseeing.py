"""What time brings: acknowledgments that did not come, and telling a person."""

from __future__ import annotations

import threading
from collections.abc import Callable
from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import Any

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.finding import TransientError
from gateway.engine.gateway import Gateway
from gateway.engine.log import log
from gateway.engine.receipts import write_receipt
from gateway.store import Alert
from gateway.store import AlertState
from gateway.store import DocumentState
from gateway.store import StoreError
from gateway.store import Verdict
from gateway.transport import post
from gateway.transport import run_command

_RETRIES = (60, 300, 900, 3600, 14400)
"""Seconds between the tries of an alert; after the last it is given up."""
_TOLD = {AlertState.COMMANDED: {"command"}, AlertState.POSTED: {"webhook"}}
"""Who took an alert that the other has not taken yet."""


def mark_overdue(gateway: Gateway) -> int:
    """Moves documents past their deadline to overdue; how many there were."""
    deadlines = [partner.deadline for partner in list(gateway.partners.values())]
    longest = max(deadlines, default=timedelta())
    with gateway.store.reading() as tx:
        if not tx.documents.overdue(gateway.clock(), longest, limit=1):
            return 0
    with gateway.step("overdue") as step:
        late = step.tx.documents.overdue(step.at, longest)
        for document in late:
            due = document.ack_due_at or step.at
            detail = {"expected": due.isoformat(timespec="seconds")} if due <= step.at else {}
            finding = Finding(
                Code.ACKNOWLEDGMENT_OVERDUE, Severity.WARNING, Position(), None, detail
            )
            step.tx.documents.move(
                document.id, DocumentState.OVERDUE, at=step.at, findings=(finding,)
            )
            for carried in step.tx.sets.carrying(document.id):
                if carried.verdict is Verdict.PENDING:
                    step.tx.sets.judge(carried.id, Verdict.OVERDUE)
            step.record(
                "document-overdue",
                partner=document.partner,
                document=document.id,
                order_number=document.order_number,
                type=document.type,
                number=document.number,
            )
            step.alert(
                "overdue",
                document.id,
                partner=document.partner,
                name=document.number,
                type=document.type,
            )
            write_receipt(step, document.id)
    return len(late)


def tell_lasting(gateway: Gateway, kind: str, matters: Mapping[str, dict[str, Any]]) -> None:
    """One alert for each matter (its details by subject) while it lasts, over all our starts; one
    that is over and comes back is told again."""
    with gateway.store.reading() as tx:
        told = tx.alerts.subjects(kind)
    if told == matters.keys():
        return
    with gateway.step("alert") as step:
        for subject in told - matters.keys():
            step.tx.alerts.forget(subject)
        for subject in sorted(matters.keys() - told):
            step.alert(kind, subject, **matters[subject])


def send_alerts(gateway: Gateway) -> int:
    """Calls the operator's command and webhook for what is due; how many alerts there were."""
    with gateway.store.reading() as tx:
        due = tx.alerts.due(gateway.clock(), timedelta(seconds=max(_RETRIES)))
    for alert in due:
        told = set(_TOLD.get(alert.state, ()))
        reason = _call(
            gateway, {"kind": alert.kind, "subject": alert.subject, **alert.detail}, told
        )
        if reason:
            _retry(gateway, alert, told, reason)
            continue
        with gateway.step("alert") as step:
            step.tx.alerts.mark_sent(alert.id)
    return len(due)


def _call(gateway: Gateway, message: dict[str, Any], told: set[str]) -> str:
    """Tells whichever of command and webhook is set and not among those `told`, to whom it is
    added; why that failed."""
    settings, reasons = gateway.settings.alert, []
    calls: list[tuple[str, Callable[[], None]]] = []
    if settings.command:
        calls.append(("command", lambda: run_command(list(settings.command), message)))
    if settings.webhook:
        calls.append(("webhook", lambda: post(settings.webhook, message)))
    for name, call in calls:
        if name not in told:
            try:
                call()
            except (TransientError, ValueError) as error:  # ValueError: no webhook at all
                reasons.append(str(error))
            else:
                told.add(name)
    return "; ".join(reasons)


def _retry(gateway: Gateway, alert: Alert, told: set[str], reason: str) -> None:
    wait = _RETRIES[alert.attempts] if alert.attempts < len(_RETRIES) else None
    state = next((one for one, names in _TOLD.items() if told == names), AlertState.PENDING)
    with gateway.step("alert") as step:
        next_at = step.at + timedelta(seconds=wait) if wait else None
        step.tx.alerts.mark_tried(alert.id, next_at=next_at, state=state)
    log("alert-failed", alert=alert.id, reason=reason, gives_up=next_at is None)


class Teller:
    """Sends alerts from a thread of its own: an operator's command may be slow, the work not.

    `troubles` says what all work waits for. Where that is the store, no alert can be queued in it:
    one is made at once, when there are troubles again.
    """

    def __init__(
        self, gateway: Gateway, troubles: Callable[[], list[str]], *, every: float = 1.0
    ) -> None:
        self._gateway = gateway
        self._troubles = troubles
        self._told: set[str] = set()
        self._troubled = False
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="alerts", daemon=True)

    def __enter__(self) -> Teller:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """An alert under way is not waited for long; it is made again at the next start."""
        self._stopped.set()
        self._thread.join(self._every)

    def _tell(self) -> None:
        pause = self._every
        while not self._stopped.wait(pause):
            try:
                self._tell_troubles()
                send_alerts(self._gateway)
                pause = self._every
            except (TransientError, StoreError, OSError, ValueError) as error:
                log("alerts-failed", reason=str(error))
                pause = self._every * _RETRIES[0]  # what was sent may not be noted: not too often

    def _tell_troubles(self) -> None:
        """Raises TransientError where not all could be told."""
        troubles = self._troubles()
        if not troubles:
            self._troubled, self._told = False, set()
        elif not self._troubled:
            message = {"kind": "work-failed", "subject": "gateway", "reasons": troubles}
            reason = _call(self._gateway, message, self._told)
            if reason:
                raise TransientError(reason)
            self._troubled = True
