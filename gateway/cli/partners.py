"""`partner`: add, list, show, check; with `gateway.cli.numbers` also numbers."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click
import orjson

from gateway.cli.as2 import as2_facts
from gateway.cli.console import Failure
from gateway.cli.console import as_json
from gateway.cli.console import making
from gateway.cli.console import print_json
from gateway.cli.console import print_table
from gateway.cli.reading import reload_running
from gateway.cli.reading import require_home

if TYPE_CHECKING:
    from gateway.partner.partner import Broken
    from gateway.partner.partner import Partner
    from gateway.partner.settings import Settings


def _settings(home: Path) -> Settings:
    from gateway.partner.settings import load_settings

    require_home(home)
    return load_settings(home / "gateway.yaml")


def _partners(home: Path) -> tuple[dict[str, Partner], Broken]:
    from gateway.partner.partner import try_partners

    return try_partners(home / "partners", _settings(home), {})


def get_partner(home: Path, name: str) -> Partner:
    from gateway.definition import suggestion

    partners, broken = _partners(home)
    if name in broken:
        raise Failure("\n".join((f"partner {name} is to be mended:", *broken[name])))
    if name not in partners:
        hint = suggestion(name, partners)
        raise Failure(f"no partner {name}{hint}: see `gateway partner list`")
    return partners[name]


def _require_none(broken: Broken) -> None:
    """Fails with the faults of every partner that is to be mended."""
    if broken:
        faults = [fault for faults in broken.values() for fault in faults]
        raise Failure("\n".join((f"to be mended: {', '.join(broken)}", *faults)))


@click.group("partner")
def partner_command() -> None:
    """Trading partners: add, list, show, check, numbers.

    Example: gateway partner list
    """


@partner_command.command("list")
@as_json
@click.pass_obj
def list_command(home: Path, json_: bool) -> None:
    """Every partner of this home.

    Example: gateway partner list
    """
    found, broken = _partners(home)
    partners = found.values()
    if json_:
        print_json([_facts(partner) for partner in partners])
        _require_none(broken)
        return
    rows = [
        (
            partner.name,
            partner.title,
            f"{partner.dialect.name} {partner.release}",
            partner.theirs,
            "test" if partner.test else "live",
        )
        for partner in partners
    ]
    if not rows:
        click.echo("No partners yet. Next: gateway partner add NAME")
    print_table("Partners", ("partner", "name", "dialect", "identifier", ""), rows)
    _require_none(broken)


def _facts(partner: Partner) -> dict[str, Any]:
    return {
        "partner": partner.name,
        "name": partner.title,
        "dialect": partner.dialect.name,
        "release": partner.release,
        "association": partner.association,
        "version": partner.version,
        "charset": partner.charset,
        "identifier": str(partner.theirs),
        "our_identifier": str(partner.ours),
        "group": {"ours": partner.group_ours, "theirs": partner.group_theirs},
        "test": partner.test,
        "acknowledge": partner.acknowledge,
        "acknowledgment_deadline": str(partner.deadline),
        "done_marker": partner.done_marker,
        "overlays": [path.name for path in partner.overlays],
        **({} if partner.as2 is None else {"as2": as2_facts(partner.as2)}),
    }


@partner_command.command("show")
@click.argument("name")
@as_json
@click.pass_obj
def show_command(home: Path, name: str, json_: bool) -> None:
    """One partner: every setting in force, its folders and overlays.

    Example: gateway partner show harbor-medical
    """
    from gateway.engine.home import FOLDERS

    facts = _facts(get_partner(home, name))
    if json_:
        print_json(facts)
        return
    as2 = facts.pop("as2", {})
    facts |= {f"as2 {word}": value for word, value in as2.items() if word != "weaker"}
    facts |= {key: pattern.format(partner=name) for key, pattern in FOLDERS.items()}
    rows = [
        (word, value if isinstance(value, str) else _flat(value)) for word, value in facts.items()
    ]
    print_table("", ("setting", "value"), rows)
    for weaker in as2.get("weaker", ()):
        click.echo(f"WEAKER than today's standard: {weaker}")


def _flat(value: object) -> str:
    return "" if value is None else orjson.dumps(value).decode()


@partner_command.command("check")
@click.argument("name", required=False)
@click.pass_obj
def check_command(home: Path, name: str | None) -> None:
    """Whether partners' settings and overlays load; every fault with its file and line.

    Example: gateway partner check harbor-medical
    """
    from gateway.engine.definitions import Definitions
    from gateway.engine.home import Home

    partners, broken = ({name: get_partner(home, name)}, {}) if name else _partners(home)
    faults = [fault for faults in broken.values() for fault in faults]
    definitions = Definitions(Home(home).maps, _settings(home).python)
    for partner in partners.values():
        faults += _map_faults(definitions, partner)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise Failure(f"{len(faults)} to mend")
    click.echo(f"{len(partners)} in order")


def _map_faults(definitions: Any, partner: Partner) -> list[str]:
    from gateway.edi.finding import DefinitionError

    faults: list[str] = []
    for release, kind in definitions.kinds(partner.dialect):
        try:
            definitions.map_of(partner.dialect, release, kind, partner)
        except DefinitionError as error:
            faults += error.faults
    return [*faults, *definitions.unused_overlays(partner)]


_TEMPLATE = """\
name: {title}
dialect: {dialect}
identifier: {identifier}
acknowledgment_deadline: {deadline}
"""
_AS2_TEMPLATE = """\
as2:
  id: {id}
  url: {url}
