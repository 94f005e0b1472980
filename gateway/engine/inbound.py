"""What a partner sent: each interchange decided once, its good sets delivered, its answer queued.

The file is read twice: first its envelopes, which decide what becomes of each interchange before
any of its sets is looked at, then the sets of those that are accepted.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import has_errors
from gateway.engine.answering import answer
from gateway.engine.answering import answer_again
from gateway.engine.deciding import Decision
from gateway.engine.deciding import Fate
from gateway.engine.deciding import decide
from gateway.engine.deciding import survey
from gateway.engine.delivering import read_accepted
from gateway.engine.delivering import take_sets
from gateway.engine.gateway import SHORT
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.holding import hold_file
from gateway.engine.reading import Read
from gateway.engine.sending import codes_of
from gateway.engine.sending import oversize_of
from gateway.store import Direction
from gateway.store import Interchange as StoredInterchange
from gateway.store import InterchangeState
from gateway.store import Transmission
from gateway.store import TransmissionState

PORTION = 500
"""Sets of a long file that one transaction stores."""


def translate(gateway: Gateway, transmission: Transmission) -> None:
    """Takes a received file through to its documents and acknowledgments. A long one takes several
    transactions, so that others can write in between; killed there, it goes on where it was."""
    with gateway.store.reading() as tx:
        size = tx.payloads.find_size(transmission.payload) or 0
        source = tx.payloads.open(transmission.payload)
    most = None if size <= SHORT else PORTION
    with source:
        too_large = oversize_of(size, gateway.settings.largest_file)
        decisions, strays = ([], [too_large]) if too_large else survey(source, gateway.definitions)
        found: Iterator[Read] | None = None
        done = False
        while not done:
            with gateway.step("translate", shared=most is None) as step:
                if found is None:
                    accepted = _decide_all(step, transmission, decisions, whole=most is None)
                    found = read_accepted(source, gateway.definitions, accepted)
                done = take_sets(step, transmission, accepted, found, most)
                if done:
                    _finish(step, transmission, decisions, strays)


def _decide_all(
    step: Step, transmission: Transmission, decisions: list[Decision], *, whole: bool
) -> dict[int, Decision]:
    """Decides on interchanges and enters them, but for those of which that was done before; the
    accepted ones, of which some sets may be stored already. They are unfinished until their end
    where that is not in the same transaction as a `whole`."""
    entered = {one.ordinal: one for one in step.tx.interchanges.of_transmission(transmission.id)}
    accepted = {}
    for decision in decisions:
        ordinal = decision.report.header.index
        before = entered.get(ordinal)
        if before is None:
            decision.unfinished = not whole
            decide(step, transmission, decision)
            enter(step, transmission, decision)
        elif before.state is InterchangeState.RECEIVED:
            _resume(step, decision, before)
        else:
            decision.fate = Fate.DONE
        if decision.fate is Fate.ACCEPT:
            accepted[ordinal] = decision
    return accepted


def _resume(step: Step, decision: Decision, before: StoredInterchange) -> None:
    """The work on it was broken off when some of its sets were stored."""
    decision.id, decision.unfinished = before.id, True
    decision.stored = step.tx.sets.count(before.id)
    decision.partner = step.gateway.partners.get(before.partner)
    if decision.partner is None:
        decision.fate = Fate.HOLD
        decision.findings = (Finding(Code.PARTNER_UNKNOWN, value=before.partner),)


_STATES = {
    Fate.ACCEPT: InterchangeState.ACCEPTED,
    Fate.REJECT: InterchangeState.REJECTED,
    Fate.DUPLICATE: InterchangeState.DUPLICATE,
    Fate.CONFLICT: InterchangeState.CONFLICT,
}


def enter(step: Step, transmission: Transmission, decision: Decision) -> None:
    """The interchange's row, and all that needs no look at its sets."""
    state, partner = _STATES.get(decision.fate), decision.partner
    if state is None or partner is None:
        return
    rest = decision.unfinished and decision.fate is Fate.ACCEPT
    header, end = decision.report.header, decision.report.end
    decision.id = step.gateway.new_id()
    findings = decision.findings + tuple(end.findings)
    step.tx.interchanges.add(
        StoredInterchange(
            id=decision.id,
            transmission=transmission.id,
            partner=partner.name,
            direction=Direction.IN,
            dialect=header.dialect.name,
            sender=str(header.sender),
            receiver=str(header.receiver),
            reference=header.reference,
            state=InterchangeState.RECEIVED if rest else state,
            created_at=step.at,
            payload=transmission.payload,
            bytes_hash=decision.digest,
            offset=end.start,
            size=end.end - end.start,
            ordinal=header.index,
            findings=findings,
            test=header.test,
        )
    )
    step.record(
        f"interchange-{state}",
        partner=partner.name,
        transmission=transmission.id,
        interchange=decision.id,
        reference=header.reference,
        findings=codes_of(findings),
    )
    if header.test:
        step.tx.transmissions.mark_test(transmission.id)
    if decision.fate is Fate.REJECT:
        answer(step, partner, decision.report, decision.id)
    elif decision.fate is Fate.DUPLICATE:
        answer_again(step, partner.name, decision.original)
    elif decision.fate is Fate.CONFLICT:
        step.hold("interchange", decision.id, partner.name, decision.findings, transmission.name)


def _finish(
    step: Step, transmission: Transmission, decisions: list[Decision], strays: list[Finding]
) -> None:
    """The file's own state: held when some of it could not be taken for an interchange."""
    held = [finding for one in decisions if one.fate is Fate.HOLD for finding in one.findings]
    if not decisions and not strays:
        strays = [Finding(Code.EMPTY_FILE)]
    findings = (*held, *strays)
    if has_errors(findings) or not decisions:
        hold_file(step, transmission, findings)
        return
    repeated = all(one.fate is Fate.DUPLICATE for one in decisions)
    state = TransmissionState.DUPLICATE if repeated else TransmissionState.TRANSLATED
    step.tx.transmissions.move(transmission.id, state, findings=findings)
    step.record(
        f"file-{state}",
        partner=transmission.partner,
        transmission=transmission.id,
        name=transmission.name,
        findings=codes_of(findings),
    )
