"""Segments against their definitions: every finding with its exact position."""

from __future__ import annotations

import pytest
from guide_wire import EDIFACT
from guide_wire import X12
from guide_wire import check_line
from guide_wire import dictionary
from guide_wire import findings_of
from guide_wire import guide
from guide_wire import segments
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.finding import Severity
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Segment
from gateway.edi.sentences import sentence
from gateway.guide.check import check
from gateway.guide.check import check_segment
from gateway.guide.match import match

ORDER = """
    ST*850*0001
    BEG*00*SA*PO-4711**20260915
    PER*BD*A. Buyer*TE*5550100
    N1*ST*Northfield Hospitals*92*DOCK4
    PO1*1*10*CS*4.25**VP*NG-100
    CTT*1
    SE*7*0001
"""
ORDERS = """
    UNH+1+ORDERS:D:96A:UN:EAN008
    BGM+220+PO-4711+9
    DTM+137:20260915:102
    NAD+BY+4012345000009::9
    LIN+1++4000000000017:EN
    QTY+21:10
    PRI+AAA:4.25
    UNS+S
    CNT+2:1
    UNT+10+1
"""


def test_a_right_order_has_no_findings():
    assert findings_of("850", ORDER) == []
    assert findings_of("ORDERS", ORDERS) == []


@pytest.mark.parametrize(
    "line, findings",
    [
        ("BEG*00**PO1**20260915", ["BEG02 element-missing"]),
        ("BEG*00*SA*PO1", ["BEG05 element-missing"]),
        ("BEG*00*ZZZ*PO1**20260915", ["BEG02 element-too-long"]),
        ("BEG*00*QQ*PO1**20260915", ["BEG02 code-invalid"]),
        ("BEG*00*SA*PO1**20260231", ["BEG05 date-invalid"]),
        ("GS*PO*US*THEM*20260915*9999*1*X*004010", ["GS05 time-invalid"]),
        ("PO1*1*ten*CS", ["PO102 element-invalid"]),
        ("BEG*00*SA*PO1**20260915********X", ["BEG13 too-many-elements"]),
        ("BEG*00*SA*PO>1**20260915", ["BEG03-2 too-many-components"]),
        ("BEG*00*SA*PO1**20260915*", ["BEG06 trailing-separator"]),
        ("BEG*00*SA*PO1>**20260915", ["BEG03-2 trailing-separator"]),
        ("BEG***", ["BEG segment-empty"]),
        ("PO1*1**CS*2", ["PO102 condition-missing"]),
        ("PO1*1*10*CS***VP", ["PO107 condition-missing"]),
        ("REF*DP", ["REF02 condition-missing"]),
        ("QTY*01", ["QTY02 condition-missing"]),
        ("QTY*01*5**ONE", ["QTY04 condition-excluded"]),
        ("ITD*01*3*2", ["ITD04 condition-missing"]),
        ("REF*DP*1**DP", ["REF04-2 element-missing"]),
        ("REF*DP*1**DP>1>DP", ["REF04-4 condition-missing"]),
        ("DTM+137:20260931:102", ["DTM01-2 date-invalid"]),
        ("DTM+137:soon:ZZZ", ["DTM01-3 code-invalid"]),
        ("DTM+:20260915:102", ["DTM01-1 element-missing"]),
        ("DTM+QQQ:20260915:102", ["DTM01-1 code-invalid"]),
        ("DTM+137:20260915:102:X", ["DTM01-4 too-many-components"]),
        ("QTY+21:ten", ["QTY01-2 element-invalid"]),
        ("BGM+220+1:2+9", ["BGM02-2 too-many-components"]),
        ("NAD+QQQ", ["NAD01 code-invalid"]),
        ("NAD+BY+:160:9", ["NAD02-1 element-missing"]),
        ("NAD+BY+1+++++", ["NAD07 trailing-separator"]),
    ],
)
def test_a_fault_is_found_where_it_is(line, findings):
    assert [f"{f.position.reference} {f.code}" for f in check_line(line)] == findings


def test_a_trailing_separator_is_only_a_note():
    (finding,) = check_line("REF*DP*1*")
    assert finding.severity is Severity.NOTE


def test_a_finding_has_position_value_and_words():
    tree, _ = match(guide("850"), segments(ORDER.replace("*CS*", "*Crate*")))
    (finding,) = check(guide("850"), tree, X12, "ascii")
    position = finding.position
    assert (position.segment, position.tag, position.element, position.component) == (
        5,
        "PO1",
        3,
        None,
    )
    assert position.offset == "".join(ORDER.split("\n    ")).index("CS*4.25") + 4
    assert finding.value == "Crate"
    assert finding.detail == {
        "expected": "2",
        "element_id": "355",
        "name": "Unit or Basis for Measurement Code",
        "loop": "PO1",
    }


