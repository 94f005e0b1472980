"""Two tiers, one meaning: a compiled map reads what the plan reads, or asks for the plan."""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from homes import SAMPLES
from notices import make_notice

from gateway.edi.dialect import DIALECTS
from gateway.edi.segment import Element
from gateway.edi.segment import Segment
from gateway.edi.writer import DELIMITERS
from gateway.edi.writer import to_segments
from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps
from gateway.engine.reading import InterchangeRead
from gateway.engine.reading import Read
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file
from gateway.engine.starter import starter_partners
from gateway.guide.check import check
from gateway.guide.match import match
from gateway.mapping import Map
from gateway.mapping import emit
from gateway.mapping import read
from gateway.partner.partner import Partner
from gateway.partner.partner import load_partner
from gateway.partner.settings import load_settings

CASES = SAMPLES.parent / "cases"
BUDGET = 90
"""Seconds of the long campaign."""


class Tiers:
    """Both tiers side by side. The compiled one learns from every set, so that it answers soon."""

    def __init__(self, partner: Partner | None = None) -> None:
        self.partner = partner
        self.exact = Definitions(packaged_maps())
        self.compiled = Definitions(packaged_maps(), patience=1)
        self.right = self.fast = self.judged = 0

    def compare(self, content: bytes, name: object) -> None:
        exact = list(self.read(content, self.exact))
        fast = list(self.read(content, self.compiled, fast=True))
        assert [said(one) for one in fast] == [said(one) for one in exact], name
        checked = list(self.read(content, self.compiled, fast=True, documents=False))
        assert [reports(one) for one in checked] == [reports(one) for one in exact], name
        sets = [one for one in checked if isinstance(one, SetRead)]
        self.judged += sum(one.map is not None and len(one.set.segments) == 1 for one in sets)
        for one, other in zip(exact, fast, strict=True):
            if isinstance(one, SetRead) and isinstance(other, SetRead) and one.reading:
                self.right += not one.report.findings
                self.fast += len(other.set.segments) == 1

    def read(
        self,
        content: bytes,
        definitions: Definitions,
        *,
        fast: bool = False,
        documents: bool = True,
    ) -> Iterator[Read]:
        def partner_of(_header: object) -> Partner | None:
            return self.partner

        return read_file([content], definitions, partner_of, fast=fast, documents=documents)


def said(read: object) -> object:
    """Everything of a set but its form and segments."""
    if isinstance(read, SetRead):
        document = read.reading.document if read.reading else None
        return read.report, document, read.set.ordinal, read.set.release, read.group
    if not isinstance(read, InterchangeRead):
        return read
    groups = [(one.group, tuple(one.sets), one.end) for one in read.report.groups]
    return read.report.header, groups, read.report.end


def reports(read: object) -> object:
    return read.report if isinstance(read, SetRead) else said(read)


def contents(corpus: Path | None) -> list[tuple[str, bytes]]:
    paths = [*sorted(SAMPLES.glob("*.edi")), *sorted(CASES.glob("*/input.edi"))]
    if corpus is not None:
        with (corpus / "INDEX.tsv").open(encoding="utf-8") as index:
            paths += [corpus / row["path"] for row in csv.DictReader(index, delimiter="\t")]
    return [(str(path), path.read_bytes()) for path in paths if path.stat().st_size < 200_000]


def damaged(dice: random.Random, content: bytes) -> bytes:
    """Up to three bytes or stretches changed, lost, doubled or put in."""
    data = bytearray(content)
    for _ in range(dice.randint(1, 3)):
        at, other = dice.randrange(len(data)), dice.randrange(len(data))
        match dice.randrange(5):
            case 0:
                data[at] = dice.randrange(256)
            case 1:
                del data[at : at + dice.randint(1, 3)]
            case 2:
                data[at:at] = bytes([data[other]])
            case 3:
                data[at] = data[other]
            case _:
                data[at:at] = data[other : other + 60]
        if not data:
            return content
    return bytes(data)


def campaign(tiers: Tiers, samples: list[tuple[str, bytes]], dice: random.Random) -> Iterator[None]:
    small = [(name, content) for name, content in samples if 10 < len(content) < 20_000]
    while True:
        name, content = dice.choice(small)
        tiers.compare(damaged(dice, content), name)
        yield


def test_compiled_maps_read_our_samples_as_the_plan_does() -> None:
    tiers = Tiers()
    for _ in range(2):
        tiers.right = tiers.fast = tiers.judged = 0
        for name, content in contents(None):
            tiers.compare(content, name)
    assert tiers.fast > 0.6 * tiers.right > 0
    assert tiers.judged > 0.6 * tiers.right


