"""Relational notes (X12.5) as conditions on what was captured."""

from __future__ import annotations

from collections.abc import Callable

from gateway.guide.dictionary import Note

Given = Callable[[int], str]
"""When an element is there: a condition, or `True` or `False`."""


def broken(note: Note, given: Given) -> str:
    """A condition that is true where a relational note is not kept; "False" where it must be."""
    there = [given(number) for number in note.elements]
    any_of, all_of, rest = _any(there), _all(there), there[1:]
    match note.kind:
        case "P":
            return _and(any_of, _not(all_of))
        case "R":
            return _not(any_of)
        case "C":
            return _and(there[0], _not(_all(rest)))
        case "L":
            return _and(there[0], _not(_any(rest)))
        case _:
            known = [one for one in there if one != "False"]
            absent = " + ".join(f"(not ({one}))" for one in known)
            return f"{absent} < {len(known) - 1}" if len(known) > 1 else "False"


def _any(conditions: list[str]) -> str:
    known = [one for one in conditions if one != "False"]
    return "True" if "True" in known else " or ".join(known) or "False"


def _all(conditions: list[str]) -> str:
    if "False" in conditions:
        return "False"
    return " and ".join(f"({one})" for one in conditions if one != "True") or "True"


def _not(condition: str) -> str:
    return {"True": "False", "False": "True"}.get(condition, f"not ({condition})")


def _and(one: str, other: str) -> str:
    if "False" in (one, other):
        return "False"
    return " and ".join(f"({part})" for part in (one, other) if part != "True") or "True"
