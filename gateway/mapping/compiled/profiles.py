"""What sample segments had at the spots of a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field

from gateway.guide.spots import Spot
from gateway.mapping.plan import Field
from gateway.mapping.plan import RowPlan
from gateway.mapping.plan import Slot


@dataclass(slots=True)
class Profile:
    """What sample segments of one rule had: how many there were, in how many each spot was filled,
    the spots with a code that is not its word's preferred one, and the formats of periods. What
    none of them had is not compiled; what all of them had is taken for granted."""

    count: int = 0
    filled: Counter[Spot] = field(default_factory=Counter)
    sourced: set[Spot] = field(default_factory=set)
    formats: dict[Spot, set[str]] = field(default_factory=dict)

    def add(self, spots: Iterable[Spot]) -> None:
        self.count += 1
        self.filled.update(spots)

    def has(self, bound: Field) -> bool:
        """Whether any sample had the field."""
        return any(spot_of(place) in self.filled for place in bound.places)

    def has_rows(self, rows: RowPlan) -> bool:
        return any(spot in self.filled for slot in rows.slots for spot in spots_of(slot))

    def always(self) -> set[Spot]:
        return {spot for spot, count in self.filled.items() if count == self.count}


def spots_of(slot: Slot) -> set[Spot]:
    places = [*slot.places, *(place for bound in slot.fields for place in bound.places)]
    return {spot_of(place) for place in places}


def spot_of(place: tuple[int, ...]) -> Spot:
    return place[0], place[1]


def is_plain(bound: Field) -> bool:
    """Whether a field is of single elements, and of no numbered items of a list."""
    indexed = any(path.index is not None for path in bound.paths)
    return not indexed and all(len(place) == 2 for place in bound.places)
