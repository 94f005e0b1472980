"""The bodies of ORDERS and INVOIC messages, directory D.96A, with release characters in each.

Each is a list of segments without UNH and UNT.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from dice import Dice
from dice import plain

_TOWNS = ["GRAZ", "LINZ", "SANKT POELTEN", "WELS", "VILLACH"]
_RELEASED = ["DOCK 4?: RING TWICE", "MON?+TUE ONLY", "O?'NEILL RECEIVES", "WHY ?? ASK STORES"]


def party(dice: Dice, role: str, name: str, *, address: bool) -> str:
    where = ""
    if address:
        street = f"HAUPTSTRASSE {dice.randint(1, 99)}?+{dice.randint(1, 20)}"
        where = f"++{name}+{street}+{dice.choice(_TOWNS)}++{dice.randint(1000, 9999)}+AT"
    return f"NAD+{role}+{dice.gtin(13)}::9{where}"


def orders(dice: Dice, lines: int) -> list[str]:
    """An ORDERS of 1 to 2 KB at 4 to 12 lines."""
    body = [
        f"BGM+220+45{dice.digits(8)}+9",
        f"DTM+137:{dice.day()}:102",
        f"DTM+2:{dice.day(60)}:102",
        f"FTX+PUR+++{dice.choice(_RELEASED)}",
        f"RFF+CT:C-{dice.digits(6)}",
        party(dice, "BY", "SPITAL NORD?+SUED", address=True),
        f"CTA+PD+:{dice.person()}",
        f"COM+{dice.phone()}:TE",
        party(dice, "SU", "", address=False),
        party(dice, "DP", f"STATION {dice.randint(1, 40)}", address=True),
        "CUX+2:EUR:9",
    ]
    for index in range(1, lines + 1):
        body += _ordered(dice, index)
    return [*body, "UNS+S", f"CNT+2:{lines}"]


def _ordered(dice: Dice, index: int) -> Iterator[str]:
    yield f"LIN+{index}++{dice.gtin(13)}:EN"
    yield f"PIA+1+{dice.part()}-{index}:SA"
    yield f"IMD+F++:::{dice.item()}{'?: ' + dice.digits(2) if dice.chance(0.3) else ''}"
    yield f"QTY+21:{dice.randint(1, 500)}:{dice.choice(('PCE', 'CT', 'KGM', 'PCE'))}"
    if dice.chance(0.3):
        yield f"DTM+2:{dice.day(60)}:102"
    yield f"PRI+AAA:{plain(dice.money(900))}"
    if dice.chance(0.3):
        yield f"RFF+CR:K?+{dice.digits(6)}"


def invoic(dice: Dice, lines: int) -> list[str]:
    """An INVOIC with an allowance, a charge and its taxes; the sums add up."""
    body = [
        f"BGM+380+AM-{dice.digits(7)}+9",
        f"DTM+137:{dice.day(60)}:102",
        f"DTM+35:{dice.day(30)}:102",
        f"FTX+AAI+++{dice.choice(_RELEASED)}",
        f"RFF+ON:45{dice.digits(8)}",
        f"DTM+171:{dice.day()}:102",
        f"RFF+DQ:SN{dice.digits(8)}",
        party(dice, "BY", "SPITAL NORD?+SUED", address=True),
        f"RFF+VA:ATU{dice.digits(8)}",
        party(dice, "SU", "ALPENMED GMBH", address=True),
        f"RFF+VA:DE{dice.digits(9)}",
        "CUX+2:EUR:4",
        f"PAT+1++5:3:D:{dice.choice((14, 30, 60))}",
    ]
    discount, freight = dice.money(40), dice.money(40)
    body += ["ALC+A++++DI", f"MOA+204:{plain(discount)}"]
    body += ["ALC+C++++FC", f"MOA+23:{plain(freight)}"]
    goods = Decimal(0)
    for index in range(1, lines + 1):
        count, price = dice.randint(1, 90), dice.money(900)
        goods += count * price
        body += [
            f"LIN+{index}++{dice.gtin(13)}:EN",
            f"PIA+1+{dice.part()}-{index}:SA",
            f"IMD+F++:::{dice.item()}",
            f"QTY+47:{count}:{dice.choice(('PCE', 'CT', 'KGM', 'PCE'))}",
            f"MOA+203:{plain(count * price)}",
            f"PRI+AAA:{plain(price)}",
            "TAX+7+VAT+++:::20+S",
        ]
    taxable = goods - discount + freight
    tax = (taxable / 5).quantize(Decimal("0.01"))
    return [
        *body,
        "UNS+S",
        f"CNT+2:{lines}",
        f"MOA+77:{plain(taxable + tax)}",
        f"MOA+79:{plain(goods)}",
        f"MOA+125:{plain(taxable)}",
        f"MOA+124:{plain(tax)}",
        "TAX+7+VAT+++:::20+S",
        f"MOA+124:{plain(tax)}",
    ]
