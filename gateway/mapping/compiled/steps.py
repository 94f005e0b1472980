"""The steps of a map: which rules may take the next segment, from each place that one can stand.

A step is a node of the structure inside the loops that were opened by certain rules. Moves from
step to step are found by the matcher itself, once each, and kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from itertools import combinations

from gateway.edi.segment import Segment
from gateway.guide.guide import Guide
from gateway.guide.match import Place
from gateway.guide.match import next_place
from gateway.guide.structure import Loop
from gateway.guide.structure import SegmentUse
from gateway.guide.structure import first_use
from gateway.mapping.codec import Unfit
from gateway.mapping.compiled.habits import Habits
from gateway.mapping.compiled.habits import Key
from gateway.mapping.compiled.profiles import Profile
from gateway.mapping.compiled.profiles import spot_of
from gateway.mapping.compiled.rule import Home
from gateway.mapping.levels.declare import Hierarchy
from gateway.mapping.plan import Level
from gateway.mapping.plan import RulePlan
from gateway.mapping.record import components


@dataclass(frozen=True, slots=True)
class Frame:
    """An open loop: the rules inside it, the rule's number among those of its node, and where they
    write. The outermost is the set itself."""

    level: Level | None
    chosen: int
    home: Home


@dataclass(slots=True)
class Step:
    """A node with the rules that may take it, those with most conditions first; none for header
    and trailer. `profiles` have what samples of each rule looked like."""

    key: Key
    place: Place
    frames: tuple[Frame, ...]
    node: SegmentUse | Loop
    rules: tuple[RulePlan, ...]
    profiles: list[Profile]

    @property
    def use(self) -> SegmentUse:
        return first_use(self.node)

    @property
    def home(self) -> Home:
        return self.frames[-1].home

    def turn(self) -> list[int]:
        """The rules in the order in which they are tried: the frequent ones first, where no segment
        can be two of them. A header or a trailer has one."""
        turn = list(range(len(self.rules))) or [0]
        tested = [number for number in turn if self.rules and self.rules[number].tests]
        pairs = combinations((self.rules[number] for number in tested), 2)
        if all(_exclude(one, other) for one, other in pairs):
            tested.sort(key=lambda number: -self.profiles[number].count)
            rest = [number for number in turn if number not in tested]
            return turn if rest and tested and rest[0] < max(tested) else tested + rest
        return turn

    def item(self, number: int) -> str:
        """The variable of the item that a rule makes here."""
        inside = isinstance(self.node, Loop) and self.rules[number].inside is not None
        return "o" + "_".join(map(str, (*self.key, number))) if inside else "item"

    def after(self, number: int) -> tuple[Frame, ...]:
        """The open loops when the rule of that number has taken the segment."""
        if not isinstance(self.node, Loop):
            return self.frames
        rule = self.rules[number]
        home = self.home
        if rule.each:
            home = Home(self.item(number), home.item_names(rule), home.hierarchy)
        return (*self.frames, Frame(rule.inside, number, home))


@dataclass(slots=True)
class Steps:
    """All steps known of a guide under a plan, and the `habits` of sets that took them."""

    guide: Guide
    plan: Level
    hierarchy: Hierarchy | None = None
    by_key: dict[Key, Step] = field(default_factory=dict)
    following: dict[tuple[Place, Key, str], Step] = field(default_factory=dict)
    habits: Habits = field(default_factory=Habits)

    @property
    def start(self) -> tuple[Frame, ...]:
        return (Frame(self.plan, 0, Home("d", (), self.hierarchy)),)

    def find(self, place: Place, frames: tuple[Frame, ...], tag: str) -> Step | None:
        """The step of a segment after one at `place`; None where that is a fault, or no rule's."""
        asked = place, tuple(frame.chosen for frame in frames), tag
        step = self.following.get(asked) or self.find_new(place, frames, tag)
        if step is not None:
            self.following[asked] = step
        return step

    def find_new(self, place: Place, frames: tuple[Frame, ...], tag: str) -> Step | None:
        there = next_place(self.guide, place, tag)
        if there is None:
            return None
        opens = len(there) > 1 and there[-1] == 0
        depth = len(there) - 1 - opens
        frames = frames[: depth + 1]
        key: Key = ()
        for index, frame in zip(there, frames[1:], strict=False):
            key += (index, frame.chosen)
        key += (there[depth],)
        if key not in self.by_key:
            step = self.make(key, there, frames)
            if step is None:
                return None
            self.by_key[key] = step
        return self.by_key[key]

    def make(self, key: Key, place: Place, frames: tuple[Frame, ...]) -> Step | None:
        loop = self.guide.root
        for index in place[: len(frames) - 1]:
            inner = loop.items[index]
            assert isinstance(inner, Loop)  # noqa: S101 -- frames are open loops
            loop = inner
        node = loop.items[key[-1]]
        level = self.guide.dialect.set
        if node in (self.guide.root.items[0], self.guide.root.items[-1]):
            ends = isinstance(node, SegmentUse) and node.tag in (level.header, level.trailer)
            return Step(key, place, frames, node, (), [Profile()]) if ends else None
        inside = frames[-1].level
        rules = inside.by_node.get(id(node), ()) if inside else ()
        profiles = [Profile() for _ in rules]
        return Step(key, place, frames, node, rules, profiles) if rules else None

    def walk(self, segments: list[Segment]) -> None:
        """Notes the steps of a set's segments as far as they can be told."""
        self.habits.note([(step.key, number) for step, number in self.taken(segments)])

    def taken(self, segments: list[Segment]) -> Iterator[tuple[Step, int]]:
        """Each segment's step, and the rule that takes it, which is guessed by its conditions
        alone: a rule that takes one segment does not take the next one too."""
        place: Place = ()
        frames = self.start
        last: Step | None = None
        used: set[int] = set()
        for segment in segments:
            step = self.find(place, frames, segment.tag)
            if step is None:
                return
            if isinstance(step.node, Loop):
                self.habits.loops.add(step.key)
            spots = {spot_of(place) for place, _, _ in components(segment)}
            fitting = _fitting(step.rules, segment)
            for number in fitting:
                step.profiles[number].add(spots)
                if step.rules:
                    _note_codes(step.profiles[number], step.rules[number], segment)
            used = used if step is last else set()
            number = next((one for one in fitting if one not in used), fitting[0])
            if step.rules and not (step.rules[number].each or step.rules[number].repeats):
                used.add(number)
            yield step, number
            place, last = step.place, step
            frames = step.after(number) if step.rules else step.frames


