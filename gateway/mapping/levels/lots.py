"""The lot of a line, whose number and serial numbers may stand among the item's identifiers
(LIN*LT, LIN*SN, PIA NB), and what is kept where a line names several lots."""

from __future__ import annotations

from gateway.mapping.path import Scope

OF_LOTS = {"lot": "number", "serial": "serial_numbers"}
"""The words for the numbers that belong to a lot, and its fields."""


def numbers_of(lot: Scope) -> list[tuple[str, list[str]]]:
    """The numbers of a lot by their words."""
    found = [(word, lot[name]) for word, name in OF_LOTS.items() if lot.get(name)]
    return [(word, told if isinstance(told, list) else [told]) for word, told in found]


def lift_lot(data: Scope, lot: Scope) -> Scope:
    """The lot, with those item identifiers that are its own; they are taken out of `data`.

    Where a line names several lots, nobody says how much is of which: their numbers are all
    identifiers of the item then, and no quantity is said to be of one."""
    ids = data["item"].get("ids", ()) if "item" in data else ()
    others = []
    if "references" in data:
        others = [one for one in data["references"] if _is_lot(one) and len(one) == 2]
    if not others:
        for one in ids:
            if one.get("scheme") in OF_LOTS:
                break
        else:
            return lot
    return _lifted(data, lot, list(ids), others)


def _lifted(data: Scope, lot: Scope, ids: list[Scope], others: list[Scope]) -> Scope:
    lot = {**lot}
    numbers = {one.get("value") for one in (*ids, *others) if _is_lot(one)}
    several = len(numbers | {lot.get("number")} - {None}) > 1
    if several:
        own = [{"scheme": "lot", "value": lot.pop("number")}] if "number" in lot else []
        ids = [*ids, *own, *others]
        left = [one for one in data.pop("references", ()) if one not in others]
        data.update({"references": left} if left else {})
    kept = [one for one in ids if (several and _is_lot(one)) or not _lift(one, lot)]
    item = {**data.get("item", {}), "ids": kept}
    data["item"] = {name: value for name, value in item.items() if value}
    if not data["item"]:
        del data["item"]
    return lot


def _lift(one: Scope, lot: Scope) -> bool:
    """Whether an identifier is the lot's own; it goes into the lot then."""
    name, value = OF_LOTS.get(one.get("scheme", "")), one.get("value")
    if name is None or value is None or len(one) != 2:
        return False
    if name == "number":
        lot[name] = value
    elif value not in lot.get(name, ()):
        lot[name] = [*lot.get(name, ()), value]
    return True


def _is_lot(one: Scope) -> bool:
    return one.get("scheme") == "lot"
