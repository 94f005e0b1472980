"""`status`: what waits, what is late, what is held, what needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

from gateway.cli.console import OwnFault
from gateway.cli.console import as_json
from gateway.cli.console import print_json
from gateway.cli.console import print_table
from gateway.cli.reading import NothingYet
from gateway.cli.reading import open_to_read
from gateway.cli.reading import require_home

if TYPE_CHECKING:
    from gateway.engine.expiring import Expiring
    from gateway.engine.home import Home
    from gateway.store import As2Message
    from gateway.store import Count
    from gateway.store import Document
    from gateway.store import Hold
    from gateway.store import Transmission

_REFUSED_WITHIN = timedelta(days=7)
_MOST = 100


@click.command("status")
@as_json
@click.pass_obj
def status_command(home: Path, json_: bool) -> None:
    """One screen: is it running, what waits, what is late, what is held, what needs a person.

    Example: gateway status
    """
    seen = _look(home)
    if json_:
        print_json(_facts(seen))
    else:
        _print_seen(seen)
    if seen.unread:
        raise OwnFault(seen.unread)


def _facts(seen: _Seen) -> dict[str, Any]:
    return {
        "running": seen.running,
        "faults": seen.faults,
        "folders": seen.folders,
        "counts": [_count(count) for count in seen.counts],
        "held": [{"id": hold.id, "partner": hold.partner} for hold in seen.holds],
        "unsent": [
            {"partner": one.partner, "name": one.name, "tries": one.attempts, "next": one.next_at}
            for one in seen.unsent
        ],
        "overdue": [document_facts(document) for document in seen.late],
        "rejected": [document_facts(document) for document in seen.rejected],
        "refused": [
            {
                "partner": one.partner,
                "name": one.name,
                "at": one.received_at,
                "findings": _codes(one),
            }
            for one in seen.refused
        ],
        "turned_away": [
            {
                "partner": one.partner,
                "message_id": one.message_id,
                "at": one.created_at,
                "disposition": one.disposition,
            }
            for one in seen.turned_away
        ],
        "expiring": [
            {"file": one.file, "use": list(one.uses), "days": one.days} for one in seen.expiring
        ],
    }


def _print_seen(seen: _Seen) -> None:
    stopped = f"not running; {seen.nothing or 'start it: gateway run'}"
    click.echo(f"Gateway: {'running' if seen.running else stopped}")
    if not seen.nothing and not seen.unread:
        print_table(
            "Counts",
            ("noun", "partner", "direction", "state", "count", "oldest"),
            [tuple(_count(count).values()) for count in seen.counts],
        )
    _print_waiting(seen.folders)
    _print_needs(seen)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One look at a home: what runs, lies in folders, is held, late or rejected; what was refused
    of the ERP's drops, and turned away of what partners posted. `nothing` says that it never ran,
    `unread` why its database cannot be read."""

    running: bool = False
    nothing: str = ""
    unread: str = ""
    faults: Sequence[str] = ()
    folders: Sequence[dict[str, Any]] = ()
    counts: Sequence[Count] = ()
    holds: Sequence[Hold] = ()
    unsent: Sequence[As2Message] = ()
    late: Sequence[Document] = ()
    rejected: Sequence[Document] = ()
    refused: Sequence[Transmission] = ()
    turned_away: Sequence[As2Message] = ()
    expiring: Sequence[Expiring] = ()


def _look(home: Path) -> _Seen:
    from gateway.edi.finding import TransientError
    from gateway.engine.expiring import expiring
    from gateway.engine.home import Home
    from gateway.engine.ids import utc_now
    from gateway.engine.mending import to_mend
    from gateway.partner.settings import load_settings
    from gateway.transport import ask

    require_home(home)
    place = Home(home.resolve())
    settings = load_settings(place.settings)
    try:
        reply = ask(place.socket, {"command": "ping"}, timeout=5)
    except TransientError as error:
        reply = {"troubles": [f"{error}: it is very busy or was stopped"]}
    seen = _Seen(
        running=reply is not None,
        faults=to_mend(place, settings, reply),
        folders=_folders(place),
        expiring=expiring(place, settings, utc_now()),
    )
    try:
        return _with_stored(seen, home)
    except NothingYet as nothing:
        return replace(seen, nothing=nothing.message)
    except (OwnFault, TransientError) as error:
        known = any(fault.startswith(str(error)) for fault in seen.faults)
        faults = seen.faults if known else [*seen.faults, str(error)]
        return replace(seen, faults=faults, unread=str(error))


