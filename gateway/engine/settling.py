"""A partner's acknowledgment settles what it names, to the set."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.ack.answer import RECEIVED
from gateway.ack.answer import Answer
from gateway.ack.answer import AnswerError
from gateway.ack.read_edifact import read_contrl
from gateway.ack.read_x12 import read_997
from gateway.ack.read_x12 import read_ta1
from gateway.edi.dialect import X12
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.engine.as2_arriving import note_answer
from gateway.engine.gateway import Step
from gateway.engine.reading import SetRead
from gateway.engine.receipts import write_receipt
from gateway.partner.partner import Partner
from gateway.store import Document
from gateway.store import DocumentState
from gateway.store import InterchangeState
from gateway.store import TransactionSet
from gateway.store import Verdict

_READERS = {"997": read_997, "999": read_997, "CONTRL": read_contrl}


def settle(step: Step, partner: Partner, stored: TransactionSet, read: SetRead) -> None:
    """Applies every answer of one acknowledgment, which is the set `stored`; one that names
    nothing of ours is held. Test traffic never settles what is live."""
    if read.set.kind == "TA1":
        answers = [read_ta1(read.set.segments[0])]
    else:
        answers = _READERS[read.set.kind](read.set.segments)
    ours = _Ours(step, partner, test=read.interchange.test)
    answered: set[str] = set()
    interchanges: set[str] = set()
    # What is said of one set goes before what is said of its whole group or interchange.
    for one in sorted(answers, key=lambda answer: answer.set is None):
        found = ours.find(one)
        if not found:
            _hold_unmatched(step, partner, stored, one)
            continue
        step.tx.interchanges.settles(stored.interchange, found[0].interchange)
        if one.verdict == RECEIVED:
            step.record(
                "interchange-received", partner=partner.name, interchange=found[0].interchange
            )
            continue
        for named in found:
            if named.id not in answered:
                answered.add(named.id)
                interchanges.add(named.interchange)
                _apply(step, partner, named, one)
    for interchange in sorted(interchanges):
        note_answer(step, interchange, "gateway", "the partner acknowledged what it carries")


class _Ours:
    """Our sets as one acknowledgment names them: a group or an interchange is read once, however
    many of its sets are named."""

    def __init__(self, step: Step, partner: Partner, *, test: bool) -> None:
        self._step = step
        self._partner = partner
        self._test = test
        self._known: dict[tuple[str | None, ...], dict[str, list[TransactionSet]]] = {}

    def find(self, one: Answer) -> list[TransactionSet]:
        """The sets that the answer speaks of."""
        key = one.interchange, one.group, one.functional_id
        if key not in self._known:
            self._known[key] = {}
            for ours in self._around(one):
                self._known[key].setdefault(self._number(ours.reference), []).append(ours)
        known = self._known[key]
        if one.set is not None:
            return known.get(self._number(one.set), [])
        return [ours for same in known.values() for ours in same]

    def _around(self, one: Answer) -> list[TransactionSet]:
        """The sets of the group or interchange that the answer names."""
        tx, partner = self._step.tx, self._partner
        if one.group is not None:
            group = self._number(one.group)
            found = tx.sets.of_group(partner.name, group, group_code=one.functional_id)
        else:
            x12 = partner.dialect is X12
            reference = (one.interchange or "").zfill(9) if x12 else one.interchange or ""
            dialect = partner.dialect.name
            sent = tx.interchanges.find_sent(partner.name, reference, dialect=dialect)
            found = tx.sets.of_interchange(sent.id) if sent else []
        live = found and not tx.interchanges.get(found[0].interchange).test
        return [] if self._test and live else found

    def _number(self, reference: str) -> str:
        """X12 control numbers are numbers: partners pad and strip their zeros as they like."""
        if self._partner.dialect is not X12:
            return reference
        return reference.strip().lstrip("0") or "0"


def _apply(step: Step, partner: Partner, ours: TransactionSet, one: Answer) -> None:
    verdict = Verdict(str(one.verdict))
    if ours.document is None:
        _apply_to_acknowledgment(step, partner, ours, one)
        return
    findings = tuple(_finding(error) for error in one.errors)
    if verdict is not ours.verdict:
        step.tx.sets.judge(ours.id, verdict, findings=findings)
    sent = step.tx.interchanges.get(ours.interchange)
    if sent.state is not InterchangeState.ACKNOWLEDGED:
        step.tx.interchanges.move(ours.interchange, InterchangeState.ACKNOWLEDGED)
    document = step.tx.documents.get(ours.document)
    state = DocumentState(verdict.value)
    if document.state is not state or _by_person(document):
        step.tx.documents.move(document.id, state, at=step.at, findings=findings)
        step.record(
            f"document-{state.value.replace('_', '-')}",
            partner=partner.name,
            interchange=ours.interchange,
            document=document.id,
            order_number=document.order_number,
            errors=[error.code for error in one.errors],
        )
        if state is DocumentState.REJECTED:
            step.alert("rejected", document.id, partner=partner.name, name=document.number)
        write_receipt(step, document.id)


def _by_person(document: Document) -> bool:
    """Whether it was settled without an acknowledgment, which has come now."""
    return any(finding.code is Code.SETTLED_BY_PERSON for finding in document.findings)


def _apply_to_acknowledgment(
    step: Step, partner: Partner, ours: TransactionSet, one: Answer
) -> None:
    """Our own acknowledgment awaits nothing; that it was refused a person must know."""
    if Verdict(str(one.verdict)) is not Verdict.REJECTED or ours.verdict is Verdict.REJECTED:
        return
    findings = tuple(_finding(error) for error in one.errors)
    step.tx.sets.judge(ours.id, Verdict.REJECTED, findings=findings)
    sent = step.tx.interchanges.get(ours.interchange)
    step.record(
        "acknowledgment-rejected",
        partner=partner.name,
        interchange=sent.id,
        reference=sent.reference,
        errors=[error.code for error in one.errors],
    )
    step.alert("rejected", ours.id, partner=partner.name, name=f"{ours.kind} {sent.reference}")


def _finding(error: AnswerError) -> Finding:
    """The partner's word, placed in our set."""
    position = Position(
        segment=error.segment, tag=error.tag, element=error.element, component=error.component
    )
    detail = {"code": error.code, "meaning": error.meaning}
    return Finding(Code.PARTNER_REJECTED, Severity.ERROR, position, error.value, detail)


def _hold_unmatched(step: Step, partner: Partner, stored: TransactionSet, one: Answer) -> None:
    named = _named(one)
    finding = Finding(Code.ACKNOWLEDGMENT_UNMATCHED, Severity.ERROR, Position(), named)
    step.record(
        "acknowledgment-unmatched",
        partner=partner.name,
        interchange=stored.interchange,
        names=named,
    )
    if step.tx.holds.find_open(stored.id) is None:
        step.hold("set", stored.id, partner.name, (finding,), named)


def _named(one: Answer) -> str:
    parts: Sequence[tuple[str, str | None]] = (
        ("interchange", one.interchange),
        ("group", one.group),
        ("set", one.set),
    )
    return ", ".join(f"{word} {value}" for word, value in parts if value)
