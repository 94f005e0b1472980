"""Levels however a partner nests and orders them: read without a fall, and written as they came."""

from __future__ import annotations

import random
from random import Random
from typing import Any

import pytest
from mapping_desk import Trial
from notices import sscc

from gateway.edi.finding import Code
from gateway.edi.finding import Severity
from gateway.engine.definitions import packaged_maps
from gateway.mapping import load_map
from gateway.mapping.levels.fold import fold
from gateway.mapping.levels.fold import fold_ordered

FIRST, LAST, WRONG = "006141419999900013", "006141419999900020", "006141419999900014"


def load(kind: str) -> Trial:
    map_ = load_map(packaged_maps(), *kind.split("/"))
    assert map_ is not None
    return Trial(map_)


@pytest.fixture(scope="module")
def x12() -> Trial:
    return load("x12/004010/856")


@pytest.fixture(scope="module")
def edifact() -> Trial:
    return load("edifact/D96A/DESADV")


def packed(trial: Trial, count: int, ssccs: str) -> Any:
    """The reading of a message with so many packages of these SSCCs, with one line."""
    parts = [f"PAC+{count}++CT", "PCI+33E", f"GIN+BJ+{ssccs}", "LIN+1++4006381333931:EN"]
    return trial.read("'".join(["BGM+351+SH-1+9", "CPS+1", "CPS+2+1", *parts, "QTY+12:8"]))


def test_a_range_of_container_codes_is_a_package_each(edifact: Trial) -> None:
    packages = packed(edifact, 2, f"{FIRST}:{LAST}").document["packages"]
    assert [one["sscc"] for one in packages] == [FIRST, LAST]
    assert [one["contents"][0]["quantity"] for one in packages] == ["4", "4"]


@pytest.mark.parametrize(
    "ssccs", [f"{LAST}:{FIRST}", f"{FIRST}:{WRONG}", f"{WRONG}:{LAST}", "X:Y", f"{FIRST}:9", "7"]
)
@pytest.mark.parametrize("count", [0, 2])
def test_what_is_no_range_is_told_and_kept(edifact: Trial, ssccs: str, count: int) -> None:
    reading = packed(edifact, count, ssccs)
    (finding,) = reading.findings
    assert (finding.code, finding.position.reference[:5]) == (Code.VALUE_INVALID, "GIN02")
    assert finding.detail["path"] == "packages[0].packaging[0].ssccs[0].from"
    (package,) = reading.document["packages"]
    first, _, last = ssccs.partition(":")
    assert package["packaging"][0]["ssccs"] == [
        {"from": first, **({"until": last} if last else {})}
    ]
    assert reading.unclaimed == []


@pytest.mark.parametrize("ssccs", [f"{FIRST}:{LAST}", f"{FIRST}+{LAST}", f"{LAST}:{FIRST}", "X:Y"])
def test_a_range_is_written_as_it_came(edifact: Trial, ssccs: str) -> None:
    body = f"BGM+351+SH-1+9'CPS+1'CPS+2+1'PAC+2++CT'PCI+33E'GIN+BJ+{ssccs}"
    assert edifact.rewrite(body) == body


@pytest.mark.parametrize(
    "children", ["LT*A77*SN*S1*SN*S2", "SN*S1*LT*A77*SN*S2", "SN*S1*SN*S2*LT*A77"]
)
def test_lot_and_serial_numbers_of_a_line_in_any_order(x12: Trial, children: str) -> None:
    body = f"BSN*00*SH1*20240304*1405~HL*1**S~HL*2*1*I~LIN*1*VN*X-1*{children}~SN1**2*EA~CTT*2"
    (line,) = x12.read(body).document["lines"]
    assert line["item"]["ids"] == [{"scheme": "seller_item", "value": "X-1"}]
    (lot,) = line["lots"]
    assert (lot["number"], lot["serial_numbers"], lot["quantity"]) == ("A77", ["S1", "S2"], "2")
    assert x12.rewrite(body) == body


SEVERAL = ["LIN**LT*A77*LT*B12~SN1**2*EA", "SN1**2*EA~REF*LT*A77~REF*LT*B12"]
SEVERAL.append("LIN**LT*A77~SN1**2*EA~REF*LT*B12")


