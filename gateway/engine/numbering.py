"""The control numbers we draw for a partner: which come next, and from where on."""

from __future__ import annotations

from gateway.edi.dialect import X12
from gateway.engine.gateway import Gateway
from gateway.partner.partner import Partner
from gateway.store import MoveRefusedError
from gateway.store import NotFoundError
from gateway.store import Transaction


def upcoming(tx: Transaction, partner: Partner) -> dict[str, int]:
    """The number the next interchange and, in X12, the next group gets, by kind."""
    drawn, name = tx.control_numbers.upcoming(partner.name), partner.dialect.name
    levels = ("interchange", "group") if partner.dialect is X12 else ("interchange",)
    return {f"{name}.{level}": drawn.get(f"{name}.{level}", 1) for level in levels}


def draw_from(gateway: Gateway, name: str, number: int, who: str) -> dict[str, int]:
    """Draws a partner's numbers from this one on; what `upcoming` says then.

    Raises NotFoundError for nobody we know, MoveRefusedError where one would be drawn twice.
    """
    partner = gateway.partners.get(name)
    if partner is None:
        raise NotFoundError(f"no partner {name}: see `gateway partner list`")
    with gateway.step("resolve") as step:
        now = upcoming(step.tx, partner)
        if number < max(now.values()):
            raise MoveRefusedError(
                f"numbers up to {max(now.values()) - 1} were drawn for {name} already: give a "
                "higher one"
            )
        for kind in now:
            step.tx.control_numbers.start_at(name, kind, number)
        step.record("control-numbers-set", partner=name, number=number, who=who)
        return upcoming(step.tx, partner)
