"""One rule reading its segment, as statements: the twin of `gateway.mapping.reading`.

A segment that has anything its rule does not claim, or that says twice what can be said once, is
declined: the exact tier lists it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway.guide.dictionary import SegmentDef
from gateway.guide.spots import definition_at
from gateway.mapping.compiled.claims import Tools
from gateway.mapping.compiled.levels import list_of
from gateway.mapping.compiled.objects import Branch
from gateway.mapping.compiled.objects import Leaf
from gateway.mapping.compiled.objects import Paths
from gateway.mapping.compiled.objects import Writer
from gateway.mapping.compiled.objects import guarded
from gateway.mapping.compiled.profiles import Profile
from gateway.mapping.compiled.profiles import spot_of
from gateway.mapping.compiled.rows import RowReader
from gateway.mapping.levels.declare import Hierarchy
from gateway.mapping.plan import RulePlan

Keeps = Callable[[str, tuple[str, ...], tuple[str, ...]], bool]
"""Whether what stands at a path inside an object is wanted, by its variable and its own path."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a rule writes: the variable of the scope around it, and that scope's path in the
    document (`hierarchy` knows that of a level)."""

    variable: str
    names: tuple[str, ...] = ()
    hierarchy: Hierarchy | None = None

    def item_names(self, rule: RulePlan) -> tuple[str, ...]:
        """The path of the items that the rule makes here."""
        if rule.each is None:
            return self.names
        if self.hierarchy is not None and rule.each.before == ("levels",):
            return (list_of(rule, self.hierarchy),)
        return (*self.names, *rule.each.before)


class RuleReader(RowReader):
    """A rule at one segment. `pattern` is None when the rule cannot be compiled here; `touched` are
    the paths in the scope around it where it may write, `filled` those in its own item."""

    def __init__(
        self,
        tools: Tools,
        definition: SegmentDef,
        rule: RulePlan,
        home: Home,
        profile: Profile,
        item: str = "item",
        first: int = 0,
    ) -> None:
        super().__init__(tools, definition, rule, profile, first)
        self.home = home
        self.scope = item if rule.each else home.variable
        self.names = home.item_names(rule)
        self.writer = Writer(tools.shape)
        self.statements = []
        self.later = []
        self.rows_given = []
        self.touched = set()
        self.target = Branch(self.names)
        if self.pattern is not None:
            self.statements = [*self.notes(), *self.judged(), *self.periods()]
            if not self.grow(self.target):
                self.pattern = None
            self.note_totals()
        self.filled = self.touched | set(self.target.paths())
        self.touched = _ways_to(rule.each.before) if rule.each else self.filled

    def lines(self, shared: Paths, keeps: Keeps | None = None) -> list[str]:
        """The statements after the match; declining is `return None`. `shared` are the paths of the
        scope that others write to too. Where no document is wanted, `keeps` tells what of it is:
        the rest is looked up only."""
        self.writer.shared = shared
        target, asked = self.target, list[str]()
        if keeps is not None and all(path for path, _ in self.later):
            target, asked = self.pruned(keeps)
        later = [
            line
            for path, lines in self.later
            if keeps is None or not path or keeps(self.scope, self.names, path)
            for line in lines
        ]
        made = [line for items in target.lists() for line in items.lines]
        carried = self.carried()
        if carried and (self.rule.each or not (self.rule.always or self.is_opener)):
            asked.append(f"if not ({carried}): return None")  # nothing was claimed
        if self.rule.each is None:
            filled = self.writer.fill(target, self.home.variable, ())
            return [*self.statements, *made, *asked, *filled, *later]
        opened = self.writer.open(target, self.scope)
        added = self.writer.add(self.scope, self.home.variable, self.rule.each.before)
        if keeps and not keeps(self.home.variable, self.home.names, self.rule.each.before):
            opened, added = opened if later or self.scope != "item" else [], []
        return [*self.statements, *made, *asked, *opened, *later, *added]

    def pruned(self, keeps: Keeps) -> tuple[Branch, list[str]]:
        """What is kept of all that the segment says, and the look-ups of the rest."""
        kept, asked = Branch(), self.writer.needs(self.target) if self.rule.each else []
        for key, member in self.target.members.items():
            one = Branch(members={key: member})
            needed = any(items.asked is None for items in one.lists())
            if needed or keeps(self.scope, self.names, (key,)):
                kept.members[key] = member
            else:
                asked += self.writer.asked(member)
        return kept, asked

    def grow(self, target: Branch) -> bool:
        """All that the segment says, as it stands in its scope or item; False where that cannot be
        told before."""
        return (
            all(
                self.put(target, path, Leaf(repr(text), constant=True))
                for path, text in self.rule.sets
            )
            and all(self.put_field(target, bound) for bound in self.wanted.fields)
            and all(
                self.put_rows(target, rows, f"l{number}")
                for number, rows in enumerate(self.wanted.rows)
            )
        )

    def note_totals(self) -> None:
        """Notes what was received in `totals`, to be compared when the document is complete."""
        for total in self.rule.totals:
            text = self.variable(spot_of(total.place))
            element = definition_at(self.definition, spot_of(total.place))
            if not text or element is None:
                continue
            number = self.tools.values.decimal(total.codec, element, text)
            formula = self.tools.names.add("A", total.formula)
            noted = f"totals.append(({self.scope}, {formula}, {number}))"
            self.later.append(((), guarded(self.given(spot_of(total.place)), [noted])))
            self.rows_given.append(self.given(spot_of(total.place)))

    @property
    def is_opener(self) -> bool:
        """Whether it says nothing itself, so that something inside its loop must say something."""
        opens = self.rule.inside is not None and self.rule.each is None and not self.rule.always
        return opens and self.carried() == "False"

    def carried(self) -> str:
        """When anything of the segment is in the document; "" for always."""
        tree = self.target.given if self.target.members else "False"
        parts = [part for part in (tree, *self.rows_given) if part != "False"]
        return "" if "" in parts else " or ".join(parts) or "False"


def _ways_to(path: tuple[str, ...]) -> set[tuple[str, ...]]:
    """A path, and those of the objects that it goes through."""
    return {path[:length] for length in range(1, len(path) + 1)}
