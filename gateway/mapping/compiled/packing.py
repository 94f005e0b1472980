"""Rows of one rule as texts in a variable: the twin of `gateway.mapping.packing`."""

from __future__ import annotations

from gateway.mapping.compiled.cells import Cell
from gateway.mapping.compiled.cells import Cells
from gateway.mapping.compiled.cells import Run
from gateway.mapping.compiled.drawing import FieldDrawer
from gateway.mapping.compiled.drawing import Opened
from gateway.mapping.compiled.objects import indented
from gateway.mapping.compiled.profiles import spot_of
from gateway.mapping.compiled.profiles import spots_of
from gateway.mapping.plan import RowPlan
from gateway.mapping.plan import RulePlan
from gateway.mapping.plan import Slot
from gateway.mapping.wrapping import cut_rows


class RowPacker(FieldDrawer):
    """Adds rows to what a segment writes; `shared` are the texts that all rows of one segment have
    in common."""

    rule: RulePlan
    shared: Cells

    def can_pack(self, rows: RowPlan) -> bool:
        """Rows in whole elements, or each in one component."""
        odd = rows.repeats or rows.order or any(slot.constants for slot in rows.slots)
        numbered = rows.into is not None and rows.into.index is not None
        fields = [bound for slot in rows.slots for bound in slot.fields]
        if odd or numbered or (rows.shared and not self.rule.repeats):
            return False
        if not all(self.can_write(bound) for bound in (*fields, *rows.shared)):
            return False
        return self.in_elements(rows) or all(len(slot.places) == 1 for slot in rows.slots)

    def in_elements(self, rows: RowPlan) -> bool:
        """Whether no two rows share an element, and nothing else is between them."""
        first, last = rows.slots[0].places[0][0], rows.slots[-1].places[-1][0]
        numbers = [sorted({place[0] for place in slot.places}) for slot in rows.slots]
        flat = [number for one in numbers for number in one]
        return flat == list(range(first, last + 1)) and all(
            self.is_whole(slot) for slot in rows.slots
        )

    def is_whole(self, slot: Slot) -> bool:
        """Simple elements, or fields in one composite."""
        if all(place[1:] == (1,) for place in slot.places):
            return True
        return len({place[0] for place in slot.places}) == 1 and bool(slot.fields)

    def collect(self, rows: RowPlan, scope: Opened, variable: str) -> list[str]:
        """Statements that make a list of all row texts."""
        if rows.text is not None:
            return self.text_rows(rows, scope, variable)
        if rows.keyed is not None:
            return self.keyed_rows(rows, scope, variable)
        return self.item_rows(rows, scope, variable)

    def text_rows(self, rows: RowPlan, scope: Opened, variable: str) -> list[str]:
        assert rows.text is not None  # noqa: S101 -- asked before
        owner = self.inside(scope.variable, rows.text.before[:-1], sure=False)
        text = self.supplies.new("v")
        cut = f"{text}.split('\\n')"
        if rows.wrap:
            cut = f"{self.supplies.names.add('F', cut_rows)}({text}, {rows.wrap})"
        return [
            f"{text} = {owner}.get({rows.text.before[-1]!r})",
            f"{variable} = {cut} if {text} else ()",
        ]

    def keyed_rows(self, rows: RowPlan, scope: Opened, variable: str) -> list[str]:
        """Fields named by the code beside them, in the order of the table."""
        assert rows.keyed is not None  # noqa: S101 -- asked before
        mark = self.supplies.marks.element
        first = rows.key == 1
        words = tuple(
            (word, code + mark if first else mark + code)
            for word, code in rows.keyed.written.items()
        )
        known = self.supplies.names.add("K", words)
        text = f"c + {scope.variable}[k]" if first else f"{scope.variable}[k] + c"
        return [f"{variable} = [{text} for k, c in {known} if k in {scope.variable}]"]

    def item_rows(self, rows: RowPlan, scope: Opened, variable: str) -> list[str]:
        """The items of a list; those that the rule has no home for are left."""
        assert rows.into is not None  # noqa: S101 -- rows are one of the three
        listed = rows.into.text
        left = scope.left.get(listed)
        source = left or scope.items_of(listed)
        if not rows.of_objects and not left:
            return [f"{variable} = list({source})"]
        item = self.supplies.new("i")
        lines = (
            self.row(rows, item, variable) if rows.of_objects else [f"{variable}.append({item})"]
        )
        conditions = self.supplies.carries(self.rule, listed, item)
        rest = self.supplies.new("r")
        if conditions and left:
            lines = [f"if {conditions[0]}:", *indented(lines), f"else: {rest}.append({item})"]
        elif conditions:
            lines = [f"if {conditions[0]}:", *indented(lines)]
        lines = [*self.supplies.sooner(scope, self.rule, listed, item), *lines]
        loop = [f"{variable} = []", f"for {item} in {source}:", *indented(lines)]
        return [f"{rest} = []", *loop, f"{left} = {rest}"] if left else loop

    def row(self, rows: RowPlan, item: str, variable: str) -> list[str]:
        """One item's text, after the texts that its whole segment shares."""
        drawer = FieldDrawer(self.supplies, self.definition, self.profile)
        cells, shared = Cells(), Cells()
        for number, bound in enumerate(rows.slots[0].fields):
            if self.is_in_rows(rows, number):
                drawer.draw(bound, {"": item}, cells, sure=self.is_always(rows, number))
        for bound in rows.shared:
            if self.is_wanted(bound):
                drawer.draw(bound, {"": item}, shared, sure=False)
        places = rows.slots[0].places
        numbers = range(places[0][0], places[-1][0] + 1)
        more, text = cells.text("", self.supplies.marks, numbers)
        lines = [*drawer.lines, *more]
        if rows.shared:
            alike = ", ".join(cell.text for cell in shared.at.values())
            text = f"(({alike}{',' if alike else ''}), {text})"
            self.shared = shared
        return [*lines, f"{variable}.append({text})"]

    def is_in_rows(self, rows: RowPlan, number: int) -> bool:
        """Whether samples had the field of that number in any row."""
        return any(self.profile.has(slot.fields[number]) for slot in rows.slots)

    def is_always(self, rows: RowPlan, number: int) -> bool:
        """Whether every row of the samples had the field of that number."""
        filled = self.profile.filled
        for slot in rows.slots:
            most = max((filled[spot] for spot in spots_of(slot)), default=0)
            if filled[spot_of(slot.fields[number].places[0])] < most:
                return False
        return True

    def seat(self, rows: RowPlan, variable: str, cells: Cells) -> list[str]:
        """The rows of one segment in its cells, from the list in the variable."""
        if not self.in_elements(rows):
            return self.seat_components(rows, variable, cells)
        mark = self.supplies.marks.element
        width = len({place[0] for place in rows.slots[0].places})
        first = rows.slots[0].places[0][0]
        joined = self.supplies.new("j")
        lines = [f"{joined} = {mark!r}.join({variable})"]
        if cells.last > first:  # what follows keeps its place
            marks = (
                f"{mark!r} * (({len(rows.slots)} - len({variable})) * {width} - (not {variable}))"
            )
            lines.append(f"{joined} += {marks}")
        cells.runs.append(Run(first, width * len(rows.slots), joined))
        return lines

    def seat_components(self, rows: RowPlan, variable: str, cells: Cells) -> list[str]:
        used = [
            number
            for number, slot in enumerate(rows.slots)
            if spot_of(slot.places[0]) in self.profile.filled
        ]
        slots = rows.slots[: used[-1] + 1]
        texts = [self.supplies.new("t") for _ in slots]
        for slot, text in zip(slots, texts, strict=True):
            cells.put(spot_of(slot.places[0]), Cell(text, sure=False))
        nothing = ", ''" * len(slots)
        lines = [f"if len({variable}) > {len(slots)}: return None"]
        return [*lines, f"{', '.join(texts)}, = (*{variable}{nothing})[:{len(slots)}]"]
