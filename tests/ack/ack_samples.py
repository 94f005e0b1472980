"""Short ways to say what was received, and to write and read acknowledgment segments."""

import re

from gateway.ack.report import GroupReport
from gateway.ack.report import InterchangeReport
from gateway.ack.report import SetReport
from gateway.edi.dialect import EDIFACT
from gateway.edi.dialect import X12
from gateway.edi.events import Address
from gateway.edi.events import Group
from gateway.edi.events import GroupEnd
from gateway.edi.events import Interchange
from gateway.edi.events import InterchangeEnd
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Segment

X12_MARKS = Delimiters("~", "*", ">")
EDIFACT_MARKS = Delimiters("'", "+", ":", release="?")
ORDERS = ("ORDERS", "D", "96A", "UN", "EAN008")


def segment(text, marks=X12_MARKS):
    tag, *elements = text.split(marks.element)
    split = [part.split(marks.component) if marks.component in part else part for part in elements]
    return Segment(tag, split, 0, text)


def segments(text, marks=X12_MARKS):
    return [segment(part.strip(), marks) for part in text.split(marks.segment) if part.strip()]


def written(body, marks=X12_MARKS):
    """The segments as text, one a line, no release characters."""
    lines = []
    for tag, elements in body:
        parts = [part if isinstance(part, str) else marks.component.join(part) for part in elements]
        lines.append(marks.element.join([tag, *parts]) + marks.segment)
    return lines


def as_segments(body):
    return [Segment(tag, list(elements)) for tag, elements in body]


def finding(code, reference="", ordinal=None, *, value=None, severity=Severity.ERROR, **detail):
    """`reference` as people write it: BEG, BEG03, NAD02-1."""
    parts = re.fullmatch(r"(\w*?)(\d\d)?(?:-(\d+))?", reference)
    tag, element, component = parts.groups()
    position = Position(
        segment=ordinal,
        tag=tag or None,
        element=int(element) if element else None,
        component=int(component) if component else None,
    )
    return Finding(Code(code), severity, position, value, detail)


def purchase_order(*findings, reference="0001", kind="850"):
    return SetReport(kind, reference, (), findings)


def message(*findings, reference="ME1", association=ORDERS):
    return SetReport(association[0], reference, association, findings)


def x12_group(*sets, claimed=None, findings=(), functional_id="PO", reference="17", index=1):
    header = segment(f"GS*{functional_id}*HARBORMED*NORTHFIELD*20260915*1030*{reference}*X*004010")
    group = Group(header, reference, functional_id, "HARBORMED", "NORTHFIELD", "004010", index)
    count = str(len(sets)) if claimed is None else claimed
    return GroupReport(group, sets, GroupEnd(count, len(sets), list(findings)))


def x12_interchange(*groups, findings=(), ack_requested=False, complete=True):
    header = segment(
        "ISA*00*          *00*          *ZZ*HARBORMED      *ZZ*NORTHFIELD     "
        f"*260915*1030*U*00401*000000042*{int(ack_requested)}*P"
    )
    interchange = Interchange(
        dialect=X12,
        delimiters=X12_MARKS,
        charset="x12",
        segment=header,
        sender=Address("ZZ", "HARBORMED"),
        receiver=Address("ZZ", "NORTHFIELD"),
        reference="000000042",
        version="00401",
        test=False,
        ack_requested=ack_requested,
        index=1,
    )
    return InterchangeReport(interchange, groups, InterchangeEnd(complete, list(findings), 0, 900))


def edifact_group(*messages, findings=(), reference="G1"):
    header = segment(f"UNG+ORDERS+ALPENMED:14+NORTHFIELD:14+260915:1030+{reference}", EDIFACT_MARKS)
    group = Group(header, reference, "ORDERS", "ALPENMED", "NORTHFIELD", "D96A", 1)
    return GroupReport(group, messages, GroupEnd(str(len(messages)), len(messages), list(findings)))


def edifact_interchange(*groups, findings=(), complete=True, syntax="3", reference="REF42"):
    header = segment(
        f"UNB+UNOC:{syntax}+ALPENMED:14+NORTHFIELD:14+260915:1030+{reference}", EDIFACT_MARKS
    )
    interchange = Interchange(
        dialect=EDIFACT,
        delimiters=EDIFACT_MARKS,
        charset="iso8859-1",
        segment=header,
        sender=Address("14", "ALPENMED"),
        receiver=Address("14", "NORTHFIELD"),
        reference=reference,
        version=f"UNOC:{syntax}",
        test=False,
        ack_requested=False,
        index=1,
    )
    return InterchangeReport(interchange, groups, InterchangeEnd(complete, list(findings), 0, 900))


def messages(*members):
    """Messages outside any group."""
    return GroupReport(None, members)
