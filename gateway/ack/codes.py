"""What each finding is called in an acknowledgment: one row a finding code, one column a place.

Columns: AK304 (DE 720), AK403 (DE 723), AK502 (DE 718), AK905 (DE 716) and TA105 (I18) in release
004010; data element 0085 in UCI, UCF, UCM, UCS and UCD. `3/4` gives syntax version 3 and 4 where
they differ. A finding code without a row is our own affair and never told to the partner.
"""

from __future__ import annotations

import re
from dataclasses import replace

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Severity

_TABLE = """
finding                  AK304 AK403 AK502 AK905 TA105  UCI   UCF   UCM    UCS  UCD
header-invalid           -     -     -     -     -      12    12    12     -    -
trailer-missing          -     -     2     3     023    13    13    13     -    -
segment-outside          -     -     -     -     022    33    33    33     -    -
control-number-mismatch  -     -     3     4     001    28    28    28     -    -
control-number-invalid   -     -     7     6     018    12    12    12     -    -
control-number-repeated  -     -     23    19    025    26    26    26     -    -
count-mismatch           -     -     4     5     021    29    29    29     -    -
level-empty              -     -     5     -     024    32    32    32     -    -
charset-unsupported      -     -     -     -     -      2/46  -     -      -    -
invalid-character        8     6     5     -     -      21    21    21     21   21
release-unsupported      -     -     1     2     003    2     14    14     -    -
set-unsupported          -     -     1     1     -      14    14    14     -    -
set-not-in-group         -     -     6     -     -      -     31/12 31/12  -    -
segment-unknown          1     -     -     -     -      -     -     -      15   -
segment-not-in-set       6     -     -     -     -      -     -     -      15   -
segment-unexpected       2     -     -     -     -      -     -     -      15   -
segment-out-of-order     7     -     -     -     -      -     -     -      15   -
segment-missing          3     -     2     -     -      -     -     13     13   -
segment-over-maximum     5     -     -     -     -      -     -     -      35   -
loop-over-maximum        4     -     -     -     -      -     -     -      36   -
segment-empty            8     -     -     -     -      -     -     -      13   -
segment-not-used         2     -     -     -     -      -     -     -      15   -
element-missing          -     1     -     -     -      -     -     -      -    13
condition-missing        -     2     -     -     -      -     -     -      -    13/48
condition-excluded       -     10    -     -     -      -     -     -      -    15/48
too-many-elements        -     3     -     -     -      -     -     -      -    16
too-many-components      -     3     -     -     -      -     -     -      -    16
too-many-repetitions     -     3     -     -     -      -     -     -      -    16/35
element-too-short        -     4     -     -     -      -     -     -      -    40
element-too-long         -     5     -     -     -      -     -     -      -    39
element-invalid          -     6     -     -     -      -     -     -      -    37
value-invalid            -     7     -     -     -      -     -     -      -    12
code-invalid             -     7     -     -     -      -     -     -      -    12
date-invalid             -     8     -     -     -      -     -     -      -    12
time-invalid             -     9     -     -     -      -     -     -      -    12
hierarchy-broken         -     7     -     -     -      -     -     -      -    12
level-unknown            -     7     -     -     -      -     -     -      -    12
element-not-used         -     10    -     -     -      -     -     -      -    15
map-missing              -     -     1     -     -      -     -     17     -    -
sender-unknown           -     -     -     -     006    23    -     -      -    -
sender-elsewhere         -     -     -     -     006    23    -     -      -    -
partner-unknown          -     -     -     -     006    17    -     -      -    -
receiver-unknown         -     -     -     -     009    7     -     -      -    -
interchange-repeated     -     -     -     -     025    26    -     -      -    -
interchange-conflict     -     -     -     -     025    26    -     -      -    -
"""

# An element fault in an X12 envelope segment has no AK4 of its own: its place decides the code.
_ENVELOPE_ELEMENTS = {
    "AK502": {"ST01": "6", "ST02": "7", "SE01": "4", "SE02": "7"},
    "AK905": {"GS01": "1", "GS06": "6", "GS07": "2", "GS08": "2", "GE01": "5", "GE02": "6"},
    "TA105": {
        "ISA01": "010",
        "ISA02": "011",
        "ISA03": "012",
        "ISA04": "013",
        "ISA05": "005",
        "ISA06": "006",
        "ISA07": "007",
        "ISA08": "008",
        "ISA09": "014",
        "ISA10": "015",
        "ISA11": "016",
        "ISA12": "017",
        "ISA13": "018",
        "ISA14": "019",
        "ISA15": "020",
        "ISA16": "027",
        "IEA01": "021",
        "IEA02": "018",
    },
}


# A separator that cannot be one: the terminator or ISA16 of X12, a character of UNA.
_SEPARATORS = {"terminator": "004", "component": "027", "service": "20"}


# A number such as .5, to which syntax 3 gives a code of its own.
_WITHOUT_DIGIT, _NO_DIGIT = re.compile(r"-?[.,]\d+", re.ASCII), "38"


def _read_table(text: str) -> dict[tuple[Code, str], str]:
    heading, *rows = (line.split() for line in text.strip().splitlines())
    return {
        (Code(row[0]), column): cell
        for row in rows
        for column, cell in zip(heading[1:], row[1:], strict=True)
        if cell != "-"
    }


_CODES = _read_table(_TABLE)
ACKNOWLEDGED = frozenset(code for code, _ in _CODES)
"""The finding codes an acknowledgment can name."""


def find_code(code: Code, column: str, syntax: str = "3") -> str | None:
    """The code of a finding in one column of the table; `syntax` is EDIFACT's version (0002)."""
    cell = _CODES.get((code, column))
    if cell is None:
        return None
    older, _, newer = cell.partition("/")
    return newer if newer and syntax == "4" else older


def find_envelope_code(finding: Finding, column: str) -> str | None:
    """The code of a fault in an X12 envelope (AK502, AK905, TA105): its own, or its element's."""
    if column == "TA105" and "separator" in finding.detail:
        return _SEPARATORS[finding.detail["separator"]]
    place = replace(finding.position, component=None).reference
    return find_code(finding.code, column) or _ENVELOPE_ELEMENTS[column].get(place)


def find_service_code(finding: Finding, column: str, syntax: str) -> str | None:
    """The code of a fault at one level of a CONTRL (0085); an element's fault has UCD's."""
    if "separator" in finding.detail:
        return _SEPARATORS[finding.detail["separator"]]
    is_number = _WITHOUT_DIGIT.fullmatch(finding.value or "")
    if is_number and finding.code is Code.ELEMENT_INVALID and syntax != "4":
        return _NO_DIGIT
    return find_code(finding.code, column, syntax) or find_code(finding.code, "UCD", syntax)


def is_told(finding: Finding) -> bool:
    """Whether an acknowledgment names the finding: notes and our own affairs stay with us."""
    return finding.severity is not Severity.NOTE and finding.code in ACKNOWLEDGED
