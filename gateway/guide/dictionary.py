"""A release's dictionary: its segments, composites, elements and code lists, read from tables.

A release is a folder of tab-separated tables (`segments.tsv`, `composites.tsv`, `elements.tsv`,
`codes.tsv`). Loading only splits lines; a definition is parsed when first asked for, so one set
costs what it uses. Faults in a table name its file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from gateway.edi.finding import DefinitionError

UNBOUNDED = 999_999_999
"""The maximum of what the standards leave unbounded (`>1`, `x*`)."""


@dataclass(frozen=True, slots=True)
class ElementDef:
    """A simple data element. `type` is X12 AN ID DT TM R N0..N9 or EDIFACT a, n, an; `min` and
    `max` are its length in characters; `codes` its code list, None where any value will do."""

    id: str
    name: str
    type: str
    min: int
    max: int
    codes: frozenset[str] | None = None

    @property
    def implied_places(self) -> int | None:
        """The decimal places of an X12 Nn, which has no mark; None for all other types."""
        return int(self.type[1:]) if self.type.startswith("N") else None


@dataclass(frozen=True, slots=True)
class Note:
    """A relational condition (X12.5): P all or none, R at least one, E at most one, C the first
    requires the others, L the first requires one of the others. Positions count from 1."""

    kind: str
    elements: tuple[int, ...]

    def __str__(self) -> str:
        return self.kind + "".join(f"{element:02d}" for element in self.elements)


@dataclass(frozen=True, slots=True)
class CompositeDef:
    """A composite and its components in order; its notes count components."""

    id: str
    name: str
    components: tuple[Use, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """An element or composite in one place. `repeat` is how often it may stand there, 0 where a
    partner's narrowing forbids it. `lists` are the components beside it (EDIFACT 1131, 3055) that
    can name another code list than the directory's."""

    definition: ElementDef | CompositeDef
    required: bool
    repeat: int = 1
    lists: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentDef:
    """A segment and its elements in order; its notes count elements. `required` are the numbers
    of its mandatory elements, derived."""

    tag: str
    name: str
    elements: tuple[Use, ...]
    notes: tuple[Note, ...] = ()
    required: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numbers = enumerate(self.elements, start=1)
        required = frozenset(number for number, use in numbers if use.required)
        object.__setattr__(self, "required", required)


class Row(NamedTuple):
    """A line of a table: where it stands (`file:line`) and its cells, the key first."""

    place: str
    cells: list[str]


Table = dict[str, Row]

# Messages of the syntax itself (CONTRL) are versioned by UNH S009 apart from any directory.
_SERVICE = {"11": "3", "21": "3", "22": "3", "D3": "3", "41": "4", "42": "4"}


_LIST_NAMES = {"1131", "3055"}  # code list qualifier, responsible agency


