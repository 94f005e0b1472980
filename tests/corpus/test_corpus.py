"""The public samples: nothing fails otherwise than by a finding, and what is valid is taken."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from samples import Sample
from samples import read_samples

HERE = Path(__file__).parent
CASES = HERE.parent / "cases"
NO_INTERCHANGE = {
    "EdiFabric+EDIFACT.NET/Files/EDIFACT/MixedTransactionsNoEnvelopes.txt",
    "nerdocs+pydifact/_history/tests/data/order.edi",
}
"""Published as valid, but without UNB: nobody could be answered."""


@pytest.fixture(scope="module")
def samples(corpus: Path) -> list[Sample]:
    return read_samples(corpus)


def test_every_sample_ends_in_findings_or_success(samples: list[Sample]) -> None:
    assert len(samples) == 794
    for sample in samples:
        assert sample.checked.valid or sample.checked.findings


def test_every_valid_sample_is_accepted(samples: list[Sample]) -> None:
    refused = {
        sample.path
        for sample in samples
        if sample.in_scope and sample.valid == "yes" and not sample.checked.valid
    }
    assert refused == NO_INTERCHANGE


def test_the_confusion_table(samples: list[Sample]) -> None:
    table = Counter((sample.valid, sample.checked.valid) for sample in samples if sample.in_scope)
    assert table["yes", True] == 96
    assert table["no", True] == 1, "a sample published as broken that we accept"
    print(table)


def test_the_schema_admits_what_was_read(samples: list[Sample]) -> None:
    assert not [sample.path for sample in samples if sample.in_scope and sample.schema_faults]


def test_the_canonical_law_holds_on_every_sample(samples: list[Sample]) -> None:
    broken = [
        (sample.path, laws.reference)
        for sample in samples
        for laws in sample.laws
        if not laws.canonical_holds
    ]
    assert not broken


def test_the_wire_law_holds_on_every_sample(samples: list[Sample]) -> None:
    """Exact, or different by what is declared."""
    laws = [laws for sample in samples for laws in sample.laws]
    assert len(laws) > 150
    assert not [(one.kind, one.differences) for one in laws if not one.wire_holds]


def test_the_maps_claim_everything(samples: list[Sample]) -> None:
    accepted = [s for s in samples if s.in_scope and s.checked.valid]
    claimed = sum(laws.claimed for sample in accepted for laws in sample.laws)
    total = sum(laws.total for sample in accepted for laws in sample.laws)
    assert total > 10_000
    assert claimed == total


def test_the_tables_tell_what_is_accepted_and_which_law_is_broken(tmp_path: Path) -> None:
    """`make corpus`, on two of our own cases: a good one and a bad one."""
    rows = ["path\tkind\tversion\tvalid"]
    for name, valid in (("variation-v20-x12-856-count-differs", "yes"), ("x12-855-basic", "no")):
        (tmp_path / name).write_bytes((CASES / name / "input.edi").read_bytes())
        rows.append("\t".join([name, name.split("x12-")[1][:3], "004010", valid]))
    (tmp_path / "INDEX.tsv").write_text("\n".join(rows))
    done = subprocess.run(
        [sys.executable, HERE / "tables.py", tmp_path], capture_output=True, text=True, check=True
    )
    words = [line.split() for line in done.stdout.splitlines()]
    assert ["855", "-", "-", "-", "1", "of", "1"] in words
    assert ["856", "1", "of", "1", "-", "-", "-"] in words
    assert ["856", "1", "1", "0", "1", "0", "wrong", "total", "CTT01", "(1)"] in words
    assert ["856", "49", "49", "100.00%"] in words
