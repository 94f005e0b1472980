"""Code tables kept in a spreadsheet beside the map."""

from __future__ import annotations

from pathlib import Path

import pytest
from mapping_desk import Desk

from gateway.edi.finding import DefinitionError

RULES = "- {seg: BEG, BEG02: type | code(type)}"


def save(desk: Desk, text: str) -> Path:
    path = desk.root / "x12" / "004010" / "types.csv"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "code,word\nNE,new\nRE,new (read)\n",
        "\ufeffcode;word\nNE;new\nRE;new (read)\n;\n",
        'code,word\n"NE", new\nRE,new (read)\n\n',
    ],
)
def test_a_table_is_read_from_csv(desk: Desk, text: str) -> None:
    path = save(desk, text)
    trial = desk.load(RULES, "{type: types.csv}")
    assert trial.write({"type": "new"}) == "BEG**NE"
    assert trial.read("BEG**RE").document == {"type": "new"}
    assert path in trial.map.sources


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("NE,new\n", "types.csv:1: the first line of a code table is code,word"),
        ("code,word\nNE\n", "types.csv:2: a row is a code and its word, as in EA,each"),
        ("code,word\nNE,new\nNE,old\n", "types.csv:3: NE stands here twice"),
        ("code,word\nNE,new\nRE,new\n", "types.csv:3: table type: NE, RE all mean 'new'; mark all"),
    ],
)
def test_a_fault_of_a_table_is_named_with_its_line(desk: Desk, text: str, fault: str) -> None:
    save(desk, text)
    with pytest.raises(DefinitionError) as caught:
        desk.load(RULES, "{type: types.csv}")
    assert any(fault in found for found in caught.value.faults), caught.value.faults


@pytest.mark.parametrize("name", ["../types.csv", "/tmp/types.csv", "types.txt", "none.csv"])
def test_a_table_lies_beside_its_map(desk: Desk, name: str) -> None:
    with pytest.raises(DefinitionError, match=r"table type: (write its rows|there is no file)"):
        desk.load(RULES, f"{{type: {name}}}")
