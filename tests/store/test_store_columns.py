from __future__ import annotations

from datetime import datetime
from datetime import timedelta
from datetime import timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_samples import NOON
from store_samples import add
from store_samples import transmission

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity
from gateway.store.columns import Findings

ordinals = st.none() | st.integers(1, 10**9)
texts = st.text(st.characters(codec="utf-8"), max_size=20)
findings = st.builds(
    Finding,
    code=st.sampled_from(Code),
    severity=st.sampled_from(Severity),
    position=st.builds(
        Position,
        interchange=ordinals,
        group=ordinals,
        set=ordinals,
        segment=ordinals,
        tag=st.none() | texts,
        element=ordinals,
        component=ordinals,
        repetition=ordinals,
        offset=st.none() | st.integers(0, 10**12),
    ),
    value=st.none() | texts,
    detail=st.dictionaries(texts, texts, max_size=3),
)


@given(st.lists(findings, max_size=4).map(tuple))
def test_findings_are_stored_without_loss(found):
    column = Findings()
    stored = column.process_bind_param(found, None)
    assert column.process_result_value(stored, None) == found


def test_an_instant_comes_back_in_utc(store):
    berlin = timezone(timedelta(hours=1))
    add(store, transmission(received_at=datetime(2026, 3, 2, 13, 0, tzinfo=berlin)))
    with store.reading() as tx:
        found = tx.transmissions.get("T1").received_at
    assert found == NOON
    assert found.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(store):
    with pytest.raises(Exception, match="naive"):
        add(store, transmission(received_at=datetime(2026, 3, 2, 13, 0)))  # noqa: DTZ001