@pytest.mark.parametrize("line", SEVERAL)
def test_several_lots_of_one_line_are_identifiers_and_have_no_quantity(
    x12: Trial, line: str
) -> None:
    """Nobody says how much is of which."""
    body = f"BSN*00*SH1*20240304*1405~HL*1**S~HL*2*1*I~{line}~CTT*2"
    reading = x12.read(body, trace=True)
    (read,) = reading.document["lines"]
    ids = sorted(read["item"]["ids"], key=lambda one: one["value"])
    assert ids == [{"scheme": "lot", "value": "A77"}, {"scheme": "lot", "value": "B12"}]
    assert "lots" not in read
    assert "references" not in read
    assert not [one for one in reading.origins if ".lot." in one.path]
    assert x12.rewrite(body) == body
    assert x12.write(reading.document).endswith("~SN1**2*EA~CTT*2")


def hl_levels(random: Random) -> str:
    """An 856 of up to nine levels, of any kind under any other, some before their parents."""
    levels = [["HL*1**S"]]
    for number in range(2, random.randint(3, 10)):
        code = random.choice("OTPQIIIZ")
        children = random.choice(["", "", "*1", "*0"])
        levels.append([f"HL*{number}*{random.randint(1, number - 1)}*{code}{children}"])
        levels[-1] += hl_level(random, code)
    if random.random() < 0.3:
        random.shuffle(levels)
    texts = ["~".join(level) for level in levels]
    return "~".join(["BSN*00*SH1*20240304*1405", *texts, f"CTT*{len(levels)}"])


def hl_level(random: Random, code: str) -> list[str]:
    if code == "O":
        return [f"PRF*PO{random.randint(1, 3)}", *random.choice([[], [], ["REF*IA*77"]])]
    if code == "I":
        one = f"*SN*S{random.randrange(10**12)}"
        ids = random.choice(["", "*LT*A1", f"{one}*LT*A1", f"*LT*A1{one}", "*LT*A1*LT*A2"])
        line = [f"LIN*{random.randint(1, 3)}*VN*X{random.randint(1, 2)}{ids}"]
        line += [f"SN1**{random.randint(1, 9)}*EA"] if random.random() < 0.9 else []
        return [*line, *random.choice([[], [], ["REF*LT*A1"], ["REF*LT*A3"]])]
    if code == "Z":
        return []
    marks = [f"MAN*GM*{sscc(random)}", "MAN*CP*1Z77", "MAN*GM*12"]
    return random.sample(marks, random.randint(0, 3))


def cps_levels(random: Random) -> str:
    """A DESADV of up to eight levels with their lines."""
    parts = ["BGM+351+SH1+9", "DTM+137:20240304:102", "CPS+1"]
    lines = 0
    for number in range(2, random.randint(3, 9)):
        parts.append(f"CPS+{number}+{random.randint(1, number - 1)}+{random.choice('134')}")
        if random.random() < 0.7:
            parts += ["PAC+1++CT", "PCI+33E", f"GIN+BJ+{sscc(random)}"]
        for _ in range(random.choice([0, 1, 1, 2])):
            lines += 1
            parts += [f"LIN+{lines}++{random.choice(['4006381333931', '4098765000102'])}:EN"]
            parts += random.choice([[], ["PIA+1+A77:NB"], ["PIA+1+A78:NB"]])
            parts += [f"QTY+12:{random.randint(1, 9)}", f"RFF+ON:PO{random.randint(1, 2)}:1"]
    return "'".join([*parts, f"CNT+2:{lines}"])


def check_many(x12: Trial, edifact: Trial, seed: int, count: int) -> None:
    for number in range(count):
        one = Random(f"{seed}/{number}")
        for trial, body in ((x12, hl_levels(one)), (edifact, cps_levels(one))):
            reading = trial.read(body)
            assert {finding.code for finding in reading.findings} <= {Code.VALUE_INVALID}
            assert reading.unclaimed == [], body
            assert trial.rewrite(body) == body, f"seed {seed}/{number}"


def test_any_tree_of_levels_is_written_as_it_came(x12: Trial, edifact: Trial) -> None:
    check_many(x12, edifact, seed=4010, count=150)


@pytest.mark.long
def test_two_thousand_trees_of_levels_are_written_as_they_came(x12: Trial, edifact: Trial) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    check_many(x12, edifact, seed, count=2000)


