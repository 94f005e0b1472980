"""What became of a message, as an MDN says it, and the exceptions that carry it.

RFC 4130 7.4.3 and 7.5, the modifiers of rfc4130bis 8.4.3, and the forms of RFC 3798 3.2.6 that
older partners send. A partner is told the disposition only; the reason is for our own log, so
that nobody learns from an answer how far a forged message came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import ClassVar

if TYPE_CHECKING:
    from gateway.as2.mic import Mic

AUTOMATIC = "automatic-action/MDN-sent-automatically"


@dataclass(frozen=True, slots=True)
class Disposition:
    """`kind`: processed or failed; `modifier`: "", error, warning or failure; `text`: which one,
    as `decryption-failed`. Kinds and modifiers are in lower case, `text` as it was written."""

    kind: str
    modifier: str = ""
    text: str = ""
    mode: str = AUTOMATIC

    @property
    def accepted(self) -> bool:
        """Whether the receiver took the message, perhaps with a warning."""
        return self.kind == "processed" and self.modifier in ("", "warning")

    def __str__(self) -> str:
        """The Disposition field: `automatic-action/...; processed/Error: decryption-failed`."""
        if not self.modifier:
            return f"{self.mode}; {self.kind}"
        text = f": {self.text}" if self.text else ""
        return f"{self.mode}; {self.kind}/{self.modifier.capitalize()}{text}"


def read_disposition(value: str, error: str = "", failure: str = "") -> Disposition:
    """A Disposition field in any of the forms partners use. `error` and `failure` are the fields
    beside it, which RFC 3798 uses to say which error it was. Anything not understood comes back
    as it stands and is not `accepted`."""
    mode, _, rest = value.partition(";")
    if not rest:
        mode, rest = "", mode
    kind, _, modifier = rest.strip().partition("/")
    modifier, _, text = modifier.partition(":")
    kind, modifier, text = kind.strip().lower(), modifier.strip().lower(), " ".join(text.split())
    if kind == "failed" and not modifier and failure:
        modifier = "failure"
    if not text:
        text = error if modifier == "error" else failure if modifier == "failure" else ""
    return Disposition(kind, modifier, text, mode.strip())


PROCESSED = Disposition("processed")
DUPLICATE = Disposition("processed", "warning", "duplicate-document")
UNAUTHENTICATED = Disposition("processed", "warning", "authentication-failed, processing continued")


class As2Error(Exception):
    """Anything a partner's octets can cause in this package. `str()` is the reason, for our log."""


class MessageError(As2Error):
    """A message is refused. `disposition` is what the partner is told; `mic` the digest of what
    was received, where it could be computed."""

    disposition: ClassVar[Disposition]
    sentence: ClassVar[str]
    """What the text part of the MDN says: the same whatever the reason was."""

    def __init__(self, reason: str, mic: Mic | None = None) -> None:
        super().__init__(reason)
        self.mic = mic


class AuthenticationError(MessageError):
    """The signature is not one of the partner's current certificates'."""

    disposition = Disposition("processed", "error", "authentication-failed")
    sentence = "The sender of the message could not be authenticated."


class IntegrityError(MessageError):
    """The content is not what was signed."""

    disposition = Disposition("processed", "error", "integrity-check-failed")
    sentence = "The message is not the one that was signed."


class DecryptionError(MessageError):
    """The message could not be decrypted, or what came out is no message."""

    disposition = Disposition("processed", "error", "decryption-failed")
    sentence = "The message could not be decrypted."


class DecompressionError(MessageError):
    """The message could not be inflated within the limits."""

    disposition = Disposition("processed", "error", "decompression-failed")
    sentence = "The message could not be decompressed."


class InsufficientSecurityError(MessageError):
    """The message is less protected, or by weaker algorithms, than agreed."""

    disposition = Disposition("processed", "error", "insufficient-message-security")
    sentence = "The message is not protected as agreed."


class UnexpectedProcessingError(MessageError):
    """The message cannot be read."""

    disposition = Disposition("processed", "error", "unexpected-processing-error")
    sentence = "The message could not be processed."


class UnknownRelationshipError(MessageError):
    """AS2-From and AS2-To are no pair we know."""

    disposition = Disposition("processed", "error", "unknown-trading-relationship")
    sentence = "The AS2-From and AS2-To names are not a known trading relationship."


class MessageIdError(MessageError):
    """The Message-ID is missing or malformed."""

    disposition = Disposition("processed", "error", "invalid-message-id")
    sentence = "The Message-ID is missing or malformed."


class DuplicateFilenameError(MessageError):
    """Two attachments, or an earlier message, have the same file name."""

    disposition = Disposition("processed", "error", "duplicate-filename")
    sentence = "A file of that name was already received."


class IllegalFilenameError(MessageError):
    """A file name cannot be kept safely."""

    disposition = Disposition("processed", "error", "illegal-filename")
    sentence = "The file name cannot be used."


class UnsupportedFormatError(MessageError):
    """The receipt is asked for in a format we do not make, or in a version that is not AS2 1.x."""

    disposition = Disposition("failed", "failure", "unsupported format")
    sentence = "The requested format is not supported."


class UnsupportedMicError(MessageError):
    """None of the digests the receipt may use is one we allow."""

    disposition = Disposition("failed", "failure", "unsupported MIC-algorithms")
    sentence = "None of the requested MIC algorithms is supported."


class SenderIsReceiverError(MessageError):
    """AS2-From and AS2-To are the same name."""

    disposition = Disposition("failed", "failure", "sender-equals-receiver")
    sentence = "The AS2-To name is identical to the AS2-From name."


class ReceiptError(As2Error):
    """An MDN is not what we may rely on: unreadable, not signed as asked, or of another message.
    There is no answer to an MDN; the delivery is not complete."""
