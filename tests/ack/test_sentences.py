"""Every finding has its sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.sentences import sentence
from gateway.edi.templates import TEMPLATES

texts = st.text(max_size=80)
numbers = st.none() | st.integers(1, 99)
positions = st.builds(
    Position,
    segment=numbers,
    set=numbers,
    tag=st.none() | st.sampled_from(["BEG", "ST", "UNH", "ISA", "GE"]),
    element=numbers,
    component=numbers,
    repetition=numbers,
    offset=numbers,
)
findings = st.builds(
    Finding,
    code=st.sampled_from(Code),
    position=positions,
    value=st.none() | texts,
    detail=st.dictionaries(
        st.sampled_from(["expected", "name", "loop", "path", "header", "meaning"]), texts
    ),
)


def test_every_code_has_a_template():
    assert set(TEMPLATES) == set(Code)


def test_a_long_element_is_named_with_its_value_and_its_limit():
    finding = Finding(
        Code.ELEMENT_TOO_LONG,
        position=Position(segment=2, tag="BEG", element=3),
        value="4711-4711-4711-4711-4711",
        detail={"expected": "22", "name": "Purchase Order Number"},
    )
    assert sentence(finding) == (
        "BEG03 (Purchase Order Number, segment 2) is too long:"
        ' "4711-4711-4711-4711-4711". Send at most 22 characters.'
    )


@pytest.mark.parametrize(
    "note, rule",
    [
        ("P0304", "N103 and N104 are sent together or not at all"),
        ("R0203", "at least one of N102 and N103 is sent"),
        ("E0204", "at most one of N102 and N104 is sent"),
        ("C0302", "with N103 also N102 must be sent"),
        ("L010203", "with N101 also at least one of N102 and N103 must be sent"),
    ],
)
def test_a_relational_note_is_told_in_words(note, rule):
    finding = Finding(
        Code.CONDITION_MISSING,
        position=Position(segment=5, tag="N1", element=4),
        detail={"expected": note, "loop": "N1"},
    )
    assert sentence(finding) == f"N104 (loop N1, segment 5) is missing. Rule: {rule}."


def test_a_missing_segment_is_named_with_its_place():
    finding = Finding(
        Code.SEGMENT_MISSING, position=Position(segment=2, tag="BEG"), detail={"expected": "BEG"}
    )
    assert sentence(finding) == "BEG is missing: it belongs before segment 2. Send it."


def test_what_is_unknown_is_left_out_of_the_sentence():
    assert sentence(Finding(Code.TRAILER_MISSING)) == (
        "The interchange ends without its trailer."
        " Send it again complete, with the trailer segment."
    )
    assert sentence(Finding(Code.CODE_INVALID)) == "The data has a code that is not allowed here."


def test_a_path_of_a_document_is_told_once_and_as_it_is_written():
    finding = Finding(Code.VALUE_UNWRITABLE, value="2026-W03", detail={"path": "dates[0].date"})
    assert sentence(finding) == (
        'In the document, dates[0].date cannot be written: "2026-W03". Correct the value.'
    )


def test_a_tag_in_small_letters_is_shown_as_it_was_sent():
    finding = Finding(Code.SEGMENT_UNKNOWN, position=Position(segment=7, tag="tds"))
    assert sentence(finding).startswith('"tds" (segment 7) is no segment of this release.')


@pytest.mark.parametrize(
    "position, place",
    [
        (Position(segment=9, tag="PO1", element=3), "PO103 (segment 9)"),
        (Position(segment=3, element=1, component=2), "component 2 of element 1 of segment 3"),
        (Position(segment=3), "segment 3"),
        (Position(), "the document"),
    ],
)
def test_what_a_partner_rejected_is_told_with_its_place(position, place):
    finding = Finding(Code.PARTNER_REJECTED, position=position)
    assert sentence(finding).startswith(f"The partner rejected {place}. ")


def test_edifact_speaks_of_messages():
    for dialect, word in (("edifact", "message"), ("x12", "transaction set")):
        finding = Finding(Code.SEGMENT_NOT_IN_SET, detail={"dialect": dialect})
        assert f"this {word}." in sentence(finding)


def test_control_characters_of_a_value_are_shown_not_sent_to_the_console():
    assert '"A\\x1bB"' in sentence(Finding(Code.CODE_INVALID, value="A\x1bB"))


@given(findings)
def test_any_finding_becomes_whole_sentences(finding):
    text = sentence(finding)
    assert text[0] == text[0].upper()
    assert text.endswith(".")
