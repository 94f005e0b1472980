"""What came and went by AS2, as a person sees it: attachments, names, trace, status, settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from as2_pair import As2Desk
from as2_pair import make_pair
from as2_posts import MESSAGE_ID
from as2_posts import attached
from as2_posts import crafted
from as2_posts import disposition
from as2_posts import order_850
from as2_posts import own_key
from as2_posts import post
from engine_wire import order
from homes import Run
from test_as2_settings import days


@pytest.mark.parametrize("name", ["second.edi", "Bestellung März.edi", r"C:\out\second.edi"])
def test_row_o_each_attachment_is_a_file_of_its_own(tmp_path: Path, name: str) -> None:
    desk = As2Desk(make_pair(tmp_path)[1])
    desk.open()
    message = crafted(order_850(), more=(attached(order_850(701), name),))
    assert disposition(post(desk, message)) == "processed"
    desk.work()
    assert len(desk.documents("northfield")) == 2
    with desk.gateway.store.reading() as tx:
        names = {one.name for one in tx.trace("order.edi").transmissions}
        kept = name.rpartition("\\")[2]
        names |= {one.name for one in tx.trace(kept).transmissions}
    assert names == {"order.edi", kept}
    desk.close()


@pytest.mark.parametrize("name", ["../order.edi", "order.edi"])
def test_row_o_all_attachments_or_none(tmp_path: Path, name: str) -> None:
    desk = As2Desk(make_pair(tmp_path)[1])
    desk.open()
    message = crafted(order_850(), more=(attached(order_850(701), name),))
    assert disposition(post(desk, message)).endswith("filename")
    desk.work()
    assert desk.documents("northfield") == []
    desk.close()


def traced(gateway: Run, home: Path, key: str) -> dict:
    return json.loads(gateway("--home", home, "trace", key, "--json").stdout)


def test_trace_shows_the_message_its_receipt_and_its_mic(pair, gateway: Run) -> None:
    north, harbor = pair
    north.send("harbor-medical", order("4500000001"))
    sent = north.message()
    harbor.work()
    for desk, key in ((north, "4500000001"), (harbor, "4500000001"), (harbor, sent.message_id)):
        seen = traced(gateway, desk.home, key)["as2"][0]
        assert seen["message_id"] == sent.message_id
        assert seen["mics"][0] == sent.mics[0]
        assert seen["disposition"].endswith("processed")
    events = [one["event"] for one in traced(gateway, harbor.home, "4500000001")["journal"]]
    assert {"as2-received", "as2-accepted"} <= {*events}
    shown = gateway("--home", north.home, "trace", "4500000001").stdout
    assert sent.message_id in shown
    assert sent.mics[0] in shown
    taken = gateway("--home", harbor.home, "trace", "4500000001").stdout
    assert "layers encrypted and signed" in taken


def test_trace_says_why_a_message_was_refused(tmp_path: Path, gateway: Run) -> None:
    desk = As2Desk(make_pair(tmp_path)[1])
    desk.open()
    post(desk, crafted(order_850(), key=own_key("a stranger")))
    desk.close()
    seen = traced(gateway, desk.home, MESSAGE_ID)
    assert seen["as2"][0]["disposition"].endswith("authentication-failed")
    [refused] = [one for one in seen["journal"] if one["event"] == "as2-refused"]
    assert "none of the partner's" in refused["reason"]


def test_status_names_what_was_refused_until_it_came_right(tmp_path: Path, gateway: Run) -> None:
    desk = As2Desk(make_pair(tmp_path)[1])
    desk.open()
    post(desk, crafted(order_850(), key=own_key("a stranger")))
    line = f"refused   northfield: AS2 message {MESSAGE_ID} (authentication-failed)"
    shown = gateway("--home", desk.home, "status").stdout
    assert line in shown
    assert "Next: gateway trace MESSAGE-ID" in shown
    [one] = json.loads(gateway("--home", desk.home, "status", "--json").stdout)["turned_away"]
    assert (one["partner"], one["message_id"]) == ("northfield", MESSAGE_ID)
    post(desk, crafted(order_850()))
    assert "refused" not in gateway("--home", desk.home, "status").stdout
    desk.close()


def test_show_marks_what_is_weaker(tmp_path: Path, gateway: Run) -> None:
    home = make_pair(tmp_path, {"encrypt": "3des", "accept_unsigned": "yes"})[0]
    shown = gateway("--home", home, "partner", "show", "harbor-medical").stdout
    assert "WEAKER than today's standard: encrypt: 3des" in shown
    assert "WEAKER than today's standard: accept_unsigned: yes" in shown


def test_status_names_what_runs_out_and_where_to_look(tmp_path: Path, gateway: Run) -> None:
    home = make_pair(tmp_path)[0]
    days(home, 20)
    As2Desk(home).close()
    shown = gateway("--home", home, "status").stdout
    assert "expiring  certs/own.pem (sign, decrypt) runs out in 20 days" in shown
    assert "Next: gateway cert list" in shown
