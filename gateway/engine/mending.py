"""What a person must mend in a home: seen by anyone who looks, whether it runs or ever did."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from gateway.engine.home import FOLDERS
from gateway.engine.home import Home
from gateway.engine.taking import WATCHED
from gateway.partner.partner import try_partners
from gateway.partner.settings import Settings
from gateway.transport import FolderError
from gateway.transport import paths_in


def to_mend(home: Home, settings: Settings, reply: Mapping[str, Any] | None) -> list[str]:
    """A line for each matter, with its place. `reply`: what a running gateway says of folders it
    cannot use (`failing`, by reason) and of all else it fails on (`troubles`); without one the
    folders are looked at here."""
    broken = try_partners(home.partners, settings, {})[1]
    reply = {"failing": _failing(home)} if reply is None else reply
    return [
        *(fault for faults in broken.values() for fault in faults),
        *(f"{trouble}; work waits for it" for trouble in reply.get("troubles", ())),
        *folder_lines(reply.get("failing", {})),
        *_unclaimed(home),
    ]


def folder_lines(failing: Mapping[str, str]) -> list[str]:
    """What is to be done about folders that cannot be used, given why."""
    todo = "put a folder there that the gateway may use"
    return [f"{folder}: {reason}; {todo}" for folder, reason in failing.items()]


def _failing(home: Home) -> dict[str, str]:
    found = {}
    for partner in home.partner_names():
        for folder in home.folders(partner):
            try:
                paths_in(folder)
            except FolderError as error:
                found[str(folder.relative_to(home.root))] = error.reason
    return found


def _unclaimed(home: Home) -> Iterator[str]:
    """What lies in the folders of somebody who is not set up, where nobody would take it."""
    known = set(home.partner_names())
    for key in WATCHED.values():
        for folder in sorted(home.root.glob(FOLDERS[key].format(partner="*"))):
            name = folder.parent.name
            if name not in known and any(folder.glob("[!.]*")):
                place = folder.relative_to(home.root)
                yield f"{place}: files wait, and there is no partner {name}: gateway partner add"
