"""docs/as2-messages.md says what is: every policy key, disposition and row of the matrix."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from gateway.as2 import MessageError
from gateway.as2 import Policy
from gateway.as2 import Style
from gateway.as2.disposition import DUPLICATE
from gateway.as2.disposition import UNAUTHENTICATED

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "as2-messages.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([A-R]) \|.*`(test_\w+\.py)` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("words", [Policy, Style])
def test_every_key_is_on_the_page(words):
    for field in dataclasses.fields(words):
        assert f"`{field.name}`" in PAGE


def test_every_disposition_is_on_the_page():
    refusals = [one.disposition for one in MessageError.__subclasses__()]
    for disposition in (DUPLICATE, UNAUTHENTICATED, *refusals):
        assert f"`{disposition.text}`" in PAGE


def test_every_row_is_tested_where_the_page_says():
    assert {row for row, _ in ROWS} == set("ABCDEFGHIJKLMNOPQR")
    for row, name in ROWS:
        [path] = HERE.parent.glob(f"*/{name}")
        assert f"def test_row_{row.lower()}_" in path.read_text("utf-8")
