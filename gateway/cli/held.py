"""`held`, `resend`, `settle` and `replay`: what waits for a person, and what the person decides."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import asdict
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
from gateway.cli.reading import carried_out
from gateway.cli.reading import open_to_read

if TYPE_CHECKING:
    from gateway.engine.comparing import Earlier
    from gateway.store import Hold


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"user {os.getuid()}"


who_option = click.option("--who", default=_user, help="Who decides (default: you).")


@click.group("held")
def held_command() -> None:
    """What is held for a person: list, show, release, reject.

    Example: gateway held list
    """


@held_command.command("list")
@as_json
@click.pass_obj
def list_command(home: Path, json_: bool) -> None:
    """Everything that waits for a decision, the longest waiting first.

    Example: gateway held list
    """
    named = _unresolved(home)
    if json_:
        print_json([_summary(hold, name) for hold, name in named])
        return
    if not named:
        click.echo("Nothing is held.")
        return
    rows = [
        (
            hold.id,
            hold.partner,
            f"{hold.what} {name}",
            f"{hold.held_at:%Y-%m-%d %H:%M}Z",
            ", ".join(finding.code.value for finding in hold.findings),
        )
        for hold, name in named
    ]
    print_table("Held", ("id", "partner", "what", "since", "why"), rows)
    click.echo("Next: gateway held show ID")


def _unresolved(home: Path) -> list[tuple[Hold, str]]:
    """What is held, each with its name; nothing in a home that never received anything."""
    try:
        with open_to_read(home) as gateway, gateway.store.reading() as tx:
            return [(hold, _name(tx, hold)) for hold in tx.holds.unresolved()]
    except NothingYet:
        return []


def _target(tx: Any, hold: Any) -> Any:
    """The row of what is held."""
    nouns = {
        "transmission": tx.transmissions,
        "interchange": tx.interchanges,
        "set": tx.sets,
        "document": tx.documents,
        "as2": tx.as2,
    }
    return nouns[hold.what].get(hold.target)


def _name(tx: Any, hold: Any) -> str:
    """What a person knows it by: a file's name, an interchange's or set's number."""
    held = _target(tx, hold)
    match hold.what:
        case "transmission" | "as2":
            return str(held.name)
        case "interchange":
            return str(held.reference)
        case "document":
            return str(held.number)
    return f"{held.kind} {held.reference}"


def _summary(hold: Any, name: str) -> dict[str, Any]:
    from gateway.edi.sentences import finding_json

    return {
        "id": hold.id,
        "partner": hold.partner,
        "what": hold.what,
        "name": name,
        "target": hold.target,
        "since": hold.held_at,
        "findings": [finding_json(finding) for finding in hold.findings],
    }


@held_command.command("show")
@click.argument("key", metavar="ID")
@click.option("--bytes", "bytes_", is_flag=True, help="Print the held bytes and nothing else.")
@as_json
@click.pass_obj
def show_command(home: Path, key: str, bytes_: bool, json_: bool) -> None:
    """One held thing with its findings, and how to go on.

    Example: gateway held show 01KB2Q9W3F8ZJ6M4T5R7V8X9Y0
    """
    from gateway.engine.comparing import earlier_of
    from gateway.store import NotFoundError

    with open_to_read(home) as gateway, gateway.store.reading() as tx:
        try:
            hold = tx.holds.find_open(key) or tx.holds.get(key)
        except NotFoundError as error:
            raise Failure(f"nothing is held as {key}: see `gateway held list`") from error
        name = _name(tx, hold)
        content = _content(tx, hold) if bytes_ else b""
        earlier = None if bytes_ else earlier_of(tx, hold)
    if bytes_:
        sys.stdout.buffer.write(content)
    elif json_:
        facts = {"earlier": asdict(earlier)} if earlier else {}
        print_json(_summary(hold, name) | facts)
    else:
        _print_hold(hold, name, earlier)


def _print_hold(hold: Hold, name: str, earlier: Earlier | None) -> None:
    since = f"{hold.held_at:%F %T}Z"
    click.echo(f"{hold.what} {name} of {hold.partner}, held since {since} ({hold.target})")
    if hold.resolved_at is not None:
        click.echo("Why it was held then:")
    print_findings(hold.findings)
    if earlier is not None:
        _print_earlier(earlier)
    click.echo(f"The bytes: gateway held show {hold.id} --bytes")
    if hold.resolved_at is not None:
        note = f": {hold.note}" if hold.note else ""
        click.echo(f"Decided:   {hold.resolution} by {hold.who}, {hold.resolved_at:%F %T}Z{note}")
        return
    click.echo(f"To go on:  gateway held release {hold.id}")
    click.echo(f"To refuse: gateway held reject {hold.id}")


