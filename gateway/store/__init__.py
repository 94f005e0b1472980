"""Work and state: every row and payload of the gateway, and the only SQL in it.

A lasting effect is one transaction: `with store.transaction() as tx:` gives the nouns
(`tx.payloads`, `tx.transmissions`, `tx.as2`, `tx.interchanges`, `tx.sets`, `tx.documents`,
`tx.publications`, `tx.control_numbers`, `tx.holds`, `tx.alerts`, `tx.journal`), and nothing of it
is seen before it is committed. The store knows no clock and makes no ids.
"""

from __future__ import annotations

from gateway.store.errors import MoveRefusedError
from gateway.store.errors import NoStoreError
from gateway.store.errors import NotFoundError
from gateway.store.errors import RepeatedError
from gateway.store.errors import StoreError
from gateway.store.payloads import hash_of_chunks
from gateway.store.records import Alert
from gateway.store.records import As2Message
from gateway.store.records import Count
from gateway.store.records import Document
from gateway.store.records import Entry
from gateway.store.records import Hold
from gateway.store.records import Interchange
from gateway.store.records import Publication
from gateway.store.records import TransactionSet
from gateway.store.records import Transmission
from gateway.store.records import as2_claim
from gateway.store.states import AlertState
from gateway.store.states import As2State
from gateway.store.states import Direction
from gateway.store.states import DocumentState
from gateway.store.states import InterchangeState
from gateway.store.states import PublicationState
from gateway.store.states import Resolution
from gateway.store.states import TransmissionState
from gateway.store.states import Verdict
from gateway.store.store import Store
from gateway.store.tracing import Trace
from gateway.store.transaction import Transaction

__all__ = [
    "Alert",
    "AlertState",
    "As2Message",
    "As2State",
    "Count",
    "Direction",
    "Document",
    "DocumentState",
    "Entry",
    "Hold",
    "Interchange",
    "InterchangeState",
    "MoveRefusedError",
    "NoStoreError",
    "NotFoundError",
    "Publication",
    "PublicationState",
    "RepeatedError",
    "Resolution",
    "Store",
    "StoreError",
    "Trace",
    "Transaction",
    "TransactionSet",
    "Transmission",
    "TransmissionState",
    "Verdict",
    "as2_claim",
    "hash_of_chunks",
]
