"""Declared loss: what of a document need not arrive, and what happens when it is there.

`lossy: [{what: parties.address, policy: note, why: only their depot needs it}]`. A path stands
for everything below it, lists are transparent. What is lost without being declared is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.definition import Node
from gateway.definition import suggestion
from gateway.edi.finding import Severity
from gateway.mapping.path import parse_path
from gateway.mapping.source import Faults

POLICIES = {"drop": None, "note": Severity.NOTE, "reject": Severity.ERROR}
"""`drop`: the document goes without it; `note`: with a note on each; `reject`: it does not go."""

_INDEX = re.compile(r"\[\d*\]")


@dataclass(frozen=True, slots=True)
class Loss:
    """A path that may be lost, and by which policy."""

    names: tuple[str, ...]
    policy: str
    why: str
    node: Node

    def covers(self, path: str) -> bool:
        names = plain_names(path)
        return names[: len(self.names)] == self.names


def plain_names(path: str) -> tuple[str, ...]:
    """`parties[0].address.city` without its numbers."""
    return tuple(_INDEX.sub("", path).split("."))


def find_loss(losses: tuple[Loss, ...], path: str) -> Loss | None:
    """The most exact declaration for a path."""
    found = [loss for loss in losses if loss.covers(path)]
    return max(found, key=lambda loss: len(loss.names), default=None)


def parse_losses(node: Node, faults: Faults) -> tuple[Loss, ...]:
    losses = []
    for item in faults.expect_list(node):
        entries = faults.expect_keys(item, ("what", "policy", "why"))
        missing = [key for key in ("what", "policy", "why") if key not in entries]
        if missing:
            faults.add(item, f"declared loss says what, policy and why; {missing[0]} is missing")
            continue
        what, policy, why = (faults.expect_text(entries[key]) for key in ("what", "policy", "why"))
        if policy not in POLICIES:
            hint = suggestion(policy, POLICIES)
            faults.add(entries["policy"], f"policy is one of {', '.join(POLICIES)}{hint}")
        path = parse_path(what)
        if path is None or path.listed:
            faults.add(entries["what"], f"{what!r} is no path; write parties.address")
        else:
            losses.append(Loss(path.before, policy, why, item))
    return tuple(losses)
