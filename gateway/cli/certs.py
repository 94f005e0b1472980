"""`cert`: our keys and our partners' certificates, from the first to the last day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

from gateway.cli.certificates import facts_of
from gateway.cli.certificates import option_of
from gateway.cli.certificates import print_certificate
from gateway.cli.certificates import print_certificates
from gateway.cli.certificates import tell
from gateway.cli.console import Failure
from gateway.cli.console import as_json
from gateway.cli.console import opened
from gateway.cli.console import print_json
from gateway.cli.console import read_bytes
from gateway.cli.shelves import chosen_uses
from gateway.cli.shelves import from_option
from gateway.cli.shelves import moment_of
from gateway.cli.shelves import of_partner
from gateway.cli.shelves import shelf_of
from gateway.cli.shelves import use_option
from gateway.cli.shelves import uses_of

if TYPE_CHECKING:
    from gateway.engine.certifying import Done

_KINDS = ("rsa-3072", "rsa-2048", "rsa-4096", "p-256", "p-384")


class _Refusals(click.Group):
    """What cannot be done is a sentence and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        from gateway.engine.shelf import NotDoneError

        try:
            return super().invoke(ctx)
        except NotDoneError as error:
            raise Failure(str(error)) from error


@click.group("cert", cls=_Refusals)
def cert_command() -> None:
    """Our keys and our partners' certificates: create, import, export, list, show, roll, retire;
    and by message: offer, offers, accept, reject.

    Example: gateway cert list
    """


def _now() -> datetime:
    from gateway.engine.ids import utc_now

    return utc_now()


@cert_command.command("create")
@click.argument("name", required=False, default="")
@use_option
@click.option("--kind", type=click.Choice(_KINDS), default=_KINDS[0], show_default=True)
@click.option("--subject", default="", help="The name in it (default: ours of gateway.yaml).")
@click.option("--days", type=click.IntRange(1, 3650), default=730, show_default=True)
@click.option("--host", "hosts", multiple=True, help="A DNS name of our server, for --use tls.")
@from_option
@as_json
@click.pass_obj
def create_command(
    home: Path,
    name: str,
    uses: tuple[str, ...],
    kind: str,
    subject: str,
    days: int,
    hosts: tuple[str, ...],
    start: str | None,
    json_: bool,
) -> None:
    """Makes a key of ours and its self-signed certificate, to sign and to decrypt with.

    Where another is in use already, this one decrypts at once and signs from --from.

    Example: gateway cert create 2027 --from 2027-01-10
    """
    from gateway.engine.certifying import create

    shelf = shelf_of(home, "")
    uses = uses_of(shelf, uses)
    if "tls" in uses and not hosts:
        raise click.UsageError("--use tls needs --host: the name partners reach our server by")
    begins = moment_of(shelf, start, "--from")
    done = create(
        shelf,
        name,
        uses,
        _now(),
        kind=kind,
        subject=subject,
        days=days,
        hosts=hosts,
        start=begins,
    )
    tell(
        home,
        done,
        _now(),
        f"gateway cert export {Path(done.file).stem}, for your partners",
        json_=json_,
    )


@cert_command.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@of_partner
@click.option("--name", default="", help="What to call it here (default: as the file).")
@click.option("--key", type=click.Path(dir_okay=False, path_type=Path), help="Its key, where ours.")
@click.option(
    "--password-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Holds the password of the key that is imported; asked for otherwise.",
)
@use_option
@from_option
@click.option("--force", is_flag=True, help="Also one that ran out.")
@as_json
@click.pass_obj
def import_command(
    home: Path,
    file: Path,
    partner: str,
    name: str,
    key: Path | None,
    password_file: Path | None,
    uses: tuple[str, ...],
    start: str | None,
    force: bool,
    json_: bool,
) -> None:
    """Takes in a partner's certificate (PEM, DER, PKCS#7) or a key of ours with its chain (PKCS#12,
    or PEM with --key).

    It is accepted at once; where another is in use, it is used from --from.

    Example: gateway cert import harbor-2027.p7b --partner harbor-medical --from 2027-01-10
    """
    from gateway.engine.certifying import take_in

    shelf = shelf_of(home, partner)
    content = read_bytes(file)
    uses, begins = uses_of(shelf, uses), moment_of(shelf, start, "--from")
    if key is not None and not shelf.ours:
        raise click.UsageError("--key: we hold no keys of partners")

    def done_with(password: bytes | None) -> Done:
        return take_in(
            shelf,
            content,
            name or file.stem,
            uses,
            _now(),
            key=read_bytes(key) if key else b"",
            password=password,
            start=begins,
            force=force,
        )

    done = _with_password(done_with, password_file)
    stem = Path(done.file).stem
    tell(home, done, _now(), f"gateway cert show {stem}{option_of(shelf)}", json_=json_)


