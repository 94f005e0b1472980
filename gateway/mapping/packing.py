"""Rows being written: the items of a list, the lines of a text or keyed fields, packed into the
slots of as many segments as they need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.edi.finding import Finding
from gateway.mapping.codec import Texts
from gateway.mapping.codec import Unfit
from gateway.mapping.draft import NOT_OBJECT
from gateway.mapping.draft import NOT_TEXT
from gateway.mapping.draft import Draft
from gateway.mapping.draft import FieldWriter
from gateway.mapping.draft import Source
from gateway.mapping.draft import unwritable
from gateway.mapping.form import Form
from gateway.mapping.form import block_key
from gateway.mapping.form import join_path
from gateway.mapping.path import find
from gateway.mapping.path import find_at
from gateway.mapping.path import items_at
from gateway.mapping.plan import Place
from gateway.mapping.plan import RowPlan
from gateway.mapping.plan import RulePlan
from gateway.mapping.plan import Slot
from gateway.mapping.wrapping import cut_rows


@dataclass(frozen=True, slots=True)
class Row:
    """A row before it has a slot: the texts of each of the slot's cells, and the item's path or
    the word it came from."""

    cells: tuple[Texts, ...]
    shared: tuple[tuple[Place, str], ...] = ()
    taken: str = ""
    word: str = ""
    findings: tuple[Finding, ...] = ()
    waived: tuple[str, ...] = ()


Chunk = list[tuple[Slot, Row]]
"""The rows of one segment, each with its slot."""


class Packer:
    """Makes chunks of rows. `taken` are the items already written; it is read, never changed."""

    def __init__(self, writer: FieldWriter, form: Form | None, taken: set[str]) -> None:
        self.writer = writer
        self.form = form
        self.taken = taken

    def chunks(self, rule: RulePlan, source: Source, number: int) -> Iterator[Chunk]:
        """A rule's rows in their slots, segment by segment: as remembered, else packed."""
        rows = rule.rows[number]
        key = block_key(rule.id, source.path, 1)
        found = in_order(rows, self.find_rows(rule, rows, source))
        left = self.in_received_order(found, (key, number))
        count = 0
        while left:
            count += 1
            key = block_key(rule.id, source.path, count)
            slots = self.slots(rows, (key, number))
            if rows.fixed and slots is rows.slots:
                chunk, left = _seat(rows, left)
                yield chunk
                continue
            alike = 0
            while alike < min(len(slots), len(left)) and left[alike].shared == left[0].shared:
                alike += 1
            yield list(zip(slots, left[:alike], strict=False))
            left = left[alike:]

    def slots(self, rows: RowPlan, remembered: tuple[str, int]) -> tuple[Slot, ...]:
        used = self.form.rows.get(remembered) if self.form else None
        if used:
            return tuple(rows.slots[index] for index, _ in used)
        repeatable = not rows.repeats or self.writer.repetition
        return rows.slots if repeatable else rows.slots[:1]

    def in_received_order(self, rows: list[Row], remembered: tuple[str, int]) -> list[Row]:
        """Rows of a word as received, between them all others in the order of their list."""
        words = [word for _, word in self.form.rows.get(remembered, [])] if self.form else []
        if not any(words):
            return rows
        placed: list[Row] = []
        for word in words:
            placed += [row for row in rows if row.word == word and row not in placed][:1]
        return placed + [row for row in rows if row not in placed]

    def find_rows(self, rule: RulePlan, rows: RowPlan, source: Source) -> list[Row]:
        if rows.text:
            text = find(source.data, rows.text.before)
            lines = cut_rows(text, rows.wrap) if isinstance(text, str) and text else []
            path = join_path(source.path, rows.text.text)
            return [self.text_row(rows, line, path) for line in lines]
        if rows.keyed:
            found = [(code, word) for word, code in rows.keyed.written.items()]
            return [
                self.keyed_row(rows, code, word, source)
                for code, word in found
                if source.data.get(word) is not None
            ]
        return [*self.item_rows(rule, rows, source), *self.second_homes(rule, rows, source)]

    def text_row(self, rows: RowPlan, text: Any, path: str, taken: str = "") -> Row:
        texts = self.writer.check((text,)) if isinstance(text, str) else NOT_TEXT
        if isinstance(texts, Unfit):
            fault = unwritable(texts, rows.slots[0].name, path, text)
            return Row((), taken=taken, findings=(fault,))
        return Row((texts,), taken=taken)

    def keyed_row(self, rows: RowPlan, code: str, word: str, source: Source) -> Row:
        row = self.text_row(rows, source.data[word], join_path(source.path, word))
        cells = ((code,), *row.cells) if rows.key == 1 else (*row.cells, (code,))
        return Row(cells, word=word, findings=row.findings)

    def item_rows(self, rule: RulePlan, rows: RowPlan, source: Source) -> Iterator[Row]:
        """The items of the list that are not yet written and that this rule can write; the last
        rule that serves the list takes all and says what is wrong."""
        if rows.into is None:
            return
        into = rows.into.text
        path = join_path(source.path, into)
        for index, item in enumerate(items_at(source.data, rows.into)):
            at = f"{path}[{index}]"
            if at in self.taken or self.is_elsewhere(at, rule) or not rule.can_carry(into, item):
                continue
            row = (
                self.object_row(rows, item, at)
                if rows.of_objects
                else self.text_row(rows, item, at, at)
            )
            filled = any(any(texts) for texts in row.cells)
            if (filled and not row.findings) or (row.findings and into in rule.last_for):
                yield row

    def second_homes(self, rule: RulePlan, rows: RowPlan, source: Source) -> Iterator[Row]:
        """The fields that were received in a row of this segment."""
        seen = self.form.seen if self.form else {}
        key = block_key(rule.id, source.path, 1)
        for slot in rows.slots if seen else ():
            for code, bound in slot.also.items():
                path = bound.paths[0]
                value = find(source.data, path.before)
                texts = self.writer.texts(bound, (value,)) if value is not None else NOT_TEXT
                here = (key, bound.places[0]) in seen.get(join_path(source.path, path.text), ())
                if here and not isinstance(texts, Unfit):
                    yield Row(((code,), texts), word=code)

    def is_elsewhere(self, item: str, rule: RulePlan) -> bool:
        """Whether another rule read the item."""
        home = self.form.homes.get(item) if self.form else None
        return home is not None and home != rule.id

    def object_row(self, rows: RowPlan, item: Any, at: str) -> Row:
        if not isinstance(item, dict):
            fault = unwritable(NOT_OBJECT, rows.slots[0].name, at, item)
            return Row((), taken=at, findings=(fault,))
        source = Source(item, at)
        shared = Draft("")
        for bound in rows.shared:
            self.writer.write(bound, source, {}, shared)
        cells = []
        for bound in rows.slots[0].fields:
            cell = Draft("")
            self.writer.write(bound, source, {}, cell)
            cells.append(tuple(cell.texts.get(place, "") for place in bound.places))
            shared.findings += cell.findings
            shared.waived += cell.waived
        word = find_at(item, rows.slots[0].fields[0].paths[0], None) if rows.order else None
        return Row(
            tuple(cells),
            tuple(sorted(shared.texts.items())),
            at,
            word if isinstance(word, str) else "",
            findings=tuple(shared.findings),
            waived=tuple(shared.waived),
        )


