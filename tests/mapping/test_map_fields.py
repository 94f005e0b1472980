"""A map that reads into no field of the document, or counts what is not there, says so at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.edi.finding import DefinitionError
from gateway.engine.definitions import packaged_maps
from gateway.mapping import load_map

X12 = "x12/004010/850"
NOTICE = "x12/004010/856"
DESADV = "edifact/D96A/DESADV"


def faults_of(folder: Path, base: str, text: str) -> list[str]:
    """What is wrong with an overlay, from its third line on, without the file."""
    overlay = folder / "overlay.yaml"
    overlay.write_text(f"overlay: {base}\n{text}\n")
    try:
        assert load_map(packaged_maps(), *base.split("/"), overlay=overlay) is not None
    except DefinitionError as error:
        return [fault.removeprefix(f"{overlay}:") for fault in error.faults]
    return []


REF = "insert: [{before: REF, rules: [{seg: REF, where: {REF01: ZZ}, "
RIGHT = [
    REF + "REF02: procedure.case_number}]}]",
    REF + "each: references, set: {scheme: case}, REF02: value}]}]",
    "change: {PO1: {PO101: 'item.ids[].value', set: {'item.ids[].scheme': own_line}}}",
]


@pytest.mark.parametrize("text", RIGHT)
def test_fields_of_the_document_are_found(tmp_path: Path, text: str) -> None:
    assert faults_of(tmp_path, X12, text) == []


WRONG = [
    (REF + "REF02: procedure.case}]}]", "purchase_order has no field procedure.case"),
    (REF + "REF02: id.value}]}]", "purchase_order has no field id.value"),
    (
        REF + "each: refrences, REF02: value}]}]",
        "purchase_order has no field refrences (did you mean references?)",
    ),
    (
        REF + "each: references, set: {schem: case}, REF02: value}]}]",
        "purchase_order has no field references.schem (did you mean scheme?)",
    ),
    ("change: {PO1: {PO101: number}}", "purchase_order has no field lines.number"),
    (
        "change: {N1/N3: {rows: {over: N301..N302, into: address.line}}}",
        "purchase_order has no field parties.address.line (did you mean lines?)",
    ),
    (
        "change: {PO1: {rows: {over: PO106..PO125, width: 2, into: item.ids, 1: kind, 2: value}}}",
        "purchase_order has no field lines.item.ids.kind",
    ),
    (
        "change: {CTT: {CTT01: ':= count(line)'}}",
        "no rule of the map has line (did you mean lines?)",
    ),
    (
        "change: {CTT: {CTT02: '?= sum(lines.quantity.amount)'}}",
        "no rule of the map has lines.quantity.amount (did you mean unit?)",
    ),
]


@pytest.mark.parametrize(("text", "fault"), WRONG)
def test_what_is_no_field_is_told_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    assert f"2: {fault}" in faults_of(tmp_path, X12, text)


@pytest.mark.parametrize(
    ("base", "text", "fault"),
    [
        (NOTICE, "change: {HL(I)/SN1: {SN101: line_number}}", "line_number"),
        (NOTICE, "change: {HL(P)/MAN(GM): {MAN02: sscc code | sscc}}", "code"),
        (NOTICE, "change: {HL(I)/REF(LT): {REF02: lot.id}}", "lot.id"),
        (DESADV, "change: {'CPS/LIN/PIA(1,NB)': {PIA02-1: lot.no}}", "lines.lot.no"),
    ],
)
def test_what_is_no_field_of_a_level_is_told(
    tmp_path: Path, base: str, text: str, fault: str
) -> None:
    assert f"2: ship_notice has no field {fault}" in " ".join(faults_of(tmp_path, base, text))


def test_lines_are_not_counted_while_they_are_levels(tmp_path: Path) -> None:
    """It would count none, and CTT would not be written."""
    told = faults_of(tmp_path, NOTICE, "change: {CTT: {CTT01: ':= count(lines)'}}")
    assert told == ["2: no rule of the map has lines"]


def test_options_of_levels_are_changed_by_their_tag(tmp_path: Path) -> None:
    assert faults_of(tmp_path, NOTICE, "change: {HL: {lots: in_ids, children: all}}") == []
    assert faults_of(tmp_path, DESADV, "change: {CPS: {lots: in_ids}}") == []
    (told,) = faults_of(tmp_path, NOTICE, "change: {HL: {layuot: [S, I]}}")
    assert told == "2: unknown key 'layuot' (did you mean layout?)"
    assert faults_of(tmp_path, DESADV, "change: {CPS: {lots: marked}}") == []
    (told,) = faults_of(tmp_path, DESADV, "change: {CPS: {lots: inside}}")
    assert told == "2: lots is one of apart, in_ids, marked (did you mean in_ids?)"
    (told,) = faults_of(tmp_path, NOTICE, "change: {HL: {lots: marked}}")
    assert told == "2: lots is one of apart, in_ids"
