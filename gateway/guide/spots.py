"""The spots of a segment: the places of its simple elements and of the components of composites."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.guide.dictionary import CompositeDef
from gateway.guide.dictionary import ElementDef
from gateway.guide.dictionary import SegmentDef

Spot = tuple[int, int]
"""Element and component, both from 1; a simple element is its own component 1."""


def definition_at(definition: SegmentDef, spot: Spot) -> ElementDef | None:
    """The element that stands at a spot; None where there is none, or none is used."""
    element, component = spot
    if element > len(definition.elements):
        return None
    use = definition.elements[element - 1]
    if use.repeat and isinstance(use.definition, CompositeDef):
        if component > len(use.definition.components):
            return None
        use = use.definition.components[component - 1]
    elif component > 1:
        return None
    return use.definition if use.repeat and isinstance(use.definition, ElementDef) else None


def all_spots(definition: SegmentDef) -> Iterator[Spot]:
    """Every spot that a segment may have."""
    for number, use in enumerate(definition.elements, 1):
        if not use.repeat:
            continue
        if isinstance(use.definition, ElementDef):
            yield number, 1
            continue
        for at, part in enumerate(use.definition.components, 1):
            if part.repeat:
                yield number, at