def test_levels_in_order_fold_to_the_same_document(x12: Trial, edifact: Trial) -> None:
    """And those whose numbers or order say little are left to the careful way."""
    ordered = {True: 0, False: 0}
    for number in range(100):
        one = Random(f"ordered/{number}")
        for trial, body in ((x12, hl_levels(one)), (edifact, cps_levels(one))):
            levels, hierarchy = trial.read(body).form.levels, trial.map.hierarchy
            assert hierarchy is not None
            careful, quick = dict(levels), dict(levels)
            fold(hierarchy, careful)
            is_ordered = fold_ordered(hierarchy, quick)
            assert not is_ordered or quick == careful, body
            ordered[is_ordered] += 1
    assert all(ordered.values()), ordered


TWO = "BSN*00*SH1*20240304*1405~HL*1**S~HL*2*1*O~PRF*PO1"
CARTON = f"MAN*GM*{FIRST}"
COPIES = {
    "a carton below its line": "HL*3*2*I~LIN*1*VN*X-1~SN1**8*EA~HL*4*3*P~SN1**4*EA~{0}"
    "~HL*5*3*P~SN1**4*EA~{0}",
    "a pallet without a label": "HL*3*2*T~HL*4*3*P~{0}~HL*5*4*I~LIN*1*VN*X-1~SN1**4*EA"
    "~HL*6*2*T~HL*7*6*P~{0}~HL*8*7*I~LIN*1*VN*X-1~SN1**4*EA",
    "a carton that says more of itself": "HL*3*2*P~{0}~HL*4*3*I~LIN*1*VN*X-1~SN1**4*EA"
    "~HL*5*2*P~{0}~MAN*CP*1Z77~HL*6*5*I~LIN*1*VN*X-1~SN1**4*EA",
}


@pytest.mark.parametrize("copy", COPIES)
def test_a_label_that_holds_the_same_line_again_is_told(x12: Trial, copy: str) -> None:
    body = f"{TWO}~{COPIES[copy].format(CARTON)}"
    reading = x12.read(body)
    (finding,) = reading.findings
    assert (finding.code, finding.severity) == (Code.PACKAGE_REPEATED, Severity.WARNING)
    assert (finding.position.reference, finding.value) == ("MAN02", FIRST)
    assert finding.position.offset == f"ST~{body}".rindex(FIRST)
    assert finding.detail["path"].startswith("packages[")
    assert x12.rewrite(body) == body


def test_a_range_of_labels_that_holds_the_same_line_again_is_told_once(edifact: Trial) -> None:
    parts = ["PAC+2++CT", "PCI+33E", f"GIN+BJ+{FIRST}:{LAST}", "LIN+1++4006381333931:EN"]
    levels = [["CPS+2+1", *parts, "QTY+12:8"], ["CPS+3+1", *parts, "QTY+12:8"]]
    reading = edifact.read("'".join(["BGM+351+SH-1+9", "CPS+1", *levels[0], *levels[1]]))
    (finding,) = reading.findings
    assert finding.code is Code.PACKAGE_REPEATED
    assert (finding.position.segment, finding.value) == (13, FIRST)


ONE_LABEL = {
    "several lines": "HL*3*2*I~LIN*1*VN*X-1~SN1**8*EA~HL*4*3*P~SN1**8*EA~{0}"
    "~HL*5*2*I~LIN*2*VN*X-2~SN1**8*EA~HL*6*5*P~SN1**8*EA~{0}",
    "several lots": "HL*3*2*I~LIN*1*VN*X-1*LT*A~SN1**8*EA~HL*4*3*P~SN1**8*EA~{0}"
    "~HL*5*2*I~LIN*1*VN*X-1*LT*B~SN1**8*EA~HL*6*5*P~SN1**8*EA~{0}",
    "several orders": "HL*3*2*P~{0}~HL*4*3*I~LIN*1*VN*X-1~SN1**4*EA"
    "~HL*5*1*O~PRF*PO2~HL*6*5*P~{0}~HL*7*6*I~LIN*1*VN*X-1~SN1**4*EA",
    "a line in two parts": "HL*3*2*P~{0}~HL*4*3*I~LIN*1*VN*X-1~SN1**4*EA"
    "~HL*5*3*I~LIN*1*VN*X-1~SN1**4*EA",
}


@pytest.mark.parametrize("held", ONE_LABEL)
def test_a_label_told_again_for_other_goods_is_right(x12: Trial, held: str) -> None:
    reading = x12.read(f"{TWO}~{ONE_LABEL[held].format(CARTON)}")
    assert reading.findings == []
    assert len(reading.document["packages"]) == 1


