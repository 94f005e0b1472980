"""Partner overlays: rules changed, inserted and dropped, tables and the guide narrowed."""

from __future__ import annotations

import re

import pytest
from mapping_desk import Desk
from mapping_desk import to_segments
from mapping_desk import to_text

from gateway.edi.finding import DefinitionError
from gateway.guide.check import check
from gateway.guide.match import match
from gateway.mapping import load_map

BASE = """\
- {seg: BEG, BEG02: type | code(type), BEG03: id}
- {seg: REF, where: {REF01: DP}, REF02: department}
- {seg: REF, each: references, REF01: scheme, REF02: value}
- loop: PO1
  each: lines
  PO101: id
  PO105: price.basis
  inside:
  - {loop: PID, PID05: text}
"""
TABLES = "{type: {NE: new}, price: {CT: contract}}"


@pytest.fixture
def base(desk: Desk) -> Desk:
    desk.load(BASE, TABLES)
    return desk


def test_a_change_merges_keys_into_a_rule(base: Desk) -> None:
    trial = base.load_overlay("change: {PO1: {PO105: price.type | code(price), PO102: count}}")
    document = {"lines": [{"id": "1", "count": "4", "price": {"type": "contract"}}]}
    assert trial.write(document) == "PO1*1*4***CT"
    assert trial.read("PO1*1*4***CT").document == document


def test_changed_rows_keep_what_is_not_named(desk: Desk) -> None:
    desk.load(
        "- loop: PO1\n  each: lines\n"
        "  rows: {over: PO106..PO125, width: 2, into: ids, 1: scheme, 2: value}"
    )
    trial = desk.load_overlay("change: {PO1: {rows: {order: [VC]}}}")
    ids = [{"scheme": "IN", "value": "7"}, {"scheme": "VC", "value": "D4"}]
    assert trial.write({"lines": [{"ids": ids}]}) == "PO1******VC*D4*IN*7"
    trial = desk.load_overlay("change: {PO1: {rows: {over: PO107, into: ids}}}")
    assert trial.write({"lines": [{"ids": ["7"]}]}) == "PO1*******7"


def test_rules_are_inserted_before_after_and_inside(base: Desk) -> None:
    trial = base.load_overlay(
        "insert:\n"
        "- {after: REF(DP), rules: [{seg: REF, where: {REF01: ZZ, REF03: CASE}, REF02: case}]}\n"
        "- {before: PO1, rules: [{loop: N1, each: parties, N102: name}]}\n"
        "- {inside: PO1, rules: [{seg: PO4, PO401: pack}]}\n"
        "- {inside: PO1/PID, rules: [{seg: MEA, MEA03: length}]}"
    )
    body = "REF*ZZ*7*CASE~N1**Dr. Vale~PO1*1~PID*****Gloves~MEA***4~PO4*12"
    reading = trial.read(body)
    assert reading.document == {
        "case": "7",
        "parties": [{"name": "Dr. Vale"}],
        "lines": [{"id": "1", "text": "Gloves", "length": "4", "pack": "12"}],
    }
    assert trial.write(reading.document) == body


def test_rules_and_bindings_are_dropped_with_a_reason(base: Desk) -> None:
    trial = base.load_overlay(
        'drop: {"REF(DP)": they have no departments, PO1.PO105: prices are by contract}'
    )
    reading = trial.read("REF*DP*7~PO1*1****CT")
    assert reading.document["references"] == [{"scheme": "DP", "value": "7"}]
    assert [u.position.reference for u in reading.unclaimed] == ["PO105"]


def test_table_rows_are_added_and_overridden(base: Desk) -> None:
    trial = base.load_overlay("tables: {type: {NE: stand_alone, XX: emergency}}")
    assert trial.read("BEG**NE*1").document["type"] == "stand_alone"
    assert trial.read("BEG**XX*1").document["type"] == "emergency"


