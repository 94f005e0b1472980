from __future__ import annotations

import pytest
from store_samples import NOON
from store_samples import PARTNER
from store_samples import add
from store_samples import as2_message
from store_samples import document
from store_samples import interchange
from store_samples import minutes
from store_samples import plans
from store_samples import publication
from store_samples import transaction_set
from store_samples import transmission

from gateway.store import As2State
from gateway.store import Direction
from gateway.store import DocumentState
from gateway.store import Entry
from gateway.store import Hold
from gateway.store import InterchangeState
from gateway.store import Verdict
from gateway.store import as2_claim

ORDER = "PO-4711"


@pytest.fixture
def purchase(store):
    """An order sent (I1), acknowledged (I2), and answered in a file (T3, I3) of fifty responses."""
    ours = {"direction": Direction.OUT, "state": InterchangeState.PUBLISHED}
    add(
        store,
        transmission("T1", direction=Direction.OUT, name="po-4711.json"),
        transmission("T2", name="997.edi"),
        transmission("T3", name="responses.edi"),
        document("D1", transmission="T1", state=DocumentState.SENT),
        interchange("I1", reference="000000012", **ours),
        transaction_set("S1", document="D1", kind="850", verdict=Verdict.PENDING),
        interchange("I2", transmission="T2", reference="000000501", acknowledges="I1"),
        interchange("I3", transmission="T3", reference="000000502"),
        publication("P1", owner="I1", kind="interchange", name="I1.edi", folder="outbox/edi"),
        publication("P2", owner="D1", kind="receipt", name="po-4711.json.receipt.json"),
    )
    with store.transaction() as tx:
        tx.documents.add_all(response(n) for n in range(50))
        tx.sets.add_all(
            transaction_set(f"S3{n:02}", interchange="I3", set_index=n + 1, document=f"D3{n:02}")
            for n in range(50)
        )
        tx.journal.append(Entry(at=NOON, event="received", transmission="T1"))
        tx.journal.append(Entry(at=NOON, event="sent", document="D1", interchange="I1"))
        tx.journal.append_all(
            Entry(at=NOON, event="translated", document=f"D3{n:02}", interchange="I3")
            for n in range(50)
        )
    return store


def response(n: int):
    return document(
        f"D3{n:02}",
        direction=Direction.IN,
        type="order_response",
        number=f"R-{n}",
        order_number=ORDER if n == 7 else f"PO-{n}",
        transmission="T3",
        state=DocumentState.PUBLISHED,
    )


def ids(rows):
    return [row.id for row in rows]


@pytest.mark.parametrize("key", [ORDER, "D1", "po-4711.json", "po-4711.json.receipt.json"])
def test_an_order_brings_its_whole_life_and_no_neighbour(purchase, key):
    with purchase.reading() as tx:
        trace = tx.trace(key)
    assert ids(trace.documents) == ["D1", "D307"]
    assert ids(trace.sets) == ["S1", "S307"]
    assert ids(trace.interchanges) == ["I1", "I2", "I3"]
    assert ids(trace.transmissions) == ["T1", "T2", "T3"]
    assert ids(trace.publications) == ["P1", "P2"]
    assert [entry.event for entry in trace.journal] == ["received", "sent", "translated"]


def test_a_notice_of_several_orders_belongs_to_each_and_joins_none_to_another(purchase):
    with purchase.transaction() as tx:
        notice = {"direction": Direction.IN, "type": "ship_notice", "transmission": "T3"}
        tx.documents.add(document("D9", number="SN-1", order_number="PO-8", **notice))
        tx.documents.add_orders("D9", [ORDER, "PO-9"])
    with purchase.reading() as tx:
        assert ids(tx.trace(ORDER).documents) == ["D1", "D307", "D9"]
        assert ids(tx.trace("PO-8").documents) == ["D308", "D9"]
        assert ids(tx.trace("PO-9").documents) == ["D309", "D9"]
        assert ids(tx.trace("SN-1").documents) == ["D1", "D307", "D308", "D309", "D9"]


