"""Sets cut out whole: what nobody takes is read by segments as if it had never been cut."""

from __future__ import annotations

from collections.abc import Iterator

from homes import SAMPLES
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from gateway.edi.envelope import read_interchanges
from gateway.edi.events import Event
from gateway.edi.events import InterchangeEnd
from gateway.edi.events import Taken
from gateway.edi.events import TransactionSet
from gateway.edi.tokens import Tokenizer
from gateway.edi.whole import WholeSet
from gateway.edi.whole import restorer

ORDER = (
    b"ISA*00*          *00*          *ZZ*NORTHFIELD     *ZZ*HARBORMED      "
    b"*260115*0930*U*00401*000000042*0*P*>~GS*PO*NORTHFIELD*HARBORMED*20260115*0930*7*X*004010~"
    b"ST*850*0001~BEG*00*SA*1**20260115~SE*3*0001~"
    b"ST*850*0002~BEG*00*SA*2**20260115~PO1*1*1*EA~SE*4*0002~GE*2*7~IEA*1*000000042~"
)
ORDERS = (
    b"UNB+UNOC:3+4012345000009:14+4098765000003:14+260115:0930+42'"
    b"UNH+1+ORDERS:D:96A:UN'BGM+220+1'FTX+AAI+++A?+B??'FTX+AAI+++C??UNT+D?'UNT+1?''UNT+5+1'UNZ+1+42'"
)
PIECES = [
    b"ST*850*9~",
    b"SE*3*0001~",
    b"IEA*1*42~",
    b"~",
    b"?",
    b"'",
    b"UNT+5+1'",
    b"\n",
    b"BIN*9*",
]


def tokens(data: bytes, sizes: list[int], *, whole: bool) -> list[object]:
    tokenizer = Tokenizer(whole=whole)
    found: list[object] = []
    start = 0
    for size in [*sizes, len(data)]:
        found += tokenizer.feed(data[start : start + size])
        start += size
    return [one for one in (*found, *tokenizer.close()) if not isinstance(one, WholeSet)]


def whole_sets(data: bytes) -> list[WholeSet]:
    tokenizer = Tokenizer(whole=True)
    found = [*tokenizer.feed(data), *tokenizer.close()]
    return [one for one in found if isinstance(one, WholeSet)]


def segments(text: str) -> int:
    return text.count(text[-1])


def flat(events: Iterator[Event]) -> Iterator[object]:
    """What events say of sets and interchanges, whoever made them."""
    for event in events:
        if isinstance(event, Taken):
            yield event.made
        elif isinstance(event, TransactionSet):
            yield event.kind, event.reference, len(event.segments)
        elif isinstance(event, InterchangeEnd):
            yield event.complete, event.findings, event.end


def samples() -> list[bytes]:
    files = [path.read_bytes() for path in sorted(SAMPLES.glob("*.edi"))]
    return [ORDER, ORDERS, ORDER.replace(b"~", b"~\r\n"), ORDERS.replace(b"'U", b"'\nU"), *files]


def test_the_text_of_a_set_is_its_segments() -> None:
    sets = whole_sets(ORDER)
    assert [one.offset for one in sets] == [ORDER.find(b"ST*850*000%d" % n) for n in (1, 2)]
    assert sets[0].text() == "ST*850*0001~BEG*00*SA*1**20260115~SE*3*0001~"


def test_released_characters_have_stand_ins_that_can_be_put_right() -> None:
    (one,) = whole_sets(ORDERS.replace(b"?'UNT+1", b"?'?:1"))
    text = one.text()
    assert text is not None
    parts = [restorer(one.opening.delimiters)(part) for part in text.split("'")]
    assert parts[2:4] == ["FTX+AAI+++A+B?", "FTX+AAI+++C?UNT+D':1'"]


def test_a_set_that_holds_a_stand_in_of_its_own_has_no_text() -> None:
    (one,) = whole_sets(b"".join((ORDERS[:60], b"UNH+1+ORDERS:D:96A:UN'BGM+220+A\x80B'UNT+3+1'")))
    assert one.text() is None


def test_a_set_whose_terminator_is_part_of_another_character_is_never_offered() -> None:
    data = ORDER.replace(b"~", b"\x96").replace(b"BEG*00", b"BEG*\xc3\x96")
    assert whole_sets(ORDER) != []
    assert whole_sets(data) == []


def test_a_taken_set_counts_in_its_envelope() -> None:
    for data in (ORDER, ORDER.replace(b"~", b"~\n"), ORDER.replace(b"~", b"\n"), ORDERS):
        taken = flat(
            read_interchanges([data], lambda one, text: (one.kind, one.reference, segments(text)))
        )
        assert list(taken) == list(flat(read_interchanges([data])))


def test_a_set_whose_trailer_is_wrong_is_never_offered() -> None:
    offered: list[str] = []
    wrong = ORDER.replace(b"SE*3*0001", b"SE*9*0001").replace(b"SE*4*0002", b"SE*4*0003")
    events = read_interchanges([wrong], lambda one, _texts: offered.append(one.reference))
    assert [one.reference for one in events if isinstance(one, TransactionSet)] == ["0001", "0002"]
    assert offered == []


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_nobody_takes_is_read_by_segments(data: st.DataObject) -> None:
    wire = data.draw(st.sampled_from(samples()))
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(wire)))
        cut = data.draw(st.integers(0, 30))
        wire = wire[:at] + data.draw(st.sampled_from([b"", *PIECES])) + wire[at + cut :]
    sizes = data.draw(st.lists(st.integers(1, 400), max_size=20))
    assert tokens(wire, sizes, whole=True) == tokens(wire, [], whole=False)
