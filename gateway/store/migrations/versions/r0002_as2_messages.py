"""AS2 messages: what came and went by AS2, with their receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "as2_messages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(24), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text()),
        sa.Column("mics", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text()),
        sa.Column("receipt", sa.Text()),
        sa.Column("receipt_headers", sa.Text(), nullable=False),
        sa.Column("receipt_url", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sa.Column("receipt_due_at", sa.DateTime(timezone=True)),
        sa.Column("interchange", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_as2_messages"),
        sa.ForeignKeyConstraint(
            ["interchange"], ["interchanges.id"], name="fk_as2_messages_interchange"
        ),
        sa.ForeignKeyConstraint(["payload"], ["payloads.hash"], name="fk_as2_messages_payload"),
        sa.ForeignKeyConstraint(["receipt"], ["payloads.hash"], name="fk_as2_messages_receipt"),
        sa.UniqueConstraint("partner", "direction", "message_id", name="uq_as2_messages_partner"),
    )
    op.create_index("ix_as2_messages_interchange", "as2_messages", ["interchange"])
    op.create_index("ix_as2_messages_message_id", "as2_messages", ["message_id"])
    op.create_index("ix_as2_messages_state_next_at", "as2_messages", ["state", "next_at"])
