"""Rows resolved: a run of elements, components or repetitions cut into slots."""

from __future__ import annotations

from dataclasses import replace

from gateway.definition import Node
from gateway.guide.dictionary import CompositeDef
from gateway.mapping.plan import Field
from gateway.mapping.plan import Fixed
from gateway.mapping.plan import RowPlan
from gateway.mapping.plan import Slot
from gateway.mapping.resolve import Elements
from gateway.mapping.rules import Binding
from gateway.mapping.rules import Reference
from gateway.mapping.rules import Rows


def compile_rows(elements: Elements, rows: Rows) -> RowPlan:
    """The rows of one rule; what does not fit its segment is reported."""
    return _RowCompiler(elements, rows).plan()


class _RowCompiler:
    def __init__(self, elements: Elements, rows: Rows) -> None:
        self.elements = elements
        self.rows = rows
        self.fault = elements.faults.add

    def plan(self) -> RowPlan:
        rows = self.rows
        runs = self.runs(rows)
        codecs = self.elements.definitions.codecs
        keyed = codecs.table(rows.keyed, rows.node) if rows.keyed else None
        self.check_kind(rows)
        slots = [self.slot(rows, run) for run in runs]
        if rows.repeats:
            slots = [_at_repetition(slots[0], number + 1) for number in range(rows.repeats)]
        if rows.fixed and len(rows.order) > len(slots):
            self.fault(rows.node, f"{len(rows.order)} words need slots, and there are {len(slots)}")
        return RowPlan(
            slots=tuple(slots),
            shared=tuple(self.elements.field(binding) for binding in rows.shared),
            into=rows.into,
            text=rows.text,
            keyed=keyed,
            key=rows.key,
            wrap=rows.wrap,
            repeats=rows.repeats > 0,
            order=rows.order,
            fixed=rows.fixed,
        )

    def check_kind(self, rows: Rows) -> None:
        """What the bindings and the width must be for `into`, `text` and `keyed`."""
        bound = bool(rows.bindings or rows.constants or rows.shared)
        if rows.into is None and bound:
            self.fault(rows.node, "only rows with into have bindings, constants and shared")
        if rows.into and rows.shared and not rows.bindings:
            self.fault(rows.node, "shared needs rows of objects; bind 1: value")
        if rows.keyed and rows.width != 2:
            self.fault(rows.node, "keyed rows are a code and its value; write width: 2")
        if rows.text and rows.width != 1:
            self.fault(rows.node, "text rows have width 1")
        if rows.keyed and rows.key not in (1, 2):
            self.fault(rows.node, "key is 1 or 2: which element of the row is the code")
        if rows.also and not (rows.bindings and rows.width == 2):
            self.fault(rows.node, "also is of rows of a code and its value, as objects")
        if rows.order and not rows.bindings:
            self.fault(rows.node, "order and slots are of objects, by the words of their 1")
        if rows.repeats:
            self.check_repeats(rows)

    def check_repeats(self, rows: Rows) -> None:
        uses = self.elements.segment.elements
        if rows.first != rows.last or rows.width != 1:
            self.fault(rows.node, "repeats are of one element, written over: REF02")
        elif 0 < rows.first.element <= len(uses):
            allowed = uses[rows.first.element - 1].repeat
            if rows.repeats > allowed:
                name = rows.first.named(self.elements.tag)
                self.fault(rows.node, f"{name} may stand {allowed} time(s) in this release")

    def runs(self, rows: Rows) -> list[tuple[Reference, ...]]:
        """The range cut into rows of references."""
        first, last, width = rows.first, rows.last, rows.width
        for reference in (first, last):
            self.exists(reference, rows.node)
        if first.component and last.component and first.element == last.element:
            numbers = range(first.component, last.component + 1)
            run = [Reference(first.element, number) for number in numbers]
        else:
            run = [Reference(number) for number in range(first.element, last.element + 1)]
            if first.component or last.component:
                self.fault(rows.node, "over runs through elements, or components of one")
        if not run or len(run) % width:
            count = f"{len(run)} element(s) do not make rows of {width}"
            self.fault(rows.node, f"over: {count}")
        whole = range(0, len(run) - width + 1, width)
        return [tuple(run[start : start + width]) for start in whole] or [(first,) * width]

    def exists(self, reference: Reference, node: Node) -> None:
        """Like `element`, but a composite may stand for all its components."""
        uses = self.elements.segment.elements
        inside = 0 < reference.element <= len(uses)
        whole = inside and isinstance(uses[reference.element - 1].definition, CompositeDef)
        if not (whole and reference.component is None):
            self.elements.element(reference, node)

    def slot(self, rows: Rows, run: tuple[Reference, ...]) -> Slot:
        fields = tuple(self.row_field(binding, run) for binding in rows.bindings)
        constants = tuple(
            Fixed(
                self.elements.place(self.in_row(constant.reference, run, constant.node)),
                constant.value,
            )
            for constant in rows.constants
        )
        places = tuple(self.elements.place(reference) for reference in run)
        also = {code: self.row_field(binding, run) for code, binding in rows.also}
        return Slot(run[0].named(self.elements.tag), places, fields, constants, also)

    def row_field(self, binding: Binding, run: tuple[Reference, ...]) -> Field:
        if binding.otherwise:
            self.fault(binding.node, "else stands outside rows")
        references = tuple(self.in_row(r, run, binding.node) for r in binding.references)
        return self.elements.field(replace(binding, references=references))

    def in_row(self, reference: Reference, run: tuple[Reference, ...], node: Node) -> Reference:
        """`1`, `2` or `1-2` of a row as an element of the segment."""
        if reference.element > len(run):
            self.fault(node, f"a row has {len(run)} element(s), not {reference.element}")
            return run[0]
        target = run[reference.element - 1]
        if reference.component is None:
            return target
        return Reference(target.element, reference.component)


def _at_repetition(slot: Slot, number: int) -> Slot:
    """The slot of a repeated element's first occurrence, moved to a later one."""
    if number == 1:
        return slot
    return Slot(
        slot.name,
        tuple((*place, number) for place in slot.places),
        tuple(
            replace(field, places=tuple((*place, number) for place in field.places))
            for field in slot.fields
        ),
        tuple(Fixed((*fixed.place, number), fixed.value) for fixed in slot.constants),
    )
