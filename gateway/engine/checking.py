"""A file checked without any state: its findings, the verdict on each set, the answer due."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from gateway.ack.report import InterchangeReport
from gateway.ack.report import Verdict
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.writer import segment_texts
from gateway.engine.definitions import Definitions
from gateway.engine.outgoing import acknowledgment_of
from gateway.engine.reading import InterchangeRead
from gateway.engine.reading import findings_of
from gateway.engine.reading import read_file
from gateway.partner.partner import Partner

Found = tuple[list[Finding], InterchangeReport | None]
"""What was found in a set, an interchange or between two, and an interchange's report."""

Reports = list[InterchangeReport]
"""The report of each interchange of a file."""


def check_file(
    chunks: Iterable[bytes], definitions: Definitions, partner: Partner | None
) -> Iterator[Found]:
    """What is wrong with a file given in pieces, as it is read, in constant memory; of sets without
    a finding only their interchange tells."""
    nothing = True
    reads = read_file(chunks, definitions, lambda _header: partner, fast=True, documents=False)
    for read in reads:
        findings = findings_of(read)
        report = read.report if isinstance(read, InterchangeRead) else None
        if findings or report is not None:
            nothing = False
            yield findings, report
    if nothing:
        yield [Finding(Code.EMPTY_FILE)], None


def acknowledgments(reports: Iterable[InterchangeReport]) -> Iterator[str]:
    """The segments of each acknowledgment that would be due, one a line, without envelope."""
    for report in reports:
        marks = report.header.delimiters
        due = acknowledgment_of(report, marks)
        for body in [due.notes, *due.bodies] if due else []:
            for text in segment_texts(body, marks):
                yield text + marks.segment + "\n"


def verdicts(report: InterchangeReport) -> Iterator[dict[str, Any]]:
    """Kind, control number and whether it is accepted, of each set of an interchange."""
    for group in report.groups:
        rejected = report.rejected or group.rejected
        for one in group.sets:
            accepted = not rejected and one.verdict is not Verdict.REJECTED
            yield {"set": one.kind, "control_number": one.reference, "accepted": accepted}
