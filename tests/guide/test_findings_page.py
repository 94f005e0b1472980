"""docs/findings.md: each code with its cause, who acts, and segments that are right."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from guide_wire import EDIFACT
from guide_wire import X12
from guide_wire import dictionary

from gateway.edi.finding import Code
from gateway.edi.segment import Segment
from gateway.edi.splitting import splitter
from gateway.guide.check import check_segment

PAGE = (Path(__file__).parents[2] / "docs" / "findings.md").read_text("utf-8")
WHO = ("partner", "our admin", "ERP team", "operator", "nobody")
OF_SEGMENTS = ("The envelope", "Segments and loops", "Elements and components")
WITHOUT_A_WHOLE_SEGMENT = {"charset-unsupported", "invalid-character"}
"""Their examples are a part of UNB, or no segment."""


class Example(NamedTuple):
    code: str
    text: str
    right: bool


def entries() -> dict[str, tuple[str, str]]:
    """Heading and text of each code's entry, in the order of the page."""
    found = {}
    for chapter in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        heading, text = chapter.split("\n", 1)
        for entry in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
            code, body = entry.split("\n", 1)
            found[code] = (heading, body.replace("\n", " "))
    return found


ENTRIES = entries()


def examples() -> list[Example]:
    """The whole segments of each entry: those after `not` are wrong, `...` stands for a rest."""
    found = []
    for code, (_, text) in ENTRIES.items():
        for negated, quoted in re.findall(r"(not )?`([^`]+)`", text.split("Right: ")[1]):
            for segment in re.findall(r"[A-Z][A-Z0-9]{1,2}\*[^~]*~|[A-Z]{3}\+.*?(?<!\?)'", quoted):
                if "..." not in segment:
                    found.append(Example(code, segment[:-1], not negated))
    return found


def codes_of(text: str) -> set[str]:
    """What is found in one segment by itself."""
    marks, release = (X12, "004010") if "*" in text else (EDIFACT, "D96A")
    tag, elements = splitter(marks)(text)
    if tag == "ISA":
        elements = list(text.split("*")[1:])
    definition = dictionary(release).segment(tag)
    if definition is None:
        return {Code.SEGMENT_UNKNOWN}
    segment = Segment(tag, elements, 0, text)
    found = check_segment(definition, segment, ordinal=1, delimiters=marks, charset="latin-1")
    return {finding.code for finding in found}


def test_every_code_has_one_entry() -> None:
    headings = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
    assert sorted(headings) == sorted(Code)


@pytest.mark.parametrize("code", Code)
def test_an_entry_says_the_cause_who_acts_and_what_is_right(code: Code) -> None:
    found = re.search(r"Cause: (.+) Who: (.+?) Right: (.+)", ENTRIES[code][1])
    assert found, code
    assert any(who in found[2] for who in WHO)


@pytest.mark.parametrize("example", examples(), ids=lambda one: f"{one.code} {one.text}")
def test_a_right_segment_is_right_and_a_wrong_one_has_the_fault(example: Example) -> None:
    found = codes_of(example.text)
    assert found == set() if example.right else example.code in found


@pytest.mark.parametrize("code", [code for code, (at, _) in ENTRIES.items() if at in OF_SEGMENTS])
def test_each_fault_of_a_segment_shows_a_right_one(code: str) -> None:
    right = [one for one in examples() if one.code == code and one.right]
    assert right or code in WITHOUT_A_WHOLE_SEGMENT
