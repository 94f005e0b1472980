"""Dictionaries: the tables that are shipped, and tables that are wrong."""

from __future__ import annotations

import time

import pytest
from guide_wire import MAPS
from guide_wire import dictionary

from gateway.edi.finding import DefinitionError
from gateway.guide.dictionary import CompositeDef
from gateway.guide.dictionary import Dictionary
from gateway.guide.dictionary import load_dictionary
from gateway.guide.guide import load_guide


@pytest.mark.parametrize("release", ["004010", "D96A", "D3", "41"])
def test_every_definition_that_is_shipped_can_be_read(release):
    words = dictionary(release)
    for tag in words:
        segment = words.segment(tag)
        assert segment.elements
        for note in segment.notes:
            assert max(note.elements) <= len(segment.elements), (tag, str(note))


def test_an_element_has_type_length_and_codes():
    beg = dictionary("004010").segment("BEG")
    purpose = beg.elements[0]
    assert purpose.required
    assert (purpose.definition.id, purpose.definition.type) == ("353", "ID")
    assert (purpose.definition.min, purpose.definition.max) == (2, 2)
    assert "00" in purpose.definition.codes


def test_an_element_without_a_list_takes_any_code():
    assert dictionary("004010").item("100").codes is None


def test_a_composite_is_an_element_with_components():
    composite = dictionary("D96A").segment("DTM").elements[0].definition
    assert isinstance(composite, CompositeDef)
    assert [use.definition.id for use in composite.components] == ["2005", "2380", "2379"]


def test_relational_notes_are_read_in_order():
    assert [str(note) for note in dictionary("004010").segment("DTM").notes] == [
        "R020305",
        "C0403",
        "P0506",
    ]


def test_the_envelope_is_in_the_dictionary():
    assert {"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"} <= set(dictionary("004010"))
    assert {"UNB", "UNG", "UNH", "UNT", "UNE", "UNZ", "UCI"} <= set(dictionary("D3"))


def test_an_industry_release_is_its_base_release():
    assert load_dictionary(MAPS, "x12", "004010VICS").segment("BEG") is not None


@pytest.mark.parametrize("release", ["009999", "", "../x12", "service", "service/3", "D9ZZ"])
def test_an_unknown_release_has_no_dictionary(release):
    assert load_dictionary(MAPS, "edifact", release) is None


def test_an_unknown_set_has_no_guide():
    assert load_guide(MAPS, "x12", "004010", "999") is None


def test_a_guide_is_ready_in_milliseconds():
    load_guide(MAPS, "x12", "004010", "850")
    started = time.perf_counter()
    load_guide(MAPS, "x12", "004010", "850")
    assert time.perf_counter() - started < 0.05


@pytest.fixture
def tables(tmp_path):
    """A folder of small tables, to be spoiled."""
    (tmp_path / "segments.tsv").write_text("# comment\nABC\tA segment\t1M C1\tP0102\n")
    (tmp_path / "composites.tsv").write_text("C1\tA composite\t1M 1\n")
    (tmp_path / "elements.tsv").write_text("1\tAn element\tAN\t1\t3\n")
    (tmp_path / "codes.tsv").write_text("1\tA,B\n")
    return tmp_path


def test_small_tables_are_a_dictionary(tables):
    assert len(Dictionary("x12", "1", [tables]).segment("ABC").elements) == 2


@pytest.mark.parametrize(
    "table, text, fault",
    [
        ("segments.tsv", "\nABC\tA segment\t1M 9\n", "2: 9: no such element or composite"),
        ("segments.tsv", "ABC\tA segment\t1 1\tX0102\n", "1: X0102: not a relational note"),
        ("segments.tsv", "ABC\n", "1: expected tab-separated cells"),
        ("segments.tsv", "ABC\tA segment\n", "1: expected tag or id, name, parts"),
        ("segments.tsv", "ABC\tA segment\t1\tP0109\n", "1: P0109: there are only 1"),
        ("elements.tsv", "1\tAn element\tAN\tone\t3\n", "1: expected id, name, type"),
        ("elements.tsv", "1\tAn element\tXX\t1\t3\n", "1: expected id, name, type"),
    ],
)
def test_a_fault_in_a_table_names_its_line(tables, table, text, fault):
    (tables / table).write_text(text)
    with pytest.raises(DefinitionError) as error:
        Dictionary("x12", "1", [tables]).segment("ABC")
    assert f"{table}:{fault}" in str(error.value)