def test_compiled_maps_of_a_partner_with_one_habit_read_as_the_plan_does() -> None:
    """What no other sample has taught is not taken for granted."""
    tiers = Tiers()
    for name, content in contents(None):
        tiers.compiled._compiled.clear()
        for _ in range(3):
            tiers.compare(content, name)
    assert tiers.fast > 50
    assert tiers.judged > 50


def test_compiled_maps_read_damaged_samples_as_the_plan_does() -> None:
    tiers, samples = Tiers(), contents(None)
    for name, content in samples * 2:
        tiers.compare(content, name)
    steps = campaign(tiers, samples, random.Random(20))
    for _ in range(400):
        next(steps)


DIRECTED = [
    ("variation-v20-x12-856-counts-items", b"CTT*3*14~", b"CTT*0*14~"),  # no item counts as none
    ("variation-v20-x12-856-counts-items", b"CTT*3*14~", b"CTT*3*0~"),  # no quantity adds up to 0
    (  # a carton told again with the line that it holds
        "variation-v34-x12-856-pick-and-pack",
        b"006141419999900020",
        b"006141419999900013",
    ),
    ("variation-v34-x12-856-pick-and-pack", b"HL*5*3*I~", b"HL*5*3*X~"),  # no kind of level
    ("variation-v16-x12-850-allowances", b"****3*2~", b"****332~"),  # SAC06 looks like SAC08
    ("variation-v38-x12-856-lots", b"CTT*9~", b"CTT*0~"),  # neither the levels nor the items
    ("edifact-invoic-basic", b"+:::19+", b"+:::19-+"),  # a rate in an element of any text
    ("edifact-invoic-basic", b"BGM+380+", b"BGM+380+\x80"),  # a character that stands in elsewhere
]


@pytest.mark.parametrize(("case", "old", "new"), DIRECTED)
def test_compiled_maps_read_what_is_just_wrong_as_the_plan_does(
    case: str, old: bytes, new: bytes
) -> None:
    content = (CASES / case / "input.edi").read_bytes()
    assert old in content
    tiers = Tiers()
    for _ in range(4):
        tiers.compare(content, case)
    assert tiers.fast
    assert tiers.judged
    tiers.compare(content.replace(old, new), case)


TAUGHT = [
    (  # a list inside an object, and then a value there
        "edifact-invoic-basic",
        b"MOA+77:535.5'\nMOA+79:450'\nMOA+124:85.5'\nTAX+7+VAT+++:::19+S'\nMOA+124:85.5'",
        b"MOA+124:85.5'\nMOA+124:85.5'\nMOA+124:1'\nMOA+7:1'\nMOA+77:535.5'",
        b"MOA+124:85.5'\nMOA+7:85.5'\nMOA+124:1'\nMOA+7:1'\nMOA+77:535.5'",
    ),
    (  # a line that says no more of its item than the lot, twice
        "variation-v38-x12-856-lots",
        b"LIN*1*UK*10888277123458*VC*DR-3010~\nSN1**6*BX~\nREF*LT*A77~",
        b"SN1**6*BX~\nREF*LT*A77~\nREF*ZZ*A77~",
        b"SN1**6*BX~\nREF*LT*A77~\nREF*LT*A77~",
    ),
]


def test_compiled_maps_read_a_carton_told_again_for_another_line() -> None:
    """Nothing is wrong with that."""
    case = CASES / "variation-v34-x12-856-pick-and-pack/input.edi"
    content = case.read_bytes().replace(b"006141419999900020", b"006141419999900013")
    content = b"LIN*3*".join(content.rsplit(b"LIN*1*", 1))
    tiers = Tiers()
    for _ in range(4):
        tiers.fast = tiers.judged = 0
        tiers.compare(content, case)
    assert tiers.fast
    assert tiers.judged


@pytest.mark.parametrize(("case", "old", "taught", "asked"), TAUGHT)
def test_compiled_maps_read_what_differs_from_what_taught_them_as_the_plan_does(
    case: str, old: bytes, taught: bytes, asked: bytes
) -> None:
    content = (CASES / case / "input.edi").read_bytes()
    assert old in content
    tiers = Tiers()
    for _ in range(6):
        tiers.compare(content.replace(old, taught), case)
    tiers.fast = 0
    tiers.compare(content.replace(old, asked), case)
    assert tiers.fast


def test_compiled_maps_read_a_shipment_below_no_level_as_the_plan_does() -> None:
    content = (CASES / "variation-v34-x12-856-no-packages/input.edi").read_bytes()
    below = content.replace(b"HL*1**S~", b"HL*9**O~PRF*7~HL*1*9*S~")
    below = below.replace(b"CTT*6~", b"CTT*7~").replace(b"SE*24*", b"SE*26*")
    tiers = Tiers()
    for one in [below, content] * 6:
        tiers.compare(one, "below" if one is below else "as it was")
    assert tiers.right == 12
    assert tiers.fast
    tiers.compare(content.replace(b"HL*1**S~", b"HL*1*9*S~"), "below none")


