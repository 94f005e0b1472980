"""A rule's fields as values at their paths: the twin of `gateway.mapping.claim`."""

from __future__ import annotations

from gateway.guide.spots import definition_at
from gateway.mapping.compiled.claims import Claims
from gateway.mapping.compiled.claims import is_composite
from gateway.mapping.compiled.objects import Branch
from gateway.mapping.compiled.objects import Items
from gateway.mapping.compiled.objects import Leaf
from gateway.mapping.compiled.profiles import spot_of
from gateway.mapping.compiled.shape import Judge
from gateway.mapping.compiled.values import Value
from gateway.mapping.path import Path
from gateway.mapping.plan import Field


class FieldReader(Claims):
    """`statements` run before anything is put anywhere."""

    statements: list[str]

    def put(self, target: Branch, path: Path, leaf: Leaf) -> bool:
        """A leaf at a path: in the scope, or in the new item of a list there."""
        if not path.listed:
            return target.put(path.before, leaf)
        owner = target.branch(path.before[:-1])
        if owner is None:
            return False
        name = path.before[-1]
        if not path.after:
            taken = name in owner.members
            owner.members.setdefault(name, Items(leaf))
            return not taken
        found = owner.members.setdefault(name, Items(Branch((*owner.names, name))))
        if not isinstance(found, Items) or not isinstance(found.item, Branch):
            return False
        return found.item.put(path.after, leaf)

    def put_field(self, target: Branch, bound: Field) -> bool:
        """A field's values; True also where nothing can be there."""
        if bound.home == "same" and any(self.variable(spot_of(place)) for place in bound.places):
            return False  # who compares needs all that is there
        found = self.read_field(bound, target.names)
        if found is None:
            return False
        condition, values = found
        if bound.home and sum(value.given != "False" for value in values) > 1:
            return False  # of two values one may stand in the other home
        for path, value in zip(bound.paths, values, strict=True):
            given = value.given or condition
            leaf = Leaf(value.text, given, again=bool(bound.home), sure=value.sure)
            if given != "False" and not self.put(target, path, leaf):
                return False
        return True

    def read_field(self, bound: Field, names: tuple[str, ...]) -> tuple[str, list[Value]] | None:
        """When a field says something ("" always, "False" never), and the values it gives."""
        spots = [spot_of(place) for place in bound.places]
        texts = [self.variable(spot) for spot in spots]
        given = self.given(spots[0])
        if not texts[0]:
            extra = [text for text in texts if text]
            self.statements += [f"if {text}: return None" for text in extra]
            return "False", [Value("None", "False") for _ in bound.paths]
        only = [self.wanted.spots.get(spot) for spot in spots]
        texts = [
            repr(one[0]) if isinstance(one, tuple) and len(one) == 1 and at else text or "''"
            for at, (text, one) in enumerate(zip(texts, only, strict=True))
        ]
        elements = [definition_at(self.definition, spot) for spot in spots]
        judges = [self.judge((*names, *path.names)) for path in bound.paths]
        known = [element for element in elements if element is not None]
        if len(known) < len(elements):
            return None
        if bound.otherwise:
            given = f"{texts[0]} and {texts[0]} != {bound.otherwise!r}"
        together = is_composite(self.definition.elements[spots[0][0] - 1], "C507")
        if len(spots) > 1 and not (together and bound.codec.name == "period"):
            return None
        found = self.tools.values.of(
            bound, known, judges, texts, sourced=spots[0] in self.profile.sourced
        )
        if found is None:  # nothing may stand there: the document would be found wrong
            self.statements.append(f"if {texts[0]}: return None")
            return "False", [Value("None", "False") for _ in bound.paths]
        statement, values = found
        self.statements += [statement] if statement else []
        for text in texts[1:]:
            if not text.startswith("'") and given:
                self.statements.append(f"if {text} and not {texts[0]}: return None")
        return given, values

    def judge(self, names: tuple[str, ...]) -> Judge | bool:
        return self.tools.shape.judge(names) if self.tools.shape else True
