"""Column types: aware UTC instants, enumerations, findings and details as JSON text."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import DateTime
from sqlalchemy import Enum
from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from gateway.edi.finding import Code
from gateway.edi.finding import Finding
from gateway.edi.finding import Position
from gateway.edi.finding import Severity

STATE_LENGTH = 24
_POSITION = Position.__slots__


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """The stored form: code, severity, then only what the finding says; `at` is its position."""
    stored: dict[str, Any] = {"code": finding.code, "severity": finding.severity}
    at = {
        name: value for name in _POSITION if (value := getattr(finding.position, name)) is not None
    }
    if at:
        stored["at"] = at
    if finding.value is not None:
        stored["value"] = finding.value
    if finding.detail:
        stored["detail"] = finding.detail
    return stored


def finding_from_json(stored: dict[str, Any]) -> Finding:
    """The finding that `finding_to_json` stored."""
    return Finding(
        code=Code(stored["code"]),
        severity=Severity(stored["severity"]),
        position=Position(**stored.get("at", {})),
        value=stored.get("value"),
        detail=stored.get("detail", {}),
    )


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite keeps no zone, so it is taken off and put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime names no instant")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Findings(TypeDecorator[tuple[Finding, ...]]):
    """A tuple of findings as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: tuple[Finding, ...] | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> str:
        if not value:
            return "[]"
        return orjson.dumps([finding_to_json(finding) for finding in value]).decode()

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> tuple[Finding, ...]:
        if value is None or value == "[]":
            return ()
        return tuple(finding_from_json(stored) for stored in orjson.loads(value))


class Detail(TypeDecorator[dict[str, Any]]):
    """A flat JSON object; never document content."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: dict[str, Any] | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> str:
        return orjson.dumps(value or {}, option=orjson.OPT_SORT_KEYS).decode()

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> dict[str, Any]:
        return dict(orjson.loads(value)) if value else {}


class Words(TypeDecorator[tuple[Any, ...]]):
    """A tuple of texts, or of pairs of texts, as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: tuple[Any, ...] | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> str:
        return orjson.dumps(value or ()).decode()

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> tuple[Any, ...]:
        found = orjson.loads(value or "[]")
        return tuple(tuple(one) if isinstance(one, list) else one for one in found)


def state_of(states: type[StrEnum]) -> Enum:
    """A column of one StrEnum, kept as its text without a constraint: states grow."""
    return Enum(
        states,
        native_enum=False,
        create_constraint=False,
        length=STATE_LENGTH,
        values_callable=lambda members: [member.value for member in members],
    )
