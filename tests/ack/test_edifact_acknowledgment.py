"""CONTRL, each expected segment worked out by hand from the lists of 0083 and 0085.

0096 counts from UNH = 1; 0098 counts the segment tag as 1, so the first element is 2.
"""

import pytest
from ack_samples import EDIFACT_MARKS
from ack_samples import edifact_group
from ack_samples import edifact_interchange
from ack_samples import finding
from ack_samples import message
from ack_samples import messages
from ack_samples import written

from gateway.ack.edifact import acknowledge_edifact
from gateway.ack.edifact import contrl_type
from gateway.edi.finding import Severity

UCI = "UCI+REF42+ALPENMED:14+NORTHFIELD:14"
UCM = "UCM+ME1+ORDERS:D:96A:UN:EAN008"


def acknowledged(*groups, **interchange):
    return written(acknowledge_edifact(edifact_interchange(*groups, **interchange)), EDIFACT_MARKS)


def message_lines(*findings, syntax="3"):
    """What follows UCI for one message."""
    return acknowledged(messages(message(*findings)), syntax=syntax)[1:]


def test_a_clean_message_is_acknowledged():
    assert acknowledged(messages(message())) == [f"{UCI}+7'", f"{UCM}+7'"]


# Faults of a segment: UCS with its position and 0085.
SEGMENTS = [
    (finding("segment-unknown", "QQQ", 4), "UCS+4+15'"),
    (finding("segment-not-in-set", "MOA", 4), "UCS+4+15'"),
    (finding("segment-unexpected", "PRI", 4), "UCS+4+15'"),
    (finding("segment-out-of-order", "DTM", 9), "UCS+9+15'"),
    (finding("segment-not-used", "FTX", 4), "UCS+4+15'"),
    # A missing segment has the position of the last one before its place.
    (finding("segment-missing", "DTM", 3, expected="DTM"), "UCS+2+13'"),
    (finding("segment-empty", "RFF", 4), "UCS+4+13'"),
    (finding("segment-over-maximum", "BGM", 3), "UCS+3+35'"),
    (finding("loop-over-maximum", "NAD", 30, loop="NAD"), "UCS+30+36'"),
]


@pytest.mark.parametrize("fault, note", SEGMENTS)
def test_a_fault_of_a_segment_is_a_ucs(fault, note):
    assert message_lines(fault) == [f"{UCM}+4'", note]


# Faults of an element: UCD with 0085 and its place, under the UCS of its segment.
ELEMENTS = [
    (finding("element-missing", "DTM01-2", 3), "UCD+13+2:2'"),
    (finding("condition-missing", "DTM01-2", 3), "UCD+13+2:2'"),
    (finding("condition-excluded", "DTM01-2", 3), "UCD+15+2:2'"),
    (finding("element-not-used", "DTM02", 3), "UCD+15+3'"),
    (finding("too-many-elements", "DTM02", 3), "UCD+16+3'"),
    (finding("too-many-components", "DTM01-4", 3), "UCD+16+2:4'"),
    (finding("too-many-repetitions", "DTM01", 3), "UCD+16+2'"),
    (finding("element-too-short", "DTM01-2", 3), "UCD+40+2:2'"),
    (finding("element-too-long", "DTM01-2", 3), "UCD+39+2:2'"),
    (finding("element-invalid", "DTM01-2", 3), "UCD+37+2:2'"),
    (finding("invalid-character", "DTM01-2", 3), "UCD+21+2:2'"),
    (finding("code-invalid", "DTM01-1", 3), "UCD+12+2:1'"),
    (finding("date-invalid", "DTM01-2", 3), "UCD+12+2:2'"),
]


@pytest.mark.parametrize("fault, note", ELEMENTS)
def test_a_fault_of_an_element_is_a_ucd(fault, note):
    assert message_lines(fault) == [f"{UCM}+4'", "UCS+3'", note]


# Version 4 has 35 for repetitions and 48 for dependency notes.
@pytest.mark.parametrize(
    "code, number",
    [("condition-missing", 48), ("condition-excluded", 48), ("too-many-repetitions", 35)],
)
def test_version_4_has_codes_of_its_own(code, number):
    lines = message_lines(finding(code, "DTM01", 3), syntax="4")
    assert lines[-1] == f"UCD+{number}+2'"


@pytest.mark.parametrize(
    "syntax, value, number", [("3", ".5", 38), ("3", "-,5", 38), ("3", "5,", 37), ("4", ".5", 37)]
)
def test_only_version_3_has_a_code_for_a_missing_digit(syntax, value, number):
    fault = finding("element-invalid", "PRI01-2", 3, value=value)
    assert message_lines(fault, syntax=syntax)[-1] == f"UCD+{number}+2:2'"


# Faults of UNH and UNT: 0085, 0013 and S011 in UCM.
ENVELOPES = [
    (finding("trailer-missing", "UNT"), "13+UNT"),
    (finding("control-number-mismatch", "UNT02"), "28+UNT+3"),
    (finding("count-mismatch", "UNT01"), "29+UNT+2"),
    (finding("control-number-repeated", "UNH01"), "26+UNH+2"),
    (finding("set-unsupported", "UNH02-1"), "14+UNH+3:1"),
    (finding("release-unsupported", "UNH02-3"), "14+UNH+3:3"),
    (finding("element-missing", "UNH02-4", 1), "13+UNH+3:4"),
    (finding("map-missing"), "17"),
    (finding("total-mismatch", "CNT01-2", 9), "18"),  # nothing to name, and never 4 without a code
    (finding("file-too-large"), "18"),
]


