"""pyx12's raw reader reads the same segments, wherever it reads correctly."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from pathlib import Path

import pytest

from gateway.edi.opening import Opening
from gateway.edi.opening import decode
from gateway.edi.segment import Element
from gateway.edi.segment import Segment
from gateway.edi.tokens import Tokenizer

WHY = "pyx12 is not installed: pip install -e '.[dev]' brings it"
rawx12file = pytest.importorskip("pyx12.rawx12file", reason=WHY)
X12Error = pytest.importorskip("pyx12.errors", reason=WHY).X12Error
X12Segment = pytest.importorskip("pyx12.segment", reason=WHY).Segment

Read = list[tuple[str, list[list[str]]]]
"""Tags and elements, each a list of components; repetitions are not taken apart by pyx12."""


def ours(content: bytes) -> tuple[list[Opening], list[Segment]]:
    tokens = [*Tokenizer().read([content])]
    openings = [token for token in tokens if isinstance(token, Opening)]
    return openings, [token for token in tokens if isinstance(token, Segment)]


def as_theirs(segments: list[Segment], opening: Opening) -> Read:
    return [(one.tag, [_components(part, opening) for part in one.elements]) for one in segments]


def _components(element: Element, opening: Opening) -> list[str]:
    if isinstance(element, str):
        return [element]
    if element and isinstance(element[0], list):
        marks = opening.delimiters
        whole = marks.repetition.join(marks.component.join(part) for part in element)
        return whole.split(marks.component)
    return list(element)


def theirs(content: bytes) -> Read:
    text, _ = decode(content, "x12")
    reader = rawx12file.RawX12File(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    terminator, element, component, *_ = reader.get_term()
    read: Read = []
    for line in reader:
        body = line.lstrip(" \t\r\n")  # it keeps blanks before a tag
        body = body.removesuffix("\r") if terminator == "\n" else body
        one = X12Segment(body, terminator, element, component)
        read.append((one.seg_id, [[part.value for part in parts] for parts in one.elements]))
    return read


def why_left_out(content: bytes, openings: list[Opening], segments: list[Segment]) -> str | None:
    """What pyx12's raw reader does not do."""
    if not content.removeprefix(codecs.BOM_UTF8).startswith(b"ISA"):
        return "bytes before ISA"
    if openings[0].findings:
        return "ISA not of its form"
    if len({opening.delimiters for opening in openings}) > 1:
        return "other delimiters in a later interchange"
    if any(opening.wrapped for opening in openings):
        return "lines wrapped inside segments"
    if any(segment.tag in ("BIN", "BDS") for segment in segments):
        return "binary data"
    terminator = openings[0].delimiters.segment.encode("latin-1")
    *parts, rest = content.split(terminator)
    if rest.strip():
        return "the last segment has no terminator, or text follows"
    if not all(part.strip() for part in parts):
        return "empty segments"  # it stops at the first
    return None


def test_both_readers_agree(corpus: Path) -> None:
    outcome: Counter[str] = Counter()
    differing = []
    with (corpus / "INDEX.tsv").open(encoding="utf-8") as index:
        rows = [row for row in csv.DictReader(index, delimiter="\t") if row["standard"] == "X12"]
    for row in rows:
        content = (corpus / row["path"]).read_bytes()
        openings, segments = ours(content)
        why = why_left_out(content, openings, segments) if openings else "no ISA"
        if why is not None:
            outcome[f"left out: {why}"] += 1
            continue
        try:
            expected = theirs(content)
        except X12Error:
            outcome["pyx12 cannot read it: ISA12 is neither 00401 nor 00501"] += 1
            continue
        outcome["compared"] += 1
        if as_theirs(segments, openings[0]) != expected:
            differing.append(row["path"])
    print(dict(outcome))
    assert outcome["compared"] > 340
    assert not differing
