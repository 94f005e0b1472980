"""A canonical document as the partner's set: read, checked by schema, written, checked again.

Pure but for the definitions it loads; `gateway translate` and the outbox share it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from gateway.edi.dialect import EDIFACT
from gateway.edi.dialect import X12
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.edi.finding import has_errors
from gateway.edi.segment import Segment
from gateway.edi.writer import Envelope
from gateway.edi.writer import SetBody
from gateway.edi.writer import Written
from gateway.edi.writer import segment_texts
from gateway.edi.writer import to_segments
from gateway.edi.writer import unwritable
from gateway.edi.writer import whole_set
from gateway.edi.writer import write_interchange
from gateway.engine.definitions import Definitions
from gateway.engine.groups import FUNCTIONAL_IDS
from gateway.engine.reading import findings_of
from gateway.engine.reading import read_file
from gateway.engine.schemas import Schemas
from gateway.mapping import emit
from gateway.mapping import name_paths
from gateway.mapping import without_defaults
from gateway.partner.partner import Partner

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ENVELOPE = {"type", "schema", "data", "id", "partner", "test", "control", "defaulted"}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A document as dropped: its type, its data, and where its sender gave them the id of the
    event and the partner it is for."""

    type: str
    data: dict[str, Any]
    event: str | None = None
    test: bool = False
    partner: str | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """The body of one set, its segments as such or as texts; `identifier` is ST01 or S009. Nothing
    may be sent when `findings` has an error."""

    kind: str
    identifier: list[str]
    body: Sequence[Written]
    findings: tuple[Finding, ...]


