"""997 and TA1, each expected segment worked out by hand from the code lists of release 004010.

AK304 is DE 720, AK403 DE 723, AK501 DE 717, AK502 DE 718, AK901 DE 715, AK905 DE 716; TA104 is
I17 and TA105 I18.
"""

import pytest
from ack_samples import finding
from ack_samples import purchase_order
from ack_samples import written
from ack_samples import x12_group
from ack_samples import x12_interchange

from gateway.ack.report import GroupReport
from gateway.ack.report import Verdict
from gateway.ack.report import verdict
from gateway.ack.x12 import acknowledge_x12
from gateway.ack.x12 import interchange_note
from gateway.edi.finding import Severity
from gateway.edi.segment import Delimiters

WARNING, NOTE = Severity.WARNING, Severity.NOTE


def acknowledged(*sets, **group):
    return written(acknowledge_x12(x12_interchange(x12_group(*sets, **group)), 0))


def set_lines(*findings):
    """What stands between AK2 and AK9 for one set."""
    return acknowledged(purchase_order(*findings))[2:-1]


def test_a_clean_set_is_accepted():
    assert acknowledged(purchase_order()) == [
        "AK1*PO*17~",
        "AK2*850*0001~",
        "AK5*A~",
        "AK9*A*1*1*1~",
    ]


# Faults of a segment: AK3 with the tag, its position (ST = 1), the loop and DE 720; AK502 is 5.
SEGMENTS = [
    (finding("segment-unknown", "QQQ", 4), "AK3*QQQ*4**1~"),
    (finding("segment-unexpected", "PID", 3), "AK3*PID*3**2~"),
    # A missing segment has the position of the one that stands in its place.
    (finding("segment-missing", "BEG", 2, expected="BEG"), "AK3*BEG*2**3~"),
    (finding("loop-over-maximum", "N1", 9, loop="N1"), "AK3*N1*9*N1*4~"),
    (finding("segment-over-maximum", "CUR", 4), "AK3*CUR*4**5~"),
    (finding("segment-not-in-set", "BIG", 2), "AK3*BIG*2**6~"),
    (finding("segment-out-of-order", "CUR", 12), "AK3*CUR*12**7~"),
    (finding("segment-empty", "REF", 5), "AK3*REF*5**8~"),
    # Ruled out by agreement: 4010 has no code of its own, so it is unexpected.
    (finding("segment-not-used", "FOB", 6), "AK3*FOB*6**2~"),
    # An unknown tag of five letters does not fit AK301, which has two or three.
    (finding("segment-unknown", "TOTAL", 4), "AK3*TOT*4**1~"),
]


@pytest.mark.parametrize("fault, note", SEGMENTS)
def test_a_fault_of_a_segment_is_an_ak3(fault, note):
    assert set_lines(fault) == [note, "AK5*R*5~"]


# Faults of an element: AK3 with 8, then AK4 with C030, DE number, DE 723 and the bad value.
ELEMENTS = [
    # 1 and 2 are about what is not there, so AK404 stays away.
    (finding("element-missing", "BEG03", 2, element_id="324"), "AK4*3*324*1~"),
    (finding("condition-missing", "BEG04", 2, element_id="328", value="x"), "AK4*4*328*2~"),
    (finding("too-many-elements", "BEG14", 2, value="X"), "AK4*14**3*X~"),
    (finding("too-many-components", "BEG03-2", 2, value="B", element_id="324"), "AK4*3>2*324*3*B~"),
    # 12 (repetitions) belongs to 5010; 4010 has nothing to repeat, so it is one element too many.
    (finding("too-many-repetitions", "BEG03", 2, value="B", element_id="324"), "AK4*3*324*3*B~"),
    (finding("element-too-short", "BEG03", 2, value="1", element_id="324"), "AK4*3*324*4*1~"),
    (finding("element-too-long", "BEG03", 2, value="1" * 23), f"AK4*3**5*{'1' * 23}~"),
    (finding("element-invalid", "BEG03", 2, value="ten", element_id="380"), "AK4*3*380*6*ten~"),
    (finding("invalid-character", "BEG03", 2, value="a^b"), "AK4*3**6*a^b~"),
    (finding("code-invalid", "BEG01", 2, value="99", element_id="353"), "AK4*1*353*7*99~"),
    (
        finding("date-invalid", "BEG05", 2, value="20260231", element_id="373"),
        "AK4*5*373*8*20260231~",
    ),
    (finding("time-invalid", "BEG06", 2, value="2561", element_id="337"), "AK4*6*337*9*2561~"),
    (finding("condition-excluded", "BEG04", 2, value="1", element_id="328"), "AK4*4*328*10*1~"),
    (finding("element-not-used", "BEG06", 2, value="C1", element_id="367"), "AK4*6*367*10*C1~"),
    (finding("code-invalid", "BEG04-2", 2, value="ZZ", element_id="128"), "AK4*4>2*128*7*ZZ~"),
    # A composite has no DE number (C040 is none), so AK402 stays empty.
    (finding("element-missing", "BEG04", 2, element_id="C040"), "AK4*4**1~"),
]


