"""A file of interchanges, set by set: findings, verdict and canonical document of each.

Nothing here touches the world; the commands and the translation step share it.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from typing import NamedTuple

from gateway.ack.report import GroupReport
from gateway.ack.report import InterchangeReport
from gateway.ack.report import SetReport
from gateway.ack.report import SetReports
from gateway.edi.dialect import X12
from gateway.edi.dialect import Dialect
from gateway.edi.envelope import read_interchanges
from gateway.edi.events import NOTHING
from gateway.edi.events import Before
from gateway.edi.events import Event
from gateway.edi.events import Group
from gateway.edi.events import GroupEnd
from gateway.edi.events import Interchange
from gateway.edi.events import InterchangeEnd
from gateway.edi.events import Stray
from gateway.edi.events import Taken
from gateway.edi.events import TransactionSet
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Severity
from gateway.edi.finding import has_errors
from gateway.edi.segment import Segment
from gateway.engine.definitions import Definitions
from gateway.engine.groups import header_place
from gateway.engine.groups import in_right_group
from gateway.engine.groups import misgrouped
from gateway.engine.leniency import is_repetition_mark
from gateway.engine.leniency import lenient
from gateway.engine.leniency import milder
from gateway.guide.check import check
from gateway.guide.check import check_segment
from gateway.guide.guide import Guide
from gateway.guide.match import match
from gateway.mapping import Map
from gateway.mapping import Reading
from gateway.mapping import read
from gateway.mapping.compiled import CompiledReader
from gateway.partner.partner import Partner

PartnerOf = Callable[[Interchange], Partner | None]
Wanted = Callable[[Interchange], bool]


class SetRead(NamedTuple):
    """One set with everything known of it. `reading` is None when the set was rejected or is an
    acknowledgment; `segments` are kept only for acknowledgments."""

    set: TransactionSet
    report: SetReport
    interchange: Interchange
    group: Group | None
    map: Map | None = None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class InterchangeRead:
    """The end of an interchange, with the report its acknowledgment is made of."""

    report: InterchangeReport

    @property
    def bad_groups(self) -> frozenset[int]:
        """The indexes of the groups that are wrong as a whole, and with them their sets."""
        groups = self.report.groups
        return frozenset(one.group.index for one in groups if one.group and one.rejected)


Read = Interchange | SetRead | InterchangeRead | Stray


def findings_of(read: Read) -> list[Finding]:
    """What was found in one set, in an interchange and its groups, or between interchanges."""
    if isinstance(read, SetRead):
        return list(read.report.findings)
    if isinstance(read, InterchangeRead):
        groups = [one for group in read.report.groups for one in group.findings]
        return [*read.report.end.findings, *groups]
    return list(read.findings) if isinstance(read, Stray) else []


def read_file(
    chunks: Iterable[bytes],
    definitions: Definitions,
    partner_of: PartnerOf = lambda _header: None,
    *,
    wanted: Wanted = lambda _header: True,
    trace: bool = False,
    fast: bool = False,
    documents: bool = True,
    before: Before = NOTHING,
) -> Iterator[Read]:
    """Every interchange of a file as its header, its sets and its report, in constant memory.

    The sets of an interchange that is not `wanted` are passed over: its report has its envelope
    only. `fast`: sets without a finding are read by compiled maps, and nothing is known of their
    form or origins; without `documents` such sets have no reading.
    """
    reader = _FileReader(definitions, partner_of, wanted, trace=trace, documents=documents)
    take = reader.take_whole if fast and not trace else None
    for event in read_interchanges(chunks, take, before=before):
        if isinstance(event, Taken):
            if isinstance(event.made, SetRead):
                reader.note(event.made)
                yield event.made
        else:
            yield from reader.take(event)


class _FileReader:
    def __init__(
        self,
        definitions: Definitions,
        partner_of: PartnerOf,
        wanted: Wanted,
        *,
        trace: bool,
        documents: bool,
    ) -> None:
        self._definitions = definitions
        self._documents = documents
        self._partner_of = partner_of
        self._wanted = wanted
        self._reads_sets = True
        self._trace = trace
        self._header: Interchange | None = None
        self._partner: Partner | None = None
        self._group: Group | None = None
        self._groups: list[GroupReport] = []
        self._sets = SetReports()
        self._findings: list[Finding] = []
        self._compiled: dict[tuple[str, str], tuple[Map, CompiledReader]] = {}

    def note(self, read: SetRead) -> None:
        """Keeps a set's report for the acknowledgment."""
        self._sets.append(read.report)

    def take(self, event: Event) -> Iterator[Read]:
        if isinstance(event, Stray):
            yield event
        elif isinstance(event, Interchange):
            self._header, self._partner = event, self._partner_of(event)
            self._reads_sets = self._wanted(event)
            self._group, self._groups, self._sets = None, [], SetReports()
            self._compiled = {}
            self._findings = self._envelope_findings(event, event.segment)
            yield event
        elif isinstance(event, InterchangeEnd):
            yield self._end(event)
        elif isinstance(event, Group):
            self._end_group(None)
            self._group, self._compiled = event, {}
        elif isinstance(event, GroupEnd):
            self._end_group(event)
        elif isinstance(event, TransactionSet) and self._header is not None and self._reads_sets:
            one = self._read_set(event, self._header)
            self.note(one)
            yield one

    def take_whole(self, one: TransactionSet, text: str) -> object | None:
        """A set read at once, or passed over; None where it must be looked at more closely."""
        header = self._header
        assert header is not None  # noqa: S101 -- sets follow their header
        if not self._reads_sets:
            return one if _is_one(text, header) else None
        found = self._compiled.get((one.kind, one.release)) or self._compile(one, header)
        if found is None:
            return None
        map_, compiled = found
        document = compiled.read(text) if self._documents else None
        if document is None and (self._documents or not compiled.is_right(text)):
            return None
        reading = Reading(document) if document is not None else None
        report = SetReport(one.kind, one.reference, one.identifier)
        return SetRead(one, report, header, self._group, map_, reading)

    def _compile(
        self, one: TransactionSet, header: Interchange
    ) -> tuple[Map, CompiledReader] | None:
        """What reads sets of this kind and release for the rest of their group."""
        map_, _ = self._find_definitions(one, header)
        if map_ is None or not in_right_group(one, header, self._group):
            return None
        found = map_, self._definitions.compiled_of(map_, header.delimiters)
        self._compiled[one.kind, one.release] = found
        return found

    def _end_group(self, end: GroupEnd | None) -> None:
        if end is not None and self._group is not None and self._header is not None:
            own = self._envelope_findings(self._header, self._group.segment)
            placed = _place([*own, *end.findings], self._header, self._group)
            end = replace(end, findings=placed)
        if self._group is not None or self._sets:
            self._groups.append(GroupReport(self._group, self._sets, end))
        self._group, self._sets = None, SetReports()

    def _end(self, end: InterchangeEnd) -> InterchangeRead:
        self._end_group(None)
        header = self._header
        assert header is not None  # noqa: S101 -- an end always follows its header
        findings = _place([*self._findings, *end.findings], header)
        end = replace(end, findings=findings)
        return InterchangeRead(InterchangeReport(header, tuple(self._groups), end))

    def _envelope_findings(self, header: Interchange, segment: Segment) -> list[Finding]:
        version = header.version
        definition = self._definitions.service_segment(header.dialect, version, segment.tag)
        if definition is None or not segment.elements:
            return []
        found = check_segment(
            definition,
            segment,
            ordinal=None,
            delimiters=header.delimiters,
            charset=header.charset,
        )
        return [milder(finding) for finding in found if not is_repetition_mark(finding)]

    def _read_set(self, one: TransactionSet, header: Interchange) -> SetRead:
        if one.kind == "TA1":
            return SetRead(one, SetReport("TA1", one.reference), header, None)
        findings = list(one.findings)
        map_, guide = self._find_definitions(one, header)
        reading = None
        if guide is None:
            findings.append(self._unsupported(one, header))
        else:
            if not in_right_group(one, header, self._group):
                findings.append(misgrouped(one, header, self._group))
            tree, misplaced = match(guide, one.segments)
            findings += misplaced
            found = check(guide, tree, header.delimiters, header.charset)
            findings += found if map_ is not None else [lenient(finding) for finding in found]
            if map_ is not None and not has_errors(findings):
                reading = read(map_, tree, header.delimiters, header.charset, trace=self._trace)
                findings += [*reading.findings, *self._notes(map_, reading)]
        if reading is not None and map_ is not None and not findings:
            self._definitions.compiled_of(map_, header.delimiters).learn(one.segments)
        placed = tuple(_place(findings, header, self._group, one))
        report = SetReport(one.kind, one.reference, one.identifier, placed)
        return SetRead(one, report, header, self._group, map_, reading)

    def _notes(self, map_: Map, reading: Reading) -> Iterator[Finding]:
        """What no rule claimed, and where the document does not fit the canonical model."""
        for one in reading.unclaimed:
            yield Finding(Code.UNCLAIMED, Severity.NOTE, one.position, one.value)
        for fault in self._definitions.schemas.check(map_.document, reading.document):
            yield replace(fault, severity=Severity.WARNING)

    def _find_definitions(
        self, one: TransactionSet, header: Interchange
    ) -> tuple[Map | None, Guide | None]:
        key = header.dialect, one.release, one.kind
        if one.kind in header.dialect.acknowledgments:
            return None, self._definitions.guide_of(*key)
        map_ = self._definitions.map_of(*key, self._partner)
        return map_, map_.guide if map_ else None

    def _unsupported(self, one: TransactionSet, header: Interchange) -> Finding:
        known = self._definitions.kinds(header.dialect)
        releases = [release for release, kind in known if kind == one.kind]
        if releases:
            named = "GS08" if header.dialect is X12 else "UNH02"
            detail = {"expected": ", ".join(releases), "kind": one.kind, "header": named}
            place = header_place(one, header)
            return Finding(Code.RELEASE_UNSUPPORTED, Severity.ERROR, place, one.release, detail)
        detail = {"expected": ", ".join(sorted({kind for _, kind in known}))}
        place = header_place(one, header, 1 if header.dialect is X12 else 2)
        return Finding(Code.SET_UNSUPPORTED, Severity.ERROR, place, one.kind, detail)


def _envelope_tags(dialect: Dialect) -> tuple[str, ...]:
    levels = (dialect.interchange, dialect.group, dialect.set)
    return tuple(tag for level in levels for tag in (level.header, level.trailer))


def _is_one(text: str, header: Interchange) -> bool:
    """Whether no segment inside a set is one of an envelope. Where blanks or line breaks are in the
    way that is left to whoever reads by segments."""
    tags, terminator = _envelope_tags(header.dialect), header.delimiters.segment
    inside = text.split(terminator)[1:-2]
    broken = "\r" in text or (terminator != "\n" and "\n" in text)
    return not broken and all(one[:1].isalnum() and not one.startswith(tags) for one in inside)


def _place(
    findings: Iterable[Finding],
    header: Interchange,
    group: Group | None = None,
    one: TransactionSet | None = None,
) -> list[Finding]:
    levels = (header.index, group.index if group else None, one.ordinal if one else None)
    return [finding.within(*levels) for finding in findings]
