"""What the ERP drops: sent once in the partner's dialect, or refused with every reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from engine_wire import order
from homes import Desk
from homes import sample

from gateway.engine.publishing import publish_pending
from gateway.mapping.reading import read
from gateway.mapping.record import Origin
from gateway.mapping.record import Reading

REFUSED = {
    "nothing": (b"", "empty-file"),
    "blanks": (b" \n\t", "empty-file"),
    "prose": (b"please send gauze", "json-invalid"),
    "cut off": (b'{"type": "purchase_order", "data": {', "json-invalid"),
    "not UTF-8": ('{"type": "é"}'.encode("latin-1"), "json-invalid"),
    "UTF-16": ('{"type": "purchase_order"}'.encode("utf-16"), "json-invalid"),
    "nested without end": (b"[" * 3000, "json-invalid"),
    "no number of JSON": (b'{"type": "purchase_order", "data": {"id": NaN}}', "json-invalid"),
    "half a character": (b'{"type": "\\ud800"}', "json-invalid"),
    "null": (b"null", "document-invalid"),
    "a text": (b'"order"', "document-invalid"),
    "an empty array": (b"[]", "document-invalid"),
    "two documents": ([order("1"), order("2")], "document-invalid"),
    "no type": ({"data": {}}, "document-invalid"),
    "a type nobody knows": ({"type": "chair", "data": {}}, "document-invalid"),
    "no data": ({"type": "purchase_order"}, "document-invalid"),
    "a name twice": (
        json.dumps(order("1")).replace('"id"', '"id": "2", "id"', 1).encode(),
        "document-invalid",
    ),
    "a quantity twice": (
        json.dumps(order("1")).replace('"value"', '"value": "9", "value"', 1).encode(),
        "document-invalid",
    ),
    "a deep value under a name that is there again": (
        b'{"data": ' + 1000 * b"[" + 1000 * b"]" + b", " + json.dumps(order("1")).encode()[1:],
        "document-invalid",
    ),
    "a line nested deeper than anything we say": (
        json.dumps(order("1", lines=["?"])).replace('"?"', 300 * "[" + 300 * "]").encode(),
        "document-invalid",
    ),
    "a partner nested deep": (
        json.dumps({**order("1"), "partner": "?"}).replace('"?"', 990 * "[" + 990 * "]").encode(),
        "document-invalid",
    ),
    "a key nobody knows": ({**order("1"), "colour": "red"}, "document-invalid"),
    "another schema": ({**order("1"), "schema": "purchase_order/9"}, "document-invalid"),
    "an id that is a number": ({**order("1"), "id": 7}, "document-invalid"),
    "test that is a number": ({**order("1"), "test": 1}, "document-invalid"),
    "test that is neither": ({**order("1"), "test": "yes"}, "document-invalid"),
    "another partner's": ({**order("1"), "partner": "alpenmed"}, "document-invalid"),
    "a line of the wrong shape": (order("1", lines=[{"id": 1}]), "document-invalid"),
    "a number too long for the set": (order("X" * 30), "element-too-long"),
    "a delimiter in a value": (order("A~B"), "value-unwritable"),
}


def test_an_order_goes_out_and_its_receipt_says_so(desk: Desk) -> None:
    receipt = desk.send("harbor-medical", order("4500000001"))
    [sent] = desk.sent("harbor-medical")
    assert "BEG*00*SA*4500000001**20260115~" in sent
    assert receipt["state"] == "sent"
    assert (receipt["interchange"], receipt["group"], receipt["set"]) == ("000000001", "1", "0001")
    assert receipt["acknowledgment_due"] > receipt["at"]


def test_a_file_in_another_encoding_is_told_where(desk: Desk) -> None:
    text = json.dumps(order("1"))[:-1] + ', "id": "ö"}'
    byte = text.index("ö")
    for encoded, offset in ((text.encode("latin-1"), byte), (text.encode("utf-16"), 0)):
        [finding] = desk.send("harbor-medical", encoded)["findings"]
        assert finding["offset"] == offset
        assert (
            f"At byte {offset} the file is not valid JSON (this is not UTF-8)."
            in (finding["message"])
        )


def fails(error: Exception) -> None:
    """Nothing of the world may fail here."""
    raise error


def test_the_receipt_tells_every_state(desk: Desk) -> None:
    seen = []
    desk.drop("outbox/alpenmed/documents", "order.json", json.dumps(order("1")))
    desk.worker._taker.take(fails)
    desk.worker._translate_waiting()
    with desk.gateway.store.reading() as tx:
        [document] = tx.documents.listed()
        [queued] = [one for one in tx.publications.pending() if one.kind == "receipt"]
        seen += [document.state, json.loads(tx.payloads.get(queued.payload))["state"]]
    publish_pending(desk.gateway, fails)
    desk.work()
    seen.append(desk.receipt("alpenmed")["state"])
    assert seen == ["queued", "queued", "sent"]


def test_an_order_for_the_other_dialect(desk: Desk) -> None:
    receipt = desk.send("alpenmed", order("4500000001"))
    [sent] = desk.sent("alpenmed")
    assert "UNH+1+ORDERS:D:96A:UN:EAN008'" in sent
    assert "+4500000001+9'" in sent
    assert (receipt["interchange"], receipt["group"], receipt["set"]) == ("1", None, "1")


@pytest.mark.parametrize("partner", ["harbor-medical", "alpenmed"])
def test_control_numbers_follow_each_other_also_past_a_refusal(desk: Desk, partner: str) -> None:
    receipts = [
        desk.send(partner, order("1"), "1.json"),
        desk.send(partner, order("X" * 99), "2.json"),
        desk.send(partner, order("3"), "3.json"),
    ]
    assert [one["state"] for one in receipts] == ["sent", "refused", "sent"]
    assert [int(one["interchange"]) for one in receipts if "interchange" in one] == [1, 2]


@pytest.mark.parametrize("why", REFUSED)
def test_a_refused_document_is_told_why_and_nothing_is_sent(desk: Desk, why: str) -> None:
    content, code = REFUSED[why]
    receipt = desk.send("harbor-medical", content)
    assert receipt["state"] == "refused"
    assert code in {finding["code"] for finding in receipt["findings"]}
    assert all(finding["message"].endswith(".") for finding in receipt["findings"])
    assert desk.sent("harbor-medical") == []
    assert desk.files("outbox/harbor-medical/documents") == []


def test_every_fault_of_the_shape_is_told_at_once(desk: Desk) -> None:
    receipt = desk.send("alpenmed", order("1", currency="dollars", issue_date="15 January"))
    told = " ".join(finding["message"] for finding in receipt["findings"])
    assert "currency" in told
    assert "issue_date" in told


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ({"id": "1" * 21}, "lines[0].id"),
        ({"price": {"type": "contract"}}, "lines[0].price.amount"),
    ],
    ids=["too long", "missing"],
)
def test_a_fault_of_the_set_names_the_field_of_the_document(
    desk: Desk, field: dict[str, object], path: str
) -> None:
    line = {"quantity": {"value": "1", "unit": "EA"}, **field}
    receipt = desk.send("harbor-medical", order("1", lines=[line]))
    assert receipt["state"] == "refused"
    [finding] = receipt["findings"]
    assert finding["path"] == path
    assert finding["message"].endswith(f"In the document this is {path}.")


class _Once(list[Origin]):
    """Where a document's values stand; looked through once, however many faults there are."""

    looks = 0

    def __iter__(self) -> Iterator[Origin]:
        self.looks += 1
        assert self.looks == 1
        return super().__iter__()


