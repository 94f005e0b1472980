"""How a partner's AS2 settings are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from gateway.partner.as2 import As2Partner


def as2_facts(as2: As2Partner) -> dict[str, Any]:
    """How we trade by AS2; `switches` are those set for this partner's product, `weaker` is what
    someone allowed beyond today's best."""
    from gateway.partner.as2_style import switched

    style, policy = as2.style, as2.policy
    return {
        "id": as2.id,
        "our_id": as2.our_id,
        "url": as2.url,
        "sign": style.sign or "no",
        "encrypt": style.encrypt or "no",
        "compress": style.compress.value,
        "receipt": as2.receipt,
        "receipt_signed": as2.receipt_signed,
        "receipt_urls": list(as2.receipt_urls),
        "must_sign": policy.sign,
        "must_encrypt": policy.encrypt,
        "digests": list(policy.digests),
        "ciphers": list(policy.ciphers),
        "user": as2.user,
        "certificates": [
            {
                "file": one.file,
                "use": list(one.uses),
                "fingerprint": one.certificate.fingerprint,
                "until": one.certificate.not_after.date().isoformat(),
            }
            for one in as2.described
        ],
        "switches": switched(policy, style),
        "weaker": list(as2.weaker),
    }