def _with_stored(seen: _Seen, home: Path) -> _Seen:
    from gateway.engine.ids import utc_now
    from gateway.store import Direction
    from gateway.store import DocumentState

    with open_to_read(home) as opened, opened.store.reading() as tx:
        rejected = tx.documents.listed(state=DocumentState.REJECTED)
        since, most = utc_now() - _REFUSED_WITHIN, _MOST + 1
        return replace(
            seen,
            counts=tx.counts(),
            holds=tx.holds.unresolved(),
            unsent=tx.as2.tried(),
            late=tx.documents.listed(state=DocumentState.OVERDUE),
            # one of theirs was rejected by a person, who knows of it
            rejected=[one for one in rejected if one.direction is Direction.OUT],
            refused=tx.transmissions.refused(since, limit=most),
            turned_away=tx.as2.refused(since, limit=most),
        )


def _folders(home: Home) -> list[dict[str, Any]]:
    """Files that lie in each partner's folders now."""
    from gateway.engine.home import FOLDERS

    found = []
    for partner in home.partner_names():
        for key in FOLDERS:
            folder = home.folder(key, partner)
            files = sum(1 for path in folder.glob("[!.]*") if path.is_file())
            if files:
                found.append({"partner": partner, "folder": key, "files": files})
    return found


def _print_waiting(folders: Sequence[dict[str, Any]]) -> None:
    if folders:
        columns = ("partner", "folder", "files")
        rows = [[folder[column] for column in columns] for folder in folders]
        print_table("In folders", columns, rows)


def _print_needs(seen: _Seen) -> None:
    needs = [
        *(f"to mend   {fault}" for fault in seen.faults),
        *(f"held      {one.partner}: {one.what} {one.id} ({_why(one)})" for one in seen.holds),
        *(f"not sent  {one.partner}: {one.name} ({_tries(one)})" for one in seen.unsent),
        *_lines("overdue", seen.late, seen.counts),
        *_lines("rejected", seen.rejected, seen.counts),
        *_refusals([f"{one.partner}: {one.name} ({_why(one)})" for one in seen.refused]),
        *_refusals([_turned_away(one) for one in seen.turned_away]),
        *(f"expiring  {one}" for one in seen.expiring),
    ]
    click.echo("Needs a person:" if needs else "Nothing needs a person.")
    for need in needs:
        click.echo(f"  {need}")
    if seen.holds:
        click.echo("Next: gateway held list")
    elif seen.unsent or seen.late or seen.rejected:
        click.echo("Next: gateway trace NUMBER")
    elif seen.refused:
        click.echo("Next: read outbox/PARTNER/receipts/NAME.receipt.json, mend it, drop it again")
    elif seen.turned_away:
        click.echo("Next: gateway trace MESSAGE-ID")
    elif any(fault.startswith("partners/") for fault in seen.faults):
        click.echo("Next: gateway partner check")
    elif seen.expiring:
        click.echo("Next: gateway cert list")


def _lines(state: str, listed: Sequence[Document], counts: Sequence[Count]) -> list[str]:
    """The documents of ours that are listed, and how many of their state there are beside them."""
    lines = [f"{state:9} {one.partner}: {one.type} {one.number}" for one in listed]
    ours = ("documents", "out", state)
    every = sum(one.count for one in counts if (one.noun, one.direction, one.state) == ours)
    more = every - len(listed)
    return [*lines, f"{state:9} and {more} older ones"] if more > 0 else lines


def _refusals(refused: Sequence[str]) -> list[str]:
    lines = [f"refused   {one}" for one in refused]
    return [*lines[:_MOST], "refused   and older ones"] if len(lines) > _MOST else lines


def _turned_away(message: As2Message) -> str:
    """A message of a partner's that was not taken, with what its receipt said."""
    said = (message.disposition or "").rpartition(": ")[2]
    return f"{message.partner}: AS2 message {message.message_id} ({said})"


def _tries(message: As2Message) -> str:
    next_at = f", next {message.next_at:%H:%M}Z" if message.next_at else ""
    return f"tries: {message.attempts}{next_at}"


def _why(found: Hold | Transmission) -> str:
    return ", ".join(_codes(found))


def _codes(found: Hold | Transmission) -> list[str]:
    return sorted({finding.code.value for finding in found.findings})


def _count(count: Count) -> dict[str, Any]:
    return {
        "noun": count.noun,
        "partner": count.partner,
        "direction": count.direction,
        "state": count.state,
        "count": count.count,
        "oldest": f"{count.oldest:%Y-%m-%d %H:%M}Z" if count.oldest else None,
    }


def document_facts(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "partner": document.partner,
        "direction": document.direction.value,
        "type": document.type,
        "number": document.number,
        "order": document.order_number,
        "state": document.state.value,
        "test": document.test,
        "at": document.updated_at,
    }