def _exclude(one: RulePlan, other: RulePlan) -> bool:
    """Whether no segment meets the conditions of both."""
    values = {test.place: test.values for test in one.tests}
    return any(values.get(test.place, test.values).isdisjoint(test.values) for test in other.tests)


def _fitting(rules: tuple[RulePlan, ...], segment: Segment) -> list[int]:
    """The rules that may take a segment by their conditions: the first one that is always free to,
    and those before it; the last one where none may."""
    found = []
    for number, rule in enumerate(rules):
        if all(segment.value(*test.place) in test.values for test in rule.tests):
            found.append(number)
            if not rule.when and (rule.each or rule.repeats):
                break
    return found or [max(len(rules) - 1, 0)]


def _note_codes(profile: Profile, rule: RulePlan, segment: Segment) -> None:
    """Notes where a code stands that is not the preferred one, and the formats of periods."""
    slots = [slot for rows in rule.rows for slot in rows.slots]
    for bound in (*rule.fields, *(one for slot in slots for one in slot.fields)):
        text = segment.value(*bound.places[0])
        if bound.codec.source and text:
            values = bound.codec.read((text,))
            if not isinstance(values, Unfit) and values[1] is not None:
                profile.sourced.add(spot_of(bound.places[0]))
        elif bound.codec.name == "period" and text:
            form = bound.places[1]
            profile.formats.setdefault(spot_of(form), set()).add(segment.value(*form))
