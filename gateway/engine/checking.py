"""A file checked without any state: its findings, the verdict on each set, the answer due."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from gateway.ack.report import InterchangeReport
from gateway.ack.report import Verdict
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import has_errors
from gateway.edi.writer import segment_texts
from gateway.engine.definitions import Definitions
from gateway.engine.reading import InterchangeRead
from gateway.engine.reading import findings_of
from gateway.engine.reading import read_file
from gateway.partner.partner import Partner

Found = tuple[list[Finding], InterchangeReport | None]
"""What was found in a set, an interchange or between two, and an interchange's report."""


@dataclass(slots=True)
class Checked:
    """Everything found in a file, and the report of each interchange."""

    findings: list[Finding] = field(default_factory=list)
    reports: list[InterchangeReport] = field(default_factory=list)

    @property
    def sets(self) -> Iterator[dict[str, Any]]:
        """Kind, control number and whether it is accepted, of each set."""
        return (one for report in self.reports for one in verdicts(report))

    @property
    def valid(self) -> bool:
        return not has_errors(self.findings)

    def acknowledgments(self) -> Iterator[str]:
        """The segments of each acknowledgment that would be due, one a line, without envelope."""
        from gateway.engine.answering import acknowledgment_of

        for report in self.reports:
            due = acknowledgment_of(report, report.header.delimiters)
            marks = report.header.delimiters
            for body in [due.notes, *due.bodies] if due else []:
                for text in segment_texts(body, marks):
                    yield text + marks.segment + "\n"


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


def check_content(content: bytes, definitions: Definitions, partner: Partner | None) -> Checked:
    """Everything that is wrong with a file's bytes, in wire order by level."""
    checked = Checked()
    for findings, report in check_file([content], definitions, partner):
        checked.findings += findings
        checked.reports += [report] if report else []
    return checked


def verdicts(report: InterchangeReport) -> Iterator[dict[str, Any]]:
    """Kind, control number and whether it is accepted, of each set of an interchange."""
    for group in report.groups:
        rejected = report.rejected or group.rejected
        for one in group.sets:
            accepted = not rejected and one.verdict is not Verdict.REJECTED
            yield {"set": one.kind, "control_number": one.reference, "accepted": accepted}
