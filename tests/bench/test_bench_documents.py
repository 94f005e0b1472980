"""The bench measures real work: its documents are varied, valid and lose nothing in its home."""

from __future__ import annotations

from collections import Counter

import pytest
from checked import check_content
from interchanges import KINDS
from works import Gateway

from gateway.engine.composing import compose
from gateway.engine.dropped import read_document
from gateway.engine.laws import check_laws
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file

SETS = 40


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest):
    return KINDS[request.param]


@pytest.fixture
def content(kind) -> bytes:
    return b"".join(kind.interchange(SETS, seed=7))


def test_every_set_is_accepted_without_a_finding(kind, content: bytes) -> None:
    gateway = Gateway(kind.partner)
    checked = check_content(content, gateway.definitions, gateway.partner)
    assert checked.findings == []
    assert [one["set"] for one in checked.sets] == [kind.name] * SETS


def test_the_same_seed_makes_the_same_bytes_and_no_two_sets_are_alike(kind, content) -> None:
    assert b"".join(kind.interchange(SETS, seed=7)) == content
    assert b"".join(kind.interchange(SETS, seed=8)) != content
    bodies = Counter(b"".join(kind.interchange(1, seed)) for seed in range(SETS))
    assert len(bodies) == SETS


def test_both_works_carry_every_document(kind, content: bytes) -> None:
    gateway = Gateway(kind.partner)
    documents = list(gateway.to_json(content))
    assert len(documents) == SETS
    assert gateway.to_edi(documents) == SETS
    assert gateway.validate(content) == SETS


def test_both_laws_hold(kind, content: bytes) -> None:
    gateway = Gateway(kind.partner)
    reads = read_file([content], gateway.definitions, lambda _header: gateway.partner)
    for read in reads:
        if isinstance(read, SetRead):
            laws = check_laws(read)
            assert laws is not None
            assert (laws.canonical, laws.differences) == ([], [])


def test_both_works_are_soon_done_by_compiled_maps(kind, content: bytes) -> None:
    gateway = Gateway(kind.partner)
    definitions, partner = gateway.definitions, gateway.partner
    written = read = 0
    for _ in range(2):
        for document in gateway.to_json(content):
            dropped, _ = read_document(document, definitions.schemas)
            assert dropped is not None
            written += isinstance(compose(dropped, partner, definitions).body[0], str)
        found = list(read_file([content], definitions, lambda _header: partner, fast=True))
        sets = [one for one in found if isinstance(one, SetRead)]
        read += sum(len(one.set.segments) == 1 for one in sets)
    assert min(written, read) > SETS
