"""Guards, second homes and defaults: what a document means when the wire says it otherwise."""

from __future__ import annotations

import pytest
from mapping_desk import Desk
from mapping_desk import Trial

from gateway.edi.finding import Code
from gateway.edi.finding import DefinitionError
from gateway.edi.finding import Severity
from gateway.mapping import with_defaults
from gateway.mapping import without_defaults

HOMES = (
    "- {seg: BEG, BEG03: id, BEG06: contract}\n"
    "- {seg: REF, where: {REF01: CT}, also: {REF02: contract}}\n"
    "- {seg: REF, each: references, REF01: scheme, REF02: value}"
)
GUARDED = (
    "- {seg: BEG, BEG02: type, BEG03: id}\n"
    "- {seg: REF, where: {REF01: ZZ}, when: {type: CN}, REF02: consignment}\n"
    "- {seg: REF, where: {REF01: ZZ}, REF02: other}"
)


def faults_of(desk: Desk, text: str) -> list[str]:
    path = desk.write("x12/004010/850", f"map: x12/004010/850\ndocument: trial\n{text}")
    with pytest.raises(DefinitionError) as caught:
        desk.load_file("x12/004010/850")
    return [fault.removeprefix(f"{path}:") for fault in caught.value.faults]


def guarded(desk: Desk, policy: str) -> Trial:
    lossy = f"lossy: [{{what: consignment, policy: {policy}, why: only for consigned stock}}]"
    text = f"map: x12/004010/850\ndocument: trial\n{lossy}\nsegments:\n{GUARDED}\n"
    desk.write("x12/004010/850", text)
    return desk.load_file("x12/004010/850")


def test_a_rule_claims_only_while_its_guard_holds(desk: Desk) -> None:
    trial = guarded(desk, "reject")
    assert trial.read("BEG**CN*1~REF*ZZ*77").document["consignment"] == "77"
    assert trial.read("BEG**NE*1~REF*ZZ*77").document["other"] == "77"


@pytest.mark.parametrize(
    ("policy", "severity"), [("reject", Severity.ERROR), ("note", Severity.NOTE), ("drop", None)]
)
def test_what_a_guard_holds_back_is_lost_as_declared(
    desk: Desk, policy: str, severity: Severity | None
) -> None:
    trial = guarded(desk, policy)
    emission = trial.emit({"type": "NE", "id": "1", "consignment": "77"})
    assert [(f.code, f.severity) for f in emission.findings] == (
        [(Code.NOT_CARRIED, severity)] if severity else []
    )
    assert [tag for tag, _ in emission.segments] == ["BEG"]


def test_what_a_guard_may_hold_back_must_be_declared(desk: Desk) -> None:
    (fault,) = faults_of(desk, f"segments:\n{GUARDED}")
    assert fault == (
        "5: consignment is not written while the guard does not hold; declare it: "
        "lossy: [{what: consignment, policy: note, why: ...}]"
    )


def test_a_guard_looks_at_what_was_read_before_its_rule(desk: Desk) -> None:
    lossy = "lossy: [{what: case, policy: reject, why: w}]"
    for path, fault in (
        ("typ", "4: when: no rule before REF(ZZ) reads typ (did you mean type?)"),
        ("currency", "4: when: no rule before REF(ZZ) reads currency"),
        ("department", "4: when: department is read from a REF that may come later"),
    ):
        rules = (
            "segments: [{seg: BEG, BEG02: type},"
            " {seg: REF, where: {REF01: DP}, REF02: department},"
            f"\n {{seg: REF, where: {{REF01: ZZ}}, when: {{{path}: A}}, REF02: case}},\n"
            " {seg: CUR, CUR02: currency}]"
        )
        assert fault.replace("4:", "5:") in faults_of(desk, f"{lossy}\n{rules}")


def test_both_homes_are_read_and_the_received_one_is_written_again(desk: Desk) -> None:
    trial = desk.load(HOMES)
    for body in ("BEG***1***C-7", "BEG***1~REF*CT*C-7", "BEG***1***C-7~REF*CT*C-7"):
        reading = trial.read(body)
        assert reading.document == {"id": "1", "contract": "C-7"}
        assert (reading.unclaimed, reading.findings) == ([], [])
        assert trial.write(reading.document) == "BEG***1***C-7"
        assert trial.rewrite(body) == body


