"""Python pairs: allowed by name, tried by their examples, never trusted."""

from __future__ import annotations

from typing import Any

import pytest
from mapping_desk import Desk
from mapping_desk import Trial

from gateway.edi.finding import Code
from gateway.edi.finding import DefinitionError
from gateway.engine.hatches import hatches_of
from gateway.mapping import load_map


class Terms:
    """`2% 10 NET 30` as percent, days and net days; any other text has no answer."""

    examples = ((("2% 10 NET 30",), ("2", "10", "30")),)

    def parse(self, texts: tuple[str, ...]) -> Any:
        percent, days, net, until = texts[0].split()
        return (percent.removesuffix("%"), days, until) if net == "NET" else None

    def emit(self, values: tuple[str | None, ...]) -> Any:
        percent, days, until = (int(value or "") for value in values)
        return (f"{percent}% {days} NET {until}",)


class Forgetful(Terms):
    def emit(self, values: tuple[str | None, ...]) -> Any:
        return (f"{values[0]}% NET {values[2]}",)


RULE = "- {seg: ITD, each: terms, ITD12: percent days net | python(northfield.terms:us)}"


def load(desk: Desk, hatch: object, rule: str = RULE) -> Trial:
    desk.write("x12/004010/850", f"map: x12/004010/850\ndocument: trial\nsegments:\n{rule}\n")
    loaded = load_map(desk.root, "x12", "004010", "850", find_hatch=lambda _name: hatch)
    assert loaded is not None
    return Trial(loaded)


def test_a_pair_reads_and_writes(desk: Desk) -> None:
    trial = load(desk, Terms())
    body = "ITD************2% 10 NET 30"
    document = {"terms": [{"percent": "2", "days": "10", "net": "30"}]}
    assert trial.read(body).document == document
    assert trial.write(document) == body


def test_a_text_it_cannot_read_is_a_finding(desk: Desk) -> None:
    reading = load(desk, Terms()).read("ITD************CASH")
    assert [finding.code for finding in reading.findings] == [Code.VALUE_INVALID]
    assert [one.value for one in reading.unclaimed] == ["CASH"]


def test_a_value_it_cannot_write_is_a_finding(desk: Desk) -> None:
    emission = load(desk, Terms()).emit({"terms": [{"percent": "two"}]})
    assert [finding.code for finding in emission.findings] == [Code.VALUE_UNWRITABLE]


@pytest.mark.parametrize(
    ("hatch", "fault"),
    [
        (Forgetful(), "example ('2', '10', '30'): emit gives ('2% NET 30',)"),
        (object(), "a hatch has parse, emit and examples"),
        (type("Empty", (Terms,), {"examples": ()})(), "a hatch needs at least one example"),
        (
            type("Short", (Terms,), {"examples": ((("a",), ("b",)),)})(),
            "the map binds 1 element(s) and 3 path(s)",
        ),
    ],
)
def test_a_pair_that_does_not_hold_is_refused(desk: Desk, hatch: object, fault: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load(desk, hatch)
    (found,) = caught.value.faults
    assert "850.yaml:4: northfield.terms:us: " in found
    assert fault in found


def test_only_allowed_modules_are_looked_into(desk: Desk) -> None:
    find = hatches_of(["string"])
    assert find("string:digits") == "0123456789"
    for name, reason in (
        ("strng:digits", r"strng is not listed under python: .* \(did you mean string\?\)"),
        ("os:system", "os is not listed"),
        ("string:nothing", "string has no nothing"),
    ):
        with pytest.raises(LookupError, match=reason):
            find(name)
    with pytest.raises(LookupError, match="northfield_terms is not installed"):
        hatches_of(["northfield_terms"])("northfield_terms:us")
    with pytest.raises(DefinitionError, match=r"gateway\.yaml allows no Python module"):
        desk.load(RULE)
    with pytest.raises(DefinitionError, match="python names a module and an object"):
        desk.load("- {seg: ITD, ITD12: note | python(terms)}")
