"""Element texts put together: the twin of `gateway.edi.writer.write_segment`, as one f-string."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from gateway.guide.spots import Spot


@dataclass(frozen=True, slots=True)
class Marks:
    """The separators that texts are put together with. A service character with a release
    character has a stand-in there, so that it cannot be mistaken for data."""

    element: str
    component: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a place, as literal `text` or the variable that holds it. `sure`: never empty."""

    text: str
    literal: bool = False
    sure: bool = True


@dataclass(slots=True)
class Run:
    """Rows from element `first` on, joined in a variable; `width` elements at most."""

    first: int
    width: int
    variable: str


@dataclass(slots=True)
class Cells:
    """The cells of one segment, or of one row of it."""

    at: dict[Spot, Cell] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)

    def put(self, spot: Spot, cell: Cell) -> None:
        self.at[spot] = cell

    def is_free(self, spot: Spot) -> bool:
        return spot not in self.at

    @property
    def last(self) -> int:
        ends = [run.first + run.width - 1 for run in self.runs]
        return max([*ends, *(spot[0] for spot in self.at)], default=0)

    def text(self, tag: str, marks: Marks, elements: range | None = None) -> tuple[list[str], str]:
        """Statements to run first, and the expression of the whole text: the tag and all elements,
        or only some `elements`. Empty ones at the end are left out of a whole segment alone."""
        lines: list[str] = []
        pieces: list[str] = [_quoted(tag)] if tag else []
        numbers = elements or range(1, self.last + 1)
        skip, loose = 0, True
        for number in numbers:
            if number < skip:
                continue
            run = next((run for run in self.runs if run.first == number), None)
            if tag or number != numbers[0]:
                pieces.append(_quoted(marks.element))
            if run is not None:
                skip, loose = number + run.width, True
                pieces.append(f"{{{run.variable}}}")
                continue
            made, piece = self.element(number, marks)
            lines += made
            pieces.append(piece)
            loose = not self.is_sure(number)
        text = 'f"' + "".join(pieces) + '"'
        if tag and loose and len(pieces) > 1:
            text += f".rstrip({marks.element!r})"
        return lines, text

    def element(self, number: int, marks: Marks) -> tuple[list[str], str]:
        """One element: empty components at its end are left out."""
        parts = {spot[1]: cell for spot, cell in self.at.items() if spot[0] == number}
        if not parts:
            return [], ""
        last = max(parts)
        pieces = [_piece(parts.get(at)) for at in range(1, last + 1)]
        joined = _quoted(marks.component).join(pieces)
        if last == 1 or parts[last].sure:
            return [], joined
        variable = f"e{number}"
        return [f'{variable} = f"{joined}".rstrip({marks.component!r})'], f"{{{variable}}}"

    def is_sure(self, number: int) -> bool:
        return any(cell.sure for spot, cell in self.at.items() if spot[0] == number)


def _piece(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return _quoted(cell.text) if cell.literal else f"{{{cell.text}}}"


def _quoted(text: str) -> str:
    """A text inside an f-string between double quotes."""
    escaped = text.encode("unicode_escape").decode("ascii")
    return escaped.replace('"', '\\"').replace("{", "{{").replace("}", "}}")
