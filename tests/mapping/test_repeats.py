"""Repeated elements (X12 from 00402, EDIFACT syntax 4) as rows."""

from __future__ import annotations

import pytest
from mapping_desk import MAPS
from mapping_desk import Desk
from mapping_desk import to_segments

from gateway.edi.finding import Code
from gateway.edi.finding import DefinitionError
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Element
from gateway.edi.segment import Segment
from gateway.guide.match import match
from gateway.mapping import Map
from gateway.mapping import emit
from gateway.mapping import load_map
from gateway.mapping import read

REPEATING = Delimiters("~", "*", ">", repetition="^")
RULES = """\
- seg: REF
  each: references
  REF01: scheme
  rows: {over: REF04, repeats: 3, into: related, 1-1: scheme, 1-2: value}
"""


@pytest.fixture
def repeating(desk: Desk) -> Map:
    """A release in which REF04 may stand three times."""
    table = desk.root / "x12" / "004010" / "segments.tsv"
    table.unlink()
    text = (MAPS / "x12" / "004010" / "segments.tsv").read_text("utf-8")
    lines = [
        line.replace(" C040", " C040x3") if line.startswith("REF\t") else line
        for line in text.splitlines()
    ]
    table.write_text("\n".join(lines), "utf-8")
    desk.load(RULES)
    loaded = load_map(desk.root, "x12", "004010", "850")
    assert loaded is not None
    return loaded


DOCUMENT = {
    "references": [
        {
            "scheme": "IA",
            "related": [{"scheme": "CT", "value": "C-1"}, {"scheme": "DP", "value": "9"}],
        }
    ]
}
PAIRS: list[Element] = ["IA", "", "", [["CT", "C-1"], ["DP", "9"]]]


def test_repetitions_are_rows(repeating: Map) -> None:
    emission = emit(repeating, DOCUMENT, None, REPEATING)
    assert (emission.segments, emission.findings) == ([("REF", PAIRS)], [])
    segments = [*to_segments("ST*850*1", REPEATING), Segment("REF", PAIRS), Segment("SE", [])]
    tree, _ = match(repeating.guide, segments)
    reading = read(repeating, tree, REPEATING)
    assert reading.document == DOCUMENT
    assert reading.claimed == reading.total == 5


def test_a_repetition_beyond_is_unclaimed(repeating: Map) -> None:
    many: list[Element] = ["IA", "", "", [["CT", "1"], ["CT", "2"], ["CT", "3"], ["CT", "4"]]]
    tree, _ = match(repeating.guide, [Segment("ST", []), Segment("REF", many), Segment("SE", [])])
    unclaimed = read(repeating, tree, REPEATING).unclaimed
    assert [(one.position.repetition, one.value) for one in unclaimed] == [(4, "CT"), (4, "4")]


def test_without_a_repetition_separator_one_is_written(repeating: Map) -> None:
    emission = emit(repeating, DOCUMENT, None, Delimiters("~", "*", ">"))
    assert {finding.code for finding in emission.findings} == {Code.NOT_CARRIED}


def test_the_release_says_how_often_an_element_may_stand(desk: Desk) -> None:
    with pytest.raises(DefinitionError, match=r"REF04 may stand 1 time\(s\) in this release"):
        desk.load(RULES)
    with pytest.raises(DefinitionError, match="repeats are of one element, written over: REF02"):
        desk.load("- {seg: REF, rows: {over: REF02..REF03, repeats: 2, into: x}}")
