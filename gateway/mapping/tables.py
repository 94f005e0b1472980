"""Code tables: the code on the wire against the canonical word, row by row.

`RE: reorder (read)` is understood and never written; of several codes for one word exactly one
may be written.
"""

from __future__ import annotations

from dataclasses import dataclass

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


def merge_tables(rows: Rows, node: Node, faults: Faults) -> None:
    """Adds a file's `tables` to the rows gathered so far; a later row for a code wins."""
    for name, table in faults.expect_mapping(node).items():
        rows.setdefault(name, {}).update(faults.expect_mapping(table))


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