@pytest.mark.parametrize("key", ["000000012", "12", "I1.edi", "P1"])
def test_a_control_number_or_published_file_leads_to_the_order(purchase, key):
    with purchase.reading() as tx:
        assert ids(tx.trace(key).documents) == ["D1", "D307"]


def test_a_file_brings_all_it_carries(purchase):
    with purchase.reading() as tx:
        trace = tx.trace("responses.edi")
    assert len(trace.sets) == 51  # and the order that one of them answers
    assert len(trace.documents) == 51


def test_an_acknowledgment_leads_to_what_it_answers(purchase):
    with purchase.reading() as tx:
        assert "I1" in ids(tx.trace("997.edi").interchanges)


def test_a_held_file_is_found_by_its_hold(store):
    add(store, transmission("T9", name="odd.edi"))
    held = Hold(id="H1", what="transmission", target="T9", partner=PARTNER, held_at=NOON)
    with store.transaction() as tx:
        tx.holds.add(held)
    with store.reading() as tx:
        trace = tx.trace("H1")
        assert ids(trace.transmissions) == ["T9"]
        assert trace.holds == [held]


def test_the_same_order_number_of_another_partner_is_another_purchase(store):
    add(store, document("D1"), document("D2", partner="alpenmed"), document("D3", number="X"))
    with store.reading() as tx:
        assert ids(tx.trace("X").documents) == ["D1", "D3"]


def test_a_key_nobody_knows_traces_to_nothing(store):
    with store.reading() as tx:
        assert not tx.trace("PO-0")


def test_a_life_is_not_looked_for_among_all_of_a_partner_or_of_the_journal(sqlite_store):
    message = as2_message(direction=Direction.IN, message_id="<1@harbor>", state=As2State.ACCEPTED)
    add(sqlite_store, transmission("T1", claim=as2_claim("A1", 2)), document("D1"))
    with sqlite_store.transaction() as tx:
        tx.as2.add(message)
    with sqlite_store.reading() as tx, plans(tx) as found:
        assert ids(tx.trace("1@harbor").transmissions) == ["T1"]
        assert ids(tx.trace(ORDER).documents) == ["D1"]
    tables = ("journal", "documents", "interchanges", "transmissions")
    assert not [step for step in found if step.startswith(tuple(f"SCAN {one}" for one in tables))]
    assert not [step for step in found if "(partner=?" in step or "(state=?" in step]
    in_journal = {step.split("INDEX ")[1] for step in found if step.startswith("SEARCH journal")}
    subjects = ("document", "interchange", "transmission", "correlation", "order_number")
    assert in_journal == {f"ix_journal_{one} ({one}=?)" for one in subjects}


def test_counts_tell_how_much_waits_and_since_when(store):
    add(
        store,
        transmission("T1", received_at=minutes(3)),
        transmission("T2", received_at=minutes(1)),
        document(state=DocumentState.OVERDUE),
        publication(),
    )
    with store.transaction() as tx:
        tx.holds.add(
            Hold(id="H1", what="document", target="D1", partner=PARTNER, held_at=minutes(2))
        )
    with store.reading() as tx:
        counted = {
            (each.noun, each.direction, each.state): (each.count, each.oldest)
            for each in tx.counts()
        }
    assert counted == {
        ("transmissions", "in", "received"): (2, minutes(1)),
        ("documents", "out", "overdue"): (1, NOON),
        ("publications", "", "pending"): (1, NOON),
        ("holds", "", "open"): (1, minutes(2)),
    }


def test_counting_reads_no_row_of_the_tables_it_counts(store):
    with store.reading() as tx, plans(tx) as found:
        tx.counts()
    for index in (
        "transmissions_lane",
        "interchanges_counted",
        "documents_counted",
        "as2_messages_counted",
        "publications_counted",
        "holds_open",
    ):
        assert f"ix_{index}" in " ".join(found)
    open_ones = "ix_holds_open"  # are few
    read = [one for one in found if one.startswith("SCAN") and open_ones not in one]
    assert all("COVERING INDEX" in one for one in read)
    assert sum("TEMP" in one for one in found) <= 1
