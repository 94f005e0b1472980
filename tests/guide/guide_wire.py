"""Segments written as text, for the tests of gateway.guide."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gateway.edi.finding import Finding
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Segment
from gateway.edi.splitting import splitter
from gateway.guide.check import check
from gateway.guide.check import check_segment
from gateway.guide.dictionary import Dictionary
from gateway.guide.dictionary import load_dictionary
from gateway.guide.guide import Guide
from gateway.guide.guide import load_guide
from gateway.guide.match import LoopOccurrence
from gateway.guide.match import match

MAPS = Path(__file__).parents[2] / "maps"
X12 = Delimiters("~", "*", ">")
EDIFACT = Delimiters("'", "+", ":", release="?")


def segments(text: str, delimiters: Delimiters = X12) -> list[Segment]:
    """Each line is a segment; offsets count as if the lines stood one after the other."""
    found = []
    offset = 0
    for line in text.strip().splitlines():
        body = line.strip()
        tag, elements = splitter(delimiters)(body)
        found.append(Segment(tag, elements, offset, body))
        offset += len(body.encode()) + 1
    return found


@cache
def guide(kind: str) -> Guide:
    dialect, release = ("x12", "004010") if kind.isdecimal() else ("edifact", "D96A")
    found = load_guide(MAPS, dialect, release, kind)
    assert found is not None
    return found


@cache
def dictionary(release: str) -> Dictionary:
    found = load_dictionary(MAPS, "x12" if len(release) == 6 else "edifact", release)
    assert found is not None
    return found


def outline(tree: LoopOccurrence) -> str:
    """A tree in one line: `BEG PO1(PO1 PID)`."""
    parts = (
        f"{item.loop.id}({outline(item)})" if isinstance(item, LoopOccurrence) else item.segment.tag
        for item in tree.items
    )
    return " ".join(parts)


def brief(findings: list[Finding]) -> list[str]:
    """Findings as `3 BEG02 code-invalid`, in the order of the wire."""
    return [f"{f.position.segment} {f.position.reference} {f.code}" for f in findings]


def findings_of(kind: str, text: str) -> list[str]:
    """What is wrong with a whole set."""
    delimiters = X12 if kind.isdecimal() else EDIFACT
    tree, faults = match(guide(kind), segments(text, delimiters))
    return brief(faults + check(guide(kind), tree, delimiters, "ascii"))


def check_line(line: str) -> list[Finding]:
    """What is wrong inside one segment, X12 (`*`) or EDIFACT (`+`)."""
    delimiters, release = (X12, "004010") if "*" in line else (EDIFACT, "D96A")
    (segment,) = segments(line, delimiters)
    definition = dictionary(release).segment(segment.tag)
    assert definition is not None
    return check_segment(definition, segment, ordinal=1, delimiters=delimiters, charset="utf-8")
