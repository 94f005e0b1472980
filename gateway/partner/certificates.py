"""certs/certificates.yaml: which certificate is used for what, and from when until when.

A list of `{file, use: [...], from?, until?}`, ours with `key` as well. Uses of ours are sign,
decrypt, tls (our server) and client (towards a server that asks); of a partner's verify, encrypt,
tls (their server, or whoever signed its certificate) and client. On the day a certificate changes
two stand there with windows that meet or overlap. What we encrypt to may change `from:
first-signature`: with the first message of the partner's that is signed by that certificate.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.as2 import Certificate
from gateway.as2 import CertificateError
from gateway.as2 import OwnKey
from gateway.as2 import Pinned
from gateway.as2 import Window
from gateway.as2 import read_certificates
from gateway.as2 import read_own_key
from gateway.definition import Fields
from gateway.definition import Node
from gateway.definition import load
from gateway.definition import write_line
from gateway.edi.finding import DefinitionError
from gateway.partner.settings import As2Settings

DESCRIPTION = "certificates.yaml"
OUR_USES = ("sign", "decrypt", "tls", "client")
THEIR_USES = ("verify", "encrypt", "tls", "client")
FIRST_SIGNATURE = "first-signature"
WHEN_SIGNED = datetime.max.replace(tzinfo=UTC)
"""A window's start that is no day: it is set when the partner has begun to sign with it."""


@dataclass(frozen=True, slots=True)
class Described:
    """One entry of certificates.yaml; `certificates` are those of the file, the one that is meant
    first."""

    file: str
    path: Path
    uses: tuple[str, ...]
    window: Window
    certificates: tuple[Certificate, ...]
    key: Path | None = None

    @property
    def certificate(self) -> Certificate:
        return self.certificates[0]


@dataclass(frozen=True, slots=True)
class Own:
    """Our keys by use; `tls` and `client` stay files, since TLS reads them itself."""

    sign: tuple[OwnKey, ...] = ()
    decrypt: tuple[OwnKey, ...] = ()
    tls: tuple[Described, ...] = ()
    client: tuple[Described, ...] = ()
    password: str | None = None

    def __repr__(self) -> str:
        return f"Own({len(self.sign)} to sign, {len(self.decrypt)} to decrypt)"


def load_described(
    folder: Path, zone: ZoneInfo, *, ours: bool, name: str, faults: list[str]
) -> tuple[Described, ...]:
    """The entries of a certs folder, in order; none where there is no certificates.yaml. Faults
    are collected under `name`, the folder as messages call it."""
    path = folder / DESCRIPTION
    if not path.exists():
        return ()
    return read_described(load(path, f"{name}/{DESCRIPTION}"), folder, zone, ours, faults)


def read_described(
    root: Node, folder: Path, zone: ZoneInfo, ours: bool, faults: list[str]
) -> tuple[Described, ...]:
    """The same of a certificates.yaml that was read."""
    if root.mapping == {}:
        return ()  # nothing but comments
    if root.items is None:
        faults.append(f"{root.place}: must be a list of entries with file and use")
        return ()
    found = [_read_entry(item, folder, zone, ours=ours, faults=faults) for item in root.items]
    return tuple(one for one in found if one is not None)


def _read_entry(
    item: Node, folder: Path, zone: ZoneInfo, *, ours: bool, faults: list[str]
) -> Described | None:
    fields = Fields(item, "the entry", faults)
    before = len(faults)
    known = OUR_USES if ours else THEIR_USES
    file, uses = fields.text("file"), tuple(fields.texts("use"))
    for use in uses:
        if use not in known:
            fields.fault(item, f"use: {use!r} is not one of {', '.join(known)}")
    if not uses:
        fields.fault(item, f"the entry lacks use: one or more of {', '.join(known)}")
    window = Window(_start(fields, zone, uses, ours=ours), _instant(fields, "until", zone))
    if window.start and window.end and window.start >= window.end:
        fields.fault(item, "until must be after from")
    key = _key(fields, folder) if ours else None
    fields.finish()
    certificates: tuple[Certificate, ...] = ()
    for text in (file, key.name if key else file):
        if not text or Path(text).name != text:
            fields.fault(item, f"{text!r} must be a file of this folder")
    if len(faults) == before:
        try:
            certificates = tuple(read_certificates((folder / file).read_bytes()))
        except (OSError, CertificateError) as error:
            fields.fault(item, f"{file} cannot be used: {error}")
    if len(faults) > before or not certificates:
        return None
    return Described(file, folder / file, uses, window, certificates, key)


