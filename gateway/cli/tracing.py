"""`trace`: where an order, invoice, control number, file or id is, and how it got there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
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
from gateway.cli.seeing import document_facts

if TYPE_CHECKING:
    from gateway.store import As2Message
    from gateway.store import Trace


@click.command("trace")
@click.argument("key")
@click.option("--bytes", "bytes_", is_flag=True, help="Print the bytes of one file and no more.")
@as_json
@click.pass_obj
def trace_command(home: Path, key: str, bytes_: bool, json_: bool) -> None:
    """The life of an order, invoice, control number, file name or id; or with --bytes a file, as
    it came or would go.

    Example: gateway trace 4500123456
    """
    if bytes_:
        _write_bytes(home, key)
        return
    found, nothing = _find(home, key)
    if json_:
        print_json(_trace_json(found))
    if nothing is not None:
        raise nothing
    if not json_:
        _print_trace(found)


def _find(home: Path, key: str) -> tuple[Trace, Failure | None]:
    """What the key leads to, and why that is nothing."""
    from gateway.store import Trace

    try:
        with open_to_read(home) as gateway, gateway.store.reading() as tx:
            found = tx.trace(key)
    except NothingYet as error:
        return Trace(key), error
    sentence = (
        f"nothing here is called {key}: give an order, document or control number, "
        "a file name or an id"
    )
    return found, None if found else Failure(sentence)


def _write_bytes(home: Path, key: str) -> None:
    """Those of the one file, interchange or document that is called so; of an interchange its own
    alone, also where its file has others."""
    with open_to_read(home) as gateway, gateway.store.reading() as tx:
        found = tx.trace(key)
        whole = [one.payload for one in found.transmissions if key in (one.id, one.name)]
        whole += [one.payload for one in found.documents if one.id == key]
        whole += [one.payload for one in found.publications if one.name == key]
        contents = {tx.payloads.get(payload) for payload in whole}
        for one in found.interchanges:
            if key in (one.id, one.reference):
                contents.add(tx.payloads.get(one.payload)[one.offset : one.offset + one.size])
    if len(contents) != 1:
        which = f"{len(contents)} of them" if contents else "nothing"
        raise Failure(
            f"{which} called {key} has bytes of its own: give the name of one file, or an id "
            "that `gateway trace KEY --json` shows"
        )
    sys.stdout.buffer.write(contents.pop())


def _print_trace(found: Trace) -> None:
    rows = [
        (one.direction.value, one.type, one.number, one.state.value, one.id)
        for one in found.documents
    ]
    print_table(f"Documents of {found.key}", ("", "type", "number", "state", "id"), rows)
    for document in found.documents:
        if document.findings:
            click.echo(f"Findings of {document.type} {document.number}")
            print_findings(document.findings)
    for file in found.transmissions:
        if file.state in ("held", "rejected") and file.findings:
            click.echo(f"Findings of {file.name}")
            print_findings(file.findings)
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
            f"{word} {' and '.join(value) if isinstance(value, list) else value}"
            for word, value in entry.detail.items()
            if word not in hidden and value not in (None, "", [])
        ]
        codes = [*entry.detail.get("findings", ()), *entry.detail.get("errors", ())]
        yield f"{entry.at:%Y-%m-%d %H:%M:%S}Z", entry.event, ", ".join(facts + codes)


def _trace_json(found: Trace) -> dict[str, Any]:
    from gateway.edi.sentences import finding_json

    return {
        "key": found.key,
        "documents": [
            document_facts(one) | {"findings": [finding_json(each) for each in one.findings]}
            for one in found.documents
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
