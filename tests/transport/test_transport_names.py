from __future__ import annotations

import os
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.transport import is_temporary
from gateway.transport import readable_name


@pytest.mark.parametrize(
    "name",
    [
        ".po.edi.swp",
        ".po.edi.a1B2c3",
        "~po.edi",
        "po.edi~",
        "po.edi.tmp",
        "po.EDI.PART",
        "po.edi.partial",
        "po.edi.filepart",
        "po.edi.crdownload",
        "#po.edi#",
    ],
)
def test_names_of_unfinished_files_are_known(name):
    assert is_temporary(name)


@pytest.mark.parametrize("name", ["po.edi", "PO-4711", "part.edi", "tmp", "a.b.x12", "850.json"])
def test_other_names_are_not_temporary(name):
    assert not is_temporary(name)


@pytest.mark.parametrize(
    "name, readable",
    [
        ("po-4711.edi", "po-4711.edi"),
        ("Bestellung März (2).edi", "Bestellung März (2).edi"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\nb;rm -rf $HOME.edi", "a_b_rm -rf _HOME.edi"),
        ("....", "file"),
        ("bad\udcff.edi", "bad_.edi"),
    ],
)
def test_a_foreign_name_stays_readable(name, readable):
    assert readable_name(name) == readable


@given(st.text(max_size=400))
def test_any_name_becomes_one_short_visible_component(name):
    readable = readable_name(name)
    assert readable
    assert PurePosixPath(readable).name == readable
    assert not readable.startswith(".")
    assert len(os.fsencode(readable)) <= 160
    assert readable_name(readable) == readable


def test_a_long_name_keeps_its_suffix():
    assert readable_name("ä" * 300 + ".edi").endswith("ä.edi")