@pytest.mark.parametrize("fault, note", ELEMENTS)
def test_a_fault_of_an_element_is_an_ak4(fault, note):
    assert set_lines(fault) == ["AK3*BEG*2**8~", note, "AK5*R*5~"]


# Faults of ST and SE have no AK3: DE 718 names them.
ENVELOPES = [
    (finding("trailer-missing", "SE"), "2"),
    (finding("control-number-mismatch", "SE02", value="0002"), "3"),
    (finding("count-mismatch", "SE01", value="9"), "4"),
    (finding("set-unsupported", "ST01", value="999"), "1"),
    (finding("map-missing"), "1"),
    (finding("set-not-in-group", "ST01", value="810"), "6"),
    (finding("element-missing", "ST02", 1), "7"),
    (finding("element-too-short", "ST02", 1, value="1"), "7"),
    (finding("code-invalid", "ST01", 1, value="85A"), "6"),
    (finding("control-number-repeated", "ST02", value="0001"), "23"),
    (finding("segment-missing", "SE", 8, expected="SE"), "2"),
    (finding("file-too-large"), "5"),  # no code of its own, and never R without one
    (finding("total-mismatch", "CTT01", 7), "5"),
]


@pytest.mark.parametrize("fault, code", ENVELOPES)
def test_a_fault_of_the_set_is_a_code_of_ak5(fault, code):
    assert set_lines(fault) == [f"AK5*R*{code}~"]


# Faults of GS and GE reject the group: no set is accepted, and clean ones are not listed.
GROUPS = [
    (finding("trailer-missing", "GE"), "3"),
    (finding("control-number-mismatch", "GE02"), "4"),
    (finding("count-mismatch", "GE01"), "5"),
    (finding("control-number-invalid", "GS06"), "6"),
    (finding("release-unsupported", "GS08"), "2"),
    (finding("control-number-repeated", "GS06"), "19"),
]


@pytest.mark.parametrize("fault, code", GROUPS)
def test_a_fault_of_the_group_rejects_it_in_ak9(fault, code):
    lines = acknowledged(purchase_order(), claimed="1", findings=[fault])
    assert lines == ["AK1*PO*17~", f"AK9*R*1*1*0*{code}~"]


def test_a_rejected_set_leaves_its_neighbours_accepted():
    bad = finding("code-invalid", "BEG02", 2, value="ZZ", element_id="92")
    assert acknowledged(
        purchase_order(reference="0001"),
        purchase_order(bad, reference="0002"),
        purchase_order(reference="0003"),
    ) == [
        "AK1*PO*17~",
        "AK2*850*0001~",
        "AK5*A~",
        "AK2*850*0002~",
        "AK3*BEG*2**8~",
        "AK4*2*92*7*ZZ~",
        "AK5*R*5~",
        "AK2*850*0003~",
        "AK5*A~",
        "AK9*P*3*3*2~",  # three claimed in GE01, three received, two accepted
    ]


