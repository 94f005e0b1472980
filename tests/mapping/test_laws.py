"""The two laws, on documents and sets made up by the machine.

Canonical law: what is emitted reads back as the document, or emission says what is wrong.
Wire law: a set that was read is emitted as it came, in its remembered form, save what was
unclaimed and how decimals are spelled.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from mapping_desk import Desk
from mapping_desk import Trial

from gateway.edi.finding import has_errors
from gateway.mapping import normal

RULES = """\
- {seg: BEG, BEG01: purpose | code(purpose), BEG03: id, BEG05: issue_date | date}
- {seg: CUR, CUR01: "= BY", CUR02: currency}
- {seg: REF, where: {REF01: DP}, REF02: department}
- {seg: REF, where: {REF01: CT}, each: references, set: {scheme: contract}, REF02: value}
- {seg: REF, each: references, REF01: scheme | code(reference), REF02: value}
- {seg: PER, each: contacts, PER02: name, rows: {over: PER03..PER08, width: 2, keyed: channel}}
- loop: N9
  each: notes
  N901: type
  inside:
  - {seg: MSG, rows: {over: MSG01, text: text}}
- loop: N1
  each: parties
  N101: role
  N103: ids[].scheme
  N104: ids[].value
  inside:
  - {seg: N3, rows: {over: N301..N302, into: lines}}
  - {seg: REF, each: ids, REF01: scheme, REF02: value}
- loop: PO1
  each: lines
  PO101: id
  PO102: quantity | decimal
  PO103: unit | code(unit, unit_source)
  rows: {over: PO106..PO111, width: 2, into: ids, 1: scheme, 2: value}
  inside:
  - seg: SDQ
    rows: {over: SDQ03..SDQ06, width: 2, into: deliveries, shared: {SDQ01: unit}, 1: to,
      2: quantity | decimal}
