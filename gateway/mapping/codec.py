"""Codecs: pairs that turn element text into canonical values and back, each with its domain.

A codec reads and writes tuples, n elements against m values; "" and None stand for absence. What
lies outside its domain comes back as `Unfit`, never as an exception.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat

from gateway.edi.finding import Code
from gateway.guide.dictionary import ElementDef
from gateway.mapping.decimals import fitting
from gateway.mapping.decimals import is_decimal
from gateway.mapping.decimals import read_explicit
from gateway.mapping.decimals import read_implied
from gateway.mapping.decimals import shifted
from gateway.mapping.decimals import shortest
from gateway.mapping.decimals import write_implied
from gateway.mapping.tables import CodeTable

Texts = tuple[str, ...]
Values = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Unfit:
    """A value outside the codec's domain: what kind of fault, and what was expected instead.
    `kept` are values to read it as all the same."""

    code: Code
    expected: str
    kept: Values | None = None


@dataclass(frozen=True, slots=True)
class Codec:
    """`read` takes `elements` texts and gives `values` values; `write` the reverse, with the
    interchange's decimal mark. A codec with `source` keeps the code received beside its word."""

    name: str
    read: Callable[[Texts], Values | Unfit]
    write: Callable[[Values, str], Texts | Unfit]
    elements: int = 1
    values: int = 1
    source: bool = False


def _read_text(texts: Texts) -> Values:
    return texts


def _write_text(values: Values, mark: str) -> Texts:  # noqa: ARG001 -- text has no decimal mark
    return (values[0] or "",)


TEXT = Codec("text", _read_text, _write_text)


def decimal(element: ElementDef, dialect: str) -> Codec:
    """A decimal by the element's type: Nn has implied places, all others write the mark."""
    if element.implied_places is not None:
        return _implied(element.implied_places, element.min)
    marks = "." if dialect == "x12" else ".,"

    def read(texts: Texts) -> Values | Unfit:
        number = read_explicit(texts[0], marks)
        return Unfit(Code.ELEMENT_INVALID, "a number") if number is None else (number,)

    def write(values: Values, mark: str) -> Texts | Unfit:
        number = values[0] or ""
        if not is_decimal(number):
            return Unfit(Code.VALUE_UNWRITABLE, "a decimal such as 41.50")
        number = fitting(number, element.max)
        if dialect == "x12":  # X12.5: no leading zero
            number = number.replace("0.", ".", 1) if number.lstrip("-").startswith("0.") else number
        return (number.replace(".", mark),)

    return Codec("decimal", read, write)


def _implied(places: int, minimum: int) -> Codec:
    def read(texts: Texts) -> Values | Unfit:
        number = read_implied(texts[0], places)
        return Unfit(Code.ELEMENT_INVALID, "digits only") if number is None else (number,)

    def write(values: Values, mark: str) -> Texts | Unfit:  # noqa: ARG001 -- the mark is implied
        number = values[0] or ""
        if not is_decimal(number):
            return Unfit(Code.VALUE_UNWRITABLE, "a decimal such as 41.50")
        text = write_implied(shortest(number), places, minimum)
        if text is None:
            return Unfit(Code.VALUE_UNWRITABLE, f"at most {places} decimal places")
        return (text,)

    return Codec("decimal", read, write)


def fraction(element: ElementDef, dialect: str) -> Codec:
    """A percentage that the wire has as a fraction of one: .0625 is 6.25 percent."""
    inner = decimal(element, dialect)

    def read(texts: Texts) -> Values | Unfit:
        values = inner.read(texts)
        return values if isinstance(values, Unfit) else (shifted(values[0] or "", 2),)

    def write(values: Values, mark: str) -> Texts | Unfit:
        number = values[0] or ""
        if is_decimal(number):
            part = shifted(number, -2)
            number = part if "." in number else shortest(part)
        return inner.write((number,), mark)

    return Codec("fraction", read, write)


def cut(longest: int) -> Codec:
    """A text of which no more than `longest` characters are written: a loss, to be declared."""

    def write(values: Values, mark: str) -> Texts:  # noqa: ARG001 -- text has no decimal mark
        return ((values[0] or "")[:longest],)

    return Codec("cut", _read_text, write)


def words(table: CodeTable, element: ElementDef, dialect: str, count: int) -> Codec:
    """One code that says several things: `HP: per_hundred 100`, `-` where it says nothing. A code
    without a row is the first value alone."""
    prefix = f"{dialect}:{element.id}:"

    def read(texts: Texts) -> Values | Unfit:
        row = table.rows.get(texts[0])
        if row is None:
            return (prefix + texts[0], *repeat(None, count - 1))
        return tuple(None if word == "-" else word for word in row.word.split())

    def write(values: Values, mark: str) -> Texts | Unfit:  # noqa: ARG001 -- codes have no mark
        word = values[0] or "-"
        row = " ".join((value or "-") for value in values)
        if row in table.written:
            return (table.written[row],)
        if word.startswith(prefix) and len(word) > len(prefix) and not any(values[1:]):
            return (word.removeprefix(prefix),)
        return Unfit(Code.VALUE_UNWRITABLE, f"words of one row of the table {table.name}")

    return Codec("code", read, write, values=count)


def code(table: CodeTable, element: ElementDef, dialect: str, source: bool) -> Codec:
    """A word of a code table. A code without a row reads as `x12:<element>:<code>` and back.
    With `source` a second value keeps a code that is only read, and is written again."""
    prefix = f"{dialect}:{element.id}:"

    def read(texts: Texts) -> Values:
        row = table.rows.get(texts[0])
        word = row.word if row else prefix + texts[0]
        if not source:
            return (word,)
        return word, prefix + texts[0] if row and row.read_only else None

    def write(values: Values, mark: str) -> Texts | Unfit:  # noqa: ARG001 -- codes have no mark
        word = values[0] or ""
        kept = (values[1] or "").removeprefix(prefix) if source else ""
        if kept in table.rows and table.rows[kept].word == word:
            return (kept,)
        if word in table.written:
            return (table.written[word],)
        if word.startswith(prefix) and len(word) > len(prefix):
            return (word.removeprefix(prefix),)
        return Unfit(Code.VALUE_UNWRITABLE, f"a word of the table {table.name}")

    return Codec("code", read, write, values=2 if source else 1, source=source)
