"""Lots that a line tells of in marks on its packages (PCI 36E: marked with batch numbers), each
with its quantity, numbers and dates; both ways."""

from __future__ import annotations

from typing import Any

from gateway.mapping.levels.amounts import exceeds
from gateway.mapping.levels.amounts import rest
from gateway.mapping.levels.amounts import total
from gateway.mapping.levels.lots import numbers_of
from gateway.mapping.path import Scope

_BATCH = "edifact:4233:36E"
_SHIPPED = "despatched"
_PARTS = {"instructions", "identities", "dates", "quantities"}
_DATES = {"best_before": "expiry_", "expiry": "expiry_", "manufactured": "manufacture_"}
"""How the fields of a lot begin that tell a date, by its words in marks."""


def apart(line: Scope) -> list[tuple[Scope, str]] | None:
    """The line once for each lot that its marks tell of, with where in the line that stands, and
    once for what is left; as it is where they do not tell how much is of which lot. None where
    that is more than the line has."""
    quantity = line.get("quantity", {})
    whole, lots, others = quantity.get("value"), [], []
    for number, mark in enumerate(line["marks"]):
        lot = _lot_of(mark, quantity)
        if lot is None:
            others.append(mark)
        else:
            lots.append((f".marks[{number}]", *lot))
    if len(lots) == 1 and lots[0][2] is None:
        lots = [(*lots[0][:2], whole)]
    shipped = total(amount for *_, amount in lots)
    if shipped is None or whole is None or "lot" in line:
        return [(line, "")]
    if exceeds(shipped, whole):
        return None
    bare = {**line, "marks": others}
    if not others:
        del bare["marks"]
    parts = [({**_part(bare, amount), "lot": lot}, place) for place, lot, amount in lots]
    loose = rest(whole, [shipped])
    return [*parts, (_part(bare, loose), "")] if loose is not None else parts


def _part(line: Scope, amount: Any) -> Scope:
    return {**line, "quantity": {**line["quantity"], "value": amount}}


def _lot_of(mark: Scope, quantity: Scope) -> tuple[Scope, Any] | None:
    """The lot that a mark tells of, and how much is of it in the unit of the line, which it may
    leave out; None where it tells anything else."""
    if mark.keys() - _PARTS or mark.get("instructions") != _BATCH:
        return None
    lot: Scope = {}
    told = [_take_numbers(one, lot) for one in mark.get("identities", ())]
    told += [_take_date(one, lot) for one in mark.get("dates", ())]
    amounts = mark.get("quantities", [])
    if not lot or not all(told) or len(amounts) > 1:
        return None
    if not amounts:
        return lot, None
    is_part = amounts[0].get("type") == _SHIPPED and "value" in amounts[0]
    is_part = is_part and amounts[0].get("unit") in (None, quantity.get("unit"))
    return (lot, amounts[0]["value"]) if is_part else None


def _take_numbers(told: Scope, lot: Scope) -> bool:
    """Whether these are the lot's number or serial numbers, and nothing else."""
    values = [one.get("value") for one in told.get("values", ()) if one.keys() == {"value"}]
    if told.keys() != {"type", "values"} or len(values) != len(told["values"]):
        return False
    if told["type"] == "serial" and "serial_numbers" not in lot:
        lot["serial_numbers"] = values
        return True
    if told["type"] == "lot" and "number" not in lot and len(values) == 1:
        lot["number"] = values[0]
        return True
    return False


def _take_date(told: Scope, lot: Scope) -> bool:
    """Whether this is a date of the lot."""
    name = _DATES.get(told.get("role", ""))
    if name is None or "date" not in told or told.keys() - {"role", "date", "time"}:
        return False
    if f"{name}date" in lot:
        return False
    lot |= {name + part: told[part] for part in ("date", "time") if part in told}
    return True


def take_mark(line: Scope) -> Scope | None:
    """The mark that tells of a line's lot and quantity; the lot is taken out of the line."""
    lot = line.pop("lot", None)
    if not lot:
        return None
    mark: Scope = {"instructions": _BATCH}
    mark["identities"] = [
        {"type": word, "values": [{"value": value} for value in values]}
        for word, values in numbers_of(lot)
    ]
    mark["dates"] = [
        {"role": role, **dated}
        for role in ("best_before", "manufactured")
        if (dated := _named(lot, _DATES[role]))
    ]
    if "value" in line.get("quantity", {}):
        mark["quantities"] = [{"type": _SHIPPED, **line["quantity"]}]
    return {name: told for name, told in mark.items() if told}


def _named(lot: Scope, start: str) -> Scope:
    """The date and time of a lot that are named so."""
    return {part: lot[start + part] for part in ("date", "time") if start + part in lot}


def add_part(line: Scope, part: Scope) -> bool:
    """Adds the quantity of another lot of the same line; False where one of them has none."""
    amount = total(one.get("quantity", {}).get("value") for one in (line, part))
    if amount is not None:
        line["quantity"] = {**line["quantity"], "value": amount}
    return amount is not None
