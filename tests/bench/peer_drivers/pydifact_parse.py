"""Parses an interchange with pydifact and prints its own seconds of CPU."""

import json
import sys
import time
from pathlib import Path

from pydifact.parser import Parser

text = Path(sys.argv[1]).read_text("latin-1")
start = time.process_time()
count = sum(1 for _ in Parser().parse(text))
print(json.dumps({"seconds": time.process_time() - start, "done": count > 0}))
