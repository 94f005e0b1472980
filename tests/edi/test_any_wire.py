"""Every form an interchange comes in: the same segments, whole or in pieces, each part where it
stands.

The texts below have `|` between elements, `¦` between components and `~` after a segment; a wire
is such a text in some system's service characters, line breaks and charset.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from gateway.edi.envelope import read_interchanges
from gateway.edi.events import Interchange
from gateway.edi.events import InterchangeEnd
from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.opening import Opening
from gateway.edi.place import locate
from gateway.edi.segment import Element
from gateway.edi.segment import Segment
from gateway.edi.tokens import LONGEST_SEGMENT
from gateway.edi.tokens import Token
from gateway.edi.tokens import Tokenizer

ISA = (
    "ISA|00|          |00|          |ZZ|NORTHFIELD     |ZZ|HARBORMED      "
    "|260115|0930|U|00401|000000042|0|P|¦~"
)
SETS = (
    "GS|PO|NORTHFIELD|HARBORMED|20260115|0930|7|X|004010~ST|850|0001~BEG|00|SA|45||20260115~"
    "REF|SI|1||SI¦A¦ZZ¦B~MSG|LOADING DOCK FOUR, RING TWICE AND WAIT FOR THE FOREMAN TO OPEN~"
    "PO1|1|12|BX~SE|6|0001~GE|1|7~IEA|1|000000042~"
)
SEGMENTS = [
    ("GS", ["PO", "NORTHFIELD", "HARBORMED", "20260115", "0930", "7", "X", "004010"]),
    ("ST", ["850", "0001"]),
    ("BEG", ["00", "SA", "45", "", "20260115"]),
    ("REF", ["SI", "1", "", ["SI", "A", "ZZ", "B"]]),
    ("MSG", ["LOADING DOCK FOUR, RING TWICE AND WAIT FOR THE FOREMAN TO OPEN"]),
    ("PO1", ["1", "12", "BX"]),
    ("SE", ["6", "0001"]),
    ("GE", ["1", "7"]),
    ("IEA", ["1", "000000042"]),
]
UNB = "UNB|UNOC¦3|4012345000009¦14|4098765000003¦14|260115¦0930|88~"
MESSAGE = (
    "UNH|1|ORDERS¦D¦96A¦UN¦EAN008~BGM|220|+PO'77:8?'|9~DTM|137¦20260115¦102~FTX|AAI|||?LOADING "
    "DOCK FOUR: RING TWICE AND WAIT FOR THE FOREMAN'S+1 TO OPEN?~RFF|ON¦1'~UNT|6|1~UNZ|1|88~"
)
MESSAGE_SEGMENTS = [
    ("UNH", ["1", ["ORDERS", "D", "96A", "UN", "EAN008"]]),
    ("BGM", ["220", "+PO'77:8?'", "9"]),
    ("DTM", [["137", "20260115", "102"]]),
    (
        "FTX",
        [
            "AAI",
            "",
            "",
            "?LOADING DOCK FOUR: RING TWICE AND WAIT FOR THE FOREMAN'S+1 TO OPEN?",
        ],
    ),
    ("RFF", [["ON", "1'"]]),
    ("UNT", ["6", "1"]),
    ("UNZ", ["1", "88"]),
]


def x12(text: str = ISA + SETS, service: str = "*>~") -> str:
    """The text with these service characters: element, component, terminator."""
    return text.translate(str.maketrans("|¦~", service))


def edifact(text: str = UNB + MESSAGE, service: str = ":+.? '") -> str:
    """The text with these service characters in the order of UNA; data that holds one has the
    release character before it."""
    component, element, _, release, _, terminator = service
    roles = {"|": element, "¦": component, "~": terminator}
    special = {component, element, release, terminator} if release != " " else set()
    return "".join(
        roles.get(character) or (release if character in special else "") + character
        for character in text
    )


def wrap(text: str, width: int = 80, line_break: str = "\n") -> str:
    return line_break.join(text[at : at + width] for at in range(0, len(text), width))


LEVEL_A = UNB.replace("UNOC", "UNOA") + MESSAGE
LEVEL_B = UNB.replace("UNOC", "UNOB") + MESSAGE
X12_WIRES = {
    "X12": x12(),
    "X12, terminator LF": x12(service="*>\n"),
    "X12, terminator CR LF": x12().replace("~", "\r\n"),
    "X12, terminator CR": x12(service="*>\r"),
    "X12, separators that are control characters": x12(service="\x1d\x1f\x1c"),
    "X12, separators tab, bell and record separator": x12(service="\t\x07\x1e"),
    "X12, separators | ^ '": x12(service="|^'"),
    "X12, separators of Latin-1": x12(service="§¤¬"),
    "X12, a line each": x12().replace("~", "~\n"),
    "X12, CR LF after segments": x12().replace("~", "~\r\n"),
    "X12, blank lines and blanks": x12().replace("~", "~\r\n\r\n  \t"),
    "X12, Ctrl-Z at the end": x12() + "\r\n\x1a",
    "X12, Ctrl-Z after segments": x12().replace("~", "~\x1a"),
    "X12, blanks before it": " \r\n" + x12(),
    "X12, lines of 80": wrap(x12()),
    "X12, lines of 80, CR LF": wrap(x12(), line_break="\r\n"),
    "X12, lines of 72": wrap(x12(), 72),
    "X12, empty segments": x12().replace("~", "~~"),
    "X12, no terminator at the end": x12()[:-1],
}
EDIFACT_WIRES = {
    "EDIFACT": edifact(),
    "EDIFACT, terminator LF": "UNA:+.? \n" + edifact(service=":+.? \n"),
    "EDIFACT, terminator CR LF": "UNA:+.? \r" + edifact(service=":+.? \r").replace("\r", "\r\n"),
    "EDIFACT, a line each": edifact(MESSAGE.join([UNB, ""]).replace("~", "~\n")),
    "EDIFACT, CR LF after segments": edifact((UNB + MESSAGE).replace("~", "~\r\n")),
    "EDIFACT, blank lines, blanks, Ctrl-Z": edifact((UNB + MESSAGE).replace("~", "~\n\n \x1a")),
    "EDIFACT, UNA": "UNA:+.? '" + edifact(),
    "EDIFACT, UNA on a line of its own": "UNA:+.? '\r\n" + edifact(),
    "EDIFACT, UNA with decimal comma": "UNA:+,? '" + edifact(),
    "EDIFACT, UNA with * reserved": "UNA:+.?*'" + edifact(),
    "EDIFACT, UNA with * between elements": "UNA:*.? '" + edifact(service=":*.? '"),
    "EDIFACT, UNA of all other marks": "UNA|^,\\ ~" + edifact(service="|^,\\ ~"),
    "EDIFACT, UNA of control characters": "UNA\x1f\x1d,\x1b \x1c"
    + edifact(service="\x1f\x1d,\x1b \x1c"),
    "EDIFACT, level B without UNA": edifact(LEVEL_B, "\x1f\x1d.  \x1c"),
    "EDIFACT, lines of 80": wrap(edifact()),
    "EDIFACT, lines of 80, CR LF": wrap(edifact(), line_break="\r\n"),
    "EDIFACT, lines of 80 and UNA": wrap("UNA:+.? '" + edifact()),
    **{f"EDIFACT, level A, lines of {width}": wrap(edifact(LEVEL_A), width) for width in (7, 61)},
    "EDIFACT, empty segments": edifact((UNB + MESSAGE).replace("~", "~~~")),
    "EDIFACT, no terminator at the end": edifact()[:-1],
}
SYNTAX_4 = UNB.replace("UNOC¦3", "UNOW¦4").replace("260115", "20260115")
OTHER_WIRES = {
    "byte order mark and X12": "\ufeff" + x12(),
    "byte order mark and EDIFACT": "\ufeff" + edifact(),
    "EDIFACT in groups": edifact(
        UNB
        + "".join(
            f"UNG|ORDERS|NORTHFIELD|HARBORMED|260115¦0930|{n}|UN|D¦96A~UNH|1|ORDERS¦D¦96A¦UN~"
            f"BGM|220|{n}|9~UNT|3|1~UNE|1|{n}~"
            for n in (7, 8)
        )
        + "UNZ|2|88~"
    ),
    "X12, a tag that begins like a trailer": x12((ISA + SETS).replace("PO1|", "IEAX|1~SEX|2~PO1|")),
    "EDIFACT, a tag that begins like a trailer": edifact(UNB + MESSAGE.replace("DTM", "UNZA")),
    "EDIFACT, a tag that begins like a header": edifact(UNB + MESSAGE.replace("DTM", "UNBA")),
    "X12, trailing empty elements": x12((ISA + SETS).replace("BX~", "BX|||~")),
    "EDIFACT, trailing empty components": edifact((UNB + MESSAGE).replace("¦102~", "¦102¦¦||~")),
    "X12, repetition": x12(
        (ISA + SETS).replace("|U|00401|", "|^|00402|").replace("|BX~", "|BX^EA¦1^~")
    ),
    "EDIFACT, repetition of syntax 4": edifact(SYNTAX_4)
    + edifact(MESSAGE).replace("220", "1*2:3*"),
    "EDIFACT, * of syntax 4 as data": edifact(SYNTAX_4) + edifact(MESSAGE).replace("220", "1?*2"),
    "EDIFACT, other repetition by UNA": "UNA:+.?^'"
    + (edifact(SYNTAX_4) + edifact(MESSAGE)).replace("220", "1^2"),
    "X12, binary data": x12((ISA + SETS).replace("PO1|", "BIN|6|a~b*\r\n~PO1|")),
    "X12, UTF-8": x12((ISA + SETS).replace("DOCK", "DÖCK–")),
    "EDIFACT, UTF-8": edifact((SYNTAX_4 + MESSAGE).replace("DOCK", "DÖCK–")),
    "EDIFACT, 20 KB in a segment": edifact(UNB + MESSAGE.replace("DOCK", "DOCK: '?+ " * 2000)),
    "X12, 20 KB in a segment": x12((ISA + SETS).replace("DOCK", "DOCK " * 4000)),
    "two X12, lines of 80": wrap(x12() + x12() + x12(service="|^'")),
    "X12 without trailer, then another terminator": x12(ISA + SETS[:-16]) + x12(service="*>\n"),
    "X12 without trailer, then EDIFACT": x12(ISA + SETS[:-16]) + edifact(),
    "EDIFACT, first with UNA of its own": "UNA|^,\\ ~" + edifact(service="|^,\\ ~") + edifact(),
    "EDIFACT, second with UNA of its own": edifact() + "\nUNA|^,\\ ~" + edifact(service="|^,\\ ~"),
    "mixed, a byte order mark before each": "\ufeff" + x12() + "\r\n\ufeff" + edifact() + "\x1a",
    "text between": x12() + "see attached\n" + edifact() + "the end",
}
LATIN_1 = {
    "X12, Latin-1": x12((ISA + SETS).replace("DOCK", "DÖCK")),
    "EDIFACT, Latin-1": edifact((UNB + MESSAGE).replace("DOCK", "DÖCK")),
    "X12, Latin-1, lines of 80": wrap(x12((ISA + SETS).replace("DOCK", "DÖCK"))),
    "X12, separators of Latin-1": X12_WIRES.pop("X12, separators of Latin-1"),
    **{
        f"EDIFACT, UTF-8, lines of 80 that break inside {letters[:2]}": wrap(
            edifact((SYNTAX_4 + MESSAGE).replace("DOCK", letters)).encode().decode("latin-1")
        )
        for letters in ("DÖCK–" * 12, "ADÖCK–" * 12)
    },
    "EDIFACT, Latin-1 where UTF-8 is declared": edifact((SYNTAX_4 + MESSAGE).replace("DO", "Ã©Ö")),
    "EDIFACT, Latin-1 where level A is declared": edifact(LEVEL_A.replace("DOCK", "DÖCK")),
}
WIRES = {
    name: text.encode() for name, text in (X12_WIRES | EDIFACT_WIRES | OTHER_WIRES).items()
} | {name: text.encode("latin-1") for name, text in LATIN_1.items()}


def tokens(pieces: list[bytes]) -> list[Token]:
    return list(Tokenizer().read(pieces))


def segments(data: bytes) -> list[Segment]:
    return [token for token in tokens([data]) if isinstance(token, Segment)]


def parts(data: bytes) -> list[tuple[str, list[Element]]]:
    return [(one.tag, one.elements) for one in segments(data)]


def findings(data: bytes) -> list[Finding]:
    events = read_interchanges([data])
    return [finding for event in events for finding in getattr(event, "findings", [])]


@pytest.mark.parametrize("name", X12_WIRES)
def test_x12_is_read_whatever_its_form(name: str) -> None:
    assert parts(WIRES[name])[1:] == SEGMENTS
    assert findings(WIRES[name]) == []


@pytest.mark.parametrize("name", EDIFACT_WIRES)
def test_edifact_is_read_whatever_its_form(name: str) -> None:
    assert parts(WIRES[name])[1:] == MESSAGE_SEGMENTS
    assert findings(WIRES[name]) == []


@pytest.mark.parametrize("width", range(20, 104))
def test_lines_may_break_anywhere(width: int) -> None:
    assert parts(wrap(x12(), width).encode())[1:] == SEGMENTS
    assert parts(wrap(edifact(LEVEL_A), width).encode())[1:] == MESSAGE_SEGMENTS


@pytest.mark.parametrize("blanks", range(80))
def test_lines_of_80_may_break_the_header_of_a_later_interchange(blanks: int) -> None:
    text = x12() + " " * blanks + "UNA:+.? '" + edifact() + x12()
    found = findings(wrap(text).encode())
    assert found == []
    assert len(segments(wrap(text).encode())) == 28


def element(name: str, tag: str, number: int) -> list[list[str]]:
    (segment,) = (one for one in segments(WIRES[name]) if one.tag == tag)
    return segment.repetitions(number)


@pytest.mark.parametrize(
    ("name", "tag", "number", "expected"),
    [
        ("X12, repetition", "PO1", 3, [["BX"], ["EA", "1"], [""]]),
        ("EDIFACT, repetition of syntax 4", "BGM", 1, [["1"], ["2", "3"], [""]]),
        ("EDIFACT, * of syntax 4 as data", "BGM", 1, [["1*2"]]),
        ("EDIFACT, other repetition by UNA", "BGM", 1, [["1"], ["2"]]),
        ("X12, trailing empty elements", "PO1", 6, []),
        ("EDIFACT, trailing empty components", "DTM", 1, [["137", "20260115", "102", "", ""]]),
        ("X12, binary data", "BIN", 2, [["a~b*\r\n"]]),
        ("X12, a tag that begins like a trailer", "IEAX", 1, [["1"]]),
        ("EDIFACT, a tag that begins like a trailer", "UNZA", 1, [["137", "20260115", "102"]]),
        ("EDIFACT, a tag that begins like a header", "UNBA", 1, [["137", "20260115", "102"]]),
    ],
)
def test_elements_are_taken_apart(
    name: str, tag: str, number: int, expected: list[list[str]]
) -> None:
    assert element(name, tag, number) == expected


@pytest.mark.parametrize("name", [name for name in WIRES if "Latin-1" in name or "UTF-8" in name])
def test_letters_are_those_that_were_sent(name: str) -> None:
    text = "".join(segment.text for segment in segments(WIRES[name])).replace("\n", "")
    assert any(letters in text for letters in ("DÖCK", "DÖCK–", "Ã©Ö", "LOADING DOCK FOUR"))
    declared_otherwise = "declared" in name
    codes = [finding.code for finding in findings(WIRES[name])]
    assert (Code.INVALID_CHARACTER in codes) == declared_otherwise


@pytest.mark.parametrize(
    ("level", "codec", "letters"),
    [
        ("UNOA", "ascii", "A"),
        ("UNOB", "ascii", "a"),
        ("UNOC", "iso8859-1", "äßø"),
        ("UNOD", "iso8859-2", "Łódź"),
        ("UNOE", "iso8859-5", "Заказ"),
        ("UNOF", "iso8859-7", "Παραγγελία"),
        ("UNOG", "iso8859-3", "Ġurġ"),
        ("UNOH", "iso8859-4", "Ēķa"),
        ("UNOI", "iso8859-6", "طلب"),
        ("UNOJ", "iso8859-8", "הזמנה"),
        ("UNOK", "iso8859-9", "Sipariş"),
        ("UNOL", "iso8859-15", "€"),
        ("UNOW", "utf-8", "Łódź Заказ 注文"),
        ("UNOX", "utf-8", "注文"),
        ("UNOY", "utf-8", "注文"),
    ],
)
def test_the_charset_is_what_the_envelope_says(level: str, codec: str, letters: str) -> None:
    text = edifact((UNB + MESSAGE).replace("UNOC", level).replace("DOCK", letters))
    data = text.encode(codec)
    assert letters in segments(data)[4].value(4)
    assert findings(data) == []


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("EDIFACT in groups", "edifact"),
        ("two X12, lines of 80", "x12 x12 x12"),
        ("X12 without trailer, then another terminator", "x12 x12"),
        ("X12 without trailer, then EDIFACT", "x12 edifact"),
        ("EDIFACT, first with UNA of its own", "edifact edifact"),
        ("EDIFACT, second with UNA of its own", "edifact edifact"),
        ("mixed, a byte order mark before each", "x12 edifact"),
        ("text between", "x12 edifact"),
    ],
)
def test_no_interchange_hides_another(name: str, kinds: str) -> None:
    events = list(read_interchanges([WIRES[name]]))
    opened = [event.dialect.name for event in events if isinstance(event, Interchange)]
    assert " ".join(opened) == kinds
    complete = [event.complete for event in events if isinstance(event, InterchangeEnd)]
    assert complete == [
        not (number == 0 and "without trailer" in name) for number in range(len(complete))
    ]
    codes = {finding.code for finding in findings(WIRES[name])}
    assert codes <= {Code.TRAILER_MISSING, Code.NOT_EDI}
    assert (Code.NOT_EDI in codes) == (name == "text between")


def cuts(size: int, seed: int) -> list[int]:
    chance = random.Random(seed)
    return sorted(chance.sample(range(size), min(size, chance.randint(1, 40))))


def pieces(data: bytes, edges: list[int]) -> list[bytes]:
    return [data[a:b] for a, b in pairwise([0, *edges, len(data)])]


@pytest.mark.parametrize("name", WIRES)
def test_pieces_are_read_as_the_whole(name: str) -> None:
    data = WIRES[name]
    whole = tokens([data])
    if len(data) < 5_000:
        assert tokens([data[at : at + 1] for at in range(len(data))]) == whole
    for seed in range(25):
        assert tokens(pieces(data, cuts(len(data), seed))) == whole


@settings(deadline=None)  # a busy machine may take long
@given(
    st.lists(
        st.sampled_from(
            [
                *WIRES.values(),
                b"?",
                b"'",
                b"~",
                b"\n",
                b"ISA*",
                b"UNA:+.? '",
                b"\xef\xbb\xbf",
                b"IEA",
            ]
        ),
        max_size=4,
    ),
    st.lists(st.integers(0, 3000), max_size=8),
)
def test_wires_one_after_the_other_are_read_in_pieces_as_whole(
    wires: list[bytes], edges: list[int]
) -> None:
    data = b"".join(wires)
    edges = sorted({edge for edge in edges if 0 < edge < len(data)})
    assert tokens(pieces(data, edges)) == tokens([data])


@pytest.mark.parametrize("name", WIRES)
def test_every_part_is_where_it_is_said_to_be(name: str) -> None:
    data = WIRES[name]
    opening: Opening | None = None
    for token in tokens([data]):
        if isinstance(token, Opening):
            opening = token
        elif isinstance(token, Segment):
            assert opening is not None
            charset = "utf-8" if token.size != len(token.text) else "latin-1"
            charset = charset if opening.charset in ("x12", "utf-8", "ascii") else opening.charset
            wire = data[token.offset : token.offset + token.size].translate(None, b"\r\n")
            assert wire.decode(charset) == token.text.replace("\r", "").replace("\n", "")
            for value, at in located(token, opening):
                here = data[at:].decode(charset, "replace")
                here = here.removeprefix(opening.delimiters.release).lstrip("\r\n")
                assert here[0] == value[0], (token, value)


def located(segment: Segment, opening: Opening) -> Iterator[tuple[str, int]]:
    """Every value that is there, and the offset it is said to start at."""
    for number in range(1, len(segment.elements) + 1):
        for again, components in enumerate(segment.repetitions(number), start=1):
            for component, value in enumerate(components, start=1):
                if value:
                    marks, charset = opening.delimiters, opening.charset
                    yield value, locate(segment, marks, charset, number, component, again)


def too_long(filling: bytes) -> bytes:
    return edifact(UNB + MESSAGE).encode().replace(b"DOCK", filling)


@pytest.mark.parametrize(
    "filling", [b"A" * 3_000_000, b"?'" * 1_500_000, b"?" * 3_000_000], ids=["text", "?'", "?"]
)
def test_a_segment_that_is_too_long_is_one_finding_whole_or_in_pieces(filling: bytes) -> None:
    data = too_long(filling)
    whole = tokens([data])
    assert [one.code for one in whole if isinstance(one, Finding)] == [Code.FILE_TOO_LARGE]
    assert [one.tag for one in whole if isinstance(one, Segment)] == [
        "UNB",
        "UNH",
        "BGM",
        "DTM",
        "RFF",
        "UNT",
        "UNZ",
    ]
    for size in (65_536, 65_537, LONGEST_SEGMENT):
        assert tokens([data[at : at + size] for at in range(0, len(data), size)]) == whole
