"""What partners send: good sets delivered, every interchange answered, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from engine_wire import confirmation
from engine_wire import edifact
from engine_wire import invoice
from engine_wire import order_response
from engine_wire import x12
from homes import SAMPLES
from homes import Desk
from homes import sample

from gateway.edi.envelope import read_interchanges
from gateway.edi.events import Event
from gateway.edi.finding import Code
from gateway.edi.sentences import sentence

CASES = SAMPLES.parent / "cases"
GOOD = {
    "harbor-medical": x12(confirmation("SO-1")),
    "alpenmed": edifact(order_response("AB-1")),
}
OTHER = {
    "harbor-medical": x12(confirmation("SO-2")),
    "alpenmed": edifact(order_response("AB-2")),
}


def answers(desk: Desk, partner: str) -> list[str]:
    """The bodies of our acknowledgments: AK1 and the rest, TA1, UCI and the rest."""
    marks = ("ISA", "GS*", "ST*", "SE*", "GE*", "IEA", "UNB", "UNH", "UNT", "UNZ")
    found = []
    for text in desk.sent(partner):
        segments = text.replace("'", "~").split("~")
        found.append(" ".join(one for one in segments if one and not one.startswith(marks)))
    return found


@pytest.mark.parametrize("partner, number", [("harbor-medical", "SO-1"), ("alpenmed", "AB-1")])
def test_a_set_becomes_a_document(desk: Desk, partner: str, number: str) -> None:
    desk.receive(partner, GOOD[partner])
    [document] = desk.documents(partner)
    assert document["type"] == "purchase_order_response"
    assert document["partner"] == partner
    assert document["test"] is False
    assert document["data"]["id"] == number
    assert desk.files(f"inbox/{partner}/edi") == []


def test_blanks_that_pad_an_order_number_do_not_hide_the_answer(desk: Desk) -> None:
    desk.receive("harbor-medical", sample("855.edi").replace("*4500123456*", "*4500123456  *"))
    with desk.gateway.store.reading() as tx:
        [found] = tx.trace("4500123456").documents
    assert (found.type, found.number) == ("purchase_order_response", "SO-88123")
    [document] = desk.documents("harbor-medical")
    assert document["data"]["order_reference"]["id"] == "4500123456  "


def test_a_rejected_set_does_not_hurt_its_neighbours(desk: Desk) -> None:
    bad = [segment.replace("20260115", "20261345") for segment in confirmation("SO-2")]
    desk.receive("harbor-medical", x12(confirmation("SO-1"), bad, confirmation("SO-3")))
    assert desk.numbers() == ["SO-1", "SO-3"]
    [answer] = answers(desk, "harbor-medical")
    assert answer == (
        "AK1*PR*700 AK2*855*0001 AK5*A"
        " AK2*855*0002 AK3*BAK*2**8 AK4*4*373*8*20261345 AK5*R*5"
        " AK2*855*0003 AK5*A AK9*P*3*3*2"
    )


def test_a_rejected_message_does_not_hurt_its_neighbours(desk: Desk) -> None:
    bad = [one for one in order_response("AB-2") if not one.startswith("BGM")]
    desk.receive("alpenmed", edifact(order_response("AB-1"), bad))
    assert desk.numbers("alpenmed") == ["AB-1"]
    [answer] = answers(desk, "alpenmed")
    assert "UCM+1+ORDRSP:D:96A:UN:EAN005+7" in answer
    assert "UCM+2+ORDRSP:D:96A:UN:EAN005+4" in answer


def test_a_wrong_count_in_one_set_rejects_that_set(desk: Desk) -> None:
    wire = x12(confirmation("SO-1"), confirmation("SO-2")).replace("SE*6*0002", "SE*9*0002")
    desk.receive("harbor-medical", wire)
    assert desk.numbers() == ["SO-1"]
    assert "AK2*855*0002 AK5*R*4" in answers(desk, "harbor-medical")[0]


def test_a_wrong_group_count_rejects_the_group(desk: Desk) -> None:
    wire = x12(confirmation("SO-1")).replace("GE*1*", "GE*7*")
    desk.receive("harbor-medical", wire)
    assert desk.numbers() == []
    assert "AK9*R*7*1*0*5" in answers(desk, "harbor-medical")[0]


@pytest.mark.parametrize(
    "old, new, note",
    [("IEA*1*000000700", "IEA*1*000000999", "001"), ("IEA*1*", "IEA*4*", "021")],
)
def test_a_broken_x12_envelope_is_answered_by_a_ta1(
    desk: Desk, old: str, new: str, note: str
) -> None:
    desk.receive("harbor-medical", GOOD["harbor-medical"].replace(old, new))
    assert desk.documents("harbor-medical") == []
    [answer] = answers(desk, "harbor-medical")
    assert answer.startswith("TA1*000000700*260115*1130*R*" + note)


def test_a_broken_edifact_envelope_is_rejected_in_uci(desk: Desk) -> None:
    desk.receive("alpenmed", GOOD["alpenmed"].replace("UNZ+1+900", "UNZ+1+999"))
    assert desk.documents("alpenmed") == []
    [answer] = answers(desk, "alpenmed")
    assert answer.startswith("UCI+900+4098765000003:14+4012345000009:14+4")


@pytest.mark.parametrize("partner", GOOD)
@pytest.mark.parametrize("kept", [0.55, 0.8, 0.97])
def test_a_truncated_interchange_delivers_nothing(desk: Desk, partner: str, kept: float) -> None:
    wire = GOOD[partner]
    desk.receive(partner, wire[: int(len(wire) * kept)])
    assert desk.documents(partner) == []
    assert len(desk.sent(partner)) == 1
    assert desk.files(f"inbox/{partner}/edi") == []


def test_several_interchanges_in_one_file(desk: Desk) -> None:
    wires = [x12(confirmation(f"SO-{number}"), control=number) for number in (701, 702, 703)]
    desk.receive("harbor-medical", "\n".join(wires))
    assert desk.numbers() == ["SO-701", "SO-702", "SO-703"]
    assert len(desk.sent("harbor-medical", "997*")) == 3


def test_a_truncated_interchange_leaves_those_before_it(desk: Desk) -> None:
    last = x12(confirmation("SO-2"), control=702)
    desk.receive("harbor-medical", x12(confirmation("SO-1"), control=701) + last[:-30])
    assert desk.numbers() == ["SO-1"]


def test_the_same_interchange_twice_in_one_file_is_delivered_once(desk: Desk) -> None:
    desk.receive("harbor-medical", GOOD["harbor-medical"] * 2)
    assert desk.numbers() == ["SO-1"]
    assert len(desk.sent("harbor-medical")) == 1
    assert desk.held() == []


def test_a_byte_order_mark_does_no_harm(desk: Desk) -> None:
    desk.receive("alpenmed", b"\xef\xbb\xbf" + GOOD["alpenmed"].encode())
    assert desk.numbers("alpenmed") == ["AB-1"]
    assert desk.held() == []


def test_what_follows_an_interchange_is_held(desk: Desk) -> None:
    desk.receive("alpenmed", GOOD["alpenmed"] + "and a note for your buyer")
    assert desk.numbers("alpenmed") == ["AB-1"]
    assert desk.held_codes() == ["not-edi"]


def test_an_unknown_sender_waits_until_the_partner_is_there(desk: Desk) -> None:
    wire = x12(confirmation("SO-1"), sender="MAPLEMED")
    desk.receive("harbor-medical", wire)
    assert desk.held_codes() == ["sender-unknown"]
    assert desk.held_bytes() == wire.encode()
    assert desk.sent("harbor-medical") == []
    desk.change("partners/harbor-medical/partner.yaml", "HARBORMED", "MAPLEMED")
    [hold] = desk.held()
    assert desk.act(command="release", key=hold.id) == {"hold": hold.id, "held_again": None}
    assert desk.numbers() == ["SO-1"]
    assert desk.held() == []


def test_released_too_early_it_is_held_again(desk: Desk) -> None:
    desk.receive("harbor-medical", x12(confirmation("SO-1"), sender="MAPLEMED"))
    [hold] = desk.held()
    reply = desk.act(command="release", key=hold.id)
    [again] = desk.held()
    assert reply["held_again"] == again.id != hold.id


def test_a_sender_in_anothers_folder_is_held(desk: Desk) -> None:
    desk.receive("alpenmed", GOOD["harbor-medical"])
    assert desk.held_codes() == ["sender-elsewhere"]
    assert desk.documents("harbor-medical") == desk.documents("alpenmed") == []


@pytest.mark.parametrize("partner", GOOD)
def test_a_receiver_that_is_not_us_is_held(desk: Desk, partner: str) -> None:
    old = {"harbor-medical": "NORTHFIELD     *", "alpenmed": "4012345000009:14"}[partner]
    new = {"harbor-medical": "SOUTHFIELD     *", "alpenmed": "4012345000016:14"}[partner]
    desk.receive(partner, GOOD[partner].replace(old, new, 1))
    assert desk.held_codes() == ["receiver-unknown"]
    assert desk.documents(partner) == desk.sent(partner) == []


STRANGE = [
    ("harbor-medical", "NORTHFIELD     *", "SOUTHFIELD     *", "*R*009"),
    ("harbor-medical", "*HARBORMED      *", "*MAPLEMED       *", "*R*006"),
    ("alpenmed", "4012345000009:14", "4012345000016:14", "+4+7+UNB+4"),
    ("alpenmed", "4098765000003:14", "4098765000010:14", "+4+23+UNB+3"),
]


@pytest.mark.parametrize("partner, old, new, told", STRANGE)
def test_a_rejected_file_is_answered_in_its_folder(
    desk: Desk, partner: str, old: str, new: str, told: str
) -> None:
    for _ in range(2):  # the same again is held again, and refused again
        desk.receive(partner, GOOD[partner].replace(old, new, 1))
        [hold] = desk.held()
        desk.act(command="reject", key=hold.id)
    assert [told in one for one in answers(desk, partner)] == [True, True]
    assert desk.documents(partner) == []
    desk.receive(partner, GOOD[partner])
    assert len(desk.documents(partner)) == 1


def test_a_rejected_file_of_another_dialect_is_not_answered(desk: Desk) -> None:
    desk.receive("alpenmed", GOOD["harbor-medical"])
    [hold] = desk.held()
    desk.act(command="reject", key=hold.id)
    assert desk.sent("alpenmed") == desk.sent("harbor-medical") == []


def test_good_interchanges_beside_a_held_one_are_delivered_once(desk: Desk) -> None:
    stranger = x12(confirmation("SO-9"), control=799, sender="MAPLEMED")
    desk.receive("harbor-medical", GOOD["harbor-medical"] + stranger)
    assert desk.numbers() == ["SO-1"]
    [hold] = desk.held()
    desk.act(command="release", key=hold.id)
    assert desk.numbers() == ["SO-1"]
    assert len(desk.sent("harbor-medical")) == 1


@pytest.mark.parametrize("partner", GOOD)
def test_the_same_bytes_again_get_the_same_answer_and_no_document(desk: Desk, partner: str) -> None:
    desk.receive(partner, GOOD[partner], "first.edi")
    [path] = desk.files(f"outbox/{partner}/edi")
    answer = path.read_bytes()
    path.unlink()
    desk.receive(partner, GOOD[partner], "again.edi")
    assert len(desk.documents(partner)) == 1
    assert [path.read_bytes() for path in desk.files(f"outbox/{partner}/edi")] == [answer]
    assert desk.held() == []


@pytest.mark.parametrize("partner", GOOD)
def test_a_used_number_with_other_bytes_is_held(desk: Desk, partner: str) -> None:
    desk.receive(partner, GOOD[partner], "first.edi")
    desk.receive(partner, OTHER[partner], "other.edi")
    assert len(desk.documents(partner)) == 1
    assert len(desk.sent(partner)) == 1
    assert desk.held_codes() == ["interchange-conflict"]


def test_a_released_conflict_is_taken_as_new_and_answered(desk: Desk) -> None:
    desk.receive("harbor-medical", GOOD["harbor-medical"])
    desk.receive("harbor-medical", OTHER["harbor-medical"])
    [hold] = desk.held()
    desk.act(command="release", key=hold.id)
    assert desk.numbers() == ["SO-1", "SO-2"]
    assert len(desk.sent("harbor-medical", "997*")) == 2


def test_of_a_long_file_of_conflicts_the_released_one_alone_is_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def file(name: str, *, last: str = "") -> str:
        orders = [order_response(f"{name}-{number}") for number in range(20)]
        return last.join(edifact(one, control=number) for number, one in enumerate(orders, 1))

    desk.receive("alpenmed", file("AB"))
    desk.receive("alpenmed", "\r\n" + file("CD", last="stray\n"))
    holds = {hold.findings[0].value: hold for hold in desk.held() if hold.what == "interchange"}
    assert len(holds) == 20
    events = []

    def counted(*arguments: Any, **words: Any) -> Iterator[Event]:
        for event in read_interchanges(*arguments, **words):
            events.append(event)
            yield event

    monkeypatch.setattr("gateway.engine.reading.read_interchanges", counted)
    desk.act(command="release", key=holds["15"].id)
    assert "CD-14" in desk.numbers("alpenmed")
    assert len(events) < 10
    desk.act(command="reject", key=holds["16"].id)
    told = [one for one in desk.sent("alpenmed") if "UCI+16+" in one]
    assert "+4+26+UNB" in told[-1]
    with desk.gateway.store.reading() as tx:
        [stored] = [one for one in tx.interchanges.listed() if one.id == holds["15"].target]
        [taken] = tx.sets.of_interchange(stored.id)
    assert (stored.ordinal, taken.verdict) == (15, "accepted")


def test_the_same_conflict_again_is_neither_held_nor_delivered_twice(desk: Desk) -> None:
    desk.receive("harbor-medical", GOOD["harbor-medical"])
    desk.receive("harbor-medical", OTHER["harbor-medical"])
    desk.receive("harbor-medical", OTHER["harbor-medical"])
    [hold] = desk.held()
    desk.act(command="release", key=hold.id)
    desk.receive("harbor-medical", OTHER["harbor-medical"])
    assert desk.numbers() == ["SO-1", "SO-2"]
    assert desk.held() == []


@pytest.mark.parametrize(
    "partner, told",
    [
        ("harbor-medical", "TA1*000000700*260115*1130*R*025"),
        ("alpenmed", "UCI+900+4098765000003:14+4012345000009:14+4+26+UNB"),
    ],
)
def test_a_rejected_conflict_is_told_to_be_one(desk: Desk, partner: str, told: str) -> None:
    desk.receive(partner, GOOD[partner])
    desk.receive(partner, OTHER[partner])
    [hold] = desk.held()
    desk.act(command="reject", key=hold.id)
    assert len(answers(desk, partner)) == 2
    assert answers(desk, partner)[1].startswith(told)


def test_a_rejected_conflict_is_never_delivered(desk: Desk) -> None:
    desk.receive("alpenmed", GOOD["alpenmed"])
    desk.receive("alpenmed", OTHER["alpenmed"])
    [hold] = desk.held()
    desk.act(command="reject", key=hold.id, note="sent by mistake")
    assert desk.numbers("alpenmed") == ["AB-1"]
    assert desk.held() == []
    assert "already rejected by sam" in desk.act(command="release", key=hold.id)["error"]
    assert desk.numbers("alpenmed") == ["AB-1"]


def test_a_truncated_conflict_delivers_nothing_when_released(desk: Desk) -> None:
    desk.receive("harbor-medical", GOOD["harbor-medical"])
    desk.receive("harbor-medical", OTHER["harbor-medical"][:-25])
    [hold] = desk.held()
    desk.act(command="release", key=hold.id)
    assert desk.numbers() == ["SO-1"]
    assert "TA1*000000700*260115*1130*R" in answers(desk, "harbor-medical")[1]


def test_a_conflict_of_a_partner_that_is_gone_says_so(desk: Desk) -> None:
    desk.receive("alpenmed", GOOD["alpenmed"])
    desk.receive("alpenmed", OTHER["alpenmed"])
    [hold] = desk.held()
    settings = desk.home / "partners/alpenmed/partner.yaml"
    settings.rename(settings.with_suffix(".gone"))
    desk.act(command="reload")
    assert "no partner alpenmed" in desk.act(command="release", key=hold.id)["error"]
    assert [one.id for one in desk.held()] == [hold.id]


def test_test_traffic_stays_out_of_the_documents(desk: Desk) -> None:
    desk.receive("harbor-medical", x12(confirmation("SO-1"), usage="T"))
    desk.receive("alpenmed", edifact(order_response("AB-1"), test=True))
    for partner, number in (("harbor-medical", "SO-1"), ("alpenmed", "AB-1")):
        assert desk.documents(partner) == []
        assert desk.numbers(partner, "test") == [number]
        assert desk.documents(partner, "test")[0]["test"] is True
    assert "*0*T*>~" in desk.sent("harbor-medical")[0]
    assert desk.sent("alpenmed")[0].split("'")[0].endswith("+1")


def test_a_number_used_in_test_is_free_when_live(desk: Desk) -> None:
    desk.receive("harbor-medical", x12(confirmation("SO-1"), usage="T"))
    desk.receive("harbor-medical", GOOD["harbor-medical"])
    assert desk.numbers() == ["SO-1"]


def test_a_set_in_the_wrong_group_is_rejected(desk: Desk) -> None:
    desk.receive("harbor-medical", x12(invoice("I-1"), kind="810").replace("GS*IN", "GS*PR"))
    assert desk.documents("harbor-medical") == []
    assert "AK5*R" in answers(desk, "harbor-medical")[0]


def test_a_set_we_have_no_map_for_is_rejected(desk: Desk) -> None:
    wire = x12(["BIA*00*DD*1*20260115"]).replace("*855*", "*846*").replace("GS*PR", "GS*IB")
    desk.receive("harbor-medical", wire)
    assert "AK2*846*0001 AK5*R*1" in answers(desk, "harbor-medical")[0]


def test_a_partner_who_wants_no_acknowledgments_gets_none(desk: Desk) -> None:
    settings = desk.home / "partners/alpenmed/partner.yaml"
    settings.write_text(settings.read_text() + "acknowledge: never\n")
    desk.act(command="reload")
    desk.receive("alpenmed", GOOD["alpenmed"])
    assert desk.sent("alpenmed") == []
    assert desk.numbers("alpenmed") == ["AB-1"]


def test_a_rejected_interchange_frees_its_number_for_the_right_one(desk: Desk) -> None:
    whole = GOOD["harbor-medical"]
    desk.receive("harbor-medical", whole[: whole.index("GE*")])
    assert desk.documents("harbor-medical") == []
    desk.receive("harbor-medical", whole)
    assert desk.numbers() == ["SO-1"]
    assert desk.held() == []


def test_a_document_that_does_not_fit_the_model_waits_for_a_person(desk: Desk) -> None:
    without_lines = ["BGM+220+PO-9+9", "DTM+137:20260116:102", "UNS+S"]
    desk.receive("alpenmed", edifact(without_lines, kind="ORDERS:D:96A:UN"))
    assert desk.documents("alpenmed") == []
    assert desk.held_codes() == ["document-invalid"]
    assert answers(desk, "alpenmed")[0].startswith("UCI+900")
    [hold] = desk.held()
    desk.act(command="release", key=hold.id)
    assert desk.numbers("alpenmed") == ["PO-9"]


def test_what_no_rule_claims_is_listed_with_the_document(desk: Desk) -> None:
    desk.receive("harbor-medical", x12(["BAK*00*AD*45*20260115", "CUR*BY*USD*****007*20260115"]))
    [document] = desk.documents("harbor-medical")
    with desk.gateway.store.reading() as tx:
        findings = tx.documents.get(document["id"]).findings
    assert [(f.code.value, f.value) for f in findings if f.code.value == "unclaimed"]


def test_a_notice_that_lacks_what_a_level_said_waits_for_a_person(desk: Desk) -> None:
    desk.receive("harbor-medical", (CASES / "x12-856-level-unknown/input.edi").read_text("utf-8"))
    assert desk.documents("harbor-medical") == []
    assert desk.held_codes() == ["level-unknown"]
    [answer] = answers(desk, "harbor-medical")
    assert "AK4*3*735*7*X AK5*E*5" in answer
    [hold] = desk.held()
    assert hold.what == "document"
    desk.act(command="release", key=hold.id)
    assert desk.numbers() == ["SH-88123"]
    with desk.gateway.store.reading() as tx:
        findings = tx.documents.get(hold.target).findings
    [told] = [sentence(one) for one in findings if one.code is Code.LEVEL_UNKNOWN]
    assert "is left out of the document, which goes on only if a person releases it." in told
