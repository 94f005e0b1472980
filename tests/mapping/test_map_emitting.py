"""What emitting refuses, and the form it keeps."""

from __future__ import annotations

from typing import Any

import pytest
from mapping_desk import Desk
from mapping_desk import to_text

from gateway.edi.finding import Code
from gateway.edi.segment import Delimiters
from gateway.mapping import Emission
from gateway.mapping import emit

LINES = "- {loop: PO1, each: lines, PO101: id, PO102: quantity | decimal}"
REFERENCES = "- {seg: REF, each: references, REF01: scheme, REF02: value}"


def faults(emission: Emission) -> list[tuple[Code, str, str | None]]:
    return [(f.code, f.detail["path"], f.value) for f in emission.findings]


def test_a_value_without_a_home_is_not_carried(dictionaries: Desk) -> None:
    emission = dictionaries.load(LINES).emit({"lines": [{"id": "1", "colour": "blue"}]})
    assert faults(emission) == [(Code.NOT_CARRIED, "lines[0].colour", "blue")]


@pytest.mark.parametrize(
    ("document", "path", "value"),
    [
        ({"lines": [{"quantity": "many"}]}, "lines[0].quantity", "many"),
        ({"lines": [{"quantity": 4}]}, "lines[0].quantity", "4"),
        ({"lines": [{"id": "a*b"}]}, "lines[0].id", "a*b"),
        ({"lines": [{"id": "a\nb"}]}, "lines[0].id", "a\nb"),
    ],
)
def test_a_value_that_cannot_be_written_is_named(
    dictionaries: Desk, document: dict[str, Any], path: str, value: str
) -> None:
    assert faults(dictionaries.load(LINES).emit(document)) == [(Code.VALUE_UNWRITABLE, path, value)]


def test_a_word_without_a_code_cannot_be_written(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- {seg: BEG, BEG02: type | code(type)}", "{type: {NE: new, RE: reorder (read)}}"
    )
    assert trial.read("BEG**RE").document == {"type": "reorder"}
    for word in ("reorder", "odd"):
        assert faults(trial.emit({"type": word})) == [(Code.VALUE_UNWRITABLE, "type", word)]


def test_more_decimals_than_the_type_holds_cannot_be_written(dictionaries: Desk) -> None:
    trial = dictionaries.load("- {loop: SAC, each: charges, SAC05: amount | decimal}")
    assert trial.write({"charges": [{"amount": "12.500"}]}) == "SAC*****1250"
    assert faults(trial.emit({"charges": [{"amount": "12.505"}]})) == [
        (Code.VALUE_UNWRITABLE, "charges[0].amount", "12.505")
    ]


def test_a_release_character_makes_delimiters_writable(dictionaries: Desk) -> None:
    trial = dictionaries.load("- {seg: BGM, BGM02: id}", name="edifact/D96A/ORDERS")
    released = emit(trial.map, {"id": "a+b"}, None, Delimiters("'", "+", ":", release="?"))
    assert (released.segments, released.findings) == ([("BGM", ["", "a+b"])], [])


def test_the_decimal_mark_is_the_interchange_s(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- {seg: MOA, where: {MOA01-1: '86'}, MOA01-2: total | decimal}", name="edifact/D96A/ORDERS"
    )
    marked = emit(trial.map, {"total": "0.50"}, None, Delimiters("'", "+", ":", "", "?", ","))
    assert (marked.segments, marked.findings) == ([("MOA", [["86", "0,50"]])], [])


def test_what_a_specific_rule_claims_is_not_written_through_the_generic_one(
    dictionaries: Desk,
) -> None:
    trial = dictionaries.load("- {seg: REF, where: {REF01: DP}, REF02: department}\n" + REFERENCES)
    emission = trial.emit({"references": [{"scheme": "DP", "value": "7"}]})
    assert {code for code, _, _ in faults(emission)} == {Code.NOT_CARRIED}


