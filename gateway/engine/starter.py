"""What a fresh home starts with."""

from __future__ import annotations

from pathlib import Path

from gateway.engine.home import beside_program

STARTER = """\
# Who we are. Identifiers are qualifier:id, as in ISA05/06 and UNB 0007/0004.
name: Northfield Hospitals
identifiers:
  x12: ZZ:NORTHFIELD
  edifact: 14:4012345000009
time_zone: America/Chicago

# A file is taken when its size and time have rested this long ...
settle: 1 s
# ... and, when it does not end with its own trailer, this long.
patience: 60 s
# How often the folders are looked through when no event comes.
poll: 5 s
largest_file: 1 GB

# Called with one JSON object on standard input when something is held, refused or overdue.
# alert:
#   command: [/usr/local/bin/tell-the-desk]
"""


def starter_partners() -> list[Path]:
    """The example partners' folders, of a checkout or of the installed package."""
    return sorted(path.parent for path in beside_program("partners").glob("*/partner.yaml"))
