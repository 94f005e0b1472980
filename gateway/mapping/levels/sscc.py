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
EXPECTED_RANGE = "an SSCC of 18 digits, or the first and last of a range of them"


def check_digit(digits: str) -> str:
    """The GS1 check digit: digits weighted 3 and 1 from the right, to the next ten."""
    codes = digits.encode()  # of "0" 48, of "9" 57
    odd, even = codes[::-2], codes[-2::-2]
    total = 3 * (sum(odd) - 48 * len(odd)) + sum(even) - 48 * len(even)
    return str(-total % 10)


def is_sscc(text: str) -> bool:
    codes = text.encode()
    if len(codes) != _DIGITS or not codes.isdigit():
        return False
    # The code of "0" is 48: 9 digits weighted 1 and 9 weighted 3 make 1728 more.
    return (sum(codes[1::2]) + 3 * sum(codes[::2]) - 1728) % 10 == 0


def sscc(length: str = "18") -> Codec:
    """An SSCC written with 18 digits, or with `length` 20 after its identifier; the second value
    is a text that is none, which is read with a warning."""

    def read(texts: Texts) -> Values | Unfit:
        text = texts[0]
        number = text[2:] if len(text) == _DIGITS + 2 and text.startswith(_IDENTIFIER) else text
        if is_sscc(number):
            return number, None
        return Unfit(Code.VALUE_INVALID, EXPECTED, kept=(None, text))

    def write(values: Values, mark: str) -> Texts | Unfit:  # noqa: ARG001 -- digits have no mark
        number, other = values
        if number is None:
            return (other or "",)
        if other is not None or not is_sscc(number):
            return Unfit(Code.VALUE_UNWRITABLE, EXPECTED)
        return (_IDENTIFIER + number if length == "20" else number,)

    return Codec("sscc", read, write, values=2)


def _read_range(texts: Texts) -> Values | Unfit:
    first, last = texts[0], texts[1] or None
    if _serials(first, last or first):
        return first, last
    return Unfit(Code.VALUE_INVALID, EXPECTED_RANGE, kept=(first, last))


def _write_range(values: Values, mark: str) -> Texts | Unfit:  # noqa: ARG001 -- digits have no mark
    return values[0] or "", values[1] or ""


SSCC_RANGE = Codec("sscc_range", _read_range, _write_range, elements=2, values=2)
"""An SSCC, or the first and last of a range; what is neither is kept, with a warning."""


def _serials(first: str, last: str) -> range:
    """The numbers from SSCC to SSCC without their check digits; empty where there is no range."""
    if not (is_sscc(first) and is_sscc(last)):
        return range(0)
    return range(int(first[:-1]), int(last[:-1]) + 1)


def expand_ranges(ranges: list[Scope]) -> list[str]:
    """Every SSCC of `{from, until}` ranges by serial, ends included; [] when one is no range, or
    too long."""
    numbers: list[str] = []
    for one in ranges:
        first = str(one.get("from", ""))
        serials = _serials(first, str(one.get("until", first)))
        if not 0 < len(serials) <= _LARGEST_RANGE:
            return []
        texts = [f"{number:0{_DIGITS - 1}d}" for number in serials]
        numbers += [text + check_digit(text) for text in texts]
    return numbers