"""
_THEIR_CERTIFICATE = "- {file: their.pem, use: [verify, encrypt]}\n"


@partner_command.command("add")
@click.argument("name")
@click.option("--name", "--title", "title", help="The partner's full name.")
@click.option("--dialect", type=click.Choice(["x12", "edifact"]))
@click.option("--identifier", help="Theirs, qualifier:id, as in ZZ:HARBORMED.")
@click.option("--deadline", help="By when they acknowledge, as in 4 hours.")
@click.option("--test", is_flag=True, help="Mark what we send as test traffic.")
@click.option("--as2", help="Their AS2 name: trade by AS2.")
@click.option("--url", help="Where they take AS2 messages.")
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Their certificate, to verify and encrypt with.",
)
@click.pass_obj
def add_command(
    home: Path,
    name: str,
    title: str | None,
    dialect: str | None,
    identifier: str | None,
    deadline: str | None,
    test: bool,
    as2: str | None,
    url: str | None,
    certificate: Path | None,
) -> None:
    """Writes a working partner folder; asks for what is not given.

    Example: gateway partner add harbor-medical --dialect x12 --identifier ZZ:HARBORMED
    """
    from gateway.engine.home import Home

    if as2 is None and (url or certificate):
        raise click.UsageError("--url and --certificate are for AS2: add --as2 with their AS2 name")
    with making(home / "partners" / name):
        _check_new(home, name)
    title = title or click.prompt("Full name", default=name)
    choice = click.Choice(["x12", "edifact"])
    dialect = dialect or click.prompt("Dialect", type=choice, default="x12")
    identifier = identifier or click.prompt("Their interchange identifier (qualifier:id)")
    deadline = _some_time(deadline or "24 hours")
    text = _TEMPLATE.format(
        title=orjson.dumps(title).decode(),
        dialect=dialect,
        identifier=orjson.dumps(identifier).decode(),
        deadline=orjson.dumps(deadline).decode(),
    )
    text += "test: yes\n" if test else ""
    if as2:
        url = url or click.prompt("Their AS2 address (https://...)")
        certificate = certificate or Path(click.prompt("Their certificate (a PEM or DER file)"))
        text += _AS2_TEMPLATE.format(id=orjson.dumps(as2).decode(), url=orjson.dumps(url).decode())
    with making(home / "partners" / name):
        _write(home, name, text, certificate)
        Home(home).make_folders(name)
    reload_running(home)
    ways = f"drop into inbox/{name}/edi, and collect from\noutbox/{name}/edi."
    if as2:
        ways = f"post to our AS2 address, and we to\n{url}."
    click.echo(f"partners/{name} is ready. They {ways} Next: gateway partner show {name}")


def _some_time(deadline: str) -> str:
    """The deadline; whatever is no duration at all is found when the partner is loaded."""
    from gateway.partner.units import duration

    with suppress(ValueError):
        if not duration(deadline):
            raise click.UsageError(f"--deadline {deadline!r}: give them some time, as in 4 hours")
    return deadline


def _check_new(home: Path, name: str) -> None:
    from gateway.partner.partner import PARTNER_NAME

    _settings(home)
    if not PARTNER_NAME.fullmatch(name):
        raise click.UsageError(f"{name!r}: use lower-case letters, digits and hyphens")
    if (home / "partners" / name).exists():
        raise Failure(f"partners/{name} is there already: see `gateway partner show {name}`")


def _write(home: Path, name: str, text: str, certificate: Path | None) -> None:
    """The folder, or nothing when its settings would not load or a file cannot be written."""
    import shutil

    folder = home / "partners" / name
    try:
        (folder / "maps").mkdir(parents=True)
        (folder / "partner.yaml").write_text(text, "utf-8")
        if certificate is not None:
            (folder / "certs").mkdir()
            shutil.copyfile(certificate, folder / "certs" / "their.pem")
            (folder / "certs" / "certificates.yaml").write_text(_THEIR_CERTIFICATE, "utf-8")
        if faults := _partners(home)[1].get(name):
            raise Failure("\n".join(faults))
    except (OSError, Failure):
        shutil.rmtree(folder, ignore_errors=True)
        raise
