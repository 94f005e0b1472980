"""Acknowledgments as partners send them, and what each says about our sets."""

import pytest
from ack_samples import EDIFACT_MARKS
from ack_samples import segment
from ack_samples import segments

from gateway.ack.answer import RECEIVED
from gateway.ack.answer import Answer
from gateway.ack.answer import AnswerError
from gateway.ack.read_edifact import read_contrl
from gateway.ack.read_x12 import read_997
from gateway.ack.read_x12 import read_ta1
from gateway.ack.report import Verdict

ACCEPTED = Verdict.ACCEPTED
WITH_ERRORS = Verdict.ACCEPTED_WITH_ERRORS
REJECTED = Verdict.REJECTED


def read_x12(text):
    return read_997(segments(text))


def read_edifact(text):
    return read_contrl(segments(text, EDIFACT_MARKS))


def verdicts(answers):
    return [(answer.set, answer.verdict) for answer in answers]


def test_an_accepted_set_and_its_group():
    answers = read_x12("ST*997*0001~AK1*PO*17~AK2*850*0001~AK5*A~AK9*A*1*1*1~SE*6*0001~")
    assert answers == [
        Answer(ACCEPTED, group="17", functional_id="PO", set="0001", kind="850"),
        Answer(ACCEPTED, group="17", functional_id="PO"),
    ]


def test_a_group_answered_as_a_whole_covers_its_sets():
    assert verdicts(read_x12("AK1*PO*17~AK9*A*3*3*3~")) == [(None, ACCEPTED)]


def test_a_rejected_set_tells_where_and_why():
    text = (
        "AK1*PO*17~AK2*850*0001~AK3*PO1*4*PO1*8~AK4*7>1*235*7*QQ~AK3*CTT*9**3~AK5*R*5~AK9*R*1*1*0~"
    )
    answer = read_x12(text)[0]
    assert answer.verdict is REJECTED
    assert answer.errors == (
        AnswerError("7", "invalid code value", 4, "PO1", 7, 1, "QQ"),
        AnswerError("3", "mandatory segment missing", 9, "CTT"),
        AnswerError("5", "one or more segments in error"),
    )


def test_an_ak3_that_only_says_element_errors_is_kept_when_no_ak4_follows():
    answer = read_x12("AK1*PO*17~AK2*850*0001~AK3*N3*12**8~AK5*R*5~AK9*R*1*1*0~")[0]
    assert answer.errors[0] == AnswerError("8", "segment has data element errors", 12, "N3")


def test_a_999_says_the_same_with_other_tags():
    text = (
        "AK1*PO*17*005010~AK2*850*0001*005010~IK3*N1*5*N1*8~CTX*SITUATIONAL TRIGGER~"
        "IK4*4*67*I9~IK5*R*5~AK9*P*2*2*1~"
    )
    answers = read_x12(text)
    assert verdicts(answers) == [("0001", REJECTED), (None, ACCEPTED)]
    assert answers[0].errors[0] == AnswerError(
        "I9", "implementation dependent element missing", 5, "N1", 4
    )


@pytest.mark.parametrize(
    "status, verdict",
    [
        ("A", ACCEPTED),
        ("E", WITH_ERRORS),
        ("R", REJECTED),
        ("M", REJECTED),
        ("W", REJECTED),
        ("X", REJECTED),
        ("?", RECEIVED),
    ],
)
def test_each_status_of_ak5(status, verdict):
    answer = read_x12(f"AK1*PO*17~AK2*850*0001~AK5*{status}~AK9*A*1*1*1~")[0]
    assert answer.verdict == verdict


def test_a_partly_accepted_group_accepts_what_it_does_not_list():
    text = "AK1*PO*17~AK2*850*0002~AK5*R*5~AK9*P*3*3*2~"
    assert verdicts(read_x12(text)) == [("0002", REJECTED), (None, ACCEPTED)]


def test_a_partly_accepted_group_that_hides_its_rejections_is_not_trusted():
    # One of three is rejected and none is named: each of them needs a person.
    assert verdicts(read_x12("AK1*PO*17~AK9*P*3*3*2~")) == [(None, REJECTED)]


def test_a_group_rejected_whole_takes_listed_sets_with_it():
    text = "AK1*PO*17~AK2*850*0001~AK5*A~AK9*R*1*1*0*5~"
    answers = read_x12(text)
    assert verdicts(answers) == [("0001", REJECTED), (None, REJECTED)]
    assert answers[1].errors == (AnswerError("5", "set count mismatch"),)