def test_the_fields_of_many_faults_are_found_in_one_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def traced(*of: Any, **words: Any) -> Reading:
        reading = read(*of, **words)
        return replace(reading, origins=_Once(reading.origins))

    monkeypatch.setattr("gateway.mapping.origins.read", traced)
    [line] = order("1")["data"]["lines"]
    lines = [line | {"id": "1" * 21} for _ in range(50)]
    receipt = desk.send("harbor-medical", order("1", lines=lines))
    paths = [f"lines[{n}].id" for n in range(50)]
    assert [finding["path"] for finding in receipt["findings"]] == paths


def test_the_bytes_of_a_refused_document_are_kept(desk: Desk) -> None:
    desk.send("alpenmed", b"please send gauze")
    with desk.gateway.store.reading() as tx:
        [transmission] = tx.transmissions.listed()
        assert transmission.state == "rejected"
        assert tx.payloads.get(transmission.payload) == b"please send gauze"


def test_the_same_order_again_is_answered_the_same_and_not_sent(desk: Desk) -> None:
    first = desk.send("alpenmed", order("1"), "first.json")
    again = desk.send("alpenmed", order("1"), "again.json")
    assert len(desk.sent("alpenmed")) == 1
    assert again["repeated"] is True
    assert again["document"] == first["document"]
    assert again["interchange"] == first["interchange"]


def test_the_same_number_with_other_content_is_refused(desk: Desk) -> None:
    desk.send("alpenmed", order("1"), "first.json")
    other = desk.send("alpenmed", order("1", currency="EUR"), "other.json")
    assert other["state"] == "refused"
    assert [finding["code"] for finding in other["findings"]] == ["document-conflict"]
    assert len(desk.sent("alpenmed")) == 1


def test_a_change_of_the_same_order_is_an_event_of_its_own(desk: Desk) -> None:
    desk.send("alpenmed", order("1"), "first.json")
    assert desk.send("alpenmed", order("1", purpose="duplicate"), "2.json")["state"] == "sent"
    assert len(desk.sent("alpenmed")) == 2


def test_an_event_id_decides_what_is_the_same(desk: Desk) -> None:
    desk.send("alpenmed", {**order("1"), "id": "event-1"}, "1.json")
    desk.send("alpenmed", {**order("1"), "id": "event-2"}, "2.json")
    again = desk.send("alpenmed", {**order("1"), "id": "event-2"}, "3.json")
    assert len(desk.sent("alpenmed")) == 2
    assert again["repeated"] is True


