"""Binary data in X12 (BIN02, BDS03): its length is counted, its bytes may be delimiters."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.dialect import X12
from gateway.edi.envelope import read_interchanges
from gateway.edi.events import Address
from gateway.edi.events import TransactionSet
from gateway.edi.segment import Segment
from gateway.edi.tokens import Tokenizer
from gateway.edi.writer import X12_DELIMITERS
from gateway.edi.writer import Envelope
from gateway.edi.writer import SetBody
from gateway.edi.writer import to_segments
from gateway.edi.writer import unwritable
from gateway.edi.writer import write_interchange

ISA = (
    b"ISA*00*          *00*          *ZZ*HARBORMED      *ZZ*NORTHFIELD     "
    b"*260115*0930*U*00401*000000042*0*P*>~"
)
GS = b"GS*AC*HARBORMED*NORTHFIELD*20260115*0930*7*X*004010~"
DATA = b"~IEA*1*000000042~\r\nSE*1*\xff\x00*>'\x1a "


def interchange(*segments: bytes, terminator: bytes = b"~") -> bytes:
    head = (ISA + GS).replace(b"~", terminator)
    body = [b"ST*841*0001", *segments, b"SE*3*0001", b"GE*1*7", b"IEA*1*000000042"]
    return head + b"".join(segment + terminator for segment in body)


def tokens(pieces: list[bytes]) -> list:
    return list(Tokenizer().read(pieces))


def segments(data: bytes) -> list[Segment]:
    return [token for token in tokens([data]) if isinstance(token, Segment)]


@pytest.mark.parametrize("head", [b"BIN*%d*", b"BDS*ASB*%d*"], ids=["BIN", "BDS"])
@pytest.mark.parametrize("terminator", [b"~", b"\n", b"\r\n"], ids=repr)
def test_data_ends_where_its_count_ends(head: bytes, terminator: bytes) -> None:
    data = interchange(head % len(DATA) + DATA, terminator=terminator)
    tags = [segment.tag for segment in segments(data)]
    assert tags == ["ISA", "GS", "ST", head[:3].decode(), "SE", "GE", "IEA"]
    binary = segments(data)[3]
    assert str(binary.elements[-1]).encode("latin-1") == DATA
    assert data[binary.offset :][: binary.size] == head % len(DATA) + DATA


def test_byte_by_byte_is_the_same() -> None:
    data = interchange(b"BIN*%d*" % len(DATA) + DATA, b"BIN*3*~~~", b"BIN*0*")
    assert tokens([data[at : at + 1] for at in range(len(data))]) == tokens([data])


@given(st.binary(max_size=60), st.integers(0, 70), st.lists(st.integers(0, 500), max_size=5))
def test_any_data_any_count_any_pieces(content: bytes, count: int, cuts: list[int]) -> None:
    data = interchange(b"BIN*%d*" % count + content, b"BDS*ASB*%d*" % len(content) + content)
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    whole = tokens([data])
    assert tokens([data[a:b] for a, b in pairwise(edges)]) == whole
    if count == len(content):
        assert [token.elements[-1] for token in whole if getattr(token, "tag", "") == "BIN"] == [
            content.decode("latin-1")
        ]


@pytest.mark.parametrize("count", [b"2", b"9", b"99999", b"999999999999", b"x", b""])
def test_a_wrong_count_swallows_nothing(count: bytes) -> None:
    found = segments(interchange(b"BIN*" + count + b"*abc"))
    assert [segment.tag for segment in found] == ["ISA", "GS", "ST", "BIN", "SE", "GE", "IEA"]


def test_many_wrong_counts_cost_linear_time() -> None:
    data = interchange(*[b"BIN*900000*"] * 50_000)
    assert len(segments(data)) == 50_006


def test_data_at_the_end_of_a_file_that_breaks_off() -> None:
    found = segments(ISA + GS + b"ST*841*0001~BIN*5*a~b~c")
    assert found[-1].elements == ["5", "a~b~c"]


@given(st.binary(min_size=1, max_size=40))
def test_what_is_written_is_read_back(content: bytes) -> None:
    text = content.decode("latin-1")
    body = [("BIN", [str(len(content)), text]), ("BDS", ["ASB", str(len(content)), text])]
    envelope = Envelope(
        X12,
        X12_DELIMITERS,
        Address("ZZ", "HARBORMED"),
        Address("ZZ", "NORTHFIELD"),
        "000000042",
        "00401",
        datetime(2026, 1, 15, 9, 30, tzinfo=UTC),
        functional_id="AC",
        group_sender="HARBORMED",
        group_receiver="NORTHFIELD",
        group_reference="7",
        release="004010",
    )
    assert unwritable(to_segments(body, X12_DELIMITERS), envelope) == []
    written = write_interchange(envelope, [SetBody(("841",), "0001", body)])
    (read,) = (one for one in read_interchanges([written]) if isinstance(one, TransactionSet))
    assert [(segment.tag, segment.elements) for segment in read.segments[1:-1]] == body
