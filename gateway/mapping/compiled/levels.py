"""The shape of a ship notice's levels: where in the schema stands what a level says, once it is
folded (`gateway.mapping.levels.fold`)."""

from __future__ import annotations

from typing import Any

from gateway.mapping.compiled.shape import Shape
from gateway.mapping.levels.declare import LINE
from gateway.mapping.levels.declare import ORDER
from gateway.mapping.levels.declare import Hierarchy
from gateway.mapping.plan import RulePlan

_ANY = {"type": "string"}
_OF_ALL = {"type": "object"}
_PACKED = {"value": "quantity", "unit": "unit"}
"""What a package below a line tells of itself, and the fields of its contents."""


class LevelShape(Shape):
    """Paths start with the list that a level's data go to. Keys (`id`, `line_id`) are made when
    levels are folded, so none is required here; numbers and codes of levels are in no document."""

    def at(self, names: tuple[str, ...]) -> dict[str, Any] | None:
        if "hl" in names:
            return _OF_ALL if names[-1] == "hl" else _ANY
        match names:
            case ("lines", "lot", *rest):
                return super().at(("lines", "lots", *rest))
            case ("packages", "packed"):
                return _OF_ALL
            case ("packages", "packed", name) if name in _PACKED:
                return super().at(("packages", "contents", _PACKED[name]))
        return super().at(names)

    def required(self, names: tuple[str, ...]) -> tuple[str, ...]:
        made = names in (("orders",), ("packages",), ("packages", "packed")) or "hl" in names
        return () if made else super().required(names)


def list_of(rule: RulePlan, hierarchy: Hierarchy) -> str:
    """The list that the data of a level go to, by its code; "" where that is not known before."""
    code = next((text for path, text in rule.sets if path.names == ("hl", "level")), "")
    holds = hierarchy.holds.get(code, "")
    return {LINE: "lines", ORDER: "orders", "": ""}.get(holds, "packages")
