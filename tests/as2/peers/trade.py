"""What two partners have agreed on, whichever product the other one has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trade:
    """Two AS2 names and how their messages are made, both ways. `receipt` is sync, async or none;
    `compress` before, after or no."""

    ours: str
    theirs: str
    sign: str | None = "sha-256"
    encrypt: str | None = "aes-256-cbc"
    compress: str = "no"
    receipt: str = "sync"
    receipt_signed: bool = True

    @property
    def layers(self) -> set[str]:
        """Those of each message."""
        said = {
            "signed": self.sign is not None,
            "encrypted": self.encrypt is not None,
            "compressed": self.compress != "no",
        }
        return {layer for layer, there in said.items() if there}

    def __str__(self) -> str:
        signed = "signed" if self.receipt_signed else "unsigned"
        receipt = "none" if self.receipt == "none" else f"{self.receipt}-{signed}"
        return f"{self.sign} {self.encrypt} {self.compress} {receipt}"
