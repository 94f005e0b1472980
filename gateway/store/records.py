"""The rows of the store as frozen values; a field is a column of the same name.

Ids are sortable text made by the caller (time first, fixed length), hashes are SHA-256 in
lower-case hex, instants are aware UTC datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from typing import Any

from gateway.edi.finding import Finding
from gateway.store.states import AlertState
from gateway.store.states import As2State
from gateway.store.states import Direction
from gateway.store.states import DocumentState
from gateway.store.states import InterchangeState
from gateway.store.states import PublicationState
from gateway.store.states import Resolution
from gateway.store.states import TransmissionState
from gateway.store.states import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmission:
    """One received or dropped file.

    `claim` names the claimed file, so that claiming again finds the first claim; `channel` is
    how it came (`folder`, `as2`); `name` is the file name its sender gave it.
    """

    id: str
    partner: str
    direction: Direction
    channel: str
    name: str
    payload: str
    received_at: datetime
    state: TransmissionState = TransmissionState.RECEIVED
    findings: tuple[Finding, ...] = ()
    test: bool = False
    claim: str | None = None


def as2_claim(message: str, part: object) -> str:
    """The claim of a payload of an AS2 message, by the message's id here and its place in it."""
    return f"as2:{message}:{part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interchange:
    """One interchange, theirs or ours.

    Its exact bytes are `size` bytes from `offset` of `payload`, and hash to `bytes_hash`;
    `acknowledges` is the interchange this one answers.
    """

    id: str
    partner: str
    direction: Direction
    dialect: str
    sender: str
    receiver: str
    reference: str
    state: InterchangeState
    created_at: datetime
    payload: str
    bytes_hash: str
    offset: int = 0
    size: int
    ordinal: int = 1
    transmission: str | None = None
    acknowledges: str | None = None
    findings: tuple[Finding, ...] = ()
    test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionSet:
    """One ST..SE or UNH..UNT. `group_index` and `set_index` count from 1; without a group
    (EDIFACT, mostly) `group_index` is 0. `document` is what it carries."""

    id: str
    interchange: str
    kind: str
    reference: str
    verdict: Verdict
    group_index: int = 0
    group_code: str | None = None
    group_reference: str | None = None
    set_index: int = 1
    release: str = ""
    findings: tuple[Finding, ...] = ()
    document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One canonical document and where it stands.

    `order_number` correlates all documents of one purchase; `event_key` is what makes it the
    same event as another (null: never the same); `receipt_name` is the dropped file's name.
    """

    id: str
    partner: str
    direction: Direction
    type: str
    number: str
    payload: str
    content_hash: str
    state: DocumentState
    created_at: datetime
    updated_at: datetime
    order_number: str | None = None
    transmission: str | None = None
    event_key: str | None = None
    findings: tuple[Finding, ...] = ()
    test: bool = False
    ack_due_at: datetime | None = None
    receipt_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One file owed to a folder. `owner` is the id of what it shows, `kind` says what that is
    (`document`, `interchange`, `receipt`); `folder` is a key such as `inbox/documents`."""

    id: str
    owner: str
    kind: str
    partner: str
    folder: str
    name: str
    payload: str
    created_at: datetime
    state: PublicationState = PublicationState.PENDING
    revision: int = 1
    published_at: datetime | None = None


HeaderFields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class As2Message:
    """One AS2 message and its receipt.

    `message_id` is exactly as received or sent; `headers` and `payload` are what stood on the wire
    (null: not built yet); `mics` as an MDN writes them: what we must be told, or what we said;
    `disposition` and `receipt` are the MDN, ours for what came, theirs for what went; `next_at` is
    when to post next, the message or an asynchronous receipt; `interchange` is what it carries.
    """

    id: str
    partner: str
    direction: Direction
    message_id: str
    name: str
    state: As2State
    created_at: datetime
    headers: HeaderFields = ()
    payload: str | None = None
    mics: tuple[str, ...] = ()
    disposition: str | None = None
    receipt: str | None = None
    receipt_headers: HeaderFields = ()
    receipt_url: str | None = None
    attempts: int = 0
    next_at: datetime | None = None
    receipt_due_at: datetime | None = None
    interchange: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Something a person must decide. `what` is the noun of `target`; `behind` is the held document
    that it waits for, and with which it goes on by itself."""

    id: str
    what: str
    target: str
    partner: str
    held_at: datetime
    findings: tuple[Finding, ...] = ()
    resolved_at: datetime | None = None
    resolution: Resolution | None = None
    who: str | None = None
    note: str | None = None
    behind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal; `id` is given by the store. `detail` never holds content."""

    at: datetime
    event: str
    partner: str | None = None
    transmission: str | None = None
    interchange: str | None = None
    document: str | None = None
    order_number: str | None = None
    correlation: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One call to make. `subject` is the id of the hold or document; one alert per kind of it."""

    id: str
    kind: str
    subject: str
    next_at: datetime
    created_at: datetime
    detail: dict[str, Any] = field(default_factory=dict)
    state: AlertState = AlertState.PENDING
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many rows of one noun are in one state, and since when the oldest of them."""

    noun: str
    partner: str
    direction: str
    state: str
    count: int
    oldest: datetime | None
