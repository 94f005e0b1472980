"""A partner's narrowing: required, forbidden, fewer codes, shorter values."""

from __future__ import annotations

import pytest
from guide_wire import MAPS
from guide_wire import X12
from guide_wire import brief
from guide_wire import segments

from gateway.edi.finding import DefinitionError
from gateway.guide.check import check
from gateway.guide.guide import load_guide
from gateway.guide.match import match
from gateway.guide.narrowing import Narrowing

ORDER = """
    ST*850*0001
    BEG*00*SA*PO-4711**20260915
    REF*DP*042
    PO1*1*10*CS*4.25
    PID*F****Nitrile gloves
    CTT*1
    SE*7*0001
"""


def under(text: str, **narrowing: object) -> list[str]:
    guide = load_guide(MAPS, "x12", "004010", "850", Narrowing(**narrowing))
    tree, faults = match(guide, segments(text))
    return brief(faults + check(guide, tree, X12, "ascii"))


def test_the_order_is_right_by_the_standard():
    assert under(ORDER) == []


@pytest.mark.parametrize(
    "narrowing, findings",
    [
        ({"require": {"CUR"}}, ["3 CUR segment-missing"]),
        ({"require": {"N1"}}, ["4 N1 segment-missing"]),
        ({"require": {"PO1/SAC"}}, ["6 SAC segment-missing"]),
        ({"require": {"BEG06"}}, ["2 BEG06 element-missing"]),
        ({"require": {"PO1/PO107"}}, ["4 PO107 element-missing"]),
        ({"forbid": {"REF"}}, ["3 REF segment-not-used"]),
        ({"forbid": {"PO1/PID"}}, ["5 PID segment-not-used"]),
        ({"forbid": {"PO1/PO104"}}, ["4 PO104 element-not-used"]),
        ({"codes": {"BEG02": frozenset({"NE"})}}, ["2 BEG02 code-invalid"]),
        ({"codes": {"REF02": frozenset({"041"})}}, ["3 REF02 code-invalid"]),
        ({"max_length": {"PO1/PID/PID05": 10}}, ["5 PID05 element-too-long"]),
        ({"require": {"PO1/PO101"}, "codes": {"PO1/PO103": frozenset({"CS"})}}, []),
    ],
)
def test_a_narrowed_guide_reports(narrowing, findings):
    assert under(ORDER, **narrowing) == findings


def test_a_component_can_be_narrowed():
    narrowing = Narrowing(
        require=frozenset({"RFF/RFF01-2"}), codes={"LIN/LIN03-2": frozenset({"EN"})}
    )
    guide = load_guide(MAPS, "edifact", "D96A", "ORDERS", narrowing)
    reference = guide.narrowed["RFF/RFF"].elements[0].definition
    assert reference.components[1].required
    number = guide.narrowed["LIN/LIN"].elements[2].definition
    assert number.components[1].definition.codes == {"EN"}


def test_a_narrowed_place_leaves_the_others_alone():
    guide = load_guide(MAPS, "x12", "004010", "850", Narrowing(require=frozenset({"PO1/REF03"})))
    header, line = (
        next(use for use in guide.root.walk() if use.path == path) for path in ("REF", "PO1/REF")
    )
    assert not guide.segment(header).elements[2].required
    assert guide.segment(line).elements[2].required


def test_every_place_that_does_not_exist_is_named_at_once():
    narrowing = Narrowing(
        require=frozenset({"CURX", "PO1/XYZ", "BEG66"}),
        forbid=frozenset({"PO1/PO107-1"}),
        codes={"BEG": frozenset({"SA"}), "REF04": frozenset({"A"})},
        max_length={"PO1/PO107": 140},
    )
    with pytest.raises(DefinitionError) as error:
        load_guide(MAPS, "x12", "004010", "850", narrowing)
    assert error.value.faults == [
        "require: BEG66: there are only 12",
        "require: CURX: the set has no such place",
        "require: PO1/XYZ: the set has no such place",
        "forbid: PO1/PO107-1: a simple element; it has no components",
        "codes: BEG: the set has no such place",
        "codes: REF04: a composite; name one of its components",
        "max_length: PO1/PO107: the standard's length is 1 to 48",
    ]
