"""AS2 messages taken a second over HTTP with every promise kept, and the memory that takes.

A gateway in a process of its own gets 10 KB messages, compressed, signed and encrypted under
RSA-2048, and answers each with a signed receipt once message, payload and receipt are on disk. The
messages are made before, so that the client costs as little as it can. `python as2_http.py PORT`
posts the same to a server that listens already, such as another product with these certificates.
"""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from as2 import order
from as2_pair import make_pair
from as2_posts import Posted
from as2_posts import crafted
from as2_posts import receipt_in
from test_as2_killed import running

from gateway.as2 import Compress
from gateway.as2 import Style
from gateway.transport.http_client import Answer
from gateway.transport.http_client import Destination
from gateway.transport.http_client import post_body

MESSAGES = 400
AT_ONCE = 4


def port_of(home: Path) -> int:
    return int((home / "gateway.yaml").read_text().split("listen: 127.0.0.1:")[1].split("\n")[0])


def memory(pid: int) -> int:
    """The most memory the process ever had, in MB."""
    return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) >> 10


def post_all(port: int, messages: list[Posted]) -> tuple[float, float]:
    """Messages a second, and the 99th percentile of an answer in milliseconds."""
    times: list[float] = []

    def post(message: Posted) -> Answer:
        start = time.perf_counter()
        to = Destination(f"http://127.0.0.1:{port}/")
        answer = post_body(to, message[0], BytesIO(message[1]), len(message[1]))
        times.append(time.perf_counter() - start)
        return answer

    start = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as posting:
        answers = list(posting.map(post, messages))
    seconds = time.perf_counter() - start
    for answer in answers:
        assert receipt_in(answer.headers, answer.body).disposition.accepted, answer
    return len(messages) / seconds, sorted(times)[int(len(times) * 0.99)] * 1000


def main() -> int:
    style = Style(compress=Compress.BEFORE)
    stamp = time.time_ns()
    messages = [
        crafted(order(seed=number), f"<{stamp}.{number}@bench>", style=style)
        for number in range(MESSAGES)
    ]
    if len(sys.argv) > 1:
        rate, slowest = post_all(int(sys.argv[1]), messages)
        print(f"AS2 over HTTP, 10 KB  {rate:6.0f}/s   99 % within {slowest:.0f} ms")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        home = make_pair(Path(folder))[1]
        with running(home) as process:
            time.sleep(2.0)
            post_all(port_of(home), messages[:20])
            rate, slowest = post_all(port_of(home), messages[20:])
            used = memory(process.pid)
    print(f"AS2 over HTTP, 10 KB  {rate:6.0f}/s   99 % within {slowest:.0f} ms   {used} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
