"""What `status` counts, told by indexes alone."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

_COUNTED = {
    "interchanges": ["state", "partner", "direction", "created_at"],
    "documents": ["state", "partner", "direction", "updated_at"],
    "publications": ["state", "partner", "created_at"],
    "as2_messages": ["state", "partner", "direction", "created_at"],
}


def upgrade() -> None:
    op.drop_index("ix_transmissions_state_partner_direction_id", "transmissions")
    op.drop_index("ix_interchanges_state_partner_direction", "interchanges")
    op.drop_index("ix_documents_state_partner_direction", "documents")
    lane = ["state", "partner", "direction", "id", "received_at"]
    op.create_index("ix_transmissions_lane", "transmissions", lane)
    for table, columns in _COUNTED.items():
        op.create_index(f"ix_{table}_counted", table, columns)
