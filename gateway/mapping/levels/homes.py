"""Where in the document the data of each level stand."""

from __future__ import annotations

from dataclasses import replace

from gateway.edi.finding import Finding

Homes = dict[str, str]
"""`levels[3]` are `packages[1]`; the innermost path that is known counts."""


def find_home(path: str, homes: Homes) -> str:
    """A path of levels as a path of the document; "" for the numbers of levels, which are no part
    of it."""
    known, rest = path, ""
    while known and known not in homes:
        known, _, last = known.rpartition(".")
        rest = f".{last}{rest}"
    if rest.startswith(".hl.") or path.startswith("hl."):
        return ""
    return homes[known] + rest if known else path


def place(finding: Finding, homes: Homes) -> Finding:
    """The finding with the path of its detail in the document."""
    path = finding.detail.get("path", "")
    home = find_home(path, homes) or path
    return finding if home == path else replace(finding, detail={**finding.detail, "path": home})
