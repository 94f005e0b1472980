"""The flows of the engine, each as the rows it leaves and the questions it asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from store_samples import BYTES
from store_samples import NOON
from store_samples import PARTNER
from store_samples import add
from store_samples import as2_message
from store_samples import document
from store_samples import interchange
from store_samples import minutes
from store_samples import plans
from store_samples import publication
from store_samples import rows_read
from store_samples import steps_taken
from store_samples import transaction_set
from store_samples import transmission
from store_samples import undone

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.store import Alert
from gateway.store import AlertState
from gateway.store import Direction
from gateway.store import DocumentState
from gateway.store import Entry
from gateway.store import Hold
from gateway.store import InterchangeState
from gateway.store import MoveRefusedError
from gateway.store import NotFoundError
from gateway.store import PublicationState
from gateway.store import RepeatedError
from gateway.store import Resolution
from gateway.store import Store
from gateway.store import StoreError
from gateway.store import Transaction
from gateway.store import TransmissionState
from gateway.store import Verdict
from gateway.store.payloads import hash_of

BAD = (Finding(Code.TRAILER_MISSING),)
HOURS = timedelta(hours=4)


# receive


def test_a_claimed_file_is_found_again(store):
    add(store, transmission(claim="T1-po-7.edi"))
    with store.reading() as tx:
        assert tx.transmissions.find_by_claim("T1-po-7.edi") == transmission(claim="T1-po-7.edi")
        assert tx.transmissions.find_by_claim("T2-po-7.edi") is None


def test_the_same_claim_twice_is_refused(store):
    add(store, transmission("T1", claim="c"))
    with pytest.raises(RepeatedError):
        add(store, transmission("T2", claim="c"))


def test_a_transmission_without_its_bytes_is_refused(store):
    with pytest.raises(StoreError, match=r"(?i)foreign key"), store.transaction() as tx:
        tx.transmissions.add(transmission())


def test_a_lane_gives_its_waiting_files_in_order_and_only_those(store):
    add(
        store,
        transmission("T3"),
        transmission("T1"),
        transmission("T2", partner="alpenmed"),
        transmission("T4", direction=Direction.OUT),
        transmission("T5", state=TransmissionState.HELD),
    )
    with store.reading() as tx:
        assert tx.transmissions.lanes() == [
            ("alpenmed", Direction.IN),
            (PARTNER, Direction.IN),
            (PARTNER, Direction.OUT),
        ]
        waiting = tx.transmissions.waiting(PARTNER, Direction.IN)
        assert [each.id for each in waiting] == ["T1", "T3"]
        assert len(tx.transmissions.waiting(PARTNER, Direction.IN, limit=1)) == 1


def test_a_refused_transmission_keeps_its_findings(store):
    add(store, transmission())
    with store.transaction() as tx:
        tx.transmissions.move("T1", TransmissionState.REJECTED, findings=BAD)
        tx.transmissions.mark_test("T1")
    with store.reading() as tx:
        found = tx.transmissions.get("T1")
        listed = tx.transmissions.listed(state=TransmissionState.REJECTED, partner=PARTNER)
    assert (found.state, found.findings, found.test) == (TransmissionState.REJECTED, BAD, True)
    assert listed == [found]


def test_a_move_that_no_table_allows_is_refused(store):
    add(store, transmission(state=TransmissionState.TRANSLATED))
    with store.transaction() as tx:
        with pytest.raises(MoveRefusedError, match="is translated and cannot become held"):
            tx.transmissions.move("T1", TransmissionState.HELD)
        with pytest.raises(NotFoundError):
            tx.transmissions.move("T2", TransmissionState.HELD)


# translate


def identity(**words):
    return {
        "partner": PARTNER,
        "direction": Direction.IN,
        "sender": "ZZ:HARBOR",
        "receiver": "ZZ:NORTHFIELD",
        "reference": "000000007",
        **words,
    }


def test_an_interchange_is_found_by_its_identity(store):
    add(store, transmission(), interchange(transmission="T1"))
    with store.reading() as tx:
        assert tx.interchanges.find_by_identity(**identity()).id == "I1"
        assert tx.interchanges.find_by_identity(**identity(reference="000000008")) is None
        assert tx.interchanges.find_by_identity(**identity(direction=Direction.OUT)) is None


def test_a_control_number_is_held_once(store):
    add(store, interchange("I1"))
    with pytest.raises(RepeatedError):
        add(store, interchange("I2"))


@pytest.mark.parametrize("state", [InterchangeState.DUPLICATE, InterchangeState.CONFLICT])
def test_latecomers_leave_the_number_to_the_first(store, state):
    add(store, interchange("I1"), interchange("I2", state=state), interchange("I3", state=state))
    with store.reading() as tx:
        assert tx.interchanges.find_by_identity(**identity()).id == "I1"


def test_a_released_conflict_is_accepted_beside_the_first(store):
    add(store, interchange("I1"), interchange("I2", state=InterchangeState.CONFLICT))
    with store.transaction() as tx:
        tx.interchanges.move("I2", InterchangeState.ACCEPTED)
        assert tx.interchanges.find_by_identity(**identity()).id == "I1"


def test_thousands_of_sets_stream_in(store):
    add(store, transmission(), interchange())
    with store.transaction() as tx:
        kept = tx.documents.add_all(
            document(f"D{n:05}", direction=Direction.IN, number=f"R-{n}", transmission="T1")
            for n in range(3000)
        )
        added = tx.sets.add_all(
            transaction_set(f"S{n:05}", set_index=n + 1, document=f"D{n:05}") for n in range(3000)
        )
    with store.reading() as tx:
        assert (kept, added) == (3000, 3000)
        assert [each.set_index for each in tx.sets.of_interchange("I1")] == list(range(1, 3001))
        assert tx.documents.of_interchange("I1")[2999].id == "D02999"


def test_the_same_event_is_found_and_not_kept_twice(store):
    add(store, document("D1", event_key="PO-4711/1"))
    with store.reading() as tx:
        found = tx.documents.find_by_event(PARTNER, Direction.OUT, "PO-4711/1")
        assert found.id == "D1"
    with pytest.raises(RepeatedError):
        add(store, document("D2", event_key="PO-4711/1"))


def test_a_test_event_does_not_stand_for_the_live_one(store):
    add(store, document("D1", event_key="e", test=True))
    with store.reading() as tx:
        assert tx.documents.find_by_event(PARTNER, Direction.OUT, "e") is None
        assert tx.documents.find_by_event(PARTNER, Direction.OUT, "e", test=True).id == "D1"
    add(store, document("D2", event_key="e"), document("D3"), document("D4"))


@settings(max_examples=15, deadline=None)
@given(drawn=st.integers(1, 30), limit=st.integers(1, 12))
def test_control_numbers_follow_each_other_and_fold_at_the_limit(tmp_path_factory, drawn, limit):
    path = tmp_path_factory.mktemp("numbers") / "gateway.db"
    with Store.open(path) as store, store.transaction() as tx:
        numbers = [
            tx.control_numbers.draw(PARTNER, "x12.interchange", at=NOON, limit=limit)
            for _ in range(drawn)
        ]
    assert numbers == [n % limit + 1 for n in range(drawn)]


def test_a_draw_is_journalled_and_undone_with_its_transaction(store):
    with undone(store) as tx:
        tx.control_numbers.draw(PARTNER, "x12.group", at=NOON)
    with store.transaction() as tx:
        number = tx.control_numbers.draw(PARTNER, "x12.group", at=NOON, interchange="I1")
        entries = tx.journal.latest()
    assert number == 1
    assert [entry.detail for entry in entries] == [{"kind": "x12.group", "number": 1}]
    assert entries[0].interchange == "I1"


def test_each_partner_and_kind_counts_for_itself(store):
    with store.transaction() as tx:
        drawn = [
            tx.control_numbers.draw(PARTNER, "x12.interchange", at=NOON),
            tx.control_numbers.draw(PARTNER, "x12.interchange", at=NOON),
            tx.control_numbers.draw(PARTNER, "x12.group", at=NOON),
            tx.control_numbers.draw("alpenmed", "x12.interchange", at=NOON),
        ]
        assert drawn == [1, 2, 1, 1]


# settle


def sent_group(store) -> None:
    """Two orders in our interchange 12, group 5; a later interchange of another group."""
    ours = {"direction": Direction.OUT, "state": InterchangeState.PUBLISHED}
    group = {"verdict": Verdict.PENDING, "group_code": "PO", "group_index": 1, "kind": "850"}
    add(
        store,
        document("D1", state=DocumentState.SENT),
        document("D2", number="PO-4712", state=DocumentState.SENT),
        interchange("I1", reference="000000012", **ours),
        interchange("I2", reference="000000013", **ours),
        transaction_set("S1", group_reference="5", document="D1", **group),
        transaction_set(
            "S2", group_reference="5", set_index=2, reference="0002", document="D2", **group
        ),
        transaction_set("S3", interchange="I2", group_reference="6", **group),
    )


def test_our_group_and_sets_are_found_by_what_the_acknowledgment_names(store):
    sent_group(store)
    with store.reading() as tx:
        assert tx.interchanges.find_sent(PARTNER, "000000012", dialect="x12").id == "I1"
        assert tx.interchanges.find_sent("alpenmed", "000000012", dialect="x12") is None
        assert [each.id for each in tx.sets.of_group(PARTNER, "5", group_code="PO")] == ["S1", "S2"]
        assert tx.sets.of_group(PARTNER, "5", group_code="IN") == []
        assert tx.sets.of_group("alpenmed", "5") == []


def test_a_verdict_settles_the_set_and_its_document(store):
    sent_group(store)
    with store.transaction() as tx:
        tx.sets.judge("S1", Verdict.REJECTED, findings=BAD)
        tx.documents.move("D1", DocumentState.REJECTED, at=minutes(9), findings=BAD)
        tx.interchanges.move("I1", InterchangeState.ACKNOWLEDGED)
    with store.reading() as tx:
        assert tx.sets.get("S1").verdict is Verdict.REJECTED
        assert tx.documents.get("D1").findings == BAD
        assert tx.documents.get("D1").updated_at == minutes(9)
        assert tx.sets.carrying("D1") == [tx.sets.get("S1")]
        assert tx.sets.get("S2").verdict is Verdict.PENDING


def test_an_acknowledgment_is_tied_to_what_it_answers(store):
    sent_group(store)
    add(store, interchange("I3", reference="000000099"))
    with store.transaction() as tx:
        tx.interchanges.settles("I3", "I1")
    with store.reading() as tx:
        assert [each.id for each in tx.interchanges.acknowledging("I1")] == ["I3"]


# publish


def test_a_publication_goes_pending_staged_published(store):
    add(store, document(), publication())
    with store.transaction() as tx:
        (due,) = tx.publications.pending()
        assert tx.publications.mark_staged([due]) == [due]
    with store.transaction() as tx:
        assert tx.publications.pending() == []
        (staged,) = tx.publications.staged()
        assert tx.publications.mark_published([staged], at=minutes(1)) == [staged]
    with store.reading() as tx:
        done = tx.publications.get("P1")
    assert (done.state, done.published_at) == (PublicationState.PUBLISHED, minutes(1))


def test_saying_published_twice_is_harmless(store):
    add(store, publication(state=PublicationState.STAGED))
    with store.transaction() as tx:
        (staged,) = tx.publications.staged()
        assert tx.publications.mark_published([staged], at=NOON) == [staged]
        assert tx.publications.mark_published([staged], at=minutes(5)) == []
        assert tx.publications.get("P1").published_at == NOON


def test_a_name_in_a_folder_is_owed_once(store):
    add(store, publication("P1"))
    with pytest.raises(RepeatedError):
        add(store, publication("P2"))


def test_a_receipt_is_rewritten_as_its_next_revision(store):
    receipt = {"kind": "receipt", "folder": "outbox/receipts", "name": "po.json.receipt.json"}
    with store.transaction() as tx:
        first = tx.payloads.add(b'{"state":"received"}')
        second = tx.payloads.add(b'{"state":"sent"}')
        tx.publications.put(publication("P1", payload=first, **receipt))
        (old,) = tx.publications.pending()
        now = tx.publications.put(publication("P2", payload=second, **receipt))
        assert (now.id, now.revision, now.payload) == ("P1", 2, second)
        assert tx.publications.mark_staged([old, now]) == [now]


def test_a_resend_publishes_the_same_bytes_again(store):
    add(store, publication(state=PublicationState.PUBLISHED, published_at=NOON))
    with store.transaction() as tx:
        again = tx.publications.requeue("P1")
        assert (again.state, again.revision) == (PublicationState.PENDING, 2)
        assert again.payload == hash_of(BYTES)
        assert [each.id for each in tx.publications.of_owner("D1")] == ["P1"]


# late, held, told


def test_what_was_not_acknowledged_in_time_is_overdue(store):
    due = {"state": DocumentState.SENT}
    add(
        store,
        document("D1", ack_due_at=minutes(10), **due),
        document("D2", ack_due_at=minutes(5), **due),
        document("D3", ack_due_at=minutes(60), **due),
        document("D4", ack_due_at=minutes(5), state=DocumentState.ACCEPTED),
        document("D5", **due),
    )
    with store.reading() as tx:
        assert [each.id for each in tx.documents.overdue(minutes(10), HOURS)] == ["D2", "D1"]


def test_a_late_acknowledgment_still_settles(store):
    add(store, document(state=DocumentState.SENT))
    with store.transaction() as tx:
        tx.documents.move("D1", DocumentState.OVERDUE, at=minutes(10))
        tx.documents.move("D1", DocumentState.ACCEPTED, at=minutes(20))


def hold(hold_id: str = "H1", target: str = "T1") -> Hold:
    return Hold(
        id=hold_id, what="transmission", target=target, partner=PARTNER, findings=BAD, held_at=NOON
    )


def test_a_hold_waits_until_a_person_resolves_it(store):
    with store.transaction() as tx:
        tx.holds.add(hold())
        tx.holds.add(hold("H2", "T2"))
    with store.transaction() as tx:
        assert tx.holds.find_open("T1") == hold()
        ended = tx.holds.resolve("H1", Resolution.RELEASED, at=NOON, who="ada", note="seen")
        assert (ended.resolution, ended.who, ended.note) == (Resolution.RELEASED, "ada", "seen")
        assert [each.id for each in tx.holds.unresolved()] == ["H2"]
        assert tx.holds.find_open("T1") is None


def test_what_waits_is_free_when_the_document_before_it_is_held_no_longer(store):
    with store.transaction() as tx:
        tx.payloads.add(BYTES)
        for row_id, number in (("D1", "4711"), ("D2", "4711"), ("D3", "4712")):
            held = document(
                row_id,
                number=number,
                order_number=number,
                direction=Direction.IN,
                state=DocumentState.HELD,
            )
            tx.documents.add(held)
        tx.holds.add(replace(hold("H2", "D2"), behind="D1"))
        tx.holds.add(replace(hold("H3", "D3"), behind="D1"))
        found = {
            (by, key): waited_for(tx, key, by=by)
            for by, key in (("number", "4711"), ("number", "4713"), ("order_number", "4712"))
        }
        assert tx.holds.free() == []
        tx.documents.move("D1", DocumentState.READY, at=NOON)
        left = waited_for(tx, "4711")
        free = tx.holds.free()
    assert found == {
        ("number", "4711"): "D1",
        ("number", "4713"): None,
        ("order_number", "4712"): "D3",
    }
    assert left == "D2"
    assert [one.id for one in free] == ["H2", "H3"]


def waited_for(tx: Transaction, key: str, *, by: str = "number", **other: Any) -> str | None:
    """The document that another order of the key would wait for."""
    words = {"partner": PARTNER, "direction": Direction.IN, "test": False, **other}
    found = tx.documents.waited_for("purchase_order", key, by=by, **words)
    return found and found.id


def test_of_what_is_queued_only_that_is_waited_for_which_could_not_be_posted(store):
    with store.transaction() as tx:
        tx.payloads.add(BYTES)
        for number in (1, 2):
            queued = document(f"D{number}", state=DocumentState.QUEUED, created_at=minutes(number))
            tx.documents.add(queued)
            tx.interchanges.add(
                interchange(f"I{number}", direction=Direction.OUT, reference=f"{number}")
            )
            carried = transaction_set(f"S{number}", interchange=f"I{number}", document=queued.id)
            tx.sets.add_all([carried])
            tx.as2.add(as2_message(f"M{number}", interchange=f"I{number}"))
        assert waited_for(tx, "PO-4711", direction=Direction.OUT) is None
        tx.as2.change("M2", attempts=1)
        assert waited_for(tx, "PO-4711", direction=Direction.OUT) == "D2"


def test_what_waits_for_a_key_is_found_by_an_index_on_both_databases(store):
    with store.reading() as tx:
        for by, index in (("number", "number"), ("order_number", "order")):
            with plans(tx) as found:
                waited_for(tx, "4711", by=by)
            assert f"ix_documents_waited_for_{index}" in "".join(found)
        with plans(tx) as found:
            tx.holds.free()
        assert "ix_holds_open" in "".join(found)


def test_among_a_thousand_documents_of_a_key_that_are_done_none_is_looked_at(sqlite_store):
    """SQLite counts what it does in steps of its machine; a row more is some of them."""
    steps = {}
    for many in (10, 1000):
        states = [DocumentState.PUBLISHED] * many
        rows = [
            document(f"D{many}-{n:04}", number=f"{many}", direction=Direction.IN, state=state)
            for n, state in enumerate(states)
        ]
        add(sqlite_store, *rows)
        with sqlite_store.reading() as tx, steps_taken(tx) as taken:
            assert waited_for(tx, f"{many}") is None
            same = {"number": f"{many}", "partner": PARTNER, "direction": Direction.IN}
            assert tx.documents.find_saying("other", **same, test=False) is None
        steps[many] = len(taken)
    assert steps[1000] < 2 * steps[10]


def test_of_a_thousand_that_say_the_same_the_oldest_is_read_and_no_other(sqlite_store):
    states = [DocumentState.HELD, *[DocumentState.PUBLISHED] * 1000]
    documents = [
        document(f"D{n:04}", direction=Direction.IN, state=state, created_at=minutes(n))
        for n, state in enumerate(states)
    ]
    add(sqlite_store, *documents)
    same = {
        "number": "PO-4711",
        "partner": PARTNER,
        "direction": Direction.IN,
        "test": False,
    }
    with sqlite_store.reading() as tx, rows_read(tx) as found:
        oldest = tx.documents.find_saying(hash_of(BYTES), **same)
        told = tx.documents.find_saying(hash_of(BYTES), **same, states=(DocumentState.PUBLISHED,))
        other = tx.documents.find_saying(hash_of(b"other"), **same)
    assert (oldest, told, other) == (documents[0], documents[1], None)
    assert len(found) == 2


def test_a_hold_is_resolved_once(store):
    with store.transaction() as tx:
        tx.holds.add(hold())
        tx.holds.resolve("H1", Resolution.REJECTED, at=NOON, who="ada")
        with pytest.raises(MoveRefusedError, match="already rejected by ada"):
            tx.holds.resolve("H1", Resolution.RELEASED, at=NOON, who="bob")
        with pytest.raises(NotFoundError):
            tx.holds.resolve("H9", Resolution.RELEASED, at=NOON, who="bob")


def alert(alert_id: str = "A1", **words) -> Alert:
    return Alert(
        **{"id": alert_id, "kind": "held", "subject": "H1", "next_at": NOON, "created_at": NOON}
        | words
    )


def test_one_alert_for_each_thing_that_happened(store):
    with store.transaction() as tx:
        assert tx.alerts.add(alert("A1"))
        assert not tx.alerts.add(alert("A2"))
        assert tx.alerts.add(alert("A3", kind="overdue", next_at=minutes(1)))
        assert [each.id for each in tx.alerts.due(NOON, HOURS)] == ["A1"]


def test_an_alert_that_a_wrong_clock_put_off_is_due(store):
    with store.transaction() as tx:
        tx.alerts.add(alert(next_at=NOON + timedelta(days=365)))
        assert [each.id for each in tx.alerts.due(NOON, HOURS)] == ["A1"]


def test_an_alert_is_tried_until_it_is_sent_or_given_up(store):
    with store.transaction() as tx:
        tx.alerts.add(alert())
        tx.alerts.mark_tried("A1", next_at=minutes(5))
        assert tx.alerts.due(NOON, HOURS) == []
        assert tx.alerts.due(minutes(5), HOURS)[0].attempts == 1
        tx.alerts.mark_tried("A1", next_at=None)
        assert tx.alerts.get("A1").state is AlertState.FAILED
        tx.alerts.add(alert("A2", subject="H2"))
        tx.alerts.mark_sent("A2")
        assert tx.alerts.due(minutes(9), HOURS) == []


def test_the_journal_only_grows(store):
    with store.transaction() as tx:
        tx.journal.append(Entry(at=NOON, event="received", document="D1", detail={"size": 27}))
        tx.journal.append_all(Entry(at=NOON, event=f"step-{n}") for n in range(3))
        newest = tx.journal.latest(limit=2)
        assert [entry.event for entry in newest] == ["step-2", "step-1"]
        assert tx.journal.after(0)[0].detail == {"size": 27}
    assert not hasattr(tx.journal, "update")