- {loop: CTT, CTT01: ":= count(lines)", CTT02: "?= sum(lines.quantity)"}
"""
TABLES = (
    '{purpose: {"00": original, "05": replace}, reference: {DP: department, IA: vendor},'
    " channel: {TE: phone, EM: email}, unit: {CA: case, CS: case (read), EA: each}}"
)

WORDS = st.sampled_from(["A", "B7", "00", "contract", "vendor", "department", "Harbor Medical"])
ODD = st.sampled_from(["", "a*b", "a\nb", "7", "-3.50", "2026-09-15", "x12:355:ZZ", "case", "each"])
TEXTS = WORDS | ODD
DECIMALS = st.decimals(-999, 999, places=2).map(str)


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


IDS = st.lists(objects(scheme=TEXTS, value=TEXTS), max_size=4)
DOCUMENTS = objects(
    purpose=st.sampled_from(["original", "replace", "odd", "x12:353:18"]),
    id=TEXTS,
    issue_date=st.dates().map(str) | TEXTS,
    currency=WORDS,
    department=WORDS,
    references=st.lists(objects(scheme=TEXTS, value=TEXTS), max_size=3),
    contacts=st.lists(objects(name=TEXTS, phone=TEXTS, email=WORDS, fax=WORDS), max_size=2),
    notes=st.lists(
        objects(type=WORDS, text=st.sampled_from(["one", "a\nb", "a\n\nb"])), max_size=2
    ),
    parties=st.lists(objects(role=WORDS, ids=IDS, lines=st.lists(TEXTS, max_size=3)), max_size=2),
    lines=st.lists(
        objects(
            id=TEXTS,
            quantity=DECIMALS | TEXTS,
            unit=st.sampled_from(["case", "each", "x12:355:ZZ", "x12:355:EA"]),
            unit_source=st.sampled_from(["x12:355:CS", "edifact:6411:PCE"]),
            ids=IDS,
            deliveries=st.lists(objects(unit=WORDS, to=WORDS, quantity=DECIMALS), max_size=5),
        ),
        max_size=3,
    ),
)


@pytest.fixture(scope="module")
def trial(dictionaries: Desk) -> Trial:
    return dictionaries.load(RULES, TABLES)


@settings(max_examples=300, deadline=None)
@given(document=DOCUMENTS)
def test_a_document_is_carried_whole_or_refused(trial: Trial, document: dict[str, Any]) -> None:
    emission = trial.emit(document)
    if has_errors(emission.findings):
        return
    again = trial.read(_text(trial, emission.segments)).document
    for line in document.get("lines", []):
        line.pop("unit_source", None)  # may be let go when it no longer fits the unit
    for line in again.get("lines", []):
        line.pop("unit_source", None)
    assert normal(again) == normal(document)


def _text(trial: Trial, segments: list[tuple[str, list[Any]]]) -> str:
    return trial.delimiters.segment.join(
        trial.delimiters.element.join([tag, *elements]) for tag, elements in segments
    )


VALUES = st.sampled_from(["", "A", "7", "19"])
SEGMENTS = {
    "CUR": st.sampled_from(["CUR*BY*USD", "CUR**EUR", "CUR*SE*USD"]),
    "REF": st.builds("REF*{}*{}".format, st.sampled_from(["DP", "CT", "IA", "ZZ"]), VALUES),
    "PER": st.builds(
        "PER**{}*{}*{}*{}*{}".format,
        VALUES,
        st.sampled_from(["TE", "EM", ""]),
        VALUES,
        st.sampled_from(["TE", "EM", "FX"]),
        VALUES,
    ),
    "N9": st.sampled_from(["N9*L1", "N9*L1~MSG*one", "N9*L1~MSG*one~MSG*two", "N9**x"]),
    "N1": st.builds(
        "N1*{}**{}*{}{}".format,
        VALUES,
        VALUES,
        VALUES,
        st.sampled_from(["", "~N3*a*b~N3*c", "~N3**b", "~N3*a~REF*X*1~REF*Y*2", "~REF**3"]),
    ),
    "PO1": st.builds(
        "PO1*{}*{}*{}***{}*{}*{}*{}{}".format,
        VALUES,
        st.sampled_from(["", "4", "-.5"]),
        st.sampled_from(["CA", "CS", "ZZ", ""]),
        VALUES,
        VALUES,
        VALUES,
        VALUES,
        st.sampled_from(["", "~SDQ*EA**X*1", "~SDQ*EA**X*1*Y*2~SDQ*CA**Z*3", "~SDQ*EA****Y*2"]),
    ),
    "CTT": st.sampled_from(["CTT*1", "CTT*2*4", "CTT**4"]),
}


@st.composite
def sets(draw: st.DrawFn) -> str:
    """Bodies in the structure's order, siblings of one tag in any."""
    parts = ["BEG*00**A1**20260915"]
    for tag, segments in SEGMENTS.items():
        most = 1 if tag in ("CUR", "CTT") else 3
        parts += draw(st.lists(segments, max_size=most))
    filled = [part.rstrip("*") for part in parts]
    return "~".join(part for part in filled if part not in SEGMENTS)


@settings(max_examples=300, deadline=None)
@given(body=sets())
def test_what_was_read_is_written_again_and_reads_the_same(trial: Trial, body: str) -> None:
    first = trial.read(body)
    emission = trial.emit(first.document, first.form)
    assert emission.findings == []
    written = _text(trial, emission.segments)
    second = trial.read(written)
    assert second.document == first.document
    assert [u.value for u in second.unclaimed] == []
    assert second.claimed == first.claimed or first.findings
    if not (first.unclaimed or first.findings):
        assert written == "~".join(part.rstrip("*") for part in body.split("~"))


NAMES = ["id", "ids", "lines", "notes", "references", "scheme", "text", "unit", "quantity"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=15,
)


@settings(max_examples=300, deadline=None)
@given(document=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5))
def test_no_document_raises(trial: Trial, document: dict[str, Any]) -> None:
    emission = trial.emit(document)
    if not emission.findings:
        again = trial.read(_text(trial, emission.segments)).document
        assert normal(again) == normal(document)


WIRE = st.text(alphabet="AB17-.*>", max_size=30)


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(st.tuples(st.sampled_from(["BEG", *SEGMENTS, "MSG", "SDQ"]), WIRE)))
def test_every_component_is_claimed_or_listed(trial: Trial, parts: list[tuple[str, str]]) -> None:
    reading = trial.read("~".join("*".join(part) for part in parts))
    assert reading.claimed + len(reading.unclaimed) == reading.total
    assert trial.emit(reading.document, reading.form).findings == []