def test_a_long_value_is_cut():
    (finding,) = check_line(f"REF*DP*{'x' * 300}")
    assert finding.value == "x" * 99


def test_a_missing_element_stands_at_the_end_of_what_is_there():
    (finding,) = check_line("BEG*00*SA*PO1")
    assert finding.position.offset == len("BEG*00*SA*PO1")


def test_findings_come_in_the_order_of_the_wire():
    references = [f.position.reference for f in check_line("BEG*0*SA**X*2026*")]
    assert references == ["BEG01", "BEG03", "BEG05", "BEG06"]


def test_a_note_names_what_it_asks_for():
    (finding,) = check_line("PO1*1*10*CS***VP")
    assert finding.detail["expected"] == "P0607"


def test_a_short_code_list_is_told():
    (finding,) = check_line("HL*1**S*7")
    assert finding.detail["expected"] == "0, 1"


@pytest.mark.parametrize(
    "line, severity",
    [
        ("BGM+352+1+9", Severity.WARNING),
        ("BGM+50E::9+1+9", None),
        ("LIN+1++4000000000017:SRV", Severity.WARNING),
        ("FTX+ZZZ+1+001::AA", Severity.WARNING),
        ("NAD+QQQ", Severity.ERROR),
    ],
)
def test_a_code_that_another_list_may_hold_never_rejects(line, severity):
    assert [f.severity for f in check_line(line)] == ([severity] if severity else [])


def test_a_repetition_is_one_too_many_where_an_element_stands_once():
    delimiters = Delimiters("~", "*", ">", repetition="^")
    segment = Segment("REF", ["DP", [["1"], ["2"]]], 0, "REF*DP*1^2")
    definition = dictionary("004010").segment("REF")
    (finding,) = check_segment(
        definition, segment, ordinal=3, delimiters=delimiters, charset="ascii"
    )
    assert (finding.code, finding.value) == ("too-many-repetitions", "2")
    assert (finding.position.element, finding.position.repetition) == (2, 2)
    assert finding.position.offset == 9


@pytest.mark.parametrize(
    "levels, reference, at, severity",
    [
        ("HL*1**S HL*2*9*O", "HL02", "9*O", Severity.ERROR),
        ("HL*1**S HL*1*1*O", "HL01", "1*1*O", Severity.ERROR),
        ("HL*1**S HL*2*3*O HL*3*2*I", "HL02", "3*O", Severity.ERROR),
        ("HL*1**S HL*3*2*I HL*2*1*O", "HL02", "2*I", Severity.WARNING),
    ],
)
def test_a_level_without_its_parent_is_found_where_it_names_it(levels, reference, at, severity):
    lines = ["ST*856*0001", "BSN*00*1*20260915*1030", *levels.split()]
    tree, _ = match(guide("856"), segments("\n".join(lines)))
    found = [one for one in check(guide("856"), tree, X12, "ascii") if "hierarchy" in one.code]
    assert (found[0].position.reference, found[0].severity) == (reference, severity)
    assert found[0].position.offset == "\n".join(lines).index(at)


def test_an_envelope_segment_is_checked_without_a_set():
    (segment,) = segments("UNB+UNOA:3+A+B+2609:1200+1", EDIFACT)
    definition = dictionary("D3").segment("UNB")
    (finding,) = check_segment(
        definition, segment, ordinal=None, delimiters=EDIFACT, charset="ascii"
    )
    assert (finding.position.reference, finding.code) == ("UNB04-1", "element-too-short")
    assert finding.position.segment is None


parts = st.text(alphabet="A1 .-é\x00", max_size=12)
element = st.one_of(
    parts,
    st.lists(parts, min_size=1, max_size=4),
    st.lists(st.lists(parts, min_size=1, max_size=4), min_size=1, max_size=3),
)


@given(
    st.sampled_from(["BEG", "PO1", "REF", "SDQ", "QTY", "MEA"]),
    st.lists(element, max_size=30),
)
def test_no_segment_makes_the_check_fall_over(tag, elements):
    definition = dictionary("004010").segment(tag)
    segment = Segment(tag, elements, 0, tag)
    for finding in check_segment(definition, segment, ordinal=1, delimiters=X12, charset="x12"):
        assert finding.position.reference.startswith(tag)


@pytest.mark.parametrize(
    "line, wanted",
    [
        ("BEG*00*SA*PO1**20260231", "Send a date of the calendar as CCYYMMDD."),
        ("TDS*555.75", "Send a whole number of hundredths, without a decimal point."),
        ("DTM+2:20260231:102", "Send CCYYMMDD, format 102."),
        ("DTM+2:2026:203", "Send CCYYMMDDHHMM, format 203."),
        ("DTM+2:202655:616", "Send CCYYWW, format 616."),
    ],
)
def test_a_wrong_value_is_told_with_what_to_send(line: str, wanted: str):
    [finding] = check_line(line)
    assert sentence(finding).endswith(wanted)
