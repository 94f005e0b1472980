"""What is measured: the floors, and the gateway's own three works on one interchange."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path

import orjson

from gateway.edi.finding import has_errors
from gateway.engine.checking import check_file
from gateway.engine.composing import compose
from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps
from gateway.engine.dropped import read_document
from gateway.engine.translating import translate_file
from gateway.partner.partner import Partner
from gateway.partner.partner import load_partner
from gateway.partner.settings import load_settings

HOME = Path(__file__).with_name("home")


def split_floor(content: bytes) -> None:
    """Every segment and every element, split and dropped."""
    text = content.decode("latin-1")
    segment, element = _delimiters(text)
    for part in text.split(segment):
        part.split(element)


def dict_floor(content: bytes) -> None:
    """The same, with one dict a segment and each set written by orjson."""
    text = content.decode("latin-1")
    segment, element = _delimiters(text)
    trailer = "SE" if segment == "~" else "UNT"
    documents: list[dict[str, object]] = []
    for part in text.split(segment):
        tag, *elements = part.split(element)
        documents.append({"tag": tag, "elements": elements})
        if tag == trailer:
            orjson.dumps(documents)
            documents = []


def _delimiters(text: str) -> tuple[str, str]:
    return ("~", "*") if text.startswith("ISA") else ("'", "+")


class Gateway:
    """The gateway with one partner's overlays, its definitions loaded once."""

    def __init__(self, partner: str) -> None:
        settings = load_settings(HOME / "gateway.yaml")
        self.definitions = Definitions(packaged_maps(), settings.python)
        self.partner: Partner = load_partner(HOME / "partners" / partner, settings)

    def to_json(self, content: bytes) -> Iterator[bytes]:
        """Bytes to the validated canonical JSON of each accepted set, one after the other."""
        for _, document in translate_file([content], self.definitions, self.partner):
            if document is not None:
                yield document

    def to_edi(self, documents: Sequence[bytes]) -> int:
        """JSON to segments that the partner's own guide has checked; how many documents."""
        done = 0
        for document in documents:
            dropped, findings = read_document(document, self.definitions.schemas)
            if dropped is not None:
                composed = compose(dropped, self.partner, self.definitions)
                findings += composed.findings
            done += not has_errors(findings)
        return done

    def validate(self, content: bytes) -> int:
        """All checks and no document; how many sets are accepted."""
        accepted = 0
        for findings, report in check_file([content], self.definitions, self.partner):
            accepted -= has_errors(findings)
            accepted += sum(len(group.sets) for group in report.groups) if report else 0
        return accepted
