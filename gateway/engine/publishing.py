"""Files owed to folders: staged, intended, renamed, confirmed; each exactly once.

Others may empty the folders at any moment, so a file's presence there proves nothing. The staged
file does: it exists until the rename, and the intent is committed before. After a crash a staged
file that is gone was published.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gateway.edi.finding import TransientError
from gateway.engine.failpoint import failpoint
from gateway.engine.gateway import Gateway
from gateway.engine.gateway import Step
from gateway.engine.receipts import write_receipt
from gateway.engine.taking import Failed
from gateway.store import Direction
from gateway.store import Document
from gateway.store import DocumentState
from gateway.store import InterchangeState
from gateway.store import Publication
from gateway.store import Transaction
from gateway.transport import FolderError
from gateway.transport import publish_all
from gateway.transport import stage_all

_BATCH = 32


def recover(gateway: Gateway, failed: Failed) -> int:
    """Finishes what a crash or a failing folder interrupted between intent and confirmation; how
    many there were. A folder that fails again holds up no other. Where the staging folder itself is
    gone, as after a restore, no file's absence says that it was published: each is staged anew."""
    done = 0
    failing: set[tuple[str, str]] = set()
    while True:
        with gateway.store.reading() as tx:
            staged = tx.publications.staged(without=gateway.waiting, failing=failing)
        if not staged:
            return done
        if not gateway.home.staging.is_dir():
            with gateway.step("intend") as step:
                done += len(step.tx.publications.unstage(staged))
            continue
        renamed = _rename_all(gateway, staged, failed)
        failing |= {(one.partner, one.folder) for one in staged if one not in renamed}
        done += len(renamed)


def publish_pending(
    gateway: Gateway, failed: Failed, going: Callable[[], bool] = lambda: True
) -> int:
    """Publishes the files owed, with the receipts that this changes; how many could be staged. One
    whose folder fails stays so; one whose bytes cannot be read or written stays pending and holds
    up no other."""
    done = 0
    while count := _publish_through(gateway, failed, going):
        done += count
    return done


def _publish_through(gateway: Gateway, failed: Failed, going: Callable[[], bool]) -> int:
    """Once through all that is owed, batch after batch."""
    done, last = 0, ""
    while going():
        with gateway.store.reading() as tx:
            pending = tx.publications.pending(limit=_BATCH, after=last, without=gateway.waiting)
        if not pending:
            break
        last = pending[-1].id
        staged = _stage(gateway, pending, failed)
        if staged:
            failpoint("publish.after-stage")
            _rename_all(gateway, _intend(gateway, staged), failed)
        done += len(staged)
    return done


def _stage(gateway: Gateway, pending: list[Publication], failed: Failed) -> list[Publication]:
    """Those whose bytes lie in the staging folder now. One is in memory at a time."""
    readable: list[Publication] = []

    def files(tx: Transaction) -> Iterator[tuple[str, bytes]]:
        for publication in pending:
            try:
                content = tx.payloads.get(publication.payload)
            except TransientError as error:
                failed(error)
                continue
            readable.append(publication)
            yield _staged(gateway, publication).name, content

    try:
        with gateway.store.reading() as tx:
            outcomes = stage_all(files(tx), gateway.home.staging)
    except TransientError as error:
        failed(error)
        return []
    return _without_failed(readable, outcomes, failed)


def _intend(gateway: Gateway, staged: list[Publication]) -> list[Publication]:
    """Those still owed as they were staged; a receipt may have been rewritten meanwhile. What was
    staged of them earlier, and never renamed, is removed."""
    with gateway.step("intend") as step:
        intended = step.tx.publications.mark_staged(staged)
    for one in staged:
        for earlier in range(1, one.revision):
            _staged(gateway, replace(one, revision=earlier)).unlink(missing_ok=True)
    return intended


def _rename_all(gateway: Gateway, staged: list[Publication], failed: Failed) -> list[Publication]:
    folders: dict[tuple[str, str], list[Publication]] = {}
    for publication in staged:
        folders.setdefault((publication.folder, publication.partner), []).append(publication)
    renamed = []
    for (folder, partner), owed in folders.items():
        try:
            renamed += _rename(gateway, gateway.home.folder(folder, partner), owed, failed)
        except TransientError as error:
            failed(error)
    if renamed:
        failpoint("publish.after-rename")
        _confirm(gateway, renamed)
    return renamed


def _staged(gateway: Gateway, publication: Publication) -> Path:
    return gateway.home.staging / f"{publication.id}.{publication.revision}"


def _rename(
    gateway: Gateway, folder: Path, owed: list[Publication], failed: Failed
) -> list[Publication]:
    """Those that are in their folder now."""
    files = [(_staged(gateway, one), one.name) for one in owed]
    return _without_failed(owed, publish_all(files, folder, root=gateway.home.root), failed)


def _without_failed(
    publications: list[Publication], outcomes: Sequence[object], failed: Failed
) -> list[Publication]:
    """Those of which no FolderError says why not."""
    for outcome in outcomes:
        if isinstance(outcome, FolderError):
            failed(outcome)
    pairs = zip(publications, outcomes, strict=True)
    return [one for one, outcome in pairs if not isinstance(outcome, FolderError)]


def _confirm(gateway: Gateway, published: list[Publication]) -> None:
    """What the appearance of files means for what they show."""
    with gateway.step("confirm") as step:
        done = step.tx.publications.mark_published(published, at=step.at)
        _documents_published(step, [one for one in done if one.kind == "document"])
        for publication in done:
            if publication.kind == "interchange":
                _interchange_published(step, publication)


def _documents_published(step: Step, published: list[Publication]) -> None:
    documents = step.tx.documents.get_all({publication.owner for publication in published})
    step.tx.documents.mark_published(documents, at=step.at)
    for publication in published:
        document = documents[publication.owner]
        step.record(
            "document-published",
            partner=document.partner,
            document=document.id,
            order_number=document.order_number,
            name=publication.name,
        )


def _interchange_published(step: Step, publication: Publication) -> None:
    interchange = step.tx.interchanges.get(publication.owner)
    if interchange.state is InterchangeState.QUEUED:
        step.tx.interchanges.move(interchange.id, InterchangeState.PUBLISHED)
    step.record(
        "interchange-published",
        partner=interchange.partner,
        interchange=interchange.id,
        name=publication.name,
    )
    interchange_sent(step, interchange.id)


_NOT_SENT = {DocumentState.QUEUED, DocumentState.HELD}


def interchange_sent(step: Step, interchange: str) -> None:
    """The partner can have what the interchange carries."""
    for document in step.tx.documents.of_interchange(interchange):
        if document.state in _NOT_SENT and document.direction is Direction.OUT:
            _document_sent(step, document)


def _document_sent(step: Step, document: Document) -> None:
    """From now on the partner's acknowledgment is awaited."""
    partner = step.gateway.partners.get(document.partner)
    due = step.at + partner.deadline if partner else None
    step.tx.documents.move(document.id, DocumentState.SENT, at=step.at, findings=(), ack_due_at=due)
    step.record(
        "document-sent",
        partner=document.partner,
        document=document.id,
        order_number=document.order_number,
        type=document.type,
        number=document.number,
    )
    write_receipt(step, document.id)
