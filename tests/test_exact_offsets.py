"""Findings point at the byte: in each document `^` stands before the faulty one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from checked import check_content

from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps

CASES = Path(__file__).parent / "cases"
BASIC = {"810": "x12-810", "850": "x12-850", "INVOIC": "edifact-invoic", "ORDERS": "edifact-orders"}
DEFINITIONS = Definitions(packaged_maps())
FAULTS = """
850     BEG*00*SA*45              BEG*^0*SA*45                element-too-short
850     BEG*00*SA*45              BEG*00*^QQ*45               code-invalid
850     BEG*00*SA*4500123456*     BEG*00*SA*^*                element-missing
850     **20240226                **^20240230                 date-invalid
850     **20240226                **^240226                   element-too-short
850     **20240226~               ^~                          element-missing
850     REF*CT*NF-C-2024-17       REF*CT^                     condition-missing
850     ITD*01*3*2**10**30        ITD*01*3*2^                 condition-missing
850     *92*NFH-07                *92^                        condition-missing
850     PO1*1*12*BX               PO1*1*^*BX                  condition-missing
850     *41.5**VC*DR-3010         *41.5**VC^                  condition-missing
850     PID*F****GAUZE            QTY*38*4*CA*^GAUZE          condition-excluded
850     PO1*1*12*                 PO1*1*^1O*                  element-invalid
850     *BX*41.5*                 *BX*^41,5*                  element-invalid
850     *BX*41.5*                 *BX*^123456789012345678*    element-too-long
850     *BX*41.5*                 *^BOX*41.5*                 element-too-long
850     DTM*002*20240304          DTM*002*20240304*^2460      time-invalid
850     DTM*002*20240304          DTM*002*20240304*0915*^Q9   code-invalid
850     DTM*002*20240304          DTM*002*20240304*0915**D8^  condition-missing
850     *DOCK 4                   *DOCK 4*^FLOOR              too-many-elements
850     *41.5**VC*                *41.5**VC>^X*               too-many-components
850     CUR*BY*USD                ^CUR~CUR*BY*USD             segment-empty
850     CUR*BY*USD                CUR*BY*USD~^CUR*SE*USD      segment-over-maximum
850     CUR*BY*USD                ^ZQX*BY*USD                 segment-unknown
850     CUR*BY*USD                ^BIG*20240226*1             segment-not-in-set
850     CUR*BY*USD                ^SCH*1*EA***002*20240304    segment-unexpected
850     CTT*2                     CTT*2~^CUR*BY*USD           segment-out-of-order
850     BEG*00*SA*4500123456**20240226~\\nCUR    ^CUR    segment-missing
850     SE*16                     SE*^17                      count-mismatch
850     SE*16*0001                SE*16*^0002                 control-number-mismatch
850     GE*1*                     GE*^2*                      count-mismatch
850     GE*1*201                  GE*1*^202                   control-number-mismatch
850     IEA*1*                    IEA*^2*                     count-mismatch
850     IEA*1*000000201           IEA*1*^000000202            control-number-mismatch
850     GE*1*201                  ST*850*^0001~SE*2*0001~GE*2*201   control-number-repeated
850     GE*1*201~\\nIEA           ^IEA                        trailer-missing
850     GS*PO*                    ^NTE*A~GS*PO*               segment-outside
850     GE*1*201                  ^ZQX*1~GE*1*201             segment-outside
850     ST*850*                   ST*^810*                    set-not-in-group
850     ST*850*                   ST*^875*                    set-unsupported
850     *X*004010~\\nST           *X*003010~\\n^ST            release-unsupported
850     GE*1*201                  GS*PO*A*B*20240305*0915*^201*X*004010~  control-number-repeated
850     IEA*1*                    GS*PO*A*B*20240305*0915*7*X*004010~^GE*0*7~IEA*2*   level-empty
850     ST*850*0001               ST*850*^01                  element-too-short
850     GS*PO*                    GS*^P*                      element-too-short
850     *0915*201*                *^2515*201*                 time-invalid
850     *240305*0915*U            *^240230*0915*U             date-invalid
850     *P*>~                     *^Q*>~                      code-invalid
850     *NORTHFIELD               *^NORTH\x01IELD             element-invalid
850     REF*CT*NF-C-2024-17       REF*CT*NF-C-2024-17**CT>A>^  trailing-separator
850     REF*CT*NF-C-2024-17       REF*CT*NF-C-2024-17**^@@>A  code-invalid
850     REF*CT*NF-C-2024-17       REF*CT*NF-C-2024-17**CT>^   element-missing
810     TDS*85100                 TDS*^851.00                 element-invalid
810     TDS*85100                 TDS*^1234567890123456       element-too-long
810     CTT*2                     CTT*^3                      total-mismatch
810     IT1*1*12                  N9*ZZ*A~MSG*A~^N9*ZZ*B~MSG*B~IT1*1*12   loop-over-maximum
INVOIC  UNB+UNOC:3                UNB+^UNOZ:3                 charset-unsupported
INVOIC  UNH+1+INVOIC              ^FTX+AAI'UNH+1+INVOIC       segment-outside
INVOIC  UNZ+1                     ^FTX+AAI'UNZ+1              segment-outside
INVOIC  UNH+1+INVOIC:D:96A        ^UNH+1+INVOIC:D:99B         release-unsupported
INVOIC  QTY+47:20:PCE             QTY+^QQ:20:PCE              code-invalid
INVOIC  PRI+AAA:22.5              PRI+AAA:^.5                 element-invalid
INVOIC  IMD+F++:::STERILE DRAPE   IMD+F++:::STERILE? ?'DRAPE+^ZZZZ   element-too-long
INVOIC  DTM+137:20240305:102'     DTM+137:20240305:102:^9'    too-many-components
INVOIC  DTM+137:20240305:102'\\n  ^                           segment-missing
INVOIC  DTM+137:20240305:102      DTM+137:^20240230:102       date-invalid
INVOIC  DTM+137:20240305:102      DTM+137:^240305:102         date-invalid
INVOIC  DTM+171:20240226:102      DTM+171:^202402262561:203   date-invalid
INVOIC  DTM+171:20240226:102      DTM+171:^202454:616         date-invalid
INVOIC  DTM+171:20240226:102      DTM+^:20240226:102          element-missing
INVOIC  QTY+47:20:PCE             QTY+47:^2O:PCE              element-invalid
INVOIC  QTY+47:20:PCE             QTY+47:20:^PIECE            element-too-long
INVOIC  MOA+203:450               MOA+203:450::::^X           too-many-components
INVOIC  BGM+380                   BGM+380+A?+B:^2+9           too-many-components
INVOIC  CNT+2:1                   CNT+2:^7                    total-mismatch
INVOIC  UNT+23                    UNT+^22                     count-mismatch
INVOIC  UNT+23+1                  UNT+23+^2                   control-number-mismatch
INVOIC  UNZ+1+                    UNZ+^2+                     count-mismatch
INVOIC  UNZ+1+A101                UNZ+1+^A102                 control-number-mismatch
INVOIC  240305:0915               240305:^2575                time-invalid
INVOIC  240305:0915               ^240230:0915                date-invalid
INVOIC  ALPENMED GMBH             ALPENMED G^ÜBH              invalid-character
INVOIC  UNH+1+INVOIC              UNH+1+^INVOIX               set-unsupported
ORDERS  NAD+DP+                   NAD+DP+?+?'?::^123456789012345678:9+  element-too-long
"""


def rows() -> list[tuple[str, ...]]:
    return [tuple(part for part in line.split("  ") if part) for line in FAULTS.split("\n") if line]


def marked(row: tuple[str, ...]) -> tuple[str, str, str]:
    """The document before and from the marked byte on, and the code of the finding."""
    basic, right, wrong, code = (
        part.strip().replace("\\n", "\n").replace("\\x01", "\x01") for part in row
    )
    text = (CASES / f"{BASIC[basic]}-basic" / "input.edi").read_text()
    assert right in text
    text = text.replace(right, wrong, 1)
    if code == "invalid-character":
        text = text.replace("UNOC", "UNOA")
    before, after = text.split("^")
    return before, after, code


def offsets(data: bytes) -> list[tuple[str, int | None]]:
    found = check_content(data, DEFINITIONS, None).findings
    return [(one.code, one.position.offset) for one in found]


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]}-{row[2].strip()}")
def test_the_offset_is_the_faulty_byte(row: tuple[str, ...]) -> None:
    before, after, code = (part.encode("latin-1") for part in marked(row))
    assert (code.decode(), len(before)) in offsets(before + after)


def one_line(text: str) -> str:
    return text.replace("\n", "")


def wrapped(before: str, after: str) -> tuple[bytes, int]:
    """In lines of 80 columns."""
    data = (one_line(before) + one_line(after)).encode("latin-1")
    at = len(one_line(before))
    return b"\n".join(data[i : i + 80] for i in range(0, len(data), 80)), at + at // 80


def with_carriage_returns(before: str, after: str) -> tuple[bytes, int]:
    before, after = before.replace("\n", "\r\n"), after.replace("\n", "\r\n")
    return (before + after).encode("latin-1"), len(before)


def after_a_byte_order_mark(before: str, after: str) -> tuple[bytes, int]:
    return b"\xef\xbb\xbf" + (before + after).encode("latin-1"), 3 + len(before)


def second_in_the_file(before: str, after: str) -> tuple[bytes, int]:
    first = (CASES / "edifact-orders-basic" / "input.edi").read_bytes() + b"\r\n\x1a"
    return first + (before + after).encode("latin-1"), len(first) + len(before)


FORMS = [wrapped, with_carriage_returns, after_a_byte_order_mark, second_in_the_file]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_the_offset_is_the_faulty_byte_in_any_form(
    form: Callable[[str, str], tuple[bytes, int]],
) -> None:
    for row in rows():
        before, after, code = marked(row)
        data, at = form(before, after)
        assert (code, at) in offsets(data), row


@pytest.mark.parametrize("mark, at", [("X~", 104), (">X", 105), ("~~", 105)])
def test_a_separator_that_cannot_be_one_is_where_it_stands(mark: str, at: int) -> None:
    text = (CASES / "x12-850-basic" / "input.edi").read_text().replace(">~", mark, 1)
    assert ("header-invalid", at) in offsets(text.encode())


def test_text_between_interchanges_is_where_it_begins() -> None:
    data = (CASES / "x12-850-basic" / "input.edi").read_bytes()
    assert offsets(data + b"\r\n  see attached\n" + data) == [("not-edi", len(data) + 4)]


def test_letters_of_several_bytes_before_it_count_as_they_are() -> None:
    text = (CASES / "x12-850-basic" / "input.edi").read_text()
    text = text.replace("*DOCK 4", "*DÖCK– 4*FLOOR").replace("PO1*1*12*", "PO1*1*1O*")
    for charset, letters in (("utf-8", "–"), ("latin-1", "¬")):
        data = text.replace("–", letters).encode(charset)
        expected = [
            ("too-many-elements", data.index(b"FLOOR")),
            ("element-invalid", data.index(b"1O*")),
        ]
        assert [one for one in offsets(data) if one in expected] == expected
