"""The tables, one per noun. Migrations say the same step by step; a test holds them equal."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import Integer
from sqlalchemy import LargeBinary
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy import Text
from sqlalchemy import UniqueConstraint
from sqlalchemy import text

from gateway.store.columns import Detail
from gateway.store.columns import Findings
from gateway.store.columns import Instant
from gateway.store.columns import Words
from gateway.store.columns import state_of
from gateway.store.states import AlertState
from gateway.store.states import As2State
from gateway.store.states import Direction
from gateway.store.states import DocumentState
from gateway.store.states import InterchangeState
from gateway.store.states import PublicationState
from gateway.store.states import Resolution
from gateway.store.states import TransmissionState
from gateway.store.states import Verdict

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# Which rows an index has; a query says it in the same words. PostgreSQL's own word for it comes
# with `dialects.partial`: saying it here would load its dialect.
WAITED_FOR = text("state IN ('held', 'queued')")
"""The documents that a later one of their key waits for."""
OPEN = text("resolved_at IS NULL")
"""The holds that nobody has ended."""


def _counting(table: str, *columns: str) -> Index:
    """What `counts` tells of a table is all in this index: no row is read for it."""
    return Index(f"ix_{table}_counted", *columns)


# Immutable bytes by hash; null content lies in the payload folder under the hash.
payloads = Table(
    "payloads",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary),
)

transmissions = Table(
    "transmissions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("partner", Text, nullable=False),
    Column("direction", state_of(Direction), nullable=False),
    Column("channel", Text, nullable=False),
    Column("name", Text, nullable=False, index=True),
    Column("payload", ForeignKey("payloads.hash"), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("state", state_of(TransmissionState), nullable=False),
    Column("findings", Findings, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("claim", Text),
    UniqueConstraint("claim"),
    # the lanes, and the head of each, without reading what is done
    Index("ix_transmissions_lane", "state", "partner", "direction", "id", "received_at"),
)

interchanges = Table(
    "interchanges",
    metadata,
    Column("id", Text, primary_key=True),
    Column("transmission", ForeignKey("transmissions.id"), index=True),
    Column("partner", Text, nullable=False),
    Column("direction", state_of(Direction), nullable=False),
    Column("dialect", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("reference", Text, nullable=False, index=True),
    # partner, direction, sender, receiver and reference of the one interchange that holds the
    # number; null for the duplicates and conflicts that came after it
    Column("identity", Text),
    Column("ordinal", Integer, nullable=False),
    Column("payload", ForeignKey("payloads.hash"), nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("bytes_hash", Text, nullable=False),
    Column("state", state_of(InterchangeState), nullable=False),
    Column("findings", Findings, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("acknowledges", ForeignKey("interchanges.id"), index=True),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("identity"),
    _counting("interchanges", "state", "partner", "direction", "created_at"),
)

sets = Table(
    "sets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("interchange", ForeignKey("interchanges.id"), nullable=False),
    Column("group_index", Integer, nullable=False),
    Column("group_code", Text),
    Column("group_reference", Text, index=True),
    Column("set_index", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("release", Text, nullable=False),
    Column("reference", Text, nullable=False, index=True),
    Column("verdict", state_of(Verdict), nullable=False),
    Column("findings", Findings, nullable=False),
    Column("document", ForeignKey("documents.id"), index=True),
    UniqueConstraint("interchange", "group_index", "set_index"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("partner", Text, nullable=False),
    Column("direction", state_of(Direction), nullable=False),
    Column("type", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("order_number", Text, index=True),
    Column("payload", ForeignKey("payloads.hash"), nullable=False),
    Column("transmission", ForeignKey("transmissions.id"), index=True),
    Column("state", state_of(DocumentState), nullable=False),
    Column("findings", Findings, nullable=False),
    Column("event_key", Text),
    Column("content_hash", Text, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("ack_due_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("receipt_name", Text),
    # a test event never stands in the way of the live one
    UniqueConstraint("partner", "direction", "test", "event_key"),
    Index(None, "state", "ack_due_at"),
    _counting("documents", "state", "partner", "direction", "updated_at"),
    # the first that says the same, among any number of one number
    Index(None, "number", "content_hash", "created_at", "id"),
    # the first that others of its key wait for, among any number that are done
    Index("ix_documents_waited_for_number", "number", "created_at", "id", sqlite_where=WAITED_FOR),
    Index(
        "ix_documents_waited_for_order", "order_number", "created_at", "id", sqlite_where=WAITED_FOR
    ),
)

# the further orders of documents that tell of several; the first is a document's order_number
purchases = Table(
    "purchases",
    metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("order_number", Text, primary_key=True, index=True),
)

publications = Table(
    "publications",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("partner", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("name", Text, nullable=False, index=True),
    Column("payload", ForeignKey("payloads.hash"), nullable=False),
    Column("state", state_of(PublicationState), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("published_at", Instant),
    UniqueConstraint("partner", "folder", "name"),
    Index(None, "state", "id"),
    _counting("publications", "state", "partner", "created_at"),
)

as2_messages = Table(
    "as2_messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("partner", Text, nullable=False),
    Column("direction", state_of(Direction), nullable=False),
    Column("message_id", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("state", state_of(As2State), nullable=False),
    Column("headers", Words, nullable=False),
    Column("payload", ForeignKey("payloads.hash")),
    Column("mics", Words, nullable=False),
    Column("disposition", Text),
    Column("receipt", ForeignKey("payloads.hash")),
    Column("receipt_headers", Words, nullable=False),
    Column("receipt_url", Text),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant),
    Column("receipt_due_at", Instant),
    Column("interchange", ForeignKey("interchanges.id"), index=True),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("partner", "direction", "message_id"),
    Index(None, "state", "next_at"),
    _counting("as2_messages", "state", "partner", "direction", "created_at"),
)

# The next number to draw; it only grows, and is folded into the element's width when drawn.
control_numbers = Table(
    "control_numbers",
    metadata,
    Column("partner", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("next", BigInteger, nullable=False),
)

holds = Table(
    "holds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("what", Text, nullable=False),
    Column("target", Text, nullable=False, index=True),
    Column("partner", Text, nullable=False),
    Column("findings", Findings, nullable=False),
    Column("held_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("resolution", state_of(Resolution)),
    Column("who", Text),
    Column("note", Text),
    # the held document that this waits for; null for what a person must decide
    Column("behind", Text),
    Index("ix_holds_open", "behind", "id", sqlite_where=OPEN),
)

# Append only, and no foreign keys: the record of what happened outlives what it happened to.
journal = Table(
    "journal",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("event", Text, nullable=False),
    Column("partner", Text),
    Column("transmission", Text, index=True),
    Column("interchange", Text, index=True),
    Column("document", Text, index=True),
    Column("order_number", Text, index=True),
    Column("correlation", Text, index=True),
    Column("detail", Detail, nullable=False),
    sqlite_autoincrement=True,
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Detail, nullable=False),
    Column("state", state_of(AlertState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("kind", "subject"),
    Index(None, "state", "next_at"),
)