def _start(fields: Fields, zone: ZoneInfo, uses: tuple[str, ...], *, ours: bool) -> datetime | None:
    if fields.text("from", "") != FIRST_SIGNATURE:
        return _instant(fields, "from", zone)
    if ours or uses != ("encrypt",):
        whose = "only a partner's certificate, for use: encrypt alone"
        fields.fault(fields.node, f"from: {FIRST_SIGNATURE} is for {whose}")
    return WHEN_SIGNED


def _instant(fields: Fields, key: str, zone: ZoneInfo) -> datetime | None:
    expected = "a day or moment like 2026-12-01 or 2026-12-01T08:00+00:00"
    return fields.read(key, lambda text: read_moment(text, zone), None, expected)


def read_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A day begins at midnight, and without an offset a moment is one of our zone. Raises
    ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def write_moment(moment: datetime, zone: ZoneInfo) -> str:
    """The same as text, a midnight of our zone as its day."""
    if moment == WHEN_SIGNED:
        return FIRST_SIGNATURE
    local = moment.astimezone(zone)
    return local.date().isoformat() if local.time() == time() else local.isoformat()


def write_entry(one: Described, zone: ZoneInfo) -> str:
    """An entry as one line of certificates.yaml."""
    fields: dict[str, str | list[str]] = {"file": one.file}
    if one.key is not None:
        fields["key"] = one.key.name
    fields["use"] = list(one.uses) if len(one.uses) > 1 else one.uses[0]
    for word, moment in (("from", one.window.start), ("until", one.window.end)):
        if moment is not None:
            fields[word] = write_moment(moment, zone)
    return write_line(fields)


def _key(fields: Fields, folder: Path) -> Path | None:
    """The key's file, which must be encrypted and nobody else's to read."""
    name = fields.text("key")
    path = folder / name
    if not name:
        return None
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        fields.fault(fields.node, f"key: {name} cannot be read: {error.strerror}")
        return path
    if mode & 0o077:
        fields.fault(fields.node, f"key: {name} is open to others; chmod 600 it")
    if b"ENCRYPTED" not in content:
        fields.fault(fields.node, f"key: {name} is not an encrypted PEM key")
    return path


def pinned(described: tuple[Described, ...], use: str) -> tuple[Pinned, ...]:
    """A partner's certificates for a use, each with its window."""
    return tuple(Pinned(one.certificate, one.window) for one in described if use in one.uses)


def load_own(folder: Path, as2: As2Settings, zone: ZoneInfo) -> Own:
    """Our keys, opened with the password gateway.yaml names. Raises DefinitionError."""
    faults: list[str] = []
    described = load_described(folder, zone, ours=True, name="certs", faults=faults)
    password = read_password(as2, faults) if described else None
    keys: dict[str, list[OwnKey]] = {"sign": [], "decrypt": []}
    for one in described if not faults else ():
        wanted = [use for use in keys if use in one.uses]
        if one.key is None or not wanted:
            continue
        try:
            secret = password.encode() if password else None
            key = read_own_key(one.key.read_bytes(), one.certificate, secret, one.window)
        except (OSError, CertificateError) as error:
            faults.append(f"certs/{DESCRIPTION}:1: {one.key.name}: {error}")
            continue
        for use in wanted:
            keys[use].append(key)
    if faults:
        raise DefinitionError(faults)
    return Own(
        sign=tuple(keys["sign"]),
        decrypt=tuple(keys["decrypt"]),
        tls=tuple(one for one in described if "tls" in one.uses),
        client=tuple(one for one in described if "client" in one.uses),
        password=password,
    )


def read_password(as2: As2Settings, faults: list[str]) -> str | None:
    """The password of our keys, from the environment or a file that is ours alone."""
    if as2.password_file is not None:
        return read_secret(as2.password_file, faults, "gateway.yaml:1")
    found = os.environ.get(as2.password_variable)
    if not found:
        faults.append(
            f"gateway.yaml:1: the environment has no {as2.password_variable}, the password of our"
            " keys: set it, or as2: key_password: {file: ...}"
        )
    return found


def read_secret(path: Path, faults: list[str], place: str) -> str | None:
    """The first line of a file that nobody else may read."""
    try:
        if path.stat().st_mode & 0o077:
            faults.append(f"{place}: {path.name} is open to others; chmod 600 it")
        return path.read_text("utf-8").splitlines()[0].strip()
    except (OSError, UnicodeDecodeError, IndexError):
        faults.append(f"{place}: {path} holds no password")
        return None