@pytest.mark.parametrize(
    ("levels", "ordinal", "value"),
    [
        ("HL*3*2*X~LIN*1*VN*X-1~SN1**4*EA~HL*4*2*I~LIN*2*VN*X-2", 6, "X"),
        ("HL*3**S~REF*BM*7~HL*4*3*I~LIN*2*VN*X-2", 6, "S"),
    ],
)
def test_a_level_whose_words_are_left_out_is_told(
    x12: Trial, levels: str, ordinal: int, value: str
) -> None:
    reading = x12.read(f"{TWO}~{levels}")
    (finding,) = reading.findings
    assert (finding.code, finding.severity) == (Code.LEVEL_UNKNOWN, Severity.WARNING)
    assert (finding.position.reference, finding.position.segment) == ("HL03", ordinal)
    assert finding.value == value
    assert [line["item"]["ids"][0]["value"] for line in reading.document["lines"]] == ["X-2"]


@pytest.mark.parametrize("levels", ["HL*3*2*X~HL*4*3*I~LIN*2*VN*X-2", "HL*3**S~HL*4*3*I~LIN*2"])
def test_a_level_that_says_nothing_is_no_loss(x12: Trial, levels: str) -> None:
    assert x12.read(f"{TWO}~{levels}").findings == []


def test_two_packages_with_labels_above_one_quantity_share_it(edifact: Trial) -> None:
    """Nobody says how much is in which: the first is not said to hold all of it unheard."""
    parts = [f"PAC+1++CT'PCI+33E'GIN+BJ+{sscc}" for sscc in (FIRST, LAST)]
    body = "'".join(["BGM+351+SH-1+9", "CPS+1", "CPS+2+1", *parts])
    assert edifact.read(body).findings == []  # without lines there is nothing to share
    body = f"{body}'LIN+1++4006381333931:EN'QTY+12:10"
    reading = edifact.read(body)
    (finding,) = reading.findings
    assert (finding.code, finding.severity) == (Code.CONTENTS_SHARED, Severity.WARNING)
    assert (finding.position.reference, finding.value) == ("GIN02", LAST)
    assert finding.position.offset == f"UNH'{body}".index(LAST)
    (package,) = reading.document["packages"]
    assert (package["sscc"], package["packaging"][0]["ssccs"]) == (FIRST, [{"from": LAST}])
    assert edifact.rewrite(body) == body


LINE = "BGM+351+SH-1+9'CPS+1'CPS+2+1'LIN+1++4006381333931:EN'QTY+12:10:PCE"
LOT_A = "PCI+36E'DTM+361:20281130:102'QTY+12:4'GIN+BX+A77"


def line_of(edifact: Trial, marks: str) -> Any:
    (line,) = edifact.read(f"{LINE}'{marks}").document["lines"]
    return line


def test_lots_in_marks_are_lots_with_their_quantity(edifact: Trial) -> None:
    """EANCOM tells the batches of a line in PCI 36E: a hospital must find them where lots are."""
    body = f"{LINE}'{LOT_A}'PCI+36E'DTM+36:20290131:102'QTY+12:6:PCE'GIN+BX+B12'GIN+BN+S1+S2"
    document = edifact.read(body).document
    (line,) = document["lines"]
    assert line["quantity"]["value"] == "10"
    assert line["lots"] == [
        {"ref": "a", "number": "A77", "expiry_date": "2028-11-30", "quantity": "4"},
        {
            "ref": "b",
            "number": "B12",
            "serial_numbers": ["S1", "S2"],
            "expiry_date": "2029-01-31",
            "quantity": "6",
        },
    ]
    assert "marks" not in line
    assert document["packages"][0]["contents"] == [
        {"line_id": "1", "lot_ref": "a", "quantity": "4"},
        {"line_id": "1", "lot_ref": "b", "quantity": "6"},
    ]
    assert edifact.rewrite(body) == body


def test_what_no_lot_in_marks_has_is_left_of_the_line(edifact: Trial) -> None:
    line = line_of(edifact, LOT_A)
    assert (line["quantity"]["value"], line["lots"][0]["quantity"]) == ("10", "4")
    (package,) = edifact.read(f"{LINE}'{LOT_A}").document["packages"]
    assert package["contents"][1] == {"line_id": "1", "quantity": "6"}


