"""All that a check finds in a file, at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from gateway.ack.report import InterchangeReport
from gateway.edi.finding import Finding
from gateway.edi.finding import has_errors
from gateway.engine.checking import acknowledgments
from gateway.engine.checking import check_file
from gateway.engine.checking import verdicts
from gateway.engine.definitions import Definitions
from gateway.partner.partner import Partner


@dataclass(slots=True)
class Checked:
    """Everything found in a file, in wire order by level, and the report of each interchange."""

    findings: list[Finding] = field(default_factory=list)
    reports: list[InterchangeReport] = field(default_factory=list)

    @property
    def sets(self) -> list[dict[str, Any]]:
        return [one for report in self.reports for one in verdicts(report)]

    @property
    def valid(self) -> bool:
        return not has_errors(self.findings)

    def acknowledgments(self) -> Iterator[str]:
        return acknowledgments(self.reports)


def check_content(content: bytes, definitions: Definitions, partner: Partner | None) -> Checked:
    checked = Checked()
    for findings, report in check_file([content], definitions, partner):
        checked.findings += findings
        checked.reports += [report] if report else []
    return checked