class Dictionary:
    """The definitions of one release, parsed when first asked for.

    A definition that cannot be parsed raises DefinitionError with its file and line.
    """

    def __init__(self, dialect: str, release: str, folders: list[Path]) -> None:
        self.dialect = dialect
        self.release = release
        self.folders = folders
        self._segments: dict[str, SegmentDef] = {}
        self._items: dict[str, ElementDef | CompositeDef] = {}

    def __contains__(self, tag: object) -> bool:
        return tag in self._segment_rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._segment_rows)

    def segment(self, tag: str) -> SegmentDef | None:
        if tag in self._segments:
            return self._segments[tag]
        row = self._segment_rows.get(tag)
        if row is None:
            return None
        name, uses, notes = self._parts(row)
        return self._segments.setdefault(tag, SegmentDef(tag, name, uses, notes))

    def item(self, id: str) -> ElementDef | CompositeDef | None:  # noqa: A002 -- the field's word
        """The element or composite with this number (`353`, `C040`, `3035`)."""
        if id in self._items:
            return self._items[id]
        if id in self._element_rows:
            return self._items.setdefault(id, self._element(self._element_rows[id]))
        if id in self._composite_rows:
            name, uses, notes = self._parts(self._composite_rows[id])
            ids = [use.definition.id for use in uses]
            lists = tuple(at for at, part in enumerate(ids, start=1) if part in _LIST_NAMES)
            uses = tuple(replace(use, lists=lists) for use in uses) if lists else uses
            return self._items.setdefault(id, CompositeDef(id, name, uses, notes))
        return None

    @cached_property
    def _segment_rows(self) -> Table:
        return self._table("segments.tsv")

    @cached_property
    def _composite_rows(self) -> Table:
        return self._table("composites.tsv")

    @cached_property
    def _element_rows(self) -> Table:
        return self._table("elements.tsv")

    @cached_property
    def _code_rows(self) -> Table:
        return self._table("codes.tsv")

    def _table(self, name: str) -> Table:
        table: Table = {}
        for folder in self.folders:
            table |= read_table(folder / name)
        return table

    def _parts(self, row: Row) -> tuple[str, tuple[Use, ...], tuple[Note, ...]]:
        if not 3 <= len(row.cells) <= 4:
            raise DefinitionError([f"{row.place}: expected tag or id, name, parts and notes"])
        _, name, uses, *notes = row.cells
        faults: list[str] = []
        parts = [self._use(text, row.place, faults) for text in uses.split()]
        conditions = [_note(text, row.place, faults) for text in " ".join(notes).split()]
        for note in conditions:
            if note and max(note.elements) > len(parts):
                faults.append(f"{row.place}: {note}: there are only {len(parts)}")
        if faults:
            raise DefinitionError(faults)
        return (
            name,
            tuple(use for use in parts if use),
            tuple(note for note in conditions if note),
        )

    def _use(self, text: str, place: str, faults: list[str]) -> Use | None:
        match = _USE.fullmatch(text)
        definition = self.item(match["id"]) if match else None
        if match is None or definition is None:
            faults.append(f"{place}: {text}: no such element or composite")
            return None
        repeat = UNBOUNDED if match["repeat"] == "*" else int(match["repeat"] or 1)
        return Use(definition, required=bool(match["required"]), repeat=repeat)

    def _element(self, row: Row) -> ElementDef:
        if not _ELEMENT.fullmatch("\t".join(row.cells)):
            raise DefinitionError([f"{row.place}: expected id, name, type, minimum, maximum"])
        id, name, type, min, max = row.cells  # noqa: A001 -- the columns' names
        codes = self._code_rows.get(id)
        values = frozenset(codes.cells[1].split(",")) if codes else None
        return ElementDef(id, name, type, int(min), int(max), values)


_ELEMENT = re.compile(r"[^\t]+\t[^\t]+\t(?:AN|ID|DT|TM|R|B|N\d|an?|n)\t\d+\t\d+", re.ASCII)
_USE = re.compile(r"(?P<id>[A-Z]?\d+)(?P<required>M?)(?:x(?P<repeat>\d+|\*))?")
_NOTE = re.compile(r"(?P<kind>[PRECL])(?P<elements>(?:\d\d){2,})")


def _note(text: str, place: str, faults: list[str]) -> Note | None:
    match = _NOTE.fullmatch(text)
    if match is None:
        faults.append(f"{place}: {text}: not a relational note such as P0304")
        return None
    digits = match["elements"]
    return Note(match["kind"], tuple(int(digits[i : i + 2]) for i in range(0, len(digits), 2)))


def read_table(path: Path) -> Table:
    """The rows of a tab-separated table by their first cell; lines starting with # are not rows."""
    rows = [
        Row(f"{path}:{number}", line.split("\t"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if line and not line.startswith("#")
    ]
    short = [f"{row.place}: expected tab-separated cells" for row in rows if len(row.cells) < 2]
    if short:
        raise DefinitionError(short)
    return {row.cells[0]: row for row in rows}


def is_name(text: str) -> bool:
    """Whether a release or a kind of set, which may come from the wire, can be part of a path."""
    return _NAME.fullmatch(text) is not None


_NAME = re.compile(r"\w{1,20}", re.ASCII)


def find_folders(root: Path, dialect: str, release: str) -> list[Path]:
    """The folders that define a release, the later ones winning; none for an unknown release.

    `root` is the maps folder. An X12 industry release (004010VICS) is its base release; every
    EDIFACT directory stands on the service segments of syntax 4, a superset of syntax 3.
    """
    if not is_name(release):
        return []
    if dialect == "x12":
        folders = [root / dialect / release[:6]]
    elif release in _SERVICE:
        folders = [root / dialect / "service" / _SERVICE[release]]
    else:
        folders = [root / dialect / "service" / "4", root / dialect / release]
    return folders if all((folder / "segments.tsv").is_file() for folder in folders) else []


def load_dictionary(root: Path, dialect: str, release: str) -> Dictionary | None:
    """The dictionary of a release (`x12`, `004010`; `edifact`, `D96A`), None when we have none.

    The service segments of EDIFACT alone (UNB, UNG, UCI ...) are releases `D3` (syntax 3) and
    `41` (syntax 4), as CONTRL names them. Raises DefinitionError.
    """
    folders = find_folders(root, dialect, release)
    return Dictionary(dialect, release, folders) if folders else None
