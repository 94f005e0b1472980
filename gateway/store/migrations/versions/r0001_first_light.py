"""First light: payloads, transmissions, interchanges, sets, documents and what follows them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("kind", "subject", name="uq_alerts_kind"),
    )
    op.create_index("ix_alerts_state_next_at", "alerts", ["state", "next_at"])


def _control_numbers() -> None:
    op.create_table(
        "control_numbers",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partner", "kind", name="pk_control_numbers"),
    )


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True)),
        sa.Column("resolution", sa.String(24)),
        sa.Column("who", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
    )
    op.create_index("ix_holds_resolved_at", "holds", ["resolved_at"])
    op.create_index("ix_holds_target", "holds", ["target"])


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text()),
        sa.Column("transmission", sa.Text()),
        sa.Column("interchange", sa.Text()),
        sa.Column("document", sa.Text()),
        sa.Column("order_number", sa.Text()),
        sa.Column("correlation", sa.Text()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_correlation", "journal", ["correlation"])
    op.create_index("ix_journal_document", "journal", ["document"])
    op.create_index("ix_journal_interchange", "journal", ["interchange"])
    op.create_index("ix_journal_order_number", "journal", ["order_number"])
    op.create_index("ix_journal_transmission", "journal", ["transmission"])


def _payloads() -> None:
    op.create_table(
        "payloads",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("hash", name="pk_payloads"),
    )


def _publications() -> None:
    op.create_table(
        "publications",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
        sa.ForeignKeyConstraint(["payload"], ["payloads.hash"], name="fk_publications_payload"),
        sa.UniqueConstraint("partner", "folder", "name", name="uq_publications_partner"),
    )
    op.create_index("ix_publications_name", "publications", ["name"])
    op.create_index("ix_publications_owner", "publications", ["owner"])
    op.create_index("ix_publications_state_id", "publications", ["state", "id"])


def _transmissions() -> None:
    op.create_table(
        "transmissions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(24), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("claim", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_transmissions"),
        sa.ForeignKeyConstraint(["payload"], ["payloads.hash"], name="fk_transmissions_payload"),
        sa.UniqueConstraint("claim", name="uq_transmissions_claim"),
    )
    op.create_index("ix_transmissions_name", "transmissions", ["name"])
    op.create_index(
        "ix_transmissions_state_partner_direction_id",
        "transmissions",
        ["state", "partner", "direction", "id"],
    )


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(24), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text()),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("transmission", sa.Text()),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text()),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("ack_due_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt_name", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.ForeignKeyConstraint(["payload"], ["payloads.hash"], name="fk_documents_payload"),
        sa.ForeignKeyConstraint(
            ["transmission"], ["transmissions.id"], name="fk_documents_transmission"
        ),
        sa.UniqueConstraint(
            "partner", "direction", "test", "event_key", name="uq_documents_partner"
        ),
    )
    op.create_index("ix_documents_number", "documents", ["number"])
    op.create_index("ix_documents_order_number", "documents", ["order_number"])
    op.create_index("ix_documents_state_ack_due_at", "documents", ["state", "ack_due_at"])
    op.create_index(
        "ix_documents_state_partner_direction", "documents", ["state", "partner", "direction"]
    )
    op.create_index("ix_documents_transmission", "documents", ["transmission"])


def _interchanges() -> None:
    op.create_table(
        "interchanges",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("transmission", sa.Text()),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(24), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text()),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("bytes_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("acknowledges", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_interchanges"),
        sa.ForeignKeyConstraint(
            ["acknowledges"], ["interchanges.id"], name="fk_interchanges_acknowledges"
        ),
        sa.ForeignKeyConstraint(["payload"], ["payloads.hash"], name="fk_interchanges_payload"),
        sa.ForeignKeyConstraint(
            ["transmission"], ["transmissions.id"], name="fk_interchanges_transmission"
        ),
        sa.UniqueConstraint("identity", name="uq_interchanges_identity"),
    )
    op.create_index("ix_interchanges_acknowledges", "interchanges", ["acknowledges"])
    op.create_index("ix_interchanges_reference", "interchanges", ["reference"])
    op.create_index(
        "ix_interchanges_state_partner_direction", "interchanges", ["state", "partner", "direction"]
    )
    op.create_index("ix_interchanges_transmission", "interchanges", ["transmission"])


def _sets() -> None:
    op.create_table(
        "sets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("interchange", sa.Text(), nullable=False),
        sa.Column("group_index", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.Text()),
        sa.Column("group_reference", sa.Text()),
        sa.Column("set_index", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(24), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_sets"),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name="fk_sets_document"),
        sa.ForeignKeyConstraint(["interchange"], ["interchanges.id"], name="fk_sets_interchange"),
        sa.UniqueConstraint("interchange", "group_index", "set_index", name="uq_sets_interchange"),
    )
    op.create_index("ix_sets_document", "sets", ["document"])
    op.create_index("ix_sets_group_reference", "sets", ["group_reference"])
    op.create_index("ix_sets_reference", "sets", ["reference"])


def upgrade() -> None:
    _alerts()
    _control_numbers()
    _holds()
    _journal()
    _payloads()
    _publications()
    _transmissions()
    _documents()
    _interchanges()
    _sets()
