"""gateway.yaml: who we are, how long we wait, how large a file may be, whom to alert."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo
from zoneinfo import ZoneInfoNotFoundError

from gateway.definition import Fields
from gateway.definition import load
from gateway.edi.dialect import DIALECTS
from gateway.edi.events import Address
from gateway.edi.finding import DefinitionError
from gateway.partner.units import duration
from gateway.partner.units import size

_DATABASE = re.compile(r"(sqlite|postgres(ql)?)(\+\w+)?://.*|(?!.*://).+")
_PROXY = re.compile(r"http://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):\d{1,5}/?")
PASSWORD_VARIABLE = "GATEWAY_KEY_PASSWORD"  # noqa: S105 -- its name
"""Where the password of our keys is, unless gateway.yaml says otherwise."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Called when something is held or overdue: a command (arguments, JSON on its standard
    input) or a webhook (JSON by HTTPS POST)."""

    command: tuple[str, ...] = ()
    webhook: str = ""


@dataclass(frozen=True, slots=True)
class As2Settings:
    """Who we are by AS2, where we listen (`host` empty: nowhere), our public address for
    asynchronous receipts, the `proxy` our posts go through, how large a message may be, and where
    the password of our keys is."""

    id: str
    host: str = ""
    port: int = 0
    url: str = ""
    tls: bool = False
    proxy: str = ""
    largest: int = 1 << 30
    password_variable: str = ""
    password_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """`settle`: how long a file's size and time must rest before it is taken; `patience`: how
    long when it does not end with its own trailer; `poll`: how often folders are looked through
    without any event; `python`: the installed modules whose objects maps may name."""

    name: str
    identifiers: dict[str, Address]
    zone: ZoneInfo
    database: str
    settle: timedelta
    patience: timedelta
    poll: timedelta
    largest_file: int
    alert: Alert
    python: tuple[str, ...] = ()
    as2: As2Settings | None = None


def load_settings(path: Path) -> Settings:
    """Reads gateway.yaml; raises DefinitionError with every fault."""
    faults: list[str] = []
    fields = Fields(load(path, path.name), path.name, faults)
    settings = Settings(
        name=fields.text("name"),
        identifiers=_identifiers(fields.fields("identifiers"), fields),
        zone=fields.read("time_zone", _zone, ZoneInfo("UTC"), "a time zone like Europe/Berlin"),
        database=fields.read(
            "database",
            _database,
            "var/gateway.db",
            "a file or an address like postgresql://host/db",
        ),
        settle=fields.read("settle", duration, timedelta(seconds=1), "a duration like 2 s"),
        patience=fields.read("patience", duration, timedelta(seconds=60), "a duration like 60 s"),
        poll=fields.read("poll", duration, timedelta(seconds=5), "a duration like 5 s"),
        largest_file=fields.read("largest_file", size, 1 << 30, "a size like 100 MB"),
        alert=_alert(fields.fields("alert")),
        python=tuple(fields.texts("python")),
        as2=_as2(fields.fields("as2"), path.parent),
    )
    fields.finish()
    if faults:
        raise DefinitionError(faults)
    return settings


_ADDRESSES = {
    "x12": re.compile(r"([A-Z0-9]{2}):([!-~](?:[ -~]{0,13}[!-~])?)"),
    "edifact": re.compile(r"(?:([A-Z0-9]{1,4}):)?([^\s:](?:[^\x00-\x1f:]{0,33}[^\s:])?)"),
}
"""What ISA05 to ISA08 and UNB S002 and S003 can hold."""


def address(dialect: str) -> Callable[[str], Address]:
    """A reader of `ZZ:NORTHFIELD`, in EDIFACT also of `4012345000009` without a qualifier; it
    raises ValueError."""

    def read(text: str) -> Address:
        match = _ADDRESSES[dialect].fullmatch(text.strip())
        if match is None:
            raise ValueError(text)
        return Address(match[1] or "", match[2])

    return read


def address_form(dialect: str) -> str:
    """What an identifier looks like, in words."""
    example = "ZZ:NORTHFIELD, two and at most 15 characters"
    return f"an identifier like {example if dialect == 'x12' else '14:4012345000009'}"


def _identifiers(entries: Fields | None, parent: Fields) -> dict[str, Address]:
    if entries is None:
        parent.fault(parent.node, "identifiers: name ours, at least one of x12 and edifact")
        return {}
    nobody = Address("", "")
    found = {
        dialect: entries.read(dialect, address(dialect), nobody, address_form(dialect))
        for dialect in DIALECTS
    }
    entries.finish()
    return {dialect: one for dialect, one in found.items() if one != nobody}


def _database(text: str) -> str:
    if not _DATABASE.fullmatch(text):
        raise ValueError(text)
    return text


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(text) from error


def _alert(fields: Fields | None) -> Alert:
    if fields is None:
        return Alert()
    command = tuple(fields.texts("command"))
    webhook = fields.text("webhook", "")
    if webhook and not webhook.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        fields.fault(fields.node, "alert: the webhook must be an https address")
    fields.finish()
    return Alert(command, webhook)


def _as2(fields: Fields | None, folder: Path) -> As2Settings | None:
    if fields is None:
        return None
    host, port = fields.read("listen", _listen, ("", 0), "an address like 127.0.0.1:10080")
    password = fields.fields("key_password")
    file = password.text("file", "") if password else ""
    variable = password.text("variable", "") if password else ""
    if password:
        password.finish()
    url = fields.text("url", "")
    if url and not url.startswith(("https://", "http://")):
        fields.fault(fields.node, f"url: {url!r} is not an address like https://edi.example/as2")
    proxy = fields.text("proxy", "")
    if proxy and not _PROXY.fullmatch(proxy):
        fields.fault(fields.node, f"proxy: {proxy!r} is not an address like http://proxy:3128")
    settings = As2Settings(
        id=fields.text("id"),
        host=host,
        port=port,
        url=url,
        tls=fields.choice("tls", ("yes", "no"), "no") == "yes",
        proxy=proxy,
        largest=fields.read("largest", size, 1 << 30, "a size like 1 GB"),
        password_variable=variable or ("" if file else PASSWORD_VARIABLE),
        password_file=folder / file if file else None,
    )
    fields.finish()
    return settings


def _listen(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if not host or not 0 <= int(port) < 1 << 16:
        raise ValueError(text)
    return host, int(port)
