"""A finding for people and programs: one or two plain sentences, by its code's template filled with
its words, and the JSON that shows it."""

from __future__ import annotations

import re
from typing import Any

from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.templates import TEMPLATES

_LEVELS = {
    **dict.fromkeys(("ISA", "IEA", "UNA", "UNB", "UNZ"), "interchange"),
    **dict.fromkeys(("GS", "GE", "UNG", "UNE"), "functional group"),
    **dict.fromkeys(("ST", "SE"), "transaction set"),
    **dict.fromkeys(("UNH", "UNT"), "message"),
}
_FORMATS = {
    "DT": "a date of the calendar as CCYYMMDD or YYMMDD",
    "DT6": "a date of the calendar as YYMMDD",
    "DT8": "a date of the calendar as CCYYMMDD",
    "TM": "a time as HHMM, HHMMSS or with hundredths",
    "TM4": "a time as HHMM",
    "R": "a number, with a decimal point where needed",
    "N0": "a whole number",
    "N2": "a whole number of hundredths, without a decimal point",
    "AN": "printable text",
    "ID": "a code",
    "an": "printable text",
    "a": "letters only",
    "n": "a number",
}
_CONDITIONS = {
    "P": "{all} are sent together or not at all",
    "R": "at least one of {all} is sent",
    "E": "at most one of {all} is sent",
    "C": "with {first} also {rest} must be sent",
    "L": "with {first} also at least one of {rest} must be sent",
}
_NOTE = re.compile(r"([PRECL])((?:\d\d)+)")
_OPTION = re.compile(r"\[([^\[\]|]*)(?:\|([^\[\]]*))?\]")
_WORD = re.compile(r"\{(\w+)\}")
_REFERENCE = re.compile(r"[A-Z0-9-]{1,12}")
_LONGEST_VALUE = 60


def sentence(finding: Finding) -> str:
    """The finding in words."""
    words = _words(finding)

    def choose(option: re.Match[str]) -> str:
        said, otherwise = option.group(1), option.group(2) or ""
        known = all(word in words for word in _WORD.findall(said))
        return said if known else otherwise

    template = TEMPLATES[finding.code]
    if "{path}" not in template and finding.position.reference:
        template += "[ In the document this is {path}.]"
    template = _OPTION.sub(choose, template)
    text = _WORD.sub(lambda word: words.get(word.group(1), ""), template)
    return text[:1].upper() + text[1:]


def _words(finding: Finding) -> dict[str, str]:
    position, dialect = finding.position, finding.detail.get("dialect")
    tag = position.tag or ""
    edifact = dialect == "edifact" or (dialect is None and _LEVELS.get(tag) == "message")
    kind = "message" if edifact else "transaction set"
    level = _LEVELS.get(tag, "interchange" if position.set is None else kind)
    words = {word: text for word, text in finding.detail.items() if text}
    words |= {"set": kind, "a_set": f"a {kind}", "level": level, "place": _place(finding)}
    words["rejected"] = words["place"] if tag else _counted(position)
    words["another_level"] = f"another {level}".replace("another interchange", "an interchange")
    if finding.value:
        words["value"] = _quoted(finding.value)
    if tag:
        words |= {"tag": _legible(tag), "reference": _legible(position.reference)}
    if position.segment is not None:
        words["ordinal"] = str(position.segment)
    if position.offset is not None:
        words["offset"] = str(position.offset)
    if "expected" in words:
        words["format"] = _FORMATS.get(words["expected"], words["expected"])
        words |= _condition(tag, words["expected"])
    return words


def _place(finding: Finding) -> str:
    """`BEG03 (Purchase Order Number, segment 2)`, or the path of a document, or the data."""
    position, detail = finding.position, finding.detail
    if not position.reference:
        return f"in the document, {detail['path']}" if detail.get("path") else "the data"
    envelope = position.tag in _LEVELS
    remarks = [
        detail.get("name", ""),
        f"loop {detail['loop']}" if detail.get("loop") else "",
        f"segment {position.segment}" if position.segment and not envelope else "",
        f"repetition {position.repetition}" if position.repetition else "",
    ]
    remark = ", ".join(filter(None, remarks))
    reference = _legible(position.reference)
    return f"{reference} ({remark})" if remark else reference


def _counted(position: Position) -> str:
    """A place that is told by numbers alone, as CONTRL tells it."""
    counts = (
        ("component", position.component),
        ("element", position.element),
        ("segment", position.segment),
    )
    told = [f"{word} {number}" for word, number in counts if number is not None]
    return " of ".join(told) or "the document"


def _legible(reference: str) -> str:
    """What was read in a tag's place and is none is quoted and cut."""
    return reference if _REFERENCE.fullmatch(reference) else _quoted(reference)


def _quoted(value: str) -> str:
    short = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "..."
    return '"' + "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in short) + '"'


def _condition(tag: str, text: str) -> dict[str, str]:
    """A relational note such as P0304 in words (X12.6, syntax notes)."""
    note = _NOTE.fullmatch(text)
    if note is None:
        return {}
    elements = [tag + note.group(2)[at : at + 2] for at in range(0, len(note.group(2)), 2)]
    words = {"all": _listed(elements), "first": elements[0], "rest": _listed(elements[1:])}
    return {"condition": _CONDITIONS[note.group(1)].format(**words)}


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "")))


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as every JSON of ours shows it."""
    place = finding.position
    return {
        "code": finding.code.value,
        "severity": finding.severity.value,
        "message": sentence(finding),
        "interchange": place.interchange,
        "group": place.group,
        "set": place.set,
        "segment": place.segment,
        "tag": place.tag,
        "element": place.element,
        "component": place.component,
        "repetition": place.repetition,
        "offset": place.offset,
        "path": finding.detail.get("path"),
        "value": finding.value,
    }
