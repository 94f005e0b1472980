"""Each folder of tests/cases is one case an analyst can read.

Inbound: `input.edi` with `findings.txt` (severity, place, code; one a line), `document.json` (the
canonical documents of the accepted sets) and `ack.edi` (the acknowledgment due, one segment a
line, without envelope). Outbound: `document.json` with `output.edi` (the set, from its second
segment on). A case both ways has all of these: `output.edi` is what we write from the document
that was read, without remembering how it came. A case may have an `overlay.yaml` of its own. A
file that is not there is not compared. `variations.tsv` lists what partners do differently and the
cases that show it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from checked import check_content

from gateway.edi.finding import Finding
from gateway.edi.finding import has_errors
from gateway.edi.writer import segment_texts
from gateway.engine.composing import compose
from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps
from gateway.engine.dropped import read_document
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file
from gateway.partner.partner import Partner
from gateway.partner.partner import load_partner
from gateway.partner.settings import load_settings

ROOT = Path(__file__).parents[1]
CASES_FOLDER = ROOT / "tests" / "cases"
CASES = sorted(path for path in CASES_FOLDER.glob("*") if path.is_dir())


def partner_of(case: Path) -> Partner | None:
    """The example partner of the case's dialect, with the case's own overlay if it has one."""
    overlay = case / "overlay.yaml"
    if not (overlay.is_file() or (case / "output.edi").is_file()):
        return None
    name = "alpenmed" if "edifact" in case.name else "harbor-medical"
    partner = load_partner(ROOT / "partners" / name, load_settings(ROOT / "gateway.yaml"))
    # Maps are kept by the partner's name, so each case is a partner of its own.
    return replace(partner, name=case.name, overlays=(overlay,) if overlay.is_file() else ())


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return Definitions(packaged_maps())


def line(finding: Finding) -> str:
    """`error set 1 segment 3 IT103 element-too-long @454`."""
    position = finding.position
    words = [finding.severity.value]
    for word, number in (("set", position.set), ("segment", position.segment)):
        if number is not None:
            words += [word, str(number)]
    words += [position.reference, finding.code.value]
    if position.offset is not None:
        words.append(f"@{position.offset}")
    return " ".join(word for word in words if word)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, definitions: Definitions) -> None:
    partner = partner_of(case)
    if (case / "input.edi").is_file():
        check_inbound(case, definitions, partner)
    if (case / "output.edi").is_file():
        assert partner is not None
        check_outbound(case, definitions, partner)


def test_every_variation_has_its_cases() -> None:
    listed = set()
    for row in (CASES_FOLDER / "variations.tsv").read_text().splitlines()[1:]:
        _variation, _what, folders = row.split("\t")
        listed.update(folders.split())
    found = {case.name for case in CASES}
    assert listed <= found, listed - found
    assert {name for name in found if name.startswith("variation-")} <= listed


def check_inbound(case: Path, definitions: Definitions, partner: Partner | None) -> None:
    content = (case / "input.edi").read_bytes()
    checked = check_content(content, definitions, partner)
    findings = case / "findings.txt"
    if findings.is_file():
        assert [line(finding) for finding in checked.findings] == findings.read_text().splitlines()
    expected = case / "ack.edi"
    if expected.is_file():
        assert "".join(checked.acknowledgments()).split() == expected.read_text().split()
    documents = case / "document.json"
    if documents.is_file():
        found = [
            {"type": read.map.document, "data": read.reading.document}
            for read in read_file([content], definitions, lambda _header: partner)
            if isinstance(read, SetRead) and read.reading is not None and read.map is not None
        ]
        assert found == json.loads(documents.read_text())


def check_outbound(case: Path, definitions: Definitions, partner: Partner) -> None:
    dropped, findings = read_document((case / "document.json").read_bytes(), definitions.schemas)
    assert dropped is not None, findings
    composed = compose(dropped, partner, definitions)
    assert not has_errors(composed.findings), composed.findings
    marks = partner.delimiters
    written = segment_texts(composed.body, marks)
    expected = (case / "output.edi").read_text().splitlines()
    assert [text + marks.segment for text in written] == expected
