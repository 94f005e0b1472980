"""Segments find their places in the structure of a set."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from guide_wire import brief
from guide_wire import guide
from guide_wire import outline
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from gateway.edi.finding import Code
from gateway.edi.segment import Segment
from gateway.guide.guide import Guide
from gateway.guide.match import match
from gateway.guide.structure import Loop


def of_tags(tags: str | list[str]) -> list[Segment]:
    names = tags.split() if isinstance(tags, str) else tags
    return [Segment(tag, [], 10 * index, tag) for index, tag in enumerate(names)]


def placed(kind: str, tags: str) -> tuple[str, list[str]]:
    tree, findings = match(guide(kind), of_tags(tags))
    return outline(tree), brief(findings)


@pytest.mark.parametrize(
    "kind, tags, tree",
    [
        ("850", "ST BEG REF REF PO1 CTT SE", "ST BEG REF REF PO1(PO1) CTT(CTT) SE"),
        ("850", "ST BEG N1 N3 N1 N4 PO1 SE", "ST BEG N1(N1 N3) N1(N1 N4) PO1(PO1) SE"),
        (
            "850",
            "ST BEG N9 DTM MSG PO1 PID MEA MEA PID SAC CUR CTT AMT SE",
            "ST BEG N9(N9 DTM MSG) PO1(PO1 PID(PID MEA MEA) PID(PID) SAC(SAC CUR)) CTT(CTT AMT) SE",
        ),
        (
            "ORDERS",
            "UNH BGM DTM NAD RFF LIN MOA PRI LIN UNS MOA ALC MOA UNT",
            "UNH BGM DTM NAD(NAD RFF(RFF)) LIN(LIN MOA PRI(PRI)) LIN(LIN) UNS MOA ALC(ALC MOA) UNT",
        ),
        ("997", "ST AK1 AK2 AK3 AK4 AK4 AK5 AK9 SE", "ST AK1 AK2(AK2 AK3(AK3 AK4 AK4) AK5) AK9 SE"),
    ],
)
def test_a_right_set_is_placed_without_findings(kind, tags, tree):
    assert placed(kind, tags) == (tree, [])


@pytest.mark.parametrize(
    "tags, tree, findings",
    [
        ("ST PO1 SE", "ST PO1(PO1) SE", ["2 BEG segment-missing"]),
        ("ST BEG SE", "ST BEG SE", ["3 PO1 segment-missing"]),
        ("ST BEG CUR CUR PO1 SE", "ST BEG CUR CUR PO1(PO1) SE", ["4 CUR segment-over-maximum"]),
        ("ST BEG PO1 LS PO1 SE", "ST BEG PO1(PO1 LS(LS)) PO1(PO1) SE", ["5 LE segment-missing"]),
        ("ST BEG DTM CUR PO1 SE", "ST BEG DTM PO1(PO1) SE", ["4 CUR segment-out-of-order"]),
        ("ST BEG N3 PO1 SE", "ST BEG PO1(PO1) SE", ["3 N3 segment-unexpected"]),
        ("ST BEG HL PO1 SE", "ST BEG PO1(PO1) SE", ["3 HL segment-not-in-set"]),
        ("ST BEG XYZ PO1 SE", "ST BEG PO1(PO1) SE", ["3 XYZ segment-unknown"]),
        (
            "ST BEG PO1 CTT CTT SE",
            "ST BEG PO1(PO1) CTT(CTT) CTT(CTT) SE",
            ["5 CTT loop-over-maximum"],
        ),
        ("ST BEG PO1 SE ST", "ST BEG PO1(PO1) SE", ["5 ST segment-out-of-order"]),
    ],
)
def test_a_wrong_set_says_where(tags, tree, findings):
    assert placed("850", tags) == (tree, findings)


def test_a_missing_segment_is_reported_before_the_one_that_skips_it():
    _, (finding,) = match(guide("850"), of_tags("ST BEG PO1 LS LDT PO1 SE"))
    assert finding.code is Code.SEGMENT_MISSING
    assert (finding.position.segment, finding.position.offset) == (6, 50)
    assert finding.detail == {"expected": "LE", "loop": "LS"}


def test_a_missing_loop_is_named_by_its_trigger():
    _, (finding,) = match(guide("850"), of_tags("ST BEG CTT SE"))
    assert finding.detail == {"expected": "PO1", "loop": "PO1"}


def test_one_too_many_says_how_many_there_may_be():
    _, (finding,) = match(guide("850"), of_tags("ST BEG N1 N2 N2 N2 PO1 SE"))
    assert finding.detail == {"expected": "2", "loop": "N1"}


def test_a_place_that_skips_nothing_mandatory_is_preferred():
    tree, findings = match(guide("ORDERS"), of_tags("UNH BGM DTM ALC MOA LIN UNS MOA UNT"))
    assert outline(tree) == "UNH BGM DTM ALC(ALC MOA(MOA)) LIN(LIN) UNS MOA UNT"
    assert findings == []


def test_a_set_that_breaks_off_misses_what_is_mandatory_but_not_its_trailer():
    assert placed("850", "ST BEG") == ("ST BEG", ["3 PO1 segment-missing"])


def test_no_segments_at_all_are_a_finding_and_no_fault_of_ours():
    assert placed("850", "") == (
        "",
        ["1 ST segment-missing", "1 BEG segment-missing", "1 PO1 segment-missing"],
    )


TAGS = [*sorted(guide("ORDERS").root.tags), "XYZ", "", "HL"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(TAGS), max_size=60))
def test_every_segment_is_placed_once_or_has_a_finding(tags):
    tree, findings = match(guide("ORDERS"), of_tags(tags))
    ordinals = [occurrence.ordinal for _, occurrence in tree.walk()]
    left_out = {
        finding.position.segment
        for finding in findings
        if finding.code
        in (
            Code.SEGMENT_UNKNOWN,
            Code.SEGMENT_NOT_IN_SET,
            Code.SEGMENT_UNEXPECTED,
            Code.SEGMENT_OUT_OF_ORDER,
        )
    }
    assert ordinals == sorted(set(range(1, len(tags) + 1)) - left_out)


@st.composite
def right_sets(draw: st.DrawFn, found: Guide) -> list[str]:
    """A set by the book: every mandatory segment, some of the others, none too often."""

    def tags_of(loop: Loop) -> list[str]:
        tags: list[str] = []
        for item in loop.items:
            most = min(item.max, 2)
            least = 1 if item.required else 0
            for _ in range(draw(st.sampled_from([least] * 6 + [most]))):
                tags += tags_of(item) if isinstance(item, Loop) else [item.tag]
        return tags

    return tags_of(found.root)


@pytest.mark.parametrize(
    "kind", ["850", "855", "810", "997", "ORDERS", "ORDRSP", "INVOIC", "DESADV"]
)
@settings(max_examples=20)
@given(st.data())
def test_a_set_by_the_book_has_no_findings(kind, data):
    tags = data.draw(right_sets(guide(kind)))
    tree, findings = match(guide(kind), of_tags(tags))
    assert findings == []
    assert [occurrence.segment.tag for _, occurrence in tree.walk()] == tags


@pytest.mark.parametrize("line", [["PO1", "PID", "N1", "N4"], ["PO1"], ["HL"], ["N4"], ["BEG"]])
def test_work_grows_with_the_segments_and_no_faster(line):
    found = guide("850")

    def steps(count: int) -> int:
        """The bytecode instructions that matching takes: the same on every machine."""
        taken = 0

        def trace(frame: FrameType, event: str, _: object) -> Callable[..., object]:
            nonlocal taken
            frame.f_trace_opcodes = True
            taken += event == "opcode"
            return trace

        tags = of_tags(["ST", "BEG", "PO1", *(line * count)])
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            match(found, tags)
        finally:
            sys.settrace(before)
        return taken

    few, more, many = (steps(count) for count in (50, 100, 200))
    assert many - more <= 2 * (more - few) + few // 100
    assert many <= 4 * few
