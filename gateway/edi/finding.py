"""Faults in data are values: a code, a severity and an exact position.

Acknowledgments, receipts, the console and the tests all render the same findings; the sentence
is made last (`gateway.edi.sentences`). Positions are the standards' own: counted from 1, the set
header (ST, UNH) is segment 1, and the byte offset counts from the first byte of the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from enum import StrEnum


class Severity(StrEnum):
    """An error rejects the set or interchange it stands in; a warning and a note never do."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Code(StrEnum):
    """What can be wrong. The public contract: each has an entry in docs/findings.md."""

    # the file
    EMPTY_FILE = "empty-file"
    NOT_EDI = "not-edi"
    FILE_TOO_LARGE = "file-too-large"
    FILE_UNREADABLE = "file-unreadable"
    # the envelope: the tag of the position tells which level
    HEADER_INVALID = "header-invalid"
    TRAILER_MISSING = "trailer-missing"
    SEGMENT_OUTSIDE = "segment-outside"
    CONTROL_NUMBER_MISMATCH = "control-number-mismatch"
    CONTROL_NUMBER_INVALID = "control-number-invalid"
    CONTROL_NUMBER_REPEATED = "control-number-repeated"
    COUNT_MISMATCH = "count-mismatch"
    LEVEL_EMPTY = "level-empty"
    CHARSET_UNSUPPORTED = "charset-unsupported"
    INVALID_CHARACTER = "invalid-character"
    RELEASE_UNSUPPORTED = "release-unsupported"
    SET_UNSUPPORTED = "set-unsupported"
    SET_NOT_IN_GROUP = "set-not-in-group"
    # segments and loops
    SEGMENT_UNKNOWN = "segment-unknown"
    SEGMENT_NOT_IN_SET = "segment-not-in-set"
    SEGMENT_UNEXPECTED = "segment-unexpected"
    SEGMENT_OUT_OF_ORDER = "segment-out-of-order"
    SEGMENT_MISSING = "segment-missing"
    SEGMENT_OVER_MAXIMUM = "segment-over-maximum"
    LOOP_OVER_MAXIMUM = "loop-over-maximum"
    SEGMENT_EMPTY = "segment-empty"
    SEGMENT_NOT_USED = "segment-not-used"
    # elements and components
    ELEMENT_MISSING = "element-missing"
    CONDITION_MISSING = "condition-missing"
    CONDITION_EXCLUDED = "condition-excluded"
    TOO_MANY_ELEMENTS = "too-many-elements"
    TOO_MANY_COMPONENTS = "too-many-components"
    TOO_MANY_REPETITIONS = "too-many-repetitions"
    ELEMENT_TOO_SHORT = "element-too-short"
    ELEMENT_TOO_LONG = "element-too-long"
    ELEMENT_INVALID = "element-invalid"
    VALUE_INVALID = "value-invalid"
    CODE_INVALID = "code-invalid"
    DATE_INVALID = "date-invalid"
    TIME_INVALID = "time-invalid"
    ELEMENT_NOT_USED = "element-not-used"
    TRAILING_SEPARATOR = "trailing-separator"
    # levels, totals and the map
    HIERARCHY_BROKEN = "hierarchy-broken"
    LEVEL_UNKNOWN = "level-unknown"
    PACKAGE_REPEATED = "package-repeated"
    CONTENTS_SHARED = "contents-shared"
    QUANTITY_EXCEEDED = "quantity-exceeded"
    SERIAL_REPEATED = "serial-repeated"
    TOTAL_MISMATCH = "total-mismatch"
    TWO_HOMES_DIFFER = "two-homes-differ"
    UNCLAIMED = "unclaimed"
    NOT_CARRIED = "not-carried"
    VALUE_UNWRITABLE = "value-unwritable"
    MAP_MISSING = "map-missing"
    # documents dropped for sending
    JSON_INVALID = "json-invalid"
    DOCUMENT_INVALID = "document-invalid"
    DOCUMENT_CONFLICT = "document-conflict"
    DOCUMENT_REPEATED = "document-repeated"
    # who, and whether we have seen it before
    SENDER_UNKNOWN = "sender-unknown"
    SENDER_ELSEWHERE = "sender-elsewhere"
    RECEIVER_UNKNOWN = "receiver-unknown"
    PARTNER_UNKNOWN = "partner-unknown"
    EARLIER_HELD = "earlier-held"
    INTERCHANGE_REPEATED = "interchange-repeated"
    INTERCHANGE_CONFLICT = "interchange-conflict"
    ACKNOWLEDGMENT_UNMATCHED = "acknowledgment-unmatched"
    ACKNOWLEDGMENT_OVERDUE = "acknowledgment-overdue"
    SETTLED_BY_PERSON = "settled-by-person"
    DELIVERY_FAILED = "delivery-failed"
    PARTNER_REJECTED = "partner-rejected"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a finding points. All counts start at 1; `segment` counts from the set header.

    `interchange`, `group` and `set` are ordinals in the file, interchange and group;
    `offset` is in bytes from the start of the file.
    """

    interchange: int | None = None
    group: int | None = None
    set: int | None = None
    segment: int | None = None
    tag: str | None = None
    element: int | None = None
    component: int | None = None
    repetition: int | None = None
    offset: int | None = None

    @property
    def reference(self) -> str:
        """The field's own notation: `BEG03`, `NAD02-1`, or the bare tag."""
        text = self.tag or ""
        if self.element is not None:
            text += f"{self.element:02d}"
        if self.component is not None:
            text += f"-{self.component}"
        return text


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: `detail` holds the words its sentence needs (`expected`, `element_id`, `loop`)."""

    code: Code
    severity: Severity = Severity.ERROR
    position: Position = Position()
    value: str | None = None
    detail: dict[str, str] = field(default_factory=dict)

    def within(
        self, interchange: int | None, group: int | None = None, set_: int | None = None
    ) -> Finding:
        """The same finding, placed in its interchange, group and set."""
        position = replace(self.position, interchange=interchange, group=group, set=set_)
        return replace(self, position=position)


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


class DefinitionError(Exception):
    """Faults in our own definitions (maps, overlays, partners): every one, as `file:line: text`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class TransientError(Exception):
    """The world failed (disk, lock, network); the same work may succeed later."""
