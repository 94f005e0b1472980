"""Two tiers, one meaning: a compiled map writes what the plan writes, or asks for the plan."""

from __future__ import annotations

import csv
import json
import random
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from homes import SAMPLES
from notices import make_notice

from gateway.edi.writer import segment_texts
from gateway.engine.composing import compose
from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps
from gateway.engine.dropped import Dropped
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file
from gateway.engine.starter import starter_partners
from gateway.mapping.compiled import writing
from gateway.partner.partner import Partner
from gateway.partner.partner import load_partner
from gateway.partner.settings import load_settings

CASES = SAMPLES.parent / "cases"
NEVER = 1 << 30
BUDGET = 60
"""Seconds of the long campaign."""

Sample = tuple[str, dict[str, Any]]
"""A document: its type and its data."""


@cache
def partners() -> list[Partner]:
    """One of each dialect, by base maps and with the overlays of its own."""
    settings = load_settings(packaged_maps().parent / "gateway.yaml")
    found = [load_partner(folder, settings) for folder in starter_partners()]
    bare = [replace(one, name=f"{one.name}-bare", overlays=()) for one in found]
    return [*found, *bare]


@dataclass
class Tiers:
    """Both tiers side by side. The compiled one learns from every set, so that it answers soon."""

    exact: Definitions = field(default_factory=lambda: Definitions(packaged_maps(), patience=NEVER))
    compiled: Definitions = field(default_factory=lambda: Definitions(packaged_maps(), patience=1))
    right: int = 0
    fast: int = 0

    def compare(self, sample: Sample) -> None:
        dropped = Dropped(*sample)
        for partner in partners():
            exact = compose(dropped, partner, self.exact)
            compiled = compose(dropped, partner, self.compiled)
            expected = segment_texts(exact.body, partner.delimiters)
            if not exact.findings:
                assert segment_texts(compiled.body, partner.delimiters) == expected, sample
            assert compiled.findings == exact.findings, sample
            self.right += not exact.findings
            self.fast += any(isinstance(segment, str) for segment in compiled.body)


def samples(corpus: Path | None) -> list[Sample]:
    """Every document that our samples, or the public ones, were read as."""
    paths = [*sorted(SAMPLES.glob("*.edi")), *sorted(CASES.glob("*/input.edi"))]
    if corpus is not None:
        with (corpus / "INDEX.tsv").open(encoding="utf-8") as index:
            paths += [corpus / row["path"] for row in csv.DictReader(index, delimiter="\t")]
    definitions = Definitions(packaged_maps())
    found = []
    for path in paths:
        if path.stat().st_size < 60_000:
            found += list(documents(path.read_bytes(), definitions))
    return found


def documents(content: bytes, definitions: Definitions) -> Iterator[Sample]:
    for read in read_file([content], definitions):
        if isinstance(read, SetRead) and read.reading is not None and read.map is not None:
            document = read.reading.document
            if not definitions.schemas.check(read.map.document, document):
                yield read.map.document, document


VALUES = ("x12:98:ZZ", "5", "0.50", "041.5", "-3", "A*B", "what's + that: ?", "KGM", "Ä", "EA", " ")


def changed(dice: random.Random, value: Any) -> Any:
    """A document in which one or two things were lost, doubled, moved or put in place of others."""
    value = deepcopy(value)
    for _ in range(dice.randint(1, 2)):
        scopes = list(objects(value))
        scope = dice.choice(scopes)
        name = dice.choice([*scope] or [""])
        match dice.randrange(5):
            case 0 if name:
                del scope[name]
            case 1 if isinstance(scope.get(name), list):
                scope[name].insert(
                    dice.randrange(len(scope[name]) + 1), deepcopy(dice.choice(scope[name]))
                )
            case 2 if isinstance(scope.get(name), list):
                dice.shuffle(scope[name])
            case 3 if isinstance(scope.get(name), str):
                scope[name] = dice.choice(VALUES)
            case _:
                other = dice.choice(scopes)
                moved = dice.choice([*other] or [""])
                if moved and not isinstance(other[moved], dict):
                    scope[moved] = deepcopy(other[moved])
    return value


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from objects(member)
    elif isinstance(value, list):
        for item in value:
            yield from objects(item)


def campaign(tiers: Tiers, known: list[Sample], dice: random.Random) -> Iterator[None]:
    while True:
        kind, data = dice.choice(known)
        data = changed(dice, data)
        if not tiers.exact.schemas.check(kind, data):
            tiers.compare((kind, data))
        yield


@pytest.fixture(scope="module")
def ours() -> list[Sample]:
    return samples(None)


@pytest.fixture(scope="module")
def taught(ours: list[Sample]) -> Tiers:
    """Tiers that have seen our samples once."""
    tiers = Tiers()
    for sample in ours:
        tiers.compare(sample)
    return tiers


def test_compiled_maps_write_our_samples_as_the_plan_does(
    taught: Tiers, ours: list[Sample]
) -> None:
    taught.right = taught.fast = 0
    for sample in ours:
        taught.compare(sample)
    assert taught.fast > 0.6 * taught.right > 0


def test_compiled_maps_write_changed_samples_as_the_plan_does(
    taught: Tiers, ours: list[Sample]
) -> None:
    steps = campaign(taught, ours, random.Random(20))
    for _ in range(150):
        next(steps)


def test_compiled_maps_lay_out_ship_notices_as_the_plan_does() -> None:
    tiers, dice = Tiers(), random.Random(856)
    for _ in range(40):
        tiers.compare(("ship_notice", {**make_notice(dice), "issue_date": "2026-01-15"}))
    assert tiers.fast > 0


def test_what_the_function_gets_wrong_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read back: a wrong text is not the document any more."""
    function = writing.Writing.function

    def wrong(self: writing.Writing) -> writing.Write:
        write = function(self)
        return lambda document: [text.replace("12", "21") for text in write(document) or []]

    monkeypatch.setattr(writing.Writing, "function", wrong)
    tiers = Tiers()
    order = json.loads((CASES / "x12-850-basic/document.json").read_text())[0]
    for _ in range(3):
        tiers.compare((order["type"], order["data"]))
    assert tiers.fast == 0


def test_what_a_partner_demands_of_the_whole_set_is_asked_each_time(tmp_path: Path) -> None:
    overlay = tmp_path / "850.yaml"
    overlay.write_text("overlay: x12/004010/850\nrequire: [N1(ST)]\n")
    [bare] = [one for one in partners() if one.name == "harbor-medical-bare"]
    partner = replace(bare, name="demanding", overlays=(overlay,))
    [order] = documents((CASES / "x12-850-basic/input.edi").read_bytes(), Tiers().exact)
    without = deepcopy(order[1])
    without["parties"] = [one for one in without["parties"] if one["role"] != "ship_to"]
    assert without != order[1]
    definitions = Definitions(packaged_maps(), patience=1)
    for _ in range(3):
        assert not compose(Dropped(*order), partner, definitions).findings
    assert compose(Dropped(order[0], without), partner, definitions).findings


@pytest.mark.long
def test_many_changed_public_samples(corpus: Path) -> None:
    seed = int(time.time())
    tiers, known = Tiers(), samples(corpus)
    for sample in known:
        tiers.compare(sample)
    count = 0
    end = time.monotonic() + BUDGET
    for _ in campaign(tiers, known, random.Random(seed)):
        count += 1
        if time.monotonic() > end:
            break
    print(f"{count} changed documents, {tiers.fast} sets written by compiled maps, seed {seed}")
    assert count > 100
