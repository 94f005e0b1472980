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
        ({"require": {"REF(DP)", "PO1/PID(F)"}}, []),
        ({"require": {"REF(IA,VR)"}}, ["7 REF segment-missing"]),
        ({"require": {"N1(ST)"}}, ["7 N1 segment-missing"]),
        ({"require": {"PO1/REF(LI)"}}, ["6 REF segment-missing"]),
        ({"require": {"N1(ST)/REF(LI)"}}, []),
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


LEVELS = """
    ST*856*0001
    BSN*00*SH1*20240304*1405
    HL*1**S
    REF*BM*BL-1
    HL*2*1*O
    PRF*4500123456
    HL*3*2*I
    LIN**VN*X-1
    SE*9*0001
"""


@pytest.mark.parametrize(
    "place, findings",
    [
        ("HL(S)/REF(BM)", []),
        ("HL(S)/REF(CN)", ["5 REF segment-missing"]),
        ("HL(O,I)/REF", ["7 REF segment-missing", "9 REF segment-missing"]),
        ("HL(T)", ["9 HL segment-missing"]),
    ],
)
def test_a_level_of_a_ship_notice_is_required_to_hold_a_segment(place, findings):
    guide = load_guide(MAPS, "x12", "004010", "856", Narrowing(require=frozenset({place})))
    tree, faults = match(guide, segments(LEVELS))
    assert brief(faults + check(guide, tree, X12, "ascii")) == findings


@pytest.mark.parametrize(
    "place, fault",
    [
        ("REF(ZZ,CASE)", "REF01 is never CASE"),
        ("PO1/REF(QQQ)", "REF01 is never QQQ"),
        ("N1(ST, BY)", "N101 is never  BY"),
    ],
)
def test_a_value_that_a_qualifier_never_has_is_not_required(place, fault):
    """REF(ZZ,CASE) is the id of a rule for ZZ with CASE; as a demand ZZ alone would be enough."""
    with pytest.raises(DefinitionError) as error:
        load_guide(MAPS, "x12", "004010", "850", Narrowing(require=frozenset({place})))
    [told] = error.value.faults
    assert told == f"require: {place}: {fault}; name what it may be, any one is enough"


def test_a_value_that_the_agreement_adds_may_be_required():
    narrowing = Narrowing(
        require=frozenset({"REF(QQQ)"}), codes={"REF01": frozenset({"DP", "QQQ"})}
    )
    guide = load_guide(MAPS, "x12", "004010", "850", narrowing)
    tree, faults = match(guide, segments(ORDER))
    assert brief(faults + check(guide, tree, X12, "ascii")) == ["7 REF segment-missing"]


def test_a_place_that_is_nearly_one_is_told():
    narrowing = Narrowing(
        require=frozenset({"REF(BM", "N1(SF)", "HL/XX(1)"}),
        forbid=frozenset({"HL/REF(BM)"}),
        max_length={"BSN/BSN02": 10, "MAN02": 20},
    )
    with pytest.raises(DefinitionError) as error:
        load_guide(MAPS, "x12", "004010", "856", narrowing)
    assert [fault.partition("no such place")[2] for fault in error.value.faults] == [
        "",
        " (did you mean HL/N1(SF)?)",
        "",
        "",
        " (did you mean BSN02?)",
        " (did you mean HL/MAN02?)",
    ]
