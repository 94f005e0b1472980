"""Partners' acknowledgments settle what they name, to the set; silence is told to a person."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from http.server import HTTPServer
from pathlib import Path
from typing import Any

import pytest
from engine_wire import answer_997
from engine_wire import answer_contrl
from engine_wire import confirmation
from engine_wire import edifact
from engine_wire import order
from engine_wire import order_response
from engine_wire import x12
from homes import Desk
from homes import Run

from gateway.store.sets import Sets

OURS = "4012345000009:14+4098765000003:14"


def placed(finding: dict[str, Any]) -> str:
    """A partner's fault as `BEG02 in segment 2`."""
    element = f"{finding['element']:02d}" if finding["element"] else ""
    return f"{finding['tag'] or ''}{element} in segment {finding['segment']}"


def test_a_997_accepts_the_order(desk: Desk) -> None:
    sent = desk.send("harbor-medical", order("1"))
    desk.receive(
        "harbor-medical", answer_997(sent["group"], "AK2*850*0001", "AK5*A", "AK9*A*1*1*1")
    )
    assert desk.receipt("harbor-medical")["state"] == "accepted"
    assert desk.held() == []


def test_the_receipt_of_a_repeat_tells_every_state_too(desk: Desk) -> None:
    sent = desk.send("harbor-medical", order("1"))
    assert desk.send("harbor-medical", order("1"), "again.json")["state"] == "sent"
    desk.receive(
        "harbor-medical", answer_997(sent["group"], "AK2*850*0001", "AK5*A", "AK9*A*1*1*1")
    )
    again = desk.receipt("harbor-medical", "again.json")
    assert (again["state"], again["file"], again["repeated"]) == ("accepted", "again.json", True)
    assert "repeated" not in desk.receipt("harbor-medical")