def test_more_rows_than_one_occurrence_holds_are_not_carried(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- {loop: PO1, each: lines, rows: {over: PO106..PO109, width: 2, into: ids,"
        " 1: scheme, 2: value}}"
    )
    ids = [{"scheme": "VN", "value": str(n)} for n in range(3)]
    emission = trial.emit({"lines": [{"ids": ids}]})
    assert {path for _, path, _ in faults(emission)} == {
        "lines[0].ids[2].scheme",
        "lines[0].ids[2].value",
    }


def test_an_item_the_first_rule_cannot_write_goes_to_the_next(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- {seg: REF, where: {REF01: [IA, VR]}, each: references,"
        " REF01: scheme | code(ours), REF02: value}\n"
        "- {seg: REF, each: references, REF01: scheme, REF02: value}",
        "{ours: {IA: vendor_number}}",
    )
    references = [{"scheme": "vendor_number", "value": "1"}, {"scheme": "ZZ", "value": "2"}]
    assert trial.write({"references": references}) == "REF*IA*1~REF*ZZ*2"


def test_a_source_code_that_no_longer_fits_its_word_is_let_go(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        '- {loop: PO1, each: lines, PO103: "unit | code(unit, source)"}',
        "{unit: {EA: each, CA: case, CS: case (read)}}",
    )
    for source in ("x12:355:CS", "edifact:6411:CS"):
        line = {"unit": "each", "source": source}
        assert trial.write({"lines": [line]}) == "PO1***EA"


def test_nothing_to_say_writes_nothing(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        '- {seg: CUR, CUR01: "= BY", CUR02: currency}\n'
        + LINES
        + '\n- {loop: CTT, CTT01: ":= count(lines)"}'
    )
    assert trial.write({}) == ""
    assert trial.write({"lines": []}) == ""


def test_an_optional_total_is_written_only_where_it_was_received(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        LINES + '\n- {loop: CTT, CTT01: ":= count(lines)", CTT02: "?= sum(lines.quantity)"}'
    )
    document = {"lines": [{"id": "1", "quantity": "4"}]}
    assert trial.write(document) == "PO1*1*4~CTT*1"
    for received in ("PO1*1*4~CTT*1*4", "PO1*1*4~CTT*1", "PO1*1*4"):
        assert trial.rewrite(received) == received


def test_siblings_stand_as_received(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- {seg: REF, where: {REF01: DP}, REF02: department}\n"
        "- {seg: REF, where: {REF01: IA}, REF02: vendor_number}\n" + REFERENCES
    )
    received = "REF*ZZ*1~REF*IA*2~REF*DP*3~REF*CT*4"
    assert trial.rewrite(received) == received
    document = trial.read(received).document
    assert trial.write(document) == "REF*DP*3~REF*IA*2~REF*ZZ*1~REF*CT*4"


def test_slots_and_rows_of_each_segment_stand_as_received(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- loop: PO1\n  each: lines\n  PO101: id\n"
        "  rows: {over: PO106..PO125, width: 2, into: ids, 1: scheme, 2: value}\n  inside:\n"
        "  - {seg: SDQ, rows: {over: SDQ03..SDQ22, width: 2, into: deliveries,"
        " shared: {SDQ01: unit}, 1: location, 2: quantity | decimal}}"
    )
    received = "PO1*1*******VN*A***UP*B~SDQ*EA**X*1~SDQ*EA**Y*2*Z*3"
    assert trial.rewrite(received) == received
    packed = "PO1*1*****VN*A*UP*B~SDQ*EA**X*1*Y*2*Z*3"
    assert trial.write(trial.read(received).document) == packed


def test_keyed_fields_stand_as_received(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- {seg: PER, each: contacts, rows: {over: PER03..PER08, width: 2, keyed: by}}",
        "{by: {TE: phone, EM: email}}",
    )
    received = "PER*****EM*jo@northfield.example*TE*555"
    assert trial.rewrite(received) == received
    document = trial.read(received).document
    assert trial.write(document) == "PER***TE*555*EM*jo@northfield.example"


def test_a_list_item_returns_to_the_rule_it_came_from(dictionaries: Desk) -> None:
    trial = dictionaries.load(
        "- loop: LIN\n  each: lines\n  LIN03-1: 'ids[].value'\n  LIN03-2: 'ids[].scheme'\n"
        "  inside:\n  - {seg: PIA, rows: {over: PIA02..PIA06, into: ids,"
        " 1-1: value, 1-2: scheme}}",
        name="edifact/D96A/ORDERS",
    )
    received = "LIN'PIA++A:SA"
    document = trial.read(received).document
    assert trial.rewrite(received) == received
    assert trial.write(document) == "LIN+++A:SA"


def test_nothing_unclaimed_is_put_back(dictionaries: Desk) -> None:
    trial = dictionaries.load(REFERENCES)
    assert trial.rewrite("REF*ZZ*1*spare~FOB*PP") == "REF*ZZ*1"


def test_a_new_segment_stands_after_its_neighbour(dictionaries: Desk) -> None:
    trial = dictionaries.load(REFERENCES)
    reading = trial.read("REF*B*1~REF*A*2")
    reading.document["references"].insert(1, {"scheme": "N", "value": "new"})
    emission = trial.emit(reading.document, reading.form)
    assert to_text(emission, trial.delimiters) == "REF*B*1~REF*N*new~REF*A*2"
