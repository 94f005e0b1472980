"""Two homes that trade by AS2 with each other, worked in this process over real HTTP."""

from __future__ import annotations

import json
import random
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from homes import Desk

from gateway.as2.issuing import issue
from gateway.engine.as2_working import Exchange
from gateway.store import As2Message

PASSWORD = "a password of a test"
SETTINGS = """\
name: {title}
identifiers:
  x12: ZZ:{identifier}
time_zone: UTC
settle: 0 s
patience: 0 s
poll: 1 s
as2:
  id: {identifier}
  listen: 127.0.0.1:{port}
  url: http://127.0.0.1:{port}/
  key_password: {{file: password}}
"""
PARTNER = """\
name: {title}
dialect: x12
identifier: ZZ:{identifier}
acknowledgment_deadline: 4 hours
as2:
  id: {identifier}
  url: http://127.0.0.1:{port}/
  receipt_urls: ["127.0.0.1:{port}"]
"""
OURS = "- {file: own.pem, key: own.key, use: [sign, decrypt]}\n"
THEIRS = "- {file: their.pem, use: [verify, encrypt]}\n"
NORTH = ("northfield", "Northfield Hospitals", "NORTHFIELD")
HARBOR = ("harbor-medical", "Harbor Medical Supply", "HARBORMED")


@cache
def key_of(name: str, number: int) -> tuple[bytes, bytes]:
    now = datetime.now(UTC)
    start, end = now - timedelta(days=1), now + timedelta(days=365)
    hosts = ("localhost",)
    return issue(
        f"{name} {number}", PASSWORD.encode(), start=start, end=end, hosts=hosts, kind="rsa-2048"
    )


def free_port() -> int:
    """A port below those the system gives to outgoing connections, which would take it again."""
    dice = random.SystemRandom()
    while True:
        port = dice.randrange(12_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def write_private(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o600)


def make_as2_home(folder: Path, us: tuple[str, str, str], them: tuple[str, str, str]) -> None:
    """One of two homes; its port is in its gateway.yaml already or chosen now."""
    ours, theirs = key_of(us[0], 1), key_of(them[0], 1)
    write_private(folder / "password", PASSWORD.encode())
    write_private(folder / "certs/own.key", ours[0])
    write_private(folder / "certs/own.pem", ours[1])
    (folder / "certs/certificates.yaml").write_text(OURS)
    certs = folder / "partners" / them[0] / "certs"
    write_private(certs / "their.pem", theirs[1])
    (certs / "certificates.yaml").write_text(THEIRS)


def make_pair(folder: Path, changes: dict[str, str] | None = None) -> tuple[Path, Path]:
    """Northfield's home and Harbor's; `changes` are lines added to the `as2:` of both partners."""
    ports = {NORTH: free_port(), HARBOR: free_port()}
    homes = []
    for us, them in ((NORTH, HARBOR), (HARBOR, NORTH)):
        home = folder / us[0]
        make_as2_home(home, us, them)
        text = SETTINGS.format(title=us[1], identifier=us[2], port=ports[us])
        (home / "gateway.yaml").write_text(text)
        text = PARTNER.format(title=them[1], identifier=them[2], port=ports[them])
        text += "".join(f"  {key}: {value}\n" for key, value in (changes or {}).items())
        (home / "partners" / them[0] / "partner.yaml").write_text(text)
        homes.append(home)
    return homes[0], homes[1]


class As2Desk(Desk):
    """A home that trades by AS2: `open` to be reachable, `work` until nothing more comes."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.exchange = Exchange(self.gateway)

    def open(self) -> None:
        self.exchange.listen()

    def close(self) -> None:
        self.exchange.__exit__(None, None, None)
        super().close()

    def work(self) -> None:
        super().work()
        while self.exchange.drain():
            super().work()

    @property
    def partner(self) -> str:
        [name] = self.gateway.partners
        return name

    def messages(self, direction: str = "out") -> list[As2Message]:
        with self.gateway.store.reading() as tx:
            every = tx.as2._listed()
        return [one for one in every if one.direction == direction]

    def message(self, direction: str = "out") -> As2Message:
        [one] = self.messages(direction)
        return one

    def entry(self, event: str) -> dict[str, Any]:
        """The detail of the last journal entry of this event."""
        with self.gateway.store.reading() as tx:
            found = [entry for entry in tx.journal.after(0) if entry.event == event]
        assert found, self.events()
        return found[-1].detail


def until(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What the condition becomes once it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come true in time")


def read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text()) if path.is_file() else {}


def partner_port(home: Path) -> int:
    """Where this home posts to."""
    [settings] = (home / "partners").glob("*/partner.yaml")
    return int(settings.read_text().split("127.0.0.1:")[1].split("/")[0])
