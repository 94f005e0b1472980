"""The life of one key: a purchase order or document number, a control number, a file name, an id.

From what the key names we go down (file to interchange to set to document), along the purchase
(order number), and up (document to set to interchange to file, and to what acknowledges it),
never down again from what was only reached by going up: one order in a file of thousands brings
its file, not its neighbours.

A column that is compared as an expression (`concat`, `cast`) is one whose index SQLite would take,
though it finds all of a partner, all duplicates or all of the journal.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import field

from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import Table
from sqlalchemy import Text
from sqlalchemy import cast
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import union

from gateway.store.records import As2Message
from gateway.store.records import Document
from gateway.store.records import Entry
from gateway.store.records import Hold
from gateway.store.records import Interchange
from gateway.store.records import Publication
from gateway.store.records import TransactionSet
from gateway.store.records import Transmission
from gateway.store.records import as2_claim
from gateway.store.rows import R
from gateway.store.rows import records
from gateway.store.schema import as2_messages
from gateway.store.schema import documents
from gateway.store.schema import holds
from gateway.store.schema import interchanges
from gateway.store.schema import journal
from gateway.store.schema import publications
from gateway.store.schema import purchases
from gateway.store.schema import sets
from gateway.store.schema import transmissions
from gateway.store.states import InterchangeState

_AS2_CLAIM = "as2:"
# A screenful is a life; a key that names more rows (a set reference such as 0001) is cut here.
LIMIT = 200


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that belongs to one key, each list oldest first; empty where nothing does."""

    key: str
    transmissions: list[Transmission] = field(default_factory=list)
    interchanges: list[Interchange] = field(default_factory=list)
    sets: list[TransactionSet] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    as2: list[As2Message] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    journal: list[Entry] = field(default_factory=list)

    def __bool__(self) -> bool:
        found = self.transmissions, self.interchanges, self.sets, self.documents, self.as2
        return any(found) or bool(self.journal)


