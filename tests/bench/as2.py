"""AS2 round trips as a share of the bare RSA operations they need, in the same run.

One round trip: 10 KB compressed, signed and encrypted, opened, its signed synchronous MDN made,
read, verified and compared; RSA-2048 throughout. The bare operations are two signatures, two
verifications, one encryption and one decryption. The bar is 0.45.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1] / "as2"))

from as2_kit import MESSAGE_ID
from as2_kit import ours
from as2_kit import round_trip
from as2_kit import theirs
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from gateway.as2 import Compress
from gateway.as2 import Outcome
from gateway.as2 import Style
from gateway.as2 import settle

BAR = 0.45
ROUNDS = 200
PASSES = 5


def bare() -> None:
    """The RSA operations of one round trip."""
    scheme, digest = padding.PKCS1v15(), hashes.SHA256()
    for one in (ours(), theirs()):
        signature = one.private_key.sign(b"octets", scheme, digest)
        one.certificate.public_key.verify(signature, b"octets", scheme, digest)
    encrypted = theirs().certificate.public_key.encrypt(bytes(32), scheme)
    theirs().private_key.decrypt(encrypted, scheme)


def order(size: int = 10_240, seed: int = 850) -> bytes:
    dice = random.Random(seed)
    lines = []
    while sum(map(len, lines)) < size:
        item = f"{dice.randrange(10**14):014d}"
        lines.append(f"PO1*{len(lines)}*{dice.randint(1, 500)}*EA*{dice.random():.2f}**UK*{item}~")
    return "".join(lines).encode()[:size]


def per_second(work, content: bytes | None = None) -> float:
    start = time.perf_counter()
    for _ in range(ROUNDS):
        work() if content is None else work(content)
    return ROUNDS / (time.perf_counter() - start)


def once(content: bytes) -> None:
    done = round_trip(Style(compress=Compress.BEFORE), content)
    outcome = settle(done.receipt, MESSAGE_ID, done.built.mics, signed=True)
    assert outcome is Outcome.DELIVERED


def measure() -> tuple[float, float]:
    """Round trips and bare operations a second: the best of a few passes, taken in turns."""
    content = order()
    once(content)
    bare()
    pairs = [(per_second(once, content), per_second(bare)) for _ in range(PASSES)]
    return max(pair[0] for pair in pairs), max(pair[1] for pair in pairs)


def main() -> int:
    trips, floor = measure()
    share = trips / floor
    print(f"AS2 round trips, 10 KB  {trips:7.0f}/s   bare RSA {floor:7.0f}/s   share {share:.2f}")
    return 0 if share >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
