"""One rule's segment as statements: the twin of `gateway.mapping.drafting`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field

from gateway.guide.dictionary import SegmentDef
from gateway.guide.spots import Spot
from gateway.mapping.codec import Codec
from gateway.mapping.codec import Unfit
from gateway.mapping.compiled.cells import Cell
from gateway.mapping.compiled.cells import Cells
from gateway.mapping.compiled.cells import Run
from gateway.mapping.compiled.drawing import NOTHING
from gateway.mapping.compiled.drawing import Opened
from gateway.mapping.compiled.drawing import Supplies
from gateway.mapping.compiled.drawing import value_at
from gateway.mapping.compiled.objects import indented
from gateway.mapping.compiled.packing import RowPacker
from gateway.mapping.compiled.profiles import Profile
from gateway.mapping.compiled.profiles import spot_of
from gateway.mapping.formula import Formula
from gateway.mapping.path import Scope
from gateway.mapping.plan import RowPlan
from gateway.mapping.plan import RulePlan
from gateway.mapping.plan import Test
from gateway.mapping.plan import Total


@dataclass(slots=True)
class Drawn:
    """A rule's segment. `asked` and `guard`: statements and the condition without which there is
    nothing to write. `first`: statements that run then; `admitted`: the conditions under which the
    rule writes it, `data`: those of which one must hold for it to carry something (none where it
    always does). `writes` adds its text, or all texts where rows fill several."""

    asked: list[str] = field(default_factory=list)
    guard: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    admitted: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)


class SegmentWriter(RowPacker):
    """A rule at its node."""

    def __init__(
        self, supplies: Supplies, definition: SegmentDef, rule: RulePlan, profile: Profile
    ) -> None:
        super().__init__(supplies, definition, profile)
        self.rule = rule
        self.cells = Cells()
        self.rows = [rows for rows in rule.rows if profile.has_rows(rows)]

    @property
    def is_able(self) -> bool:
        """Whether it can be compiled: of what samples had, nothing is out of reach."""
        told = [bound for bound in self.rule.fields if bound.home != "same"]
        used = [bound for bound in told if self.profile.has(bound)]
        places = [place for rows in self.rule.rows for slot in rows.slots for place in slot.places]
        several = self.rule.repeats and len(self.rows) > 1
        return (
            all(self.can_write(bound) for bound in used)
            and all(self.can_pack(rows) for rows in self.rows)
            and all(len(test.place) == 2 and test.place not in places for test in self.rule.tests)
            and all(path.new or not path.listed for path, _ in self.rule.sets)
            and not several
        )

    def draw_segment(self, scope: Opened) -> Drawn:
        scope.take_turn(self.rule)
        drawn = Drawn()
        bases = {"": scope.variable}
        always = self.find_always(drawn, bases)
        for listed in self.rule.lists:
            bases[listed] = self.pick(listed, scope)
        for bound in self.rule.fields:
            if self.is_wanted(bound):
                sure = spot_of(bound.places[0]) in always and not bound.otherwise
                self.draw(bound, bases, self.cells, sure=sure)
        for path, _ in self.rule.sets:
            if path.new:
                self.data.append(f"{bases[path.listed]} is not {NOTHING}")
            else:
                self.sure = True
        for total in self.rule.totals:
            if total.presence == "always":
                self.draw_total(total, scope)
        drawn.admitted = [one for test in self.rule.tests for one in self.admits(test)]
        for constant in self.rule.constants:
            if self.cells.is_free(spot_of(constant.place)):
                self.cells.put(spot_of(constant.place), Cell(constant.value, literal=True))
        self.draw_rows(scope, drawn)
        drawn.data = [] if self.sure or self.rule.always else self.data or ["False"]
        return drawn

    def find_always(self, drawn: Drawn, bases: dict[str, str]) -> set[Spot]:
        """The spots that are always filled. A rule that writes from the scope around it may have
        nothing there: the first value of these tells."""
        always = self.profile.always()
        if self.rule.each is not None:
            return always
        if speaks_unasked(self.rule):
            return set()
        for bound in self.rule.fields:
            path = bound.paths[0]
            if bound.otherwise or path.listed or not self.is_wanted(bound):
                continue  # what is written where nothing is there tells nothing
            if spot_of(bound.places[0]) in always:
                drawn.guard = [f"{self.value(path, bases, sure=False)} is not None"]
                drawn.asked, self.lines = self.lines, []
                return always
        return set()

    def draw_rows(self, scope: Opened, drawn: Drawn) -> None:
        """The rows, and with them the whole text."""
        found = [(rows, self.supplies.new("q")) for rows in self.rows]
        for rows, variable in found:
            self.lines += self.collect(rows, scope, variable)
        if self.rule.repeats and found:
            drawn.first = self.lines
            drawn.writes = self.write_all(*found[0])
            self.sure = True
            return
        for rows, variable in found:
            self.lines.append(f"if len({variable}) > {len(rows.slots)}: return None")
            self.lines += self.seat(rows, variable, self.cells)
            self.data.append(variable)
        more, text = self.cells.text(self.rule.tag, self.supplies.marks)
        drawn.first = self.lines
        drawn.writes = [*more, f"add({text})"]

    def write_all(self, rows: RowPlan, variable: str) -> list[str]:
        """As many segments as rows fill; those of one segment share what they share."""
        if rows.shared:
            return self.write_alike(rows, variable)
        size, at, some = len(rows.slots), self.supplies.new("k"), self.supplies.new("c")
        one = size == 1
        seated = [] if one else [f"{some} = {variable}[{at}:{at} + {size}]"]
        seated += self.seat_one(rows, some) if one else self.seat(rows, some, self.cells)
        more, text = self.cells.text(self.rule.tag, self.supplies.marks)
        each = f"{some} in {variable}" if one else f"{at} in range(0, len({variable}), {size})"
        return [f"for {each}:", *indented([*seated, *more, f"add({text})"])]

    def seat_one(self, rows: RowPlan, variable: str) -> list[str]:
        """A row that has a segment of its own."""
        slot = rows.slots[0]
        if self.in_elements(rows):
            first = slot.places[0][0]
            width = len({place[0] for place in slot.places})
            self.cells.runs.append(Run(first, width, variable))
        else:
            self.cells.put(spot_of(slot.places[0]), Cell(variable, sure=False))
        return []

    def write_alike(self, rows: RowPlan, variable: str) -> list[str]:
        at, some, alike = (self.supplies.new(prefix) for prefix in "kch")
        texts = [cell.text for cell in self.shared.at.values()]
        self.cells.at |= self.shared.at
        seated = self.seat(rows, some, self.cells)
        more, text = self.cells.text(self.rule.tag, self.supplies.marks)
        taken = f"{at} < len({variable}) and len({some}) < {len(rows.slots)}"
        return [
            f"{at} = 0",
            f"while {at} < len({variable}):",
            *indented(
                [
                    f"{alike} = {variable}[{at}][0]; {some} = []",
                    f"while {taken} and {variable}[{at}][0] == {alike}:",
                    *indented([f"{some}.append({variable}[{at}][1]); {at} += 1"]),
                    *([f"{', '.join(texts)}, = {alike}"] if texts else []),
                    *seated,
                    *more,
                    f"add({text})",
                ]
            ),
        ]

    def pick(self, listed: str, scope: Opened) -> str:
        """The item that the rule's `[]` stands for: the first that it has a home for."""
        item, at = self.supplies.new("p"), self.supplies.new("k")
        left = scope.left.get(listed)
        source = left or scope.items_of(listed)
        asked = self.supplies.carries(self.rule, listed, item)
        for path, text in self.rule.sets:
            if path.listed == listed:
                asked.append(f"{value_at(item, path.after)} == {text!r}")
        empty = NOTHING if self.takes_objects(listed) else "None"
        if not asked and not left:
            items = self.supplies.new("l")
            self.lines.append(f"{items} = {source}; {item} = {items}[0] if {items} else {empty}")
            return item
        found = [f"del {left}[{at}]", "break"] if left else ["break"]
        lines = self.supplies.sooner(scope, self.rule, listed, item)
        lines += [f"if {' and '.join(asked)}:", *indented(found)] if asked else found
        self.lines += [
            f"for {at}, {item} in enumerate({source}):",
            *indented(lines),
            f"else: {item} = {empty}",
        ]
        return item

    def takes_objects(self, listed: str) -> bool:
        paths = [path for bound in self.rule.fields for path in bound.paths]
        return all(path.after for path in paths if path.listed == listed)

    def draw_total(self, total: Total, scope: Opened) -> None:
        """A total of the document, where there is anything to add up or count."""
        text, number = self.supplies.new("t"), self.supplies.new("m")
        formula = total.formula
        if formula.function == "count" and len(formula.names) == 1 and not formula.others:
            self.lines.append(f"{number} = len({scope.items_of(formula.names[0])})")
            self.lines.append(f"{text} = str({number})")
        else:
            add = self.supplies.names.add("F", _adding(formula, total.codec, self.mark))
            self.lines.append(f"{number}, {text} = {add}({scope.variable})")
        self.cells.put(spot_of(total.place), Cell(text, sure=formula.of_nothing is not None))
        self.data.append(number)

    @property
    def mark(self) -> str:
        return self.supplies.texts.mark

    def admits(self, test: Test) -> list[str]:
        """That the rule would claim what it is about to write; a constant nobody writes stands."""
        spot = spot_of(test.place)
        cell = self.cells.at.get(spot)
        if cell is None:
            if test.constant:
                self.cells.put(spot, Cell(test.constant, literal=True))
            return [] if test.constant or "" in test.values else ["False"]
        if cell.sure or not test.constant:
            return [f"{cell.text} in {self.supplies.names.add('N', test.values)}"]
        self.lines.append(f"{cell.text} = {cell.text} or {test.constant!r}")
        self.cells.put(spot, Cell(cell.text))
        return [f"{cell.text} in {self.supplies.names.add('N', test.values)}"]


def speaks_unasked(rule: RulePlan) -> bool:
    """Whether a rule may write something that is no value of the document."""
    return rule.always or any(total.presence == "always" for total in rule.totals)


def _adding(formula: Formula, codec: Codec, mark: str) -> Callable[[Scope], tuple[str | None, str]]:
    def add(scope: Scope) -> tuple[str | None, str]:
        found = formula.of(scope)
        number = found or formula.of_nothing
        texts = codec.write((number,), mark) if number is not None else ("",)
        if isinstance(texts, Unfit):
            raise KeyError(number)
        return found, texts[0]

    return add
