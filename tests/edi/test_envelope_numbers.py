"""Control numbers and counts of envelopes: what is a repeat and what is not, by either reader."""

from __future__ import annotations

import pytest

from gateway.edi.envelope import read_interchanges
from gateway.edi.events import InterchangeEnd
from gateway.edi.events import Taken

ISA = (
    "ISA*00*          *00*          *ZZ*NORTHFIELD     *ZZ*HARBORMED      "
    "*260115*0930*U*00401*000000042*0*P*>~"
)


def group(number: int, *sets: str, release: str = "004010", count: str = "") -> str:
    inside = "".join(f"ST*850*{one}~BEG*00*SA*{one}**20260115~SE*3*{one}~" for one in sets)
    return (
        f"GS*PO*NORTHFIELD*HARBORMED*20260115*0930*{number}*X*{release}~{inside}"
        f"GE*{count or len(sets)}*{number}~"
    )


def interchange(*groups: str, count: str = "") -> bytes:
    return f"{ISA}{''.join(groups)}IEA*{count or len(groups)}*000000042~".encode()


def findings(wire: bytes) -> list[str]:
    found = [event for event in read_interchanges([wire]) if hasattr(event, "findings")]
    return [finding.code.value for event in found for finding in event.findings]


def offered(wire: bytes) -> list[tuple[str, str]]:
    """Reference and release of the sets that were taken whole."""
    events = read_interchanges([wire], lambda one, _text: (one.reference, one.release))
    return [event.made for event in events if isinstance(event, Taken)]


def test_each_group_counts_its_sets_anew() -> None:
    wire = interchange(group(7, "0001"), group(8, "0001"))
    assert findings(wire) == []
    assert offered(wire) == [("0001", "004010"), ("0001", "004010")]


def test_a_repeated_set_is_not_taken_whole_but_looked_at() -> None:
    wire = interchange(group(7, "0001", "0001"))
    assert findings(wire) == ["control-number-repeated"]
    assert offered(wire) == [("0001", "004010")]


def test_each_group_has_a_release_of_its_own() -> None:
    wire = interchange(group(7, "0001"), group(8, "0002", release="005010"))
    assert offered(wire) == [("0001", "004010"), ("0002", "005010")]


@pytest.mark.parametrize(("count", "right"), [("001", True), ("1", True), ("01x", False)])
def test_leading_zeros_of_a_count_do_not_matter(count: str, *, right: bool) -> None:
    wire = interchange(group(7, "0001", count=count), count=count)
    assert findings(wire) == ([] if right else ["count-mismatch", "count-mismatch"])


def test_a_trailer_repeats_the_control_number_letter_by_letter() -> None:
    wire = interchange(group(7, "0001"))
    assert findings(wire.replace(b"IEA*1*000000042", b"IEA*1*42")) == ["control-number-mismatch"]


def test_an_interchange_ends_behind_its_last_terminator() -> None:
    """Its bytes are what a repeat is known by."""
    first, second = interchange(group(7, "0001")), interchange(group(8, "0002"))
    wire = first + b"\r\n" + second
    ends = [event for event in read_interchanges([wire]) if isinstance(event, InterchangeEnd)]
    assert [wire[end.start : end.end] for end in ends] == [first, second]


def test_a_trailer_that_never_came_is_missed_behind_the_last_segment() -> None:
    wire = interchange(group(7, "0001")).partition(b"SE*")[0]
    found = [event for event in read_interchanges([wire]) if hasattr(event, "findings")]
    places = {
        finding.position.tag: finding.position.offset
        for event in found
        for finding in event.findings
    }
    end = wire.rindex(b"~")
    assert places == {"SE": end, "GE": end, "IEA": end}