def in_order(rows: RowPlan, found: list[Row]) -> list[Row]:
    """Rows whose words have an order stand in it, before all others."""
    ranks = {word: rank for rank, word in enumerate(rows.order)}
    return sorted(found, key=lambda row: ranks.get(row.word, len(ranks))) if ranks else found


def _seat(rows: RowPlan, left: list[Row]) -> tuple[Chunk, list[Row]]:
    """The rows that one segment takes, those with a slot of their own there, and the rest."""
    own = {word: number for number, word in enumerate(rows.order)}
    alike = [row for row in left if row.shared == left[0].shared]
    wanted = {own[row.word] for row in alike if row.word in own}
    free = [number for number in range(len(rows.slots)) if number not in own.values()]
    free += sorted(set(own.values()) - wanted)
    seated: dict[int, Row] = {}
    rest = [row for row in left if row.shared != left[0].shared]
    for row in alike:
        number = own.get(row.word, -1)
        if number < 0 or number in seated:
            number = free.pop(0) if free else -1
        if number < 0:
            rest.append(row)
        else:
            seated[number] = row
    return [(rows.slots[number], seated[number]) for number in sorted(seated)], rest


def place_row(rows: RowPlan, slot: Slot, row: Row, draft: Draft) -> None:
    if rows.of_objects:
        places = [bound.places for bound in slot.fields]
    else:
        places = [(place,) for place in slot.places]
    for cell_places, texts in zip(places, row.cells, strict=False):
        draft.texts.update((p, t) for p, t in zip(cell_places, texts, strict=True) if t)
    draft.texts.update(row.shared)
    draft.texts.update((constant.place, constant.value) for constant in slot.constants)
    draft.findings += row.findings
    draft.waived += row.waived
    draft.taken += [row.taken] if row.taken else []
    draft.has_data = True
