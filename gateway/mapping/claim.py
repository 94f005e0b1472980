"""One segment claimed by one rule: its elements become values in the rule's scope."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from dataclasses import field

from gateway.edi.finding import Code
from gateway.guide.match import Occurrence
from gateway.mapping.codec import Unfit
from gateway.mapping.codec import Values
from gateway.mapping.form import join_path
from gateway.mapping.normal import normal
from gateway.mapping.path import Path
from gateway.mapping.path import Scope
from gateway.mapping.path import find
from gateway.mapping.path import is_free
from gateway.mapping.path import items_at
from gateway.mapping.path import open_items
from gateway.mapping.path import open_list
from gateway.mapping.path import put
from gateway.mapping.plan import Field
from gateway.mapping.plan import Fixed
from gateway.mapping.plan import Place
from gateway.mapping.plan import RowPlan
from gateway.mapping.plan import RulePlan
from gateway.mapping.plan import Slot
from gateway.mapping.record import Record
from gateway.mapping.wrapping import is_full
from gateway.mapping.wrapping import join_rows


@dataclass(slots=True)
class Opened:
    """A scope being filled: its object, its path in the document, how often each rule has claimed
    something in it, and the texts whose last row was full, so that the next one goes on."""

    data: Scope
    path: str = ""
    uses: Counter[str] = field(default_factory=Counter)
    unfinished: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Target:
    """An object that one occurrence fills; `new` has the items it made, by their list."""

    data: Scope
    path: str
    new: dict[str, int] = field(default_factory=dict)

    def put(self, path: Path, value: str) -> str | None:
        """Sets a value and returns its path in the document, None when another is in the way."""
        if not path.listed:
            done = put(self.data, path.before, value)
            return join_path(self.path, path.text) if done else None
        items = open_list(self.data, path.before)
        if items is None:
            return None
        if path.new and not path.after:
            items.append(value)
            self.new[path.listed] = len(items) - 1
            return join_path(self.path, path.at(len(items) - 1))
        index = self.item(path, items)
        item = items[index]
        done = isinstance(item, dict) and put(item, path.after, value)
        return join_path(self.path, path.at(index)) if done else None

    def item(self, path: Path, items: list[Scope]) -> int:
        if path.index is not None:
            items.extend({} for _ in range(path.index + 1 - len(items)))
            return path.index
        if path.listed not in self.new:
            items.append({})
            self.new[path.listed] = len(items) - 1
        return self.new[path.listed]


class Claim:
    """A rule reading its segment. `carried`: something of it stands in the document."""

    def __init__(
        self, record: Record, rule: RulePlan, occurrence: Occurrence, scope: Opened, key: str
    ) -> None:
        self.record = record
        self.form = record.reading.form
        self.rule = rule
        self.occurrence = occurrence
        self.segment = occurrence.segment
        self.scope = scope
        self.key = key
        self.places: set[Place] = set()
        self.totals: list[tuple[int, str]] = []
        self.carried = rule.always

    def read(self) -> None:
        target = Target(self.scope.data, self.scope.path)
        for path, text in self.rule.sets:
            if path.listed or is_free(self.scope.data, path.before):
                target.put(path, text)
            self.carried = True
        for bound in self.rule.fields:
            self.read_field(bound, target)
        for number, rows in enumerate(self.rule.rows):
            self.read_rows(number, rows)
        self.read_totals()
        for listed, index in target.new.items():
            self.form.taken[(self.key, listed)] = index

    def settle(self, carried_inside: bool) -> None:
        """Counts the segment. When nothing of it was carried, nothing of it was claimed."""
        if self.carried or carried_inside:
            self.places.update(test.place for test in self.rule.tests)
            self.claim_constants(self.rule.constants)
            for bound in self.rule.fields:
                if bound.otherwise:
                    self.claim_constants((Fixed(bound.places[0], bound.otherwise),))
            self.form.order[self.key] = self.occurrence.ordinal
        else:
            self.places.clear()
        self.record.settle(self.occurrence, self.places)

    def claim_constants(self, constants: tuple[Fixed, ...]) -> None:
        for constant in constants:
            if self.segment.value(*constant.place) == constant.value:
                self.places.add(constant.place)
                self.form.present.add((self.key, constant.place))

    def read_field(self, bound: Field, target: Target) -> bool:
        """Puts a field's values; False when it says nothing, is unfit or its path is taken."""
        texts = tuple(self.segment.value(*place) for place in bound.places)
        if not texts[0] or texts[0] == bound.otherwise:
            return False
        values = bound.codec.read(texts)
        if isinstance(values, Unfit):
            path = join_path(target.path, bound.paths[0].text)
            self.warn_unfit(values, bound.places[0], texts[0], path)
            if values.kept is None:
                return False
            values = values.kept
        return self.put_values(bound, values, target)

    def put_values(self, bound: Field, values: Values, target: Target) -> bool:
        pairs = [(p, v) for p, v in zip(bound.paths, values, strict=True) if v is not None]
        if bound.home and self.is_known(bound, pairs, target):
            self.see(bound, target)
            return True
        if bound.home == "same":
            return False
        if not all(p.listed or is_free(target.data, p.before) for p, _ in pairs):
            return False
        for path, value in pairs:
            put_at = target.put(path, value)
            if put_at is None:
                return False
            self.record.note_origin(put_at, value, self.occurrence, bound.places[0], self.rule.id)
        self.see(bound, target)
        return True

    def is_known(self, bound: Field, pairs: list[tuple[Path, str]], target: Target) -> bool:
        """Whether the other home of a field said the same; what differs is told."""
        known = [(path, find(target.data, path.before), value) for path, value in pairs]
        for path, before, value in known:
            if before is not None and normal(before) != normal(value):
                self.record.warn(
                    Code.TWO_HOMES_DIFFER,
                    self.occurrence,
                    bound.places[0],
                    value,
                    expected=str(before),
                    path=join_path(target.path, path.text),
                )
        return all(normal(before) == normal(value) for _, before, value in known)

    def see(self, bound: Field, target: Target) -> None:
        """Counts a field as claimed, and remembers which of two homes it was."""
        self.places.update(bound.places)
        self.carried = True
        if bound.home in ("first", "also"):
            path = join_path(target.path, bound.paths[0].text)
            self.form.seen.setdefault(path, set()).add((self.key, bound.places[0]))

    def read_totals(self) -> None:
        for number, total in enumerate(self.rule.totals):
            text = self.segment.value(*total.place)
            values = total.codec.read((text,)) if text else ()
            if isinstance(values, Unfit):
                self.warn_unfit(values, total.place, text, str(total.formula))
            elif values and values[0] is not None:
                self.totals.append((number, values[0]))
                self.places.add(total.place)
                self.form.present.add((self.key, total.place))
                self.carried = True

    def warn_unfit(self, unfit: Unfit, place: Place, text: str, path: str) -> None:
        self.record.warn(
            unfit.code, self.occurrence, place, text, expected=unfit.expected, path=path
        )

    def read_rows(self, number: int, rows: RowPlan) -> None:
        if rows.text:
            used = self.read_text(rows, rows.text)
        elif rows.keyed:
            used = self.read_keyed(rows)
        else:
            used = self.read_items(rows)
        if used:
            self.form.rows[(self.key, number)] = used
            self.carried = True

    def read_text(self, rows: RowPlan, path: Path) -> list[tuple[int, str]]:
        lines = [self.segment.value(*slot.places[0]) for slot in rows.slots]
        while lines and not lines[-1]:
            lines.pop()
        if not lines:
            return []
        before = find(self.scope.data, path.before)
        goes_on = path.text in self.scope.unfinished
        self.scope.unfinished.discard(path.text)
        if isinstance(before, str):
            owner = find(self.scope.data, path.before[:-1])
            owner[path.before[-1]] = join_rows(lines, rows.wrap, before, goes_on=goes_on)
        elif not put(self.scope.data, path.before, join_rows(lines, rows.wrap)):
            return []
        if len(lines) == len(rows.slots) and is_full(lines[-1], rows.wrap):
            self.scope.unfinished.add(path.text)
        for slot, line in zip(rows.slots, lines, strict=False):
            self.claim_cell(slot.places[0], line, join_path(self.scope.path, path.text))
        return [(index, "") for index in range(len(lines))]

    def read_keyed(self, rows: RowPlan) -> list[tuple[int, str]]:
        used = []
        for index, slot in enumerate(rows.slots):
            held = [self.segment.value(*place) for place in slot.places]
            code, value = held[rows.key - 1], held[2 - rows.key]
            row = rows.keyed.rows.get(code) if rows.keyed else None
            if row and value and put(self.scope.data, (row.word,), value):
                path = join_path(self.scope.path, row.word)
                self.places.update(slot.places)
                self.claim_cell(slot.places[2 - rows.key], value, path)
                used.append((index, row.word))
        return used

    def read_items(self, rows: RowPlan) -> list[tuple[int, str]]:
        """Rows into a list: an object for each row, or its text when nothing is bound."""
        into = rows.into or Path("", ())
        shared = Target({}, join_path(self.scope.path, into.text))
        filled = [index for index, slot in enumerate(rows.slots) if self.fills(slot)]
        for bound in rows.shared if filled else ():
            self.read_field(bound, shared)
        used = []
        for index in filled:
            if code := self.read_also(rows.slots[index]):
                used.append((index, code))
                continue
            length = len(items_at(self.scope.data, into))
            path = join_path(self.scope.path, f"{into.text}[{length}]")
            item = self.read_item(rows.slots[index], path, shared.data)
            items = open_items(self.scope.data, into) if item else None
            if items is not None:
                items.append(item)
                self.form.homes[path] = self.rule.id
                used.append((index, ""))
        return used

    def read_also(self, slot: Slot) -> str:
        """The code of a row that is a second home of a field and says nothing else there."""
        code = self.segment.value(*slot.places[0])
        bound = slot.also.get(code)
        if bound is None or not self.read_field(bound, Target(self.scope.data, self.scope.path)):
            return ""
        self.places.add(slot.places[0])
        return code

    def fills(self, slot: Slot) -> bool:
        places = [place for bound in slot.fields for place in bound.places] or slot.places
        return any(self.segment.value(*place) for place in places)

    def read_item(self, slot: Slot, path: str, shared: Scope) -> Scope | str | None:
        if not slot.fields:
            text = self.segment.value(*slot.places[0])
            self.claim_cell(slot.places[0], text, path)
            return text
        target = Target(deepcopy(shared), path)
        found = [self.read_field(bound, target) for bound in slot.fields]
        self.claim_constants(slot.constants)
        return target.data if any(found) else None

    def claim_cell(self, place: Place, value: str, path: str) -> None:
        self.places.add(place)
        if value:
            self.record.note_origin(path, value, self.occurrence, place, self.rule.id)
