"""Seeded draws of what stands in trade documents: items, identifiers, names, places, dates, money.

No two documents are alike, so that no cache is flattered.
"""

from __future__ import annotations

import random
from datetime import date
from datetime import timedelta
from decimal import Decimal

_NOUNS = ["GAUZE", "SPONGE", "SYRINGE", "CATHETER", "DRAPE", "GOWN", "SUTURE", "MESH", "TROCAR"]
_KINDS = ["STERILE", "LATEX-FREE", "ADULT", "PEDIATRIC", "CURVED", "STRAIGHT", "COATED", "BRAIDED"]
_SIZES = ["4X4", "10 ML", "2-0", "14 FR", "90X90", "SIZE 7.5", "1 L", "5 MM", "LARGE", "20 G"]
_STREETS = ["MAIN STREET", "MARKET ST", "HOSPITAL DRIVE", "ELM AVENUE", "HARBOR ROAD", "5TH AVE"]
_PLACES = [
    ("NORTHFIELD", "MN", "55057"),
    ("ALBANY", "NY", "12207"),
    ("DAYTON", "OH", "45402"),
    ("MOBILE", "AL", "36602"),
    ("RENO", "NV", "89501"),
]
_PEOPLE = ["DANA WINTERS", "LEE ORTEGA", "KIM SANTOS", "ALEX NOVAK", "PAT OKAFOR", "JO LINDGREN"]
_FIRST_DAY = date(2025, 11, 3)


class Dice(random.Random):
    """A source of varied values; the same seed gives the same ones."""

    def digits(self, length: int) -> str:
        return f"{self.randrange(10**length):0{length}d}"

    def chance(self, share: float) -> bool:
        return self.random() < share

    def gtin(self, length: int = 14) -> str:
        """A number of GS1 form (GTIN, GLN, SSCC) with its check digit."""
        body = self.digits(length - 1)
        weighted = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(body[::-1]))
        return f"{body}{-weighted % 10}"

    def part(self) -> str:
        """A supplier's own item number."""
        return f"{self.choice(('HM', 'AX', 'TR'))}-{self.randrange(1000, 10**6)}"

    def item(self) -> str:
        return f"{self.choice(_NOUNS)} {self.choice(_SIZES)} {self.choice(_KINDS)}"

    def person(self) -> str:
        return self.choice(_PEOPLE)

    def street(self) -> str:
        return f"{self.randint(1, 9999)} {self.choice(_STREETS)}"

    def place(self) -> tuple[str, str, str]:
        """City, region, postal code."""
        return self.choice(_PLACES)

    def phone(self) -> str:
        return f"555-{self.digits(4)}"

    def day(self, after: int = 0) -> str:
        """A day as CCYYMMDD, from `after` days on."""
        return f"{_FIRST_DAY + timedelta(days=after + self.randrange(60)):%Y%m%d}"

    def clock(self) -> str:
        return f"{self.randrange(24):02d}{self.randrange(60):02d}"

    def money(self, most: int) -> Decimal:
        """An amount of one cent to `most`, without trailing zeros (as it is read again)."""
        return Decimal(plain(Decimal(self.randint(1, most * 100)) / 100))


def plain(number: Decimal) -> str:
    """A number as EDI writes it: no exponent, no trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
