"""Log lines: one JSON object each, with ids to correlate by and never a document's content."""

from __future__ import annotations

import logging
import sys
from datetime import UTC
from datetime import datetime
from typing import Any

import orjson

_logger = logging.getLogger("gateway")


class _Lines(logging.Formatter):
    """Our lines are JSON already; what libraries say is made so."""

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        if record.name == _logger.name:
            return text
        return _line("library", record.levelno, {"logger": record.name, "text": text})


def to_stderr() -> None:
    """Sends log lines to standard error, as a service manager wants them."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    logging.getLogger().handlers = [handler]
    _logger.setLevel(logging.INFO)


def log(event: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Writes one line; empty fields are left out."""
    if not _logger.isEnabledFor(level):
        return
    _logger.log(level, _line(event, level, fields))


def _line(event: str, level: int, fields: dict[str, Any]) -> str:
    line = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": logging.getLevelName(level).lower(),
        "event": event,
        **{key: value for key, value in fields.items() if value not in (None, "", {}, (), [])},
    }
    return orjson.dumps(line, default=str).decode()
