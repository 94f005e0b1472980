"""How much of everything is in which state: the numbers behind `gateway status`."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import Table
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import select

from gateway.store.records import Count
from gateway.store.schema import OPEN
from gateway.store.schema import as2_messages
from gateway.store.schema import documents
from gateway.store.schema import holds
from gateway.store.schema import interchanges
from gateway.store.schema import publications
from gateway.store.schema import transmissions

# noun, since when its rows count, and the column that says their direction
_COUNTED: tuple[tuple[Table, str, str | None], ...] = (
    (transmissions, "received_at", "direction"),
    (interchanges, "created_at", "direction"),
    (documents, "updated_at", "direction"),
    (as2_messages, "created_at", "direction"),
    (publications, "created_at", None),
)


def count_all(connection: Connection) -> list[Count]:
    """One Count for each noun, partner, direction and state that has rows, and for open holds.

    Publications and holds have no direction; theirs is the empty text.
    """
    counts = [
        count for noun, since, way in _COUNTED for count in _count(connection, noun, since, way)
    ]
    return counts + _count_holds(connection)


def _count(connection: Connection, noun: Table, since: str, way: str | None) -> list[Count]:
    direction: ColumnElement[str] = literal("") if way is None else noun.c[way]
    ways = () if way is None else (noun.c[way],)
    keys = (noun.c.state, noun.c.partner, *ways)  # as its index has them
    query = select(
        noun.c.partner,
        direction.label("direction"),
        noun.c.state,
        func.count().label("rows"),
        func.min(noun.c[since], type_=noun.c[since].type).label("oldest"),
    ).group_by(*keys)
    rows = connection.execute(query).all()
    return [
        Count(
            noun=noun.name,
            partner=row.partner,
            direction=row.direction,
            state=row.state,
            count=row.rows,
            oldest=row.oldest,
        )
        for row in sorted(rows, key=lambda row: (row.partner, row.direction, row.state))
    ]


def _count_holds(connection: Connection) -> list[Count]:
    oldest = func.min(holds.c.held_at, type_=holds.c.held_at.type)
    query = (
        select(holds.c.partner, func.count().label("rows"), oldest.label("oldest"))
        .where(OPEN)
        .group_by(holds.c.partner)
        .order_by(holds.c.partner)
    )
    return [
        Count(
            noun="holds",
            partner=row.partner,
            direction="",
            state="open",
            count=row.rows,
            oldest=row.oldest,
        )
        for row in connection.execute(query)
    ]