def test_the_guide_is_narrowed(base: Desk) -> None:
    trial = base.load_overlay(
        "require: [CUR, PO1/PO107]\nforbid: [FOB]\ncodes: {BEG02: [NE]}\n"
        "max_length: {PO1/PO107: 14}"
    )
    narrowing = trial.map.guide.narrowing
    assert narrowing.require == {"CUR", "PO1/PO107"}
    assert narrowing.max_length == {"PO1/PO107": 14}
    assert narrowing.codes == {"BEG02": {"NE"}}


@pytest.mark.parametrize(
    ("overlay", "fault"),
    [
        ("chnge: {}", "2: unknown key 'chnge' (did you mean change?)"),
        ("change: {POI: {PO101: x}}", "2: the base map has no rule 'POI' (did you mean PO1?)"),
        ("change: {PO1: {PO105: ''}}", "2: PO1.PO105 is removed under drop, with a reason"),
        ("change: {PO1: {loop: N1}}", "2: loop is not changed; drop the rule and insert another"),
        ("drop: {REF: ''}", "2: drop REF: a reason is needed"),
        ("drop: {REF.REF09: gone}", "2: the base map has no rule 'REF.REF09'"),
        ("insert: [{rules: []}]", "2: insert takes rules and one of before, after and inside"),
        ("insert: [{after: X, rules: [{seg: FOB, FOB01: f}]}]", "2: the base map has no rule 'X'"),
        ("require:\n- CUR\n- CUB", "4: require: CUB: the set has no such place"),
        ("max_length:\n  BEG03: long", "3: max_length is a number of characters"),
        ("codes:\n  ZZZ02: [NE]", "3: codes: ZZZ02: the set has no such place"),
        (
            "change: {PO1: {PO105: price.type | code(prise)}}",
            "2: no code table 'prise' (did you mean",
        ),
    ],
)
def test_a_fault_of_an_overlay_is_named_with_its_line(base: Desk, overlay: str, fault: str) -> None:
    found = base.overlay_faults(overlay)
    assert any(text.startswith(fault) for text in found), found


def test_a_fault_between_overlay_and_base_map_names_both_files(base: Desk) -> None:
    overlay = "insert: [{after: REF, rules: [{seg: FOB, FOB01: id}]}]"
    [fault] = base.overlay_faults(overlay)
    assert re.match(r"2: id is already bound by BEG \(\S+/850\.yaml:\d+\); ", fault)


def test_an_overlay_names_its_base_map(base: Desk) -> None:
    for overlay, fault in (
        ("overlay: x12/004010/855", "1: overlay is x12/004010/850 by where the file stands"),
        ("require: [CUR]", "1: an overlay names its base map: overlay: x12/004010/850"),
    ):
        path = base.write("other", overlay)
        with pytest.raises(DefinitionError, match=fault):
            load_map(base.root, "x12", "004010", "850", path)


def test_what_a_narrowed_map_emits_is_checked_by_its_guide(base: Desk) -> None:
    trial = base.load_overlay("codes: {BEG02: [SA]}")
    body = to_text(trial.emit({"type": "new", "id": "1"}), trial.delimiters)
    segments = to_segments(f"ST*850*0001~{body}~SE*3*0001", trial.delimiters)
    tree, _ = match(trial.map.guide, segments)
    findings = check(trial.map.guide, tree, trial.delimiters, "utf-8")
    assert "BEG02" in {finding.position.reference for finding in findings}


def test_a_table_that_no_rule_uses_is_refused_with_a_suggestion(base: Desk) -> None:
    change = "change: {PO1: {PO105: price.type | code(price)}}\n"
    assert base.overlay_faults(change + "tables: {prise: {QT: quote}}") == [
        "3: no rule uses a code table 'prise' (did you mean price?)"
    ]
    [unused] = base.overlay_faults("tables: {price: {QT: quote}}")
    assert unused == "2: no rule uses a code table 'price'"
