"""What goes out in one interchange, and the acknowledgment that is due for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from gateway.ack.edifact import acknowledge_edifact
from gateway.ack.edifact import contrl_type
from gateway.ack.report import InterchangeReport
from gateway.ack.x12 import acknowledge_x12
from gateway.ack.x12 import interchange_note
from gateway.edi.dialect import X12
from gateway.edi.segment import Delimiters
from gateway.edi.writer import Body
from gateway.edi.writer import Written


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What goes out in one interchange: bodies of one kind, `notes` (TA1), and what each body
    carries (a document id) where its acknowledgment is awaited."""

    kind: str
    identifier: list[str]
    bodies: Sequence[Sequence[Written]]
    notes: list[Body] = field(default_factory=list)
    test: bool = False
    awaits_acknowledgment: bool = False
    acknowledges: str | None = None
    documents: list[str] = field(default_factory=list)


def acknowledgment_of(report: InterchangeReport, delimiters: Delimiters) -> Outgoing | None:
    """The 997s and TA1, or the CONTRL, for an interchange; None when none is due."""
    header = report.header
    if header.dialect is not X12:
        body = acknowledge_edifact(report)
        kind = contrl_type(header)
        return Outgoing("CONTRL", kind, [body], test=header.test) if body else None
    bodies = [acknowledge_x12(report, index, delimiters) for index in range(len(report.groups))]
    note = interchange_note(report)
    bodies = [body for body in bodies if body]
    if not bodies and note is None:
        return None
    return Outgoing("997", ["997"], bodies, [note] if note else [], test=header.test)
