"""`translate`, `check`, `segments`: stateless work on one file."""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from collections.abc import Iterable
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from typing import BinaryIO

import click
import orjson

from gateway.cli.console import Failure
from gateway.cli.console import as_json
from gateway.cli.console import opened
from gateway.cli.console import partner_option
from gateway.cli.console import print_findings
from gateway.cli.console import print_members
from gateway.cli.console import read_blocks

if TYPE_CHECKING:
    from gateway.edi.finding import Finding
    from gateway.engine.definitions import Definitions
    from gateway.partner.partner import Partner

FILE = click.Path(path_type=Path)


def definitions_for(home: Path, name: str | None) -> tuple[Definitions, Partner | None]:
    """The definitions of this home, or the packaged ones, and the partner named."""
    from gateway.engine.definitions import Definitions
    from gateway.engine.home import Home
    from gateway.partner.partner import load_partner
    from gateway.partner.settings import load_settings

    maps = Home(home).maps
    if name is None:
        return Definitions(maps), None
    folder = home / "partners" / name
    if "/" in name or not (folder / "partner.yaml").is_file():
        raise Failure(f"no partner {name} in {home.resolve()}: see `gateway partner list`")
    settings = load_settings(home / "gateway.yaml")
    return Definitions(maps, settings.python), load_partner(folder, settings)


@click.command("translate")
@click.argument("file", type=FILE)
@partner_option
@click.option("-o", "--output", type=FILE, help="Write here instead of standard output.")
@click.pass_obj
def translate_command(home: Path, file: Path, partner: str | None, output: Path | None) -> None:
    """EDI to an array of canonical documents, or canonical JSON to EDI with placeholder numbers.

    Findings go to standard error. Exit status 1 when a set was rejected.

    Example: gateway translate order.edi
    """
    definitions, known = definitions_for(home, partner)
    blocks = read_blocks(file)
    first = next(blocks, b"")
    is_json = first.removeprefix(BOM_UTF8).lstrip()[:1] in (b"{", b"[")
    with opened(output) as target:
        if is_json:
            valid = _to_edi(b"".join([first, *blocks]), definitions, known, target)
        else:
            valid = _to_documents(chain([first], blocks), definitions, known, target)
    if not valid:
        raise SystemExit(1)


def _to_documents(
    blocks: Iterable[bytes], definitions: Definitions, partner: Partner | None, target: BinaryIO
) -> bool:
    """Writes the array as it is read; False when anything was rejected."""
    from gateway.cli.arrays import ArrayWriter
    from gateway.edi.finding import Code
    from gateway.edi.finding import Finding
    from gateway.edi.finding import has_errors
    from gateway.engine.reading import InterchangeRead
    from gateway.engine.reading import SetRead
    from gateway.engine.reading import findings_of
    from gateway.engine.translating import translate_file

    array = ArrayWriter(target)
    valid, nothing = True, True
    for read, document in translate_file(blocks, definitions, partner):
        nothing = False
        findings = findings_of(read)
        print_findings(findings, err=True)
        valid = valid and not has_errors(findings)
        if document is not None and isinstance(read, SetRead):
            array.stage(read.group.index if read.group else 0, document)
        elif isinstance(read, InterchangeRead) and read.report.rejected:
            array.drop()
        elif isinstance(read, InterchangeRead):
            array.keep(read.bad_groups)
    if nothing:
        print_findings([Finding(Code.EMPTY_FILE)], err=True)
    array.close()
    return valid and not nothing


def _to_edi(
    content: bytes, definitions: Definitions, partner: Partner | None, target: BinaryIO
) -> bool:
    """Writes an interchange for each document; False when any was refused."""
    from gateway.edi.finding import has_errors
    from gateway.edi.writer import SetBody
    from gateway.edi.writer import write_interchange
    from gateway.engine.composing import compose
    from gateway.engine.composing import envelope_to
    from gateway.engine.dropped import of_another
    from gateway.engine.dropped import read_document

    if partner is None:
        raise click.UsageError("a document is written in a partner's dialect: add --partner NAME")
    valid = True
    for document in _documents_in(content):
        dropped, found = read_document(document, definitions.schemas)
        found += of_another(dropped, partner.name)
        if dropped is not None and not has_errors(found):
            composed = compose(dropped, partner, definitions)
            found += composed.findings
            if not has_errors(found):
                test = dropped.test or partner.test
                envelope = envelope_to(partner, composed.kind, test=test)
                body = SetBody(composed.identifier, "0001", composed.body)
                target.write(write_interchange(envelope, [body]))
        print_findings(found, err=True)
        valid = valid and not has_errors(found)
    return valid


