"""A partner has left AS2: what was to be posted goes into its folder.

Only who would post a message asks this (`as2_sending`), one message of a partner after the other,
so that nothing goes both ways.
"""

from __future__ import annotations

from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.sending import owe_file
from gateway.partner.partner import Partner
from gateway.store import As2Message
from gateway.store import As2State
from gateway.store import Resolution


def goes_by_folder(partner: Partner, message: As2Message) -> bool:
    """Whether the partner, to whom it was to go by AS2, collects its files now."""
    return message.interchange is not None and not (partner.as2 and partner.as2.url)


def hasten(gateway: Gateway) -> None:
    """What waits to be posted again to partners that collect their files goes now."""
    with gateway.store.reading() as tx:
        if not tx.as2.any_queued():
            return
    collect = [one.name for one in gateway.partners.values() if not (one.as2 and one.as2.url)]
    with gateway.step("as2-hasten") as step:
        step.tx.as2.hasten(step.at, collect)


def leave_as2(gateway: Gateway, message: As2Message) -> None:
    """What a message carries goes into the partner's folder: the same bytes, which are known by
    their control number should the partner have them. A receipt that comes late still counts."""
    with gateway.step("as2-sent") as step:
        if step.tx.as2.get(message.id).state is As2State.QUEUED:
            _leave(step, message)


def _leave(step: Step, message: As2Message) -> None:
    interchange = step.tx.interchanges.get(message.interchange or "")
    step.tx.as2.move(message.id, As2State.LEFT, next_at=None, receipt_due_at=None)
    hold = step.tx.holds.find_open(message.id)
    if hold is not None:
        note = "it goes into the partner's folder"
        released = Resolution.RELEASED
        step.tx.holds.resolve(hold.id, released, at=step.at, who="gateway", note=note)
    published = step.tx.publications.of_owner(interchange.id)
    if published:
        step.tx.publications.requeue(published[0].id)
    else:
        owe_file(step, interchange, message.name)
    step.record(
        "as2-left",
        partner=message.partner,
        interchange=interchange.id,
        message_id=message.message_id,
        name=message.name,
    )
