"""What a person must mend in a home: seen by anyone who looks, whether it runs or ever did."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from gateway.engine.home import FOLDERS
from gateway.engine.home import Home
from gateway.engine.taking import WATCHED
from gateway.partner.partner import try_partners
from gateway.partner.settings import Settings
from gateway.transport import FolderError
from gateway.transport import left_in
from gateway.transport import paths_in
from gateway.transport import readable_name


def to_mend(home: Home, settings: Settings, reply: Mapping[str, Any] | None) -> list[str]:
    """A line for each matter, with its place. `reply`: what a running gateway says of folders it
    cannot use (`failing`, by reason), what lies in the others and cannot be taken (`left`, the
    same) and all else it fails on (`troubles`); without one the folders are looked at here."""
    broken = try_partners(home.partners, settings, {})[1]
    reply = {"failing": _failing(home), "left": _left(home)} if reply is None else reply
    return [
        *(fault for faults in broken.values() for fault in faults),
        *(f"{trouble}; work waits for it" for trouble in reply.get("troubles", ())),
        *folder_lines(reply.get("failing", {})),
        *left_lines(reply.get("left", {})),
        *(f"{name}: {why}" for name, why in unclaimed(home, home.partner_names()).items()),
    ]


def folder_lines(failing: Mapping[str, str]) -> list[str]:
    """What is to be done about folders that cannot be used, given why."""
    todo = "put a folder there that the gateway may use"
    return [f"{folder}: {reason}; {todo}" for folder, reason in failing.items()]


def left_lines(left: Mapping[str, str]) -> list[str]:
    """What is to be done about what can never be taken, given why."""
    todo = "put a file in its place that the gateway may read"
    return [f"{name}: {reason}; {todo}" for name, reason in left.items()]


def _failing(home: Home) -> dict[str, str]:
    found = {}
    for partner in home.partner_names():
        for folder in home.folders(partner):
            try:
                paths_in(folder)
            except FolderError as error:
                found[str(folder.relative_to(home.root))] = error.reason
    return found


def left_names(home: Home, left: Mapping[Path, str]) -> dict[str, str]:
    """The same by names that can be printed, from the home's root."""
    return {
        f"{path.parent.relative_to(home.root)}/{readable_name(path.name)}": reason
        for path, reason in left.items()
    }


def _left(home: Home) -> dict[str, str]:
    found: dict[Path, str] = {}
    for partner in home.partner_names():
        for key in WATCHED.values():
            with suppress(FolderError):
                found |= left_in(home.folder(key, partner))
    return left_names(home, found)


def unclaimed(home: Home, known: Collection[str]) -> dict[str, str]:
    """The folders of somebody who is not among the partners `known`, where files lie that nobody
    would take, and what to do."""
    found = {}
    for key in WATCHED.values():
        for folder in sorted(home.root.glob(FOLDERS[key].format(partner="*"))):
            name = folder.parent.name
            if name not in known and any(folder.glob("[!.]*")):
                place = str(folder.relative_to(home.root))
                found[place] = f"files wait, and there is no partner {name}: gateway partner add"
    return found
