"""`status` and `trace`: what waits, what is late, what is held, and where a document is."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

from gateway.cli.console import Failure
from gateway.cli.console import as_json
from gateway.cli.console import print_findings
from gateway.cli.console import print_json
from gateway.cli.console import print_table
from gateway.cli.reading import NothingYet
from gateway.cli.reading import open_to_read

if TYPE_CHECKING:
    from gateway.engine.expiring import Expiring
    from gateway.engine.home import Home
    from gateway.store import As2Message
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
    try:
        seen = _look(home)
    except NothingYet as nothing:
        if not json_:
            click.echo(f"Gateway: not running; {nothing.message}")
            return
        seen = _Seen()
    if json_:
        print_json(
            {
                "running": seen.running,
                "faults": seen.faults,
                "folders": seen.folders,
                "counts": [_count(count) for count in seen.counts],
                "held": [{"id": hold.id, "partner": hold.partner} for hold in seen.holds],
                "overdue": [_document(document) for document in seen.late],
                "rejected": [_document(document) for document in seen.rejected],
                "expiring": [
                    {"file": one.file, "use": list(one.uses), "days": one.days}
                    for one in seen.expiring
                ],
            }
        )
        return
    click.echo(f"Gateway: {'running' if seen.running else 'not running (start it: gateway run)'}")
    print_table(
        "Counts",
        ("noun", "partner", "direction", "state", "count", "oldest"),
        [tuple(_count(count).values()) for count in seen.counts],
    )
    _print_waiting(seen.folders)
    _print_needs(seen)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One look at a home: what runs, lies in folders, is held, late or rejected."""

    running: bool = False
    faults: Sequence[str] = ()
    folders: Sequence[dict[str, Any]] = ()
    counts: Sequence[Count] = ()
    holds: Sequence[Hold] = ()
    late: Sequence[Document] = ()
    rejected: Sequence[Document] = ()
    expiring: Sequence[Expiring] = ()


def _look(home: Path) -> _Seen:
    from gateway.engine.expiring import expiring
    from gateway.engine.ids import utc_now
    from gateway.partner.settings import load_settings
    from gateway.store import DocumentState
    from gateway.transport import ask

    with open_to_read(home) as opened, opened.store.reading() as tx:
        return _Seen(
            running=ask(opened.home.socket, {"command": "ping"}, timeout=5) is not None,
            faults=(*opened.faults, *_unclaimed(opened.home)),
            folders=_folders(opened.home),
            counts=tx.counts(),
            holds=tx.holds.unresolved(),
            late=tx.documents.listed(state=DocumentState.OVERDUE),
            rejected=tx.documents.listed(state=DocumentState.REJECTED),
            expiring=expiring(opened.home, load_settings(opened.home.settings), utc_now()),
        )


def _unclaimed(home: Home) -> Iterator[str]:
    """What lies in the folders of somebody who is not set up, where nobody would take it."""
    from gateway.engine.home import FOLDERS

    known = set(home.partner_names())
    for key in ("inbox/edi", "outbox/documents"):
        for folder in sorted(home.root.glob(FOLDERS[key].format(partner="*"))):
            name = folder.parent.name
            if name not in known and any(folder.glob("[!.]*")):
                place = folder.relative_to(home.root)
                yield f"{place}: files wait, and there is no partner {name}: gateway partner add"


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
        *(f"overdue   {one.partner}: {one.type} {one.number}" for one in seen.late),
        *(f"rejected  {one.partner}: {one.type} {one.number}" for one in seen.rejected),
        *(f"expiring  {one}" for one in seen.expiring),
    ]
    click.echo("Needs a person:" if needs else "Nothing needs a person.")
    for need in needs:
        click.echo(f"  {need}")
    if seen.holds:
        click.echo("Next: gateway held list")
    elif seen.late or seen.rejected:
        click.echo("Next: gateway trace NUMBER")
    elif seen.faults:
        click.echo("Next: gateway partner check")
    elif seen.expiring:
        click.echo("Next: gateway cert list")


def _why(hold: Hold) -> str:
    return ", ".join(sorted({finding.code.value for finding in hold.findings}))


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
    if not found:
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
    for document in found.documents:
        if document.findings:
            click.echo(f"Findings of {document.type} {document.number}")
            print_findings(document.findings)
    if found.as2:
        columns = ("", "message", "state", "receipt", "MIC")
        print_table("AS2 messages", columns, [_message_row(one) for one in found.as2])
    print_table("What happened", ("when", "event", "what"), _events(found))
    for hold in found.holds:
        if hold.resolved_at is None:
            click.echo(f"Held: gateway held show {hold.id}")


def _message_row(one: As2Message) -> tuple[str, str, str, str, str]:
    says = (one.disposition or "").partition("; ")[2]
    mic = one.mics[0] if one.mics else ""
    return one.direction.value, one.message_id, one.state.value, says, mic


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
    from gateway.engine.receipts import finding_json

    return {
        "key": found.key,
        "documents": [
            _document(document) | {"findings": [finding_json(one) for one in document.findings]}
            for document in found.documents
        ],
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
        "as2": [
            {
                "message_id": one.message_id,
                "direction": one.direction.value,
                "state": one.state.value,
                "disposition": one.disposition,
                "mics": list(one.mics),
                "attempts": one.attempts,
            }
            for one in found.as2
        ],
        "holds": [{"id": hold.id, "open": hold.resolved_at is None} for hold in found.holds],
        "journal": [
            {"at": entry.at, "event": entry.event, **entry.detail} for entry in found.journal
        ],
    }
