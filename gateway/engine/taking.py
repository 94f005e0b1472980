"""Files taken from folders: claimed by a rename, their bytes committed, only then removed."""

from __future__ import annotations

from pathlib import Path

from gateway.edi.finding import Finding
from gateway.engine.failpoint import failpoint
from gateway.engine.gateway import Gateway
from gateway.engine.log import log
from gateway.engine.sending import codes_of
from gateway.store import Direction
from gateway.store import Transmission
from gateway.transport.folder import FileStability
from gateway.transport.folder import candidates
from gateway.transport.folder import claim
from gateway.transport.folder import claimed_name

WATCHED = {Direction.IN: "inbox/edi", Direction.OUT: "outbox/documents"}
"""The folders others drop files into, by direction."""


def recover(gateway: Gateway) -> int:
    """Commits, or removes when that was done, every file a crash left claimed; how many."""
    left = [
        (direction, partner.name, path)
        for direction in WATCHED
        for partner in _folders(gateway.home.claimed / direction.value)
        for path in sorted(partner.iterdir())
    ]
    for direction, partner, path in left:
        with gateway.store.reading() as tx:
            known = tx.transmissions.find_by_claim(path.name)
        if known is None:
            _receive(gateway, direction, partner, path)
        else:
            path.unlink()
    return len(left)


def _folders(parent: Path) -> list[Path]:
    return sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []


class Taker:
    """Looks through the watched folders; remembers what it has seen resting and complained of."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._seen: dict[tuple[Direction, str], FileStability] = {}
        self.waiting = False

    def take(self) -> int:
        """Takes every file that is complete; how many. `waiting` says whether others rest yet."""
        gateway, taken = self._gateway, 0
        self.waiting = False
        for name, partner in gateway.partners.items():
            for direction, key in WATCHED.items():
                seen = self._seen.setdefault((direction, name), FileStability())
                found = candidates(
                    gateway.home.folder(key, name),
                    gateway.clock(),
                    seen,
                    settle=gateway.settings.settle,
                    patience=gateway.settings.patience,
                    done_marker=partner.done_marker if direction is Direction.IN else "",
                )
                for finding in found.findings:
                    _complain(gateway, name, finding)
                self.waiting = self.waiting or found.waiting
                taken += sum(_take(gateway, direction, name, path) for path in found.ready)
        return taken


def _complain(gateway: Gateway, partner: str, finding: Finding) -> None:
    """What cannot be taken stays where it is; the log and the operator are told once."""
    with gateway.step("receive") as step:
        step.record("file-left", partner=partner, name=finding.value, findings=codes_of((finding,)))


def _take(gateway: Gateway, direction: Direction, partner: str, path: Path) -> bool:
    failpoint("claim.before-rename")
    folder = gateway.home.claimed / direction.value / partner
    claimed = claim(path, folder, gateway.new_id())
    if claimed is None:
        log("file-vanished", partner=partner, name=path.name)
        return False
    failpoint("claim.after-rename")
    _receive(gateway, direction, partner, claimed)
    return True


def _receive(gateway: Gateway, direction: Direction, partner: str, path: Path) -> None:
    name = claimed_name(path)
    with gateway.step("receive") as step:
        transmission = Transmission(
            id=gateway.new_id(),
            partner=partner,
            direction=direction,
            channel="folder",
            name=name,
            payload=step.tx.payloads.add_file(path),
            received_at=step.at,
            claim=path.name,
        )
        step.tx.transmissions.add(transmission)
        step.record(
            "file-received",
            partner=partner,
            transmission=transmission.id,
            name=name,
            direction=direction.value,
        )
    path.unlink()
    failpoint("receive.after-removal")