def _print_earlier(earlier: Earlier) -> None:
    """What had the number first, and where the held one differs: enough to decide at a glance."""
    came = f"{earlier.at:%F %T}Z"
    click.echo(f"Earlier:   {earlier.id} in {earlier.name}, came {came}, {earlier.state}")
    if earlier.difference is None:
        click.echo("Differs:   only in line ends, blanks or terminators between segments")
        return
    click.echo(f"Differs:   first in segment {earlier.difference.segment}")
    for word, text in zip(("earlier", "this"), earlier.difference.shown(), strict=True):
        click.echo(f"  {word + ':':8} {text or 'nothing, it ends before'}")


def _content(tx: Any, hold: Any) -> bytes:
    """The file, document or message; of a set, and of a message that carries one, the
    interchange."""
    held, is_interchange = _target(tx, hold), hold.what == "interchange"
    if hold.what in ("set", "as2") and held.interchange is not None:
        held, is_interchange = tx.interchanges.get(held.interchange), True
    content: bytes = tx.payloads.get(held.payload)
    return content[held.offset : held.offset + held.size] if is_interchange else content


@held_command.command("release")
@click.argument("key", metavar="ID")
@click.option("--note", help="Why, for the record.")
@who_option
@click.pass_obj
def release_command(home: Path, key: str, note: str | None, who: str) -> None:
    """Lets it go on: a file is tried again with the definitions of now, a conflict is taken as new.

    Example: gateway held release 01KB2Q9W3F8ZJ6M4T5R7V8X9Y0 --note "partner added"
    """
    reply = carried_out(home, {"command": "release", "key": key, "note": note, "who": who})
    if reply.get("held_again"):
        raise Failure(
            f"it was tried again and is held again: see `gateway held show {reply['held_again']}`"
        )
    click.echo("Released.")


@held_command.command("reject")
@click.argument("key", metavar="ID")
@click.option("--note", help="Why, for the record.")
@who_option
@click.pass_obj
def reject_command(home: Path, key: str, note: str | None, who: str) -> None:
    """Refuses it for good; its bytes stay in the store.

    Example: gateway held reject 01KB2Q9W3F8ZJ6M4T5R7V8X9Y0 --note "sent by mistake"
    """
    carried_out(home, {"command": "reject", "key": key, "note": note, "who": who})
    click.echo("Rejected.")


@click.command("resend")
@click.argument("key", metavar="ID")
@who_option
@click.pass_obj
def resend_command(home: Path, key: str, who: str) -> None:
    """Publishes an interchange or document once more: same name, same bytes.

    What the partner has accepted already goes too; by AS2 it is then posted once, not retried.

    Example: gateway resend 01KB2Q9W3F8ZJ6M4T5R7V8X9Y0
    """
    reply = carried_out(home, {"command": "resend", "key": key, "who": who})
    for name in reply["names"]:
        click.echo(name)
    for name in reply["answered"]:
        click.echo(f"{name} goes again though it was accepted: `gateway trace {key}`", err=True)


@click.command("settle")
@click.argument("key", metavar="ID")
@click.option("--note", required=True, help="Why, for the record and the receipt.")
@who_option
@click.pass_obj
def settle_command(home: Path, key: str, note: str, who: str) -> None:
    """Accepts a document that went out and that the partner confirmed by other means.

    Nothing is sent, and it is held no longer where its delivery failed. An acknowledgment that
    comes later still counts.

    Example: gateway settle 01KB2Q9W3F8ZJ6M4T5R7V8X9Y0 --note "confirmed by telephone"
    """
    carried_out(home, {"command": "settle", "key": key, "note": note, "who": who})
    click.echo("Settled.")


@click.command("replay")
@click.argument("key", metavar="ID")
@who_option
@as_json
@click.pass_obj
def replay_command(home: Path, key: str, who: str, json_: bool) -> None:
    """Reads what a partner sent again, with the maps of now: an interchange or one document.

    What reads differently goes to the ERP as a new document that names the one it replaces.
    Nothing is acknowledged anew. First see what changes: gateway trace ID --bytes, gateway check.

    Example: gateway replay 01KB2Q9W3F8ZJ6M4T5R7V8X9Y0
    """
    reply = carried_out(home, {"command": "replay", "key": key, "who": who})
    if json_:
        print_json(reply)
    else:
        for old, new in reply["replaced"].items():
            click.echo(f"{new} replaces {old}")
        click.echo(f"{len(reply['replaced'])} read differently, {reply['same']} as before.")
    if reply["rejected"]:
        numbers = ", ".join(reply["rejected"])
        raise Failure(f"would be rejected now, and stay as they are: {numbers}")
