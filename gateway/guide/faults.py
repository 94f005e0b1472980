"""What is wrong inside one segment, by element numbers: every element, component and note."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gateway.edi.finding import Code
from gateway.edi.finding import Severity
from gateway.edi.segment import Element
from gateway.edi.segment import Segment
from gateway.guide.dictionary import CompositeDef
from gateway.guide.dictionary import ElementDef
from gateway.guide.dictionary import Note
from gateway.guide.dictionary import SegmentDef
from gateway.guide.dictionary import Use
from gateway.guide.periods import is_period
from gateway.guide.periods import spelled
from gateway.guide.values import find_fault
from gateway.guide.values import is_date
from gateway.guide.values import is_time

_FEW_CODES = 20
"""A code list of up to this many codes is named in full as what was expected."""


class Fault(NamedTuple):
    """A fault by element numbers, all from 1. `component` and `repetition` are None where the
    element has only one; `definition` is of what stands there or is missing."""

    code: Code
    element: int | None = None
    component: int | None = None
    repetition: int | None = None
    value: str = ""
    definition: ElementDef | CompositeDef | None = None
    expected: str = ""
    severity: Severity = Severity.ERROR


def find_faults(definition: SegmentDef, segment: Segment) -> list[Fault]:
    """Every fault of a segment, in wire order."""
    uses, elements = definition.elements, segment.elements
    present = {
        number for number, element in enumerate(elements, 1) if element and _has_data(element)
    }
    if not present:
        return [Fault(Code.SEGMENT_EMPTY)]
    faults: list[Fault] = []
    for number, (use, element) in enumerate(zip(uses, elements, strict=False), start=1):
        if number in present:
            faults += _element_faults(number, use, element)
    for number in definition.required - present:
        faults.append(Fault(Code.ELEMENT_MISSING, number, definition=uses[number - 1].definition))
    if extra := [number for number in present if number > len(uses)]:
        first, known = min(extra), str(len(uses))
        value = segment.value(first)
        faults.append(Fault(Code.TOO_MANY_ELEMENTS, first, value=value, expected=known))
    if not _has_data(elements[-1]):
        faults.append(_trailing(element=len(elements)))
    for code, number, note in _broken_notes(definition.notes, present):
        blamed, value = uses[number - 1].definition, segment.value(number)
        faults.append(Fault(code, number, value=value, definition=blamed, expected=str(note)))
    return sorted(faults, key=_wire_order) if len(faults) > 1 else faults


def _trailing(element: int | None = None, component: int | None = None) -> Fault:
    """A separator with nothing behind it: to be suppressed (X12.6, ISO 9735-1), yet readable."""
    return Fault(Code.TRAILING_SEPARATOR, element, component, severity=Severity.NOTE)


def _wire_order(fault: Fault) -> int:
    return fault.element or 0


def _has_data(element: Element) -> bool:
    if isinstance(element, str):
        return element != ""
    return any(part if isinstance(part, str) else any(part) for part in element)


def _element_faults(number: int, use: Use, element: Element) -> list[Fault]:
    """The faults of an element that is present."""
    definition = use.definition
    if isinstance(element, str) and isinstance(definition, ElementDef) and use.repeat:
        code = find_fault(definition, element)
        return [_value_fault(code, definition, element)._replace(element=number)] if code else []
    repetitions = Segment("", [element]).repetitions(1)
    if not use.repeat:
        value = repetitions[0][0]
        return [Fault(Code.ELEMENT_NOT_USED, number, value=value, definition=definition)]
    faults: list[Fault] = []
    for index, components in enumerate(repetitions, start=1):
        repetition = index if len(repetitions) > 1 else None
        inside = _repetition_faults(definition, components)
        if index == use.repeat + 1:
            limit = str(use.repeat)
            over = Fault(Code.TOO_MANY_REPETITIONS, value=components[0], expected=limit)
            inside = [over._replace(definition=definition), *inside]
        faults += (fault._replace(element=number, repetition=repetition) for fault in inside)
    return faults


def _repetition_faults(definition: ElementDef | CompositeDef, components: list[str]) -> list[Fault]:
    """The faults of one repetition, by component."""
    faults: list[Fault] = []
    known = 1
    if isinstance(definition, CompositeDef):
        known = len(definition.components)
        faults = _composite_faults(definition, components)
    elif components[0] and (code := find_fault(definition, components[0])):
        faults.append(_value_fault(code, definition, components[0]))
    if any(components[known:]):
        at = next(index for index in range(known, len(components)) if components[index])
        extra = Fault(Code.TOO_MANY_COMPONENTS, component=at + 1, value=components[at])
        faults.append(extra._replace(definition=definition, expected=str(known)))
    if len(components) > 1 and not components[-1]:
        faults.append(_trailing(component=len(components)))
    return faults


def _composite_faults(composite: CompositeDef, components: list[str]) -> list[Fault]:
    present = {number for number, value in enumerate(components, start=1) if value}
    if not present:
        return []
    faults: list[Fault] = []
    for number, use in enumerate(composite.components, start=1):
        if number in present:
            faults += _component_faults(number, use, components)
        elif use.required:
            faults.append(Fault(Code.ELEMENT_MISSING, component=number, definition=use.definition))
    for code, number, note in _broken_notes(composite.notes, present):
        missing = composite.components[number - 1].definition
        faults.append(Fault(code, component=number, definition=missing, expected=str(note)))
    return faults or _period_faults(composite, components)


def _component_faults(number: int, use: Use, components: list[str]) -> list[Fault]:
    definition, value = use.definition, components[number - 1]
    if not use.repeat:
        not_used = Fault(Code.ELEMENT_NOT_USED, component=number, value=value)
        return [not_used._replace(definition=definition)]
    if isinstance(definition, CompositeDef) or not (code := find_fault(definition, value)):
        return []
    fault = _value_fault(code, definition, value)._replace(component=number)
    if code is Code.CODE_INVALID and use.lists:
        # Where another list is named its codes are not ours to judge; elsewhere we only wonder.
        named = any(components[at - 1] for at in use.lists if number != at <= len(components))
        return [] if named else [fault._replace(severity=Severity.WARNING)]
    return [fault]


def _period_faults(composite: CompositeDef, components: list[str]) -> list[Fault]:
    """C507: the format in 2379 tells what digits 2380 may have. S004 has a day and a time."""
    if composite.id == "S004":
        return list(_clock_faults(composite, components))
    if composite.id != "C507" or len(components) < 3:
        return []
    _, value, format = components[:3]  # noqa: A001 -- the element's word
    if not value or is_period(value, format):
        return []
    definition = composite.components[1].definition
    wanted = f"{spelled(format)}, format {format}"
    return [Fault(Code.DATE_INVALID, None, 2, None, value, definition, wanted)]


def _clock_faults(composite: CompositeDef, components: list[str]) -> Iterator[Fault]:
    judges = ((Code.DATE_INVALID, is_date), (Code.TIME_INVALID, is_time))
    for at, (value, (code, is_right)) in enumerate(zip(components, judges, strict=False)):
        if value and not is_right(value):
            definition = composite.components[at].definition
            yield Fault(code, component=at + 1, value=value, definition=definition)


def _value_fault(code: Code, element: ElementDef, value: str) -> Fault:
    return Fault(code, value=value, definition=element, expected=_expected(code, element))


def _expected(code: Code, element: ElementDef) -> str:
    """What a value should have been, in a word."""
    match code:
        case Code.ELEMENT_TOO_SHORT:
            return str(element.min)
        case Code.ELEMENT_TOO_LONG:
            return str(element.max)
        case Code.CODE_INVALID:
            codes = sorted(element.codes or ())
            return ", ".join(codes) if len(codes) <= _FEW_CODES else ""
        case Code.DATE_INVALID | Code.TIME_INVALID if element.min == element.max:
            return f"{element.type}{element.max}"
        case _:
            return element.type


def _broken_notes(notes: tuple[Note, ...], present: set[int]) -> Iterator[tuple[Code, int, Note]]:
    """The relational notes that are not kept, each with the position to blame."""
    for note in notes:
        # Most notes are kept in one of two plain ways: nothing or all they speak of is there.
        if present.isdisjoint(note.elements) and note.kind != "R":
            continue
        if present.issuperset(note.elements) and note.kind != "E":
            continue
        code = Code.CONDITION_EXCLUDED if note.kind == "E" else Code.CONDITION_MISSING
        for number in _to_blame(note, present):
            yield code, number, note


def _to_blame(note: Note, present: set[int]) -> list[int]:
    """The missing positions of P and C, the first that R and L could have had, the second of E."""
    first, *others = note.elements
    there = [number for number in note.elements if number in present]
    match note.kind:
        case "P" if there:
            return [number for number in note.elements if number not in present]
        case "C" if first in present:
            return [number for number in others if number not in present]
        case "R" if not there:
            return [first]
        case "L" if there == [first]:
            return others[:1]
        case "E":
            return there[1:2]
    return []
