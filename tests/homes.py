"""Homes to test in, and a gateway of one worked in this process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from gateway.partner.partner import Partner

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "tests" / "demo"

Run = Callable[..., subprocess.CompletedProcess[str]]


HARBOR = """\
name: Harbor Medical Supply
dialect: x12
identifier: ZZ:HARBORMED
acknowledgment_deadline: 4 hours
"""
ALPENMED = """\
name: Alpenmed GmbH
dialect: edifact
identifier: 14:4098765000003
association: EAN008
acknowledgment_deadline: 1 day
"""


TELL = """\
import sys
with open({file!r}, "a") as told:
    told.write(sys.stdin.read())
"""
"""Alerts are written to a file, one a line."""


def tell_alerts(home: Path) -> None:
    """Has the home's alerts written to its alerts.jsonl."""
    script = home / "tell.py"
    script.write_text(TELL.format(file=str(home / "alerts.jsonl")))
    settings = home / "gateway.yaml"
    command = json.dumps([sys.executable, str(script)])
    settings.write_text(settings.read_text() + f"alert: {{command: {command}}}\n")


def make_plain_home(folder: Path) -> Path:
    """A home whose two partners take every set by its base map."""
    for name, text in (("harbor-medical", HARBOR), ("alpenmed", ALPENMED)):
        (folder / "partners" / name).mkdir(parents=True)
        (folder / "partners" / name / "partner.yaml").write_text(text)
    return _settle(folder)


def make_home(folder: Path) -> Path:
    """A home with the two example partners and their overlays."""
    shutil.copytree(ROOT / "partners", folder / "partners")
    return _settle(folder)


def _settle(folder: Path) -> Path:
    """It takes files as soon as it sees them."""
    from gateway.engine.home import Home
    from gateway.engine.starter import STARTER

    settings = STARTER.replace("settle: 1 s", "settle: 0 s").replace("60 s", "0 s")
    (folder / "gateway.yaml").write_text(settings.replace("poll: 5 s", "poll: 1 s"))
    for partner in ("harbor-medical", "alpenmed"):
        Home(folder).make_folders(partner)
    return folder


def sample(name: str, **numbers: str) -> str:
    """A document of the demo, with its numbers filled in."""
    text = (SAMPLES / name).read_text("utf-8")
    for word, value in numbers.items():
        text = text.replace("{" + word + "}", value)
    return text


def partners_of(home: Path) -> dict[str, Partner]:
    """Every partner of a home. Raises DefinitionError with the faults of all of them."""
    from gateway.edi.finding import DefinitionError
    from gateway.partner.partner import try_partners
    from gateway.partner.settings import load_settings

    partners, broken = try_partners(home / "partners", load_settings(home / "gateway.yaml"), {})
    if broken:
        raise DefinitionError([fault for faults in broken.values() for fault in faults])
    return partners


class Desk:
    """A home at work: `drop` files, let it `work`, look at what came out. `later` moves time."""

    def __init__(self, home: Path) -> None:
        from gateway.engine.gateway import open_gateway
        from gateway.engine.ids import utc_now
        from gateway.engine.working import Worker

        self.home = home
        self.later = timedelta()
        self.gateway = open_gateway(home)
        self.gateway.clock = lambda: utc_now() + self.later
        self.worker = Worker(self.gateway)
        self.worker.start()

    def change(self, file: str, old: str, new: str) -> None:
        """Edits a definition file of the home, and takes it up."""
        path = self.home / file
        text = path.read_text()
        assert old in text, text
        path.write_text(text.replace(old, new))
        assert "error" not in self.act(command="reload")

    def close(self) -> None:
        self.gateway.store.close()

    def drop(self, folder: str, name: str, content: str | bytes) -> None:
        data = content.encode() if isinstance(content, str) else content
        (self.home / folder / name).write_bytes(data)

    def receive(self, partner: str, content: str | bytes, name: str = "in.edi") -> None:
        """A file of the partner's, worked to its end."""
        self.drop(f"inbox/{partner}/edi", name, content)
        self.work()

    def send(self, partner: str, document: object, name: str = "order.json") -> dict[str, Any]:
        """A document dropped for the partner, worked to its end; its receipt."""
        text = document if isinstance(document, str | bytes) else json.dumps(document)
        self.drop(f"outbox/{partner}/documents", name, text)
        self.work()
        return self.receipt(partner, name)

    def work(self) -> None:
        from gateway.engine.overseeing import send_alerts

        while self.worker.round():
            pass
        send_alerts(self.gateway)

    def act(self, **request: str) -> dict[str, Any]:
        """A command, as the running gateway carries it out."""
        from gateway.engine.commanding import act

        reply = act(self.worker, self.gateway, {"who": "sam", **request})
        self.work()
        return reply

    def files(self, folder: str, pattern: str = "*") -> list[Path]:
        return sorted(path for path in (self.home / folder).glob(pattern) if path.is_file())

    def sent(self, partner: str, pattern: str = "*") -> list[str]:
        """What lies in outbox/edi for the partner, oldest first."""
        return [path.read_text() for path in self.files(f"outbox/{partner}/edi", f"{pattern}.edi")]

    def documents(self, partner: str, folder: str = "documents") -> list[dict[str, Any]]:
        found = self.files(f"inbox/{partner}/{folder}", "*.json")
        return [json.loads(path.read_text()) for path in found]

    def numbers(self, partner: str = "harbor-medical", folder: str = "documents") -> list[str]:
        """Those of the documents that lie there for the ERP."""
        return sorted(one["data"]["id"] for one in self.documents(partner, folder))

    def receipt(self, partner: str, name: str = "order.json") -> dict[str, Any]:
        path = self.home / f"outbox/{partner}/receipts/{name}.receipt.json"
        return json.loads(path.read_text()) if path.is_file() else {}

    def held(self) -> list[Any]:
        with self.gateway.store.reading() as tx:
            return tx.holds.unresolved()

    def held_codes(self) -> list[str]:
        return [finding.code.value for hold in self.held() for finding in hold.findings]

    def held_bytes(self) -> bytes:
        """The bytes of the one thing that is held."""
        [hold] = self.held()
        with self.gateway.store.reading() as tx:
            return tx.payloads.get(tx.transmissions.get(hold.target).payload)

    def events(self) -> list[str]:
        with self.gateway.store.reading() as tx:
            return [entry.event for entry in tx.journal.after(0)]
