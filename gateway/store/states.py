"""The states of each noun, and which state may follow which.

State names are a public contract: receipts, `status` and the journal print them. The tables at
the end are the whole truth about moves; a move that is not in them is refused by the store.
"""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """Seen from us: `in` is what the partner sends, `out` what we send."""

    IN = "in"
    OUT = "out"


class TransmissionState(StrEnum):
    """One file, received from a partner or dropped for one."""

    RECEIVED = "received"  # claimed and committed; waits in its lane
    TRANSLATED = "translated"  # received -> its interchanges, sets and documents are stored
    HELD = "held"  # received -> a person must decide; released, it is received again
    REJECTED = "rejected"  # received or held -> refused with findings, nothing is delivered
    DUPLICATE = "duplicate"  # received -> everything in it was seen before


class InterchangeState(StrEnum):
    """One ISA..IEA or UNB..UNZ."""

    RECEIVED = "received"  # in: its envelope is right, not all of its sets are stored yet
    ACCEPTED = "accepted"  # in: its envelope is right; each set has its own verdict
    DUPLICATE = "duplicate"  # in: same identity, same bytes; acknowledged the same again
    CONFLICT = "conflict"  # in: same identity, other bytes; held for a person
    REJECTED = (
        "rejected"  # in: envelope wrong, or a conflict refused; out: refused whole by TA1/UCI
    )
    QUEUED = "queued"  # out: written, not yet in its folder
    PUBLISHED = "published"  # out: queued -> the partner can collect it
    SENT = "sent"  # out: queued -> handed to the partner's server
    ACKNOWLEDGED = "acknowledged"  # out: published or sent -> the partner has answered for it


class Verdict(StrEnum):
    """What was decided about one transaction set: by us on theirs, by the partner on ours."""

    PENDING = "pending"  # out: no acknowledgment yet
    ACCEPTED = "accepted"  # AK5/IK5 A, UCM 7
    ACCEPTED_WITH_ERRORS = "accepted_with_errors"  # AK5/IK5 E
    REJECTED = "rejected"  # AK5/IK5 R, M, W, X; UCM 4
    OVERDUE = "overdue"  # out: the deadline passed; a late acknowledgment still settles it
    HELD = "held"  # in: a person must decide


class DocumentState(StrEnum):
    """One business document in its canonical form."""

    READY = "ready"  # in: translated, its file is not yet in documents/
    PUBLISHED = "published"  # in: ready -> the ERP can collect it
    DUPLICATE = "duplicate"  # in and out: this event was delivered before
    RECEIVED = "received"  # out: dropped by the ERP, readable
    QUEUED = "queued"  # out: received -> written into an interchange
    SENT = "sent"  # out: queued -> its interchange can be collected or was handed over
    ACCEPTED = "accepted"  # out: sent -> the partner's acknowledgment
    ACCEPTED_WITH_ERRORS = "accepted_with_errors"  # out: sent -> the partner's acknowledgment
    REJECTED = "rejected"  # out: sent -> the partner's acknowledgment; in: a person said no
    OVERDUE = "overdue"  # out: sent -> no acknowledgment came in time
    HELD = "held"  # in and out: a person must decide
    REFUSED = "refused"  # out: we will not send it; its receipt says why


class PublicationState(StrEnum):
    """One file that must appear in a folder."""

    PENDING = "pending"  # to be written
    STAGED = "staged"  # pending -> its bytes lie beside the folder; the rename is intended
    PUBLISHED = "published"  # staged -> the file was in its folder; queued again, it is pending


class As2State(StrEnum):
    """One AS2 message, theirs or ours, and its receipt."""

    RECEIVED = "received"  # in: its raw bytes are stored, nothing of it is decided
    ACCEPTED = "accepted"  # in: received -> its payloads are transmissions, its receipt is made
    REFUSED = "refused"  # in: received -> its receipt says why; sent again, it is received afresh
    QUEUED = "queued"  # out: to be posted at `next_at`
    SENT = "sent"  # out: queued -> the partner's server took it; its receipt may follow
    DELIVERED = "delivered"  # out: a receipt we rely on says the partner has it
    FAILED = "failed"  # out: refused, given up, or its receipt did not come; a person decides
    NO_RECEIPT = "no_receipt"  # out: none came, but all it carries is acknowledged or settled
    LEFT = "left"  # out: queued -> what it carries goes into the partner's folder


class AlertState(StrEnum):
    """Telling the operator, by command and webhook where both are set."""

    PENDING = "pending"  # due at `next_at`; a failed try stays pending until the last
    COMMANDED = "commanded"  # pending -> the command ended well, the webhook is due at `next_at`
    POSTED = "posted"  # pending -> the webhook answered 2xx, the command is due at `next_at`
    SENT = "sent"  # pending, commanded or posted -> whatever is set took it
    FAILED = "failed"  # pending, commanded or posted -> given up


