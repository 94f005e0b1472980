"""Translates an interchange by the Bots engine's own steps, without its database: parse and check
by the grammar, split, run the mapping script, write JSON. Prints its own seconds of CPU, without
those of one set alone, which are spent on loading the grammar."""

import json
import logging
import sys
import time

file, one, home = sys.argv[1:]
sys.path.insert(0, home)

from bots import botsglobal  # noqa: E402
from bots import botsinit  # noqa: E402

botsinit.generalinit("config")
botsglobal.logger = logging.getLogger("bench")
botsglobal.logmap = logging.getLogger("bench.map")
botsglobal.logmap.setLevel(logging.CRITICAL)

from bots import botslib  # noqa: E402
from bots import inmessage  # noqa: E402
from bots import outmessage  # noqa: E402


def translate(path: str) -> tuple[float, int]:
    start = time.process_time()
    names = ("frompartner", "topartner", "testindicator", "alt", "fromchannel", "frommail")
    edifile = inmessage.parse_edi_file(
        editype="x12",
        messagetype="x12",
        filename=path,
        charset="us-ascii",
        **dict.fromkeys((*names, "tomail", "idroute", "command"), ""),
    )
    edifile.checkforerrorlist()
    script, name = botslib.botsimport("mappings", "x12", "order")
    count = 0
    for message in edifile.nextmessage():
        count += 1
        out = outmessage.outmessage_init(
            editype="jsonnocheck",
            messagetype="jsonnocheck",
            filename=str(count),
            reference=str(count),
            divtext="order",
            topartner="",
        )
        botslib.runscript(script, name, "main", inn=message, out=out)
        out.writeall()
    return time.process_time() - start, count


loading, _ = translate(one)
seconds, count = translate(file)
print(json.dumps({"seconds": seconds - loading, "done": count > 0}))