def _with_password(done_with: Callable[[bytes | None], Done], file: Path | None) -> Done:
    """Without one first; a key that is encrypted has its password in the file, or is asked for."""
    from gateway.engine.shelf import PasswordNeededError

    if file is not None:
        lines = read_bytes(file).splitlines()
        return done_with(lines[0].strip() if lines else b"")
    try:
        return done_with(None)
    except PasswordNeededError:
        typed = click.prompt("Password of the key", hide_input=True, err=True)
        return done_with(typed.encode())


@cert_command.command("export")
@click.argument("name", required=False, default="")
@of_partner
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Into a file."
)
@as_json
@click.pass_obj
def export_command(home: Path, name: str, partner: str, output: Path | None, json_: bool) -> None:
    """Writes a certificate with its chain as PEM, never a key; without a name the one we sign with.

    Example: gateway cert export 2027 -o northfield-2027.pem
    """
    from gateway.engine.certifying import public_part

    file, pem = public_part(shelf_of(home, partner), name, _now())
    if output is not None or not json_:
        with opened(output) as target:
            target.write(pem)
    if json_:
        print_json({"file": file, "written": output and str(output), "pem": pem.decode()})
    elif output is not None:
        click.echo(f"{file} is written to {output}.")


@cert_command.command("list")
@of_partner
@as_json
@click.pass_obj
def list_command(home: Path, partner: str, json_: bool) -> None:
    """Every certificate of ours and of our partners: what it serves now and later, until when.

    Example: gateway cert list
    """
    at, first = _now(), shelf_of(home, partner)
    others = [] if partner else first.home.partner_names()
    shelves = [first, *(shelf_of(home, other) for other in others)]
    found = [(shelf, one) for shelf in shelves for one in shelf.standings(at)]
    if json_:
        print_json([facts_of(shelf, one) for shelf, one in found])
        return
    if not found:
        click.echo("There are no certificates yet. Next: gateway cert create")
        return
    print_certificates(found)


@cert_command.command("show")
@click.argument("name")
@of_partner
@as_json
@click.pass_obj
def show_command(home: Path, name: str, partner: str, json_: bool) -> None:
    """One certificate: whose, its key and fingerprint, its windows, and what it serves now.

    NAME is its file, with or without suffix, or the beginning of its fingerprint.

    Example: gateway cert show 2027
    """
    shelf = shelf_of(home, partner)
    file = shelf.find(shelf.described(), name).file
    one = next(one for one in shelf.standings(_now()) if one.described.file == file)
    if json_:
        print_json(facts_of(shelf, one))
    else:
        print_certificate(shelf, one)


@cert_command.command("roll")
@click.argument("name")
@of_partner
@click.option("--from", "start", required=True, help="From when, as in 2027-01-10.")
@use_option
@as_json
@click.pass_obj
def roll_command(
    home: Path, name: str, partner: str, start: str, uses: tuple[str, ...], json_: bool
) -> None:
    """From a day on we sign with it, or encrypt to it; it is accepted at once, and the present one
    is accepted on until it is retired.

    Example: gateway cert roll 2027 --from 2027-01-10
    """
    from gateway.engine.certifying import roll

    shelf = shelf_of(home, partner)
    begins = moment_of(shelf, start, "--from") or _now()
    done = roll(shelf, name, uses_of(shelf, uses), begins, _now())
    tell(home, done, _now(), "gateway cert retire OLD, when nobody uses it any more", json_=json_)


@cert_command.command("retire")
@click.argument("name")
@of_partner
@click.option("--on", "end", help="From when it is not used any more (default: now).")
@use_option
@click.option("--force", is_flag=True, help="Also the last one.")
@as_json
@click.pass_obj
def retire_command(
    home: Path,
    name: str,
    partner: str,
    end: str | None,
    uses: tuple[str, ...],
    force: bool,
    json_: bool,
) -> None:
    """Ends a certificate; its files stay. Refused where nothing would serve a use any more.

    Example: gateway cert retire 2026 --on 2027-02-01
    """
    from gateway.engine.certifying import retire

    shelf = shelf_of(home, partner)
    at = _now()
    ends = moment_of(shelf, end, "--on") or at.replace(microsecond=0)
    done = retire(shelf, name, chosen_uses(shelf, uses), ends, at, force=force)
    tell(home, done, _now(), "gateway cert list", json_=json_)
