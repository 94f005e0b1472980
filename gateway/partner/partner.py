"""partner.yaml: one trading partner's dialect, identifiers and deadlines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.definition import Fields
from gateway.definition import load
from gateway.edi.dialect import DIALECTS
from gateway.edi.dialect import EDIFACT
from gateway.edi.dialect import X12
from gateway.edi.dialect import Dialect
from gateway.edi.events import Address
from gateway.edi.finding import DefinitionError
from gateway.edi.opening import charset_of
from gateway.edi.segment import Delimiters
from gateway.edi.writer import DELIMITERS
from gateway.partner.settings import Settings
from gateway.partner.settings import address
from gateway.partner.settings import address_form
from gateway.partner.units import duration

if TYPE_CHECKING:
    from gateway.partner.as2 import As2Partner

PARTNER_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""A partner's folder name, which is its name in every command."""

Broken = dict[str, tuple[str, ...]]
"""Faults, each with file and line, by the partner's name."""

_RELEASES = {"x12": ("004010",), "edifact": ("D96A",)}
_VERSIONS = {"x12": "00401", "edifact": "UNOC:3"}


@dataclass(frozen=True, slots=True)
class Partner:
    """`ours` and `theirs` are interchange identifiers; `group_ours` and `group_theirs` are GS02
    and GS03 of what we send. `deadline`: by when an acknowledgment must have come. `overlays`
    are the map files of the partner's folder. `acknowledge`: whether we answer always, when an
    EDIFACT interchange asks for it (0031), or never. `done_marker`: the suffix of the file that
    says another one is complete, where the partner uses one. `as2`: how we trade by AS2."""

    name: str
    title: str
    dialect: Dialect
    ours: Address
    theirs: Address
    group_ours: str
    group_theirs: str
    release: str
    association: str
    version: str
    charset: str
    delimiters: Delimiters
    line_break: str
    test: bool
    acknowledge: str
    deadline: timedelta
    done_marker: str | None
    overlays: tuple[Path, ...]
    as2: As2Partner | None = None


def load_partner(folder: Path, settings: Settings) -> Partner:
    """Reads partners/<name>/partner.yaml; raises DefinitionError with every fault."""
    path = folder / "partner.yaml"
    faults: list[str] = []
    fields = Fields(load(path, f"partners/{folder.name}/partner.yaml"), "partner.yaml", faults)
    if not PARTNER_NAME.fullmatch(folder.name):
        faults.append(f"partners/{folder.name}:1: use lower-case letters, digits and hyphens")
    dialect = DIALECTS.get(fields.choice("dialect", DIALECTS), X12)
    partner = _read(fields, folder, dialect, settings)
    as2 = fields.fields("as2")
    if as2 is not None:
        from gateway.partner.as2 import read_as2  # loads cryptography, which few commands need

        partner = replace(partner, as2=read_as2(as2, folder, settings, faults))
    fields.finish()
    if faults:
        raise DefinitionError(faults)
    return partner


def _read(fields: Fields, folder: Path, dialect: Dialect, settings: Settings) -> Partner:
    nobody = Address("", "")
    read, expected = address(dialect.name), address_form(dialect.name)
    theirs = fields.read("identifier", read, nobody, expected)
    if fields.node_of("identifier") is None:
        fields.fault(fields.node, f"partner.yaml lacks identifier: {expected}")
    ours_by_default = settings.identifiers.get(dialect.name, nobody)
    ours = fields.read("our_identifier", read, ours_by_default, expected)
    if ours == nobody:
        fields.fault(fields.node, f"gateway.yaml names no {dialect.name} identifier of ours")
    version = fields.text("version", _VERSIONS[dialect.name])
    group = fields.fields("group")
    return Partner(
        name=folder.name,
        title=fields.text("name"),
        dialect=dialect,
        ours=ours,
        theirs=theirs,
        group_ours=group.text("ours", ours.id) if group else ours.id,
        group_theirs=group.text("theirs", theirs.id) if group else theirs.id,
        release=fields.choice(
            "release", _RELEASES[dialect.name], default=_RELEASES[dialect.name][0]
        ),
        association=fields.text("association", ""),
        version=version,
        charset=_charset(fields, dialect, version),
        delimiters=_delimiters(fields, dialect),
        line_break="\n" if fields.choice("line_break", ("yes", "no"), "no") == "yes" else "",
        test=fields.choice("test", ("yes", "no"), "no") == "yes",
        acknowledge=fields.choice("acknowledge", ("always", "on request", "never"), "always"),
        deadline=fields.read(
            "acknowledgment_deadline", duration, timedelta(hours=24), "a duration like 4 hours"
        ),
        done_marker=fields.text("done_marker", "") or None,
        overlays=tuple(sorted((folder / "maps").glob("*.yaml"))),
    )


