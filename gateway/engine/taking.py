"""Files taken from folders: claimed by a rename, their bytes committed, only then removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from gateway.edi.finding import TransientError
from gateway.engine.failpoint import failpoint
from gateway.engine.gateway import Gateway
from gateway.engine.log import log
from gateway.engine.sending import codes_of
from gateway.store import Direction
from gateway.store import Transmission
from gateway.transport import Claimed
from gateway.transport import FileStability
from gateway.transport import FolderError
from gateway.transport import Unreadable
from gateway.transport import candidates
from gateway.transport import claim
from gateway.transport import claimed_files
from gateway.transport import readable_name
from gateway.transport import release_claim
from gateway.transport import remove_markers

Failed = Callable[[Exception], None]
"""Told of what the world made fail."""

WATCHED = {Direction.IN: "inbox/edi", Direction.OUT: "outbox/documents"}
"""The folders others drop files into, by direction."""

_PORTION = 32
"""Files taken from a folder in one go: what is dropped into others does not wait for the rest."""


def recover(gateway: Gateway, failed: Failed) -> int:
    """Commits, or removes when that was done, every file a crash left claimed; how many. Also of a
    partner who is none any more: its files are held or refused, and not forgotten."""
    left = [
        (direction, folder.name, claimed)
        for direction in WATCHED
        for folder in sorted(gateway.home.claimed.glob(f"{direction.value}/*"))
        if folder.name not in gateway.waiting
        for claimed in claimed_files(folder)
    ]
    done = 0
    for direction, partner, claimed in left:
        with gateway.store.reading() as tx:
            known = tx.transmissions.find_by_claim(claimed.key)
        try:
            if direction is Direction.IN and partner in gateway.partners:
                folder = gateway.home.folder(WATCHED[direction], partner)
                remove_markers(folder / claimed.name, gateway.partners[partner].done_marker)
            if known is None:
                _receive(gateway, direction, partner, claimed)
            else:
                release_claim(claimed)
            done += 1
        except (TransientError, OSError) as error:
            failed(error)
    return done


class Taker:
    """Looks through the watched folders; remembers what it has seen resting and complained of."""

    def __init__(self, gateway: Gateway, going: Callable[[], bool] = lambda: True) -> None:
        self._gateway = gateway
        self._going = going
        self._seen: defaultdict[Path, FileStability] = defaultdict(FileStability)
        self.waiting = False

    def take(self, failed: Failed) -> int:
        """Takes the next files that are complete from every folder; how many. `waiting` says
        whether there are others.

        A folder that fails is left for the next time and holds up no other, nor does a file that
        cannot be moved, as one that its writer has locked.
        """
        taken = 0
        self.waiting = False
        for name in list(self._gateway.partners):
            for direction in WATCHED:
                try:
                    taken += self._take_from(direction, name, failed)
                except (TransientError, OSError) as error:
                    self._seen_in(direction, name).queued.clear()  # the oldest comes first again
                    failed(error)
        return taken

    def _seen_in(self, direction: Direction, partner: str) -> FileStability:
        return self._seen[self._gateway.home.folder(WATCHED[direction], partner)]

    @property
    def left(self) -> dict[Path, str]:
        """What lies in the folders and can never be taken, and why."""
        return {path: why for seen in self._seen.values() for path, why in seen.left.items()}

    def _take_from(self, direction: Direction, name: str, failed: Failed) -> int:
        gateway, seen = self._gateway, self._seen_in(direction, name)
        marker = gateway.partners[name].done_marker if direction is Direction.IN else None
        found = candidates(
            gateway.home.folder(WATCHED[direction], name),
            gateway.clock(),
            seen,
            settle=gateway.settings.settle.total_seconds(),
            patience=gateway.settings.patience.total_seconds(),
            done_marker=marker,
            most=_PORTION,
        )
        for unreadable in found.unreadable:
            _complain(gateway, name, WATCHED[direction], unreadable)
        self.waiting = self.waiting or found.unfinished > 0
        taken = 0
        for path in found.ready:
            if not self._going():
                break
            if seen.is_unchanged(path):
                taken += self._take(direction, name, path, marker, failed)
            else:  # the files before it took their time: somebody has gone on writing
                self.waiting = True
        return taken

    def _take(
        self, direction: Direction, partner: str, path: Path, marker: str | None, failed: Failed
    ) -> bool:
        gateway = self._gateway
        failpoint("claim.before-rename")
        folder = gateway.home.claimed / direction.value / partner
        try:
            claimed = claim(path, folder, gateway.new_id(), done_marker=marker)
        except FolderError as error:
            self._seen_in(direction, partner).step_aside(path)
            failed(error)
            return False
        if claimed is None:
            log("file-vanished", partner=partner, name=readable_name(path.name))
            return False
        failpoint("claim.after-rename")
        _receive(gateway, direction, partner, claimed)
        return True


def _complain(gateway: Gateway, partner: str, folder: str, unreadable: Unreadable) -> None:
    """What cannot be taken stays where it is; log and journal are told once."""
    finding = unreadable.finding
    with gateway.step("receive") as step:
        codes = codes_of((finding,))
        step.record("file-left", partner=partner, name=finding.value, folder=folder, findings=codes)


def _receive(gateway: Gateway, direction: Direction, partner: str, claimed: Claimed) -> None:
    with gateway.step("receive") as step:
        transmission = Transmission(
            id=gateway.new_id(),
            partner=partner,
            direction=direction,
            channel="folder",
            name=claimed.name,
            payload=step.tx.payloads.add_file(claimed.path),
            received_at=step.at,
            claim=claimed.key,
        )
        step.tx.transmissions.add(transmission)
        step.record(
            "file-received",
            partner=partner,
            transmission=transmission.id,
            name=claimed.name,
            direction=direction.value,
        )
    release_claim(claimed)
    failpoint("receive.after-removal")
