"""One segment taken by one rule, as statements: what a rule's reader says, how often it may be
said, and where the next segment may stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from gateway.edi.segment import Delimiters
from gateway.guide.dictionary import UNBOUNDED
from gateway.guide.match import Place
from gateway.guide.spots import all_spots
from gateway.guide.structure import Loop
from gateway.mapping.compiled.claims import Tools
from gateway.mapping.compiled.habits import Key
from gateway.mapping.compiled.habits import StepTaken
from gateway.mapping.compiled.objects import INDENT
from gateway.mapping.compiled.objects import Paths
from gateway.mapping.compiled.profiles import Profile
from gateway.mapping.compiled.rule import RuleReader
from gateway.mapping.compiled.shape import Shape
from gateway.mapping.compiled.steps import Frame
from gateway.mapping.compiled.steps import Step
from gateway.mapping.compiled.steps import Steps
from gateway.mapping.compiled.values import Memo
from gateway.mapping.compiled.values import Names
from gateway.mapping.compiled.values import Values
from gateway.mapping.compiled.wanted import Wanted
from gateway.mapping.load import Map
from gateway.mapping.path import Scope
from gateway.mapping.path import find
from gateway.mapping.plan import RulePlan

_MANY = 1000
"""Uses up to so many are counted one by one."""


@dataclass(slots=True)
class Before:
    """What a stretch has taken so far: the steps with their rules, the variables of the objects
    that began in it, and the paths written in each."""

    taken: set[StepTaken] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    touched: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)

    def add(self, step: Step, at: int, reader: RuleReader) -> None:
        if not step.rules and not step.key[-1] and not self.taken:  # the set's header
            self.fresh.add(step.home.variable)
        self.taken.add((step.key, at))
        self.touched.setdefault(step.home.variable, set()).update(reader.touched)
        if step.rules and step.rules[at].each and step.item(at) != "item":
            self.fresh.add(step.item(at))
            self.touched[step.item(at)] = set(reader.filled)

    def is_first(self, step: Step) -> bool:
        """Whether what was taken is all before a step, and nothing of it that step's."""
        return bool(self.taken) and all(key != step.key for key, _ in self.taken)

    def is_free(self, step: Step, at: int) -> bool:
        """Whether a rule has written nothing into its scope yet."""
        return step.home.variable in self.fresh and (step.key, at) not in self.taken


