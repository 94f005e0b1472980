"""Whatever the bytes, the outcome is findings or success: never anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import SAMPLES
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from gateway.edi.sentences import sentence
from gateway.engine.checking import check_content
from gateway.engine.composing import read_document
from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps
from gateway.engine.laws import check_laws
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file

DEFINITIONS = Definitions(packaged_maps())
EDI = sorted(SAMPLES.glob("*.edi"))
DOCUMENTS = sorted(SAMPLES.glob("*.json"))
PIECES = [b"~", b"*", b"'", b"+", b":", b">", b"?", b"\n", b"", b"00", b"-1", b"\xff", b"IEA*1*1~"]


@st.composite
def mutated(draw: st.DrawFn, samples: list[Path]) -> bytes:
    """A sample with up to six cuts, repetitions and insertions."""
    data = draw(st.sampled_from(samples)).read_bytes()
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        piece = draw(st.sampled_from([*PIECES, data[start:end] * 2]) | st.binary(max_size=5))
        data = data[:start] + piece + data[end:]
    return data


def outcome_is_findings_or_success(data: bytes) -> None:
    checked = check_content(data, DEFINITIONS, None)
    for finding in checked.findings:
        assert sentence(finding)
        offset = finding.position.offset
        assert offset is None or 0 <= offset <= len(data)
    assert all(isinstance(text, str) for text in checked.acknowledgments())
    for read in read_file([data], DEFINITIONS):
        if isinstance(read, SetRead):
            check_laws(read)


def campaign(examples: int) -> None:
    limits = settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))

    @limits
    @given(mutated(EDI))
    def edi(data: bytes) -> None:
        outcome_is_findings_or_success(data)

    @limits
    @given(mutated(DOCUMENTS))
    def dropped(data: bytes) -> None:
        document, findings = read_document(data, DEFINITIONS.schemas)
        assert document is not None or findings

    edi()
    dropped()


def test_mutated_samples() -> None:
    campaign(150)


@pytest.mark.long
def test_many_mutated_samples() -> None:
    campaign(4000)
