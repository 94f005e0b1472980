"""What waits behind an earlier document of its key, and what says the same, found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_WAITED_FOR = sa.text("state IN ('held', 'queued')")
_OPEN = sa.text("resolved_at IS NULL")


def _create(name: str, table: str, columns: list[str], rows: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows)


def upgrade() -> None:
    op.drop_index("ix_documents_number", "documents")
    op.create_index(
        "ix_documents_number_content_hash_created_at_id",
        "documents",
        ["number", "content_hash", "created_at", "id"],
    )
    key = ["number", "created_at", "id"]
    _create("ix_documents_waited_for_number", "documents", key, _WAITED_FOR)
    key = ["order_number", "created_at", "id"]
    _create("ix_documents_waited_for_order", "documents", key, _WAITED_FOR)
    op.drop_index("ix_holds_resolved_at", "holds")
    _create("ix_holds_open", "holds", ["behind", "id"], _OPEN)
