"""Every code of 997, TA1 and CONTRL is caused by a document, or it is said why none causes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from checked import check_content

from gateway.ack.meanings import MEANINGS
from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps

HERE = Path(__file__).parent
CASES = HERE.parent / "cases"
BASIC = {
    "810": "x12-810-basic",
    "850": "x12-850-basic",
    "INVOIC": "edifact-invoic-basic",
    "groups": "edifact-invoic-groups",
    "ORDERS": "edifact-orders-basic",
    "ORDRSP": "edifact-ordrsp-basic",
}
STATUSES = {
    *(("AK501", code) for code in "AEMRWX"),
    *(("AK901", code) for code in "AEMPRWX"),
    *(("TA104", code) for code in "AER"),
    *(("0083", code) for code in "12345678"),
}
DEFINITIONS = Definitions(packaged_maps())


class Block(NamedTuple):
    place: str
    code: str
    document: bytes
    answer: str


def read_blocks(text: str) -> Iterator[Block]:
    lines = [line for line in text.splitlines() if not line.startswith(("#", "never:"))]
    for block in re.split(r"\n\n+", "\n".join(lines).strip()):
        name, change, answer = block.splitlines()
        place, code, *_ = name.split()
        yield Block(place, code, document(change), answer)


def document(change: str) -> bytes:
    basic, _, changes = change.partition(": ")
    text = (CASES / BASIC[basic] / "input.edi").read_text()
    for one in changes.split("; "):
        old, new = one.replace("\\x01", "\x01").split(" -> ")
        if old:
            assert old in text, old
            text = text.replace(old, new, 1)
    return text.encode("latin-1")


def read_nevers(text: str) -> set[tuple[str, str]]:
    """The places and codes of the `never:` lines; a place holds for the codes after it."""
    found = set()
    for words in re.findall(r"^never: (.+)$", text, re.MULTILINE):
        place = ""
        for word in words.split():
            if word in PLACES:
                place = word
            elif (place, word) in CODES:
                found.add((place, word))
            else:
                break
    return found


CODES = {(place, code) for place, code in MEANINGS if not code.startswith("I")} | STATUSES
PLACES = {place for place, _ in CODES}
TEXT = (HERE / "every_code.txt").read_text("utf-8")
BLOCKS = list(read_blocks(TEXT))
NEVER = read_nevers(TEXT)


def codes_of(answer: str) -> set[tuple[str, str]]:
    """The codes an acknowledgment carries, by place."""
    found = set()
    for segment in re.split(r"[~']", answer):
        tag, *parts = re.split(r"[*+]", segment)
        match tag:
            case "AK3":
                found.add(("AK304", parts[3]))
            case "AK4":
                found.add(("AK403", parts[2]))
            case "AK5":
                found |= {("AK501", parts[0]), *(("AK502", code) for code in parts[1:])}
            case "AK9":
                found |= {("AK901", parts[0]), *(("AK905", code) for code in parts[4:])}
            case "TA1":
                found |= {("TA104", parts[3]), ("TA105", parts[4])}
            case "UCI" | "UCF":
                found |= {("0083", parts[3]), *(("0085", code) for code in parts[4:5])}
            case "UCM":
                found |= {("0083", parts[2]), *(("0085", code) for code in parts[3:4])}
            case "UCS":
                found |= {("0085", code) for code in parts[1:2]}
            case "UCD":
                found.add(("0085", parts[0]))
    return found


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.place}-{block.code}")
def test_the_document_causes_the_answer(block: Block) -> None:
    checked = check_content(block.document, DEFINITIONS, None)
    assert "".join(checked.acknowledgments()).replace("\n", "") == block.answer
    assert (block.place, block.code) in codes_of(block.answer)


def test_every_code_is_caused_or_said_why_not() -> None:
    caused = {(block.place, block.code) for block in BLOCKS}
    assert caused | NEVER == CODES
    assert not caused & NEVER