def test_homes_that_differ_are_told_and_the_first_is_kept(desk: Desk) -> None:
    reading = desk.load(HOMES).read("BEG***1***C-7~REF*CT*C-8")
    assert reading.document["contract"] == "C-7"
    (finding,) = reading.findings
    assert (finding.code, finding.position.reference) == (Code.TWO_HOMES_DIFFER, "REF02")
    named = {"element_id": "127", "name": "Reference Identification"}
    assert finding.detail == {"expected": "C-7", "path": "contract", **named}


def test_what_should_say_the_same_is_compared_and_never_put(desk: Desk) -> None:
    """A line of a response, its own number and that of the order; either may stand alone."""
    trial = desk.load(
        "- {seg: BEG, BEG03: line}\n"
        "- {seg: REF, where: {REF01: LI}, REF02: order.line, same: {REF02: line}}"
    )
    (finding,) = trial.read("BEG***1~REF*LI*10").findings
    assert (finding.code, finding.detail["expected"]) == (Code.TWO_HOMES_DIFFER, "1")
    for text, document in (
        ("BEG***10~REF*LI*10", {"line": "10", "order": {"line": "10"}}),
        ("BEG***1~REF*LI*10", {"line": "1", "order": {"line": "10"}}),
        ("REF*LI*10", {"order": {"line": "10"}}),
        ("BEG***1", {"line": "1"}),
    ):
        reading = trial.read(text)
        assert reading.document == document
        assert trial.write(document) == text
        assert not reading.unclaimed


def test_a_second_home_has_a_first(desk: Desk) -> None:
    assert faults_of(
        desk, "segments:\n- {seg: BEG, BEG03: id}\n- {seg: CUR, also: {CUR02: idd}}"
    ) == ["5: also: idd has no first home; bind it without also (did you mean id?)"]
    assert faults_of(desk, "segments:\n- {seg: BEG, BEG03: id, same: {BEG04: name}}") == [
        "4: same: name has no first home; bind it without same"
    ]
    (fault,) = faults_of(desk, "segments:\n- {seg: BEG, BEG03: id, also: {BEG04: '= 1'}}")
    assert fault == "4: also elements are bound to paths"


DEFAULTS = """\
default: {currency: USD, lines.quantity.unit: EA}
segments:
- {seg: BEG, BEG03: id}
- {seg: CUR, CUR02: currency}
- {loop: PO1, each: lines, PO102: quantity.value, PO103: quantity.unit, PO104: price}
"""


def test_defaults_are_filled_in_and_marked_and_never_written(desk: Desk) -> None:
    desk.write("x12/004010/850", f"map: x12/004010/850\ndocument: trial\n{DEFAULTS}")
    trial = desk.load_file("x12/004010/850")
    document = trial.read("BEG***1~PO1**4~PO1**6*CA~PO1****9").document
    assert "currency" not in document
    filled, marked = with_defaults(document, trial.map.defaults)
    assert marked == ["currency", "lines[0].quantity.unit"]
    assert filled["currency"] == "USD"
    assert [line.get("quantity", {}).get("unit") for line in filled["lines"]] == ["EA", "CA", None]
    assert without_defaults(filled, marked) == document


def test_defaults_and_losses_name_paths_of_the_document(desk: Desk) -> None:
    text = (
        "default: {curency: USD}\nlossy: [{what: lines.quantity.unt, policy: dorp, why: w}]\n"
        "segments:\n- {seg: CUR, CUR02: currency}\n"
        "- {loop: PO1, each: lines, PO103: quantity.unit}"
    )
    assert faults_of(desk, text) == [
        "3: no rule of the map has curency (did you mean currency?)",
        "4: policy is one of drop, note, reject (did you mean drop?)",
        "4: no rule of the map has lines.quantity.unt (did you mean unit?)",
    ]
