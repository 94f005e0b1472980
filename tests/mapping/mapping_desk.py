"""Small maps written in the tests, over the real dictionaries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.edi.finding import DefinitionError
from gateway.edi.segment import Delimiters
from gateway.edi.segment import Element
from gateway.edi.segment import Segment
from gateway.guide.match import match
from gateway.mapping import Emission
from gateway.mapping import Form
from gateway.mapping import Map
from gateway.mapping import Reading
from gateway.mapping import emit
from gateway.mapping import load_map
from gateway.mapping import read

MAPS = Path(__file__).parents[2] / "maps"
PLAIN = {
    "x12": Delimiters("~", "*", ">"),
    "edifact": Delimiters("'", "+", ":"),
}


def to_segments(text: str, delimiters: Delimiters) -> list[Segment]:
    """Segments of a text without release characters, their offsets from its start."""
    segments = []
    offset = 0
    for part in text.split(delimiters.segment):
        tag, *values = part.split(delimiters.element)
        elements: list[Element] = [
            value.split(delimiters.component) if delimiters.component in value else value
            for value in values
        ]
        segments.append(Segment(tag, elements, offset, part))
        offset += len(part) + 1
    return segments


def to_text(emission: Emission, delimiters: Delimiters) -> str:
    parts = []
    for tag, elements in emission.segments:
        texts = [e if isinstance(e, str) else delimiters.component.join(e) for e in elements]
        parts.append(delimiters.element.join([tag, *texts]))
    return delimiters.segment.join(parts)


class Trial:
    """A map at work on the body of a set, without ST/SE or UNH/UNT."""

    def __init__(self, map_: Map) -> None:
        self.map = map_

    @property
    def delimiters(self) -> Delimiters:
        return PLAIN[self.map.guide.dialect.name]

    def read(self, body: str, *, trace: bool = False) -> Reading:
        level = self.map.guide.dialect.set
        mark = self.delimiters.segment
        text = mark.join([level.header, *filter(None, [body]), level.trailer])
        tree, _ = match(self.map.guide, to_segments(text, self.delimiters))
        return read(self.map, tree, self.delimiters, trace=trace)

    def emit(self, document: dict[str, Any], form: Form | None = None) -> Emission:
        return emit(self.map, document, form, self.delimiters)

    def write(self, document: dict[str, Any], form: Form | None = None) -> str:
        emission = self.emit(document, form)
        assert emission.findings == []
        return to_text(emission, self.delimiters)

    def rewrite(self, body: str) -> str:
        """What is written for a set after it was read, in its remembered form."""
        reading = self.read(body)
        return self.write(reading.document, reading.form)


class Desk:
    """A maps folder with the real dictionaries, into which tests write their maps."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for release in ("x12/004010", "edifact/D96A", "edifact/service"):
            for table in (MAPS / release).rglob("*.t[sx][vt]"):
                copy = root / table.relative_to(MAPS)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.symlink_to(table)

    def write(self, name: str, text: str) -> Path:
        path = self.root / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def load(
        self,
        rules: str,
        tables: str = "{}",
        name: str = "x12/004010/850",
        lossy: str = "[]",
    ) -> Trial:
        """A map of these rules, which start on line 5; `name` tells the set."""
        head = f"map: {name}\ndocument: trial\ntables: {tables}\nsegments:\n"
        self.write(name, f"{head}{rules}\nlossy: {lossy}\n")
        return self.load_file(name)

    def load_file(self, name: str) -> Trial:
        loaded = load_map(self.root, *name.split("/"))
        assert loaded is not None
        return Trial(loaded)

    def overlay_faults(self, overlay: str) -> list[str]:
        """What is wrong with an overlay as `line: text`; it starts on line 2."""
        with pytest.raises(DefinitionError) as caught:
            self.load_overlay(overlay)
        return [fault.removeprefix(f"{self.root}/partner.yaml:") for fault in caught.value.faults]

    def load_overlay(self, overlay: str, name: str = "x12/004010/850") -> Trial:
        path = self.write("partner", f"overlay: {name}\n{overlay}\n")
        loaded = load_map(self.root, *name.split("/"), overlay=path)
        assert loaded is not None
        return Trial(loaded)
