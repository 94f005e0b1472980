"""What was found in a received interchange, level by level, and the verdict on each set.

The engine fills these while it reads and keeps no segment of a set, so the report of a large
interchange stays small.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum
from typing import NamedTuple
from typing import overload

from gateway.ack.codes import is_told
from gateway.edi.dialect import Dialect
from gateway.edi.events import Group
from gateway.edi.events import GroupEnd
from gateway.edi.events import Interchange
from gateway.edi.events import InterchangeEnd
from gateway.edi.finding import Finding
from gateway.edi.finding import Severity
from gateway.edi.finding import has_errors
from gateway.edi.segment import Element

Body = list[tuple[str, list[Element]]]
"""Segments to be written: tag and elements, without envelope."""


class Verdict(StrEnum):
    """What becomes of one set: AK501 A, E and R; action 7 and 4 of data element 0083."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_ERRORS = "accepted_with_errors"
    REJECTED = "rejected"


def verdict(findings: Iterable[Finding]) -> Verdict:
    """An error rejects; a warning the partner can be told of is noted; nothing else counts."""
    findings = tuple(findings)
    if has_errors(findings):
        return Verdict.REJECTED
    if any(is_told(finding) for finding in findings):
        return Verdict.ACCEPTED_WITH_ERRORS
    return Verdict.ACCEPTED


class SetReport(NamedTuple):
    """One set. `association` is S009 of an EDIFACT message as received (type, version, release,
    agency, association); an X12 set has none. `findings` are those of the set and its envelope."""

    kind: str
    reference: str
    association: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return verdict(self.findings)

    def is_acknowledgment(self, dialect: Dialect) -> bool:
        """A 997, 999, TA1 or CONTRL, which is never acknowledged in turn."""
        return self.kind in dialect.acknowledgments or self.kind == "TA1"


_RUN = 1 << 13
"""Bytes of control numbers kept as one text."""


class SetReports(Sequence[SetReport]):
    """The sets of a group in order, as an acknowledgment needs them: notes, which nobody is told,
    are left out, and sets without a finding that differ in their control number only are kept as
    one text, so that a million of them take a few MB."""

    def __init__(self) -> None:
        self._parts: list[SetReport | _Run] = []
        self._count = 0

    def append(self, report: SetReport) -> None:
        self._count += 1
        kind, reference, association, findings = report
        told = findings and tuple(one for one in findings if one.severity is not Severity.NOTE)
        if told or not reference.isalnum():
            self._parts.append(report._replace(findings=told))
            return
        last, like = self._parts[-1] if self._parts else None, (kind, association)
        if not isinstance(last, _Run) or last.like != like or len(last.references) > _RUN:
            last = _Run(like)
            self._parts.append(last)
        last.references += f"{reference} ".encode()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[SetReport]:
        for part in self._parts:
            if isinstance(part, SetReport):
                yield part
            else:
                kind, association = part.like
                for reference in part.references.split():
                    yield SetReport(kind, reference.decode(), association)

    @overload
    def __getitem__(self, index: int) -> SetReport: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[SetReport]: ...
    def __getitem__(self, index: int | slice) -> SetReport | Sequence[SetReport]:
        return tuple(self)[index]


@dataclass(slots=True)
class _Run:
    """Sets of one kind and association without a finding: their control numbers, each followed by
    a blank, in UTF-8."""

    like: tuple[str, tuple[str, ...]]
    references: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True, slots=True)
class GroupReport:
    """A functional group, or the EDIFACT messages outside any (`group` and `end` None)."""

    group: Group | None
    sets: Sequence[SetReport]
    end: GroupEnd | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(self.end.findings) if self.end else ()

    @property
    def rejected(self) -> bool:
        """The group is wrong as a whole, and with it every set in it."""
        return has_errors(self.findings) or (self.group is not None and self.end is None)


@dataclass(frozen=True, slots=True)
class InterchangeReport:
    """One interchange; `end.findings` are those of its header, its trailer and its sender."""

    header: Interchange
    groups: tuple[GroupReport, ...]
    end: InterchangeEnd

    @property
    def mixed(self) -> bool:
        """EDIFACT messages stand both in groups and outside (not allowed, ISO 9735-1)."""
        bare = any(report.group is None and report.sets for report in self.groups)
        return bare and any(report.group is not None for report in self.groups)

    @property
    def rejected(self) -> bool:
        """The interchange is wrong as a whole: nothing in it may be delivered."""
        mixed = not self.header.dialect.group_required and self.mixed
        return mixed or not self.end.complete or has_errors(self.end.findings)

    @property
    def acknowledgments_only(self) -> bool:
        """There are sets, and each is an acknowledgment."""
        dialect = self.header.dialect
        sets = (report for group in self.groups for report in group.sets)
        return any(group.sets for group in self.groups) and all(
            report.is_acknowledgment(dialect) for report in sets
        )