def test_an_order_without_an_event_id_is_what_it_says(desk: Desk) -> None:
    first = desk.send("alpenmed", {**order("1"), "id": "event-1"}, "1.json")
    again = desk.send("alpenmed", order("1"), "2.json")
    assert (again["repeated"], again["document"]) == (True, first["document"])
    assert desk.send("alpenmed", order("1", purpose="duplicate"), "3.json")["state"] == "sent"
    assert len(desk.sent("alpenmed")) == 2


def test_a_notice_is_found_by_each_of_its_orders(desk: Desk) -> None:
    lines = [
        {
            "id": str(n),
            "order_reference": {"id": f"800{n}"},
            "item": {"ids": [{"scheme": "seller_item", "value": "HM-40300"}]},
            "quantity": {"value": "1", "unit": "EA"},
        }
        for n in (1, 2)
    ]
    data = {"id": "SN1", "purpose": "original", "issue_date": "2026-01-15", "issue_time": "09:30"}
    notice = {"type": "ship_notice", "data": {**data, "lines": lines}}
    assert desk.send("harbor-medical", notice)["state"] == "sent"
    with desk.gateway.store.reading() as tx:
        for order_number in ("8001", "8002"):
            [found] = tx.trace(order_number).documents
            assert found.number == "SN1"


def test_the_same_order_goes_to_two_partners(desk: Desk) -> None:
    assert desk.send("alpenmed", order("1"))["state"] == "sent"
    assert desk.send("harbor-medical", order("1"))["state"] == "sent"


def test_an_array_of_one_is_that_one(desk: Desk) -> None:
    assert desk.send("alpenmed", [order("1")])["state"] == "sent"


def test_a_byte_order_mark_does_no_harm(desk: Desk) -> None:
    content = b"\xef\xbb\xbf" + json.dumps(order("1")).encode()
    assert desk.send("alpenmed", content)["state"] == "sent"


def test_a_test_document_is_marked_so_on_the_wire(desk: Desk) -> None:
    desk.send("harbor-medical", {**order("1"), "test": True})
    desk.send("alpenmed", {**order("1"), "test": True})
    assert "*0*T*>~" in desk.sent("harbor-medical")[0]
    assert desk.sent("alpenmed")[0].split("'")[0].endswith("+1")


def test_a_test_order_does_not_stand_for_the_live_one(desk: Desk) -> None:
    desk.send("alpenmed", {**order("1"), "test": True}, "trial.json")
    assert desk.send("alpenmed", order("1"), "live.json").get("repeated") is None
    assert len(desk.sent("alpenmed")) == 2


def test_a_document_too_large_to_hold_is_refused(desk: Desk) -> None:
    desk.change("gateway.yaml", "largest_file: 1 GB", "largest_file: 1 KB")
    receipt = desk.send("alpenmed", order("1", notes=[{"text": "x" * 2000}]))
    assert [finding["code"] for finding in receipt["findings"]] == ["file-too-large"]


def test_a_later_file_of_the_same_name_keeps_its_receipt(desk: Desk) -> None:
    first = desk.send("alpenmed", order("1"))
    assert desk.send("alpenmed", b"not an order")["state"] == "refused"
    answer = sample("CONTRL.edi", interchange=first["interchange"], set=first["set"])
    desk.receive("alpenmed", answer)
    assert desk.receipt("alpenmed")["state"] == "refused"
    [own] = desk.files("outbox/alpenmed/receipts", f"*{first['document']}*")
    assert json.loads(own.read_text())["state"] == "accepted"


def test_sending_again_is_the_same_name_and_the_same_bytes(desk: Desk) -> None:
    receipt = desk.send("alpenmed", order("1"))
    [path] = desk.files("outbox/alpenmed/edi")
    content = path.read_bytes()
    path.unlink()
    assert desk.act(command="resend", key=receipt["document"])["names"] == [path.name]
    assert path.read_bytes() == content


def test_what_was_never_sent_cannot_be_sent_again(desk: Desk) -> None:
    assert "gateway trace" in desk.act(command="resend", key="4500000001")["error"]


@pytest.mark.parametrize(
    "data, number",
    [
        ({"id": "4500000001"}, "4500000001"),
        ({"id": "SO-1", "order_reference": {"id": " 4500000001 "}}, "4500000001"),
        ({"id": 4500000001}, "4500000001"),
        ({"id": "45\0"}, None),
        ({"id": "4" * 99}, None),
        ("4500000001", None),
    ],
)
def test_a_refused_drop_is_known_by_the_number_it_names(
    desk: Desk, data: object, number: str | None
) -> None:
    receipt = desk.send("alpenmed", {"type": "purchase_order", "data": data}, "wrong.json")
    assert receipt["state"] == "refused"
    with desk.gateway.store.reading() as tx:
        refused = [one for one in tx.journal.after(0) if one.event == "document-refused"]
        assert [one.order_number for one in refused] == [number]
        assert {one.name for one in tx.trace("4500000001").transmissions} <= {"wrong.json"}
        assert bool(tx.trace("4500000001")) is (number is not None)
