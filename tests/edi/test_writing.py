"""What is written is read back; what cannot be written is a finding."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.dialect import EDIFACT
from gateway.edi.dialect import X12
from gateway.edi.envelope import read_interchanges
from gateway.edi.events import Address
from gateway.edi.splitting import splitter
from gateway.edi.writer import EDIFACT_DELIMITERS
from gateway.edi.writer import X12_DELIMITERS
from gateway.edi.writer import Envelope
from gateway.edi.writer import SetBody
from gateway.edi.writer import to_segments
from gateway.edi.writer import unwritable
from gateway.edi.writer import write_interchange
from gateway.edi.writer import write_segment

ORDER = Envelope(
    dialect=X12,
    delimiters=X12_DELIMITERS,
    sender=Address("ZZ", "NORTHFIELD"),
    receiver=Address("ZZ", "HARBORMED"),
    reference="000000042",
    version="00401",
    at=datetime(2026, 1, 15, 9, 30, tzinfo=UTC),
    functional_id="PO",
    group_sender="NORTHFIELD",
    group_receiver="HARBORMED",
    group_reference="7",
    release="004010",
)
MESSAGE = Envelope(
    dialect=EDIFACT,
    delimiters=EDIFACT_DELIMITERS,
    sender=Address("14", "4012345000009"),
    receiver=Address("14", "4098765000003"),
    reference="88",
    version="UNOC:3",
    at=datetime(2026, 1, 15, 9, 30, tzinfo=UTC),
    charset="iso-8859-1",
)


@pytest.mark.parametrize(
    ("envelope", "identifier"),
    [(ORDER, ["850"]), (MESSAGE, ["ORDERS", "D", "96A", "UN", "EAN008"])],
)
def test_a_written_interchange_reads_back_without_findings(
    envelope: Envelope, identifier: list[str]
) -> None:
    sets = [SetBody(identifier, f"{n:04d}", [("BGM", ["220", f"PO-{n}"])]) for n in (1, 2)]
    events = list(read_interchanges([write_interchange(envelope, sets)]))
    assert not [finding for event in events for finding in getattr(event, "findings", [])]
    header = events[0]
    assert (header.sender, header.receiver) == (envelope.sender, envelope.receiver)
    assert header.reference == envelope.reference
    assert [e.segments[1].value(2) for e in events if hasattr(e, "segments")] == ["PO-1", "PO-2"]


def test_isa_is_of_fixed_width() -> None:
    data = write_interchange(ORDER, [SetBody(["850"], "0001", [])])
    assert data.index(b"~") == 105


component = st.text("ABÜ+:'?*~> .", max_size=6)


@given(st.lists(st.lists(component, min_size=1, max_size=3), min_size=1, max_size=5))
def test_edifact_releases_every_service_character(elements: list[list[str]]) -> None:
    text = write_segment("FTX", elements, EDIFACT_DELIMITERS)
    tag, read = splitter(EDIFACT_DELIMITERS)(text)
    assert tag == "FTX"
    assert [_trim(value) for value in _trimmed(read)] == [
        _trim(value) for value in _trimmed(elements)
    ]


def _trim(value: str | list[str]) -> list[str]:
    parts = [value] if isinstance(value, str) else list(value)
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _trimmed(elements: list) -> list:
    elements = list(elements)
    while elements and not _trim(elements[-1]):
        elements.pop()
    return elements


def test_x12_data_with_a_delimiter_is_a_finding() -> None:
    segments = to_segments([("MSG", ["DOCK 4*REAR"])], X12_DELIMITERS)
    [finding] = unwritable(segments, ORDER)
    assert (finding.code.value, finding.position.reference) == ("invalid-character", "MSG01")


def test_data_outside_the_charset_is_a_finding() -> None:
    segments = to_segments([("FTX", ["AAI", ["Łódź"]])], EDIFACT_DELIMITERS)
    assert [finding.code.value for finding in unwritable(segments, MESSAGE)] == [
        "invalid-character"
    ]