@pytest.mark.parametrize("inside", [b"BEG*00~", b"GE*1*201~", b" GE*1*201~", b"\x1aST*850*2~"])
def test_a_set_that_nobody_wants_is_passed_over_as_the_plan_does(inside: bytes) -> None:
    content = (CASES / "x12-850-basic/input.edi").read_bytes().replace(b"\n", b"")
    start, end = content.index(b"ST*850"), content.index(b"GE*")
    content = content[:start] + b"ST*850*0001~" + inside + b"SE*3*0001~" + content[end:]
    definitions = Definitions(packaged_maps())
    exact, fast = (
        [said(one) for one in read_file([content], definitions, wanted=lambda _: False, fast=fast)]
        for fast in (False, True)
    )
    assert fast == exact


GUARDED = """
overlay: x12/004010/850
lossy: [{what: procedure.case_number, policy: drop, why: theirs}]
insert:
- before: CUR
  rules:
  - {seg: CUR, where: {CUR01: SE}, when: {type: stand_alone}, CUR02: procedure.case_number}
"""


def test_a_check_knows_what_the_guard_of_a_rule_asks_that_no_sample_met(tmp_path: Path) -> None:
    overlay = tmp_path / "850.yaml"
    overlay.write_text(GUARDED)
    [folder] = [path for path in starter_partners() if path.name == "harbor-medical"]
    found = load_partner(folder, load_settings(packaged_maps().parent / "gateway.yaml"))
    tiers = Tiers(replace(found, overlays=(overlay,)))
    content = (CASES / "x12-850-basic/input.edi").read_bytes()
    for _ in range(4):
        tiers.compare(content.replace(b"CUR*BY*USD~", b"CUR*BY*USD*1500~"), overlay)
    assert tiers.fast
    tiers.compare(content.replace(b"CUR*BY*USD~", b"CUR*SE*USD*1500~"), overlay)


@pytest.mark.parametrize("name", ["x12/004010/856", "edifact/D96A/DESADV"])
def test_compiled_maps_fold_ship_notices_as_the_plan_does(name: str) -> None:
    definitions = Definitions(packaged_maps(), patience=1)
    dialect, release, kind = name.split("/")
    map_ = definitions.map_of(DIALECTS[dialect], release, kind)
    assert map_ is not None
    marks = DELIMITERS[dialect]
    compiled = definitions.compiled_of(map_, marks)
    dice = random.Random(856)
    answered = 0
    for _ in range(300):
        notice = {**make_notice(dice), "issue_date": "2026-01-15", "issue_time": "10:30"}
        segments = written(map_, emit(map_, notice).segments)
        tree, faults = match(map_.guide, segments)
        reading = read(map_, tree, marks)
        right = not (faults or reading.findings or reading.unclaimed)
        found = compiled.read("".join(one.text + marks.segment for one in segments))
        assert found is None or (right and found == reading.document)
        answered += found is not None
        if right and found is None and not check(map_.guide, tree, marks, "x12"):
            compiled.learn(segments)
    assert answered > 200


def written(map_: Map, body: list[tuple[str, list[Element]]]) -> list[Segment]:
    """A whole set; release characters stand in it only where texts have stand-ins."""
    x12 = map_.guide.dialect.name == "x12"
    if x12:
        header: tuple[str, list[Element]] = ("ST", ["856", "0001"])
        trailer: tuple[str, list[Element]] = ("SE", [str(len(body) + 2), "0001"])
    else:
        header = ("UNH", ["1", ["DESADV", "D", "96A", "UN"]])
        trailer = ("UNT", [str(len(body) + 2), "1"])
    return to_segments([header, *body, trailer], DELIMITERS[map_.guide.dialect.name])


@pytest.mark.long
def test_public_samples_and_many_damaged_ones(corpus: Path) -> None:
    seed = int(time.time())
    tiers, samples = Tiers(), contents(corpus)
    for _ in range(2):
        tiers.right = tiers.fast = 0
        for name, content in samples:
            tiers.compare(content, name)
    assert tiers.fast > 0.6 * tiers.right > 0
    count = 0
    end = time.monotonic() + BUDGET
    for _ in campaign(tiers, samples, random.Random(seed)):
        count += 1
        if time.monotonic() > end:
            break
    print(f"{count} damaged samples, {tiers.fast} sets read by compiled maps, seed {seed}")
    assert count > 100