@pytest.mark.parametrize("fault, code", ENVELOPES)
def test_a_fault_of_the_message_is_told_in_its_ucm(fault, code):
    assert message_lines(fault) == [f"{UCM}+4+{code}'"]


# Faults of UNB and UNZ: the interchange is rejected, and nothing follows.
INTERCHANGES = [
    (finding("trailer-missing", "UNZ"), "13+UNZ"),
    (finding("control-number-mismatch", "UNZ02"), "28+UNZ+3"),
    (finding("count-mismatch", "UNZ01"), "29+UNZ+2"),
    (finding("level-empty", "UNZ"), "32+UNZ"),
    (finding("charset-unsupported", "UNB01-1"), "2+UNB+2:1"),
    (finding("sender-unknown", "UNB02"), "23+UNB+3"),
    (finding("receiver-unknown", "UNB03"), "7+UNB+4"),
    (finding("interchange-conflict", "UNB05"), "26+UNB+6"),
    (finding("date-invalid", "UNB04-1"), "12+UNB+5:1"),
    (finding("segment-outside", "BGM"), "33"),
]


@pytest.mark.parametrize("fault, code", INTERCHANGES)
def test_a_fault_of_the_interchange_rejects_it_whole(fault, code):
    lines = acknowledged(messages(message()), findings=[fault])
    assert lines == [f"{UCI}+4+{code}'"]


def test_an_unsupported_character_set_is_46_in_version_4():
    lines = acknowledged(findings=[finding("charset-unsupported", "UNB01-1")], syntax="4")
    assert lines == [f"{UCI}+4+46+UNB+2:1'"]


def test_a_rejected_message_leaves_its_neighbours_acknowledged():
    bad = finding("code-invalid", "BGM01-1", 2)
    lines = acknowledged(
        messages(message(reference="ME1"), message(bad, reference="ME2"), message(reference="ME3"))
    )
    assert lines == [
        f"{UCI}+7'",
        f"{UCM}+7'",
        "UCM+ME2+ORDERS:D:96A:UN:EAN008+4'",
        "UCS+2'",
        "UCD+12+2:1'",
        "UCM+ME3+ORDERS:D:96A:UN:EAN008+7'",
    ]


def test_element_faults_of_one_segment_share_one_ucs():
    assert message_lines(
        finding("code-invalid", "NAD01", 4),
        finding("segment-over-maximum", "NAD", 4),
        finding("element-too-long", "NAD02-1", 4),
    ) == [f"{UCM}+4'", "UCS+4+35'", "UCD+12+2'", "UCD+39+3:1'"]


def test_a_warning_is_acknowledged_and_named():
    repeated = finding("control-number-repeated", "UNH01", severity=Severity.WARNING)
    assert message_lines(repeated) == [f"{UCM}+7+26+UNH+2'"]


def test_groups_are_answered_one_by_one():
    wrong = finding("count-mismatch", "UNE01")
    lines = acknowledged(
        edifact_group(message(), reference="G1"),
        edifact_group(message(reference="ME2"), findings=[wrong], reference="G2"),
    )
    assert lines == [
        f"{UCI}+7'",
        "UCF+G1+ALPENMED:14+NORTHFIELD:14+7'",
        f"{UCM}+7'",
        "UCF+G2+ALPENMED:14+NORTHFIELD:14+4+29+UNE+2'",
    ]


def test_groups_and_bare_messages_do_not_mix():
    lines = acknowledged(messages(message()), edifact_group(message(reference="ME2")))
    assert lines == [f"{UCI}+4+30'"]


def test_acknowledgments_are_never_acknowledged():
    contrl = message(association=("CONTRL", "D", "3", "UN"))
    assert acknowledged(messages(contrl)) == []
    assert acknowledged(messages(contrl), complete=False) == []
    assert acknowledged(messages(contrl, message())) == [f"{UCI}+7'", f"{UCM}+7'"]


def test_an_interchange_without_a_reference_cannot_be_answered():
    assert acknowledged(messages(message()), reference="") == []


def test_what_the_header_left_empty_is_zero():
    bare = message(reference="", association=("ORDERS", "D", "96A"))
    assert acknowledged(messages(bare))[1] == "UCM+0+ORDERS:D:96A:0+7'"


def test_the_structure_has_room_for_999_segments_and_99_elements():
    crowd = [finding("segment-unknown", "QQQ", n) for n in range(2, 1500)]
    assert sum(line.startswith("UCS") for line in message_lines(*crowd)) == 999
    wide = [finding("element-invalid", f"IMD03-{n}", 2) for n in range(1, 150)]
    assert sum(line.startswith("UCD") for line in message_lines(*wide)) == 99


@pytest.mark.parametrize(
    "syntax, parts",
    [
        ("1", "CONTRL:D:3:UN"),
        ("2", "CONTRL:D:3:UN"),
        ("3", "CONTRL:D:3:UN"),
        ("4", "CONTRL:4:1:UN"),
    ],
)
def test_the_message_type_follows_the_syntax_version(syntax, parts):
    header = edifact_interchange(syntax=syntax).header
    assert ":".join(contrl_type(header)) == parts
