"""The table of acknowledgment codes: what the partner can cause has a code, and only real codes."""

from gateway.ack.codes import ACKNOWLEDGED
from gateway.ack.codes import find_code
from gateway.ack.meanings import meaning
from gateway.edi.finding import Code

# Findings that are never told to the partner: about the file before there is an interchange, about
# our map, about documents dropped by the ERP, about acknowledgments themselves, about us.
OURS = {
    Code.EMPTY_FILE,
    Code.NOT_EDI,
    Code.FILE_TOO_LARGE,
    Code.FILE_UNREADABLE,
    Code.TRAILING_SEPARATOR,
    Code.PACKAGE_REPEATED,
    Code.CONTENTS_SHARED,
    Code.QUANTITY_EXCEEDED,
    Code.SERIAL_REPEATED,
    Code.TOTAL_MISMATCH,
    Code.TWO_HOMES_DIFFER,
    Code.UNCLAIMED,
    Code.NOT_CARRIED,
    Code.VALUE_UNWRITABLE,
    Code.JSON_INVALID,
    Code.DOCUMENT_INVALID,
    Code.DOCUMENT_CONFLICT,
    Code.DOCUMENT_REPEATED,
    Code.EARLIER_HELD,
    Code.ACKNOWLEDGMENT_UNMATCHED,
    Code.ACKNOWLEDGMENT_OVERDUE,
    Code.SETTLED_BY_PERSON,
    Code.DELIVERY_FAILED,
    Code.PARTNER_REJECTED,
    Code.INTERNAL,
}
X12_COLUMNS = {"AK304": 720, "AK403": 723, "AK502": 718, "AK905": 716, "TA105": "I18"}
EDIFACT_COLUMNS = ("UCI", "UCF", "UCM", "UCS", "UCD")
ONLY_5010 = {("AK403", "12"), ("AK403", "13"), ("AK502", "18")}
ONLY_SYNTAX_3 = {"19", "27", "31", "34", "38", "41", "42", "43"}
ONLY_SYNTAX_4 = {"45", "46", "47", "48"}


def test_every_finding_the_partner_can_cause_is_told():
    assert set(Code) - ACKNOWLEDGED == OURS


def test_every_fault_is_told_in_both_dialects():
    for code in ACKNOWLEDGED - {Code.CHARSET_UNSUPPORTED, Code.HEADER_INVALID}:
        assert any(find_code(code, column) for column in X12_COLUMNS), code
        assert any(find_code(code, column) for column in EDIFACT_COLUMNS), code


def test_x12_codes_are_of_release_004010():
    for code in ACKNOWLEDGED:
        for column in X12_COLUMNS:
            number = find_code(code, column)
            assert number is None or "no published" not in meaning(column, number)
            assert (column, number) not in ONLY_5010


def test_edifact_codes_are_of_their_syntax_version():
    for code in ACKNOWLEDGED:
        for column in EDIFACT_COLUMNS:
            third, fourth = (find_code(code, column, syntax) for syntax in "34")
            assert third is None or "no published" not in meaning("0085", third)
            assert third not in ONLY_SYNTAX_4
            assert fourth not in ONLY_SYNTAX_3
