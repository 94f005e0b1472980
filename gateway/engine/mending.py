"""What a person must mend in a home: seen by anyone who looks, whether it runs or ever did."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.engine.home import FOLDERS
from gateway.engine.home import Home
from gateway.engine.taking import WATCHED
from gateway.partner.partner import try_partners
from gateway.partner.settings import Settings


def to_mend(home: Home, settings: Settings) -> list[str]:
    """A line for each matter, with its place."""
    broken = try_partners(home.partners, settings, {})[1]
    return [*(fault for faults in broken.values() for fault in faults), *_unclaimed(home)]


def _unclaimed(home: Home) -> Iterator[str]:
    """What lies in the folders of somebody who is not set up, where nobody would take it."""
    known = set(home.partner_names())
    for key in WATCHED.values():
        for folder in sorted(home.root.glob(FOLDERS[key].format(partner="*"))):
            name = folder.parent.name
            if name not in known and any(folder.glob("[!.]*")):
                place = folder.relative_to(home.root)
                yield f"{place}: files wait, and there is no partner {name}: gateway partner add"
