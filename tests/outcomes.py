"""What must hold whatever the bytes: findings or success, never anything else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from checked import check_content

from gateway.ack.report import Verdict
from gateway.edi.sentences import sentence
from gateway.edi.tokens import Token
from gateway.edi.tokens import Tokenizer
from gateway.edi.writer import segment_texts
from gateway.engine.composing import compose
from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps
from gateway.engine.dropped import read_document
from gateway.engine.laws import check_laws
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file
from gateway.partner.partner import load_partner
from gateway.partner.settings import load_settings

ROOT = Path(__file__).parents[1]
DEFINITIONS = Definitions(packaged_maps())
PARTNERS = [
    replace(load_partner(folder, load_settings(ROOT / "gateway.yaml")), overlays=())
    for folder in sorted((ROOT / "partners").glob("*/"))
    if (folder / "partner.yaml").is_file()
]


def tokens(pieces: list[bytes]) -> list[Token]:
    return list(Tokenizer().read(pieces))


def pieces_are_read_as_the_whole(data: bytes) -> None:
    """The first byte says how long the pieces are."""
    size, data = 1 + data[0] % 97 if data else 1, data[1:]
    whole = tokens([data])
    assert tokens([data[at : at + size] for at in range(0, len(data), size)]) == whole
    for token in whole:
        at = getattr(token, "offset", 0)
        assert 0 <= at <= at + getattr(token, "size", 0) <= len(data)


def checking_ends_in_findings_or_success(data: bytes) -> None:
    """Each finding has its sentence and a place in the file; what is not accepted has a finding
    that says why; the acknowledgment can be written."""
    checked = check_content(data, DEFINITIONS, None)
    for finding in checked.findings:
        assert sentence(finding)
        offset = finding.position.offset
        assert offset is None or 0 <= offset <= len(data)
    assert not (checked.valid and not all(one["accepted"] for one in checked.sets))
    for report in checked.reports:
        for group in report.groups:
            assert all(one.verdict is not Verdict.REJECTED or one.findings for one in group.sets)
    assert all(isinstance(text, str) for text in checked.acknowledgments())


def translating_ends_in_findings_or_success(data: bytes) -> None:
    """Each set that is accepted is a document, and can be written again."""
    for read in read_file([data], DEFINITIONS):
        if isinstance(read, SetRead):
            assert read.reading is not None or read.map is None or read.report.findings
            check_laws(read)


def sending_ends_in_findings_or_success(data: bytes) -> None:
    """What is no document says so; what is one becomes each partner's set or says why not."""
    document, findings = read_document(data, DEFINITIONS.schemas)
    assert document is not None or findings
    if document is None:
        return
    for partner in PARTNERS:
        composed = compose(document, partner, DEFINITIONS)
        assert all(sentence(finding) for finding in composed.findings)
        assert all(segment_texts(composed.body, partner.delimiters))
