"""`roundtrip`: the two laws on the user's own file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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
    from gateway.engine.laws import Laws


@click.command("roundtrip")
@click.argument("file", type=FILE)
@partner_option
@as_json
@click.pass_obj
def roundtrip_command(home: Path, file: Path, partner: str | None, json_: bool) -> None:
    """Whether each set of a file, read and written back, is what it was, and where it is not.

    Exit status 1 when a law does not hold or a set was not accepted.

    Example: gateway roundtrip order.edi
    """
    from gateway.edi.finding import Finding
    from gateway.edi.finding import Severity
    from gateway.edi.finding import has_errors
    from gateway.engine.laws import check_laws
    from gateway.engine.reading import SetRead
    from gateway.engine.reading import findings_of
    from gateway.engine.reading import read_file

    definitions, known = definitions_for(home, partner)
    findings: list[Finding] = []
    all_laws = []
    for read in read_file([read_bytes(file)], definitions, lambda _header: known):
        findings += [one for one in findings_of(read) if one.severity is Severity.ERROR]
        if isinstance(read, SetRead):
            laws = check_laws(read)
            all_laws += [laws] if laws else []
    for laws in all_laws:
        findings += laws.canonical
    print_findings(findings, err=True)
    if json_:
        print_json([_as_json(laws) for laws in all_laws])
    else:
        for laws in all_laws:
            _print(laws)
    if not all_laws and not findings:
        raise Failure(f"{file}: there is no set with a map in it")
    broken = [one for one in all_laws if not (one.canonical_holds and one.wire_holds)]
    if broken or not all_laws or has_errors(findings):
        raise SystemExit(1)


def _as_json(laws: Laws) -> dict[str, object]:
    return {
        "set": laws.kind,
        "control_number": laws.reference,
        "canonical_law": laws.canonical_holds,
        "wire_law": laws.wire_holds,
        "claimed": laws.claimed,
        "total": laws.total,
        "differences": [
            {
                "cause": one.cause,
                "element": one.reference,
                "received": one.received,
                "written": one.written,
            }
            for one in laws.differences
        ],
    }


def _print(laws: Laws) -> None:
    share = 100 * laws.claimed / laws.total if laws.total else 100
    click.echo(
        f"{laws.kind} {laws.reference}: canonical law {_word(laws.canonical_holds)}, "
        f"wire law {_word(laws.wire_holds)}, "
        f"{laws.claimed} of {laws.total} values claimed ({share:.1f} %)"
    )
    if laws.differences:
        columns = ("cause", "element", "received", "written")
        rows = [(one.cause, one.reference, one.received, one.written) for one in laws.differences]
        print_table("", columns, rows)


def _word(holds: bool) -> str:
    return "holds" if holds else "BROKEN"
