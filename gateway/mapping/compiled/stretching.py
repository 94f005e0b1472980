"""Stretches of segments taken by one pattern, each slot by the statements of its rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.mapping.compiled.habits import Key
from gateway.mapping.compiled.objects import indented
from gateway.mapping.compiled.rule import RuleReader
from gateway.mapping.compiled.steps import Step
from gateway.mapping.compiled.taking import Before
from gateway.mapping.compiled.taking import Taking

_GROUP = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?)", re.DOTALL)
"""An escaped character, a class of characters, or the start of a group that captures."""

_VARIABLE = re.compile(r"\bv[0-9]+\b")


@dataclass(frozen=True, slots=True)
class Part:
    """A slot of a stretch that can be compiled. Parts inside the loop that it opens come after it,
    and are there only when it is."""

    step: Step
    rules: list[int]
    optional: bool

    def encloses(self, other: Key) -> bool:
        key = self.step.key
        return len(other) > len(key) and other[: len(key)] == key


class Stretch:
    """One pattern and its statements. `captured` are its variables in order, which the statements
    all use, `texts` those that may have stand-ins for released characters; `conditions` are those
    under which the first rule takes its segment."""

    def __init__(self, taking: Taking, parts: Sequence[Part]) -> None:
        self.taking = taking
        self.captured: list[str] = []
        self.texts: set[str] = set()
        self.conditions: list[str] = []
        self.before = Before()
        self.terminator = re.escape(taking.marks.segment)
        self.pattern, self.lines = self.row(parts, ends=True)
        self.forget()

    def forget(self) -> None:
        """Captures nothing that no statement asks for."""
        used = set(_VARIABLE.findall("\n".join(self.lines)))
        asked = iter([name in used for name in self.captured])

        def group(found: re.Match[str]) -> str:
            return "(?:" if found[0] == "(" and not next(asked) else found[0]

        self.pattern = _GROUP.sub(group, self.pattern)
        self.captured = [name for name in self.captured if name in used]

    def row(self, parts: Sequence[Part], *, ends: bool) -> tuple[str, list[str]]:
        """Pattern and statements of parts one after the other; `ends`: nothing need follow them."""
        text, lines = "", list[str]()
        groups = list(_grouped(parts))
        for number, (part, inner) in enumerate(groups):
            last = ends and all(later.optional for later, _ in groups[number + 1 :])
            more, statements = self.slot(part, inner, ends=last)
            text += more
            lines += statements
        return text, lines

    def slot(self, part: Part, inner: list[Part], *, ends: bool) -> tuple[str, list[str]]:
        """One part, by any of its rules, with the parts inside its loop."""
        sure = not part.optional and len(part.rules) == 1
        texts, lines = list[str](), list[str]()
        for rule in part.rules:
            inside = [one for one in inner if one.step.key[len(part.step.key)] == rule]
            last = ends and all(one.optional for one, _ in _grouped(inside))
            text, sign, statements = self.segment(part.step, rule, sure=sure, ends=last)
            more, others = self.row(inside, ends=ends)
            texts.append(text + more)
            statements += others
            word = "elif" if lines else "if"
            lines += statements if sure else [f"{word} {sign} is not None:", *indented(statements)]
        text = "|".join(texts)
        return text if sure else f"(?:{text})?+" if part.optional else f"(?>{text})", lines

    def segment(
        self, step: Step, rule: int, *, sure: bool, ends: bool
    ) -> tuple[str, str, list[str]]:
        """A segment's pattern, the variable that tells whether it is there, its statements."""
        reader, sign = self.reader(step, rule)
        mark = ""
        if not sure and not sign:  # an empty group tells
            sign, mark = f"v{len(self.captured)}", "()"
            self.captured.append(sign)
            reader, _ = self.reader(step, rule)
        assert reader.pattern is not None  # noqa: S101 -- a part can be compiled
        self.captured += reader.captured()
        self.texts.update(reader.texts())
        conditions, lines = self.taking.taken(step, rule, reader, self.before)
        if self.before.taken:
            lines = [*(f"if not ({one}): return None" for one in conditions), *lines]
        else:
            self.conditions = conditions
        self.before.add(step, rule, reader)
        lines.append(f"p = {self.taking.numbers[step.key]}")
        if ends:
            lines.append(f"t = {self.taking.next_moves(step, rule)}")
        return f"{mark}{reader.pattern.text}{self.terminator}", sign, lines

    def reader(self, step: Step, rule: int) -> tuple[RuleReader, str]:
        """A segment's reader, and the variable of something that is never empty there."""
        reader = self.taking.reader(step, rule, len(self.captured))
        assert reader.pattern is not None  # noqa: S101
        filled = [spot for spot in reader.pattern.spots if spot in reader.pattern.filled]
        return reader, reader.variable(filled[0]) if filled else ""


def find_parts(taking: Taking, step: Step, at: int) -> list[Part]:
    """The slots that habit puts after a segment, as far as the structure leaves no choice of the
    step, whichever of them are empty."""
    slots = taking.stretches.get((step.key, at), ())
    parts = [Part(step, [at], optional=False)]
    for slot in slots[1:]:
        other = taking.known.by_key[slot.key]
        rules = [rule for rule in other.turn() if rule in slot.rules]
        if not all(_is_plain(taking, other, rule) for rule in rules):
            break
        if not _follows(taking, parts, other):
            break
        parts.append(Part(other, rules, slot.optional))
    return parts


def _grouped(parts: Sequence[Part]) -> Iterator[tuple[Part, list[Part]]]:
    """The parts that no other encloses, each with those that it does."""
    rest = list(parts)
    while rest:
        part, *rest = rest
        inner = [one for one in rest if part.encloses(one.step.key)]
        rest = rest[len(inner) :]
        yield part, inner


def _is_plain(taking: Taking, step: Step, rule: int) -> bool:
    """Whether what a segment says decides alone that a rule takes it."""
    if not step.rules:
        return taking.reader(step, rule).pattern is not None
    known = taking.readers[taking.numbers[step.key]][rule].pattern is not None
    return known and step.profiles[rule].count > 0 and not step.rules[rule].when


def _follows(taking: Taking, parts: Sequence[Part], other: Step) -> bool:
    """Whether a segment is at that step whichever part was the last."""
    for part in reversed(parts):
        around = part.encloses(other.key)
        for rule in [other.key[len(part.step.key)]] if around else part.rules:
            frames = part.step.after(rule) if part.step.rules else part.step.frames
            found = taking.known.find(part.step.place, frames, other.use.tag)
            inside = taking.inside(part.step, rule)
            if found is not other or other.key[: len(inside)] != inside:
                return False
        if around or _is_sure(parts, part, other):
            break
    return True


def _is_sure(parts: Sequence[Part], part: Part, other: Step) -> bool:
    """Whether a part is always there before a segment of the other step."""
    owners = [one for one in parts if one.encloses(part.step.key) and not one.encloses(other.key)]
    return not part.optional and all(not one.optional and len(one.rules) == 1 for one in owners)
