"""Codecs are pairs: what one reads the other writes, and nothing in between raises."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.guide.dictionary import ElementDef
from gateway.mapping import codec
from gateway.mapping import dates
from gateway.mapping.codec import Codec
from gateway.mapping.codec import Unfit
from gateway.mapping.tables import CodeTable
from gateway.mapping.tables import Row

R = codec.decimal(ElementDef("212", "Unit Price", "R", 1, 17), "x12")
N2 = codec.decimal(ElementDef("610", "Amount", "N2", 1, 15), "x12")
N0 = codec.decimal(ElementDef("354", "Number of Line Items", "N0", 3, 6), "x12")
N = codec.decimal(ElementDef("5118", "Price", "n", 0, 15), "edifact")
DT8 = dates.date(ElementDef("373", "Date", "DT", 8, 8))
DT6 = dates.date(ElementDef("373", "Date", "DT", 6, 6))

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=2).map(lambda d: f"{d:f}")


def read(pair: Codec, *texts: str) -> object:
    values = pair.read(texts)
    return None if isinstance(values, Unfit) else values[0] if pair.values == 1 else values


def write(pair: Codec, *values: str | None, mark: str = ".") -> object:
    texts = pair.write(values, mark)
    return None if isinstance(texts, Unfit) else texts[0] if pair.elements == 1 else texts


@pytest.mark.parametrize(
    ("pair", "wire", "value"),
    [
        (R, "41.50", "41.50"),
        (R, ".5", "0.5"),
        (R, "-.5", "-0.5"),
        (R, "007", "7"),
        (R, "5.", "5"),
        (R, "1.5E3", "1500"),
        (R, "1E-2", "0.01"),
        (N2, "9588", "95.88"),
        (N2, "-5", "-0.05"),
        (N2, "0", "0.00"),
        (N0, "012", "12"),
        (N, "12,50", "12.50"),
        (N, "12.50", "12.50"),
        (R, "12,50", None),
        (R, "1E99", None),
        (R, "--1", None),
        (R, ".", None),
        (N, "1.234,50", None),
        (N2, "1.5", None),
        (N2, "٣", None),
    ],
)
def test_decimals_are_read_by_their_type(pair: Codec, wire: str, value: str | None) -> None:
    assert read(pair, wire) == value


@pytest.mark.parametrize(
    ("pair", "value", "wire"),
    [
        (R, "41.50", "41.50"),
        (R, "0041.50", "41.50"),
        (R, "41.5000000000000000", "41.5"),
        (R, "0.50", ".50"),
        (R, "-0.5", "-.5"),
        (R, "-0.00", "0"),
        (R, "10", "10"),
        (N2, "95.880", "9588"),
        (N2, "-0.05", "-5"),
        (N2, "0", "0"),
        (N0, "7", "007"),
        (N, "0.5", "0.5"),
        (N2, "1.005", None),
        (R, "1e3", None),
        (R, "", None),
        (R, "+1", None),
    ],
)
def test_decimals_are_written_with_the_scale_they_have(
    pair: Codec, value: str, wire: str | None
) -> None:
    assert write(pair, value) == wire


@pytest.mark.parametrize("pair", [R, N2, N])
@given(value=DECIMALS)
def test_a_decimal_returns_with_its_value(pair: Codec, value: str) -> None:
    back = read(pair, str(write(pair, value)))
    assert isinstance(back, str)
    assert Decimal(back) == Decimal(value)


def test_the_decimal_mark_is_written_as_asked() -> None:
    assert write(N, "12.50", mark=",") == "12,50"


@given(day=st.dates())
def test_a_date_returns(day: datetime.date) -> None:
    assert read(DT8, str(write(DT8, day.isoformat()))) == day.isoformat()


@given(day=st.dates(datetime.date(1950, 1, 1), datetime.date(2049, 12, 31)))
def test_a_six_digit_date_returns_within_its_century(day: datetime.date) -> None:
    assert read(DT6, str(write(DT6, day.isoformat()))) == day.isoformat()
    assert write(DT6, day.replace(year=day.year + 200, day=1).isoformat()) is None


@pytest.mark.parametrize("wire", ["20260231", "2026", "202609155", "2026-9-15", "²0260915", ""])
def test_no_such_date(wire: str) -> None:
    assert read(DT8, wire) is None
    assert write(DT8, wire) is None


@pytest.mark.parametrize(
    ("wire", "clock"),
    [
        ("1405", "14:05"),
        ("140530", "14:05:30"),
        ("14053025", "14:05:30.25"),
        ("1405305", "14:05:30.5"),
    ],
)
def test_times_both_ways(wire: str, clock: str) -> None:
    assert (read(dates.TIME, wire), write(dates.TIME, clock)) == (clock, wire)


@pytest.mark.parametrize("text", ["2405", "1460", "14:05", "1", "140561"])
def test_no_such_time(text: str) -> None:
    assert read(dates.TIME, text) is None


@pytest.mark.parametrize("clock", ["24:05", "14:5", "1405", ""])
def test_no_such_clock(clock: str) -> None:
    assert write(dates.TIME, clock) is None


PERIODS = [
    ("20260915", "102", "2026-09-15", None),
    ("202609151405", "203", "2026-09-15", "14:05"),
    ("20260915140530", "204", "2026-09-15", "14:05:30"),
    ("1405", "401", None, "14:05"),
    ("140530", "402", None, "14:05:30"),
    ("2026", "602", "2026", None),
    ("202609", "610", "2026-09", None),
    ("202638", "616", "2026-W38", None),
    ("2026091820260925", "718", "2026-09-18/2026-09-25", None),
    ("202609181000202609251200", "719", "2026-09-18/2026-09-25", "10:00/12:00"),
    ("30", "804", "edifact:2379:804:30", None),
    ("20260915", "", "edifact:2379::20260915", None),
]


@pytest.mark.parametrize(("wire", "code", "day", "clock"), PERIODS)
def test_periods_both_ways(wire: str, code: str, day: str | None, clock: str | None) -> None:
    assert read(dates.PERIOD, wire, code) == (day, clock)
    assert write(dates.PERIOD, day, clock) == (wire, code)


@pytest.mark.parametrize(
    ("wire", "code", "day", "clock"),
    [
        ("260915", "101", "2026-09-15", None),
        ("2609151405", "201", "2026-09-15", "14:05"),
        ("20260918-20260925", "718", "2026-09-18/2026-09-25", None),
        ("2026091820260925", "711", "2026-09-18/2026-09-25", None),
    ],
)
def test_periods_only_read(wire: str, code: str, day: str, clock: str | None) -> None:
    assert read(dates.PERIOD, wire, code) == (day, clock)


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        ("20260231", "102"),
        ("202609152460", "203"),
        ("202613", "610"),
        ("202654", "616"),
        ("x", "102"),
    ],
)
def test_no_such_period(wire: str, code: str) -> None:
    assert read(dates.PERIOD, wire, code) is None


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("2026-02-31", None),
        ("soon", None),
        ("2026-09", "14:05"),
        ("edifact:2379:102:20260915", None),
        ("edifact:2379:804:30", "14:05"),
        ("2026-13", None),
    ],
)
def test_a_period_that_cannot_be_written(day: str, clock: str | None) -> None:
    assert write(dates.PERIOD, day, clock) is None


UNITS = CodeTable(
    "unit",
    {"CA": Row("XCS"), "CS": Row("XCS", read_only=True), "EA": Row("EA")},
    {"XCS": "CA", "EA": "EA"},
)
DE355 = ElementDef("355", "Unit", "ID", 2, 2)
WORD = codec.code(UNITS, DE355, "x12", source=False)
SOURCED = codec.code(UNITS, DE355, "x12", source=True)


def test_code_tables_both_ways() -> None:
    assert [read(WORD, code) for code in ("CA", "CS", "ZZ")] == ["XCS", "XCS", "x12:355:ZZ"]
    assert [write(WORD, word) for word in ("XCS", "x12:355:ZZ", "each", "x12:355:", "")] == [
        "CA",
        "ZZ",
        None,
        None,
        None,
    ]


def test_a_source_code_is_kept_while_it_means_the_word() -> None:
    assert read(SOURCED, "CS") == ("XCS", "x12:355:CS")
    assert read(SOURCED, "CA") == ("XCS", None)
    assert write(SOURCED, "XCS", "x12:355:CS") == "CS"
    assert write(SOURCED, "EA", "x12:355:CS") == "EA"
    assert write(SOURCED, "XCS", "edifact:6411:CS") == "CA"


@pytest.mark.parametrize("pair", [R, N2, N, DT8, DT6, dates.TIME, dates.PERIOD, WORD, SOURCED])
@given(texts=st.lists(st.text(max_size=20), min_size=2, max_size=2))
def test_no_text_raises_and_what_is_read_is_written_again(pair: Codec, texts: list[str]) -> None:
    values = pair.read(tuple(texts[: pair.elements]))
    if texts[0] and not isinstance(values, Unfit):
        written = pair.write(values, ".")
        assert not isinstance(written, Unfit)
        assert pair.read(written) == values or pair in (R, N2, N)
    pair.write(tuple(texts[: pair.values]), ".")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("20260310-20260315", "2026-03-10/2026-03-15"),
        ("20260310-20260310", "2026-03-10/2026-03-10"),
    ],
)
def test_two_days(text: str, days: str) -> None:
    assert read(dates.DAYS, text) == days
    assert write(dates.DAYS, days) == text


@pytest.mark.parametrize("text", ["20260310", "20260310-", "20260310-20260399", "260310-260315"])
def test_no_two_days(text: str) -> None:
    assert read(dates.DAYS, text) is None
    assert write(dates.DAYS, "2026-03-10") is None
    assert write(dates.DAYS, "2026-03-10/2026-03-99") is None