def test_a_group_of_ours_is_read_once_however_many_of_its_sets_are_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of two groups is answered by one group of two 997s."""
    first, second = (x12(confirmation(f"SO-{n}"), control=700 + n) for n in (0, 1))
    group = second[second.index("GS*") : second.index("IEA*")]
    desk.receive("harbor-medical", first.replace("IEA*1*", f"{group}IEA*2*"))
    [answer] = desk.sent("harbor-medical")
    assert answer.count("ST*997*") == 2
    number = answer[answer.index("GS*FA*") :].split("*")[6]
    read: list[str] = []
    of_group = Sets.of_group

    def noted(sets: Sets, partner: str, group: str, **code: Any) -> Any:
        read.append(group)
        return of_group(sets, partner, group, **code)

    monkeypatch.setattr(Sets, "of_group", noted)
    named = ("AK2*997*1", "AK5*A", "AK2*997*0002", "AK5*R*5")
    told = [f"AK1*FA*{number}", *named, "AK9*P*2*2*1"]
    desk.receive("harbor-medical", x12(told, kind="997", control=702))
    assert desk.held() == []
    assert read == [number]
    with desk.gateway.store.reading() as tx:
        [ours] = [one for one in tx.interchanges.listed() if one.direction == "out"]
        verdicts = [one.verdict for one in tx.sets.of_interchange(ours.id)]
    assert verdicts[1] == "rejected"
    assert verdicts[0] != "rejected"


def test_a_997_is_never_acknowledged(desk: Desk) -> None:
    sent = desk.send("harbor-medical", order("1"))
    desk.receive(
        "harbor-medical", answer_997(sent["group"], "AK2*850*0001", "AK5*A", "AK9*A*1*1*1")
    )
    assert len(desk.sent("harbor-medical")) == 1


@pytest.mark.parametrize(
    "status, state", [("E", "accepted_with_errors"), ("R", "rejected"), ("M", "rejected")]
)
def test_a_997_tells_what_is_wrong_and_where(desk: Desk, status: str, state: str) -> None:
    sent = desk.send("harbor-medical", order("1"))
    notes = ("AK2*850*0001", "AK3*BEG*2**8", "AK4*2*92*7*SA", f"AK5*{status}*5", "AK9*P*1*1*0")
    desk.receive("harbor-medical", answer_997(sent["group"], *notes))
    receipt = desk.receipt("harbor-medical")
    assert receipt["state"] == state
    assert "BEG02 in segment 2" in {placed(finding) for finding in receipt["findings"]}
    assert {finding["code"] for finding in receipt["findings"]} == {"partner-rejected"}


def test_a_997_without_sets_speaks_for_the_whole_group(desk: Desk) -> None:
    sent = desk.send("harbor-medical", order("1"))
    desk.receive("harbor-medical", answer_997(sent["group"], "AK9*R*1*1*0*5"))
    assert desk.receipt("harbor-medical")["state"] == "rejected"


def test_leading_zeros_of_the_group_and_set_do_not_matter(desk: Desk) -> None:
    desk.send("harbor-medical", order("1"))
    desk.receive(
        "harbor-medical", answer_997("000000001", "AK2*850*000000001", "AK5*A", "AK9*A*1*1*1")
    )
    assert desk.receipt("harbor-medical")["state"] == "accepted"


def test_only_the_order_that_is_named_is_settled(desk: Desk) -> None:
    desk.send("harbor-medical", order("1"), "1.json")
    second = desk.send("harbor-medical", order("2"), "2.json")
    desk.receive("harbor-medical", answer_997(second["group"], "AK9*A*1*1*1"))
    assert desk.receipt("harbor-medical", "1.json")["state"] == "sent"
    assert desk.receipt("harbor-medical", "2.json")["state"] == "accepted"


def test_a_ta1_rejects_the_interchange(desk: Desk) -> None:
    sent = desk.send("harbor-medical", order("1"))
    wire = x12(confirmation("SO-1"))
    header, trailer = wire.splitlines()[0], "IEA*0*000000700~"
    note = f"TA1*{sent['interchange']}*260115*1000*R*006~"
    desk.receive("harbor-medical", f"{header}\n{note}\n{trailer}\n")
    receipt = desk.receipt("harbor-medical")
    assert receipt["state"] == "rejected"
    assert [finding["code"] for finding in receipt["findings"]] == ["partner-rejected"]


def test_a_ta1_that_accepts_settles_nothing_yet(desk: Desk) -> None:
    sent = desk.send("harbor-medical", order("1"))
    header, trailer = x12(confirmation("SO-1")).splitlines()[0], "IEA*0*000000700~"
    note = f"TA1*{sent['interchange']}*260115*1000*A*000~"
    desk.receive("harbor-medical", f"{header}\n{note}\n{trailer}\n")
    assert desk.receipt("harbor-medical")["state"] == "sent"
    assert desk.held() == []


@pytest.mark.parametrize(
    "answer, state",
    [
        ((f"UCI+1+{OURS}+7", "UCM+1+ORDERS:D:96A:UN:EAN008+7"), "accepted"),
        ((f"UCI+1+{OURS}+7",), "accepted"),
        ((f"UCI+1+{OURS}+8",), "sent"),
        (
            (f"UCI+1+{OURS}+7", "UCM+1+ORDERS:D:96A:UN:EAN008+7", "UCS+3", "UCD+12+2"),
            "accepted_with_errors",
        ),
        ((f"UCI+1+{OURS}+7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+3", "UCD+12+2"), "rejected"),
        ((f"UCI+1+{OURS}+4+28",), "rejected"),
    ],
)
def test_a_contrl_settles_the_order(desk: Desk, answer: tuple[str, ...], state: str) -> None:
    desk.send("alpenmed", order("1"))
    desk.receive("alpenmed", answer_contrl(*answer))
    assert desk.receipt("alpenmed")["state"] == state
    assert desk.held() == []


def test_a_contrl_names_the_segment_in_the_receipt(desk: Desk) -> None:
    desk.send("alpenmed", order("1"))
    message = "UCM+1+ORDERS:D:96A:UN:EAN008+4"
    desk.receive("alpenmed", answer_contrl(f"UCI+1+{OURS}+7", message, "UCS+3", "UCD+12+2"))
    [finding] = desk.receipt("alpenmed")["findings"]
    assert finding["segment"] == 3
    assert finding["element"] == 1


@pytest.mark.parametrize("partner", ["harbor-medical", "alpenmed"])
def test_an_answer_to_what_we_never_sent_is_held(desk: Desk, partner: str) -> None:
    desk.send(partner, order("1"))
    stray = {
        "harbor-medical": answer_997("4711", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"),
        "alpenmed": answer_contrl(f"UCI+4711+{OURS}+7"),
    }
    desk.receive(partner, stray[partner])
    assert desk.held_codes() == ["acknowledgment-unmatched"]
    assert desk.receipt(partner)["state"] == "sent"
    [hold] = desk.held()
    assert "error" not in desk.act(command="release", key=hold.id)
    assert desk.held() == []


def test_a_broken_acknowledgment_is_held_for_nobody_acknowledges_it(desk: Desk) -> None:
    sent = desk.send("harbor-medical", order("1"))
    desk.receive("harbor-medical", answer_997(sent["group"], "AK2*850*0001", "AK9*A*1*1*1"))
    assert desk.receipt("harbor-medical")["state"] == "sent"
    assert "segment-missing" in desk.held_codes()


def test_a_test_answer_settles_no_live_order(desk: Desk) -> None:
    sent = desk.send("harbor-medical", order("1"))
    notes = ("AK2*850*0001", "AK5*A", "AK9*A*1*1*1")
    desk.receive("harbor-medical", answer_997(sent["group"], *notes, usage="T"))
    assert desk.receipt("harbor-medical")["state"] == "sent"
    assert desk.held_codes() == ["acknowledgment-unmatched"]


def test_a_corrected_answer_replaces_the_first(desk: Desk) -> None:
    sent = desk.send("harbor-medical", order("1"))
    for control, status in ((801, "R"), (802, "A")):
        notes = ("AK2*850*0001", f"AK5*{status}", f"AK9*{status}*1*1*1")
        desk.receive("harbor-medical", answer_997(sent["group"], *notes, control=control))
    assert desk.receipt("harbor-medical")["state"] == "accepted"


def test_silence_past_the_deadline_makes_the_order_overdue(desk: Desk) -> None:
    desk.send("harbor-medical", order("1"))
    desk.later = timedelta(hours=3, minutes=59)
    desk.work()
    assert desk.receipt("harbor-medical")["state"] == "sent"
    desk.later = timedelta(hours=4, minutes=1)
    desk.work()
    receipt = desk.receipt("harbor-medical")
    assert receipt["state"] == "overdue"
    assert [finding["code"] for finding in receipt["findings"]] == ["acknowledgment-overdue"]


def test_a_late_answer_still_settles(desk: Desk) -> None:
    sent = desk.send("harbor-medical", order("1"))
    desk.later = timedelta(days=2)
    desk.work()
    desk.receive("harbor-medical", answer_997(sent["group"], "AK9*A*1*1*1"))
    receipt = desk.receipt("harbor-medical")
    assert receipt["state"] == "accepted"
    assert receipt["findings"] == []


def test_an_overdue_order_sent_again_is_awaited_anew(desk: Desk) -> None:
    sent = desk.send("alpenmed", order("1"))
    desk.later = timedelta(days=2)
    desk.work()
    assert desk.receipt("alpenmed")["state"] == "overdue"
    desk.act(command="resend", key=sent["document"])
    again = desk.receipt("alpenmed")
    assert (again["state"], again["findings"]) == ("sent", [])
    assert again["acknowledgment_due"] > sent["acknowledgment_due"]
    desk.later = timedelta(days=4)
    desk.work()
    assert desk.receipt("alpenmed")["state"] == "overdue"


def test_an_accepted_order_sent_again_stays_accepted(desk: Desk) -> None:
    sent = desk.send("alpenmed", order("1"))
    desk.receive("alpenmed", answer_contrl(f"UCI+{sent['interchange']}+{OURS}+7"))
    desk.act(command="resend", key=sent["document"])
    assert desk.receipt("alpenmed")["state"] == "accepted"


def test_what_the_partner_confirms_by_telephone_is_settled_and_noted(
    desk: Desk, gateway: Run
) -> None:
    sent = desk.send("harbor-medical", order("1"))
    desk.later = timedelta(days=2)
    desk.work()
    for _ in range(2):
        settled = desk.act(command="settle", key=sent["document"], note="by telephone")
        assert settled == {"document": sent["document"]}
    receipt = desk.receipt("harbor-medical")
    [finding] = receipt["findings"]
    assert (receipt["state"], finding["code"]) == ("accepted", "settled-by-person")
    said = 'This was settled by sam without the partner\'s acknowledgment: "by telephone".'
    assert finding["message"].startswith(said)
    assert desk.events().count("document-settled") == 1
    assert len(desk.sent("harbor-medical")) == 1
    told = gateway("--home", desk.home, "trace", "1").stdout
    assert "note by telephone, number 1, type purchase_order, who sam" in told


def test_a_settlement_needs_a_note_and_keeps_its_first(desk: Desk) -> None:
    sent = desk.send("harbor-medical", order("1"))
    empty = desk.act(command="settle", key=sent["document"], note=" ")
    assert empty["error"] == "the note is empty: say why, for the record and the receipt"
    assert desk.receipt("harbor-medical")["state"] == "sent"
    desk.act(command="settle", key=sent["document"], note="by telephone")
    another = desk.act(command="settle", key=sent["document"], note="by letter")
    assert another["error"].startswith("it was settled by sam before, with another note")


@pytest.mark.parametrize(
    "answer, state, said, told",
    [
        ("A", "accepted", set(), "has answered"),
        ("R*5", "rejected", {"partner-rejected"}, "refused it"),
    ],
)
def test_an_acknowledgment_after_the_telephone_still_counts(
    desk: Desk, answer: str, state: str, said: set[str], told: str
) -> None:
    sent = desk.send("harbor-medical", order("1"))
    desk.act(command="settle", key=sent["document"], note="by telephone")
    notes = ("AK2*850*0001", f"AK5*{answer}", f"AK9*{answer[0]}*1*1*1")
    desk.receive("harbor-medical", answer_997(sent["group"], *notes))
    receipt = desk.receipt("harbor-medical")
    assert (receipt["state"], {one["code"] for one in receipt["findings"]}) == (state, said)
    later = desk.act(command="settle", key=sent["document"], note="by telephone")
    assert later["error"].startswith(f"it is {state}: the partner {told}")


def test_what_a_wrong_clock_sent_is_overdue_when_the_clock_is_right(desk: Desk) -> None:
    desk.send("alpenmed", order("1"))
    desk.later = timedelta(days=365)
    sent = desk.send("harbor-medical", order("2"))
    desk.later = timedelta()
    desk.work()
    receipt = desk.receipt("harbor-medical")
    assert (sent["state"], receipt["state"]) == ("sent", "overdue")
    [finding] = receipt["findings"]
    assert "was due" not in finding["message"]
    desk.receive("harbor-medical", answer_997(sent["group"], "AK9*A*1*1*1"))
    assert desk.receipt("harbor-medical")["state"] == "accepted"


def test_a_shorter_deadline_makes_nothing_overdue_that_was_promised_more(desk: Desk) -> None:
    desk.send("alpenmed", order("1"))
    desk.change("partners/alpenmed/partner.yaml", "1 day", "1 hour")
    desk.later = timedelta(minutes=1)
    desk.work()
    assert desk.receipt("alpenmed")["state"] == "sent"


def test_a_deadline_of_nothing_is_overdue_at_once(desk: Desk) -> None:
    desk.change("partners/alpenmed/partner.yaml", "1 day", "0 s")
    assert desk.send("alpenmed", order("1"))["state"] == "overdue"


def test_a_refused_acknowledgment_of_ours_is_told(desk: Desk) -> None:
    desk.receive("alpenmed", edifact(order_response("AB-1")))
    desk.receive("alpenmed", answer_contrl(f"UCI+1+{OURS}+4+28"))
    assert "acknowledgment-rejected" in desk.events()
    assert desk.held() == []


@pytest.fixture
def told(tmp_path: Path, desk: Desk) -> Path:
    """A file to which the operator's own program writes what it is told, a line each."""
    script, told = tmp_path / "tell.py", tmp_path / "told"
    script.write_text(f"import sys\nopen({str(told)!r}, 'a').write(sys.stdin.read())\n")
    settings = desk.home / "gateway.yaml"
    line = f"alert:\n  command: [{sys.executable}, {script}]\n"
    settings.write_text(settings.read_text() + line)
    desk.act(command="reload")
    return told


