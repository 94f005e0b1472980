"""AS2 messages taken a second over HTTP with every promise kept, and the memory that takes.

A gateway in a process of its own gets 10 KB messages, compressed, signed and encrypted under
RSA-2048, and answers each with a signed receipt once message, payload and receipt are on disk. The
messages are made before, so that the client costs as little as it can. OpenAS2's server, where
tests/as2/peers/install.py has installed it, gets the same in the same run.
`python as2_http.py PORT` posts them to a server that listens already, such as another product with
these certificates.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
sys.path.insert(0, str(Path(__file__).parents[1] / "as2" / "peers"))

from as2 import order
from as2_pair import HARBOR
from as2_pair import NORTH
from as2_pair import PASSWORD
from as2_pair import free_port
from as2_pair import key_of
from as2_pair import make_pair
from as2_pair import until
from as2_posts import Posted
from as2_posts import crafted
from as2_posts import receipt_in
from homes import ROOT
from openas2 import JARS
from openas2 import OpenAs2
from openas2 import Trade

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


def messages_of(run: str) -> list[Posted]:
    """The same for everybody but for their Message-IDs."""
    style, stamp = Style(compress=Compress.BEFORE), time.time_ns()
    return [
        crafted(order(seed=number), f"<{stamp}.{number}@{run}>", style=style)
        for number in range(MESSAGES)
    ]


@contextmanager
def serving(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-m", "gateway", "--home", str(home), "run"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(words, cwd=ROOT, stdout=quiet, stderr=quiet)
    try:
        until((home / "var/control.sock").exists)
        yield process
    finally:
        process.kill()
        process.wait()


def measure_gateway(folder: Path) -> tuple[float, float, int]:
    home = make_pair(folder)[1]
    messages = messages_of("gateway")
    with serving(home) as process:
        time.sleep(2.0)
        post_all(port_of(home), messages[:20])
        rate, slowest = post_all(port_of(home), messages[20:])
        return rate, slowest, memory(process.pid)


def measure_openas2(folder: Path) -> tuple[float, float, int]:
    server = OpenAs2(folder, free_port(), free_port(), "http://127.0.0.1:9/")
    key, certificate = key_of(HARBOR[0], 1)
    server.keys(key, PASSWORD.encode(), certificate, key_of(NORTH[0], 1)[1])
    server.settle([Trade(NORTH[2], HARBOR[2])])
    messages = messages_of("openas2")
    with server.running() as process:
        post_all(server.port, messages[:100])  # its compiler has to warm up
        rate, slowest = post_all(server.port, messages[100:])
        return rate, slowest, memory(process.pid)


def tell(name: str, rate: float, slowest: float, used: int) -> None:
    print(f"AS2 over HTTP, 10 KB, {name:8} {rate:6.0f}/s  99 % in {slowest:4.0f} ms {used:5} MB")


def main() -> int:
    if len(sys.argv) > 1:
        rate, slowest = post_all(int(sys.argv[1]), messages_of("other"))
        print(f"AS2 over HTTP, 10 KB  {rate:6.0f}/s   99 % within {slowest:.0f} ms")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        ours = measure_gateway(Path(folder) / "gateway")
        tell("gateway", *ours)
        if not list(JARS.glob("openas2-server-*.jar")):
            print("OpenAS2 is not installed: tests/as2/peers/install.py does it, with Java and mvn")
            return 0
        theirs = measure_openas2(Path(folder) / "openas2")
    tell("OpenAS2", *theirs)
    rate, used = ours[0] / theirs[0], ours[2] / theirs[2]
    print(f"rate {rate:.2f} of OpenAS2's (bar 2), memory {used:.2f} of its (bar 0.1)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
