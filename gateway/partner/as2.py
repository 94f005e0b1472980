"""The `as2:` part of partner.yaml: what we ask of a partner's messages, and how ours are made.

Without any key but `id` and `url` everything is signed and encrypted with today's algorithms.
Whatever weakens that is a key of its own, and named in `weaker`, which `partner show` marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from pathlib import Path

from gateway.as2 import Certificate
from gateway.as2 import Pinned
from gateway.as2 import Policy
from gateway.as2 import Style
from gateway.as2.names import write_name
from gateway.definition import Fields
from gateway.partner.as2_style import read_policy
from gateway.partner.as2_style import read_style
from gateway.partner.as2_style import switch
from gateway.partner.as2_style import weakening
from gateway.partner.certificates import Described
from gateway.partner.certificates import load_described
from gateway.partner.certificates import pinned
from gateway.partner.certificates import read_secret
from gateway.partner.settings import As2Settings
from gateway.partner.settings import Settings
from gateway.partner.units import duration

_URL = re.compile(r"(https?)://(\[[0-9A-Fa-f:.]+\]|[^\s/:?#@\[\]]+)(?::(\d{1,5}))?(?:[/?]\S*)?")
_PORTS = {"https": "443", "http": "80"}
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 40))
"""The waits between tries of rfc4130bis 5.5."""


@dataclass(frozen=True, slots=True)
class As2Partner:
    """`receipt`: sync, async or none; `receipt_urls`: host:port of their addresses for receipts;
    `most_per_minute`: of their messages, 0 for any number; `verify` and `encrypt` are their
    certificates, `tls` and `client` those of their server and of their client; `weaker`: the
    settings that ask for less than the standard's best."""

    id: str
    our_id: str
    url: str
    receipt: str
    receipt_signed: bool
    receipt_deadline: timedelta
    receipt_urls: tuple[str, ...]
    retries: tuple[timedelta, ...]
    timeout: timedelta
    content_type: str
    most_per_minute: int
    user: str
    password: str
    plain_http: bool
    policy: Policy
    style: Style
    described: tuple[Described, ...]
    weaker: tuple[str, ...]

    @property
    def verify(self) -> tuple[Pinned, ...]:
        return pinned(self.described, "verify")

    @property
    def encrypt(self) -> tuple[Pinned, ...]:
        return pinned(self.described, "encrypt")

    def certificates(self, use: str, at: datetime) -> tuple[Certificate, ...]:
        """Every certificate of the files that are for a use (tls, client) at a moment."""
        return tuple(
            certificate
            for one in self.described
            if use in one.uses and one.window.holds(at)
            for certificate in one.certificates
        )

    def agreed_on(self, use: str) -> bool:
        """Whether there are certificates for a use (tls, client), in use now or not."""
        return any(use in one.uses for one in self.described)

    def takes_receipts_at(self, url: str) -> bool:
        """Whether an asynchronous receipt may be posted there."""
        found = _URL.fullmatch(url)
        if found is None:
            return False
        secure = found[1] == "https" or found[2] in _LOOPBACK or self.plain_http
        return secure and host_and_port(url) in self.receipt_urls

    def __repr__(self) -> str:
        return f"As2Partner({self.id!r}, {self.url!r})"


