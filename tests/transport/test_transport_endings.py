from __future__ import annotations

import pytest

from gateway.transport.endings import HEAD_BYTES
from gateway.transport.endings import TAIL_BYTES
from gateway.transport.endings import is_complete

X12 = b"ISA*00*          *00*          *ZZ*HARBOR         ~GE*1*5~IEA*1*000000012~"
EDIFACT = b"UNB+UNOC:3+A+B+260302:1200+77'UNT+3+1'UNZ+1+77'"


def complete(data: bytes) -> bool:
    return is_complete(data[:HEAD_BYTES], data[-TAIL_BYTES:])


@pytest.mark.parametrize(
    "data",
    [
        X12,
        X12 + b"\r\n\r\n",
        X12 + b"\x1a",
        X12.replace(b"~", b"\n"),
        X12.replace(b"~", b"\r\n"),
        X12.replace(b"*", b"\x1d").replace(b"~", b"\x1c"),
        X12.replace(b"IEA*1", b"IE\nA*1"),
        EDIFACT,
        EDIFACT + b"   ",
        EDIFACT.replace(b"+77'", b"+REF-4711/A'"),
        EDIFACT.replace(b"'", b"\x1c").replace(b"+", b"\x1d"),
        b'{"number": "1"}',
        b'\xef\xbb\xbf\n{"number": "1"}\n',
        b"[1, 2]",
        b"<order/>\n",
    ],
)
def test_a_file_that_closes_what_it_opened_is_complete(data):
    assert complete(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        X12[:-1],
        X12[:-4],
        X12[: X12.index(b"IEA")],
        EDIFACT[:-1],
        EDIFACT[: EDIFACT.index(b"UNZ")],
        b'{"number": "1"',
        b"[1, 2",
        b"<order",
        b'{"note": "IEA*1*000000012~"',
    ],
)
def test_a_file_cut_short_is_not(data):
    assert not complete(data)


@pytest.mark.parametrize("data", [X12, EDIFACT], ids=["X12", "EDIFACT"])
def test_no_shorter_piece_of_an_interchange_is_complete(data):
    assert [size for size in range(len(data)) if complete(data[:size])] == []