class Taking:
    """The steps of one generation, numbered in the order of the structure.

    The statements know the set by these names: `s` its text, `d` its document, `p` the number of
    the last step, `t` a look-up of the next step's number, `c0`, `c1` uses in a row by depth of
    loops, `u…` the object in which a rule has written, `k…` the number of an object, `v0`, `v1`
    what was captured.
    """

    def __init__(
        self,
        map_: Map,
        marks: Delimiters,
        shape: Shape | None,
        steps: Steps,
        *,
        documents: bool = True,
    ) -> None:
        self.map = map_
        self.marks = marks
        self.known = steps
        self.names = Names()
        values = Values(self.names, map_.guide.dialect.name)
        self.tools = Tools(self.names, values, marks, shape)
        self.steps = [steps.by_key[key] for key in sorted(steps.by_key)]
        self.numbers = {step.key: number for number, step in enumerate(self.steps)}
        self.readers = [
            [self.reader(step, at) for at in range(len(step.rules))] for step in self.steps
        ]
        self.stretches = steps.habits.stretches()
        self.many: dict[str, int] = {}
        self.uses: list[str] = []
        self.wanted = Wanted(map_, self.readers, shape) if not documents else None
        self._moves: dict[tuple[Place, Key, Key], str] = {}

    def reader(self, step: Step, at: int, first: int = 0) -> RuleReader:
        """A rule's reader, or that of a header or a trailer, where nothing but what is right may
        stand. `first` is the number of its first variable."""
        definition = self.map.guide.segment(step.use)
        if step.rules:
            rule, profile = step.rules[at], step.profiles[at]
            return RuleReader(
                self.tools, definition, rule, step.home, profile, step.item(at), first
            )
        rule = _nothing(step.use.tag)
        reader = RuleReader(self.tools, definition, rule, step.home, Profile(), first=first)
        reader.wanted.spots.update(dict.fromkeys(all_spots(definition)))
        reader.pattern = reader.find_pattern()
        return reader

    def taken(
        self, step: Step, at: int, reader: RuleReader, before: Before
    ) -> tuple[list[str], list[str]]:
        """The conditions under which a rule takes the segment, and what it does then."""
        counted = self.counted(step, before)
        if not step.rules:
            return [], [*counted, *reader.notes(), *reader.judged()]
        rule, number = step.rules[at], self.numbers[step.key]
        conditions, once = self.in_turn_once(step, at, before)
        if self.is_shipment(step, rule):
            once = [*once, f"if p >= {number}: return None"]
        earlier = [self.not_before(step, reader, one, before) for one in range(at)]
        shared = self.shared(step, self.readers[number][at], before)
        lines = reader.lines(shared, self.wanted.keeps if self.wanted else None)
        if isinstance(step.node, Loop) and rule.inside is not None and rule.each:
            lines.append(f"turn += 1; k{step.item(at)} = turn")
        return conditions, [*counted, *filter(None, earlier), *once, *lines]

    def in_turn_once(self, step: Step, at: int, before: Before) -> tuple[list[str], list[str]]:
        """The conditions under which it is a rule's turn, and the statements by which it is that
        once only, where it writes into the scope around it."""
        rule, conditions, once = step.rules[at], list[str](), list[str]()
        if rule.when:
            force = self.names.add("G", rule.in_force)
            conditions.append(f"{force}({step.home.variable}, d)")
        if rule.each or rule.repeats:
            return conditions, once
        once = self.once(step, at)
        if once and before.is_free(step, at):
            once = once[1:]
        elif once and at < len(step.rules) - 1:  # the next rule may take it
            conditions.append(f"{self.flag(step, at)} != {self.serial(step)}")
            once = once[1:]
        fixed = [(path, text) for path, text in rule.sets if not path.listed]
        if fixed:
            admits = self.names.add("G", _admitting(fixed))
            conditions.append(f"{admits}({step.home.variable})")
        return conditions, once

    # where the next segment may stand

    def next_moves(self, step: Step, at: int) -> str:
        """The look-up of the next step after a rule has taken a segment."""
        if not step.rules:
            return self.moves(step.place, step.frames)
        return self.moves(step.place, step.after(at), self.inside(step, at))

    def inside(self, step: Step, at: int) -> Key:
        """The key that the next step's must begin with."""
        opens = bool(step.rules) and self.readers[self.numbers[step.key]][at].is_opener
        return (*step.key, at) if opens else ()

    def moves(self, place: Place, frames: tuple[Frame, ...], inside: Key = ()) -> str:
        """A look-up of the next step's number by the first three characters of its segment;
        `inside`: only steps there will do."""
        asked = place, tuple(frame.chosen for frame in frames), inside

        def move(start: str) -> int:
            step = self.known.find(place, frames, start.partition(self.marks.element)[0])
            if step is None or step.key[: len(inside)] != inside:
                raise KeyError(start)
            return self.numbers[step.key]

        if asked not in self._moves:
            self._moves[asked] = self.names.add("T", Memo(move))
        return self._moves[asked]

    # how often

    def counted(self, step: Step, before: Before) -> list[str]:
        """How often a node is used in a row: it is, when the step before was this or inside it."""
        most = step.node.max
        if most == 1 or most >= UNBOUNDED:
            return []
        if most >= _MANY:
            self.many[step.use.tag] = min(most, self.many.get(step.use.tag, most))
            return []
        counter = f"c{len(step.frames)}"
        if before.is_first(step):
            return [f"{counter} = 1"]
        return [
            f"if p >= {self.numbers[step.key]}:",
            f"{INDENT}{counter} += 1",
            f"{INDENT}if {counter} > {most}: return None",
            f"else: {counter} = 1",
        ]

    def is_single(self, step: Step) -> bool:
        """Whether a step is come by once in its scope at most."""
        loops: list[Loop] = []
        loop = self.map.guide.root
        for index, around, frame in zip(step.place, step.frames, step.frames[1:], strict=False):
            inner = loop.items[index]
            assert isinstance(inner, Loop)  # noqa: S101 -- frames are open loops
            loops = [*loops, inner] if frame.home == around.home else []
            loop = inner
        return all(node.max == 1 for node in (*loops, step.node))

    def is_shipment(self, step: Step, rule: RulePlan) -> bool:
        """Whether this is the level that is the document itself. All others come after it."""
        hierarchy = self.map.hierarchy
        return hierarchy is not None and step.use.tag == hierarchy.tag and rule.each is None

    # rules beside each other

    def shared(self, step: Step, reader: RuleReader, before: Before) -> Paths:
        """The paths in a rule's scope that it, or another one, may have written before."""
        scope = step.home.variable
        if scope in before.fresh:
            return frozenset(before.touched[scope]) & frozenset(reader.touched)
        mine = [
            other
            for at, readers in enumerate(self.readers)
            for other in readers
            if self.steps[at].home.variable == scope and other.pattern is not None
        ]
        others = [one.touched for one in mine if one is not reader]
        others += [
            one.filled
            for readers in self.readers
            for one in readers
            if one.rule.each and one.scope == scope and one.pattern is not None
        ]
        again = [reader.touched] if reader.rule.repeats and not self.is_single(step) else []
        return frozenset().union(*others, *again) & frozenset(reader.touched)

    def not_before(self, step: Step, reader: RuleReader, earlier: int, before: Before) -> str:
        """Declines where a rule with more conditions would have taken the segment."""
        rule = step.rules[earlier]
        tests = [reader.holds(test) for test in rule.tests]
        if "False" in tests:
            return ""
        conditions = [test for test in tests if test]
        if rule.when:
            force = self.names.add("G", rule.in_force)
            conditions.append(f"{force}({step.home.variable}, d)")
        sure = before.is_free(step, earlier) or self.is_single(step)
        if not rule.each and not rule.repeats and not sure:
            conditions.append(f"{self.flag(step, earlier)} != {self.serial(step)}")
        return f"if {' and '.join(conditions) or 'True'}: return None"

    # a rule that writes into the scope around it takes one segment there

    def once(self, step: Step, at: int) -> list[str]:
        if self.is_single(step):
            return []
        flag, serial = self.flag(step, at), self.serial(step)
        return [f"if {flag} == {serial}: return None", f"{flag} = {serial}"]

    def flag(self, step: Step, at: int) -> str:
        name = "u" + "_".join(map(str, (*step.key, at)))
        if name not in self.uses:
            self.uses.append(name)
        return name

    def serial(self, step: Step) -> str:
        """A number that each object has of its own, by the variable that holds it."""
        return "0" if step.home.variable == "d" else f"k{step.home.variable}"


def _nothing(tag: str) -> RulePlan:
    return RulePlan(
        id="",
        tag=tag,
        each=None,
        tests=(),
        sets=(),
        fields=(),
        constants=(),
        totals=(),
        rows=(),
        inside=None,
        always=True,
        roots=frozenset(),
        lists=(),
        serves={},
        last_for=frozenset(),
    )


def _admitting(fixed: list[tuple[Any, str]]) -> Callable[[Scope], bool]:
    def admits(scope: Scope) -> bool:
        return all(find(scope, path.before) in (None, text) for path, text in fixed)

    return admits
