"""The structure of a set: segments and loops in order, read from its compact notation.

`TAG!` is mandatory, `xN` the maximum use, `x*` unbounded; `PO1x100( PO1! ... )` is a loop whose
first segment triggers it, `7x5( CUX! ... )` an EDIFACT segment group with its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

from gateway.edi.finding import DefinitionError
from gateway.guide.dictionary import UNBOUNDED


@dataclass(frozen=True, slots=True)
class SegmentUse:
    """A segment in one place. `path` is the loop's path and the tag (`BEG`, `PO1/CUR`,
    `PO1/PO1`); `max` is 0 where a partner's narrowing forbids it."""

    tag: str
    required: bool
    max: int
    path: str


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop (EDIFACT segment group), its trigger first in `items`. `id` is the trigger's tag and
    `number` the EDIFACT group number; the root has neither and runs from ST or UNH to SE or UNT.

    Derived, for matching: `places` has the indexes at which a tag may stand directly in this loop,
    `next_required[i]` the first required index from `i` on, `tags` all tags down to the leaves.
    """

    id: str
    path: str
    required: bool
    max: int
    items: tuple[SegmentUse | Loop, ...]
    number: str = ""
    places: dict[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)
    next_required: tuple[int, ...] = field(init=False, repr=False, compare=False)
    tags: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places: dict[str, tuple[int, ...]] = {}
        for index, item in enumerate(self.items):
            places[trigger(item)] = (*places.get(trigger(item), ()), index)
        required = [len(self.items)] * (len(self.items) + 1)
        for index in range(len(self.items) - 1, -1, -1):
            required[index] = index if self.items[index].required else required[index + 1]
        inner = (item.tags for item in self.items if isinstance(item, Loop))
        object.__setattr__(self, "places", places)
        object.__setattr__(self, "next_required", tuple(required))
        object.__setattr__(self, "tags", frozenset(places).union(*inner))

    def walk(self) -> Iterator[SegmentUse | Loop]:
        """Every segment use and loop inside, in wire order; a loop before its items."""
        for item in self.items:
            yield item
            if isinstance(item, Loop):
                yield from item.walk()


def trigger(item: SegmentUse | Loop) -> str:
    """The tag that an occurrence of this item starts with."""
    return item.tag if isinstance(item, SegmentUse) else item.id


def first_use(item: SegmentUse | Loop) -> SegmentUse:
    """The segment use itself, or that of the loop's trigger."""
    while isinstance(item, Loop):
        item = item.items[0]
    return item


_TOKEN = re.compile(
    r"\s*(?:(?P<close>\))|(?P<name>[A-Z][A-Z0-9]{1,2}|\d+)(?P<required>!?)"
    r"(?:x?(?P<max>\d+|\*))?(?P<open>\()?)"
)


def parse_structure(text: str, place: str = "structure") -> Loop:
    """The root loop of a set in compact notation. `place` (`file:line`) opens any fault.

    Raises DefinitionError.
    """
    parser = _Parser(text.strip(), place)
    items = parser.items("")
    if parser.position < len(parser.text):
        raise parser.fault()
    return Loop("", "", True, 1, items)


class _Parser:
    """Recursive descent over the notation; `position` is the character reached."""

    def __init__(self, text: str, place: str) -> None:
        self.text = text
        self.place = place
        self.position = 0

    def items(self, path: str) -> tuple[SegmentUse | Loop, ...]:
        """The items up to the closing parenthesis or the end; the first is a segment."""
        items: list[SegmentUse | Loop] = []
        while (token := _TOKEN.match(self.text, self.position)) and not token["close"]:
            is_loop = bool(token["open"])
            may_stand = items if is_loop else not token["name"].isdecimal()
            if not may_stand:
                raise self.fault()
            self.position = token.end()
            items.append(self.loop(token, path) if is_loop else _segment(token, path))
        if not items:
            raise self.fault()
        return tuple(items)

    def loop(self, token: re.Match[str], path: str) -> Loop:
        first = _TOKEN.match(self.text, self.position)
        if first is None or first["close"] or first["open"]:
            raise self.fault()
        id = first["name"]  # noqa: A001 -- the field's word
        inner = _join(path, id)
        items = self.items(inner)
        close = _TOKEN.match(self.text, self.position)
        if close is None or not close["close"]:
            raise self.fault()
        self.position = close.end()
        number = token["name"] if token["name"].isdecimal() else ""
        return Loop(id, inner, bool(token["required"]), _maximum(token), items, number)

    def fault(self) -> DefinitionError:
        rest = self.text[self.position :].strip()[:20]
        return DefinitionError([f"{self.place}: cannot read the structure at {rest!r}"])


def _segment(token: re.Match[str], path: str) -> SegmentUse:
    tag = token["name"]
    return SegmentUse(tag, bool(token["required"]), _maximum(token), _join(path, tag))


def _maximum(token: re.Match[str]) -> int:
    return UNBOUNDED if token["max"] == "*" else int(token["max"] or 1)


def _join(path: str, tag: str) -> str:
    return f"{path}/{tag}" if path else tag
