"""The EDIFACT CONTRL (ISO 9735-4), syntax version 3 and 4, built from a report."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.ack.codes import find_service_code
from gateway.ack.codes import is_told
from gateway.ack.faults import SegmentFaults
from gateway.ack.faults import envelope_faults
from gateway.ack.faults import segment_faults
from gateway.ack.report import Body
from gateway.ack.report import GroupReport
from gateway.ack.report import InterchangeReport
from gateway.ack.report import SetReport
from gateway.ack.report import Verdict
from gateway.edi.dialect import EDIFACT
from gateway.edi.events import Interchange
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Severity
from gateway.edi.segment import Element
from gateway.edi.segment import Segment

_REJECTED, _ACKNOWLEDGED = "4", "7"  # data element 0083
_MISSING, _UNSPECIFIED, _MIXED = "13", "18", "30"  # data element 0085
_MOST_SEGMENTS = 999
_MOST_ELEMENTS = 99
_LARGEST_ORDINAL = 999_999
_LARGEST_POSITION = 999
_SERVICE_TAGS = frozenset({"UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ"})
_REFERENCE_LENGTH = 14
_TYPE_LENGTHS = (6, 3, 3, 2, 6)  # S009
_TYPE_MANDATORY = 4
_ABSENT = "0"  # stands where the received header left a mandatory place empty


def contrl_type(header: Interchange) -> list[str]:
    """S009 of the CONTRL that answers: version 4 interchanges by CONTRL 4:1, others by D:3."""
    return ["CONTRL", *(("4", "1") if _syntax(header) == "4" else ("D", "3")), "UN"]


def acknowledge_edifact(report: InterchangeReport) -> Body:
    """The CONTRL of an interchange from UCI on: a UCM for each message, UCF where it has groups.

    A level that is rejected (0083 = 4) takes all below with it, so nothing follows under it.
    Empty when none is due or possible: the interchange holds CONTRL only, or its UNB names no
    sender, recipient or reference to answer to.
    """
    header, syntax = report.header, _syntax(report.header)
    named = [_composite(header.segment, 2), _composite(header.segment, 3)]
    reference = header.reference[:_REFERENCE_LENGTH]
    if report.acknowledgments_only or not reference or not all(named):
        return []
    code = _first_code(report.end.findings, "UCI", syntax)
    if report.rejected:
        code = [_MIXED] if report.mixed else code or [_UNSPECIFIED]
        return [("UCI", [reference, *named, _REJECTED, *code])]
    body: Body = [("UCI", [reference, *named, _ACKNOWLEDGED, *code])]
    for reported in report.groups:
        body += _group_response(reported, syntax)
    return body


def _syntax(header: Interchange) -> str:
    """The syntax version number, UNB S001 0002."""
    return header.segment.value(1, 2)


def _composite(segment: Segment, element: int) -> Element:
    """An element of the received header, repeated as it came."""
    repetitions = segment.repetitions(element)
    return _without_empty_end(repetitions[0]) if repetitions else ""


def _group_response(reported: GroupReport, syntax: str) -> Body:
    """UCF of a group and the UCM of its messages; messages outside any group have no UCF."""
    members = [member for member in reported.sets if not member.is_acknowledgment(EDIFACT)]
    messages = [part for member in members for part in _message_response(member, syntax)]
    if reported.group is None:
        return messages
    code = _first_code(reported.findings, "UCF", syntax)
    if reported.rejected and not code:
        code = [_UNSPECIFIED] if reported.end else [_MISSING, "UNE"]
    segment = reported.group.segment
    reference = reported.group.reference[:_REFERENCE_LENGTH] or _ABSENT
    status = _REJECTED if reported.rejected else _ACKNOWLEDGED
    named = [_composite(segment, 2), _composite(segment, 3)]
    group: Body = [("UCF", [reference, *named, status, *code])]
    return group if reported.rejected else group + messages


def _message_response(member: SetReport, syntax: str) -> Body:
    """UCM of one message, then UCS and UCD. A rejected message always carries a code."""
    segments: Body = []
    count = 0
    for faults in segment_faults(member.findings):
        notes = _segment_notes(faults, syntax)
        count += sum(tag == "UCS" for tag, _ in notes)
        if count > _MOST_SEGMENTS:
            break
        segments += notes
    code = _first_code(envelope_faults(member.findings), "UCM", syntax)
    if member.verdict is not Verdict.ACCEPTED and not segments:
        code = code or [_UNSPECIFIED]
    status = _REJECTED if member.verdict is Verdict.REJECTED else _ACKNOWLEDGED
    reference = member.reference[:_REFERENCE_LENGTH] or _ABSENT
    return [("UCM", [reference, _message_type(member), status, *code]), *segments]


def _message_type(member: SetReport) -> list[str]:
    """S009 as received; a part that is too long is cut, an absent mandatory one is 0."""
    parts = [*member.association[:5], "", "", "", "", ""]
    cut = [part[:length] for part, length in zip(parts, _TYPE_LENGTHS, strict=False)]
    filled = [part or _ABSENT for part in cut[:_TYPE_MANDATORY]]
    return filled + cut[_TYPE_MANDATORY:5] if cut[4] else filled


def _segment_notes(faults: SegmentFaults, syntax: str) -> Body:
    """A UCS for each fault of the segment itself, at least one; its element faults as UCD.

    0096 of a missing segment is that of the last one before its place.
    """
    if faults.ordinal > _LARGEST_ORDINAL:
        return []
    codes = dict.fromkeys(_code(finding, "UCS", syntax) for finding in faults.own)
    missing = any(finding.code is Code.SEGMENT_MISSING for finding in faults.own)
    ordinal = str(max(faults.ordinal - missing, 1))
    segment: Body = [("UCS", [ordinal, code]) for code in codes] or [("UCS", [ordinal])]
    elements: Body = []
    for finding in faults.elements:
        note = ("UCD", _element_note(finding, syntax))
        if note not in elements:
            elements.append(note)
            if len(elements) == _MOST_ELEMENTS:
                break
    return segment + elements


def _element_note(finding: Finding, syntax: str) -> list[Element]:
    return [_code(finding, "UCD", syntax), _place(finding, syntax)]


def _first_code(findings: Iterable[Finding], level: str, syntax: str) -> list[Element]:
    """0085, 0013 (0135 in version 4) and S011 for the first error, else the first warning."""
    told = sorted(
        filter(is_told, findings), key=lambda finding: finding.severity is not Severity.ERROR
    )
    for finding in told:
        code = find_service_code(finding, level, syntax)
        if code and finding.position.tag in _SERVICE_TAGS:
            place = [_place(finding, syntax)] if finding.position.element else []
            return [code, finding.position.tag, *place]
        if code:
            return [code]
    return []


def _code(finding: Finding, column: str, syntax: str) -> str:
    return find_service_code(finding, column, syntax) or _UNSPECIFIED


def _place(finding: Finding, syntax: str) -> Element:
    """S011: 0098 counts the segment tag as position 1, so element 01 is 2; 0104 starts at 1.
    A position beyond what three digits hold is told as 999."""
    at = finding.position
    numbers = [(at.element or 0) + 1, at.component or 0]
    if syntax == "4":
        numbers.append(at.repetition or 0)
    place = [str(min(number, _LARGEST_POSITION)) if number else "" for number in numbers]
    return _without_empty_end(place)


def _without_empty_end(parts: list[str]) -> Element:
    """A composite without empty components at its end; of one component only, its text."""
    kept = len(parts)
    while kept and not parts[kept - 1]:
        kept -= 1
    return parts[:kept] if kept > 1 else "".join(parts[:kept])
