"""Commands that change something: done by the running gateway, or here when none runs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from gateway.edi.finding import DefinitionError
from gateway.edi.finding import TransientError
from gateway.engine import resolving
from gateway.engine.confirming import settle_by_person
from gateway.engine.exchanging import Exchanging
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import open_gateway
from gateway.engine.home import Home
from gateway.engine.numbering import draw_from
from gateway.engine.overseeing import send_alerts
from gateway.engine.replaying import replay
from gateway.engine.working import Worker
from gateway.engine.working import attempt
from gateway.store import Hold
from gateway.store import StoreError
from gateway.transport import HomeLock
from gateway.transport import ask

Request = dict[str, Any]
Reply = dict[str, Any]

ANSWER_WITHIN = 60.0
"""Seconds; a round of work on the largest file must fit in."""


def act(worker: Worker, gateway: Gateway, request: Request) -> Reply:
    """One command carried out. The reply has `error` when it could not be done."""
    try:
        return attempt(
            lambda: _act(worker, gateway, request),
            lambda reason: {"error": f"the gateway failed on this: {reason}; report them"},
            about=str(request.get("key") or request.get("command")),
        )
    except (TransientError, OSError) as error:
        return {"error": str(error)}


def _act(worker: Worker, gateway: Gateway, request: Request) -> Reply:
    who, key, note = (str(request.get(name) or "") for name in ("who", "key", "note"))
    try:
        match request.get("command"):
            case "release":
                return _release(worker, gateway, resolving.release(gateway, key, who, note or None))
            case "reject":
                return {"hold": resolving.reject(gateway, key, who, note or None).id}
            case "resend":
                return resolving.resend(gateway, key, who)
            case "settle":
                return {"document": settle_by_person(gateway, key, who, note)}
            case "replay":
                return asdict(replay(gateway, key, who))
            case "numbers":
                return {"numbers": draw_from(gateway, key, int(request["next"]), who)}
            case "reload":
                gateway.reload()
                worker.start()
                return {"partners": sorted(gateway.partners), "broken": gateway.broken}
            case "offer" | "accept-offer" | "reject-offer":
                from gateway.engine.offering import act_on_offer  # loads cryptography

                return act_on_offer(gateway, request)
    except (StoreError, DefinitionError) as error:
        return {"error": str(error)}
    return {"error": f"no such command: {request.get('command')}"}


def _release(worker: Worker, gateway: Gateway, hold: Hold) -> Reply:
    """A released file is tried at once: `held_again` is its new hold, if it still cannot go on."""
    if hold.what != "transmission":
        return {"hold": hold.id, "held_again": None}
    with gateway.store.reading() as tx:
        transmission = tx.transmissions.get(hold.target)
    worker.translate(transmission)
    with gateway.store.reading() as tx:
        again = tx.holds.find_open(hold.target)
    return {"hold": hold.id, "held_again": again.id if again else None}


def command(root: Path, request: Request) -> Reply:
    """Asks the running gateway of this home, or does it here under the lock when none runs.

    Raises HomeLockedError where another command works in this home, DefinitionError, StoreError,
    TransientError.
    """
    home = Home(root.resolve())
    try:
        reply = ask(home.socket, request, timeout=ANSWER_WITHIN)
    except TransientError as error:
        raise TransientError(f"{error}; it may do this later: look before you repeat it") from error
    if reply is not None:
        return reply
    with HomeLock(home.lock):
        gateway = open_gateway(root)
        try:
            worker = Worker(gateway)
            reply = act(worker, gateway, request)
            if "error" not in reply:
                worker.start()
                while worker.round():
                    pass
                with Exchanging(gateway) as exchanging:
                    exchanging.drain(worker)
                send_alerts(gateway)
            return reply
        finally:
            gateway.store.close()
