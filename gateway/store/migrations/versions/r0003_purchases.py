"""Purchases: the further orders of documents that tell of several."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "purchases",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "order_number", name="pk_purchases"),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name="fk_purchases_document"),
    )
    op.create_index("ix_purchases_order_number", "purchases", ["order_number"])