def messages(told: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told.read_text().splitlines()]


def test_the_operators_command_is_told_once_of_what_is_overdue(desk: Desk, told: Path) -> None:
    desk.change("partners/alpenmed/partner.yaml", "1 day", "0 s")
    receipt = desk.send("alpenmed", order("4500000001"))
    desk.work()
    [message] = messages(told)
    assert message["kind"] == "overdue"
    assert (message["partner"], message["name"]) == ("alpenmed", "4500000001")
    assert message["subject"] == receipt["document"]
    desk.act(command="resend", key=receipt["document"])
    assert [one["kind"] for one in messages(told)] == ["overdue", "overdue"]


def test_the_operators_command_is_told_of_what_is_held_and_refused(desk: Desk, told: Path) -> None:
    desk.receive("alpenmed", "no interchange")
    desk.send("alpenmed", b"no order")
    assert [message["kind"] for message in messages(told)] == ["held", "refused"]


def test_a_command_that_fails_is_tried_again_later(desk: Desk, told: Path) -> None:
    script = told.with_name("tell.py")
    good = script.read_text()
    script.write_text("raise SystemExit(1)")
    desk.receive("alpenmed", "no interchange")
    script.write_text(good)
    desk.work()
    assert not told.exists()
    desk.later = timedelta(minutes=2)
    desk.work()
    assert [message["kind"] for message in messages(told)] == ["held"]


