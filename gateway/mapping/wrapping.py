"""Long text in rows of limited length, each line cut hard where its row is full.

A row of exactly `wrap` characters goes on in the next row; any other row ends its line. A line
that fills its rows exactly and is not the last one is ended by an empty row. So the text comes
back as it was, blanks included: join_rows(cut_rows(text, n), n) == text. A segment that holds one
row only, and must not be empty, cannot carry that empty row; such a text is refused when emitted.
"""

from __future__ import annotations

from collections.abc import Iterable


def cut_rows(text: str, wrap: int) -> list[str]:
    """The rows of a text: its lines, those longer than `wrap` cut; 0 cuts nothing."""
    lines = text.split("\n")
    if not wrap:
        return lines
    rows: list[str] = []
    for number, line in enumerate(lines, start=1):
        rows += [line[start : start + wrap] for start in range(0, len(line), wrap)] or [""]
        if line and len(line) % wrap == 0 and number < len(lines):
            rows.append("")
    return rows


def join_rows(
    rows: Iterable[str], wrap: int, before: str | None = None, *, goes_on: bool = False
) -> str:
    """The text of rows, after the text `before` them; `goes_on`: its last row was full."""
    text = before
    for row in rows:
        text = row if text is None else text + row if goes_on else f"{text}\n{row}"
        goes_on = is_full(row, wrap)
    return text or ""


def is_full(row: str, wrap: int) -> bool:
    return wrap > 0 and len(row) == wrap
