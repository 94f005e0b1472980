"""Certificates a partner has offered by a certificate exchange message, until a person decides.

Each is a file of its own in `certs/offered` of the partner: what it is for, by when they want an
answer, and the certificate. Nothing is believed because it stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.as2 import Certificate
from gateway.as2 import Offer
from gateway.as2 import read_certificates
from gateway.as2 import write_certificates
from gateway.definition import Fields
from gateway.definition import load
from gateway.definition import write_line
from gateway.edi.finding import DefinitionError
from gateway.partner.certificates import THEIR_USES

OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer as it is kept: `key` is what a person knows it by, `request_id` what the partner
    does."""

    key: str
    request_id: str
    offer: Offer


def key_of(offer: Offer) -> str:
    """The beginning of its certificate's fingerprint."""
    return offer.certificate.fingerprint[:16]


def load_offered(folder: Path, name: str) -> list[Offered]:
    """What is in `certs/offered`; `name` is how messages call it. Raises DefinitionError."""
    faults: list[str] = []
    files = sorted(folder.glob("*.yaml"))
    found = [_read(path, f"{name}/{path.name}", faults) for path in files]
    if faults:
        raise DefinitionError(faults)
    return [one for one in found if one is not None]


def _read(path: Path, name: str, faults: list[str]) -> Offered | None:
    fields = Fields(load(path, name), "the offer", faults)
    before = len(faults)
    request_id, uses = fields.text("request"), tuple(fields.texts("use"))
    by = fields.read("respond_by", _moment, None, "a moment with its offset")
    found = fields.read("certificate", _certificate, None, "a certificate in PEM")
    if found is None or not uses or not {*uses} <= {*THEIR_USES}:
        fields.fault(fields.node, "the offer lacks its certificate or use")
    fields.finish()
    if len(faults) > before or found is None:
        return None
    return Offered(path.stem, request_id, Offer(found, uses, by))


def _moment(text: str) -> datetime | None:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _certificate(text: str) -> Certificate | None:
    [found] = read_certificates(text.encode())
    return found


def write_offered(request_id: str, offer: Offer) -> bytes:
    """The file of an offer."""
    fields: dict[str, str | list[str]] = {"request": request_id, "use": list(offer.uses)}
    if offer.respond_by is not None:
        fields["respond_by"] = offer.respond_by.isoformat()
    fields["certificate"] = write_certificates([offer.certificate]).decode()
    return f"{write_line(fields)}\n".encode()
