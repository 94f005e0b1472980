"""Reading the wire: delimiters, pieces of any size, envelopes and their faults."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.envelope import read_interchanges
from gateway.edi.events import Before
from gateway.edi.events import Group
from gateway.edi.events import GroupEnd
from gateway.edi.events import Interchange
from gateway.edi.events import InterchangeEnd
from gateway.edi.events import Stray
from gateway.edi.events import Taken
from gateway.edi.events import TransactionSet
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.sentences import sentence
from gateway.edi.tokens import Tokenizer

ISA = (
    "ISA*00*          *00*          *ZZ*NORTHFIELD     *ZZ*HARBORMED      "
    "*260115*0930*U*00401*000000042*0*P*>~"
)
GS = "GS*PO*NORTHFIELD*HARBORMED*20260115*0930*7*X*004010~"
SET = "ST*850*0001~BEG*00*SA*4500123456**20260115~PO1*1*12*BX~SE*4*0001~"
X12 = ISA + GS + SET + "GE*1*7~IEA*1*000000042~"
UNB = "UNB+UNOC:3+4012345000009:14+4098765000003:14+260115:0930+88'"
UNH = "UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+PO?'778?+1+9'UNT+3+1'"
EDIFACT = UNB + UNH + "UNZ+1+88'"


def events(text: str | bytes) -> list:
    data = text.encode() if isinstance(text, str) else text
    return list(read_interchanges([data]))


def codes(text: str | bytes) -> list[tuple[str, str | None]]:
    return [
        (finding.code.value, finding.position.tag)
        for event in events(text)
        for finding in getattr(event, "findings", [])
    ]


def test_an_x12_interchange_is_five_events() -> None:
    kinds = [type(event) for event in events(X12)]
    assert kinds == [Interchange, Group, TransactionSet, GroupEnd, InterchangeEnd]
    assert codes(X12) == []


def test_the_header_tells_who_and_what() -> None:
    header, group, order, *_ = events(X12)
    assert (str(header.sender), str(header.receiver)) == ("ZZ:NORTHFIELD", "ZZ:HARBORMED")
    assert (header.reference, header.test) == ("000000042", False)
    assert (group.functional_id, group.reference, group.release) == ("PO", "7", "004010")
    assert (order.kind, order.release, order.reference) == ("850", "004010", "0001")
    assert [segment.tag for segment in order.segments] == ["ST", "BEG", "PO1", "SE"]


def test_an_edifact_message_and_its_released_characters() -> None:
    header, order, end = events(EDIFACT)
    assert (order.kind, order.release, order.association) == ("ORDERS", "D96A", "EAN008")
    assert order.segments[1].value(2) == "PO'778+1"
    assert order.segments[1].text == "BGM+220+PO?'778?+1+9"
    assert str(header.sender) == "14:4012345000009"
    assert end.complete


@pytest.mark.parametrize("text", [X12, EDIFACT, "\ufeff" + X12, X12 + "\r\n" + EDIFACT + "\x1a"])
def test_byte_by_byte_is_the_same(text: str) -> None:
    data = text.encode()
    assert list(read_interchanges(data[i : i + 1] for i in range(len(data)))) == events(data)


@given(cuts=st.lists(st.integers(0, 600), max_size=12))
def test_any_pieces_are_the_same(cuts: list[int]) -> None:
    data = (X12 + "\n" + EDIFACT + X12).encode()
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[a:b] for a, b in pairwise(edges)]
    assert list(read_interchanges(pieces)) == events(data)


@given(st.binary(max_size=400))
def test_any_bytes_end_in_events(data: bytes) -> None:
    for event in read_interchanges([b"UNB+UNOA:3+", data, ISA.encode(), data]):
        assert event is not None


@pytest.mark.parametrize(
    "terminator", ["\n", "\r\n", "~\r\n", "~\n  ", "'", "\x1c"], ids=lambda mark: repr(mark)
)
def test_any_terminator(terminator: str) -> None:
    assert codes(X12.replace("~", terminator)) == []
    assert events(X12.replace("~", terminator))[2].segments[1].value(3) == "4500123456"


@pytest.mark.parametrize(
    "text, shown",
    [(X12.replace("*>~", "*A~", 1), '"* A ~"'), ("UNA:+.?++" + EDIFACT, '": + + ?"')],
)
def test_separators_that_cannot_be_are_shown_and_told_what_they_must_be(text: str, shown: str):
    findings = [one for event in events(text) for one in getattr(event, "findings", [])]
    found = [one for one in findings if one.code is Code.HEADER_INVALID]
    told = f"{shown}. Expected: separators that are no letters or digits, no two the same."
    assert sentence(found[0]).endswith(told)


def test_control_separators_of_level_b_without_una() -> None:
    text = EDIFACT.replace("?'", "").replace("?+", "").replace("UNOC", "UNOB")
    for mark, control in zip("+:'", "\x1d\x1f\x1c", strict=True):
        text = text.replace(mark, control)
    assert events(text)[1].segments[1].value(2) == "PO7781"


def test_una_chooses_all_marks() -> None:
    text = "UNA|*,\\ ~" + EDIFACT.translate(str.maketrans("+:'?", "*|~\\"))
    assert events(text)[1].segments[1].value(2) == "PO~778*1"
    assert events(text)[0].delimiters.decimal == ","


def test_syntax_4_repeats_and_syntax_3_does_not() -> None:
    text = EDIFACT.replace("UNOC:3", "UNOC:4").replace("+9'", "+9*A'")
    assert events(text)[1].segments[1].elements[2] == [["9"], ["A"]]
    assert events(text.replace("UNOC:4", "UNOC:3"))[1].segments[1].elements[2] == "9*A"


def test_repetition_from_00402_on() -> None:
    newer = X12.replace("*U*00401*", "*^*00402*").replace("*BX~", "*BX^EA~")
    assert events(newer)[2].segments[2].elements[2] == [["BX"], ["EA"]]
    older = X12.replace("*U*00401*", "*^*00401*").replace("*BX~", "*BX^EA~")
    assert events(older)[2].segments[2].elements[2] == "BX^EA"


def test_charset_comes_from_the_envelope() -> None:
    text = EDIFACT.replace("PO?'778?+1", "MÜLLER")
    assert events(text.encode("latin-1"))[1].segments[1].value(2) == "MÜLLER"
    ascii_only = text.replace("UNOC", "UNOA").encode("latin-1")
    assert ("invalid-character", "BGM") in codes(ascii_only)


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_bytes_that_no_part_of_iso_8859_has_are_told(charset: str) -> None:
    """UTF-8 or Windows-1252 under UNOC: the text is not what the sender meant."""
    content = EDIFACT.replace("PO?'778?+1", "GÄUZE„7“").encode(charset)
    [order] = [event for event in events(content) if isinstance(event, TransactionSet)]
    [finding] = order.findings
    assert (finding.code, finding.severity.value) == (Code.INVALID_CHARACTER, "warning")
    offset = finding.position.offset or 0
    assert 0x80 <= content[offset] <= 0x9F
    assert "iso-8859-1" in sentence(finding)
    taken = read_interchanges([content], lambda one, _text: one)
    assert not [event for event in taken if isinstance(event, Taken)]


@pytest.mark.parametrize("word", ["Söhne", "ärztlich", "2 µm", "Muñoz"])
def test_utf_8_where_western_text_was_declared_is_told(word: str) -> None:
    """Its bytes are all letters and signs of ISO 8859-1, in an order that no language has."""
    text = EDIFACT.replace("PO?'778?+1", word)
    meant = text.encode("latin-1")
    assert not [one for one in events(meant) if isinstance(one, TransactionSet) and one.findings]
    [order] = [one for one in events(text.encode()) if isinstance(one, TransactionSet)]
    [finding] = order.findings
    assert (finding.code, finding.severity.value) == (Code.INVALID_CHARACTER, "warning")
    taken = read_interchanges([text.encode()], lambda one, _text: one)
    assert not [event for event in taken if isinstance(event, Taken)]


def test_x12_of_windows_is_read_with_its_quotes() -> None:
    content = X12.replace("4500123456", "“7”").encode("cp1252")
    assert events(content)[2].segments[1].value(3) == "“7”"


@pytest.mark.parametrize(
    ("old", "new", "code", "tag"),
    [
        ("SE*4*", "SE*5*", Code.COUNT_MISMATCH, "SE"),
        ("SE*4*0001", "SE*4*0002", Code.CONTROL_NUMBER_MISMATCH, "SE"),
        ("SE*4*0001~", "", Code.TRAILER_MISSING, "SE"),
        ("GE*1*7~", "", Code.TRAILER_MISSING, "GE"),
        ("GE*1*7", "GE*2*7", Code.COUNT_MISMATCH, "GE"),
        ("GE*1*7", "GE*1*8", Code.CONTROL_NUMBER_MISMATCH, "GE"),
        ("IEA*1*000000042~", "", Code.TRAILER_MISSING, "IEA"),
        ("IEA*1*000000042", "IEA*1*000000043", Code.CONTROL_NUMBER_MISMATCH, "IEA"),
        ("IEA*1*", "IEA*3*", Code.COUNT_MISMATCH, "IEA"),
        ("IEA*1*", "IEA**", Code.COUNT_MISMATCH, "IEA"),
        ("IEA*1*", "IEA*1\u00b2*", Code.COUNT_MISMATCH, "IEA"),
        ("IEA*1*", "IEA*" + "1" * 5000 + "*", Code.COUNT_MISMATCH, "IEA"),
        (SET, "", Code.LEVEL_EMPTY, "GE"),
        (GS, GS + "NTE*stray~", Code.SEGMENT_OUTSIDE, "NTE"),
        (GS, "", Code.SEGMENT_OUTSIDE, "ST"),
        (SET, SET + SET, Code.CONTROL_NUMBER_REPEATED, "ST"),
        ("NORTHFIELD     *", "NORTHFIELD*", Code.HEADER_INVALID, "ISA"),
    ],
)
def test_envelope_faults_are_named_where_they_are(old: str, new: str, code: Code, tag: str) -> None:
    assert (code.value, tag) in codes(X12.replace(old, new, 1))


def test_a_lost_trailer_does_not_hide_the_next_set() -> None:
    text = X12.replace("SE*4*0001~", "ST*850*0002~BEG*00*SA*2**20260115~SE*3*0002~")
    sets = [event for event in events(text) if isinstance(event, TransactionSet)]
    assert [one.reference for one in sets] == ["0001", "0002"]
    assert [len(one.findings) for one in sets] == [1, 0]


def test_a_new_interchange_ends_one_without_trailer() -> None:
    ends = [
        e for e in events(X12[: -len("IEA*1*000000042~")] + X12) if isinstance(e, InterchangeEnd)
    ]
    assert [end.complete for end in ends] == [False, True]


def test_offsets_are_bytes_of_the_file() -> None:
    data = ("\ufeff" + EDIFACT.replace("PO?'778?+1", "MÜLLER").replace("UNOC", "UNOW")).encode()
    for event in events(data):
        for segment in getattr(event, "segments", []):
            assert data[segment.offset :].startswith(segment.text.encode())


@pytest.mark.parametrize("data", [b"hello", b"\x00" * 5000, b"{}", b"A" * 70000])
def test_what_is_not_edi_is_one_finding(data: bytes) -> None:
    found = [e for e in events(data) if isinstance(e, Stray)]
    assert len(found) <= 1
    assert codes(data) == ([] if not data.strip(b"\x00") else [("not-edi", None)])


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"*"])
def test_a_header_that_ends_with_its_tag_is_a_fault(end: bytes) -> None:
    assert codes(b"ISA" + end)


def test_a_segment_without_end_keeps_memory_flat() -> None:
    tokenizer = Tokenizer()
    list(tokenizer.feed(ISA.encode()))
    found = [token for _ in range(40) for token in tokenizer.feed(b"A" * 100_000)]
    findings = [token for token in found if isinstance(token, Finding)]
    assert [finding.code for finding in findings] == [Code.FILE_TOO_LARGE]
    assert len(tokenizer._buffer) < 2_000_000


def test_many_interchanges_in_one_piece_are_not_held_at_once() -> None:
    tokenizer = Tokenizer()
    most = max(len(tokenizer._buffer) for _ in tokenizer.feed(X12.encode() * 2000))
    assert most < 100_000


def test_lines_wrapped_at_80_columns_are_joined() -> None:
    wrapped = "\n".join(X12[at : at + 80] for at in range(0, len(X12), 80))
    assert codes(wrapped) == []
    read = [(one.tag, one.elements) for one in events(wrapped)[2].segments]
    assert read == [(one.tag, one.elements) for one in events(X12)[2].segments]


def test_line_breaks_in_text_are_data() -> None:
    text = EDIFACT.replace("PO?'778?+1", "DOCK 4\nRING TWICE")
    assert events(text)[1].segments[1].value(2) == "DOCK 4\nRING TWICE"


def test_what_is_read_from_the_middle_of_a_file_is_what_its_whole_says_of_it() -> None:
    wrapped = "\n".join(EDIFACT[at : at + 30] for at in range(0, len(EDIFACT), 30))
    parts = [
        X12,
        "stray",
        "UNA:+.? '" + EDIFACT,
        wrapped + "\n",
        X12.replace("IEA*1", "IEA*2"),
        X12,
    ]
    data = "".join(parts).encode()
    whole = events(data)
    starts = [event.start for event in whole if isinstance(event, InterchangeEnd)]
    firsts = [at for at, event in enumerate(whole) if isinstance(event, Interchange)]
    assert len(starts) == 5
    for index, (start, first) in enumerate(zip(starts, firsts, strict=True)):
        read = list(read_interchanges([data[start:]], before=Before(index, start)))
        assert repr(read) == repr(whole[first:])
