"""A set's grammar and mapping script in the form Bots reads, from our own guide."""

from __future__ import annotations

from pathlib import Path
from pprint import pformat
from typing import Any

from gateway.engine.definitions import packaged_maps
from gateway.guide.dictionary import CompositeDef
from gateway.guide.dictionary import SegmentDef
from gateway.guide.dictionary import Use
from gateway.guide.dictionary import load_dictionary
from gateway.guide.guide import Guide
from gateway.guide.guide import load_guide
from gateway.guide.structure import Loop
from gateway.guide.structure import SegmentUse

_MOST = 99999
_IMPORTS = "from bots.botsconfig import *\n\n"
_ENVELOPE = """syntax = {'envelope': 'x12', 'charset': 'us-ascii', 'version': '00401'}
nextmessage = ({'BOTSID': 'ISA'}, {'BOTSID': 'GS'}, {'BOTSID': 'ST'})
structure = [
    {ID: 'ISA', MIN: 1, MAX: 99999, LEVEL: [
        {ID: 'GS', MIN: 1, MAX: 99999, LEVEL: [
            {ID: 'ST', MIN: 1, MAX: 99999, SUBTRANSLATION: {'BOTSID': 'ST', 'ST01': None}},
            {ID: 'GE', MIN: 1, MAX: 1}]},
        {ID: 'IEA', MIN: 1, MAX: 1}]}]
"""
_MAPPING = '''"""The order's head, its parties and its lines."""

HEAD = {"id": "BEG03", "issue_date": "BEG05", "type": "BEG02"}
LINE = {"id": "PO101", "quantity": "PO102", "unit": "PO103", "price": "PO104", "vendor": "PO107",
        "gtin": "PO109", "buyer": "PO111"}
PARTY = {"role": "N101", "name": "N102", "gln": "N104"}
ST = {"BOTSID": "ST"}


def main(inn, out):
    for name, field in HEAD.items():
        out.put({"BOTSID": "order", name: inn.get(ST, {"BOTSID": "BEG", field: None})})
    out.put({"BOTSID": "order", "currency": inn.get(ST, {"BOTSID": "CUR", "CUR02": None})})
    for tag, list_, fields in (("N1", "parties", PARTY), ("PO1", "lines", LINE)):
        for node in inn.getloop(ST, {"BOTSID": tag}):
            made = out.putloop({"BOTSID": "order"}, {"BOTSID": list_})
            for name, field in fields.items():
                made.put({"BOTSID": list_, name: node.get({"BOTSID": tag, field: None})})
            if tag == "N1":
                city = node.get({"BOTSID": tag}, {"BOTSID": "N4", "N401": None})
                made.put({"BOTSID": list_, "city": city})
            else:
                text = node.get({"BOTSID": tag}, {"BOTSID": "PID", "PID05": None})
                made.put({"BOTSID": list_, "description": text})
'''
_SETTINGS = """SECRET_KEY = 'bench'
DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}
INSTALLED_APPS = ['django.contrib.auth', 'django.contrib.contenttypes', 'bots']
"""
_INI = """[settings]
maxfilesizeincoming = 5000000000
[directories]
botssys = {botssys}
usersys = usersys
[charsets]
us-ascii = iso-8859-1
[webserver]
environment = development
"""


def write_home(folder: Path) -> None:
    """A configuration, a grammar of 850 release 004010, and a script that maps it to JSON."""
    ini = _INI.format(botssys=folder / "botssys")
    grammar, envelope = _grammar(), _IMPORTS + _ENVELOPE + _envelope_records()
    files = {
        "config/settings.py": _SETTINGS,
        "config/bots.ini": ini,
        "usersys/grammars/x12/x12.py": envelope,
        "usersys/grammars/x12/850004010.py": grammar,
        "usersys/grammars/jsonnocheck/jsonnocheck.py": "syntax = {}\n",
        "usersys/mappings/x12/order.py": _MAPPING,
        "usersys/charsets/__init__.py": "",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        for parent in path.parents:
            if parent == folder:
                break
            (parent / "__init__.py").touch()


def _grammar() -> str:
    guide = load_guide(packaged_maps(), "x12", "004010", "850")
    assert guide is not None
    records = {tag: _record(guide.dictionary.segment(tag)) for tag in sorted(guide.root.tags)}
    first, *rest = guide.root.items
    assert isinstance(first, SegmentUse)
    root = [{"ID": "ST", "MIN": 1, "MAX": 1, "LEVEL": _level(guide, tuple(rest))}]
    structure = pformat(root, width=99, sort_dicts=False)
    for word in ("ID", "MIN", "MAX", "LEVEL"):
        structure = structure.replace(f"'{word}':", f"{word}:")
    syntax = "syntax = {'envelope': 'x12', 'version': '00401'}\n"
    return f"{_IMPORTS}{syntax}structure = {structure}\nrecorddefs = {pformat(records, width=99)}\n"


def _level(guide: Guide, items: tuple[SegmentUse | Loop, ...]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for item in items:
        use = {"ID": item.id if isinstance(item, Loop) else item.tag}
        entry: dict[str, Any] = {**use, "MIN": int(item.required), "MAX": min(item.max, _MOST)}
        if isinstance(item, Loop) and len(item.items) > 1:
            entry["LEVEL"] = _level(guide, item.items[1:])
        made.append(entry)
    return made


def _record(segment: SegmentDef | None) -> list[Any]:
    assert segment is not None
    fields: list[Any] = [["BOTSID", "M", len(segment.tag), "AN"]]
    for number, use in enumerate(segment.elements, start=1):
        fields.append(_field(f"{segment.tag}{number:02d}", use))
    return fields


def _field(name: str, use: Use) -> list[Any]:
    must = "M" if use.required else "C"
    definition = use.definition
    if isinstance(definition, CompositeDef):
        parts = enumerate(definition.components, start=1)
        return [name, must, [_field(f"{name}.{part:02d}", one) for part, one in parts]]
    kind = "AN" if definition.type in ("AN", "ID", "B") else definition.type
    return [name, must, (definition.min, definition.max), kind]


def _envelope_records() -> str:
    dictionary = load_dictionary(packaged_maps(), "x12", "004010")
    assert dictionary is not None
    tags = ("ISA", "GS", "ST", "SE", "GE", "IEA")
    records = {tag: _record(dictionary.segment(tag)) for tag in tags}
    # Bots reads the component separator in ISA16 as a composite of two empty components.
    records["ISA"][-1] = ["ISA16", "C", [[f"ISA16.{one}", "C", 1, "AN"] for one in (1, 2)]]
    return f"recorddefs = {pformat(records, width=99)}\n"
