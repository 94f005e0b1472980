"""Ship notices at random: orders, pallets, cartons, lots and serial numbers, packed anyhow."""

from __future__ import annotations

from random import Random
from typing import Any

from gateway.mapping.levels.sscc import check_digit

Notice = dict[str, Any]


def sscc(random: Random) -> str:
    digits = f"00614141{random.randrange(10**9):09d}"
    return digits + check_digit(digits)


def make_notice(random: Random) -> Notice:
    """Each line is packed in parts; what is left of it is in no package."""
    lines = [_line(random, number) for number in range(random.randint(1, 5))]
    notice: Notice = {"id": f"SH{random.randrange(10**6)}", "purpose": "original", "lines": lines}
    packages = _packages(random)
    cartons = [one for one in packages if one["level"] == "carton"]
    for line in lines:
        line_id = line["id"]
        for lot in line.get("lots", [{}]):
            whole = int(lot.get("quantity", line["quantity"]["value"]))
            for carton in random.sample(cartons, random.randint(0, min(3, len(cartons)))):
                part = random.randint(1, max(1, whole // 2))
                if part <= whole and ("sscc" in carton or "contents" not in carton):
                    named = {"lot_ref": lot["ref"]} if lot else {}
                    content = {"line_id": line_id, **named, "quantity": str(part)}
                    carton.setdefault("contents", []).append(content)
                    whole -= part
    if packages:
        notice["packages"] = packages
    if random.random() < 0.2:
        _tell_of_an_order(random, notice)
    return notice


def _tell_of_an_order(random: Random, notice: Notice) -> None:
    """What no line can say: where an order goes, and that nothing of another is shipped."""
    reference = {"id": "PO1", "issue_date": "2026-01-01"}
    party = {"role": "ship_to", "ids": [{"scheme": "gln", "value": "0614141000029"}]}
    notice["orders"] = [{"id": "o1", "order_reference": reference, "parties": [party]}]
    for line in notice["lines"]:
        if line.get("order_reference", {}).get("id") == "PO1":
            line["order_id"] = "o1"
    if random.random() < 0.3:
        notice["orders"].append({"id": "o2", "order_reference": {"id": "PO9"}})


def _line(random: Random, number: int) -> Notice:
    order = random.randint(1, 3)
    line: Notice = {
        "id": f"L{number}",
        "order_reference": {
            "id": f"PO{order}",
            "issue_date": f"2026-01-0{order}",
            "line_id": str(number + 1),
        },
        "item": {"ids": [{"scheme": "seller_item", "value": f"HM-{random.randint(1, 3)}"}]},
        "quantity": {"value": str(random.randint(1, 40)), "unit": random.choice(["EA", "XBX"])},
    }
    if random.random() < 0.2:
        del line["order_reference"]
    lots = [_lot(random, index) for index in range(random.choice([0, 0, 1, 2, 3]))]
    if lots:
        line["lots"] = lots
        line["quantity"]["value"] = str(sum(int(lot["quantity"]) for lot in lots))
    return line


def _lot(random: Random, index: int) -> Notice:
    lot: Notice = {"ref": "abc"[index], "number": f"A{index}{random.randrange(100)}"}
    if random.random() < 0.7:
        lot["expiry_date"] = f"2028-0{random.randint(1, 9)}-28"
    if random.random() < 0.4:
        lot["serial_numbers"] = [f"SN{random.randrange(10**12)}" for _ in range(2)]
    return {**lot, "quantity": str(random.randint(1, 20))}


def _packages(random: Random) -> list[Notice]:
    pallets = [_package(random, "pallet", n) for n in range(random.choice([0, 0, 1, 2]))]
    cartons = [_package(random, "carton", n) for n in range(random.randint(0, 5))]
    for carton in cartons:
        if pallets and random.random() < 0.8:
            carton["parent_id"] = random.choice(pallets)["id"]
    return [*pallets, *cartons]


def _package(random: Random, level: str, number: int) -> Notice:
    package = {"id": f"{level}-{number}", "level": level}
    if random.random() < 0.7:
        package["sscc"] = sscc(random)
    if random.random() < 0.3:
        package["tracking"] = f"1Z{random.randrange(10**6)}"
    return package
