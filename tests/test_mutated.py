"""Whatever the bytes, the outcome is findings or success: never anything else."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from checked import check_content
from homes import SAMPLES
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import seed
from hypothesis import settings
from hypothesis import strategies as st
from outcomes import DEFINITIONS
from outcomes import checking_ends_in_findings_or_success
from outcomes import pieces_are_read_as_the_whole
from outcomes import sending_ends_in_findings_or_success
from outcomes import translating_ends_in_findings_or_success

CASES = Path(__file__).parent / "cases"
EDI = [*sorted(SAMPLES.glob("*.edi")), *sorted(CASES.glob("*-basic/input.edi"))]
DOCUMENTS = sorted(SAMPLES.glob("*.json"))
PIECES = [b"~", b"*", b"'", b"+", b":", b">", b"?", b"\n", b"", b"00", b"-1", b"\xff", b"IEA*1*1~"]
OUTCOMES = [
    (pieces_are_read_as_the_whole, EDI),
    (checking_ends_in_findings_or_success, EDI),
    (translating_ends_in_findings_or_success, EDI),
    (sending_ends_in_findings_or_success, DOCUMENTS),
]
CAMPAIGN_SECONDS = 40


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


def try_mutated(
    outcome: Callable[[bytes], None], samples: list[Path], examples: int, number: int
) -> None:
    @seed(number)
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(mutated(samples))
    def tried(data: bytes) -> None:
        outcome(data)

    tried()


@pytest.mark.parametrize("outcome, samples", OUTCOMES, ids=lambda one: getattr(one, "__name__", ""))
def test_mutated_samples(outcome: Callable[[bytes], None], samples: list[Path]) -> None:
    try_mutated(outcome, samples, 100, number=random.SystemRandom().getrandbits(32))


@pytest.mark.long
@pytest.mark.parametrize("outcome, samples", OUTCOMES, ids=lambda one: getattr(one, "__name__", ""))
def test_many_mutated_samples(outcome: Callable[[bytes], None], samples: list[Path]) -> None:
    first = number = random.SystemRandom().getrandbits(32)
    until = time.monotonic() + CAMPAIGN_SECONDS
    while time.monotonic() < until:
        try_mutated(outcome, samples, 200, number)
        number += 1
    print(f"campaign: {outcome.__name__}, seeds {first} to {number - 1}, 200 samples each")


@pytest.mark.parametrize("name", ["A" * 300, "ÿ" * 200, "../../850", "", "\x00", "1²"], ids=repr)
def test_a_kind_or_release_from_the_wire_is_never_a_path(name: str) -> None:
    """Found by fuzzing: a name too long for a file."""
    message = (CASES / "edifact-orders-basic" / "input.edi").read_text()
    for data in (
        message.replace("ORDERS:D:96A", f"{name}:D:96A"),
        message.replace(":96A", f":{name}"),
    ):
        checked = check_content(data.encode("latin-1"), DEFINITIONS, None)
        assert [one["accepted"] for one in checked.sets] == [False]
    assert not [key for key in DEFINITIONS._maps if name and name in key]