def test_a_group_whose_sets_are_all_rejected_is_rejected():
    assert acknowledged(purchase_order(finding("count-mismatch", "SE01")))[-1] == "AK9*R*1*1*0~"


def test_a_warning_is_accepted_with_errors_noted():
    repeated = finding("control-number-repeated", "ST02", severity=WARNING)
    assert acknowledged(purchase_order(repeated))[2:] == ["AK5*E*23~", "AK9*E*1*1*1~"]


def test_the_partner_is_not_told_of_notes_nor_of_our_own_affairs():
    ours = finding("unclaimed", "REF02", 4, severity=WARNING)
    total = finding("total-mismatch", "CTT01", 9, severity=WARNING)
    trailing = finding("trailing-separator", "REF03", 4, severity=NOTE)
    assert verdict([ours, total, trailing]) is Verdict.ACCEPTED
    assert set_lines(ours, total, trailing) == ["AK5*A~"]


def test_element_faults_of_one_segment_share_one_ak3():
    assert set_lines(
        finding("code-invalid", "BEG01", 2, value="99", element_id="353"),
        finding("segment-over-maximum", "CUR", 3),
        finding("date-invalid", "BEG05", 2, value="2026", element_id="373"),
    ) == [
        "AK3*BEG*2**8~",
        "AK4*1*353*7*99~",
        "AK4*5*373*8*2026~",
        "AK3*CUR*3**5~",
        "AK5*R*5~",
    ]


def test_a_segment_in_the_wrong_place_and_with_bad_elements_has_two_ak3():
    assert set_lines(
        finding("segment-over-maximum", "N1", 5, loop="N1"),
        finding("code-invalid", "N101", 5, value="QQ", element_id="98", loop="N1"),
    ) == ["AK3*N1*5*N1*5~", "AK3*N1*5*N1*8~", "AK4*1*98*7*QQ~", "AK5*R*5~"]


def test_ak5_names_at_most_five_faults():
    faults = [
        finding("set-unsupported", "ST01"),
        finding("control-number-mismatch", "SE02"),
        finding("count-mismatch", "SE01"),
        finding("trailer-missing", "SE"),
        finding("control-number-repeated", "ST02"),
        finding("control-number-invalid", "ST02"),
        finding("count-mismatch", "SE01"),
    ]
    assert set_lines(*faults) == ["AK5*R*1*3*4*2*23~"]


def test_an_ak3_has_at_most_99_ak4():
    faults = [finding("element-invalid", "PO101", 5, value=str(n)) for n in range(200)]
    assert sum(line.startswith("AK4") for line in set_lines(*faults)) == 99


def test_a_position_beyond_two_digits_is_told_as_far_as_c030_holds_it():
    assert set_lines(finding("code-invalid", "BEG03-100", 2, value="x"))[1] == "AK4*3**7*x~"


@pytest.mark.parametrize("value", ["a*b", "a~b", "a>b", "caf\u00e9", "a\x07b", "   "])
def test_a_bad_value_that_x12_cannot_carry_is_left_out(value):
    assert set_lines(finding("code-invalid", "BEG01", 2, value=value))[1] == "AK4*1**7~"


def test_a_bad_value_is_cut_at_99_characters():
    lines = set_lines(finding("element-too-long", "BEG03", 2, value="x" * 150))
    assert lines[1] == f"AK4*3**5*{'x' * 99}~"


def test_the_delimiters_of_the_answer_decide_what_can_be_copied():
    fault = finding("code-invalid", "BEG01", 2, value="a|b")
    report = x12_interchange(x12_group(purchase_order(fault)))
    assert acknowledge_x12(report, 0)[3] == ("AK4", ["1", "", "7", "a|b"])
    assert acknowledge_x12(report, 0, Delimiters("\n", "|", "<"))[3] == ("AK4", ["1", "", "7"])


def test_a_set_without_a_usable_header_is_still_answered():
    # AK201 has three characters, AK202 at least four.
    faulty = finding("element-missing", "ST02", 1)
    assert acknowledged(purchase_order(faulty, kind="", reference=""))[1] == "AK2*000*0000~"
    assert acknowledged(purchase_order(faulty, reference="7"))[1] == "AK2*850*0007~"


