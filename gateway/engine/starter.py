"""What a fresh home starts with."""

from __future__ import annotations

import secrets
import shutil
from datetime import timedelta
from pathlib import Path

from gateway.engine.home import Home
from gateway.engine.home import beside_program
from gateway.engine.ids import utc_now

STARTER = """\
# Who we are. Identifiers are qualifier:id, as in ISA05/06 and UNB 0007/0004.
name: Northfield Hospitals
identifiers:
  x12: ZZ:NORTHFIELD
  edifact: 14:4012345000009
time_zone: America/Chicago

# A file is taken when its size and time have rested this long ...
settle: 1 s
# ... and, when it does not end with its own trailer, this long.
patience: 60 s
# How often the folders are looked through when no event comes.
poll: 5 s
largest_file: 1 GB

# Called with one JSON object on standard input when something is held, refused or overdue.
# alert:
#   command: [/usr/local/bin/tell-the-desk]
"""


def starter_partners() -> list[Path]:
    """The example partners' folders, of a checkout or of the installed package."""
    return sorted(path.parent for path in beside_program("partners").glob("*/partner.yaml"))


_PAIR = (
    ("northfield", "Northfield Hospitals", "NORTHFIELD"),
    ("harbor-medical", "Harbor Medical Supply", "HARBORMED"),
)
_PAIR_SETTINGS = """\
name: {title}
identifiers:
  x12: ZZ:{identifier}
settle: 0 s
as2:
  id: {identifier}
  listen: 127.0.0.1:{port}
  url: http://127.0.0.1:{port}/
  key_password: {{file: certs/password}}
"""
_PAIR_PARTNER = """\
name: {title}
dialect: x12
identifier: ZZ:{identifier}
as2:
  id: {identifier}
  url: http://127.0.0.1:{port}/
"""
_PAIR_CERTIFICATES = {
    "certs": "- {file: own.pem, key: own.key, use: [sign, decrypt]}\n",
    "theirs": "- {file: their.pem, use: [verify, encrypt]}\n",
}
_YEARS = timedelta(days=2 * 365)


def make_as2_pair(root: Path, ports: tuple[int, int]) -> list[Path]:
    """Two homes that trade by AS2 with each other on this machine; each has made its own key, and
    holds the other's certificate."""
    from gateway.as2.issuing import issue  # loads cryptography

    start = utc_now()
    homes, certificates = [root / name for name, _, _ in _PAIR], []
    for home, (_, title, identifier), port in zip(homes, _PAIR, ports, strict=True):
        password = secrets.token_urlsafe(24)
        key, certificate = issue(title, password.encode(), start=start, end=start + _YEARS)
        (home / "certs").mkdir(parents=True)
        _write_private(home / "certs/password", password.encode())
        _write_private(home / "certs/own.key", key)
        (home / "certs/own.pem").write_bytes(certificate)
        (home / "certs/certificates.yaml").write_text(_PAIR_CERTIFICATES["certs"], "utf-8")
        settings = _PAIR_SETTINGS.format(title=title, identifier=identifier, port=port)
        (home / "gateway.yaml").write_text(settings, "utf-8")
        certificates.append(certificate)
    for home, other in ((homes[0], 1), (homes[1], 0)):
        name, title, identifier = _PAIR[other]
        folder = home / "partners" / name
        (folder / "certs").mkdir(parents=True)
        text = _PAIR_PARTNER.format(title=title, identifier=identifier, port=ports[other])
        (folder / "partner.yaml").write_text(text, "utf-8")
        (folder / "certs/their.pem").write_bytes(certificates[other])
        (folder / "certs/certificates.yaml").write_text(_PAIR_CERTIFICATES["theirs"], "utf-8")
        # both know what Harbor does differently
        shutil.copytree(beside_program("partners") / _PAIR[1][0] / "maps", folder / "maps")
        Home(home).make_folders(name)
    return homes


def _write_private(path: Path, content: bytes) -> None:
    path.touch(0o600)
    path.write_bytes(content)
