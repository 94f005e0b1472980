"""What a partner is known to have of what we posted, whether its receipt came or not."""

from __future__ import annotations

from typing import Any

from gateway.engine.gateway import Step
from gateway.engine.publishing import interchange_sent
from gateway.engine.receipts import write_receipt
from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import InterchangeState
from gateway.store import Resolution
from gateway.store import Verdict

UNANSWERED = (Verdict.PENDING, Verdict.OVERDUE)
"""Verdicts of a set of ours while nobody has answered for it."""


def taken(step: Step, message: As2Message) -> None:
    """The partner's server has the message: what it carries is sent, and its acknowledgment
    awaited from now on."""
    if message.interchange is None:
        return
    if step.tx.interchanges.get(message.interchange).state is InterchangeState.QUEUED:
        step.tx.interchanges.move(message.interchange, InterchangeState.SENT)
    interchange_sent(step, message.interchange)


def is_answered(step: Step, interchange: str | None) -> bool:
    """Whether every document of an interchange of ours is acknowledged or settled. An
    acknowledgment of ours gets no answer that would tell."""
    sets = step.tx.sets.of_interchange(interchange) if interchange else []
    return bool(sets) and all(
        one.document is not None and one.verdict not in UNANSWERED for one in sets
    )


def note_answer(step: Step, interchange: str, who: str, note: str) -> None:
    """Somebody answered for documents of an interchange. When all are answered for, a message that
    was given up, or is tried again and again, needs neither a person nor another try."""
    message = step.tx.as2.of_interchange(interchange)
    if message is None or not is_answered(step, interchange):
        return
    hold = step.tx.holds.find_open(message.id)
    if hold is not None:
        step.tx.holds.resolve(hold.id, Resolution.SETTLED, at=step.at, who=who, note=note)
        step.record("hold-settled", partner=hold.partner, hold=hold.id, who=who, note=note)
    tried = message.state is As2State.QUEUED and message.attempts > 0
    if hold is not None or tried:
        go_without_receipt(step, message, note)


def go_without_receipt(step: Step, message: As2Message, reason: str, **kept: Any) -> None:
    """No receipt is waited for any more: the partner has all that the message carries."""
    if message.state is As2State.NO_RECEIPT:
        return
    done = {"next_at": None, "receipt_due_at": None}
    step.tx.as2.move(message.id, As2State.NO_RECEIPT, **done, **kept)
    taken(step, message)
    step.record(
        "as2-no-receipt",
        partner=message.partner,
        interchange=message.interchange,
        message_id=message.message_id,
        name=message.name,
        reason=reason[:500],
    )
    for document in step.tx.documents.of_interchange(message.interchange or ""):
        write_receipt(step, document.id)
