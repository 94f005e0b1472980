"""The acknowledgment that is due for a received interchange, queued with what it answers."""

from __future__ import annotations

from dataclasses import replace

from gateway.ack.report import InterchangeReport
from gateway.engine.gateway import Step
from gateway.engine.outgoing import Outgoing
from gateway.engine.outgoing import acknowledgment_of
from gateway.engine.sending import send
from gateway.engine.sending import send_again
from gateway.partner.partner import Partner


def answer_of(report: InterchangeReport, partner: Partner) -> Outgoing | None:
    """The acknowledgment a partner gets for an interchange; None when none is due or wanted."""
    asked = report.header.ack_requested
    if partner.acknowledge == "never" or (partner.acknowledge == "on request" and not asked):
        return None
    return acknowledgment_of(report, partner.delimiters)


def answer(step: Step, partner: Partner, report: InterchangeReport, interchange_id: str) -> None:
    """Queues the acknowledgment of an interchange of the partner's."""
    outgoing = answer_of(report, partner)
    if outgoing is None:
        return
    sent = send(step, partner, replace(outgoing, acknowledges=interchange_id))
    step.record(
        "acknowledgment-queued",
        partner=partner.name,
        interchange=sent.interchange.id,
        acknowledges=interchange_id,
        kind=outgoing.kind,
        reference=sent.envelope.reference,
    )


def answer_again(step: Step, partner: str, original: str) -> None:
    """Publishes once more, byte for byte, what answered an interchange that came again."""
    for stored in step.tx.interchanges.acknowledging(original):
        for _ in send_again(step, stored.id):
            step.record(
                "acknowledgment-repeated",
                partner=partner,
                interchange=stored.id,
                acknowledges=original,
            )
