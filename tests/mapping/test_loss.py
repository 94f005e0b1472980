"""Loss is declared or the map does not load."""

from __future__ import annotations

import pytest
from mapping_desk import Desk

from gateway.edi.finding import Code
from gateway.edi.finding import Severity

BASE = "- {loop: N1, each: parties, N101: role, N102: name}"


@pytest.fixture
def base(desk: Desk) -> Desk:
    desk.load(BASE)
    return desk


CUT = "change: {N1: {N102: name | cut(10)}}"


def test_a_text_that_is_cut_is_declared(base: Desk) -> None:
    (fault,) = base.overlay_faults(CUT)
    assert fault == (
        "2: parties.name is cut when it is too long; declare it: "
        "lossy: [{what: parties.name, policy: note, why: ...}]"
    )


def test_declared_loss_is_noted_on_each_document_that_has_it(base: Desk) -> None:
    why = "their screens show ten characters"
    trial = base.load_overlay(f"{CUT}\nlossy: [{{what: parties.name, policy: note, why: {why}}}]")
    assert trial.emit({"parties": [{"name": "Northfield"}]}).findings == []
    emission = trial.emit({"parties": [{"name": "Northfield Hospitals"}]})
    assert emission.segments == [("N1", ["", "Northfield"])]
    (finding,) = emission.findings
    assert (finding.code, finding.severity) == (Code.NOT_CARRIED, Severity.NOTE)
    assert finding.detail == {"path": "parties[0].name", "received": "Northfield", "declared": why}


def test_what_is_not_declared_stays_an_error(base: Desk) -> None:
    trial = base.load_overlay("lossy: [{what: parties.role, policy: drop, why: they know}]")
    findings = trial.emit({"parties": [{"name": "A", "colour": "red"}]}).findings
    assert [(f.severity, f.detail["path"]) for f in findings] == [
        (Severity.ERROR, "parties[0].colour")
    ]


@pytest.mark.parametrize(
    ("overlay", "fault"),
    [
        ("lossy: [{what: parties}]", "2: declared loss says what, policy and why; policy is miss"),
        ("lossy: [{what: a b, policy: drop, why: w}]", "2: 'a b' is no path; write parties.addr"),
        ("lossy: [{wat: parties}]", "2: unknown key 'wat' (did you mean what?)"),
        ("change: {N1: {N102: name | cut}}", "2: cut needs the longest text it leaves: cut(35)"),
    ],
)
def test_a_fault_of_a_declaration_is_named(base: Desk, overlay: str, fault: str) -> None:
    found = base.overlay_faults(overlay)
    assert any(text.startswith(fault) for text in found), found


def test_totals_are_written_as_the_partner_wants_them(desk: Desk) -> None:
    desk.load(
        "- {loop: PO1, each: lines, PO102: quantity | decimal}\n"
        '- {loop: CTT, CTT01: ":= count(lines)", CTT02: "?= sum(lines.quantity)"}'
    )
    document = {"lines": [{"quantity": "4"}, {"quantity": "6"}]}
    for total, wire in (
        (":= sum(lines.quantity)", "CTT*2*10"),
        (":= sum(lines.quantity) always", "CTT*2*10"),
        (":= sum(lines.quantity) if received", "CTT*2"),
        (":= sum(lines.quantity) never", "CTT*2"),
    ):
        trial = desk.load_overlay(f'change: {{CTT: {{CTT02: "{total}"}}}}')
        assert trial.write(document) == f"PO1**4~PO1**6~{wire}"
        reading = trial.read("PO1**4~PO1**6~CTT*2*11")
        assert [f.position.reference for f in reading.findings] == ["CTT02"]
        again = trial.rewrite("PO1**4~PO1**6~CTT*2*10")
        assert again.endswith("CTT*2" if "never" in total else "CTT*2*10")
    assert desk.overlay_faults('change: {CTT: {CTT02: ":= count(lines) sometimes"}}') == [
        "2: 'sometimes': a total is written always, if received, never"
    ]
