"""What reading reports: unclaimed data, unfit values, totals that do not add up, origins."""

from __future__ import annotations

import pytest
from mapping_desk import Desk

from gateway.edi.finding import Code
from gateway.edi.finding import Severity
from gateway.mapping import Origin


def test_what_no_rule_claims_is_listed_with_its_exact_position(dictionaries: Desk) -> None:
    trial = dictionaries.load("- {seg: BEG, BEG03: id}")
    reading = trial.read("BEG*00*NE*A1~FOB*PP*OR*Dock")
    assert [(u.position.reference, u.value) for u in reading.unclaimed] == [
        ("BEG01", "00"),
        ("BEG02", "NE"),
        ("FOB01", "PP"),
        ("FOB02", "OR"),
        ("FOB03", "Dock"),
    ]
    last = reading.unclaimed[-1].position
    assert (last.segment, last.tag, last.element, last.offset) == (3, "FOB", 3, 26)
    assert (reading.claimed, reading.total) == (1, 6)


def test_unclaimed_components_are_named_in_the_composite(dictionaries: Desk) -> None:
    trial = dictionaries.load("- {seg: BGM, BGM01-1: type}", name="edifact/D96A/ORDERS")
    (unclaimed,) = trial.read("BGM+220::9").unclaimed
    assert (unclaimed.position.reference, unclaimed.position.offset) == ("BGM01-3", 13)


def test_a_loop_without_a_rule_is_unclaimed_to_its_last_segment(dictionaries: Desk) -> None:
    reading = dictionaries.load("- {seg: BEG, BEG03: id}").read("N1*ST*Dock~N4*Northfield")
    assert [u.position.tag for u in reading.unclaimed] == ["N1", "N1", "N4"]


def test_without_each_a_second_occurrence_is_unclaimed(dictionaries: Desk) -> None:
    trial = dictionaries.load("- {seg: REF, where: {REF01: DP}, REF02: department}")
    reading = trial.read("REF*DP*1~REF*DP*2")
    assert reading.document == {"department": "1"}
    assert [u.value for u in reading.unclaimed] == ["DP", "2"]


def test_a_segment_that_carries_nothing_is_not_claimed_by_its_where(dictionaries: Desk) -> None:
    trial = dictionaries.load("- {seg: REF, where: {REF01: DP}, REF02: department}")
    assert trial.read("REF*DP").claimed == 0


def test_a_constant_that_differs_is_unclaimed(dictionaries: Desk) -> None:
    trial = dictionaries.load('- {seg: CUR, CUR01: "= BY", CUR02: currency}')
    reading = trial.read("CUR*SE*USD")
    assert reading.document == {"currency": "USD"}
    assert [u.value for u in reading.unclaimed] == ["SE"]


def test_a_second_row_of_the_same_key_is_unclaimed(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- {seg: PER, each: contacts, rows: {over: PER03..PER08, width: 2, keyed: by}}",
        "{by: {TE: phone}}",
    )
    reading = trial.read("PER***TE*1*TE*2*FX*3")
    assert reading.document == {"contacts": [{"phone": "1"}]}
    assert [u.value for u in reading.unclaimed] == ["TE", "2", "FX", "3"]


def test_repetitions_after_the_first_are_unclaimed(dictionaries: Desk) -> None:
    from gateway.edi.segment import Segment
    from gateway.guide.match import match
    from gateway.mapping import read

    trial = dictionaries.load("- {seg: BEG, BEG03: id}")
    segment = Segment("BEG", ["", "", [["A"], ["B"]]], 0, "BEG***A^B")
    tree, _ = match(trial.map.guide, [Segment("ST", []), segment, Segment("SE", [])])
    (unclaimed,) = read(trial.map, tree, trial.delimiters).unclaimed
    assert (unclaimed.value, unclaimed.position.repetition) == ("B", 2)


