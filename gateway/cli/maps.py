"""`map`: list, show, check, try."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

from gateway.cli.console import Failure
from gateway.cli.console import as_json
from gateway.cli.console import partner_option
from gateway.cli.console import print_findings
from gateway.cli.console import print_json
from gateway.cli.console import print_table
from gateway.cli.console import read_bytes
from gateway.cli.files import FILE
from gateway.cli.files import definitions_for

if TYPE_CHECKING:
    from gateway.edi.finding import Finding
    from gateway.engine.reading import SetRead


@click.group("map")
def map_command() -> None:
    """Maps between partners' sets and canonical documents: list, show, check, try.

    Example: gateway map list
    """


@map_command.command("list")
@partner_option
@as_json
@click.pass_obj
def list_command(home: Path, partner: str | None, json_: bool) -> None:
    """Every map, and with --partner which of them this partner's overlays change.

    Example: gateway map list --partner harbor-medical
    """
    from gateway.edi.dialect import DIALECTS

    definitions, known = definitions_for(home, partner)
    rows = []
    for dialect in DIALECTS.values():
        for release, kind in definitions.kinds(dialect):
            name = f"{dialect.name}/{release}/{kind}"
            map_ = definitions.map_of(dialect, release, kind)
            overlay = definitions.overlay_of(known, name) if known else None
            rows.append(
                {
                    "map": name,
                    "document": map_.document if map_ else None,
                    "overlay": overlay.name if overlay else None,
                }
            )
    if json_:
        print_json(rows)
    else:
        print_table("Maps", ("map", "document", "overlay"), [tuple(row.values()) for row in rows])


@map_command.command("show")
@click.argument("name")
@partner_option
@click.pass_obj
def show_command(home: Path, name: str, partner: str | None) -> None:
    """The text of a map, and of the partner's overlay of it.

    Code tables that maps include are x12/tables and edifact/tables; the fields of documents are
    canonical/purchase_order and so on.

    Example: gateway map show x12/004010/850 --partner harbor-medical
    """
    definitions, known = definitions_for(home, partner)
    path = definitions.find_map(name) or definitions.find_part(name)
    if path is None:
        raise Failure(f"no map {name}: see `gateway map list` and `gateway map show --help`")
    click.echo(path.read_text("utf-8"), nl=False)
    overlay = definitions.overlay_of(known, name) if known else None
    if overlay is not None:
        click.echo(f"\n# the overlay {overlay.name} of {partner}\n")
        click.echo(overlay.read_text("utf-8"), nl=False)


@map_command.command("check")
@partner_option
@click.pass_obj
def check_command(home: Path, partner: str | None) -> None:
    """Whether every map loads, alone or under a partner's overlays; all faults at once.

    Example: gateway map check --partner harbor-medical
    """
    from gateway.edi.dialect import DIALECTS
    from gateway.edi.finding import DefinitionError

    definitions, known = definitions_for(home, partner)
    dialects = [known.dialect] if known else list(DIALECTS.values())
    faults: list[str] = []
    count = 0
    for dialect in dialects:
        for release, kind in definitions.kinds(dialect):
            count += 1
            try:
                definitions.map_of(dialect, release, kind, known)
            except DefinitionError as error:
                faults += error.faults
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise Failure(f"{len(faults)} to mend")
    click.echo(f"{count} maps in order")


@map_command.command("try")
@click.argument("file", type=FILE)
@partner_option
@as_json
@click.pass_obj
def try_command(home: Path, file: Path, partner: str | None, json_: bool) -> None:
    """Each canonical value of a file beside the element and the rule it came from.

    Example: gateway map try order.edi
    """
    from gateway.edi.finding import has_errors
    from gateway.engine.reading import SetRead
    from gateway.engine.reading import findings_of
    from gateway.engine.reading import read_file

    definitions, known = definitions_for(home, partner)
    content = read_bytes(file)
    sets: list[SetRead] = []
    findings: list[Finding] = []
    for read in read_file([content], definitions, lambda _header: known, trace=True):
        if isinstance(read, SetRead):
            sets.append(read)
        findings += findings_of(read)
    if json_:
        print_json([_origins(read) for read in sets if read.reading is not None])
    else:
        for read in sets:
            _print_origins(read)
    print_findings(findings, err=True)
    if not sets and not findings:
        raise Failure(f"{file}: there is no set in it")
    if has_errors(findings) or not sets:
        raise SystemExit(1)


def _origins(read: SetRead) -> dict[str, Any]:
    reading = read.reading
    assert reading is not None  # noqa: S101 -- asked for sets that were read
    return {
        "set": read.report.kind,
        "control_number": read.report.reference,
        "values": [
            {
                "path": one.path,
                "value": one.value,
                "element": one.reference,
                "rule": one.rule,
                "segment": one.segment,
                "offset": one.offset,
            }
            for one in reading.origins
        ],
        "unclaimed": [
            {
                "element": one.position.reference,
                "value": one.value,
                "segment": one.position.segment,
            }
            for one in reading.unclaimed
        ],
    }


def _print_origins(read: SetRead) -> None:
    title = f"{read.report.kind} {read.report.reference}"
    if read.reading is None:
        why = (
            "rejected" if read.report.verdict == "rejected" else "an acknowledgment, without a map"
        )
        click.echo(f"{title}: {why}")
        return
    origins = _origins(read)
    columns = ("path", "value", "element", "rule", "segment")
    rows = [[one[column] for column in columns] for one in origins["values"]]
    print_table(title, columns, rows)
    if origins["unclaimed"]:
        rows = [list(one.values()) for one in origins["unclaimed"]]
        print_table("No rule claims these", ("element", "value", "segment"), rows)
