"""Coverage-guided fuzzing by atheris: whatever the bytes, findings or success, nothing else.

`python tests/fuzz/wire.py TARGET SEED SECONDS [FOLDER]` starts from the cases and samples of this
repository and ends with 0 when the time is over; bytes that fail are kept in FOLDER.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import atheris

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

with atheris.instrument_imports(include=["gateway"]):
    import outcomes

TARGETS = {
    "read": (outcomes.pieces_are_read_as_the_whole, "*.edi"),
    "check": (outcomes.checking_ends_in_findings_or_success, "*.edi"),
    "translate": (outcomes.translating_ends_in_findings_or_success, "*.edi"),
    "send": (outcomes.sending_ends_in_findings_or_success, "*.json"),
}
WORDS = r"""
"ISA*00*" "IEA*1*" "GS*PO*" "GE*1*" "ST*850*" "SE*" "UNA:+.? '" "UNA:+,?*'" "UNB+UNOC:3+"
"UNB+UNOW:4+" "UNG+" "UNE+" "UNH+1+" "UNT+" "UNZ+1+" "BIN*" "HL*" "CPS+" "\x0d\x0a" "\x1a" "\x1c"
"\x1d" "\x1f" "\xef\xbb\xbf" "?'" "??" "^" "~~" "''" "20240230" "2460" "-0" "1E5" "0000" "null"
"""
LONGEST = 6000


def start(target: str, seed: str, seconds: str, folder: str = ".") -> None:
    outcome, kind = TARGETS[target]
    with tempfile.TemporaryDirectory() as corpus, tempfile.NamedTemporaryFile("w") as words:
        for number, sample in enumerate(sorted(TESTS.rglob(kind))):
            Path(corpus, str(number)).write_bytes(sample.read_bytes())
        words.write("\n".join(re.findall('"[^"]+"', WORDS)))
        words.flush()
        limits = [f"-seed={seed}", f"-max_total_time={seconds}", f"-max_len={LONGEST}"]
        limits += [
            f"-dict={words.name}",
            "-timeout=20",
            f"-artifact_prefix={folder}/",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *limits, corpus], outcome)
        atheris.Fuzz()


if __name__ == "__main__":
    start(*sys.argv[1:])
