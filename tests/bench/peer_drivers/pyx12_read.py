"""Reads an interchange with pyx12's reader, without a map, and prints its own seconds of CPU."""

import json
import sys
import time
from pathlib import Path

from pyx12.x12file import X12Reader

start = time.process_time()
with Path(sys.argv[1]).open() as source:
    count = sum(1 for _ in X12Reader(source))
print(json.dumps({"seconds": time.process_time() - start, "done": count > 0}))
