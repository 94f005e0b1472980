"""A control number that was used before: what `held show` says, so that one can decide."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from homes import Run
from homes import make_plain_home
from homes import sample

FIRST = sample("855.edi")


def shown(tmp_path: Path, gateway: Run, later: str) -> tuple[str, dict[str, object]]:
    """What is shown of the held interchange, in words and as JSON."""
    home = make_plain_home(tmp_path / "home")
    for name, content in (("first.edi", FIRST), ("second.edi", later)):
        (home / "inbox/harbor-medical/edi" / name).write_text(content)
        gateway("--home", home, "once")
    [hold] = json.loads(gateway("--home", home, "held", "list", "--json").stdout)
    words = ("--home", home, "held", "show", hold["id"])
    told = gateway(*words)
    assert told.returncode == 0, told.stderr
    return told.stdout, json.loads(gateway(*words, "--json").stdout)


def test_the_earlier_one_and_the_first_difference_are_told(tmp_path: Path, gateway: Run) -> None:
    text, facts = shown(tmp_path, gateway, FIRST.replace("SO-88123", "SO-88124"))
    earlier = facts["earlier"]
    assert isinstance(earlier, dict)
    assert (earlier["name"], earlier["state"]) == ("first.edi", "accepted")
    assert earlier["difference"]["segment"] == 4
    assert f"Earlier:   {earlier['id']} in first.edi, came " in text
    assert "Z, accepted\n" in text
    told = text[text.index("Differs:") :].splitlines()
    assert told[0] == "Differs:   first in segment 4"
    assert told[1].startswith("  earlier: BAK*")
    assert "SO-88123" in told[1]
    assert told[2].startswith("  this:    BAK*")
    assert "SO-88124" in told[2]


@pytest.mark.parametrize("old, new", [("~\n", "~"), ("~\n", "~ \r\n")])
def test_line_ends_and_blanks_alone_are_said_to_be_all(
    tmp_path: Path, gateway: Run, old: str, new: str
) -> None:
    text, facts = shown(tmp_path, gateway, FIRST.replace(old, new))
    assert "Differs:   only in line ends, blanks or terminators between segments\n" in text
    assert facts["earlier"]["difference"] is None  # type: ignore[index]
