"""What a partner posted, and its row with the raw bytes."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from gateway.as2 import Entity
from gateway.as2 import Request
from gateway.engine.gateway import Step
from gateway.partner.partner import Partner
from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import Direction
from gateway.transport.http_server import Head


@dataclass(frozen=True, slots=True)
class Posted:
    """An admitted request that came whole."""

    partner: Partner
    request: Request
    head: Head
    entity: Entity

    def keep(self, step: Step) -> str:
        """The raw bytes in the store; their hash."""
        body = self.entity.body
        return step.tx.payloads.add_chunks(body.chunks(), len(body))

    def store(
        self, known: As2Message | None, step: Step, state: As2State, changes: dict[str, Any]
    ) -> As2Message:
        """The message's row with the raw bytes, for a message of which nothing was accepted, and
        what became of it."""
        partner, request = self.partner, self.request
        wire: dict[str, Any] = {"headers": _kept(self.head), "payload": self.keep(step)}
        message = known or _new_message(step, partner, request)
        kept = replace(message, state=state, **wire, **changes)
        if known is None:
            step.tx.as2.add(kept)
        else:
            _store_again(step, kept, known, wire | changes)
        step.record(
            "as2-received",
            partner=partner.name,
            message=kept.id,
            message_id=request.message_id,
            address=self.head.address,
        )
        return kept


def _store_again(step: Step, kept: As2Message, known: As2Message, changes: dict[str, Any]) -> None:
    """A message that was refused is received afresh."""
    if known.state is As2State.REFUSED:
        step.tx.as2.move(known.id, As2State.RECEIVED, **changes)
    else:
        step.tx.as2.change(known.id, **changes)
    if kept.state is not As2State.RECEIVED:
        step.tx.as2.move(known.id, kept.state)


def _kept(head: Head) -> tuple[tuple[str, str], ...]:
    """The header fields as they came, but for the password."""
    return tuple(field for field in head.headers if field[0].lower() != "authorization")


def _new_message(step: Step, partner: Partner, request: Request) -> As2Message:
    unique = step.gateway.new_id()
    return As2Message(
        id=unique,
        partner=partner.name,
        direction=Direction.IN,
        # one that is missing is refused, but must not stand in the way of the next
        message_id=request.message_id or f"none:{unique}",
        name=f"as2-{unique}.edi",
        state=As2State.RECEIVED,
        created_at=step.at,
    )
