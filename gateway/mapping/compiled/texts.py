"""How canonical values become element texts: an expression for each codec, most of them a look-up.

Nothing is proven here. What was written is read back, and what does not come back is declined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.guide.dictionary import ElementDef
from gateway.mapping.codec import Unfit
from gateway.mapping.compiled.values import Memo
from gateway.mapping.compiled.values import Names
from gateway.mapping.plan import Field

_KEPT = frozenset({"code", "date", "period", "time"})
"""Codecs whose answers are worth keeping: they are few, or costly."""


class Texts:
    """Expressions for the fields of one map; equal look-ups are shared. `mark` is the decimal
    mark."""

    def __init__(self, names: Names, mark: str) -> None:
        self.names = names
        self.mark = mark
        self._asked: dict[Any, Any] = {}

    def of(self, bound: Field, element: ElementDef, values: list[str], *, sourced: bool) -> str:
        """An expression for a field's text, or for the tuple of its texts where it has several
        places. `values` are expressions, None where nothing is there; `sourced`: the code
        received may be kept beside its word."""
        codec = bound.codec
        if codec.name == "text":
            return values[0]
        if codec.name == "decimal":
            return self.decimal(bound, element, values[0])
        if codec.source and not sourced:
            values = values[:1]
        asked = values[0] if len(values) == 1 else f"({', '.join(values)})"
        return self.look_up(bound, asked)

    def look_up(self, bound: Field, asked: str) -> str:
        """What the codec writes; what it wrote before is kept for most of them."""
        key = (id(bound.codec.write), asked.startswith("("))
        kept = bound.codec.name in _KEPT
        if key not in self._asked:
            answer = self.answering(bound)
            self._asked[key] = Memo(answer) if kept else answer
        if kept:
            return f"{self.names.add('C', self._asked[key])}[{asked}]"
        return f"{self.names.add('F', self._asked[key])}({asked})"

    def answering(self, bound: Field) -> Callable[[Any], Any]:
        codec, mark = bound.codec, self.mark

        def answer(asked: Any) -> Any:
            values = asked if isinstance(asked, tuple) else (asked,)
            texts = codec.write((*values, *(None,) * (codec.values - len(values))), mark)
            if isinstance(texts, Unfit):
                raise KeyError(asked)
            return texts[0] if len(texts) == 1 else texts

        return answer

    def decimal(self, bound: Field, element: ElementDef, value: str) -> str:
        """As it stands where it starts with a digit but 0; the codec has the rest."""
        exact = self.look_up(bound, value)
        places = element.implied_places
        if places is not None:
            if places:
                point = f"{value}[-{places + 1}:-{places}] == '.'"
                short = f"{value}[:-{places + 1}] + {value}[-{places}:]"
                return f"({short} if {value} >= '1' and {point} else {exact})"
            return f"({value} if {value} >= '1' else {exact})" if element.min <= 1 else exact
        short = value if self.mark == "." else f"{value}.replace('.', {self.mark!r})"
        return f"({short} if {value} >= '1' else {exact})"