def test_the_only_lot_in_marks_has_all_of_the_line(edifact: Trial) -> None:
    (lot,) = line_of(edifact, "PCI+36E'DTM+94:20260101:102'GIN+BX+A77")["lots"]
    assert (lot["quantity"], lot["manufacture_date"]) == ("10", "2026-01-01")


@pytest.mark.parametrize(
    "marks",
    [
        "PCI+36E'GIN+BX+A77'PCI+36E'GIN+BX+B12",  # how much is of which?
        "PCI+36E'QTY+12:4:KGM'GIN+BX+A77",  # another unit than the line's
        "PCI+36E'QTY+52:4'GIN+BX+A77",  # no shipped quantity
        "PCI+36E'QTY+12:4'GIN+BX+A77+B12",  # two lots, one quantity
        "PCI+36E'QTY+12:4'GIN+BX+A77:A79",  # a range
        "PCI+36E'QTY+12:4'GIN+BX+A77'GIN+EE+77",  # another number
        "PCI+36E'DTM+361:20281130:102'DTM+36:20281231:102'QTY+12:4'GIN+BX+A77",
        "PCI+36E'DTM+360:20281130:102'QTY+12:4'GIN+BX+A77",
        "PCI+36E+A77'QTY+12:4",
        "PCI+17'QTY+12:4'GIN+BX+A77",
        "PCI+36E'QTY+12:4",
    ],
)
def test_marks_that_tell_more_or_less_than_a_lot_stay_marks(edifact: Trial, marks: str) -> None:
    line = line_of(edifact, marks)
    assert "lots" not in line
    assert len(line["marks"]) == marks.count("PCI")
    assert edifact.rewrite(f"{LINE}'{marks}") == f"{LINE}'{marks}"


def test_lots_beyond_the_quantity_are_told_and_stay_as_sent(edifact: Trial) -> None:
    body = f"{LINE}'{LOT_A}'{LOT_A.replace('4', '7').replace('A77', 'B12')}"
    reading = edifact.read(body)
    (finding,) = reading.findings
    assert (finding.code, finding.severity) == (Code.QUANTITY_EXCEEDED, Severity.WARNING)
    assert (finding.position.tag, finding.position.segment) == ("LIN", 5)
    (line,) = reading.document["lines"]
    assert line["quantity"]["value"] == "10"
    assert len(line["marks"]) == 2
    assert edifact.rewrite(body) == body


@pytest.mark.parametrize(("cartons", "told"), [((5, 5), 0), ((4, 5), 0), ((5, 6), 1)])
def test_cartons_that_hold_more_than_their_line_are_told(
    x12: Trial, cartons: tuple[int, int], told: int
) -> None:
    levels = [f"HL*{n}*3*P~SN1**{held}*EA" for n, held in enumerate(cartons, start=4)]
    reading = x12.read(f"{TWO}~HL*3*2*I~LIN*1*VN*X-1~SN1**10*EA~{'~'.join(levels)}")
    assert [finding.code for finding in reading.findings] == told * [Code.QUANTITY_EXCEEDED]
    assert [finding.position.segment for finding in reading.findings] == told * [11]
    held = [package["contents"][0]["quantity"] for package in reading.document["packages"]]
    assert held == [str(one) for one in cartons]


ITEM = "HL*3*2*I~LIN*1*VN*X-1~SN1**2*EA"


@pytest.mark.parametrize(
    "levels",
    [
        f"{ITEM}~REF*SE*S1~REF*SE*S1",
        f"{ITEM}~REF*LT*A~REF*SE*S1~{ITEM.replace('HL*3', 'HL*4')}~REF*LT*B~REF*SE*S1",
    ],
)
def test_a_serial_number_of_two_pieces_is_told(x12: Trial, levels: str) -> None:
    reading = x12.read(f"{TWO}~{levels}")
    (finding,) = reading.findings
    assert (finding.code, finding.severity) == (Code.SERIAL_REPEATED, Severity.WARNING)
    assert (finding.position.tag, finding.value) == ("REF", "S1")


def test_one_serial_number_on_two_items_is_right(x12: Trial) -> None:
    other = ITEM.replace("HL*3", "HL*4").replace("X-1", "X-2")
    assert x12.read(f"{TWO}~{ITEM}~REF*SE*S1~{other}~REF*SE*S1").findings == []
