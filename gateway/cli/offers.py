"""`cert offer`, `offers`, `accept` and `reject`: certificates exchanged by messages (CEM)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

from gateway.cli.certs import cert_command
from gateway.cli.console import as_json
from gateway.cli.console import print_json
from gateway.cli.console import print_table
from gateway.cli.reading import carried_out
from gateway.cli.shelves import chosen_uses
from gateway.cli.shelves import from_option
from gateway.cli.shelves import moment_of
from gateway.cli.shelves import shelf_of
from gateway.cli.shelves import use_option

if TYPE_CHECKING:
    from gateway.engine.shelf import Shelf
    from gateway.partner.offers import Offered

to_partner = click.option("--partner", required=True, help="Which partner.")


@cert_command.command("offer")
@click.argument("name")
@to_partner
@use_option
@click.option("--respond-by", "by", help="When an answer is wanted, as in 2027-01-10.")
@as_json
@click.pass_obj
def offer_command(
    home: Path, name: str, partner: str, uses: tuple[str, ...], by: str | None, json_: bool
) -> None:
    """Sends a certificate of ours to a partner whose AS2 product takes such messages.

    Their answer is journaled and told as an alert. When all have it, roll to it.

    Example: gateway cert offer 2027 --partner harbor-medical --respond-by 2027-01-10
    """
    shelf = shelf_of(home, "")
    moment = moment_of(shelf, by, "--respond-by")
    words = {"uses": " ".join(chosen_uses(shelf, uses)), "name": name, "partner": partner}
    words["moment"] = moment.isoformat() if moment else ""
    reply = carried_out(home, {"command": "offer", **words})
    if json_:
        print_json(reply)
    else:
        click.echo(f"{name} is offered to {partner} in message {reply['message_id']}.")
        click.echo(f"Next: gateway trace '{reply['message_id']}'")


@cert_command.command("offers")
@click.option("--partner", default="", help="Of this partner alone.")
@as_json
@click.pass_obj
def offers_command(home: Path, partner: str, json_: bool) -> None:
    """What partners have offered and nobody has decided on.

    Example: gateway cert offers
    """
    from gateway.engine.offering import offered_by

    names = [partner] if partner else shelf_of(home, "").home.partner_names()
    shelves = [shelf_of(home, name) for name in names]
    found = [(shelf, one) for shelf in shelves for one in offered_by(shelf)]
    if json_:
        print_json([_facts(shelf, one) for shelf, one in found])
        return
    if not found:
        click.echo("No certificate is offered.")
        return
    columns = ("offer", "partner", "for", "answer by", "runs out", "fingerprint")
    print_table("Offered certificates", columns, [_row(shelf, one) for shelf, one in found])
    click.echo("Next: ask the partner for the fingerprint, gateway cert accept OFFER --partner ...")


def _facts(shelf: Shelf, one: Offered) -> dict[str, Any]:
    by, certificate = one.offer.respond_by, one.offer.certificate
    return {
        "offer": one.key,
        "partner": shelf.partner,
        "uses": list(one.offer.uses),
        "respond_by": by.isoformat() if by else None,
        "not_after": certificate.not_after.isoformat(),
        "subject": certificate.subject,
        "fingerprint": certificate.fingerprint,
        "request": one.request_id,
    }


def _row(shelf: Shelf, one: Offered) -> tuple[str, ...]:
    by, certificate = one.offer.respond_by, one.offer.certificate
    return (
        one.key,
        shelf.partner,
        ", ".join(one.offer.uses),
        f"{by:%Y-%m-%d}" if by else "",
        f"{certificate.not_after:%Y-%m-%d}",
        certificate.fingerprint,
    )


@cert_command.command("accept")
@click.argument("offer")
@to_partner
@from_option
@as_json
@click.pass_obj
def accept_command(home: Path, offer: str, partner: str, start: str | None, json_: bool) -> None:
    """Enters an offered certificate, and tells the partner. What they sign with it is believed at
    once; it is encrypted to from --from, else from when they want to be answered by.

    OFFER is the beginning of its fingerprint. Compare it with the partner's by another way first.

    Example: gateway cert accept 1f3a9c22 --partner harbor-medical
    """
    moment = moment_of(shelf_of(home, partner), start, "--from")
    words = {"name": offer, "partner": partner, "moment": moment.isoformat() if moment else ""}
    reply = carried_out(home, {"command": "accept-offer", **words})
    if json_:
        print_json(reply)
    else:
        click.echo(f"partners/{partner}/certs/{reply['file']} is entered, {partner} is told.")
        stem = Path(reply["file"]).stem
        click.echo(f"Next: gateway cert show {stem} --partner {partner}")


@cert_command.command("reject")
@click.argument("offer")
@to_partner
@click.option("--reason", required=True, help="Why not; the partner reads it.")
@as_json
@click.pass_obj
def reject_command(home: Path, offer: str, partner: str, reason: str, json_: bool) -> None:
    """Refuses an offered certificate, and tells the partner.

    Example: gateway cert reject 1f3a9c22 --partner harbor-medical --reason "its key is too short"
    """
    words = {"name": offer, "partner": partner, "reason": reason}
    reply = carried_out(home, {"command": "reject-offer", **words})
    if json_:
        print_json(reply)
    else:
        click.echo(f"{offer} is not entered, {partner} is told.")
