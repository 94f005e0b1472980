"""What a person decides on a file that could not be taken: it is refused, and whoever dropped it is
told why."""

from __future__ import annotations

from dataclasses import replace

from gateway.engine.deciding import Decision
from gateway.engine.deciding import Fate
from gateway.engine.deciding import refusal_of
from gateway.engine.deciding import survey
from gateway.engine.gateway import Step
from gateway.engine.inbound import enter
from gateway.engine.sending import oversize
from gateway.partner.partner import Partner
from gateway.partner.partner import find_sender
from gateway.store import Direction
from gateway.store import InterchangeState
from gateway.store import Transmission


def refuse_file(step: Step, transmission: Transmission) -> None:
    """Rejects the interchanges of a file of which nobody knows the sender or the receiver. The
    partner whose folder it came in gets the answer, in the dialect of both."""
    partner = step.gateway.partners.get(transmission.partner)
    too_large = oversize(step, transmission, step.gateway.settings.largest_file)
    if partner is None or too_large is not None:
        return
    done = {one.ordinal for one in step.tx.interchanges.of_transmission(transmission.id)}
    with step.tx.payloads.open(transmission.payload) as source:
        decisions = survey(source, step.gateway.definitions)[0]
    for decision in decisions:
        header = decision.report.header
        if header.index not in done and header.dialect is partner.dialect:
            _refuse(step, transmission, partner, decision)


def _refuse(step: Step, transmission: Transmission, partner: Partner, decision: Decision) -> None:
    header, end = decision.report.header, decision.report.end
    sender = find_sender(step.gateway.partners.values(), header.dialect, header.sender)
    refusal = refusal_of(header, sender, transmission.partner)
    if refusal is None:
        return  # it was held for another reason, of which the partner knows nothing
    original = step.tx.interchanges.find_by_identity(
        partner=partner.name,
        sender=str(header.sender),
        receiver=str(header.receiver),
        reference=header.reference,
        test=header.test,
        direction=Direction.IN,
    )
    if original is not None and original.state is not InterchangeState.REJECTED:
        return  # another took the number; this one was never looked at
    if original is not None:
        step.tx.interchanges.give_up_number(original.id)
    end = replace(end, findings=[*end.findings, refusal])
    decision.report = replace(decision.report, end=end)
    decision.fate, decision.partner = Fate.REJECT, partner
    enter(step, transmission, decision)
