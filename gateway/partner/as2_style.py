"""How a partner's messages are judged and ours are made: the switches of its `as2:` part.

Whatever weakens something beyond the standard's best is added to `weaker` as the line it is.
"""

from __future__ import annotations

from typing import Any

from gateway.as2 import Compress
from gateway.as2 import Limits
from gateway.as2 import Policy
from gateway.as2 import Style
from gateway.as2.policy import LEGACY_CIPHERS
from gateway.as2.policy import LEGACY_DIGESTS
from gateway.as2.policy import STRONG_CIPHERS
from gateway.as2.policy import STRONG_DIGESTS
from gateway.definition import Fields
from gateway.partner.settings import As2Settings

_COMPRESS = {"no": Compress.NONE, "before": Compress.BEFORE, "after": Compress.AFTER}
_YES_NO = ("yes", "no")
_QUIRKS = {
    "signature": ("pkcs1", "pss"),
    "transport": ("pkcs1", "oaep-sha-256", "oaep-sha-1"),
    "signature_encoding": ("base64", "binary"),
    "content_encoding": ("binary", "base64"),
}
"""Style switches with words; those that are true or false are yes or no."""
_POLICY_SWITCHES = (
    "blanks_in_message_id",
    "keep_filenames",
    "duplicate_accepted",
    "compressed_mic_bare",
)
_STYLE_SWITCHES = (
    "by_key_id",
    "plain_micalg",
    "certificates",
    "attributes",
    "algorithm_protection",
    "outer_encoding",
    "quote_filename",
    "chunked",
    "compressed_mic_bare",
)


def read_policy(fields: Fields, own: As2Settings | None, weaker: list[str]) -> Policy:
    """What the partner's messages must be, and what of theirs is forgiven."""
    unsigned = weakening(fields, "accept_unsigned", weaker)
    unencrypted = weakening(fields, "accept_unencrypted", weaker)
    expired = weakening(fields, "expired_certificate", weaker)
    digests = _more(fields, "accept_digests", STRONG_DIGESTS, LEGACY_DIGESTS, weaker)
    ciphers = _more(fields, "accept_ciphers", STRONG_CIPHERS, LEGACY_CIPHERS, weaker)
    plain = Policy()
    switches: dict[str, Any] = {
        key: switch(fields, key, default=getattr(plain, key)) for key in _POLICY_SWITCHES
    }
    return Policy(
        sign=not unsigned,
        encrypt=not unencrypted,
        digests=digests,
        ciphers=ciphers,
        expired_certificate=expired,
        limits=Limits(inflated=own.largest if own else Limits().inflated),
        **switches,
    )


def read_style(fields: Fields, weaker: list[str]) -> Style:
    """How our messages to the partner are made."""
    plain = Style()
    sign = fields.choice("sign", (*STRONG_DIGESTS, *LEGACY_DIGESTS, "no"), "sha-256")
    encrypt = fields.choice("encrypt", (*STRONG_CIPHERS, *LEGACY_CIPHERS, "no"), "aes-256-cbc")
    weaker += [f"sign: {sign}"] if sign not in STRONG_DIGESTS else []
    weaker += [f"encrypt: {encrypt}"] if encrypt not in STRONG_CIPHERS else []
    words = {
        key: fields.choice(key, choices, getattr(plain, key)) for key, choices in _QUIRKS.items()
    }
    switches = {key: switch(fields, key, default=getattr(plain, key)) for key in _STYLE_SWITCHES}
    chosen: dict[str, Any] = {
        "sign": None if sign == "no" else sign,
        "encrypt": None if encrypt == "no" else encrypt,
        "compress": _COMPRESS[fields.choice("compress", _COMPRESS, "no")],
    }
    return Style(**(chosen | words | switches))


def switch(fields: Fields, key: str, *, default: bool) -> bool:
    return fields.choice(key, _YES_NO, "yes" if default else "no") == "yes"


def weakening(fields: Fields, key: str, weaker: list[str]) -> bool:
    chosen = switch(fields, key, default=False)
    weaker += [f"{key}: yes"] if chosen else []
    return chosen


def _more(
    fields: Fields, key: str, strong: tuple[str, ...], legacy: tuple[str, ...], weaker: list[str]
) -> tuple[str, ...]:
    """The strong algorithms and those of the legacy ones that are named."""
    named = fields.texts(key)
    for word in named:
        if word not in legacy:
            fields.fault(fields.node, f"{key}: {word!r} is not one of {', '.join(legacy)}")
    weaker += [f"{key}: {word}" for word in named]
    return (*strong, *(word for word in named if word in legacy))


def switched(policy: Policy, style: Style) -> dict[str, str]:
    """The switches for particular products that are set, as partner.yaml says them."""
    found = {}
    for keys, of, plain in (
        ((*_QUIRKS, *_STYLE_SWITCHES), style, Style()),
        (_POLICY_SWITCHES, policy, Policy()),
    ):
        for key in keys:
            value = getattr(of, key)
            if value != getattr(plain, key):
                found[key] = value if isinstance(value, str) else _YES_NO[not value]
    return found
