"""Rows of `publications`: files owed to folders, each under one name, once.

The intent is committed (`staged`) after the bytes lie beside the folder and before the rename;
after a crash a staged file that is gone was published.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy import tuple_
from sqlalchemy import update

from gateway.store.inserting import insert_row
from gateway.store.records import Publication
from gateway.store.rows import get
from gateway.store.rows import one
from gateway.store.rows import records
from gateway.store.rows import row_of
from gateway.store.schema import publications
from gateway.store.states import PublicationState

_c = publications.c
_AT_ONCE = 500


class Publications:
    """Publications of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, publication: Publication) -> None:
        """Insert; raises RepeatedError where the name in this folder is taken."""
        insert_row(self._connection, publications, row_of(publication))

    def put(self, publication: Publication) -> Publication:
        """Insert, or where the name is there already give it these bytes as its next revision
        (receipts); the publication as it now stands."""
        current = self.find_by_name(publication.partner, publication.folder, publication.name)
        if current is None:
            self.add(publication)
            return publication
        self._renew(current, publication.payload, publication.owner)
        return self.get(current.id)

    def get(self, publication_id: str) -> Publication:
        """By id. Raises NotFoundError."""
        return get(self._connection, Publication, publications, publication_id)

    def find_by_name(self, partner: str, folder: str, name: str) -> Publication | None:
        """The publication of this name in a partner's folder."""
        query = select(publications).where(
            _c.partner == partner, _c.folder == folder, _c.name == name
        )
        return one(self._connection, Publication, query)

    def of_owner(self, owner: str) -> list[Publication]:
        """What was published for a document, interchange or transmission, oldest first."""
        query = select(publications).where(_c.owner == owner).order_by(_c.id)
        return records(self._connection, Publication, query)

    def pending(
        self, *, limit: int = 32, after: str = "", without: Iterable[str] = ()
    ) -> list[Publication]:
        """To be written, in the order of their ids, of those `after` an id, `without` those for
        some partners."""
        return self._in_state(PublicationState.PENDING, limit, without, after=after)

    def staged(
        self, *, without: Iterable[str] = (), failing: Iterable[tuple[str, str]] = ()
    ) -> list[Publication]:
        """The next ones intended before a crash: look for the staged file of each. `failing` are
        folders of partners (`inbox/documents`), whose files are left out."""
        return self._in_state(PublicationState.STAGED, _AT_ONCE, without, failing)

    def mark_staged(self, found: Sequence[Publication]) -> list[Publication]:
        """Commit the intent to publish these revisions; those of which no newer one is there."""
        return self._advance(found, PublicationState.PENDING, PublicationState.STAGED)

    def mark_published(self, found: Sequence[Publication], *, at: datetime) -> list[Publication]:
        """These revisions are in their folders; those of which no newer one is there and it was
        not said before."""
        return self._advance(
            found, PublicationState.STAGED, PublicationState.PUBLISHED, published_at=at
        )

    def unstage(self, found: Sequence[Publication]) -> list[Publication]:
        """Stage these revisions anew, where their staged files cannot be trusted."""
        return self._advance(found, PublicationState.STAGED, PublicationState.PENDING)

    def requeue(self, publication_id: str) -> Publication:
        """Publish the same bytes under the same name once more (resend). Raises NotFoundError."""
        current = self.get(publication_id)
        self._renew(current, current.payload, current.owner)
        return self.get(publication_id)

    def _renew(self, current: Publication, payload: str, owner: str) -> None:
        self._connection.execute(
            update(publications)
            .where(_c.id == current.id)
            .values(
                payload=payload,
                owner=owner,
                state=PublicationState.PENDING,
                revision=_c.revision + 1,
            )
        )

    def _in_state(
        self,
        state: PublicationState,
        limit: int,
        without: Iterable[str],
        failing: Iterable[tuple[str, str]] = (),
        after: str = "",
    ) -> list[Publication]:
        query = select(publications).where(_c.state == state, _c.id > after)
        query = query.order_by(_c.id).limit(limit)
        if left := tuple(without):
            query = query.where(_c.partner.not_in(left))
        if folders := tuple(failing):
            query = query.where(tuple_(_c.partner, _c.folder).not_in(folders))
        return records(self._connection, Publication, query)

    def _advance(
        self,
        found: Sequence[Publication],
        source: PublicationState,
        to: PublicationState,
        **changes: Any,
    ) -> list[Publication]:
        """Those that are still as they were found, in their new state."""
        known = {"ids": [each.id for each in found], "source": source}
        rows = self._connection.execute(_REVISIONS, known)
        revisions = {row.id: row.revision for row in rows}
        same = [each for each in found if revisions.get(each.id) == each.revision]
        if same:
            bound = {"ids": [each.id for each in same], "state": to, **changes}
            self._connection.execute(_ADVANCE, bound)
        return same


_IDS = _c.id.in_(bindparam("ids", expanding=True))
_REVISIONS = select(_c.id, _c.revision).where(_IDS, _c.state == bindparam("source"))
_REVISIONS = _REVISIONS.with_for_update()
_ADVANCE = update(publications).where(_IDS)
"""Sets the columns that are bound beside those it looks for."""