class Webhook(BaseHTTPRequestHandler):
    """Keeps what is posted, and answers as it is to."""

    posted: list[dict[str, Any]] = []
    status = 204

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.posted.append(json.loads(self.rfile.read(length)))
        self.send_response(Webhook.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def webhook() -> Iterator[str]:
    Webhook.posted.clear()
    Webhook.status = 204
    server = HTTPServer(("127.0.0.1", 0), Webhook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/desk"
    server.shutdown()
    server.server_close()


def test_a_webhook_is_told(desk: Desk, webhook: str) -> None:
    settings = desk.home / "gateway.yaml"
    settings.write_text(settings.read_text() + f"alert:\n  webhook: {webhook}\n")
    desk.act(command="reload")
    desk.receive("alpenmed", "no interchange", "letter.txt")
    [message] = Webhook.posted
    assert (message["kind"], message["name"]) == ("held", "letter.txt")
    assert message["findings"] == ["not-edi"]


def test_of_command_and_webhook_each_is_told_once(desk: Desk, told: Path, webhook: str) -> None:
    settings = desk.home / "gateway.yaml"
    settings.write_text(settings.read_text() + f"  webhook: {webhook}\n")
    script = told.with_name("tell.py")
    good, bad = script.read_text(), "raise SystemExit(1)"
    for number, failing in enumerate(["webhook", "command"], start=1):
        Webhook.status = 503 if failing == "webhook" else 204
        script.write_text(bad if failing == "command" else good)
        desk.act(command="reload")
        before = len(Webhook.posted)
        desk.receive("alpenmed", "no interchange", f"{number}.txt")
        for minutes in (2, 10):
            desk.later += timedelta(minutes=minutes)
            desk.work()
        assert len(Webhook.posted) - before == (3 if failing == "webhook" else 1)
        Webhook.status = 204
        script.write_text(good)
        desk.later += timedelta(hours=1)
        desk.work()
        desk.work()
        assert [message["name"] for message in messages(told)] == ["1.txt", "2.txt"][:number]
        posted = [message["name"] for message in Webhook.posted]
        assert posted == ["1.txt"] * 4 + ["2.txt"] * (number - 1)


def test_an_alert_made_while_the_clock_was_ahead_is_made_when_it_is_right(
    desk: Desk, told: Path
) -> None:
    script = told.with_name("tell.py")
    good = script.read_text()
    script.write_text("raise SystemExit(1)")
    desk.later = timedelta(days=365)
    desk.receive("alpenmed", "no interchange")
    script.write_text(good)
    desk.later = timedelta()
    desk.work()
    assert [message["kind"] for message in messages(told)] == ["held"]


def test_a_997_with_stripped_zeros_still_settles(desk: Desk) -> None:
    sent = desk.send("harbor-medical", order("1"))
    desk.receive("harbor-medical", answer_997(sent["group"], "AK2*850*1", "AK5*A", "AK9*A*1*1*1"))
    assert desk.receipt("harbor-medical")["state"] == "accepted"
    assert desk.held() == []


def test_what_has_not_gone_out_is_not_settled(desk: Desk) -> None:
    folder = desk.home / "outbox/harbor-medical/edi"
    folder.rmdir()
    folder.write_text("in the way")
    key = desk.send("harbor-medical", order("1"))["document"]
    told = desk.act(command="settle", key=key, note="by telephone")["error"]
    assert told.startswith("it is queued: it has not gone out yet, see `gateway status`")