def test_a_set_accepted_in_a_group_called_rejected_stays_accepted_if_it_was_counted():
    text = "AK1*IN*1~AK2*810*0001~AK5*A~AK2*810*0002~AK5*R*5~AK9*R*2*2*1~"
    assert verdicts(read_x12(text))[:2] == [("0001", ACCEPTED), ("0002", REJECTED)]


def test_a_ta1_speaks_of_the_envelope_only():
    assert read_ta1(segment("TA1*000000042*260915*1030*A*000")) == Answer(
        RECEIVED, interchange="000000042"
    )
    assert read_ta1(segment("TA1*000000042*260915*1030*E*001")).verdict == RECEIVED


def test_a_rejecting_ta1_names_the_reason():
    answer = read_ta1(segment("TA1*000000042*260915*1030*R*023"))
    assert answer.verdict is REJECTED
    assert answer.errors == (AnswerError("023", "premature end of file"),)


UCI = "UCI+REF42+NORTHFIELD:14+ALPENMED:14"


@pytest.mark.parametrize(
    "action, verdict",
    [
        ("7", ACCEPTED),
        ("8", RECEIVED),
        ("4", REJECTED),
        ("1", ACCEPTED),
        ("2", WITH_ERRORS),
        ("3", REJECTED),  # "some below are rejected", but none is named
        ("5", RECEIVED),
        ("6", REJECTED),
        ("", RECEIVED),
    ],
)
def test_each_action_of_uci(action, verdict):
    assert read_edifact(f"{UCI}+{action}'") == [Answer(verdict, interchange="REF42")]


def test_a_rejected_message_tells_where_and_why():
    text = (
        f"UNH+1+CONTRL:D:3:UN'{UCI}+7'UCM+ME1+ORDERS:D:96A:UN+4'UCS+4+35'UCD+12+3:1'UCD+39+2'"
        "UCM+ME2+ORDERS:D:96A:UN+7'UNT+8+1'"
    )
    first, second, uci = read_edifact(text)
    assert (uci.set, uci.verdict) == (None, ACCEPTED)
    assert (first.set, first.kind, first.verdict) == ("ME1", "ORDERS", REJECTED)
    assert first.errors == (
        AnswerError("35", "too many element or segment repetitions", 4),
        AnswerError("12", "invalid value", 4, None, 2, 1),  # 0098 counts the tag
        AnswerError("39", "element too long", 4, None, 1),
    )
    assert (second.interchange, second.verdict) == ("REF42", ACCEPTED)


def test_a_fault_of_the_service_segments_is_named():
    answer = read_edifact(f"{UCI}+4+29+UNZ+2'")[0]
    assert answer.errors == (AnswerError("29", "control count mismatch", None, "UNZ", 1),)


def test_a_rejected_interchange_takes_its_messages_with_it():
    text = f"{UCI}+4'UCM+ME1+ORDERS:D:96A:UN+7'"
    assert verdicts(read_edifact(text)) == [("ME1", REJECTED), (None, REJECTED)]


def test_a_rejected_group_leaves_the_next_one_alone():
    text = (
        f"{UCI}+7'UCF+G1+NORTHFIELD+ALPENMED+4+29'UCM+ME1+ORDERS:D:96A:UN+7'"
        "UCF+G2+NORTHFIELD+ALPENMED+7'UCM+ME2+ORDERS:D:96A:UN+7'"
    )
    answers = read_edifact(text)
    assert [(answer.group, answer.set, answer.verdict) for answer in answers] == [
        ("G1", "ME1", REJECTED),
        ("G2", "ME2", ACCEPTED),
        ("G1", None, REJECTED),
        ("G2", None, ACCEPTED),
        (None, None, ACCEPTED),
    ]


def test_an_old_partner_names_the_rejected_messages_only():
    text = f"{UCI}+3'UCM+ME2+ORDERS:D:96A:UN+3'UCS+4+6'"
    answers = read_edifact(text)
    assert verdicts(answers) == [("ME2", REJECTED), (None, ACCEPTED)]
    assert answers[0].errors[0].meaning == "data segment missing/invalid"


def test_an_acknowledged_message_that_names_errors_is_accepted_with_errors():
    text = f"{UCI}+7'UCM+ME1+ORDERS:D:96A:UN+7'UCS+4+35'"
    assert verdicts(read_edifact(text))[0] == ("ME1", WITH_ERRORS)
