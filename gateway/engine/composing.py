"""A canonical document as the partner's set: written, and checked by the partner's own guide.

Pure but for the definitions it loads; `gateway translate` and the outbox share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime

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
from gateway.engine.dropped import Dropped
from gateway.engine.groups import FUNCTIONAL_IDS
from gateway.engine.reading import findings_of
from gateway.engine.reading import read_file
from gateway.mapping import emit
from gateway.mapping import name_paths
from gateway.partner.partner import Partner

_SOME_DAY = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Composed:
    """The body of one set, its segments as such or as texts; `identifier` is ST01 or S009. Nothing
    may be sent when `findings` has an error. `map` is what wrote it, as the journal names it."""

    kind: str
    identifier: list[str]
    body: Sequence[Written]
    findings: tuple[Finding, ...]
    map: str = ""


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
        return Composed(kind, identifier, texts, (), map_.name)
    emission = emit(map_, dropped.data, delimiters=partner.delimiters)
    written, lost = emission.segments, tuple(emission.findings)
    composed = Composed(kind, identifier, written, lost, map_.name)
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
    envelope = envelope_to(partner, composed.kind, test=partner.test)
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


def envelope_to(
    partner: Partner,
    kind: str,
    *,
    numbers: tuple[int, int] = (0, 1),
    at: datetime = _SOME_DAY,
    test: bool,
    ack_requested: bool = True,
) -> Envelope:
    """The envelope for sets of a kind to a partner, empty for an interchange without any. `numbers`
    are the control numbers of interchange and group; without them it is good for trials only."""
    x12 = partner.dialect is X12
    interchange, group = numbers
    return Envelope(
        dialect=partner.dialect,
        delimiters=partner.delimiters,
        sender=partner.ours,
        receiver=partner.theirs,
        reference=f"{interchange:09d}" if x12 else str(interchange),
        version=partner.version,
        at=at,
        test=test,
        ack_requested=ack_requested and not x12,
        functional_id=FUNCTIONAL_IDS[kind] if x12 and kind else "",
        group_sender=partner.group_ours,
        group_receiver=partner.group_theirs,
        group_reference=str(group),
        release=partner.release + partner.association if x12 else "",
        charset=partner.charset,
        line_break=partner.line_break,
    )
