"""A file's sets as canonical JSON, without any state: what `gateway translate` prints."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator

import orjson

from gateway.engine.definitions import Definitions
from gateway.engine.documents import to_document
from gateway.engine.reading import Read
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file
from gateway.partner.partner import Partner


def translate_file(
    chunks: Iterable[bytes], definitions: Definitions, partner: Partner | None
) -> Iterator[tuple[Read, bytes | None]]:
    """Everything read from a file given in pieces, a set with its document. Whether a document may
    leave is known with its interchange only."""
    for read in read_file(chunks, definitions, lambda _header: partner, fast=True):
        document = None
        if isinstance(read, SetRead) and read.map is not None and read.reading is not None:
            found = to_document(read.map, read.reading.document)
            document = orjson.dumps(found, option=orjson.OPT_INDENT_2)
        yield read, document
