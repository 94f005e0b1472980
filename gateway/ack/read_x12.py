"""X12 acknowledgments of partners: 997, 999 and TA1 read into answers.

The 999 differs from the 997 in tags (IK3, IK4, IK5 and CTX notes) and in a few more codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest

from gateway.ack.answer import RECEIVED
from gateway.ack.answer import Answer
from gateway.ack.answer import AnswerError
from gateway.ack.answer import Outcome
from gateway.ack.answer import count_of
from gateway.ack.meanings import meaning
from gateway.ack.report import Verdict
from gateway.edi.segment import Segment

# DE 717 and 715: M, W and X are rejections for reasons of security. An unknown status settles
# nothing: the set stays received, and becomes overdue.
_OUTCOMES: dict[str, Outcome] = {
    "A": Verdict.ACCEPTED,
    "E": Verdict.ACCEPTED_WITH_ERRORS,
    "R": Verdict.REJECTED,
    "M": Verdict.REJECTED,
    "W": Verdict.REJECTED,
    "X": Verdict.REJECTED,
}
_PARTLY = "P"
_HAS_ELEMENT_ERRORS = "8"


def read_997(segments: Iterable[Segment]) -> list[Answer]:
    """The answers of one 997 or 999: each AK2 loop, then AK9 for the sets it does not list.

    Where AK901 rejects the group and AK904 counts no accepted set, listed sets fall with it.
    """
    answers: list[Answer] = []
    loop: list[Segment] = []
    group, functional_id = "", ""
    for segment in segments:
        match segment.tag:
            case "AK1":
                functional_id, group = segment.value(1), segment.value(2)
            case "AK2":
                loop = [segment]
            case "AK5" | "IK5" if loop:
                answers.append(_set_answer(loop, segment))
                loop = []
            case "AK9":
                answers = _with_group(answers, segment)
            case _ if loop:
                loop.append(segment)
    return [replace(answer, group=group, functional_id=functional_id) for answer in answers]


def read_ta1(segment: Segment) -> Answer:
    """The answer of a TA1. It speaks of the envelope only, so TA104 A and E mean received."""
    code = segment.value(5)
    errors = () if code in ("", "000") else (AnswerError(code, meaning("TA105", code)),)
    rejected = segment.value(4) == "R"
    verdict: Outcome = Verdict.REJECTED if rejected else RECEIVED
    return Answer(verdict, interchange=segment.value(1), errors=errors)


def _with_group(listed: list[Answer], status: Segment) -> list[Answer]:
    """The listed answers and the group's own, which covers the sets that are not listed."""
    code = status.value(1)
    received, accepted = count_of(status.value(3)), count_of(status.value(4))
    verdict = _OUTCOMES.get(code, RECEIVED)
    if code == _PARTLY:
        # Unlisted sets are accepted only if the listed rejections make up the difference.
        rejected = sum(answer.verdict is Verdict.REJECTED for answer in listed)
        told = received is not None and accepted is not None and rejected >= received - accepted
        verdict = Verdict.ACCEPTED if told and rejected else Verdict.REJECTED
    elif verdict is Verdict.REJECTED and accepted == 0:
        listed = [replace(answer, verdict=verdict) for answer in listed]
    return [*listed, Answer(verdict, errors=_codes(status, range(5, 10), "AK905"))]


def _set_answer(loop: list[Segment], status: Segment) -> Answer:
    header, *notes = loop
    return Answer(
        _OUTCOMES.get(status.value(1), RECEIVED),
        set=header.value(2),
        kind=header.value(1),
        errors=(*_notes(notes), *_codes(status, range(2, 7), "AK502")),
    )


def _codes(status: Segment, elements: Iterable[int], place: str) -> tuple[AnswerError, ...]:
    codes = (status.value(element) for element in elements)
    return tuple(AnswerError(code, meaning(place, code)) for code in codes if code)


def _notes(notes: list[Segment]) -> Iterable[AnswerError]:
    """AK3 and AK4; an AK3 that only announces element errors is left to its AK4."""
    place: Segment | None = None
    for note, following in zip_longest(notes, notes[1:]):
        if note.tag in ("AK3", "IK3"):
            place = note
            told_below = following is not None and following.tag in ("AK4", "IK4", "CTX")
            if note.value(4) != _HAS_ELEMENT_ERRORS or not told_below:
                yield _segment_error(note)
        elif note.tag in ("AK4", "IK4") and place is not None:
            yield _element_error(place, note)


def _segment_error(note: Segment) -> AnswerError:
    code = note.value(4)
    tag = note.value(1) or None
    return AnswerError(code, meaning("AK304", code), segment=count_of(note.value(2)), tag=tag)


def _element_error(place: Segment, note: Segment) -> AnswerError:
    code = note.value(3)
    return AnswerError(
        code,
        meaning("AK403", code),
        segment=count_of(place.value(2)),
        tag=place.value(1) or None,
        element=count_of(note.value(1)),
        component=count_of(note.value(1, 2)),
        value=note.value(4) or None,
    )
