"""Which segments come together: stretches of a set that one pattern can take at once.

A set is cut where a loop begins that was seen more than once in a row, or a segment that was seen
often in a row: what stands from one such place to the next is a stretch.
"""

from __future__ import annotations

from collections import Counter
from collections import deque
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass

Key = tuple[int, ...]
"""A step: the index of each loop and of the rule that opened it, in turn, then the node's own.
Steps stand in the order of the structure when their keys do."""

StepTaken = tuple[Key, int]
"""A step and the number of the rule that took a segment there."""

_SETS = 32
_SEGMENTS = 4000
"""So many sets are kept, and so many segments of each are looked at."""

_IN_A_ROW = 3
"""A segment that comes more often is a stretch of its own each time."""

_RARE = 16
"""What comes in one of so many stretches only is left out of them."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a stretch: the rules that took a segment there, and whether it may be empty."""

    key: Key
    rules: tuple[int, ...]
    optional: bool


class Habits:
    """What sample sets looked like, the last ones of them. `loops` are the steps that open one."""

    def __init__(self) -> None:
        self.loops: set[Key] = set()
        self._sets: deque[list[StepTaken]] = deque(maxlen=_SETS)

    def note(self, taken: list[StepTaken]) -> None:
        self._sets.append(taken[:_SEGMENTS])

    def starts(self) -> Counter[Key]:
        """How often a stretch begins at a step."""
        return Counter(one[0][0] for one in self._all())

    def stretches(self) -> dict[StepTaken, list[Slot]]:
        """The slots of the stretches by what each begins with, itself the first."""
        alike: dict[StepTaken, list[list[StepTaken]]] = {}
        for one in self._all():
            alike.setdefault(one[0], []).append(one)
        return {start: _slots(found) for start, found in alike.items()}

    def _all(self) -> Iterator[list[StepTaken]]:
        edges = set().union(*(self._repeated(one) for one in self._sets))
        for one in self._sets:
            cuts = [at for at, (key, _) in enumerate(one) if not at or key in edges]
            for start, end in zip(cuts, [*cuts[1:], len(one)], strict=True):
                yield one[start:end]

    def _repeated(self, taken: list[StepTaken]) -> Iterator[Key]:
        """The loops that come twice, and the segments that come often, inside the same loop."""
        open_: Counter[Key] = Counter()
        for key, _ in taken:
            for other in [one for one in open_ if one > key]:
                del open_[other]
            open_[key] += 1
            if open_[key] > (1 if key in self.loops else _IN_A_ROW):
                yield key


def _slots(stretches: list[list[StepTaken]]) -> list[Slot]:
    seen: dict[tuple[Key, int], Counter[int]] = {}
    for stretch in stretches:
        for place, rule in _numbered(stretch):
            seen.setdefault(place, Counter())[rule] += 1
    opened = Counter[Key]()
    slots = []
    for (key, number), rules in sorted(seen.items()):
        around = opened[key[:-1]] if key[:-1] in opened else len(stretches)
        if rules.total() * _RARE >= len(stretches):
            slots.append(Slot(key, tuple(sorted(rules)), rules.total() < around))
        if number == 1:
            opened.update({(*key, rule): count for rule, count in rules.items()})
    return slots


def _numbered(stretch: Iterable[StepTaken]) -> Iterator[tuple[tuple[Key, int], int]]:
    """Each step with its number among those in a row that are the same."""
    last: tuple[Key, int] = ((), 0)
    for key, rule in stretch:
        last = key, last[1] + 1 if last[0] == key else 1
        yield last, rule
