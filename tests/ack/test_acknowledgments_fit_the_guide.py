"""We never send what we would reject: our acknowledgments pass the guide that checks inbound."""

from pathlib import Path

import pytest
from ack_samples import EDIFACT_MARKS
from ack_samples import X12_MARKS
from ack_samples import edifact_interchange
from ack_samples import message
from ack_samples import messages
from ack_samples import purchase_order
from ack_samples import written
from ack_samples import x12_group
from ack_samples import x12_interchange
from hypothesis import given
from test_acknowledgment_laws import lists

from gateway.ack.edifact import acknowledge_edifact
from gateway.ack.edifact import contrl_type
from gateway.ack.x12 import acknowledge_x12
from gateway.edi.finding import Severity
from gateway.edi.segment import Segment
from gateway.guide.check import check
from gateway.guide.guide import load_guide
from gateway.guide.match import match

MAPS = Path(__file__).parents[2] / "maps"
GUIDES = {
    "997": load_guide(MAPS, "x12", "004010", "997"),
    "3": load_guide(MAPS, "edifact", "D3", "CONTRL"),
    "4": load_guide(MAPS, "edifact", "41", "CONTRL"),
}


def faults(guide, body, marks):
    texts = [line.removesuffix(marks.segment) for line in written(body, marks)]
    segments = [
        Segment(tag, parts, 0, text) for (tag, parts), text in zip(body, texts, strict=True)
    ]
    tree, findings = match(guide, segments)
    findings += check(guide, tree, marks, "ascii")
    return [found for found in findings if found.severity is not Severity.NOTE]


@given(lists)
def test_a_997_passes_the_guide(found):
    answer = acknowledge_x12(x12_interchange(x12_group(purchase_order(*found))), 0)
    body = [("ST", ["997", "0001"]), *answer, ("SE", [str(len(answer) + 2), "0001"])]
    assert faults(GUIDES["997"], body, X12_MARKS) == []


@pytest.mark.parametrize("syntax", ["3", "4"])
@given(found=lists)
def test_a_contrl_passes_the_guide(found, syntax):
    report = edifact_interchange(messages(message(*found)), syntax=syntax)
    answer = acknowledge_edifact(report)
    header = ("UNH", ["1", contrl_type(report.header)])
    body = [header, *answer, ("UNT", [str(len(answer) + 2), "1"])]
    assert faults(GUIDES[syntax], body, EDIFACT_MARKS) == []