def read_document(content: bytes, schemas: Schemas) -> tuple[Dropped | None, list[Finding]]:
    """A dropped file's document, or what is wrong with it: every fault of its shape."""
    if not content.strip():
        return None, [Finding(Code.EMPTY_FILE, detail={"content": "one document as JSON"})]
    try:
        value = orjson.loads(content.removeprefix(_BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        return None, [_not_json(content, error)]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        return None, [_shape("the file", "one object with type and data", value)]
    findings = list(_envelope_faults(value, schemas))
    if findings:
        return None, findings
    findings = schemas.check(value["type"], value["data"])
    event = value.get("id")
    data = without_defaults(value["data"], value.get("defaulted", ()))
    test = value.get("test") is True
    dropped = Dropped(value["type"], data, event, test, value.get("partner"))
    return (None if has_errors(findings) else dropped), findings


def _envelope_faults(value: dict[str, Any], schemas: Schemas) -> Iterator[Finding]:
    document_type = value.get("type")
    if not isinstance(document_type, str) or document_type not in schemas.types:
        yield _shape("type", f"one of {', '.join(schemas.types)}", document_type)
        return
    schema = value.get("schema", f"{document_type}/1")
    if schema != f"{document_type}/1":
        yield _shape("schema", f"{document_type}/1", schema)
    if not isinstance(value.get("data"), dict):
        yield _shape("data", "an object", value.get("data"))
    event = value.get("id")
    if event is not None and (not isinstance(event, str) or not 0 < len(event) <= 200):
        yield _shape("id", "a text of 1 to 200 characters", event)
    partner = value.get("partner")
    if partner is not None and not isinstance(partner, str):
        yield _shape("partner", "the name of a partner", partner)
    defaulted = value.get("defaulted", [])
    if not isinstance(defaulted, list) or not all(isinstance(path, str) for path in defaulted):
        yield _shape("defaulted", "a list of paths", defaulted)
    if value.get("test") not in (None, True, False):
        yield _shape("test", "true or false", value["test"])
    for key in sorted(set(value) - _ENVELOPE):
        yield _shape(key, f"one of {', '.join(sorted(_ENVELOPE))}", key)


def _shape(path: str, expected: str, value: object) -> Finding:
    shown = None if value is None else str(value)[:99]
    detail = {"path": path, "expected": expected}
    return Finding(Code.DOCUMENT_INVALID, Severity.ERROR, Position(), shown, detail)


def _not_json(content: bytes, error: json.JSONDecodeError) -> Finding:
    mark = len(_BYTE_ORDER_MARK) if content.startswith(_BYTE_ORDER_MARK) else 0
    offset = mark + len(error.doc[: error.pos].encode("utf-8", "replace"))
    position = Position(offset=min(offset, len(content)))
    detail = {"expected": "one JSON object", "reason": error.msg}
    return Finding(Code.JSON_INVALID, Severity.ERROR, position, None, detail)


def compose(dropped: Dropped, partner: Partner, definitions: Definitions) -> Composed:
    """The set that carries a document in the partner's dialect, checked by the partner's own guide:
    we never send what we would reject. A document like earlier ones is written by compiled maps."""
    carrier = definitions.carrier_of(partner, dropped.type)
    if carrier is None:
        detail = {"expected": f"a map for {partner.dialect.name}/{partner.release}"}
        finding = Finding(Code.MAP_MISSING, Severity.ERROR, Position(), dropped.type, detail)
        return Composed("", [], [], (finding,))
    kind, map_ = carrier
    identifier = _identifier(partner, kind)
    compiled = definitions.writer_of(map_, partner)
    texts = compiled.write(dropped.data)
    if texts is not None:
        return Composed(kind, identifier, texts, ())
    emission = emit(map_, dropped.data, delimiters=partner.delimiters)
    composed = Composed(kind, identifier, emission.segments, tuple(emission.findings))
    if has_errors(composed.findings):
        return composed
    segments = to_segments(emission.segments, partner.delimiters)
    whole = [Segment(partner.dialect.set.header, []), *segments]
    whole.append(Segment(partner.dialect.set.trailer, []))
    found = _check_written(composed, segments, partner, definitions)
    if found:
        found = name_paths(found, map_, whole, partner.delimiters)
    composed = replace(composed, findings=(*composed.findings, *found))
    if not composed.findings:
        compiled.learn(whole, _ends(partner, identifier))
    return composed


def _identifier(partner: Partner, kind: str) -> list[str]:
    if partner.dialect is X12:
        return [kind]
    parts = [kind, partner.release[:1], partner.release[1:], "UN", partner.association]
    return parts if partner.association else parts[:-1]


def _check_written(
    composed: Composed, segments: list[Segment], partner: Partner, definitions: Definitions
) -> list[Finding]:
    """What the partner's own guide finds in the set."""
    envelope = placeholder_envelope(partner, composed.kind)
    findings = [_after_header(finding) for finding in unwritable(segments, envelope)]
    if not findings:
        data = write_interchange(envelope, [SetBody(composed.identifier, "0001", composed.body)])
        for read in read_file([data], definitions, lambda _header: partner):
            findings += findings_of(read)
    return findings


def _ends(partner: Partner, identifier: list[str]) -> tuple[str, str]:
    """The texts of a header and a trailer."""
    bodies = whole_set(partner.dialect, SetBody(identifier, "0001", ()))
    header, trailer = segment_texts(bodies, partner.delimiters)
    return header, trailer


def _after_header(finding: Finding) -> Finding:
    """The body's segments are counted from ST or UNH."""
    ordinal = finding.position.segment
    moved = replace(finding.position, segment=(ordinal or 0) + 1, offset=None)
    return replace(finding, position=moved)


def placeholder_envelope(partner: Partner, kind: str) -> Envelope:
    """An envelope with placeholder control numbers, for checks and for trials."""
    x12 = partner.dialect is X12
    return Envelope(
        dialect=partner.dialect,
        delimiters=partner.delimiters,
        sender=partner.ours,
        receiver=partner.theirs,
        reference="000000000" if x12 else "0",
        version=partner.version,
        at=datetime.fromisoformat("2000-01-01T00:00:00+00:00"),
        test=partner.test,
        ack_requested=partner.dialect is EDIFACT,
        functional_id=FUNCTIONAL_IDS.get(kind, "") if x12 else "",
        group_sender=partner.group_ours,
        group_receiver=partner.group_theirs,
        group_reference="1",
        release=partner.release + partner.association if x12 else "",
        charset=partner.charset,
        line_break=partner.line_break,
    )