def test_a_value_outside_its_codec_is_a_warning_and_unclaimed(dictionaries: Desk) -> None:
    trial = dictionaries.load("- {seg: BEG, BEG03: id, BEG05: issue_date | date}")
    reading = trial.read("BEG***A1**20260231")
    (finding,) = reading.findings
    assert (finding.code, finding.severity) == (Code.DATE_INVALID, Severity.WARNING)
    assert (finding.position.reference, finding.position.offset) == ("BEG05", 13)
    assert (finding.value, finding.detail["path"]) == ("20260231", "issue_date")
    assert [u.value for u in reading.unclaimed] == ["20260231"]


def test_a_total_that_does_not_add_up_is_a_warning(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- {loop: PO1, each: lines, PO101: id, PO102: quantity | decimal}\n"
        '- {loop: CTT, CTT01: ":= count(lines)", CTT02: "?= sum(lines.quantity)"}'
    )
    reading = trial.read("PO1*1*4.5~PO1*2*6~CTT*3*10.50")
    (finding,) = reading.findings
    assert (finding.code, finding.severity) == (Code.TOTAL_MISMATCH, Severity.WARNING)
    assert finding.position.reference == "CTT01"
    assert (finding.detail["expected"], finding.detail["received"]) == ("2", "3")
    assert reading.unclaimed == []


@pytest.mark.parametrize("received, told", [("2", False), ("5", False), ("3", True)])
def test_a_total_that_partners_make_in_two_ways_is_remembered(
    dictionaries: Desk, received: str, told: bool
) -> None:
    trial = dictionaries.load(
        "- {loop: PO1, each: lines, PO101: id, PO102: quantity | decimal}\n"
        '- {loop: CTT, CTT01: ":= count(lines) or sum(lines.quantity)"}'
    )
    body = f"PO1*1*4~PO1*2*1~CTT*{received}"
    reading = trial.read(body)
    assert [one.detail["expected"] for one in reading.findings] == ["2"] * told
    assert (trial.rewrite(body) == body) is not told
    assert trial.write(reading.document).endswith("~CTT*2")


def test_totals_reach_into_nested_lists(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- loop: PO1\n  each: lines\n  inside:\n  - loop: SCH\n    each: schedule\n"
        '    SCH01: quantity | decimal\n- {loop: CTT, CTT02: "?= sum(lines.schedule.quantity)"}'
    )
    assert trial.read("PO1~SCH*4~SCH*5~PO1~SCH*1~CTT**10").findings == []


def test_a_traced_reading_tells_where_each_value_came_from(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- loop: PO1\n  each: lines\n  PO101: id\n"
        "  rows: {over: PO106..PO109, width: 2, into: item.ids, 1: scheme, 2: value}"
    )
    reading = trial.read("PO1*1*****VN*A7", trace=True)
    assert reading.origins == [
        Origin("lines[0].id", "1", "PO101", "PO1", 2, 7),
        Origin("lines[0].item.ids[0].scheme", "VN", "PO106", "PO1", 2, 13),
        Origin("lines[0].item.ids[0].value", "A7", "PO107", "PO1", 2, 16),
    ]


def test_a_rule_that_sets_what_contradicts_the_scope_claims_nothing(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- {seg: CSH, where: {CSH01: SC}, set: {ship: complete}}\n"
        "- {seg: CSH, where: {CSH01: N}, set: {ship: anyhow}}"
    )
    reading = trial.read("CSH*SC~CSH*N")
    assert reading.document == {"ship": "complete"}
    assert [u.value for u in reading.unclaimed] == ["N"]


def test_empty_lines_inside_a_text_are_kept(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- {seg: FTX, each: notes, FTX01: type, rows: {over: FTX04-1..FTX04-5, text: text}}",
        name="edifact/D96A/ORDERS",
    )
    body = "FTX+DIN+++one::three"
    assert trial.read(body).document == {"notes": [{"type": "DIN", "text": "one\n\nthree"}]}
    assert trial.rewrite(body) == body
