"""Python hatches: what the map language cannot say, as a pair of functions with examples.

A hatch is an object of an installed module that gateway.yaml allows, named `module:object` in a
map. It reads element texts into values and writes values back; each of its examples must hold in
both directions before a map that names it is loaded. Where it has no answer it returns None.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from typing import Protocol
from typing import runtime_checkable

from gateway.edi.finding import Code
from gateway.mapping.codec import Codec
from gateway.mapping.codec import Texts
from gateway.mapping.codec import Unfit
from gateway.mapping.codec import Values


@runtime_checkable
class Hatch(Protocol):
    """`parse` takes the texts of the bound elements ("" when empty) and gives a value, a text or
    None, for each path; `emit` the reverse. `examples` are pairs of both."""

    examples: Sequence[tuple[Texts, Values]]

    def parse(self, texts: Texts) -> Values | None: ...

    def emit(self, values: Values) -> Texts | None: ...


FindHatch = Callable[[str], object]
"""The object of a name, `module:object`. Raises LookupError with the reason where there is none."""

_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a hatch may raise on a text it did not expect; it counts as no answer."""


def no_hatches(name: str) -> object:
    raise LookupError(f"{name}: gateway.yaml allows no Python module (python: [module])")


def to_codec(name: str, hatch: Hatch, elements: int, values: int) -> Codec:
    """The hatch as a codec of so many elements and values."""

    def read(texts: Texts) -> Values | Unfit:
        found = parse(hatch, texts)
        if found is None or len(found) != values:
            return Unfit(Code.VALUE_INVALID, f"a text that {name} can read")
        return found

    def write(wanted: Values, mark: str) -> Texts | Unfit:  # noqa: ARG001 -- its own affair
        found = emit(hatch, wanted)
        if found is None or len(found) != elements:
            return Unfit(Code.VALUE_UNWRITABLE, f"values that {name} can write")
        return found

    return Codec(name, read, write, elements, values)


def parse(hatch: Hatch, texts: Texts) -> Values | None:
    try:
        found = hatch.parse(texts)
    except _FAULTS:
        return None
    return tuple(found) if isinstance(found, tuple | list) and _are_texts(found) else None


def emit(hatch: Hatch, values: Values) -> Texts | None:
    try:
        found = hatch.emit(values)
    except _FAULTS:
        return None
    if not isinstance(found, tuple | list) or not all(isinstance(text, str) for text in found):
        return None
    return tuple(found)


def _are_texts(values: Sequence[object]) -> bool:
    return all(value is None or isinstance(value, str) for value in values)


def faults_of(hatch: object, elements: int, values: int) -> list[str]:
    """Why a hatch cannot be used: it is no pair, has no examples, or one does not hold."""
    if not isinstance(hatch, Hatch):
        return ["a hatch has parse, emit and examples"]
    if not hatch.examples:
        return ["a hatch needs at least one example"]
    faults = []
    for texts, wanted in hatch.examples:
        if len(texts) != elements or len(wanted) != values:
            shape = f"{elements} element(s) and {values} path(s)"
            faults.append(f"example {texts!r}: the map binds {shape}")
            continue
        if parse(hatch, tuple(texts)) != tuple(wanted):
            faults.append(f"example {texts!r}: parse gives {parse(hatch, tuple(texts))!r}")
        if emit(hatch, tuple(wanted)) != tuple(texts):
            faults.append(f"example {wanted!r}: emit gives {emit(hatch, tuple(wanted))!r}")
    return faults
