"""EDIFACT acknowledgments of partners: a CONTRL of any syntax version read into answers."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

from gateway.ack.answer import RECEIVED
from gateway.ack.answer import Answer
from gateway.ack.answer import AnswerError
from gateway.ack.answer import Outcome
from gateway.ack.answer import count_of
from gateway.ack.meanings import meaning
from gateway.ack.report import Verdict
from gateway.edi.segment import Segment

# Data element 0083. Codes 1, 2, 3, 5 and 6 come from versions 1 and 2 of the message. An unknown
# action settles nothing: the message stays received, and becomes overdue.
_OUTCOMES: dict[str, Outcome] = {
    "1": Verdict.ACCEPTED,
    "2": Verdict.ACCEPTED_WITH_ERRORS,
    "4": Verdict.REJECTED,
    "5": RECEIVED,
    "6": Verdict.REJECTED,
    "7": Verdict.ACCEPTED,
    "8": RECEIVED,
}
_PARTLY = "3"  # one or more rejected at the next level
_BAD = frozenset({_PARTLY, "4", "6"})


@dataclass(frozen=True, slots=True)
class _Level:
    """One UCI, UCF or UCM, the group it stands in, and the UCS and UCD told below it."""

    segment: Segment
    group: str | None
    faults: list[Segment] = field(default_factory=list)

    @property
    def tag(self) -> str:
        return self.segment.tag

    @property
    def action(self) -> str:
        """Data element 0083, which stands at the same place but one earlier in UCM."""
        return self.segment.value(3 if self.tag == "UCM" else 4)


def read_contrl(segments: Iterable[Segment]) -> list[Answer]:
    """The answers of one CONTRL, innermost first: of each UCM, then of each UCF, then of UCI.

    A rejection takes all lower levels with it, whatever they say. An acknowledged level that names
    an error is accepted with errors.
    """
    levels = _levels(segments)
    partly = {level.group for level in levels if level.tag == "UCM" and level.action in _BAD}
    answers: list[Answer] = []
    interchange: str | None = None
    fallen = {"UCI": False, "UCF": False}
    for level in levels:
        named = bool(partly) if level.tag == "UCI" else level.group in partly
        answer = _answer(level, named=named)
        if fallen["UCI"] or (level.tag == "UCM" and fallen["UCF"]):
            answer = replace(answer, verdict=Verdict.REJECTED)
        if level.tag in fallen:
            fallen[level.tag] = answer.verdict is Verdict.REJECTED
        if level.tag == "UCI":
            interchange = level.segment.value(1)
        answers.append(replace(answer, interchange=interchange))
    return sorted(answers, key=lambda answer: (answer.set is None, answer.group is None))


def _levels(segments: Iterable[Segment]) -> list[_Level]:
    levels: list[_Level] = []
    group: str | None = None
    for segment in segments:
        if segment.tag == "UCF":
            group = segment.value(1)
        if segment.tag in ("UCI", "UCF", "UCM"):
            levels.append(_Level(segment, group))
        elif segment.tag in ("UCS", "UCD") and levels:
            levels[-1].faults.append(segment)
    return levels


def _answer(level: _Level, *, named: bool) -> Answer:
    """`named`: a message below is said to be rejected, so action 3 means those and no others."""
    segment = level.segment
    message = level.tag == "UCM"
    errors = (*_own_error(level), *_errors(level.faults))
    verdict = _OUTCOMES.get(level.action, RECEIVED)
    if level.action == _PARTLY:
        verdict = Verdict.ACCEPTED if named and not message else Verdict.REJECTED
    if verdict is Verdict.ACCEPTED and errors:
        verdict = Verdict.ACCEPTED_WITH_ERRORS
    return Answer(
        verdict,
        group=level.group,
        set=segment.value(1) if message else None,
        kind=segment.value(2) if message else None,
        errors=errors,
    )


def _own_error(level: _Level) -> Iterator[AnswerError]:
    """0085, 0013 (0135) and S011 after the action."""
    at = 4 if level.tag == "UCM" else 5
    code = level.segment.value(at)
    if code:
        yield _error(level.segment, code, place=at + 2, tag=level.segment.value(at + 1) or None)


def _errors(faults: list[Segment]) -> Iterator[AnswerError]:
    """UCS with a code of its own, and every UCD under the UCS that gives its segment."""
    ordinal: int | None = None
    for fault in faults:
        if fault.tag == "UCD":
            yield _error(fault, fault.value(1), place=2, segment=ordinal)
            continue
        ordinal = count_of(fault.value(1))
        if fault.value(2):
            yield _error(fault, fault.value(2), place=0, segment=ordinal)


def _error(
    told: Segment, code: str, *, place: int, segment: int | None = None, tag: str | None = None
) -> AnswerError:
    """`place` is the element of S011; its 0098 counts the segment tag as position 1."""
    position = count_of(told.value(place))
    return AnswerError(
        code,
        meaning("0085", code),
        segment=segment,
        tag=tag,
        element=position - 1 if position and position > 1 else None,
        component=count_of(told.value(place, 2)),
    )