def _documents_in(content: bytes) -> list[bytes]:
    """Each document of an array by itself; anything else as it is."""
    try:
        value = orjson.loads(content.removeprefix(BOM_UTF8))
        return [orjson.dumps(one) for one in value] if isinstance(value, list) else [content]
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):  # whoever reads it tells why
        return [content]


@click.command("check")
@click.argument("file", type=FILE)
@partner_option
@click.option("--ack", is_flag=True, help="Print the acknowledgment it would cause.")
@as_json
@click.pass_obj
def check_command(home: Path, file: Path, partner: str | None, ack: bool, json_: bool) -> None:
    """Every finding in a file, explained; exit status 1 when it is not valid.

    Example: gateway check invoice.edi --ack
    """
    definitions, known = definitions_for(home, partner)
    valid = _check_as_json if json_ else _check
    if not valid(file, definitions, known, ack=ack):
        raise SystemExit(1)


def _check(file: Path, definitions: Definitions, partner: Partner | None, *, ack: bool) -> bool:
    """Findings and verdicts as they come; whether the file is valid."""
    from gateway.edi.finding import has_errors
    from gateway.engine.checking import Reports
    from gateway.engine.checking import acknowledgments
    from gateway.engine.checking import check_file
    from gateway.engine.checking import verdicts

    reports, valid = Reports(), True
    for findings, report in check_file(read_blocks(file), definitions, partner):
        print_findings(findings)
        valid = valid and not has_errors(findings)
        for one in verdicts(report) if report else ():
            verdict = "accepted" if one["accepted"] else "rejected"
            click.echo(f"{one['set']} {one['control_number']}: {verdict}")
        reports += [report] if report and ack else []
    click.echo("valid" if valid else "not valid")
    for text in acknowledgments(reports):
        click.echo(text, nl=False)
    return valid


def _check_as_json(
    file: Path, definitions: Definitions, partner: Partner | None, *, ack: bool
) -> bool:
    from gateway.edi.finding import has_errors
    from gateway.edi.sentences import finding_json
    from gateway.engine.checking import Reports
    from gateway.engine.checking import acknowledgments
    from gateway.engine.checking import check_file
    from gateway.engine.checking import verdicts

    reports, valid = Reports(), True

    def findings() -> Iterator[dict[str, object]]:
        nonlocal valid
        for found, report in check_file(read_blocks(file), definitions, partner):
            valid = valid and not has_errors(found)
            reports.extend([report] if report else [])
            yield from map(finding_json, found)

    def members() -> Iterator[tuple[str, object]]:
        yield "findings", findings()
        yield "sets", (one for report in reports for one in verdicts(report))
        if ack:
            yield "acknowledgment", (text.rstrip() for text in acknowledgments(reports))
        yield "valid", valid

    print_members(members())
    return valid


@click.command("segments")
@click.argument("file", type=FILE)
@as_json
def segments_command(file: Path, json_: bool) -> None:
    """The segments of a file as they are read, one a line.

    With --json an array of them, each an array: the tag, then every element as a text, a composite
    as an array of texts, a repeated element as an array of such arrays.

    Example: gateway segments order.edi --json
    """
    from gateway.edi.finding import Code
    from gateway.edi.finding import Finding
    from gateway.edi.opening import Opening
    from gateway.edi.segment import Segment
    from gateway.edi.tokens import Tokenizer

    found: list[Finding] = []
    stdout, between = sys.stdout.buffer, b"[\n"
    nothing = True
    for token in Tokenizer().read(read_blocks(file)):
        nothing = False
        if isinstance(token, Finding):
            found.append(token)
        elif isinstance(token, Opening):
            found += token.findings
        elif not isinstance(token, Segment):
            continue
        elif json_:
            stdout.write(between + orjson.dumps([token.tag, *token.elements]))
            between = b",\n"
        else:
            line = token.text.translate({ord("\r"): None, ord("\n"): None})
            stdout.write(f"{token.offset:>8} {line}\n".encode())
    found += [Finding(Code.EMPTY_FILE)] if nothing else []
    if json_:
        stdout.write(b"[]\n" if between == b"[\n" else b"\n]\n")
    stdout.flush()
    print_findings(found, err=True)
    if found:
        raise SystemExit(1)
