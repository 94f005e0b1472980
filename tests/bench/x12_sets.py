"""The bodies of 850, 856 and 810 sets, release 004010, as a distributor and its buyer write them.

Each is a list of segments without ST and SE; relational notes (P, R, C, L) are exercised in N1,
REF, PER, PO1, IT1, ITD, SAC, TXI, TD1 and TD5.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from dice import Dice
from dice import plain


def wire(number: Decimal) -> str:
    """A number as X12 writes it (R): without a zero before the point."""
    return plain(number).removeprefix("0")


def party(dice: Dice, role: str, name: str) -> list[str]:
    """An N1 loop with an address."""
    city, region, postal_code = dice.place()
    second = f"*DOCK {dice.randint(1, 20)}" if dice.chance(0.5) else ""
    return [
        f"N1*{role}*{name}*UL*{dice.gtin(13)}",
        f"N3*{dice.street()}{second}",
        f"N4*{city}*{region}*{postal_code}*US",
    ]


def item_ids(dice: Dice, index: int) -> str:
    """Qualifier and value pairs: the seller's number, a GTIN, often the buyer's number."""
    buyer = f"*IN*{dice.digits(8)}" if dice.chance(0.6) else ""
    return f"VN*{dice.part()}-{index}*UK*{dice.gtin()}{buyer}"


def purchase_order(dice: Dice, lines: int) -> list[str]:
    """An 850: 1 to 2 KB at 4 to 12 lines."""
    body = [
        f"BEG*00*SA*45{dice.digits(8)}**{dice.day()}",
        "CUR*BY*USD",
        f"REF*IA*{dice.digits(6)}",
        f"REF*DP*{dice.digits(3)}*{dice.choice(('SURGERY', 'WARD', 'STORES'))}",
        f"REF*ZZ*OR-{dice.digits(5)}*CASE",
        f"PER*BD*{dice.person()}*TE*{dice.phone()}*EM*orders{dice.digits(3)}@northfield.example",
        f"ITD*01*3*{dice.randint(1, 3)}**{dice.randint(5, 15)}**{dice.randint(20, 60)}",
        f"DTM*002*{dice.day(60)}",
    ]
    if dice.chance(0.5):
        body.append(f"DTM*001*{dice.day(120)}")
    body.append(f"TD5*O*2*{dice.choice(('UPSN', 'FDEG', 'ABFS'))}*M")
    if dice.chance(0.4):
        body += [f"N9*L1*{dice.digits(5)}", f"MSG*CALL {dice.person()} BEFORE DELIVERY"]
    body += party(dice, "BY", "NORTHFIELD HOSPITALS")
    body += party(dice, "ST", f"NORTHFIELD WARD {dice.randint(1, 90)}")
    for index in range(1, lines + 1):
        body += _ordered(dice, index)
    return [*body, f"CTT*{lines}"]


def _ordered(dice: Dice, index: int) -> Iterator[str]:
    unit = dice.choice(("UN", "BX", "CA", "UN"))
    price = wire(dice.money(900))
    yield f"PO1*{index}*{dice.randint(1, 500)}*{unit}*{price}*PE*{item_ids(dice, index)}"
    yield f"PID*F****{dice.item()}"
    if dice.chance(0.2):
        yield f"REF*CT*C-{dice.digits(6)}"
    if dice.chance(0.15):
        yield f"SAC*C*D240***{dice.randint(100, 9900)}**********FREIGHT"
    if dice.chance(0.2):
        yield f"DTM*002*{dice.day(60)}"


def ship_notice(dice: Dice, lines: int) -> list[str]:
    """An 856 in the layout S, O, T, P, I: pallets and cartons with their SSCC, items by lot."""
    body = [
        f"BSN*00*SN{dice.digits(8)}*{dice.day()}*{dice.clock()}*0001",
        "HL*1**S",
        f"TD1*CTN25*{dice.randint(1, 40)}****G*{dice.randint(5, 900)}*LB",
        f"TD5*B*2*{dice.choice(('UPSN', 'FDEG', 'ABFS'))}*M",
        f"REF*BM*{dice.digits(9)}",
        f"REF*CN*1Z{dice.digits(14)}",
        f"DTM*011*{dice.day()}*{dice.clock()}",
        f"DTM*017*{dice.day(60)}",
        *party(dice, "ST", f"NORTHFIELD WARD {dice.randint(1, 90)}"),
        *party(dice, "SF", "HARBOR MEDICAL SUPPLY"),
    ]
    levels, left = 1, lines
    while left > 0:
        levels += 1
        order = levels
        body += [f"HL*{order}*1*O", f"PRF*45{dice.digits(8)}***{dice.day()}"]
        for _ in range(dice.randint(1, 2)):
            levels += 1
            pallet = levels
            body += [f"HL*{pallet}*{order}*T", f"MAN*GM*{dice.gtin(18)}"]
            for _ in range(dice.randint(1, 2)):
                levels += 1
                carton = levels
                body += [f"HL*{carton}*{pallet}*P", f"MAN*GM*{dice.gtin(18)}"]
                for _ in range(dice.randint(1, 3)):
                    levels, left = levels + 1, left - 1
                    body += [f"HL*{levels}*{carton}*I", *_shipped(dice, levels)]
    return [*body, f"CTT*{levels}"]


def _shipped(dice: Dice, index: int) -> Iterator[str]:
    yield f"LIN*{index}*{item_ids(dice, index)}"
    yield f"SN1**{dice.randint(1, 500)}*{dice.choice(('UN', 'BX', 'CA'))}"
    yield f"PID*F****{dice.item()}"
    yield f"REF*LT*L{dice.digits(6)}"
    yield f"DTM*036*{dice.day(700)}"


def invoice(dice: Dice, lines: int) -> list[str]:
    """An 810 with a trade discount, freight and taxes that add up."""
    body = [
        f"BIG*{dice.day(60)}*INV{dice.digits(7)}*{dice.day()}*45{dice.digits(8)}***DI",
        "CUR*SE*USD",
        f"REF*IA*{dice.digits(6)}",
        f"REF*SI*SN{dice.digits(8)}",
        *party(dice, "BT", "NORTHFIELD HOSPITALS"),
        *party(dice, "ST", f"NORTHFIELD WARD {dice.randint(1, 90)}"),
        *party(dice, "SE", "HARBOR MEDICAL SUPPLY"),
        f"ITD*01*3*{dice.randint(1, 3)}**{dice.randint(5, 15)}**{dice.randint(20, 60)}",
        f"DTM*011*{dice.day(30)}",
    ]
    goods = Decimal(0)
    for index in range(1, lines + 1):
        count, price = dice.randint(1, 90), dice.money(900)
        goods += count * price
        unit = dice.choice(("UN", "BX", "CA", "UN"))
        body.append(f"IT1*{index}*{count}*{unit}*{wire(price)}**{item_ids(dice, index)}")
        if dice.chance(0.3):
            body.append(f"TXI*ST*{wire(dice.money(40))}*{dice.randint(1, 9)}.5")
        body.append(f"PID*F****{dice.item()}")
        if dice.chance(0.3):
            body.append(f"REF*LI*{index}")
        if dice.chance(0.2):
            body.append(f"SAC*A*C310***{dice.randint(100, 9900)}**********DISCOUNT")
    discount, freight, tax = dice.money(50), dice.money(90), dice.money(60)
    total = goods - discount + freight + tax
    return [
        *body,
        f"TDS*{int(total * 100)}",
        f"TXI*ST*{wire(tax)}*{dice.randint(1, 9)}",
        f"CAD*M***{dice.choice(('UPSN', 'FDEG', 'ABFS'))}***CN*1Z{dice.digits(14)}",
        f"SAC*A*C310***{int(discount * 100)}*******02***TRADE DISCOUNT",
        f"SAC*C*D240***{int(freight * 100)}**********FREIGHT",
        f"CTT*{lines}",
    ]