def _charset(fields: Fields, dialect: Dialect, version: str) -> str:
    if dialect is X12:
        return fields.choice("charset", ("ascii", "utf-8", "iso-8859-1"), "ascii")
    charset = charset_of(version.split(":")[0])
    if charset is None or version.partition(":")[2] not in ("1", "2", "3", "4"):
        fields.fault(fields.node, f"version: {version!r} is not a syntax identifier like UNOC:3")
    return charset or "ascii"


def _delimiters(fields: Fields, dialect: Dialect) -> Delimiters:
    default = DELIMITERS[dialect.name]
    marks = fields.fields("delimiters")
    if marks is None:
        return default
    names = ("segment", "element", "component") + (("decimal",) if dialect is EDIFACT else ())
    chosen = {name: marks.text(name, getattr(default, name)) for name in names}
    for name, mark in chosen.items():
        if len(mark) != 1 or mark.isalnum() or mark.isspace():
            marks.fault(marks.node, f"{name}: {mark!r} is not one punctuation character")
    marks.finish()
    delimiters = replace(default, **chosen)
    used = [delimiters.segment, delimiters.element, delimiters.component, delimiters.release]
    if len({mark for mark in used if mark}) < len([mark for mark in used if mark]):
        marks.fault(marks.node, "delimiters must differ from each other")
    return delimiters


def try_partners(
    folder: Path, settings: Settings, old: Mapping[str, Partner]
) -> tuple[dict[str, Partner], Broken]:
    """The partners whose definition is right, and the faults of the others. A broken one goes on
    by its `old` definition, where it has one. Raises DefinitionError where none can be seen."""
    partners: dict[str, Partner] = {}
    broken: Broken = {}
    for path in partner_folders(folder):
        name = path.name
        try:
            partners[name] = load_partner(path, settings)
        except DefinitionError as error:
            broken[name] = tuple(error.faults)
            partners |= {name: old[name]} if name in old else {}
    # old definitions share nothing with each other, so this comes to an end
    while shared := _shared(partners.values()):
        for name, faults in shared.items():
            broken[name] = (*broken.get(name, ()), *faults)
            del partners[name]
            partners |= {name: old[name]} if name in old else {}
    return partners, broken


def partner_folders(folder: Path) -> list[Path]:
    """Everyone's who has a partner.yaml, right or wrong. Raises DefinitionError."""
    try:
        return [path for path in sorted(folder.iterdir()) if _has_definition(path)]
    except FileNotFoundError:
        return []
    except OSError as error:
        fault = f"{folder.name}:1: cannot be read: {error.strerror}"
        raise DefinitionError([fault]) from error


def _has_definition(folder: Path) -> bool:
    try:
        return (folder / "partner.yaml").exists()
    except PermissionError:
        return True  # whoever loads it says that it cannot be read


def _shared(partners: Iterable[Partner]) -> Broken:
    """Two partners with one identifier or AS2 name could never be told apart: both are broken."""
    users: dict[tuple[str, str], list[str]] = {}
    for partner in partners:
        as2 = partner.as2
        keys = [(f"{partner.theirs} is already the identifier", partner.dialect.name)]
        keys += [(f"{as2.id} is already the AS2 name", as2.our_id)] if as2 else []
        for key in keys:
            users.setdefault(key, []).append(partner.name)
    faults: dict[str, tuple[str, ...]] = {}
    for (what, _), names in users.items():
        for name in names if len(names) > 1 else ():
            others = ", ".join(other for other in names if other != name)
            fault = f"partners/{name}/partner.yaml:1: {what} of {others}"
            faults[name] = (*faults.get(name, ()), fault)
    return faults


def find_sender(partners: Iterable[Partner], dialect: Dialect, sender: Address) -> Partner | None:
    """The partner with this interchange identifier."""
    for partner in partners:
        if partner.dialect is dialect and partner.theirs == sender:
            return partner
    return None
