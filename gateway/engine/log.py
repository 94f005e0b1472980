"""Log lines: one JSON object each, with ids to correlate by and never a document's content."""

from __future__ import annotations

import logging
import sys
from datetime import UTC
from datetime import datetime
from typing import Any

import orjson

_logger = logging.getLogger("gateway")


def to_stderr() -> None:
    """Sends log lines to standard error, as a service manager wants them."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    _logger.handlers = [handler]
    _logger.setLevel(logging.INFO)
    _logger.propagate = False


def log(event: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Writes one line; empty fields are left out."""
    if not _logger.isEnabledFor(level):
        return
    line = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": logging.getLevelName(level).lower(),
        "event": event,
        **{key: value for key, value in fields.items() if value not in (None, "", {}, ())},
    }
    _logger.log(level, orjson.dumps(line, default=str).decode())