class Resolution(StrEnum):
    """How a person ended a hold."""

    RELEASED = "released"
    REJECTED = "rejected"
    SETTLED = "settled"  # what is held has arrived, as the partner said another way


_T, _I, _V, _D = TransmissionState, InterchangeState, Verdict, DocumentState
_ANSWERS = frozenset({_V.ACCEPTED, _V.ACCEPTED_WITH_ERRORS, _V.REJECTED})
_UNDELIVERED = frozenset({As2State.FAILED, As2State.NO_RECEIPT})
_OUTCOMES = frozenset({_D.ACCEPTED, _D.ACCEPTED_WITH_ERRORS, _D.REJECTED})

# Partners correct an acknowledgment by sending another, so an outcome may change once given, and
# what a person settled is settled again by their own.
TRANSMISSION_MOVES: dict[TransmissionState, frozenset[TransmissionState]] = {
    _T.RECEIVED: frozenset({_T.TRANSLATED, _T.HELD, _T.REJECTED, _T.DUPLICATE}),
    _T.HELD: frozenset({_T.RECEIVED, _T.REJECTED, _T.TRANSLATED}),
}
INTERCHANGE_MOVES: dict[InterchangeState, frozenset[InterchangeState]] = {
    _I.RECEIVED: frozenset({_I.ACCEPTED}),
    _I.CONFLICT: frozenset({_I.ACCEPTED, _I.REJECTED}),
    _I.QUEUED: frozenset({_I.PUBLISHED, _I.SENT, _I.ACKNOWLEDGED, _I.REJECTED}),
    _I.PUBLISHED: frozenset({_I.QUEUED, _I.SENT, _I.ACKNOWLEDGED, _I.REJECTED}),
    _I.SENT: frozenset({_I.QUEUED, _I.ACKNOWLEDGED, _I.REJECTED}),
    _I.ACKNOWLEDGED: frozenset({_I.QUEUED, _I.REJECTED}),
    _I.REJECTED: frozenset({_I.QUEUED, _I.ACKNOWLEDGED}),
}
VERDICT_MOVES: dict[Verdict, frozenset[Verdict]] = {
    _V.PENDING: _ANSWERS | {_V.OVERDUE},
    _V.OVERDUE: _ANSWERS | {_V.PENDING},
    _V.HELD: _ANSWERS,
    **{answer: (_ANSWERS - {answer}) | {_V.PENDING} for answer in _ANSWERS},
}
AS2_MOVES: dict[As2State, frozenset[As2State]] = {
    As2State.RECEIVED: frozenset({As2State.ACCEPTED, As2State.REFUSED}),
    As2State.REFUSED: frozenset({As2State.RECEIVED}),
    As2State.QUEUED: frozenset({As2State.SENT, As2State.DELIVERED, As2State.LEFT}) | _UNDELIVERED,
    As2State.SENT: frozenset({As2State.QUEUED, As2State.DELIVERED}) | _UNDELIVERED,
    As2State.DELIVERED: frozenset({As2State.QUEUED}),
    As2State.FAILED: frozenset({As2State.QUEUED, As2State.DELIVERED, As2State.NO_RECEIPT}),
    As2State.NO_RECEIPT: frozenset({As2State.QUEUED, As2State.SENT, As2State.DELIVERED}),
    As2State.LEFT: frozenset({As2State.QUEUED, As2State.DELIVERED}),
}
DOCUMENT_MOVES: dict[DocumentState, frozenset[DocumentState]] = {
    _D.READY: frozenset({_D.PUBLISHED, _D.HELD, _D.REJECTED, _D.DUPLICATE}),
    _D.PUBLISHED: frozenset({_D.READY}),
    _D.RECEIVED: frozenset({_D.QUEUED, _D.SENT, _D.HELD, _D.REFUSED, _D.DUPLICATE}),
    _D.QUEUED: frozenset({_D.SENT, _D.HELD, _D.REFUSED}) | _OUTCOMES,
    _D.SENT: _OUTCOMES | {_D.OVERDUE, _D.QUEUED, _D.HELD},
    _D.OVERDUE: _OUTCOMES | {_D.QUEUED, _D.HELD},
    _D.HELD: _OUTCOMES | {_D.READY, _D.RECEIVED, _D.REFUSED, _D.QUEUED, _D.SENT},
    **dict.fromkeys(_OUTCOMES, _OUTCOMES | {_D.QUEUED}),
}
