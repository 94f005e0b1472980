"""A file checked without any state: its findings, the verdict on each set, the answer due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from gateway.ack.report import InterchangeReport
from gateway.ack.report import Verdict
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import has_errors
from gateway.edi.writer import write_segment
from gateway.engine.definitions import Definitions
from gateway.engine.reading import InterchangeRead
from gateway.engine.reading import findings_of
from gateway.engine.reading import read_file
from gateway.engine.receipts import finding_json
from gateway.partner.partner import Partner


@dataclass(slots=True)
class Checked:
    """`sets` has kind, control number and whether each is accepted."""

    findings: list[Finding] = field(default_factory=list)
    sets: list[dict[str, Any]] = field(default_factory=list)
    reports: list[InterchangeReport] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        return not has_errors(self.findings)

    def as_json(self) -> dict[str, Any]:
        findings = [finding_json(finding) for finding in self.findings]
        return {"valid": self.valid, "findings": findings, "sets": self.sets}

    def acknowledgments(self) -> Iterator[str]:
        """The segments of each acknowledgment that would be due, one a line, without envelope."""
        from gateway.engine.answering import acknowledgment_of

        for report in self.reports:
            due = acknowledgment_of(report, report.header.delimiters)
            for body in [due.notes, *due.bodies] if due else []:
                for tag, elements in body:
                    marks = report.header.delimiters
                    yield write_segment(tag, elements, marks) + marks.segment + "\n"


def check_content(content: bytes, definitions: Definitions, partner: Partner | None) -> Checked:
    """Everything that is wrong with a file's bytes, in wire order by level."""
    checked = Checked()
    for read in read_file([content], definitions, lambda _header: partner, fast=True):
        checked.findings += findings_of(read)
        if isinstance(read, InterchangeRead):
            checked.reports.append(read.report)
            for group in read.report.groups:
                rejected = read.report.rejected or group.rejected
                checked.sets += [
                    {
                        "set": one.kind,
                        "control_number": one.reference,
                        "accepted": not rejected and one.verdict is not Verdict.REJECTED,
                    }
                    for one in group.sets
                ]
    if not checked.reports and not checked.findings:
        checked.findings.append(Finding(Code.EMPTY_FILE))
    return checked
