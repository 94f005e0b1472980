"""Certificates made, taken in, rolled over, retired and handed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from pathlib import Path

from gateway.as2 import Certificate
from gateway.as2 import CertificateError
from gateway.as2 import OwnKey
from gateway.as2 import Window
from gateway.as2 import read_certificates
from gateway.as2 import write_certificates
from gateway.as2.bundle import PasswordError
from gateway.as2.bundle import read_bundle
from gateway.as2.bundle import read_own_bundle
from gateway.as2.issuing import issue
from gateway.as2.issuing import seal_key
from gateway.as2.policy import Policy
from gateway.engine.failpoint import failpoint
from gateway.engine.shelf import PRIVATE
from gateway.engine.shelf import NotDoneError
from gateway.engine.shelf import PasswordNeededError
from gateway.engine.shelf import Shelf
from gateway.partner.certificates import Described
from gateway.partner.certificates import write_moment
from gateway.partner.schedule import entered
from gateway.partner.schedule import left_without
from gateway.partner.schedule import retired
from gateway.partner.schedule import rolled
from gateway.partner.schedule import serving
from gateway.transport import readable_name

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Done:
    """The file a command was about; `waiting` are the uses for which no day was given yet."""

    shelf: Shelf
    file: str
    waiting: tuple[str, ...] = ()


def create(
    shelf: Shelf,
    name: str,
    uses: Sequence[str],
    at: datetime,
    *,
    kind: str,
    subject: str,
    days: int,
    hosts: tuple[str, ...],
    start: datetime | None,
) -> Done:
    """A key of ours and its self-signed certificate. Raises NotDoneError, DefinitionError."""
    begins = at.replace(microsecond=0) - timedelta(minutes=5)  # clocks differ
    with shelf.alone():
        described = shelf.described()
        password = shelf.password()
        try:
            key, pem = issue(
                subject or shelf.settings.name,
                password,
                start=begins,
                end=begins + timedelta(days=days),
                hosts=hosts,
                kind=kind,
            )
        except (ValueError, OverflowError) as error:
            raise NotDoneError(f"no such certificate can be made: {error}") from error
        name = name or shelf.free_name(f"{at.astimezone(shelf.settings.zone):%Y}")
        return _enter(shelf, described, name, uses, at, read_certificates(pem), key, start)


def take_in(
    shelf: Shelf,
    content: bytes,
    name: str,
    uses: Sequence[str],
    at: datetime,
    *,
    key: bytes = b"",
    password: bytes | None = None,
    start: datetime | None,
    force: bool,
) -> Done:
    """A partner's certificate, or a key of ours with its chain: PEM, DER, PKCS#7, PKCS#12. Raises
    NotDoneError, PasswordNeededError, DefinitionError."""
    own, certificates = _read(shelf, content, key, password)
    _check_worth(shelf, certificates[0], at, force=force)
    with shelf.alone():
        described = shelf.described()
        for one in described:
            if one.certificate == certificates[0]:
                raise NotDoneError(f"it is here already as {shelf.name}/{one.file}")
        sealed = seal_key(own.private_key, shelf.password()) if own else b""
        name = shelf.free_name(Path(readable_name(name)).stem.replace(" ", "-"))
        return _enter(shelf, described, name, uses, at, certificates, sealed, start)


def roll(shelf: Shelf, name: str, uses: Sequence[str], start: datetime, at: datetime) -> Done:
    """From `start` a certificate that is here is used; the present one is accepted on. Raises
    NotDoneError, DefinitionError."""
    with shelf.alone():
        described = shelf.described()
        one = shelf.find(described, name)
        _check_day(one.certificate, max(start, at))
        shelf.commit(described, rolled(described, one.file, uses, start, ours=shelf.ours))
        return Done(shelf, one.file)


def retire(
    shelf: Shelf, name: str, uses: Sequence[str], end: datetime, at: datetime, *, force: bool
) -> Done:
    """Ends the uses (all without any) of a certificate; not where nothing would serve one then.
    Raises NotDoneError, DefinitionError."""
    with shelf.alone():
        described = shelf.described()
        file = shelf.find(described, name).file
        every = {use for one in described if one.file == file for use in one.uses}
        change = retired(described, file, uses or sorted(every), end)
        if not change.replaced:
            raise NotDoneError(f"{shelf.name}/{file} serves no such use then: nothing to end")
        lost, moment = left_without(described, change, max(end, at))
        if lost and not force:
            day = write_moment(moment, shelf.settings.zone)
            raise NotDoneError(
                f"from {day} nothing would serve {', '.join(lost)}: enter the next one first"
                " (`gateway cert create`, `import` or `roll`), or give --force"
            )
        shelf.commit(described, change)
        return Done(shelf, file)


def public_part(shelf: Shelf, name: str, at: datetime) -> tuple[str, bytes]:
    """A certificate with its chain as PEM, and its file's name; without a name the one we sign
    with. Raises NotDoneError, DefinitionError."""
    described = shelf.described()
    if name:
        one = shelf.find(described, name)
    else:
        now = [one for one in shelf.standings(at) if {"sign", "verify"} & {*one.now}]
        if not now:
            raise NotDoneError(f"{shelf.name} has none in use to sign: name one, or make one")
        one = now[0].described
    return one.file, write_certificates(one.certificates)


def _read(
    shelf: Shelf, content: bytes, key: bytes, password: bytes | None
) -> tuple[OwnKey | None, list[Certificate]]:
    try:
        if shelf.ours:
            return read_own_bundle(content, key, password)
        return None, read_bundle(content)
    except PasswordError as error:
        raise PasswordNeededError(f"it cannot be taken in: {error}") from error
    except CertificateError as error:
        raise NotDoneError(f"it cannot be taken in: {error}") from error


def _check_worth(shelf: Shelf, one: Certificate, at: datetime, *, force: bool) -> None:
    least = Policy().rsa_bits if one.is_rsa else Policy().curve_bits
    if one.bits < least:
        raise NotDoneError(f"its key has {one.bits} bits, too few to be relied on: ask for another")
    if at > one.not_after and not force:
        whose = "take the new one" if shelf.ours else "ask the partner for the new one"
        raise NotDoneError(f"it ran out on {one.not_after:%Y-%m-%d}: {whose}, or give --force")


def _check_day(one: Certificate, start: datetime) -> None:
    if not one.not_before <= start < one.not_after:
        lasts = f"{one.not_before:%Y-%m-%d} to {one.not_after:%Y-%m-%d}"
        raise NotDoneError(f"the certificate is valid from {lasts}: choose another day")


def _enter(
    shelf: Shelf,
    described: Sequence[Described],
    name: str,
    uses: Sequence[str],
    at: datetime,
    certificates: list[Certificate],
    key: bytes,
    start: datetime | None,
) -> Done:
    """Writes the files, then the entries that name them."""
    file, folder = f"{name}.pem", shelf.folder
    if start is not None:
        _check_day(certificates[0], max(start, at))
    if Path(file).name != file or name.startswith(".") or len(name.encode()) > _LONGEST_NAME:
        words = f"up to {_LONGEST_NAME} letters, digits and hyphens"
        raise NotDoneError(f"{name[:80]!r} is no name for a file: use {words}")
    for path in (folder / file, folder / f"{name}.key"):
        if path.exists():
            raise NotDoneError(f"{shelf.name}/{path.name} is there already: choose another name")
    key_path = folder / f"{name}.key" if key else None
    new = Described(file, folder / file, tuple(uses), Window(), tuple(certificates), key_path)
    change, waiting = entered(described, new, start, at, ours=shelf.ours)
    if not change.added:
        present = next(one.file for use in waiting for one in serving(described, use, at))
        raise NotDoneError(f"{shelf.name}/{present} serves {', '.join(waiting)}: say --from when")
    shelf.write(file, write_certificates(certificates))
    if key_path:
        shelf.write(key_path.name, key, PRIVATE)
    failpoint("cert.after-files")
    shelf.commit(described, change)
    return Done(shelf, file, waiting)
