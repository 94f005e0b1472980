"""Validates an interchange with pyx12 by the maps in a folder; prints its own seconds of CPU,
without those of one set alone, which are spent on loading the map."""

import json
import sys
import time
from io import StringIO

import pyx12.params
from pyx12.x12n_document import x12n_document

file, one, maps = sys.argv[1:]


def validate(path: str) -> tuple[float, bool, str]:
    answer = StringIO()
    start = time.process_time()
    valid = x12n_document(pyx12.params.params(), path, answer, None, map_path=maps)
    return time.process_time() - start, valid, answer.getvalue()[:2000]


loading = validate(one)[0]
seconds, valid, answer = validate(file)
print(json.dumps({"seconds": seconds - loading, "done": valid, "answer": answer}))
