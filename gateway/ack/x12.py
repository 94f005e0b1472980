"""X12 acknowledgments of release 004010 built from a report: the 997 and the TA1."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.ack.codes import find_code
from gateway.ack.codes import find_envelope_code
from gateway.ack.codes import is_told
from gateway.ack.faults import SegmentFaults
from gateway.ack.faults import envelope_faults
from gateway.ack.faults import segment_faults
from gateway.ack.report import Body
from gateway.ack.report import GroupReport
from gateway.ack.report import InterchangeReport
from gateway.ack.report import SetReport
from gateway.ack.report import Verdict
from gateway.edi.dialect import X12
from gateway.edi.events import Group
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Severity
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Element

# Repeats and lengths of release 004010.
_MOST_ELEMENT_NOTES = 99
_MOST_CODES = 5
_LARGEST_ORDINAL = 999_999
_LARGEST_POSITION = 99
_LONGEST_COPY = 99
_LONGEST_LOOP = 6

_STATUS = {Verdict.ACCEPTED: "A", Verdict.ACCEPTED_WITH_ERRORS: "E", Verdict.REJECTED: "R"}
_SEGMENTS_IN_ERROR = "5"
_HAS_ELEMENT_ERRORS = "8"
_NOT_COPIED = frozenset({"1", "2"})  # a missing element has no bad value
_GROUP_TRAILER_MISSING = "3"
_NO_ERROR, _BAD_STRUCTURE, _CUT_SHORT, _BAD_CONTENT = "000", "022", "023", "024"


def acknowledge_x12(
    report: InterchangeReport, group_index: int, delimiters: Delimiters | None = None
) -> Body:
    """The 997 of one functional group from AK1 to AK9; `group_index` indexes `report.groups`.

    Empty when none is due: the group holds acknowledgments only, the whole interchange is
    rejected (the TA1 says so), or GS01 cannot be named in AK101. `delimiters` are those the
    answer is written with, by default the partner's own: X12 cannot quote one as data.
    """
    reported = report.groups[group_index]
    group = reported.group
    if group is None or report.rejected or not _is_nameable(group) or _answers(group, reported):
        return []
    marks = delimiters or report.header.delimiters
    body: Body = [("AK1", [group.functional_id, _number(group.reference)])]
    for member in reported.sets:
        if _is_listed(reported, member):
            body += _set_response(member, marks)
    return [*body, ("AK9", _group_status(reported))]


def interchange_note(report: InterchangeReport) -> tuple[str, list[Element]] | None:
    """The TA1 of an X12 interchange; None unless ISA14 asks for one or there is a fault.

    An error of the interchange rejects it whole, so TA104 E is left to warnings and to a GS that
    no 997 can name.
    """
    header = report.header
    if header.dialect is not X12:
        return None
    groups = (member.group for member in report.groups if member.group is not None)
    nameable = all(_is_nameable(group) for group in groups)
    if nameable and not header.ack_requested and not report.rejected:
        return None
    status, code = _interchange_status(report, nameable=nameable)
    date, time = header.segment.value(9), header.segment.value(10)
    return "TA1", [header.reference.zfill(9), date, time, status, code]


def _interchange_status(report: InterchangeReport, *, nameable: bool) -> tuple[str, str]:
    errors_first = sorted(report.end.findings, key=_gravity)
    codes = _envelope_codes(errors_first, "TA105")
    if report.rejected:
        return "R", (codes or [_BAD_STRUCTURE if report.end.complete else _CUT_SHORT])[0]
    if not codes and nameable:
        return "A", _NO_ERROR
    return "E", (codes or [_BAD_CONTENT])[0]


def _gravity(finding: Finding) -> tuple[bool, bool]:
    """Errors before warnings, and a header that cannot be read before all that follows from it."""
    return finding.severity is not Severity.ERROR, finding.code is not Code.HEADER_INVALID


def _is_nameable(group: Group) -> bool:
    """AK101 repeats GS01, which has two letters; without them no 997 can answer."""
    return len(group.functional_id) == 2 and _is_word(group.functional_id)


def _answers(group: Group, reported: GroupReport) -> bool:
    """The group is an answer itself: no 997 is due."""
    if not reported.sets:
        return group.functional_id == "FA"
    return all(member.is_acknowledgment(X12) for member in reported.sets)


def _is_listed(reported: GroupReport, member: SetReport) -> bool:
    """A rejected group rejects its sets by AK901; only those at fault themselves are listed."""
    if member.is_acknowledgment(X12):
        return False
    return not reported.rejected or member.verdict is Verdict.REJECTED


def _group_status(reported: GroupReport) -> list[Element]:
    verdicts = [member.verdict for member in reported.sets]
    bad = verdicts.count(Verdict.REJECTED)
    codes = _envelope_codes([*reported.findings, *_faults_of_gs(reported)], "AK905")
    if reported.end is None:
        codes.append(_GROUP_TRAILER_MISSING)
    if reported.rejected or (verdicts and bad == len(verdicts)):
        status, accepted = "R", 0
    else:
        status = "P" if bad else "E" if codes or Verdict.ACCEPTED_WITH_ERRORS in verdicts else "A"
        accepted = len(verdicts) - bad
    received = str(len(verdicts))
    claimed = reported.end.claimed if reported.end else ""
    if not _is_number(claimed, 6):
        claimed = received
    return [status, claimed, received, str(accepted), *codes[:_MOST_CODES]]


def _faults_of_gs(reported: GroupReport) -> list[Finding]:
    """The release stands in GS08, though it is each set that we cannot read in it."""
    findings = (finding for member in reported.sets for finding in member.findings)
    return [finding for finding in findings if finding.code is Code.RELEASE_UNSUPPORTED]


def _set_response(member: SetReport, marks: Delimiters) -> Body:
    """AK2 to AK5 of one set. A rejected set always carries a code."""
    kind = member.kind if len(member.kind) == 3 and _is_word(member.kind) else "000"
    reference = _speakable(member.reference, marks).zfill(4)[:9]
    codes = _envelope_codes(envelope_faults(member.findings), "AK502")
    notes: Body = []
    segments = segment_faults(member.findings)
    for segment in segments:
        notes += _segment_notes(segment, marks)
    if segments or (member.verdict is not Verdict.ACCEPTED and not codes):
        codes.append(_SEGMENTS_IN_ERROR)
    distinct = list(dict.fromkeys(codes))[:_MOST_CODES]
    status = _STATUS[member.verdict]
    return [("AK2", [kind, reference]), *notes, ("AK5", [status, *distinct])]


def _segment_notes(segment: SegmentFaults, marks: Delimiters) -> Body:
    """One AK3 for each fault of the segment itself, then one with all its element faults."""
    if segment.ordinal > _LARGEST_ORDINAL:
        return []
    notes: Body = []
    place: list[Element] = [
        _tag(segment.tag),
        str(segment.ordinal),
        _speakable(segment.loop, marks)[:_LONGEST_LOOP],
    ]
    for code in dict.fromkeys(find_code(finding.code, "AK304") for finding in segment.own):
        notes.append(("AK3", [*place, code or _HAS_ELEMENT_ERRORS]))
    if segment.elements:
        notes.append(("AK3", [*place, _HAS_ELEMENT_ERRORS]))
        notes += _element_notes(segment.elements, marks)
    return notes


def _element_notes(findings: Iterable[Finding], marks: Delimiters) -> Body:
    notes: Body = []
    for finding in findings:
        note = ("AK4", _element_note(finding, marks))
        # Release 004010 names no repetition: the same fault in two of them is one note.
        if (finding.position.element or 0) <= _LARGEST_POSITION and note not in notes:
            notes.append(note)
            if len(notes) == _MOST_ELEMENT_NOTES:
                break
    return notes


def _element_note(finding: Finding, marks: Delimiters) -> list[Element]:
    """AK401 to AK404: position (C030), DE number, code, copy of the bad value."""
    element, component = str(finding.position.element), finding.position.component or 0
    nameable = 0 < component <= _LARGEST_POSITION
    place: Element = [element, str(component)] if nameable else element
    number = finding.detail.get("element_id", "")
    code = find_code(finding.code, "AK403") or ""
    copy = (
        ""
        if code in _NOT_COPIED
        else _speakable(finding.value or "", marks)[:_LONGEST_COPY].rstrip()
    )
    note = [place, number if _is_number(number, 4) else "", code]
    return [*note, copy] if copy else note


def _envelope_codes(findings: Iterable[Finding], column: str) -> list[str]:
    codes = (find_envelope_code(finding, column) for finding in findings if is_told(finding))
    return list(dict.fromkeys(code for code in codes if code))


def _speakable(value: str, marks: Delimiters) -> str:
    """The value if X12 can carry it: printable, and without a delimiter of the answer."""
    reserved = {marks.segment, marks.element, marks.component, marks.repetition}
    carried = value.isascii() and value.isprintable() and not reserved.intersection(value)
    return value if carried else ""


def _tag(tag: str) -> str:
    """AK301 has two or three letters: a longer tag is cut, a shorter or unprintable one filled."""
    return "".join(filter(_is_word, tag.upper()))[:3].ljust(2, "Z")


def _number(text: str) -> str:
    """AK102 repeats GS06; 0 stands where that is no number."""
    return text if _is_number(text, 9) else "0"


def _is_number(text: str, longest: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= longest


def _is_word(text: str) -> bool:
    return text.isascii() and text.isalnum()
