"""What holds for every acknowledgment: its counts are right, it fits the structure, and reading it
gives our verdicts back."""

import re

from ack_samples import as_segments
from ack_samples import edifact_group
from ack_samples import edifact_interchange
from ack_samples import finding
from ack_samples import messages
from ack_samples import purchase_order
from ack_samples import x12_group
from ack_samples import x12_interchange
from hypothesis import given
from hypothesis import strategies as st

from gateway.ack.edifact import acknowledge_edifact
from gateway.ack.read_edifact import read_contrl
from gateway.ack.read_x12 import read_997
from gateway.ack.report import SetReport
from gateway.ack.report import Verdict
from gateway.ack.x12 import acknowledge_x12
from gateway.ack.x12 import interchange_note
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity

small = st.none() | st.integers(1, 120)
positions = st.builds(
    Position,
    segment=small,
    tag=st.none() | st.sampled_from(["ST", "SE", "UNH", "UNT", "BEG", "NAD", "QQQQQ", ""]),
    element=small,
    component=small,
    repetition=small,
)
findings = st.builds(
    Finding,
    code=st.sampled_from(Code),
    severity=st.sampled_from(Severity),
    position=positions,
    value=st.none() | st.text(max_size=120),
    detail=st.dictionaries(
        st.sampled_from(["element_id", "loop", "expected"]), st.text(max_size=9)
    ),
)
lists = st.lists(findings, max_size=4).map(tuple)
sets = st.lists(lists, max_size=4)
warnings = st.lists(st.just(finding("level-empty", "GE", severity=Severity.WARNING)), max_size=1)
errors = st.lists(st.just(finding("count-mismatch", "GE01")), max_size=1)


def covered(answers, reference):
    """The verdict on one set: its own answer, else that of the innermost level."""
    own = [answer for answer in answers if answer.set == reference]
    return (own or [answer for answer in answers if answer.set is None])[0].verdict


@given(sets, warnings, errors)
def test_the_counts_of_ak9_agree_with_its_sets(faults, noted, wrong):
    members = [purchase_order(*fault, reference=f"{n:04}") for n, fault in enumerate(faults)]
    report = x12_interchange(x12_group(*members, findings=[*noted, *wrong]))
    body = acknowledge_x12(report, 0)
    statuses = [elements[0] for tag, elements in body if tag == "AK5"]
    status, claimed, received, accepted, *codes = body[-1][1]
    clean = sum(member.verdict is not Verdict.REJECTED for member in members)
    assert int(claimed) == int(received) == len(members)
    assert int(accepted) == (0 if wrong else clean)
    assert len(codes) <= 5
    assert (status == "R") == bool(wrong or (members and not clean))
    assert (status == "P") == (not wrong and 0 < clean < len(members))
    assert wrong or [entry != "R" for entry in statuses] == [
        member.verdict is not Verdict.REJECTED for member in members
    ]


@given(sets, errors)
def test_reading_our_997_gives_our_verdicts_back(faults, wrong):
    members = [purchase_order(*fault, reference=f"{n:04}") for n, fault in enumerate(faults)]
    report = x12_interchange(x12_group(*members, findings=wrong))
    answers = read_997(as_segments(acknowledge_x12(report, 0)))
    for member in members:
        expected = Verdict.REJECTED if wrong else member.verdict
        assert covered(answers, member.reference) == expected


@given(lists)
def test_a_997_fits_its_structure_and_lengths(faults):
    body = acknowledge_x12(x12_interchange(x12_group(purchase_order(*faults))), 0)
    tags = " ".join(tag for tag, _ in body)
    assert re.fullmatch(r"AK1( AK2( AK3( AK4){0,99})* AK5)* AK9", tags)
    for tag, elements in body:
        assert elements[-1] != ""
        if tag == "AK3":
            assert re.fullmatch(r"[A-Z0-9]{2,3}", elements[0])
            assert elements[3] in "12345678"
            assert len(elements[2]) <= 6
        if tag == "AK4":
            position = elements[0] if isinstance(elements[0], list) else [elements[0]]
            assert all(re.fullmatch(r"\d{1,2}", part) for part in position)
            assert elements[2] in {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}
        if tag == "AK5":
            assert len(elements) <= 6
            assert elements[0] == "A" or len(elements) > 1


@given(lists, st.booleans())
def test_a_ta1_rejects_where_the_interchange_is_rejected(faults, asked):
    report = x12_interchange(findings=faults, ack_requested=asked)
    note = interchange_note(report)
    assert (note is not None) == (asked or report.rejected)
    if note:
        assert (note[1][3] == "R") == report.rejected
        assert re.fullmatch(r"0[0-3]\d", note[1][4])
        assert (note[1][4] == "000") == (note[1][3] == "A")


@given(sets, lists, st.sampled_from("34"), st.booleans(), errors)
def test_reading_our_contrl_gives_our_verdicts_back(faults, outer, syntax, grouped, wrong):
    members = [
        SetReport("ORDERS", f"ME{n}", ("ORDERS", "D", "96A", "UN"), fault)
        for n, fault in enumerate(faults)
    ]
    group = edifact_group(*members, findings=wrong) if grouped else messages(*members)
    report = edifact_interchange(group, findings=outer, syntax=syntax)
    answers = read_contrl(as_segments(acknowledge_edifact(report)))
    fallen = report.rejected or group.rejected
    for member in members:
        assert covered(answers, member.reference) == (
            Verdict.REJECTED if fallen else member.verdict
        )


@given(sets, st.sampled_from("34"))
def test_a_contrl_fits_its_structure_and_names_a_code_for_each_rejection(faults, syntax):
    members = [
        SetReport("ORDERS", f"ME{n}", ("ORDERS", "D", "96A", "UN"), fault)
        for n, fault in enumerate(faults)
    ]
    body = acknowledge_edifact(edifact_interchange(messages(*members), syntax=syntax))
    tags = " ".join(tag for tag, _ in body)
    assert re.fullmatch(r"UCI( UCM( UCS( UCD){0,99}){0,999})*", tags)
    for (tag, elements), (following, _) in zip(body, [*body[1:], ("", [])], strict=True):
        if tag == "UCM" and elements[2] == "4":
            assert len(elements) > 3 or following == "UCS"
        if tag == "UCS":
            assert len(elements) == 2 or following == "UCD"
