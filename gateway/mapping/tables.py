"""Code tables: the code on the wire against the canonical word, row by row.

`RE: reorder (read)` is understood and never written; of several codes for one word exactly one
may be written.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from gateway.definition import Node
from gateway.mapping.source import Faults

_READ = "(read)"


@dataclass(frozen=True, slots=True)
class Row:
    """One code's word; a `read_only` code is never written."""

    word: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class CodeTable:
    """`rows` by code; `written` gives each word's code, in the order of the rows."""

    name: str
    rows: dict[str, Row]
    written: dict[str, str]


Rows = dict[str, dict[str, Node]]


def merge_tables(rows: Rows, node: Node, faults: Faults) -> list[Path]:
    """Adds a file's `tables` to the rows gathered so far; a later row for a code wins. A table may
    be the name of a CSV file beside the map: those files are returned."""
    files = []
    for name, table in faults.expect_mapping(node).items():
        if table.text is None:
            rows.setdefault(name, {}).update(faults.expect_mapping(table))
            continue
        path = Path(table.file).parent / table.text
        if path.suffix != ".csv" or path.name != table.text:
            faults.add(table, f"table {name}: write its rows, or a CSV file beside this one")
        elif not path.is_file():
            faults.add(table, f"table {name}: there is no file {path}")
        else:
            files.append(path)
            rows.setdefault(name, {}).update(_read_csv(path, table, faults))
    return files


def _read_csv(path: Path, table: Node, faults: Faults) -> dict[str, Node]:
    """The rows of a spreadsheet: a first line `code,word` (or `code;word`), then a code and its
    word on each line."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        faults.add(table, f"{path} is not UTF-8 text")
        return {}
    mark = ";" if lines and ";" in lines[0] else ","
    rows: dict[str, Node] = {}
    for number, cells in enumerate(csv.reader(lines, delimiter=mark), start=1):
        cells = [cell.strip() for cell in cells]
        place = Node("", str(path), number)
        if number == 1:
            if cells[:2] != ["code", "word"]:
                faults.add(place, "the first line of a code table is code,word")
        elif not any(cells):
            continue
        elif len(cells) >= 2 and not any(cells[2:]):
            if cells[0] in rows:
                faults.add(place, f"{cells[0]} stands here twice")
            rows[cells[0]] = Node(cells[1], str(path), number)
        else:
            faults.add(place, "a row is a code and its word, as in EA,each")
    return rows


def make_tables(rows: Rows, faults: Faults) -> dict[str, CodeTable]:
    """The tables of the merged rows."""
    return {name: _make_table(name, nodes, faults) for name, nodes in rows.items()}


def _make_table(name: str, nodes: dict[str, Node], faults: Faults) -> CodeTable:
    rows: dict[str, Row] = {}
    codes: dict[str, list[str]] = {}
    for code, node in nodes.items():
        text = faults.expect_text(node)
        word = text.removesuffix(_READ).strip()
        if not word or not code:
            faults.add(node, f"table {name}: a row is a code and its word, as in EA: each")
        rows[code] = Row(word, read_only=text.endswith(_READ))
        codes.setdefault(word, []).append(code)
    for word, same in codes.items():
        kept = [code for code in same if not rows[code].read_only]
        if len(same) > 1 and len(kept) != 1:
            faults.add(nodes[same[-1]], _many(name, word, same))
    written = {row.word: code for code, row in rows.items() if not row.read_only}
    return CodeTable(name, rows, written)


def _many(name: str, word: str, codes: list[str]) -> str:
    return (
        f"table {name}: {', '.join(codes)} all mean {word!r}; "
        f"mark all but one with (read), the one left is written"
    )
