"""The pages under docs/ say what is: their examples are run, their lists compared."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from gateway.edi.finding import DefinitionError
from gateway.engine.definitions import packaged_maps
from gateway.engine.dropped import read_document
from gateway.engine.schemas import Schemas
from gateway.mapping import load_map
from gateway.store import states

ROOT = Path(__file__).parents[1]
SCHEMAS = Schemas(packaged_maps() / "canonical")


def examples(page: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text("utf-8")
    return re.findall(r"^```json\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", examples("canonical.md"))
def test_the_canonical_examples_are_documents(example: str) -> None:
    document, findings = read_document(example.encode(), SCHEMAS)
    assert document is not None, findings
    assert json.loads(example)["data"] == document.data


def test_every_document_type_is_on_its_page() -> None:
    page = (ROOT / "docs" / "canonical.md").read_text("utf-8")
    for document_type in SCHEMAS.types:
        assert f"`{document_type}.json`" in page


def test_every_setting_is_on_the_operations_page() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    sources = [ROOT / "gateway" / "partner" / name for name in ("settings.py", "partner.py")]
    for source in sources:
        text = source.read_text("utf-8")
        for key in re.findall(r"fields\.(?:text|texts|read|choice|fields)\(\s*\"(\w+)\"", text):
            assert f"`{key}" in page, f"{key} of {source.name}"


def test_every_as2_setting_is_on_its_page() -> None:
    from gateway.partner import as2
    from gateway.partner import as2_style

    page = (ROOT / "docs" / "as2.md").read_text("utf-8")
    text = "".join(Path(one.__file__).read_text("utf-8") for one in (as2, as2_style))
    keys = re.findall(r"\b[a-z_]+\(\s*fields, \"(\w+)\"", text)
    keys += re.findall(r"fields\.(?:text|texts|read|choice)\(\"(\w+)\"", text)
    switches = {*as2_style._QUIRKS, *as2_style._POLICY_SWITCHES, *as2_style._STYLE_SWITCHES}
    assert {"url", "receipt_signed", "accept_unsigned", "plain_http", "timeout"} <= {*keys}
    for key in {*keys, *switches}:
        assert f"`{key}`" in page or f"  {key}: " in page, key


def test_every_outbound_state_is_explained() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    for state in ("queued", "sent", "accepted", "accepted_with_errors", "rejected", "overdue"):
        assert states.DocumentState(state)
        assert f"`{state}`" in page


BLOCK = re.compile(
    r"^```(yaml(?: wrong)?)\n(.*?)^```(?:\n```text\n(.*?)^```)?", re.DOTALL | re.MULTILINE
)
MAPS = [match.groups() for match in BLOCK.finditer((ROOT / "docs" / "maps.md").read_text("utf-8"))]


@pytest.mark.parametrize(("kind", "text", "message"), MAPS)
def test_the_maps_of_the_page_load_or_say_what_it_says(
    kind: str, text: str, message: str | None, tmp_path: Path
) -> None:
    head, _, base = text.partition("\n")[0].partition(": ")
    dialect, release, set_ = base.split("/")
    overlay, root = None, packaged_maps()
    if head == "overlay":
        overlay = tmp_path / f"{set_}.yaml"
        overlay.write_text(text)
    else:
        root = tmp_path / "maps"
        for folder in ("canonical", f"{dialect}/{release}"):
            shutil.copytree(packaged_maps() / folder, root / folder)
        (root / dialect / release / f"{set_}.yaml").write_text(text)
    if kind == "yaml":
        assert load_map(root, dialect, release, set_, overlay) is not None
        return
    with pytest.raises(DefinitionError) as caught:
        load_map(root, dialect, release, set_, overlay)
    assert (message or "?").strip() in "\n".join(caught.value.faults)
