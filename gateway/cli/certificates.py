"""How certificates are shown: to people in tables and sentences, to scripts as facts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

from gateway.cli.console import Failure
from gateway.cli.console import print_json
from gateway.cli.console import print_table
from gateway.cli.reading import reload_running

if TYPE_CHECKING:
    from gateway.engine.certifying import Done
    from gateway.engine.shelf import Shelf
    from gateway.partner.schedule import Standing


def print_certificates(found: list[tuple[Shelf, Standing]]) -> None:
    """A line for each."""
    columns = ("certificate", "now", "later", "until", "runs out", "days", "fingerprint")
    print_table("Certificates", columns, [_row(shelf, one) for shelf, one in found])


def print_certificate(shelf: Shelf, one: Standing) -> None:
    """All that is known of one."""
    facts = facts_of(shelf, one)
    uses = facts.pop("uses")
    rows = [(word, _flat(value)) for word, value in facts.items() if value not in (None, [])]
    print_table("", ("", ""), rows)
    columns = ("use", "from", "until")
    print_table("Uses", columns, [[use[column] for column in columns] for use in uses])


def _row(shelf: Shelf, one: Standing) -> tuple[str, ...]:
    later = ", ".join(f"{use} from {_day(shelf, start)}" for use, start in one.later)
    certificate = one.described.certificate
    return (
        f"{shelf.name}/{one.described.file}",
        ", ".join(one.now) or "-",
        later,
        _day(shelf, one.until) if one.until else "",
        f"{certificate.not_after:%Y-%m-%d}",
        str(one.days),
        certificate.fingerprint[:16],
    )


def _day(shelf: Shelf, moment: datetime) -> str:
    from gateway.partner.certificates import write_moment

    return write_moment(moment, shelf.settings.zone)


def facts_of(shelf: Shelf, one: Standing) -> dict[str, Any]:
    """What scripts get of a certificate; `uses` is what certificates.yaml says."""
    certificate = one.described.certificate
    return {
        "file": f"{shelf.name}/{one.described.file}",
        "name": Path(one.described.file).stem,
        "partner": shelf.partner or None,
        "subject": certificate.subject,
        "issuer": certificate.issued_by,
        "serial": f"{certificate.serial:X}",
        "key": f"{'RSA' if certificate.is_rsa else 'EC'} {certificate.bits}",
        "fingerprint": certificate.fingerprint,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "days": one.days,
        "chain": [other.subject for other in one.described.certificates[1:]],
        "now": list(one.now),
        "uses": [
            {
                "use": use,
                "from": _instant(entry.window.start),
                "until": _instant(entry.window.end),
            }
            for entry in one.entries
            for use in entry.uses
        ],
    }


def _instant(moment: datetime | None) -> str | None:
    from gateway.partner.certificates import FIRST_SIGNATURE
    from gateway.partner.certificates import WHEN_SIGNED

    if moment is None:
        return None
    return FIRST_SIGNATURE if moment == WHEN_SIGNED else moment.isoformat()


def _flat(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def option_of(shelf: Shelf) -> str:
    return f" --partner {shelf.partner}" if shelf.partner else ""


def tell(home: Path, done: Done, at: datetime, next_: str, *, json_: bool) -> None:
    """What now is, and what to do next; a running gateway is told first."""
    answer = reload_running(home)
    reply = answer or {}
    shelf, file = done.shelf, done.file
    named = [one for one in shelf.standings(at) if one.described.file == file]
    facts: dict[str, Any] = facts_of(shelf, named[0]) if named else {"file": f"{shelf.name}/{file}"}
    if json_:
        print_json(facts | {"waiting": list(done.waiting), "running": answer is not None})
    else:
        click.echo(f"{facts['file']}:")
        for use in facts.get("uses", ()):
            click.echo(f"  {use['use']}{_span(shelf, use)}")
        if not named:
            click.echo("  nothing any more")
        for use in done.waiting:
            roll = f"gateway cert roll {Path(file).stem}{option_of(shelf)} --from DAY"
            click.echo(f"  {use} not yet, another does: {roll}")
        click.echo(f"Next: {next_}")
    error = reply.get("error") or "; ".join(reply.get("broken", {}).get(shelf.partner, ()))
    if error:
        raise Failure(f"the running gateway goes on with what it had: {error}")


def _span(shelf: Shelf, use: dict[str, Any]) -> str:
    from gateway.partner.certificates import FIRST_SIGNATURE

    moments = ((word, use[word]) for word in ("from", "until") if use[word])
    return "".join(
        f" {word} {said if said == FIRST_SIGNATURE else _day(shelf, datetime.fromisoformat(said))}"
        for word, said in moments
    )
