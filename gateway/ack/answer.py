"""What a partner answers about interchanges, groups and sets of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from typing import Literal

from gateway.ack.report import Verdict

RECEIVED: Final = "received"
"""The partner has the interchange and says nothing yet about what is in it."""

Outcome = Verdict | Literal["received"]


@dataclass(frozen=True, slots=True)
class AnswerError:
    """One fault the partner reports in our data. `segment` is the ordinal in the set (ST or UNH
    is 1), `element` counts from 1 without the tag; `code` is theirs, `meaning` in our words."""

    code: str
    meaning: str
    segment: int | None = None
    tag: str | None = None
    element: int | None = None
    component: int | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict on one set, or with `set` None on all sets of a group or interchange that have no
    answer of their own.

    `interchange` is TA101 or UCI 0020, `group` AK102 or UCF 0048, `functional_id` AK101, `set`
    AK202 or UCM 0062, `kind` AK201 or UCM 0065.
    """

    verdict: Outcome
    interchange: str | None = None
    group: str | None = None
    functional_id: str | None = None
    set: str | None = None
    kind: str | None = None
    errors: tuple[AnswerError, ...] = ()


def count_of(text: str) -> int | None:
    """A count or position as written by a partner; None where it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
