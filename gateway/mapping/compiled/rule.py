"""One rule reading its segment, as statements: the twin of `gateway.mapping.reading`.

A segment that has anything its rule does not claim, or that says twice what can be said once, is
declined: the exact tier lists it.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.guide.dictionary import SegmentDef
from gateway.guide.pattern import definition_at
from gateway.mapping.compiled.claims import Profile
from gateway.mapping.compiled.claims import Tools
from gateway.mapping.compiled.claims import spot_of
from gateway.mapping.compiled.levels import list_of
from gateway.mapping.compiled.objects import Branch
from gateway.mapping.compiled.objects import Leaf
from gateway.mapping.compiled.objects import Paths
from gateway.mapping.compiled.objects import Writer
from gateway.mapping.compiled.objects import guarded
from gateway.mapping.compiled.rows import RowReader
from gateway.mapping.levels.declare import Hierarchy
from gateway.mapping.path import Path
from gateway.mapping.plan import RulePlan


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
        self.touched = {rule.each.before} if rule.each else self.filled

    def lines(self, shared: Paths) -> list[str]:
        """The statements after the match; declining is `return None`. `shared` are the paths of the
        scope that others write to too."""
        self.writer.shared = shared
        if self.rule.each is None:
            return self.statements + self.into_scope()
        return self.statements + self.into_item(self.rule.each)

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
            self.later += guarded(self.given(spot_of(total.place)), [noted])
            self.rows_given.append(self.given(spot_of(total.place)))

    @property
    def is_opener(self) -> bool:
        """Whether it says nothing itself, so that something inside its loop must say something."""
        opens = self.rule.inside is not None and self.rule.each is None and not self.rule.always
        return opens and self.carried() == "False"

    def into_scope(self) -> list[str]:
        """Into the scope around; something must be said, or nothing was claimed."""
        lines = self.writer.fill(self.target, self.home.variable, ()) + self.later
        carried = self.carried()
        if carried and not self.rule.always and not self.is_opener:
            return [f"if not ({carried}): return None", *lines]
        return lines

    def into_item(self, each: Path) -> list[str]:
        """Into a new item of the rule's list."""
        lines = self.writer.open(self.target, self.scope) + self.later
        if self.carried():
            lines.append(f"if not {self.scope}: return None")
        return lines + self.writer.add(self.scope, self.home.variable, each.before)

    def carried(self) -> str:
        """When anything of the segment is in the document; "" for always."""
        tree = self.target.given if self.target.members else "False"
        parts = [part for part in (tree, *self.rows_given) if part != "False"]
        return "" if "" in parts else " or ".join(parts) or "False"
