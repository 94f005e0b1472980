"""A rule's rows as lists, texts and named fields."""

from __future__ import annotations

from gateway.guide.dictionary import Note
from gateway.guide.spots import definition_at
from gateway.mapping.compiled.claims import UNROLLED
from gateway.mapping.compiled.fields import FieldReader
from gateway.mapping.compiled.objects import INDENT
from gateway.mapping.compiled.objects import Branch
from gateway.mapping.compiled.objects import Items
from gateway.mapping.compiled.objects import Leaf
from gateway.mapping.compiled.objects import Writer
from gateway.mapping.compiled.objects import guarded
from gateway.mapping.compiled.objects import indented
from gateway.mapping.compiled.profiles import spot_of
from gateway.mapping.compiled.profiles import spots_of
from gateway.mapping.path import Path
from gateway.mapping.plan import RowPlan
from gateway.mapping.plan import Slot


class RowReader(FieldReader):
    """`scope` is the variable of the object that rows go to, `names` its path; `later` runs when
    that object is there and writes at a path in it, () where that is not known; `rows_given` are
    the conditions under which rows say something."""

    writer: Writer
    scope: str
    names: tuple[str, ...]
    later: list[tuple[tuple[str, ...], list[str]]]
    rows_given: list[str]
    touched: set[tuple[str, ...]]

    def put_rows(self, target: Branch, rows: RowPlan, name: str) -> bool:
        if rows.keyed is not None:
            return self.put_keyed(target, rows)
        path = rows.text or rows.into
        assert path is not None  # noqa: S101 -- rows are one of the three
        spots = [spot_of(slot.places[0]) for slot in rows.slots]
        texts = [self.variable(spot) for spot in spots if self.variable(spot)]
        if not texts:
            return True
        if path.listed:
            return False
        if rows.into is None:
            return self.put_text(rows, texts, name, path)
        owner = target.branch(path.before[:-1])
        if owner is None or path.before[-1] in owner.members:
            return False
        if rows.of_objects:
            asked: list[str] = []
            lines = self.row_objects(rows, (*target.names, *path.names), name, asked)
            if lines is None:
                return False
            sure = any(line.startswith((f"{name} = [{{", f"{name}.append")) for line in lines)
            known = sure and rows is not self.wanted.split
            items = Items(made=name, sure=sure, lines=lines, asked=asked if known else None)
            owner.members[path.before[-1]] = items
        elif self.judge((*target.names, *path.names)) is not True:
            return False
        else:
            filled = [self.given(spot) == "" for spot in spots if self.variable(spot)]
            first = filled.index(False) if False in filled else len(filled)
            lines = [f"{name} = [{', '.join(texts[:first])}]"]
            lines += [f"if {text}: {name}.append({text})" for text in texts[first:]]
            items = Items(made=name, sure=first > 0, lines=lines, asked=[] if first else None)
            owner.members[path.before[-1]] = items
        return True

    def put_text(self, rows: RowPlan, texts: list[str], name: str, path: Path) -> bool:
        """A text, which goes on after what earlier segments said."""
        if self.judge((*self.names, *path.names)) is not True:
            return False
        whole = " + '\\n' + ".join(f"({text} or '')" for text in texts)
        whole = f"({whole}).rstrip('\\n')" if len(texts) > 1 else texts[0]
        scope = self.scope
        lines = []
        for key in path.before[:-1]:
            lines.append(f"{name} = {scope}.get({key!r})")
            lines.append(f"if {name} is None: {scope}[{key!r}] = {name} = {{}}")
            scope = name
        key = path.before[-1]
        new = self.rule.each is not None and len(path.before) == 1
        lines += (
            [f"{scope}[{key!r}] = text"]
            if new
            else [
                f"if {key!r} in {scope}: {scope}[{key!r}] += '\\n' + text",
                f"else: {scope}[{key!r}] = text",
            ]
        )
        given = [self.given(spot_of(slot.places[0])) for slot in rows.slots]
        given = [one for one in given if one != "False"]
        told = [f"text = {whole}", *guarded("" if "" in given else "text", lines)]
        self.later.append((path.before, told))
        self.rows_given += given
        self.touched |= {path.before[: end + 1] for end in range(len(path.before))}
        return True

    def row_objects(
        self, rows: RowPlan, names: tuple[str, ...], name: str, asked: list[str]
    ) -> list[str] | None:
        """The rows that have something, as a list in a variable; `asked` are their look-ups."""
        split = rows is self.wanted.split
        lines: list[str] = []
        first: list[str] = []
        for slot in rows.slots[: UNROLLED if split else None]:
            more = self.row_object(slot, names, name, asked)
            if more is None:
                return None
            if len(more) == 1 and not lines and more[0].startswith(f"{name}.append("):
                first.append(more[0][len(name) + 8 : -1])
            else:
                lines += more
        lines.insert(0, f"{name} = [{', '.join(first)}]")
        if split:
            more = self.tail_object(rows, names, name)
            if more is None:
                return None
            lines += more
        return lines

    def row_object(
        self, slot: Slot, names: tuple[str, ...], name: str, asked: list[str]
    ) -> list[str] | None:
        item = Branch(names)
        kept, self.statements = self.statements, []
        for bound in slot.fields:
            if not self.put_field(item, bound):
                return None
        own, self.statements = self.statements, kept
        if slot.also and (code := self.variable(spot_of(slot.places[0]))):
            own.insert(0, self.unless_also(slot, code))
        taken = {spot_of(place) for one in slot.fields for place in one.places}
        loose = [self.variable(spot) for spot in spots_of(slot) - taken]
        own += [f"if {text}: return None" for text in loose if text]
        asked += own
        if not item.members:
            return own
        asked += self.writer.asked(item)
        given = item.given
        plain = self.plain_pair(slot, item)
        if plain is not None:
            return own + guarded(
                self.variable(spot_of(slot.places[0])), [f"{name}.append({plain})"]
            )
        text = self.writer.text(item)
        if text:
            return [*own, f"{name}.append({text})"]
        return own + guarded(given, [*self.writer.open(item, "one"), f"{name}.append(one)"])

    def unless_also(self, slot: Slot, code: str) -> str:
        """A row that is the second home of another field is left to the exact tier."""
        return f"if {code} in {self.tools.names.add('N', frozenset(slot.also))}: return None"

    def plain_pair(self, slot: Slot, item: Branch) -> str | None:
        """A code and its value, of which a note says that both are there or none."""
        assert self.pattern is not None  # noqa: S101
        spots = [spot_of(place) for place in slot.places]
        leaves = list(item.members.values())
        paired = Note("P", (spots[0][0], spots[-1][0])) in self.definition.notes
        conditions = {leaf.given for leaf in leaves if isinstance(leaf, Leaf)}
        if len(spots) != 2 or not paired or conditions != {self.variable(s) for s in spots}:
            return None
        sure = Branch(item.names)
        sure.members = {
            key: Leaf(leaf.text) for key, leaf in item.members.items() if isinstance(leaf, Leaf)
        }
        return self.writer.text(sure) if len(sure.members) == len(item.members) else None

    def tail_object(self, rows: RowPlan, names: tuple[str, ...], name: str) -> list[str] | None:
        """A loop over the rows that were captured as one text."""
        slot = rows.slots[UNROLLED]
        item = Branch(names)
        for bound in slot.fields:
            if len(bound.places) > 1:
                return None
            element = definition_at(self.definition, spot_of(bound.places[0]))
            judges = [self.judge((*names, *path.names)) for path in bound.paths]
            at = slot.places.index(bound.places[0])
            text = f"t{at}"
            found = element and self.tools.values.of(
                bound, [element], judges, [text], sourced=False
            )
            if not found or found[0]:
                return None
            for path, value in zip(bound.paths, found[1], strict=True):
                if not self.put(item, path, Leaf(value.text, value.given or text)):
                    return None
        mark = self.tools.marks.element
        body = [self.unless_also(slot, "t0")] if slot.also else []
        body += [*self.writer.open(item, "one"), f"if one: {name}.append(one)"]
        return [
            f"if {self.tail}:",
            f"{INDENT}cells = {self.tail}.split({mark!r})",
            f"{INDENT}for t0, t1 in zip(cells[1::2], cells[2::2]):",
            *indented(indented(body)),
        ]

    def put_keyed(self, target: Branch, rows: RowPlan) -> bool:
        """Fields named by the code beside them."""
        assert rows.keyed is not None  # noqa: S101
        table = {code: row.word for code, row in rows.keyed.rows.items()}
        judges = [self.judge((*target.names, word)) for word in table.values()]
        if any(judge is not True for judge in judges):
            return False
        scope = self.scope
        lines: list[str] = []
        for slot in rows.slots:
            code_spot, value_spot = (
                spot_of(slot.places[rows.key - 1]),
                spot_of(slot.places[2 - rows.key]),
            )
            code, value = self.variable(code_spot), self.variable(value_spot)
            element = definition_at(self.definition, code_spot)
            if not code or not value or element is None:
                continue
            word = self.tools.values.word(table, element)
            lines += guarded(
                f"{code} or {value}",
                [
                    f"if not {value}: return None",
                    f"word = {word}[{code}]",
                    f"if word in {scope}: return None",
                    f"{scope}[word] = {value}",
                ],
            )
            self.rows_given.append(self.given(value_spot))
        self.later.append(((), lines))
        self.touched |= {(word,) for word in table.values()}
        return True
