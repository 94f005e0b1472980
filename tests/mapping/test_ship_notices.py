"""A ship notice says the same in every layout that can carry it, and the others say they cannot."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from notices import make_notice

from gateway.edi.finding import Code
from gateway.edi.finding import has_errors
from gateway.edi.segment import Segment
from gateway.edi.sentences import sentence
from gateway.edi.writer import DELIMITERS
from gateway.edi.writer import write_segment
from gateway.engine.definitions import packaged_maps
from gateway.guide.check import check
from gateway.guide.match import match
from gateway.mapping import Emission
from gateway.mapping import Map
from gateway.mapping import Reading
from gateway.mapping import emit
from gateway.mapping import load_map
from gateway.mapping import read
from gateway.mapping.levels.grouping import Node
from gateway.mapping.levels.said import same_facts

PALLETS = "lossy: [{what: packages.pallet, policy: POLICY, why: they unload by hand}]"
LAYOUTS = ("SOTPI", "SOPI", "SOIP", "SPOI", "STPOI", "SOI")
CPS, MARKED = "CPS", "CPS, lots in marks"
"""The tree of a DESADV, which has a level for every package."""

Notice = dict[str, Any]


@pytest.fixture(scope="module")
def maps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Map]:
    """The 856 in each layout, as an overlay says it, and the DESADV with lots in lines of their own
    and in PCI 36E."""
    folder = tmp_path_factory.mktemp("layouts")
    found = {}
    for layout in LAYOUTS:
        overlay = folder / f"{layout}.yaml"
        change = f"change: {{HL: {{layout: [{', '.join(layout)}]}}}}"
        overlay.write_text(f"overlay: x12/004010/856\n{change}\n")
        found[layout] = load(overlay)
    found[CPS] = load(kind="edifact/D96A/DESADV")
    overlay = folder / "marked.yaml"
    overlay.write_text("overlay: edifact/D96A/DESADV\nchange: {CPS: {lots: marked}}\n")
    found[MARKED] = load(overlay, "edifact/D96A/DESADV")
    return found


def load(overlay: Path | None = None, kind: str = "x12/004010/856") -> Map:
    map_ = load_map(packaged_maps(), *kind.split("/"), overlay)
    assert map_ is not None
    return map_


def read_again(map_: Map, segments: list[tuple[str, list[Any]]]) -> Reading:
    level = map_.guide.dialect.set
    body = [Segment(tag, elements) for tag, elements in segments]
    tree, faults = match(map_.guide, [Segment(level.header, []), *body, Segment(level.trailer, [])])
    assert not faults
    marks = DELIMITERS[map_.guide.dialect.name]
    broken = [one for one in check(map_.guide, tree, marks, "utf-8") if one.position.segment != 1]
    assert not [one for one in broken if one.code is Code.HIERARCHY_BROKEN]
    return read(map_, tree, marks)


def wire(map_: Map, emission: Emission) -> list[str]:
    marks = DELIMITERS[map_.guide.dialect.name]
    return [write_segment(tag, elements, marks) for tag, elements in emission.segments]


def carries(layout: str, notice: Notice) -> bool:
    """Whether a layout surely has a place for every fact: a level for each package, and an SSCC on
    each that may stand at several places. EDIFACT has no place for what an order says."""
    if layout in (CPS, MARKED):
        return "orders" not in notice
    packages = notice.get("packages", [])
    levels = {"pallet": "T", "carton": "P"}
    if any(levels[package["level"]] not in layout for package in packages):
        return False
    below_line = layout.index("I") < layout.find("P")
    above_order = "P" in layout and layout.index("P") < layout.index("O")
    marked = all("sscc" in package for package in packages)
    return marked or above_order or not (packages or below_line)


def tells_again(notice: Notice) -> bool:
    """Whether a marked package holds two lines or lots that nothing but their amounts tells apart;
    who reads them must take one for a copy."""
    lines = {line["id"]: line for line in notice["lines"]}
    held = []
    for package in notice.get("packages", ()):
        for content in package.get("contents", ()) if "sscc" in package else ():
            line = lines[content["line_id"]]
            lots = {lot["ref"]: lot for lot in line.get("lots", ())}
            lot = lots.get(content.get("lot_ref"), {})
            apart = ("id", "quantity", "lots", "ref")
            told = [{k: v for k, v in one.items() if k not in apart} for one in (line, lot)]
            held.append((package["sscc"], told))
    return any(one in held[:number] for number, one in enumerate(held))


def check_notice(maps: dict[str, Map], notice: Notice, note: str) -> set[str]:
    """The layouts that carried the notice; each either keeps every fact or names what it cannot."""
    carried = set()
    for layout, map_ in maps.items():
        emission = emit(map_, notice)
        if has_errors(emission.findings):
            assert {one.code for one in emission.findings} == {Code.NOT_CARRIED}, note
            assert not carries(layout, notice), (note, layout, emission.findings)
            continue
        reading = read_again(map_, emission.segments)
        remarked = {one.code for one in reading.findings}
        assert not reading.unclaimed, (note, layout)
        assert remarked <= ({Code.PACKAGE_REPEATED} if tells_again(notice) else set()), note
        assert same_facts(reading.document, notice), (note, layout)
        again = emit(map_, reading.document)
        assert same_facts(read_again(map_, again.segments).document, notice), (note, layout)
        carried.add(layout)
    return carried


def check_many(maps: dict[str, Map], seed: int, count: int) -> None:
    known: dict[str, int] = dict.fromkeys(maps, 0)
    for number in range(count):
        notice = make_notice(random.Random(f"{seed}/{number}"))
        for layout in check_notice(maps, notice, f"seed {seed}/{number}"):
            known[layout] += 1
    print(f"seed {seed}: of {count} notices each layout carried", known)
    assert all(number > count // 50 for number in known.values()), known


def test_generated_notices_keep_every_fact(maps: dict[str, Map]) -> None:
    check_many(maps, seed=856, count=50)


@pytest.mark.long
@pytest.mark.parametrize("part", range(8))
def test_two_thousand_notices_keep_every_fact(maps: dict[str, Map], part: int) -> None:
    check_many(maps, seed=random.randrange(10**6) if part else 856, count=250)


ON_A_PALLET: Notice = {
    "id": "SH1",
    "purpose": "original",
    "issue_date": "2024-03-04",
    "issue_time": "14:05",
    "lines": [
        {
            "id": "1",
            "order_reference": {"id": "PO1"},
            "item": {"ids": [{"scheme": "seller_item", "value": "X-1"}]},
            "quantity": {"value": "4", "unit": "EA"},
        }
    ],
    "packages": [
        {"id": "p1", "level": "pallet", "sscc": "006141419999900013"},
        {
            "id": "p2",
            "parent_id": "p1",
            "level": "carton",
            "sscc": "006141419999900020",
            "contents": [{"line_id": "1", "quantity": "4"}],
        },
    ],
}


def test_many_orders_lines_and_lots_stay_apart(maps: dict[str, Map]) -> None:
    many = range(20)
    amount = {"value": "40", "unit": "EA"}
    lots = [{"ref": f"l{n}", "number": f"L{n}", "quantity": "2"} for n in many]
    notice = {
        **{name: ON_A_PALLET[name] for name in ("id", "purpose", "issue_date", "issue_time")},
        "orders": [{"id": f"o{n}", "order_reference": {"id": f"P{n}"}} for n in many],
        "lines": [
            {"id": "1", "order_id": "o0", "lots": lots},
            *({"id": f"a{n}", "order_id": "o0", "item": {"description": f"A {n}"}} for n in many),
            *({"id": f"b{n}", "order_id": f"o{n}", "item": {"description": "B"}} for n in many),
        ],
    }
    notice["lines"] = [{**line, "quantity": amount} for line in notice["lines"]]
    reading = read_again(maps["SOPI"], emit(maps["SOPI"], notice).segments)
    assert same_facts(reading.document, notice)
    assert len(reading.document["lines"]) == 41
    assert sum(len(line.get("lots", ())) for line in reading.document["lines"]) == 20


def test_packages_in_packages_have_a_level_each_however_deep(
    maps: dict[str, Map], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, opened = Node.open, []
    monkeypatch.setattr(Node, "open", lambda *arguments: opened.append(None) or real(*arguments))
    steps = {}
    for many in (300, 600):
        opened.clear()
        notice = {
            **{name: ON_A_PALLET[name] for name in ("id", "purpose", "issue_date", "issue_time")},
            "lines": [{"id": "1", "quantity": {"value": str(many), "unit": "EA"}}],
            "packages": [
                {
                    "id": f"p{number}",
                    **({"parent_id": f"p{number - 1}"} if number else {}),
                    "contents": [{"line_id": "1", "quantity": "1"}],
                }
                for number in range(many)
            ],
        }
        reading = read_again(maps[CPS], emit(maps[CPS], notice).segments)
        assert same_facts(reading.document, notice)
        steps[many] = len(opened)
    assert steps[600] <= 2 * steps[300]


def without_pallets(folder: Path, lossy: str) -> Emission:
    overlay = folder / "overlay.yaml"
    overlay.write_text(
        f"overlay: x12/004010/856\nchange: {{HL: {{layout: [S, O, P, I]}}}}\n{lossy}\n"
    )
    return emit(load(overlay), ON_A_PALLET)


def test_a_layout_without_pallets_does_not_drop_them(tmp_path: Path) -> None:
    (finding,) = without_pallets(tmp_path, "").findings
    assert (finding.code, finding.severity.value) == (Code.NOT_CARRIED, "error")
    assert finding.detail["path"] == "packages[0]"
    assert finding.value == "pallet"


@pytest.mark.parametrize("policy, told", [("note", ["note"]), ("drop", []), ("reject", ["error"])])
def test_what_a_layout_has_no_level_for_is_a_declared_loss(
    tmp_path: Path, policy: str, told: list[str]
) -> None:
    emission = without_pallets(tmp_path, PALLETS.replace("POLICY", policy))
    assert [finding.severity.value for finding in emission.findings] == told
    for finding in emission.findings:
        assert finding.detail["declared"] == "they unload by hand"
    written = [tag for tag, _ in emission.segments]
    assert written.count("HL") == (0 if policy == "reject" else 4)


@pytest.mark.parametrize("parts, told", [((6, 6), []), ((4, 8), [Code.NOT_CARRIED])])
def test_cartons_that_do_not_tell_what_they_hold_have_equal_shares(
    tmp_path: Path, parts: tuple[int, int], told: list[Code]
) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        "overlay: x12/004010/856\nchange: {HL: {layout: [S, O, I, P], packed: divided}}\n"
    )
    packages = [
        {
            "id": f"p{number}",
            "level": "carton",
            "contents": [{"line_id": "1", "quantity": str(part)}],
        }
        for number, part in enumerate(parts)
    ]
    (line,) = ON_A_PALLET["lines"]
    twelve = {**line, "quantity": {"value": "12", "unit": "EA"}}
    emission = emit(load(overlay), {**ON_A_PALLET, "lines": [twelve], "packages": packages})
    assert [finding.code for finding in emission.findings][: len(told) or None] == told


def in_other_rows(notice: Notice) -> Notice:
    """The same with its rows and fields the other way round, other keys and longer numbers."""
    told = json.loads(json.dumps(notice))
    for line in told["lines"]:
        line["id"] = f"other-{line['id']}"
        line["quantity"]["value"] += ".00"
    for package in told.get("packages", ()):
        package["id"] = f"other-{package['id']}"
        if "parent_id" in package:
            package["parent_id"] = f"other-{package['parent_id']}"
        for content in package.get("contents", ()):
            content["line_id"] = f"other-{content['line_id']}"
    for name in ("lines", "packages"):
        told[name] = [dict(reversed(row.items())) for row in reversed(told.get(name, []))]
    return told


def test_rows_keys_and_zeros_say_nothing_but_amounts_do() -> None:
    compared = 0
    for number in range(200):
        notice = make_notice(random.Random(f"rows/{number}"))
        again = in_other_rows(notice)
        assert same_facts(notice, again), number
        contents = [one for row in again["packages"] for one in row.get("contents", ())]
        if contents:
            contents[-1]["quantity"] += "1"
            assert not same_facts(notice, again), number
            compared += 1
    assert compared > 100


@pytest.mark.parametrize("layout", [*LAYOUTS, CPS])
def test_the_order_of_a_whole_shipment_is_told_once(maps: dict[str, Map], layout: str) -> None:
    line = {"id": "1", "item": {"ids": [{"scheme": "seller_item", "value": "HM-40300"}]}}
    notice = {
        "id": "SH1",
        "purpose": "original",
        "issue_date": "2026-01-18",
        "issue_time": "10:30",
        "order_reference": {"id": "4711"},
        "lines": [{**line, "quantity": {"value": "10", "unit": "EA"}}],
    }
    emission = emit(maps[layout], notice)
    assert not has_errors(emission.findings)
    told = [text for text in wire(maps[layout], emission) if "4711" in text]
    assert told == ["RFF+ON:4711" if layout == CPS else "PRF*4711"]
    again = read_again(maps[layout], emission.segments).document
    assert again["order_reference"] == {"id": "4711"}
    assert "order_reference" not in again["lines"][0]


@pytest.mark.parametrize(
    ("layout", "goods", "above"),
    [
        ("SOTPI", "orders", "O"),
        ("SOPI", "orders", "O"),
        ("SOIP", "orders", "O"),
        ("SOIP", "lines", "I"),
    ],
)
def test_a_carton_of_several_orders_says_what_would_carry_it(
    maps: dict[str, Map], layout: str, goods: str, above: str
) -> None:
    """An SSCC tells that a carton under two orders is one; or its level stands above theirs."""
    orders = ["4711", "4712" if goods == "orders" else "4711"]
    lines = [
        {
            "id": str(number),
            "order_reference": {"id": order, "line_id": str(number)},
            "quantity": {"value": "5", "unit": "EA"},
        }
        for number, order in enumerate(orders, 1)
    ]
    contents = [{"line_id": line["id"], "quantity": "5"} for line in lines]
    carton = {"id": "c1", "level": "carton", "contents": contents}
    notice = {"id": "SH1", "lines": lines, "packages": [carton]}
    [fault] = emit(maps[layout], notice).findings
    assert sentence(fault) == (
        "In the document, packages[0] has no place in the message. Send the sscc of it and of the "
        f"packages around it, as its goods are of several {goods}, or set a layout of HL with P "
        f"before {above} in the overlay."
    )
    notice["packages"] = [{**carton, "sscc": "006141419999900013"}]
    assert not emit(maps[layout], notice).findings
    notice["packages"] = [carton]
    assert not emit(maps["SPOI"], notice).findings


OF_TEN = {
    "id": "SH1",
    "lines": [{"id": "1", "quantity": {"value": "10", "unit": "EA"}}],
    "packages": [
        {"id": "p1", "level": "carton", "contents": [{"line_id": "1", "quantity": "5"}]},
        {"id": "p2", "level": "carton", "contents": [{"line_id": "1", "quantity": "7"}]},
    ],
}


@pytest.mark.parametrize("layout", ["SOPI", CPS])
@pytest.mark.parametrize("lots", [[], [{"ref": "a", "number": "L1", "quantity": "10"}]])
def test_packages_that_hold_more_than_their_line_are_told_with_how_much(
    maps: dict[str, Map], layout: str, lots: list[Notice]
) -> None:
    notice = json.loads(json.dumps(OF_TEN))
    if lots:
        notice["lines"][0]["lots"] = lots
        for package in notice["packages"]:
            package["contents"][0]["lot_ref"] = "a"
    told = [sentence(fault) for fault in emit(maps[layout], notice).findings]
    assert told[0] == (
        "In the document, lines[0].quantity.value has no place in the message. Send at least 12, "
        "which its lots and packages hold."
    )
    assert len(told) == 1 + len(lots)
    assert all("Send at least 12" in one for one in told)


@pytest.mark.parametrize("name", ["lines", "packages", "lots"])
def test_a_key_that_several_have_leads_to_none_of_them(maps: dict[str, Map], name: str) -> None:
    notice = json.loads(json.dumps(OF_TEN))
    if name == "lines":
        notice["lines"].append({**notice["lines"][0], "item": {"description": "another"}})
    elif name == "packages":
        notice["packages"][0]["parent_id"] = "p2"
        notice["packages"].append({"id": "p2", "level": "pallet"})
    else:
        notice["lines"][0]["lots"] = [{"ref": "a", "number": one} for one in ("L1", "L2")]
        notice["packages"][0]["contents"][0]["lot_ref"] = "a"
    faults = emit(maps["SOTPI"], notice).findings
    assert {fault.code for fault in faults} == {Code.VALUE_UNWRITABLE}
    assert all("Expected: the key of one thing in this document" in sentence(f) for f in faults)
