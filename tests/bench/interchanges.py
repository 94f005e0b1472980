"""Whole interchanges of the five documents, made piece by piece so that any size fits in memory."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass

from dice import Dice
from edifact_messages import invoic
from edifact_messages import orders
from x12_sets import invoice
from x12_sets import purchase_order
from x12_sets import ship_notice


@dataclass(frozen=True, slots=True)
class Kind:
    """One document: who writes its body of so many lines, and the partner whose overlay it is
    read with. `group` is GS01, empty for EDIFACT."""

    name: str
    body: Callable[[Dice, int], list[str]]
    partner: str
    group: str = ""

    def interchange(self, sets: int, seed: int, lines: int | None = None) -> Iterator[bytes]:
        """An interchange of `sets` sets with 4 to 12 lines each, or exactly `lines`."""
        dice = Dice(seed)
        yield self._header()
        for number in range(1, sets + 1):
            body = self.body(dice, lines or dice.randint(4, 12))
            yield self._set(number, body)
        yield self._trailer(sets)

    def _header(self) -> bytes:
        if not self.group:
            return b"UNB+UNOC:3+4012345000009:14+4098765000003:14+260115:0930+42'"
        fixed = "00*          *00*          *ZZ*NORTHFIELD     *ZZ*HARBORMED      "
        group = f"GS*{self.group}*NORTHFIELD*HARBORMED*20260115*0930*7*X*004010~"
        return f"ISA*{fixed}*260115*0930*U*00401*000000042*0*P*>~{group}".encode()

    def _set(self, number: int, body: list[str]) -> bytes:
        if self.group:
            whole = [f"ST*{self.name}*{number:04d}", *body, f"SE*{len(body) + 2}*{number:04d}"]
            return ("~".join(whole) + "~").encode()
        opening = f"UNH+{number}+{self.name}:D:96A:UN:EAN008"
        return ("'".join([opening, *body, f"UNT+{len(body) + 2}+{number}"]) + "'").encode()

    def _trailer(self, sets: int) -> bytes:
        trailer = f"GE*{sets}*7~IEA*1*000000042~" if self.group else f"UNZ+{sets}+42'"
        return trailer.encode()


KINDS = {
    kind.name: kind
    for kind in (
        Kind("850", purchase_order, "distributor", "PO"),
        Kind("856", ship_notice, "distributor", "SH"),
        Kind("810", invoice, "distributor", "IN"),
        Kind("ORDERS", orders, "manufacturer"),
        Kind("INVOIC", invoic, "manufacturer"),
    )
}
