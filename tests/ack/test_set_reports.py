"""The sets of a group keep their order and all an acknowledgment tells, in little memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.ack.report import SetReport
from gateway.ack.report import SetReports
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Severity

TOLD = Finding(Code.SEGMENT_UNKNOWN, Severity.ERROR)
NOTE = Finding(Code.UNCLAIMED, Severity.NOTE)

reports = st.builds(
    SetReport,
    kind=st.sampled_from(["850", "ORDERS"]),
    reference=st.text(max_size=6),
    association=st.sampled_from([(), ("ORDERS", "D", "96A", "UN")]),
    findings=st.sampled_from([(), (TOLD,)]),
)


@given(st.lists(reports, max_size=30))
def test_what_is_appended_comes_back(added: list[SetReport]) -> None:
    kept = SetReports()
    for one in added:
        kept.append(one)
    assert list(kept) == added
    assert len(kept) == len(added)
    assert bool(kept) == bool(added)
    assert kept[:3] == tuple(added[:3])


def test_notes_are_nobodys_business() -> None:
    kept = SetReports()
    kept.append(SetReport("850", "1", (), (NOTE, TOLD, NOTE)))
    kept.append(SetReport("850", "2", (), (NOTE,)))
    assert [one.findings for one in kept] == [(TOLD,), ()]