def read_as2(fields: Fields, folder: Path, settings: Settings, faults: list[str]) -> As2Partner:
    """The `as2:` mapping of a partner, with the certificates of its folder."""
    own = settings.as2
    if own is None:
        fields.fault(fields.node, "as2: gateway.yaml has no as2 part with our own id")
    weaker: list[str] = []
    name = f"partners/{folder.name}/certs"
    described = load_described(
        folder / "certs", settings.zone, ours=False, name=name, faults=faults
    )
    policy = read_policy(fields, own, weaker)
    style = read_style(fields, weaker)
    receipt = fields.choice("receipt", ("sync", "async", "none"), "sync")
    signed = switch(fields, "receipt_signed", default=True)
    weaker += ["receipt: none"] if receipt == "none" else []
    weaker += [] if signed else ["receipt_signed: no"]
    user = fields.text("user", "")
    password = _password(fields, folder, faults) if user else ""
    partner = As2Partner(
        id=fields.read("id", _name, "", "an AS2 name"),
        our_id=fields.read("our_id", _name, own.id if own else "", "an AS2 name"),
        url=_url(fields, weaker),
        receipt=receipt,
        receipt_signed=signed,
        receipt_deadline=_time(fields, "receipt_deadline", timedelta(hours=4)),
        receipt_urls=tuple(_host_and_port(fields, text) for text in fields.texts("receipt_urls")),
        retries=tuple(_wait(fields, text) for text in fields.texts("retry_after")) or RETRIES,
        timeout=_time(fields, "timeout", timedelta(seconds=60)),
        content_type=fields.text("content_type", ""),
        most_per_minute=fields.read("most_per_minute", _count, 0, "a number like 600"),
        user=user,
        password=password,
        plain_http="plain_http: yes" in weaker,
        policy=policy,
        style=style,
        described=described,
        weaker=tuple(weaker),
    )
    _check(partner, fields, own)
    fields.finish()
    return partner


def _check(partner: As2Partner, fields: Fields, own: As2Settings | None) -> None:
    """What would only fail when the first message comes or goes."""
    needs = {
        "verify": partner.policy.sign or (partner.receipt != "none" and partner.receipt_signed),
        "encrypt": partner.style.encrypt is not None and bool(partner.url),
    }
    for use, needed in needs.items():
        if needed and not pinned(partner.described, use):
            fields.fault(fields.node, f"as2: certs/certificates.yaml has none with use: {use}")
    if not partner.id:
        fields.fault(fields.node, "as2 lacks id: the partner's AS2 name")
    if partner.id and partner.id == partner.our_id:
        fields.fault(fields.node, "as2: id and our_id are the same name")
    if partner.receipt == "async" and own is not None and not own.url:
        fields.fault(fields.node, "receipt: async needs as2: url: in gateway.yaml")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 1_000_000):
        raise ValueError(text)
    return int(text)


def _name(text: str) -> str:
    write_name(text)
    return text


def _url(fields: Fields, weaker: list[str]) -> str:
    """Where their server is: https, or http on this machine or where a key says so."""
    text = fields.text("url", "")
    plain = weakening(fields, "plain_http", weaker)
    if not text:
        return text
    found = _URL.fullmatch(text)
    if found is None:
        fields.fault(fields.node, f"url: {text!r} is not an https address")
    elif found[1] == "http" and found[2] not in _LOOPBACK and not plain:
        fields.fault(fields.node, "url: use https, or set plain_http: yes")
    return text


def _host_and_port(fields: Fields, text: str) -> str:
    """`https://host:port/...` or `host:port` as `host:port`."""
    found = host_and_port(text if "://" in text else f"https://{text}")
    if not found:
        fields.fault(fields.node, f"receipt_urls: {text!r} is not a host:port")
    return found


def host_and_port(url: str) -> str:
    """The host and port an http or https URL leads to, or nothing."""
    found = _URL.fullmatch(url)
    return f"{found[2].lower()}:{found[3] or _PORTS[found[1]]}" if found else ""


def _time(fields: Fields, key: str, default: timedelta) -> timedelta:
    return fields.read(key, duration, default, "a duration like 4 hours")


def _wait(fields: Fields, text: str) -> timedelta:
    try:
        return duration(text)
    except ValueError:
        fields.fault(fields.node, f"retry_after: {text!r} is not a duration like 5 minutes")
        return timedelta()


def _password(fields: Fields, folder: Path, faults: list[str]) -> str:
    name = fields.text("password_file")
    return (read_secret(folder / name, faults, fields.node.place) or "") if name else ""
