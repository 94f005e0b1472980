"""Interchanges of the two suppliers as they would write them."""

from __future__ import annotations

from typing import Any

CONFIRMATION = (
    "BAK*00*AD*{order}*20260115****{number}",
    "PO1*1*12*BX*41.5**VN*HM-40300",
    "ACK*IA*12*BX*068*20260120",
    "CTT*1",
)
INVOICE = (
    "BIG*20260121*{number}*20260115*{order}***DI",
    "IT1*1*12*BX*41.5**VN*HM-40300",
    "TDS*49800",
    "CTT*1",
)
_FUNCTIONAL = {"855": "PR", "810": "IN", "997": "FA"}
ORDRSP = (
    "BGM+231+{number}+29",
    "DTM+137:20260116:102",
    "RFF+ON:4500123457",
    "NAD+BY+4012345000009::9",
    "NAD+SU+4098765000003::9",
    "LIN+1+5+4006381333931:EN",
    "QTY+21:4:PCE",
    "DTM+67:20260202:102",
    "PRI+AAA:1250",
    "UNS+S",
)


def confirmation(number: str, order: str = "4500123456") -> list[str]:
    """The segments of an 855 between ST and SE."""
    return [segment.format(number=number, order=order) for segment in CONFIRMATION]


def invoice(number: str, order: str = "4500123456") -> list[str]:
    """The segments of an 810."""
    return [segment.format(number=number, order=order) for segment in INVOICE]


def order_response(number: str) -> list[str]:
    """The segments of an ORDRSP between UNH and UNT."""
    return [segment.format(number=number) for segment in ORDRSP]


def x12(
    *sets: list[str],
    kind: str = "855",
    control: int = 700,
    sender: str = "HARBORMED",
    receiver: str = "NORTHFIELD",
    usage: str = "P",
) -> str:
    """One interchange with one group of these sets."""
    number = f"{control:09d}"
    address = f"ZZ*{sender:15}*ZZ*{receiver:15}"
    parts = [
        f"ISA*00*          *00*          *{address}*260115*1130*U*00401*{number}*0*{usage}*>",
        f"GS*{_FUNCTIONAL[kind]}*{sender}*{receiver}*20260115*1130*{control}*X*004010",
    ]
    for index, segments in enumerate(sets, start=1):
        reference = f"{index:04d}"
        parts += [f"ST*{kind}*{reference}", *segments, f"SE*{len(segments) + 2}*{reference}"]
    parts += [f"GE*{len(sets)}*{control}", f"IEA*1*{number}"]
    return "".join(part + "~\n" for part in parts)


def edifact(
    *messages: list[str],
    kind: str = "ORDRSP:D:96A:UN:EAN005",
    control: int = 900,
    sender: str = "4098765000003:14",
    receiver: str = "4012345000009:14",
    test: bool = False,
) -> str:
    """One interchange of these messages."""
    marked = "++++++1" if test else ""
    parts = [f"UNB+UNOC:3+{sender}+{receiver}+260116:0810+{control}{marked}"]
    for index, segments in enumerate(messages, start=1):
        parts += [f"UNH+{index}+{kind}", *segments, f"UNT+{len(segments) + 2}+{index}"]
    parts.append(f"UNZ+{len(messages)}+{control}")
    return "".join(part + "'\n" for part in parts)


def answer_997(group: str, *segments: str, control: int = 800, usage: str = "P") -> str:
    """A 997 for a group of orders: AK1, then these segments."""
    return x12([f"AK1*PO*{group}", *segments], kind="997", control=control, usage=usage)


def answer_contrl(*segments: str, control: int = 950) -> str:
    return edifact(list(segments), kind="CONTRL:D:3:UN", control=control)


def order(number: str, **data: Any) -> dict[str, Any]:
    """A purchase order as the ERP drops it, for either supplier."""
    line = {
        "id": "1",
        "quantity": {"value": "4", "unit": "EA"},
        "price": {"amount": "12.50"},
        "item": {"ids": [{"scheme": "seller_item", "value": "HM-40300"}]},
    }
    parties = [
        {"role": "buyer", "ids": [{"scheme": "gln", "value": "4012345000009"}]},
        {"role": "seller", "ids": [{"scheme": "gln", "value": "4098765000003"}]},
    ]
    content = {
        "id": number,
        "issue_date": "2026-01-15",
        "purpose": "original",
        "type": "stand_alone",
        "currency": "USD",
        "parties": parties,
        "lines": [line],
    }
    return {"type": "purchase_order", "data": content | data}
