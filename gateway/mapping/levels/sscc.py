"""Serial shipping container codes (GS1): 18 digits of which the last is a check digit.

Some partners write the application identifier 00 before it; both are read, the map says which is
written. What is no SSCC is kept as a plain mark.
"""

from __future__ import annotations

from gateway.edi.finding import Code
from gateway.mapping.codec import Codec
from gateway.mapping.codec import Texts
from gateway.mapping.codec import Unfit
from gateway.mapping.codec import Values
from gateway.mapping.path import Scope

_DIGITS = 18
_IDENTIFIER = "00"
_LARGEST_RANGE = 1000
EXPECTED = "an SSCC: 18 digits (or 00 and 18 digits) with a right check digit"


def check_digit(digits: str) -> str:
    """The GS1 check digit: digits weighted 3 and 1 from the right, to the next ten."""
    codes = digits.encode()  # of "0" 48, of "9" 57
    odd, even = codes[::-2], codes[-2::-2]
    total = 3 * (sum(odd) - 48 * len(odd)) + sum(even) - 48 * len(even)
    return str(-total % 10)


def is_sscc(text: str) -> bool:
    digits = len(text) == _DIGITS and text.isascii() and text.isdecimal()
    return digits and check_digit(text[:-1]) == text[-1]


def sscc(length: str = "18") -> Codec:
    """An SSCC written with 18 digits, or with `length` 20 after its identifier; the second value
    is a text that is none, which is read with a warning."""

    def read(texts: Texts) -> Values | Unfit:
        text = texts[0]
        number = text[2:] if len(text) == _DIGITS + 2 and text.startswith(_IDENTIFIER) else text
        if is_sscc(number):
            return number, None
        return Unfit(Code.ELEMENT_INVALID, EXPECTED, kept=(None, text))

    def write(values: Values, mark: str) -> Texts | Unfit:  # noqa: ARG001 -- digits have no mark
        number, other = values
        if number is None:
            return (other or "",)
        if other is not None or not is_sscc(number):
            return Unfit(Code.VALUE_UNWRITABLE, EXPECTED)
        return (_IDENTIFIER + number if length == "20" else number,)

    return Codec("sscc", read, write, values=2)


def expand_ranges(ranges: list[Scope]) -> list[str]:
    """Every SSCC of `{from, until}` ranges by serial, ends included; [] when one is no range, or
    too long."""
    numbers: list[str] = []
    for one in ranges:
        first = str(one.get("from", ""))
        last = str(one.get("until", first))
        if not (is_sscc(first) and is_sscc(last)):
            return []
        start, end = int(first[:-1]), int(last[:-1])
        if not 0 <= end - start < _LARGEST_RANGE:
            return []
        serials = [f"{number:0{_DIGITS - 1}d}" for number in range(start, end + 1)]
        numbers += [serial + check_digit(serial) for serial in serials]
    return numbers
