"""A partner's tightening of the standard, applied once when a guide is loaded.

Places are written as paths: `CUR`, `PO1/PID` for a segment or loop, `BEG06`, `PO1/PO107`,
`PO1/REF04-1` for an element or component of the segment in that loop. What is required may also
be a segment by what it says, `PO1/REF(LI)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from gateway.edi.finding import DefinitionError
from gateway.guide.dictionary import CompositeDef
from gateway.guide.dictionary import Dictionary
from gateway.guide.dictionary import ElementDef
from gateway.guide.dictionary import SegmentDef
from gateway.guide.dictionary import Use
from gateway.guide.structure import Loop
from gateway.guide.structure import SegmentUse


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a partner requires, forbids and admits beyond the standard, by place. A code list
    replaces the standard's in that place."""

    require: frozenset[str] = frozenset()
    forbid: frozenset[str] = frozenset()
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    max_length: Mapping[str, int] = field(default_factory=dict)


STANDARD = Narrowing()
"""The standard as it is."""

_ELEMENT = re.compile(r"(?P<path>(?:.*/)?[A-Z][A-Z0-9]{1,2})(?P<element>\d\d)(?:-(?P<part>\d+))?")

_STEP = re.compile(r"(?P<tag>[A-Z][A-Z0-9]{1,2})(?:\((?P<values>[^()/]+)\))?")

_QUALIFIERS = {"HL": 3}

Change = Callable[[Use], Use]


class Step(NamedTuple):
    """A segment by its tag and, if `values` are given, one of them as its qualifier."""

    tag: str
    values: frozenset[str]

    @property
    def qualifier(self) -> int:
        """The number of the element that says what the segment is."""
        return _QUALIFIERS.get(self.tag, 1)


Demand = tuple[Step, ...]
"""The steps to a segment: the loops around it, then itself."""


def parse_demand(place: str) -> Demand | None:
    """The steps of `HL(S)/REF(BM)`; None for anything else."""
    found = [_STEP.fullmatch(step) for step in place.split("/")]
    steps = [Step(match["tag"], _values(match["values"])) for match in found if match]
    return tuple(steps) if len(steps) == len(found) else None


def _values(text: str | None) -> frozenset[str]:
    return frozenset(text.split(",")) if text else frozenset()


def narrow(
    root: Loop, dictionary: Dictionary, narrowing: Narrowing
) -> tuple[Loop, dict[str, SegmentDef]]:
    """The narrowed structure, and the narrowed segment definitions by the path of their use.

    Raises DefinitionError listing every place that does not exist or cannot be narrowed so.
    """
    if narrowing == STANDARD:
        return root, {}
    paths = {item.path for item in root.walk()}
    segments = {item.path: item.tag for item in root.walk() if isinstance(item, SegmentUse)}
    narrowed: dict[str, SegmentDef] = {}
    faults: list[str] = []
    for rule, place, change in _changes(narrowing):
        demand = parse_demand(place) if rule == "require" and "(" in place else None
        try:
            if demand and "/".join(step.tag for step in demand) in paths:
                _check_values(demand, dictionary, narrowing)
                continue
            match = _ELEMENT.fullmatch(place)
            if match and match["path"] in segments:
                path = match["path"]
                segment = narrowed.get(path) or dictionary.segment(segments[path])
                narrowed[path] = _change_segment(segment, match, change)
            elif rule not in ("require", "forbid") or place not in paths:
                near = _near(place, paths, segments) if demand or "(" not in place else ""
                raise _PlaceError(f"the set has no such place{near}")
        except _PlaceError as fault:
            faults.append(f"{rule}: {place}: {fault}")
    if faults:
        raise DefinitionError(faults)
    return replace(root, items=_narrow_items(root, narrowing)), narrowed


class _PlaceError(Exception):
    """A rule that cannot be applied; its text says why."""


