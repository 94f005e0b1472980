"""pydifact reads the same segments, wherever it reads correctly."""

from __future__ import annotations

import csv
import warnings
from collections import Counter
from pathlib import Path

from pydifact.exceptions import EDISyntaxError
from pydifact.segmentcollection import RawSegmentCollection

from gateway.edi.opening import Opening
from gateway.edi.segment import Element
from gateway.edi.segment import Segment
from gateway.edi.tokens import Token
from gateway.edi.tokens import Tokenizer

Read = list[tuple[str, list[Element]]]


def ours(content: bytes) -> tuple[Opening | None, Read]:
    tokens: list[Token] = [*Tokenizer().read([content])]
    opening = next((token for token in tokens if isinstance(token, Opening)), None)
    segments = [token for token in tokens if isinstance(token, Segment) and token.tag]
    return opening, [(one.tag, [_trim(e) for e in one.elements]) for one in segments]


def theirs(content: bytes, charset: str) -> Read:
    try:
        text = content.decode(charset)
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    collection = RawSegmentCollection.from_str(text.lstrip("\ufeff"))
    return [
        (one.tag, [_trim(element) for element in one.elements])
        for one in collection.segments
        if one.tag != "UNA"
    ]


def _trim(element: Element) -> Element:
    """pydifact drops empty components at an element's end in service segments."""
    if isinstance(element, str) or (element and isinstance(element[0], list)):
        return element
    parts = list(element)
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts if len(parts) > 1 else parts[0]


def _breaks_inside(content: bytes, opening: Opening) -> bool:
    """pydifact keeps every line break."""
    parts = content.split(opening.delimiters.segment.encode())
    return any(b"\n" in part.lstrip() for part in parts)


def test_both_readers_agree(corpus: Path) -> None:
    warnings.simplefilter("ignore")
    outcome: Counter[str] = Counter()
    differing = []
    with (corpus / "INDEX.tsv").open(encoding="utf-8") as index:
        rows = [
            row for row in csv.DictReader(index, delimiter="\t") if row["standard"] == "EDIFACT"
        ]
    for row in rows:
        content = (corpus / row["path"]).read_bytes()
        opening, read = ours(content)
        if opening is None or opening.delimiters.repetition:
            outcome["left out: no header, or syntax 4 repetition"] += 1
            continue
        if opening.wrapped and _breaks_inside(content, opening):
            outcome["left out: lines wrapped inside segments"] += 1
            continue
        try:
            expected = theirs(content, opening.charset)
        except (EDISyntaxError, ValueError, IndexError):
            outcome["pydifact cannot read it"] += 1
            continue
        outcome["compared"] += 1
        if read != expected:
            differing.append(row["path"])
    print(dict(outcome))
    assert outcome["compared"] > 150
    assert not differing