def test_a_claimed_count_that_is_no_number_is_answered_by_ours():
    wrong = finding("count-mismatch", "GE01", value="two")
    lines = acknowledged(purchase_order(), claimed="two", findings=[wrong])
    assert lines[-1] == "AK9*R*1*1*0*5~"


def test_a_group_that_lost_its_trailer_is_rejected():
    group = GroupReport(x12_group().group, (purchase_order(),), None)
    assert written(acknowledge_x12(x12_interchange(group), 0))[-1] == "AK9*R*1*1*0*3~"


def test_acknowledgments_are_never_acknowledged():
    assert acknowledged(purchase_order(kind="997"), functional_id="FA") == []
    assert acknowledged(functional_id="FA") == []
    broken = purchase_order(finding("count-mismatch", "SE01"), kind="997")
    assert acknowledged(broken, functional_id="FA") == []


def test_each_group_has_a_997_of_its_own():
    report = x12_interchange(
        x12_group(purchase_order(), reference="17"),
        x12_group(purchase_order(kind="810"), functional_id="IN", reference="18"),
    )
    assert written(acknowledge_x12(report, 1))[:2] == ["AK1*IN*18~", "AK2*810*0001~"]


def note_of(*findings, **interchange):
    note = interchange_note(x12_interchange(findings=findings, **interchange))
    return written([note])[0] if note else None


def test_no_ta1_is_sent_unasked_for_a_good_interchange():
    assert note_of() is None


def test_a_ta1_is_sent_where_isa14_asks_for_it():
    assert note_of(ack_requested=True) == "TA1*000000042*260915*1030*A*000~"


# Faults of ISA and IEA reject the interchange whole; I18 names the first.
INTERCHANGES = [
    (finding("control-number-mismatch", "IEA02"), "001"),
    (finding("release-unsupported", "ISA12"), "003"),
    (finding("sender-unknown", "ISA06"), "006"),
    (finding("sender-elsewhere", "ISA06"), "006"),
    (finding("receiver-unknown", "ISA08"), "009"),
    (finding("code-invalid", "ISA05"), "005"),
    (finding("date-invalid", "ISA09"), "014"),
    (finding("control-number-invalid", "ISA13"), "018"),
    (finding("code-invalid", "ISA15"), "020"),
    (finding("count-mismatch", "IEA01"), "021"),
    (finding("segment-outside", "BEG"), "022"),
    (finding("header-invalid", "ISA"), "022"),
    (finding("trailer-missing", "IEA"), "023"),
    (finding("level-empty", "IEA"), "024"),
    (finding("interchange-conflict", "ISA13"), "025"),
]


@pytest.mark.parametrize("fault, code", INTERCHANGES)
def test_a_fault_of_the_interchange_is_told_unasked(fault, code):
    assert note_of(fault) == f"TA1*000000042*260915*1030*R*{code}~"


def test_the_error_is_named_before_the_warning():
    warning = finding("control-number-repeated", "ISA13", severity=WARNING)
    assert note_of(warning, finding("count-mismatch", "IEA01")).endswith("*R*021~")
    assert note_of(warning, ack_requested=True).endswith("*E*025~")


def test_a_cut_interchange_is_rejected_and_gets_no_997():
    report = x12_interchange(x12_group(purchase_order()), complete=False)
    assert written([interchange_note(report)]) == ["TA1*000000042*260915*1030*R*023~"]
    assert acknowledge_x12(report, 0) == []


def test_a_group_that_no_997_can_name_is_told_in_the_ta1():
    nameless = x12_group(purchase_order(), functional_id="")
    report = x12_interchange(nameless, x12_group(purchase_order(), reference="18"))
    assert acknowledge_x12(report, 0) == []
    assert acknowledge_x12(report, 1) != []
    assert written([interchange_note(report)]) == ["TA1*000000042*260915*1030*E*024~"]