class _Lineage:
    """The ids reached so far, by noun."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.transmissions: set[str] = set()
        self.interchanges: set[str] = set()
        self.sets: set[str] = set()
        self.documents: set[str] = set()
        self.named: set[str] = set()
        self.messages: set[str] = set()

    def ids(self, column: Column[str], where: Column[str], keys: Collection[str]) -> set[str]:
        """The values of `column` in the newest rows that have one of `keys` in `where`."""
        if not keys:
            return set()
        query = (
            select(column)
            .where(where.in_(sorted(keys)), column.is_not(None))
            .order_by(column.desc())
            .limit(LIMIT)
        )
        return set(self._connection.execute(query).scalars())

    def start(self, key: str) -> None:
        """What the key itself names."""
        i, t, s, d = interchanges.c, transmissions.c, sets.c, documents.c
        for column in (t.id, t.name):
            self.transmissions |= self.ids(t.id, column, {key})
        for column in (i.id, i.reference):
            self.interchanges |= self.ids(i.id, column, _spellings(key))
        for column in (s.id, s.reference, s.group_reference):
            self.sets |= self.ids(s.id, column, _spellings(key))
        for column in (d.id, d.number):
            self.named |= self.ids(d.id, column, {key})
        self.documents |= self.named | self.ids(d.id, d.order_number, {key})
        self.documents |= self.ids(purchases.c.document, purchases.c.order_number, {key})
        self.transmissions |= self._dropped(key)
        self._start_from_files(key)
        self._start_from_message(key)

    def _dropped(self, key: str) -> set[str]:
        """Files of which no document was made, and that name the number. As they are, SQLite would
        take an index of the columns that are null, and read most of the journal."""
        j = journal.c
        query = (
            select(j.transmission)
            .where(
                j.order_number == key,
                j.transmission.concat("").is_not(None),
                j.document.concat("").is_(None),
            )
            .order_by(j.id.desc())
            .limit(LIMIT)
        )
        return set(self._connection.execute(query).scalars())

    def _start_from_files(self, key: str) -> None:
        """A published file, or a hold, leads to what it is about."""
        owners = self.ids(publications.c.owner, publications.c.name, {key})
        owners |= self.ids(publications.c.owner, publications.c.id, {key})
        owners |= self.ids(holds.c.target, holds.c.id, {key})
        self.transmissions |= self.ids(transmissions.c.id, transmissions.c.id, owners)
        self.interchanges |= self.ids(interchanges.c.id, interchanges.c.id, owners)
        self.sets |= self.ids(sets.c.id, sets.c.id, owners)
        self.documents |= self.ids(documents.c.id, documents.c.id, owners)

    def _start_from_message(self, key: str) -> None:
        """An AS2 message, by its id or Message-ID, leads to what it brought or carries; one that
        was refused brought nothing, and of one that was not kept the journal alone knows."""
        a, j = as2_messages.c, journal.c
        self.messages |= self.ids(j.correlation, j.correlation, {key, f"<{key}>"})
        found = self.ids(a.id, a.id, {key}) | self.ids(a.id, a.message_id, {key, f"<{key}>"})
        self.messages |= found
        self.interchanges |= self.ids(a.interchange, a.id, found)
        t = transmissions.c
        for one in found:
            claims = {as2_claim(one, number) for number in range(1, LIMIT + 1)}
            self.transmissions |= self.ids(t.id, t.claim, claims)

    def descend(self) -> None:
        """File to interchange to set to document; a repeat leads to what it repeats."""
        i, s, d = interchanges.c, sets.c, documents.c
        self.interchanges |= self.ids(i.id, i.transmission, self.transmissions)
        self.interchanges |= self._repeated()
        self.sets |= self.ids(s.id, s.interchange, self.interchanges)
        self.documents |= self.ids(s.document, s.id, self.sets)
        self.documents |= self.ids(d.id, d.transmission, self.transmissions)

    def _repeated(self) -> set[str]:
        """The interchanges that came first, of those that came again with the same bytes."""
        first, again = interchanges, interchanges.alias()
        same = ("partner", "sender", "receiver", "reference", "test", "bytes_hash")
        query = select(first.c.id).where(
            *(first.c[name] == again.c[name] for name in same),
            first.c.state != InterchangeState.DUPLICATE,
            cast(again.c.state, Text) == InterchangeState.DUPLICATE.value,
            again.c.id.in_(sorted(self.interchanges)),
        )
        return set(self._connection.execute(query).scalars())

    def along(self) -> None:
        """Every document of the same purchase with the same partner. One that tells of several
        leads from none of them to another, unless it is what the key names."""
        if not self.documents:
            return
        d, p = documents.c, purchases.c
        ours = d.id.in_(sorted(self.documents)) & (
            d.id.not_in(select(p.document)) | d.id.in_(sorted(self.named))
        )
        first = select(d.partner, d.order_number.label("order")).where(ours)
        more = select(d.partner, p.order_number).join(purchases, p.document == d.id).where(ours)
        order = union(first, more).subquery()
        same = order.c.partner == d.partner.concat("")
        for query in (
            select(d.id).join(order, same & (order.c.order == d.order_number)),
            select(d.id).join(purchases).join(order, same & (order.c.order == p.order_number)),
        ):
            found = self._connection.execute(query.order_by(d.id.desc()).limit(LIMIT)).scalars()
            self.documents |= set(found)

    def ascend(self) -> None:
        """Document to set to interchange to file, and to the interchanges that acknowledge."""
        i, s, d = interchanges.c, sets.c, documents.c
        self.sets |= self.ids(s.id, s.document, self.documents)
        self.interchanges |= self.ids(s.interchange, s.id, self.sets)
        answers = self.ids(i.id, i.acknowledges, self.interchanges)
        answered = self.ids(i.acknowledges, i.id, self.interchanges)
        self.interchanges |= answers | answered
        self.transmissions |= self.ids(i.transmission, i.id, self.interchanges)
        self.transmissions |= self.ids(d.transmission, d.id, self.documents)

    def everything(self) -> set[str]:
        return self.transmissions | self.interchanges | self.sets | self.documents


def trace(connection: Connection, key: str) -> Trace:
    """Everything that belongs to the key, with lineage and journal."""
    lineage = _Lineage(connection)
    lineage.start(key)
    lineage.descend()
    lineage.along()
    lineage.ascend()
    messages = _messages(connection, lineage)
    lineage.messages |= {one.id for one in messages}
    return Trace(
        key=key,
        transmissions=_rows(connection, Transmission, transmissions, lineage.transmissions),
        interchanges=_rows(connection, Interchange, interchanges, lineage.interchanges),
        sets=_rows(connection, TransactionSet, sets, lineage.sets),
        documents=_rows(connection, Document, documents, lineage.documents),
        publications=_about(connection, Publication, publications, "owner", lineage),
        as2=messages,
        holds=_about(connection, Hold, holds, "target", lineage),
        journal=_entries(connection, lineage),
    )


def _spellings(key: str) -> set[str]:
    """A control number with and without the zeros that fill ISA13 (nine) and ST02 (four)."""
    if not key.isdecimal():
        return {key}
    bare = key.lstrip("0") or "0"
    return {key, bare, bare.zfill(9), bare.zfill(4)}


def _rows(connection: Connection, kind: type[R], table: Table, ids: set[str]) -> list[R]:
    if not ids:
        return []
    query = select(table).where(table.c.id.in_(sorted(ids))).order_by(table.c.id)
    return records(connection, kind, query)


def _messages(connection: Connection, lineage: _Lineage) -> list[As2Message]:
    """The AS2 messages that brought the files and carry the interchanges of the lineage."""
    claims = select(transmissions.c.claim).where(
        transmissions.c.id.in_(sorted(lineage.transmissions)),
        transmissions.c.claim.startswith(_AS2_CLAIM),
    )
    ids = {claim.split(":")[1] for claim in connection.execute(claims).scalars()}
    ids |= lineage.messages
    a = as2_messages.c
    ids |= lineage.ids(a.id, a.interchange, lineage.interchanges)
    return _rows(connection, As2Message, as2_messages, ids)


def _about(
    connection: Connection, kind: type[R], table: Table, column: str, lineage: _Lineage
) -> list[R]:
    """Rows that name something of the lineage."""
    ids = lineage.everything()
    if not ids:
        return []
    query = select(table).where(table.c[column].in_(sorted(ids))).order_by(table.c.id)
    return records(connection, kind, query.limit(LIMIT))


def _entries(connection: Connection, lineage: _Lineage) -> list[Entry]:
    """The journal of the lineage. An entry about one document belongs to that document alone,
    though it names the interchange and file that many share."""
    j = journal.c
    of_many = j.document.concat("").is_(None)
    subjects = (
        j.document.in_(sorted(lineage.documents)),
        j.interchange.in_(sorted(lineage.interchanges)) & of_many,
        j.transmission.in_(sorted(lineage.transmissions)) & of_many,
        j.correlation.in_(sorted(lineage.messages)) & of_many,
    )
    query = select(journal).where(or_(*subjects)).order_by(j.id.desc()).limit(LIMIT * 5)
    return records(connection, Entry, query)[::-1]
