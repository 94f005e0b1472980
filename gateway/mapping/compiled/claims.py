"""What one rule claims of its segment, and the conditions on what is captured of it.

A segment that has anything its rule does not claim is declined: the exact tier lists it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import field

from gateway.edi.segment import Delimiters
from gateway.guide.dictionary import CompositeDef
from gateway.guide.dictionary import SegmentDef
from gateway.guide.dictionary import Use
from gateway.guide.pattern import Run
from gateway.guide.pattern import SegmentPattern
from gateway.guide.pattern import segment_pattern
from gateway.guide.periods import is_period
from gateway.guide.spots import Spot
from gateway.guide.spots import definition_at
from gateway.mapping.compiled.notes import broken
from gateway.mapping.compiled.objects import guarded
from gateway.mapping.compiled.profiles import Profile
from gateway.mapping.compiled.profiles import is_plain
from gateway.mapping.compiled.profiles import spot_of
from gateway.mapping.compiled.profiles import spots_of
from gateway.mapping.compiled.shape import Shape
from gateway.mapping.compiled.values import Names
from gateway.mapping.compiled.values import Values
from gateway.mapping.plan import Field
from gateway.mapping.plan import RowPlan
from gateway.mapping.plan import RulePlan
from gateway.mapping.plan import Test

UNROLLED = 3
"""So many rows of a run are captured one by one, the rest as one text."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What every rule of a map is compiled with. `shape` is None where documents are judged one by
    one, because what rules read is not yet the document."""

    names: Names
    values: Values
    marks: Delimiters
    shape: Shape | None


@dataclass(slots=True)
class _Wanted:
    """The spots that a rule claims, and what is done with each."""

    spots: dict[Spot, Collection[str] | None] = field(default_factory=dict)
    fields: list[Field] = field(default_factory=list)
    rows: list[RowPlan] = field(default_factory=list)
    run: Run | None = None
    split: RowPlan | None = None


class Claims:
    """The spots of a segment that are a rule's. `pattern` is None when they cannot be told; `first`
    is the number of the first variable of what it captures."""

    def __init__(
        self,
        tools: Tools,
        definition: SegmentDef,
        rule: RulePlan,
        profile: Profile,
        first: int = 0,
    ) -> None:
        self.tools = tools
        self.definition = definition
        self.rule = rule
        self.profile = profile
        self.first = first
        self.wanted = _Wanted()
        self.want()
        self.pattern = self.find_pattern()

    def want(self) -> None:
        spots = self.wanted.spots
        for test in self.rule.tests:
            spots[spot_of(test.place)] = test.values
        for constant in self.rule.constants:
            if spot_of(constant.place) in self.profile.filled:
                spots.setdefault(spot_of(constant.place), (constant.value, ""))
        for bound in self.rule.fields:
            if is_plain(bound) and self.profile.has(bound):
                self.wanted.fields.append(bound)
                for spot in map(spot_of, bound.places):
                    if spot in self.profile.filled:
                        spots.setdefault(spot, self.only_format(spot))
        for total in self.rule.totals:
            if spot_of(total.place) in self.profile.filled:
                spots.setdefault(spot_of(total.place), None)
        for rows in self.rule.rows:
            self.want_rows(rows)

    def only_format(self, spot: Spot) -> tuple[str] | None:
        """The format that all samples had."""
        formats = self.profile.formats.get(spot, set())
        only = min(formats) if len(formats) == 1 and spot in self.profile.always() else ""
        return (only,) if only.isalnum() else None

    def want_rows(self, rows: RowPlan) -> None:
        """Rows as spots; a long run is captured as one text after its first rows."""
        constants = any(slot.constants for slot in rows.slots)
        if rows.shared or rows.repeats or rows.wrap or constants:
            return
        if not all(is_plain(bound) for slot in rows.slots for bound in slot.fields):
            return
        filled = self.profile.filled.keys()
        used = [at for at, slot in enumerate(rows.slots) if not filled.isdisjoint(spots_of(slot))]
        if not used:
            return
        self.wanted.rows.append(rows)
        slots = rows.slots[: used[-1] + 1]
        if len(slots) > UNROLLED and self.split_run(rows):
            slots = slots[:UNROLLED]
        for slot in slots:
            for spot in spots_of(slot):
                if spot in self.profile.filled:
                    self.wanted.spots.setdefault(spot, None)

    def split_run(self, rows: RowPlan) -> bool:
        """Whether the rows after the first few can be captured as one text."""
        places = [place for slot in rows.slots for place in slot.places]
        first, last = rows.slots[UNROLLED].places[0][0], max(place[0] for place in places)
        ends = last >= max((spot[0] for spot in self.wanted.spots), default=0)
        simple = all(place[1:] == (1,) for place in places) and len(rows.slots[0].places) == 2
        if rows.text is not None or rows.keyed is not None or not (simple and ends):
            return False
        run = Run(first, last, 2)
        unrolled = {spot_of(place): None for s in rows.slots[:UNROLLED] for place in s.places}
        spots = {**self.wanted.spots, **unrolled}
        if segment_pattern(self.definition, self.tools.marks, spots, run) is None:
            return False
        self.wanted.run, self.wanted.split = run, rows
        return True

    def find_pattern(self) -> SegmentPattern | None:
        """None also where a test looks at what no field takes here, and for S004, whose parts only
        envelopes have."""
        read = {spot_of(place) for one in self.wanted.fields for place in one.places}
        bound = {spot_of(place) for one in self.rule.fields for place in one.places}
        for test in self.rule.tests:
            if spot_of(test.place) in bound - read and test.values != {""}:
                return None
        if any(is_composite(use, "S004") for use in self.definition.elements):
            return None
        return segment_pattern(
            self.definition,
            self.tools.marks,
            self.wanted.spots,
            self.wanted.run,
            {
                spot
                for spot in self.profile.always()
                if "" not in (self.wanted.spots.get(spot, ("",)) or ())
            },
        )

    def variable(self, spot: Spot) -> str:
        """The variable of a captured spot; "" where nothing can be there."""
        assert self.pattern is not None  # noqa: S101
        spots = self.pattern.spots
        return f"v{self.first + spots.index(spot)}" if spot in spots else ""

    @property
    def tail(self) -> str:
        """The variable of the rows that are captured as one text."""
        assert self.pattern is not None  # noqa: S101
        return f"v{self.first + len(self.pattern.spots)}"

    def captured(self) -> list[str]:
        """The variables of all groups, in order."""
        assert self.pattern is not None  # noqa: S101
        spots = [self.variable(spot) for spot in self.pattern.spots]
        return [*spots, self.tail] if self.pattern.run else spots

    def texts(self) -> list[str]:
        """The variables of what may have stand-ins for released characters: no number, date or
        code has one."""
        assert self.pattern is not None  # noqa: S101
        found = [self.tail] if self.pattern.run else []
        for spot in self.pattern.spots:
            element = definition_at(self.definition, spot)
            free = element is None or (element.codes is None and element.type in ("AN", "ID", "an"))
            if free and self.wanted.spots.get(spot) is None:
                found.append(self.variable(spot))
        return found

    def given(self, spot: Spot) -> str:
        """When a spot has a value: "" always, "False" never."""
        assert self.pattern is not None  # noqa: S101
        return "" if spot in self.pattern.filled else self.variable(spot) or "False"

    def holds(self, test: Test) -> str:
        """A condition on the captured values of this rule; "" when it holds always."""
        variable = self.variable(spot_of(test.place))
        if not variable:
            return "" if "" in test.values else "False"
        only = set(self.wanted.spots.get(spot_of(test.place)) or ())
        if only and only <= test.values:
            return ""
        if only and only.isdisjoint(test.values):
            return "False"
        if len(test.values) == 1 and "" not in test.values:
            return f"{variable} == {min(test.values)!r}"
        return f"({variable} or '') in {tuple(sorted(test.values))!r}"

    def notes(self) -> list[str]:
        """Declines where a relational note is not kept."""
        assert self.pattern is not None  # noqa: S101
        lines = [broken(note, self.element_given) for note in self.pattern.notes]
        for element, note in self.pattern.inner:
            given = {at: self.given((element, at)) or "True" for at in note.elements}
            lines.append(broken(note, given.__getitem__))
        return [f"if {line}: return None" for line in lines if line != "False"]

    def element_given(self, element: int) -> str:
        assert self.pattern is not None  # noqa: S101
        spots = [spot for spot in self.pattern.spots if spot[0] == element]
        conditions = [self.given(spot) for spot in spots]
        return "True" if "" in conditions else " or ".join(conditions) or "False"

    def judged(self) -> list[str]:
        """Look-ups for captured values that no field takes: their codes, dates and times."""
        assert self.pattern is not None  # noqa: S101
        taken = {spot_of(p) for one in self.wanted.fields for p in one.places}
        for rows in self.wanted.rows:
            for slot in rows.slots:
                bound = {spot_of(p) for one in slot.fields for p in one.places}
                taken |= bound or ({spot_of(slot.places[rows.key - 1])} if rows.keyed else set())
        lines = []
        for spot in self.pattern.spots:
            element = definition_at(self.definition, spot)
            literal = self.wanted.spots.get(spot) is not None
            if spot in taken or literal or element is None:
                continue
            judged = self.tools.values.judged(element, self.variable(spot))
            lines += guarded(self.given(spot), [judged]) if judged else []
        return lines

    def periods(self) -> list[str]:
        """A date and its format that no field reads together (C507)."""
        lines = []
        together = {tuple(map(spot_of, one.places)) for one in self.wanted.fields}
        for number, use in enumerate(self.definition.elements, 1):
            spots = ((number, 2), (number, 3))
            named = is_composite(use, "C507")
            value, form = (self.variable(spot) for spot in spots)
            if named and value and form and spots not in together:
                judge = self.tools.names.add("F", is_period)
                lines.append(f"if {value} and {form} and not {judge}({value}, {form}): return None")
        return lines


def is_composite(use: Use, id_: str) -> bool:
    return isinstance(use.definition, CompositeDef) and use.definition.id == id_
