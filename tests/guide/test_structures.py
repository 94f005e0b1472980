"""Structures of sets in compact notation."""

from __future__ import annotations

import pytest
from guide_wire import MAPS
from guide_wire import guide

from gateway.edi.finding import DefinitionError
from gateway.guide.dictionary import UNBOUNDED
from gateway.guide.guide import load_guide
from gateway.guide.guide import read_structures
from gateway.guide.structure import Loop
from gateway.guide.structure import SegmentUse
from gateway.guide.structure import parse_structure

SETS = [
    ("x12", "004010", kind) for kind in read_structures(MAPS / "x12" / "004010" / "sets.txt")
] + [
    ("edifact", "D96A", kind)
    for kind in read_structures(MAPS / "edifact" / "D96A" / "messages.txt")
]


@pytest.mark.parametrize("dialect, release, kind", [*SETS, ("edifact", "D3", "CONTRL")])
def test_every_set_that_is_shipped_runs_from_header_to_trailer(dialect, release, kind):
    found = load_guide(MAPS, dialect, release, kind)
    assert found.root.items[0].tag == found.dialect.set.header
    assert found.root.items[-1].tag == found.dialect.set.trailer


def test_the_notation_of_x12():
    root = parse_structure("ST! REFx12 PO1!x100(PO1! PIDx*(PID! MEA)) SE!")
    assert root.items[1] == SegmentUse("REF", False, 12, "REF")
    line = root.items[2]
    assert isinstance(line, Loop)
    assert (line.id, line.path, line.required, line.max) == ("PO1", "PO1", True, 100)
    assert line.items[0] == SegmentUse("PO1", True, 1, "PO1/PO1")
    assert (line.items[1].path, line.items[1].max) == ("PO1/PID", UNBOUNDED)
    assert line.items[1].items[1].path == "PO1/PID/MEA"


def test_the_notation_of_edifact_numbers_its_groups():
    root = parse_structure("UNH! DTM!35 7x5(CUX! DTM5) 19(QTY! RNG) UNT!")
    assert root.items[1] == SegmentUse("DTM", True, 35, "DTM")
    currencies, quantities = root.items[2:4]
    assert (currencies.id, currencies.number, currencies.max) == ("CUX", "7", 5)
    assert (quantities.path, quantities.max) == ("QTY", 1)


def test_a_loop_knows_where_its_tags_may_stand():
    root = parse_structure("ST! MOA AMTx2(AMT! REF!) MOA SE!")
    assert root.places["MOA"] == (1, 3)
    assert root.next_required == (0, 4, 4, 4, 4, 5)
    assert root.tags == {"ST", "MOA", "AMT", "REF", "SE"}


def test_walk_is_in_wire_order():
    assert [item.path for item in guide("997").root.walk()][1:5] == [
        "AK1",
        "AK2",
        "AK2/AK2",
        "AK2/AK3",
    ]


@pytest.mark.parametrize(
    "text, rest",
    [
        ("ST! po1", "po1"),
        ("ST! PO1x5(PID", ""),
        ("ST! PO1x5()", ")"),
        ("ST! )", ")"),
        ("7x5(CUX!)", "7x5(CUX!)"),
        ("ST! 7x5", "7x5"),
        ("ST! PO1x5(7x3(PID!))", "7x3(PID!))"),
        ("", ""),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(text, rest):
    with pytest.raises(DefinitionError) as error:
        parse_structure(text, "sets.txt:3")
    assert error.value.faults == [f"sets.txt:3: cannot read the structure at {rest!r}"]


def test_a_structure_may_go_on_in_indented_lines(tmp_path):
    (tmp_path / "sets.txt").write_text("# sets\n850: ST! BEG!\n  SE!\n997: ST! SE!\n")
    assert read_structures(tmp_path / "sets.txt") == {
        "850": (2, "ST! BEG! SE!"),
        "997": (4, "ST! SE!"),
    }


def test_a_line_of_no_set_is_a_fault(tmp_path):
    (tmp_path / "sets.txt").write_text("ST! BEG!\n")
    with pytest.raises(DefinitionError, match=r"sets\.txt:1: expected"):
        read_structures(tmp_path / "sets.txt")
