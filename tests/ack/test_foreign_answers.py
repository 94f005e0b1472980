"""Other systems answer a fault with the same codes, or foreign_answers.txt says why we do not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from checked import check_content
from test_every_code import DEFINITIONS
from test_every_code import codes_of
from test_every_code import document

TEXT = (Path(__file__).parent / "foreign_answers.txt").read_text("utf-8")
Codes = set[tuple[str, str]]


class Answer(NamedTuple):
    fault: str
    document: bytes
    theirs: Codes
    ours: Codes
    of: str
    why: str


def codes(text: str) -> Codes:
    """`AK403 1 3, AK501 R` as places and codes."""
    places = [part.split() for part in text.split(",") if part.strip()]
    return {(place, code) for place, *found in places for code in found}


def read_answers() -> list[Answer]:
    answers = []
    for block in re.split(r"\n\n+", re.sub(r"(?m)^#.*\n", "", TEXT).strip()):
        fault, change, *lines = block.splitlines()
        words = dict(line.split(":", 1) for line in lines)
        theirs = codes(words["theirs"])
        ours = codes(words["ours"]) if "ours" in words else theirs
        why = words.get("why", "")
        answers.append(Answer(fault, document(change), theirs, ours, words["of"], why))
    return answers


ANSWERS = read_answers()


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.fault)
def test_we_answer_as_they_do_or_say_why_not(answer: Answer) -> None:
    checked = check_content(answer.document, DEFINITIONS, None)
    found = codes_of("".join(checked.acknowledgments()).replace("\n", ""))
    places = {place for place, _ in answer.theirs}
    assert {code for code in found if code[0] in places} == answer.ours
    assert bool(answer.why) == (answer.ours != answer.theirs)


def test_each_answer_names_a_source_of_the_list() -> None:
    sources = re.findall(r"^# source: (.+?) = ", TEXT, re.MULTILINE)
    for answer in ANSWERS:
        assert any(answer.of.strip().startswith(source) for source in sources), answer.fault


def test_at_least_twenty_are_the_same() -> None:
    assert sum(answer.ours == answer.theirs for answer in ANSWERS) >= 20
