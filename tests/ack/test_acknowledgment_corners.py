"""What is told once, in which order and with which numbers, where a finding is not alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ack_samples import EDIFACT_MARKS
from ack_samples import edifact_group
from ack_samples import edifact_interchange
from ack_samples import finding
from ack_samples import message
from ack_samples import messages
from ack_samples import purchase_order
from ack_samples import written
from ack_samples import x12_group
from ack_samples import x12_interchange

from gateway.ack.edifact import acknowledge_edifact
from gateway.ack.x12 import acknowledge_x12
from gateway.ack.x12 import interchange_note
from gateway.edi.finding import Severity


def answer_997(*sets):
    return written(acknowledge_x12(x12_interchange(x12_group(*sets)), 0))


def answer_contrl(*groups, **interchange):
    return written(acknowledge_edifact(edifact_interchange(*groups, **interchange)), EDIFACT_MARKS)


def test_one_fault_of_a_segment_under_two_names_is_one_ak3():
    faults = [finding("segment-unexpected", "FOB", 6), finding("segment-not-used", "FOB", 6)]
    assert answer_997(purchase_order(*faults))[2:-1] == ["AK3*FOB*6**2~", "AK5*R*5~"]


def test_one_fault_in_two_repetitions_is_one_ak4():
    fault = finding("code-invalid", "BEG01", 2, value="99", element_id="353")
    second = replace(fault, position=replace(fault.position, repetition=2))
    assert answer_997(purchase_order(fault, second))[2:-1] == [
        "AK3*BEG*2**8~",
        "AK4*1*353*7*99~",
        "AK5*R*5~",
    ]


def test_segments_are_told_in_the_order_of_the_set():
    """Faults of the order of segments are found before those inside them."""
    lines = answer_997(
        purchase_order(
            finding("segment-out-of-order", "CUR", 12),
            finding("code-invalid", "BEG01", 2, value="99", element_id="353"),
        )
    )
    assert [line for line in lines if line.startswith("AK3")] == [
        "AK3*BEG*2**8~",
        "AK3*CUR*12**7~",
    ]


def test_an_acknowledgment_among_orders_is_counted_and_not_answered():
    assert answer_997(purchase_order(), purchase_order(kind="997", reference="0002")) == [
        "AK1*PO*17~",
        "AK2*850*0001~",
        "AK5*A~",
        "AK9*A*2*2*2~",
    ]


def test_a_ta1_names_the_interchange_by_nine_digits():
    report = x12_interchange(ack_requested=True)
    short = replace(report, header=replace(report.header, reference="42"))
    assert written([interchange_note(short)]) == ["TA1*000000042*260915*1030*A*000~"]


@pytest.mark.parametrize("syntax, place", [("3", "2:2"), ("4", "2:2:3")])
def test_only_version_4_names_the_repetition(syntax, place):
    fault = finding("code-invalid", "DTM01-2", 3)
    third = replace(fault, position=replace(fault.position, repetition=3))
    lines = answer_contrl(messages(message(third)), syntax=syntax)
    assert lines[-1] == f"UCD+12+{place}'"


def test_uci_names_the_error_before_the_warning():
    warning = finding("interchange-repeated", "UNB05", severity=Severity.WARNING)
    error = finding("count-mismatch", "UNZ01")
    [uci] = answer_contrl(messages(message()), findings=[warning, error])
    assert uci.endswith("+4+29+UNZ+2'")


def test_a_group_that_lost_its_trailer_is_rejected_in_ucf():
    lost = replace(edifact_group(message()), end=None)
    assert answer_contrl(lost)[1:] == ["UCF+G1+ALPENMED:14+NORTHFIELD:14+4+13+UNE'"]
