"""The certificates of one side in a home, found by name, and changed as a whole.

A change is one rename of certificates.yaml; files it does not name yet mean nothing. So a crash in
between leaves a home that works as before, and a running gateway sees all of a change or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.definition import edit_list
from gateway.definition import parse
from gateway.definition import suggestion
from gateway.edi.finding import DefinitionError
from gateway.engine.failpoint import failpoint
from gateway.engine.home import Home
from gateway.partner.certificates import DESCRIPTION
from gateway.partner.certificates import Described
from gateway.partner.certificates import load_described
from gateway.partner.certificates import read_described
from gateway.partner.certificates import read_password
from gateway.partner.certificates import write_entry
from gateway.partner.schedule import Change
from gateway.partner.schedule import Standing
from gateway.partner.schedule import standings
from gateway.partner.settings import As2Settings
from gateway.partner.settings import Settings
from gateway.transport import HomeLock
from gateway.transport import HomeLockedError
from gateway.transport import publish
from gateway.transport import stage

PRIVATE = 0o600
"""The mode of a key's file."""
_SHORTEST_FINGERPRINT = 8


class NotDoneError(Exception):
    """What was asked cannot be done; `str()` says why, and what to do instead."""


class PasswordNeededError(NotDoneError):
    """The key that is to be taken in is encrypted, and the password does not open it."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Our certificates (`partner` empty), or those we hold of a partner."""

    home: Home
    settings: Settings
    as2: As2Settings
    partner: str = ""

    @property
    def ours(self) -> bool:
        return not self.partner

    @property
    def name(self) -> str:
        return f"partners/{self.partner}/certs" if self.partner else "certs"

    @property
    def folder(self) -> Path:
        return self.home.root / self.name

    def described(self) -> tuple[Described, ...]:
        """Its entries. Raises DefinitionError."""
        faults: list[str] = []
        zone = self.settings.zone
        found = load_described(self.folder, zone, ours=self.ours, name=self.name, faults=faults)
        if faults:
            raise DefinitionError(faults)
        return found

    def standings(self, at: datetime) -> list[Standing]:
        return standings(self.described(), at, ours=self.ours)

    def find(self, described: Sequence[Described], name: str) -> Described:
        """The first entry of a certificate, by its file, with or without suffix, or the beginning
        of its fingerprint. Raises NotDoneError."""
        for one in described:
            names = (one.file, Path(one.file).stem, f"{self.name}/{one.file}")
            print_ = name.lower() if len(name) >= _SHORTEST_FINGERPRINT else "?"
            if name in names or one.certificate.fingerprint.startswith(print_):
                return one
        hint = suggestion(name, [Path(one.file).stem for one in described])
        raise NotDoneError(f"{self.name} has no certificate {name}{hint}: see `gateway cert list`")

    def password(self) -> bytes:
        """Of our keys, as gateway.yaml says. Raises NotDoneError."""
        faults: list[str] = []
        password = read_password(self.as2, faults)
        if faults or not password:
            raise NotDoneError("; ".join(faults) or "the password of our keys is empty")
        return password.encode()

    def free_name(self, name: str) -> str:
        """The name, or with a number behind it where files stand under it."""
        taken = {path.stem for path in self.folder.glob("*")}
        wanted = (name, *(f"{name}-{number}" for number in range(2, 1000)))
        return next(one for one in wanted if one not in taken)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One change after the other, whoever makes it. Raises NotDoneError."""
        lock = HomeLock(self.home.var / "certificates.lock")
        try:
            lock.acquire()
        except HomeLockedError as error:
            raise NotDoneError("another command changes certificates now: try again") from error
        try:
            yield
        finally:
            lock.release()

    def commit(self, described: Sequence[Described], change: Change) -> None:
        """The change in certificates.yaml, which is read before it counts."""
        path, zone = self.folder / DESCRIPTION, self.settings.zone
        text = path.read_text("utf-8") if path.exists() else ""
        replaced = {
            place: [write_entry(one, zone) for one in entries]
            for place, entries in change.replaced.items()
        }
        added = [write_entry(one, zone) for one in change.added]
        name = f"{self.name}/{DESCRIPTION}"
        text = edit_list(text, replaced, added, name)
        faults: list[str] = []
        found = read_described(parse(text, name), self.folder, zone, self.ours, faults)
        if faults or len(found) != len(change.applied(described)):
            raise DefinitionError(faults or [f"{name}:1: a command cannot change it: edit it"])
        self.write(DESCRIPTION, text.encode())

    def write(self, name: str, content: bytes, mode: int = 0o644) -> None:
        """A file of the folder, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        staged = stage(content, self.folder, f".{name}.new", mode=mode)
        failpoint("cert.before-rename")
        publish(staged, self.folder, name, root=self.home.root)
        failpoint("cert.after-rename")


def open_shelf(home: Home, settings: Settings, partner: str = "") -> Shelf:
    """Raises NotDoneError for a partner nobody knows, and in a home that has no as2 part."""
    if settings.as2 is None:
        raise NotDoneError("gateway.yaml has no as2 part: add `as2: {id: OUR-AS2-NAME}` first")
    names = home.partner_names()
    if partner and partner not in names:
        hint = suggestion(partner, names)
        raise NotDoneError(f"no partner {partner}{hint}: see `gateway partner list`")
    return Shelf(home, settings, settings.as2, partner)
