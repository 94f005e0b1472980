"""Named places where a test may kill the process: one before and after every lasting effect."""

from __future__ import annotations

import os
import signal

_STEPS = ("receive", "translate", "intend", "confirm", "overdue", "resolve", "resend", "alert")

FAILPOINTS = (
    "claim.before-rename",
    "claim.after-rename",
    "receive.after-removal",
    "publish.after-stage",
    "publish.after-rename",
    *(f"{step}.{side}-commit" for step in _STEPS for side in ("before", "after")),
)

_AS2_STEPS = ("as2-store", "as2-open", "as2-build", "as2-sent", "as2-receipt", "as2-settle")
AS2_FAILPOINTS = (
    "as2.spooled",
    "as2.before-answer",
    "as2.before-post",
    "as2.after-post",
    "as2.after-receipt-post",
    *(f"{step}.{side}-commit" for step in _AS2_STEPS for side in ("before", "after")),
)

CERT_FAILPOINTS = ("cert.after-files", "cert.before-rename", "cert.after-rename")

_VARIABLE = "GATEWAY_FAILPOINT"
_passed: dict[str, int] = {}


def failpoint(name: str) -> None:
    """Dies here by SIGKILL when GATEWAY_FAILPOINT is `name` or `name:N` (the Nth passing)."""
    wanted = os.environ.get(_VARIABLE)
    if wanted is None:
        return
    at, _, count = wanted.partition(":")
    if at != name:
        return
    _passed[name] = _passed.get(name, 0) + 1
    if _passed[name] >= int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
