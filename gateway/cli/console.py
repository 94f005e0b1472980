"""How commands speak: tables and sentences for people, one JSON value for scripts."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from typing import BinaryIO

import click
import orjson

from gateway.edi.finding import Finding
from gateway.edi.finding import Severity
from gateway.edi.sentences import sentence

as_json = click.option("--json", "json_", is_flag=True, help="One JSON value for scripts.")
partner_option = click.option("--partner", help="Use this partner's maps and identifiers.")

_BLOCK = 1 << 20
_WIDEST = 1 << 20
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


class Failure(click.ClickException):
    """Something a person must mend; exit status 1."""

    exit_code = 1


class OwnFault(click.ClickException):
    """The gateway's own fault; exit status 3."""

    exit_code = 3


def print_json(value: Any) -> None:
    data = orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2)
    sys.stdout.buffer.write(data + b"\n")


def print_members(members: Iterable[tuple[str, Any]]) -> None:
    """One JSON object written as its members come: the items of an iterator one by one, anything
    else whole."""
    out, between = sys.stdout.buffer, b"{\n"
    for name, value in members:
        label = between + orjson.dumps(name) + b": "
        between = b",\n"
        if not isinstance(value, Iterator):
            out.write(label + orjson.dumps(value))
            continue
        lead = label + b"[\n  "  # written with the first item: what fails at once says nothing
        for item in value:
            out.write(lead + orjson.dumps(item))
            lead = b",\n  "
        out.write(b"\n]" if lead == b",\n  " else label + b"[]")
    out.write(b"\n}\n")


def print_findings(findings: Iterable[Finding], *, err: bool = False) -> None:
    """One finding a line: severity, place, code, sentence."""
    for finding in findings:
        severity = click.style(f"{finding.severity.value:7}", fg=_COLOURS[finding.severity])
        place = _place(finding)
        click.echo(f"{severity} {place}{finding.code.value}: {sentence(finding)}", err=err)


def _place(finding: Finding) -> str:
    position = finding.position
    levels = [
        f"{word} {number}"
        for word, number in (
            ("interchange", position.interchange),
            ("group", position.group),
            ("set", position.set),
            ("segment", position.segment),
        )
        if number is not None
    ]
    if position.offset is not None:
        levels.append(f"byte {position.offset}")
    return f"{', '.join(levels)}: " if levels else ""


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for people, if it has rows; on a terminal it fits the width, in a pipe nothing is
    cut."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=not sys.stdout.isatty())
    for row in rows:
        table.add_row(*(Text("" if cell is None else _printable(str(cell))) for cell in row))
    if not table.rows:
        return
    width = None if sys.stdout.isatty() else _WIDEST
    Console(width=width, highlight=False).print(table)


def _printable(text: str) -> str:
    """What others wrote must not move the cursor."""
    return "".join(
        sign if sign.isprintable() or sign == "\n" else "\N{REPLACEMENT CHARACTER}" for sign in text
    )


@contextmanager
def opened(path: Path | None) -> Iterator[BinaryIO]:
    """A file the user named, to write to, or standard output."""
    if path is None:
        yield sys.stdout.buffer
        return
    try:
        target = path.open("wb")
    except OSError as error:
        raise Failure(f"{path}: cannot be written: {error.strerror}; name another file") from error
    with target:
        yield target


@contextmanager
def making(place: Path) -> Iterator[None]:
    """A folder is made and filled; where that cannot be, one is told where and what to do."""
    try:
        yield
    except OSError as error:
        where, reason = error.filename or place, error.strerror or error
        raise Failure(
            f"{where}: {reason}; choose another place, or get the right to write there"
        ) from error


def read_bytes(path: Path) -> bytes:
    """The file's bytes; what cannot be read is a finding in words and exit status 1."""
    return b"".join(read_blocks(path))


def read_blocks(path: Path) -> Iterator[bytes]:
    """The file's bytes in pieces of up to 1 MiB; what cannot be read as in `read_bytes`."""
    try:
        with path.open("rb") as source:
            while block := source.read(_BLOCK):
                yield block
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}; name a file") from error
