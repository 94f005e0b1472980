"""An interchange whose control number was used before, beside the one that had it first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from gateway.edi.difference import Difference
from gateway.edi.difference import first_difference
from gateway.edi.finding import Code
from gateway.engine.deciding import chunks_of
from gateway.store import Hold
from gateway.store import Interchange
from gateway.store import Transaction


@dataclass(frozen=True, slots=True)
class Earlier:
    """The interchange that had the number first, in which file it came and when, and where the
    held one differs from it: None where only what stands between segments does."""

    id: str
    name: str
    at: datetime
    state: str
    difference: Difference | None


def earlier_of(tx: Transaction, hold: Hold) -> Earlier | None:
    """What a held interchange is in conflict with, if that is why it is held."""
    ids = [
        finding.detail["original"]
        for finding in hold.findings
        if finding.code is Code.INTERCHANGE_CONFLICT
    ]
    if not ids:
        return None
    earlier, held = tx.interchanges.get(ids[0]), tx.interchanges.get(hold.target)
    name = tx.transmissions.get(earlier.transmission).name if earlier.transmission else ""
    difference = first_difference(_bytes(tx, earlier), _bytes(tx, held))
    return Earlier(earlier.id, name, earlier.created_at, earlier.state.value, difference)


def _bytes(tx: Transaction, interchange: Interchange) -> Iterator[bytes]:
    with tx.payloads.open(interchange.payload) as source:
        yield from chunks_of(source, interchange.offset, interchange.size)