def _check_values(demand: Demand, dictionary: Dictionary, narrowing: Narrowing) -> None:
    """Any of the values is enough, so one that the qualifier never has was meant otherwise."""
    for step in demand:
        segment = dictionary.segment(step.tag)
        if segment is None or not step.values:
            continue
        definition = segment.elements[step.qualifier - 1].definition
        while isinstance(definition, CompositeDef):
            definition = definition.components[0].definition
        place = f"{step.tag}{step.qualifier:02}"
        added = [codes for at, codes in narrowing.codes.items() if at.endswith(place)]
        known = (definition.codes or step.values).union(*added)
        fitting = {one for one in known if definition.min <= len(one) <= definition.max}
        never = ", ".join(sorted(step.values - fitting))
        if never:
            raise _PlaceError(f"{place} is never {never}; name what it may be, any one is enough")


def _near(place: str, paths: Iterable[str], segments: Iterable[str]) -> str:
    """The places that may be meant, most often one named without its loop or with one too many."""
    match = _ELEMENT.fullmatch(place)
    path = match["path"] if match else place.partition("(")[0]
    tag, rest = path.rpartition("/")[2], place.removeprefix(path)
    known = [one for one in (segments if match else paths) if f"/{one}".endswith(f"/{tag}")]
    meant = [one + rest for one in known if match or not f"/{one}".endswith(f"/{tag}/{tag}")]
    nearest = sorted((one for one in meant if one != place), key=len)[:3]
    return f" (did you mean {' or '.join(nearest)}?)" if nearest and "/" not in rest else ""


def _changes(narrowing: Narrowing) -> Iterator[tuple[str, str, Change]]:
    """Every rule: its word, its place, and what it does to the use of an element there."""
    for place in sorted(narrowing.require):
        yield "require", place, lambda use: replace(use, required=True)
    for place in sorted(narrowing.forbid):
        yield "forbid", place, lambda use: replace(use, required=False, repeat=0)
    for place, codes in narrowing.codes.items():
        yield "codes", place, partial(_with_codes, codes=codes)
    for place, length in narrowing.max_length.items():
        yield "max_length", place, partial(_with_maximum, length=length)


def _with_codes(use: Use, codes: frozenset[str]) -> Use:
    return replace(use, definition=replace(_simple(use), codes=codes), lists=())


def _with_maximum(use: Use, length: int) -> Use:
    element = _simple(use)
    if not element.min <= length <= element.max:
        raise _PlaceError(f"the standard's length is {element.min} to {element.max}")
    return replace(use, definition=replace(element, max=length))


def _simple(use: Use) -> ElementDef:
    if isinstance(use.definition, CompositeDef):
        raise _PlaceError("a composite; name one of its components")
    return use.definition


def _change_segment(segment: SegmentDef | None, match: re.Match[str], change: Change) -> SegmentDef:
    if segment is None:
        raise _PlaceError("the dictionary has no such segment")
    if match["part"] is None:
        return replace(segment, elements=_change_at(segment.elements, match["element"], change))
    part = match["part"]

    def inside(use: Use) -> Use:
        if not isinstance(use.definition, CompositeDef):
            raise _PlaceError("a simple element; it has no components")
        components = _change_at(use.definition.components, part, change)
        return replace(use, definition=replace(use.definition, components=components))

    return replace(segment, elements=_change_at(segment.elements, match["element"], inside))


def _change_at(uses: tuple[Use, ...], number: str, change: Change) -> tuple[Use, ...]:
    index = int(number) - 1
    if not 0 <= index < len(uses):
        raise _PlaceError(f"there are only {len(uses)}")
    return (*uses[:index], change(uses[index]), *uses[index + 1 :])


def _narrow_items(loop: Loop, narrowing: Narrowing) -> tuple[SegmentUse | Loop, ...]:
    return tuple(_narrow_item(item, narrowing) for item in loop.items)


def _narrow_item(item: SegmentUse | Loop, narrowing: Narrowing) -> SegmentUse | Loop:
    if isinstance(item, Loop):
        item = replace(item, items=_narrow_items(item, narrowing))
    if item.path in narrowing.forbid:
        return replace(item, required=False, max=0)
    return replace(item, required=True) if item.path in narrowing.require else item
