"""What a partner must send us, what we send a partner, and the limits of both.

The defaults are rfc4130bis 7: signed and encrypted, SHA-256 or stronger, AES. Everything weaker
is a word in an allow-list that someone wrote down for one partner.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum

STRONG_DIGESTS = ("sha-256", "sha-384", "sha-512")
LEGACY_DIGESTS = ("sha-1", "sha-224")
STRONG_CIPHERS = (
    "aes-256-gcm",
    "aes-192-gcm",
    "aes-128-gcm",
    "aes-256-cbc",
    "aes-192-cbc",
    "aes-128-cbc",
)
LEGACY_CIPHERS = ("3des",)


class Compress(StrEnum):
    """Where compression stands (RFC 5402 3): what is signed is deflated (before) or not (after)."""

    NONE = "none"
    BEFORE = "before-signing"
    AFTER = "after-signing"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of anything one message may hold; sizes in octets."""

    headers: int = 65_536
    parts: int = 1_000
    inflated: int = 10 << 30
    ratio: int = 250
    """Inflated octets to deflated ones, counted once `ratio_from` are out. EDI deflates 5 to 40
    times; deflate itself cannot do more than about 1000."""
    ratio_from: int = 8 << 20


@dataclass(frozen=True, slots=True)
class Policy:
    """What we ask of a partner's messages and receipts, and what we forgive.

    `digests` and `ciphers`: allow-lists for signatures, MICs and content, best first.
    `expired_certificate`: a signature under a certificate out of date is taken with a warning.
    `blanks_in_message_id`: some products build Message-IDs from AS2 names with blanks.
    `keep_filenames`: a file name that cannot be kept refuses the message instead of being dropped.
    `duplicate_accepted`: a repeat's receipt says processed, without the duplicate warning.
    `compressed_mic_bare`: the MIC of what is compressed and nothing else leaves the header out.
    """

    sign: bool = True
    encrypt: bool = True
    digests: tuple[str, ...] = STRONG_DIGESTS
    ciphers: tuple[str, ...] = STRONG_CIPHERS
    default_digest: str = "sha-256"
    rsa_bits: int = 2048
    curve_bits: int = 256
    expired_certificate: bool = False
    blanks_in_message_id: bool = False
    keep_filenames: bool = True
    duplicate_accepted: bool = False
    compressed_mic_bare: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Style:
    """How our messages and receipts to a partner are made; the first of each line is the default.

    `sign`: a digest or None. `signature`: pkcs1 or pss (an EC key always makes ECDSA).
    `encrypt`: a cipher or None. `transport`: pkcs1, oaep-sha-256, oaep-sha-1.
    `by_key_id`: name certificates by subject key identifier, not by issuer and serial number.
    `plain_micalg`: spell `sha256` for partners who do not know `sha-256`.
    `certificates`, `attributes`, `algorithm_protection`: whether the signature carries them.
    `signature_encoding`, `content_encoding`: base64 or binary, in signed and payload parts.
    `outer_encoding`: whether the HTTP header names a Content-Transfer-Encoding.
    `quote_filename`: in Content-Disposition. `chunked`: for whoever sends it.
    `compressed_mic_bare`: of a message that is compressed and nothing else only the MIC without the
    header is taken for ours.
    """

    sign: str | None = "sha-256"
    signature: str = "pkcs1"
    encrypt: str | None = "aes-256-cbc"
    transport: str = "pkcs1"
    compress: Compress = Compress.NONE
    by_key_id: bool = False
    plain_micalg: bool = False
    certificates: bool = True
    attributes: bool = True
    algorithm_protection: bool = False
    signature_encoding: str = "base64"
    content_encoding: str = "binary"
    outer_encoding: bool = False
    quote_filename: bool = True
    chunked: bool = False
    compressed_mic_bare: bool = False
    version: str = "1.3"
    features: tuple[str, ...] = ("multiple-attachments", "CEM")
