"""A rule and a scope become drafts: the segments the rule would write for it."""

from __future__ import annotations

from itertools import zip_longest

from gateway.edi.segment import Delimiters
from gateway.mapping.codec import Unfit
from gateway.mapping.draft import Draft
from gateway.mapping.draft import FieldWriter
from gateway.mapping.draft import Source
from gateway.mapping.draft import unwritable
from gateway.mapping.form import Form
from gateway.mapping.form import block_key
from gateway.mapping.form import join_path
from gateway.mapping.formula import Formula
from gateway.mapping.packing import Chunk
from gateway.mapping.packing import Packer
from gateway.mapping.packing import place_row
from gateway.mapping.path import find_at
from gateway.mapping.path import find_list
from gateway.mapping.plan import Field
from gateway.mapping.plan import Place
from gateway.mapping.plan import RulePlan
from gateway.mapping.plan import Total


class Drafter:
    """Makes drafts. `taken` are the items already written; it is read here, never changed."""

    def __init__(self, delimiters: Delimiters, form: Form | None, taken: set[str]) -> None:
        self.delimiters = delimiters
        self.form = form
        self.taken = taken
        self.writer = FieldWriter(delimiters)
        self.packer = Packer(self.writer, form, taken)

    def drafts(self, rule: RulePlan, source: Source) -> list[Draft]:
        """The rule's segments for one scope: one, or as many as its rows fill."""
        runs = [list(self.packer.chunks(rule, source, n)) for n in range(len(rule.rows))]
        count = max((len(run) for run in runs), default=1) if rule.repeats else 1
        drafts = []
        for number, chunks in zip(range(count or 1), zip_longest(*runs), strict=False):
            drafts.append(self.draft(rule, source, number + 1, chunks))
        return drafts or [self.draft(rule, source, 1, ())]

    def draft(
        self,
        rule: RulePlan,
        source: Source,
        number: int,
        chunks: tuple[Chunk | None, ...],
    ) -> Draft:
        draft = Draft(block_key(rule.id, source.path, number))
        picks = {listed: self.pick(rule, source, draft, listed) for listed in rule.lists}
        for bound in rule.fields:
            if not bound.home or self.is_home(bound, source, draft.key):
                self.writer.write(bound, source, picks, draft)
        for rows, chunk in zip(rule.rows, chunks, strict=False):
            for slot, row in chunk or ():
                place_row(rows, slot, row, draft)
        if any(not path.new or picks.get(path.listed) is not None for path, _ in rule.sets):
            draft.has_data = True
        self.write_totals(rule, source, draft)
        for test in rule.tests:
            if test.constant:
                draft.texts.setdefault(test.place, test.constant)
        fixed = [(constant.place, constant.value) for constant in rule.constants]
        fixed += [(bound.places[0], bound.otherwise) for bound in rule.fields if bound.otherwise]
        for place, value in fixed:
            if self.remembers(draft.key, place, default=True):
                draft.texts.setdefault(place, value)
        return draft

    def is_home(self, bound: Field, source: Source, key: str) -> bool:
        """Which of two homes a value is written to: where it was received, else the first."""
        path = join_path(source.path, bound.paths[0].text)
        seen = self.form.seen.get(path) if self.form else None
        return bound.home == "first" if seen is None else (key, bound.places[0]) in seen

    def remembers(self, key: str, place: Place, *, default: bool) -> bool:
        """Whether a constant or total stood there when received; `default` for a new segment."""
        if self.form is None or key not in self.form.order:
            return default
        return (key, place) in self.form.present

    def formula(self, key: str, total: Total) -> Formula:
        """The total's own formula, or the one that was meant when received."""
        choice = self.form.formulas.get((key, total.place), 0) if self.form else 0
        return total.formula.choices[choice]

    def write_totals(self, rule: RulePlan, source: Source, draft: Draft) -> None:
        for total in rule.totals:
            formula = self.formula(draft.key, total)
            found = formula.of(source.data)
            number = found or formula.of_nothing
            if number is None:
                continue
            if not self.remembers(draft.key, total.place, default=total.presence == "always"):
                continue
            if total.presence == "never":
                continue
            texts = total.codec.write((number,), self.delimiters.decimal)
            if isinstance(texts, Unfit):
                draft.findings.append(unwritable(texts, total.name, str(total.formula), number))
                continue
            draft.texts[total.place] = texts[0]
            remembered = self.form is not None and draft.key in self.form.order
            draft.has_data = draft.has_data or remembered or (found is not None and not self.form)

    def pick(self, rule: RulePlan, source: Source, draft: Draft, listed: str) -> int | None:
        """The item of a list that the rule's `[]` stands for: the remembered one, else the first
        not yet written that the rule can write."""
        names = tuple(listed.split("."))
        path = join_path(source.path, listed)
        free = [
            index
            for index in range(len(find_list(source.data, names)))
            if f"{path}[{index}]" not in self.taken
        ]
        if self.form is not None and draft.key in self.form.order:
            remembered = self.form.taken.get((draft.key, listed))
            free = [index for index in free if index == remembered]
        trials = {index: self.trial(rule, source, listed, index) for index in free}
        able = [index for index, trial in trials.items() if trial and not trial.findings]
        last = [index for index, trial in trials.items() if trial and listed in rule.last_for]
        index = next(iter([*able, *last]), None)
        if index is not None:
            draft.taken.append(f"{path}[{index}]")
        return index

    def trial(self, rule: RulePlan, source: Source, listed: str, index: int) -> Draft | None:
        """An item as the rule's bindings would write it; None when it has nothing for them or is
        not what the rule sets and tests."""
        item = find_list(source.data, tuple(listed.split(".")))[index]
        if not rule.can_carry(listed, item):
            return None
        for path, text in rule.sets:
            if path.listed == listed and find_at(source.data, path, index) != text:
                return None
        trial = Draft("")
        for bound in rule.fields:
            if any(path.listed == listed for path in bound.paths):
                self.writer.write(bound, source, {listed: index}, trial)
        tested = ((trial.texts.get(test.place), test.values) for test in rule.tests)
        fits = all(text is None or text in values for text, values in tested)
        return trial if fits and trial.has_data else None
