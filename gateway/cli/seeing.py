"""`status` and `trace`: what waits, what is late, what is held, and where a document is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

from gateway.cli.console import Failure
from gateway.cli.console import as_json
from gateway.cli.console import print_json
from gateway.cli.console import print_table
from gateway.cli.reading import open_to_read

if TYPE_CHECKING:
    from gateway.engine.gateway import Gateway
    from gateway.store import Count
    from gateway.store import Document
    from gateway.store import Hold
    from gateway.store import Trace


@click.command("status")
@as_json
@click.pass_obj
def status_command(home: Path, json_: bool) -> None:
    """One screen: is it running, what waits, what is late, what is held, what needs a person.

    Example: gateway status
    """
    from gateway.store import DocumentState
    from gateway.transport import ask

    with open_to_read(home) as gateway:
        running = ask(gateway.home.socket, {"command": "ping"}, timeout=5) is not None
        with gateway.store.reading() as tx:
            counts = tx.counts()
            holds = tx.holds.unresolved()
            late = tx.documents.listed(state=DocumentState.OVERDUE)
            rejected = tx.documents.listed(state=DocumentState.REJECTED)
        folders = _folders(gateway)
    if json_:
        print_json(
            {
                "running": running,
                "folders": folders,
                "counts": [_count(count) for count in counts],
                "held": [{"id": hold.id, "partner": hold.partner} for hold in holds],
                "overdue": [_document(document) for document in late],
                "rejected": [_document(document) for document in rejected],
            }
        )
        return
    click.echo(f"Gateway: {'running' if running else 'not running (start it: gateway run)'}")
    print_table(
        "Counts",
        ("noun", "partner", "direction", "state", "count", "oldest"),
        [tuple(_count(count).values()) for count in counts],
    )
    _print_waiting(folders)
    _print_needs(holds, late, rejected)


def _folders(gateway: Gateway) -> list[dict[str, Any]]:
    """Files that lie in each partner's folders now."""
    from gateway.engine.home import FOLDERS

    found = []
    for partner in gateway.partners:
        for key in FOLDERS:
            folder = gateway.home.folder(key, partner)
            files = sum(1 for path in folder.glob("[!.]*") if path.is_file())
            if files:
                found.append({"partner": partner, "folder": key, "files": files})
    return found


def _print_waiting(folders: list[dict[str, Any]]) -> None:
    if folders:
        columns = ("partner", "folder", "files")
        rows = [[folder[column] for column in columns] for folder in folders]
        print_table("In folders", columns, rows)


def _print_needs(holds: list[Hold], late: list[Document], rejected: list[Document]) -> None:
    needs = [
        *(f"held      {hold.partner}: {hold.what} {hold.id}" for hold in holds),
        *(f"overdue   {one.partner}: {one.type} {one.number}" for one in late),
        *(f"rejected  {one.partner}: {one.type} {one.number}" for one in rejected),
    ]
    click.echo("Needs a person:" if needs else "Nothing needs a person.")
    for need in needs:
        click.echo(f"  {need}")
    if holds:
        click.echo("Next: gateway held list")
    elif needs:
        click.echo("Next: gateway trace NUMBER")


def _count(count: Count) -> dict[str, Any]:
    return {
        "noun": count.noun,
        "partner": count.partner,
        "direction": count.direction,
        "state": count.state,
        "count": count.count,
        "oldest": f"{count.oldest:%Y-%m-%d %H:%M}Z" if count.oldest else None,
    }


def _document(document: Document) -> dict[str, Any]:
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


@click.command("trace")
@click.argument("key")
@as_json
@click.pass_obj
def trace_command(home: Path, key: str, json_: bool) -> None:
    """The life of an order, invoice, control number, file name or id.

    Example: gateway trace 4500123456
    """
    with open_to_read(home) as gateway, gateway.store.reading() as tx:
        found = tx.trace(key)
    if not (found.transmissions or found.interchanges or found.documents):
        raise Failure(
            f"nothing here is called {key}: give an order, document or control number, "
            "a file name or an id"
        )
    if json_:
        print_json(_trace_json(found))
        return
    rows = [
        (one.direction.value, one.type, one.number, one.state.value, one.id)
        for one in found.documents
    ]
    print_table(f"Documents of {key}", ("", "type", "number", "state", "id"), rows)
    print_table("What happened", ("when", "event", "what"), _events(found))
    for hold in found.holds:
        if hold.resolved_at is None:
            click.echo(f"Held: gateway held show {hold.id}")


def _events(found: Trace) -> Iterator[tuple[str, str, str]]:
    hidden = {"findings", "errors"}
    for entry in found.journal:
        facts = [
            f"{word} {value}"
            for word, value in entry.detail.items()
            if word not in hidden and value not in (None, "", [])
        ]
        codes = [*entry.detail.get("findings", ()), *entry.detail.get("errors", ())]
        yield f"{entry.at:%Y-%m-%d %H:%M:%S}Z", entry.event, ", ".join(facts + codes)


def _trace_json(found: Trace) -> dict[str, Any]:
    return {
        "key": found.key,
        "documents": [_document(document) for document in found.documents],
        "interchanges": [
            {
                "id": one.id,
                "partner": one.partner,
                "direction": one.direction.value,
                "reference": one.reference,
                "state": one.state.value,
                "acknowledges": one.acknowledges,
            }
            for one in found.interchanges
        ],
        "sets": [
            {
                "kind": one.kind,
                "reference": one.reference,
                "verdict": one.verdict.value,
                "interchange": one.interchange,
                "document": one.document,
            }
            for one in found.sets
        ],
        "files": [
            {"id": one.id, "name": one.name, "direction": one.direction.value, "state": one.state}
            for one in found.transmissions
        ],
        "publications": [
            {"name": one.name, "folder": one.folder, "state": one.state.value}
            for one in found.publications
        ],
        "holds": [{"id": hold.id, "open": hold.resolved_at is None} for hold in found.holds],
        "journal": [
            {"at": entry.at, "event": entry.event, **entry.detail} for entry in found.journal
        ],
    }
