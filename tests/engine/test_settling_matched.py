"""An acknowledgment settles what it names and nothing that only looks like it."""

from __future__ import annotations

import pytest
from engine_wire import answer_997
from engine_wire import answer_contrl
from engine_wire import confirmation
from engine_wire import order
from engine_wire import x12
from homes import Desk

OURS = "4012345000009:14+4098765000003:14"
ACCEPTED = ("AK2*850*0001", "AK5*A", "AK9*A*1*1*1")


@pytest.fixture
def maplemed(desk: Desk) -> str:
    """A second partner who trades X12; both count from 1."""
    folder = desk.home / "partners/maplemed"
    folder.mkdir()
    text = (desk.home / "partners/harbor-medical/partner.yaml").read_text()
    (folder / "partner.yaml").write_text(text.replace("HARBORMED", "MAPLEMED"))
    assert "error" not in desk.act(command="reload")
    desk.gateway.home.make_folders("maplemed")
    return "maplemed"


def test_another_partner_s_answer_settles_nothing_of_ours(desk: Desk, maplemed: str) -> None:
    sent = desk.send("harbor-medical", order("1"))
    wire = answer_997(sent["group"], *ACCEPTED).replace("HARBORMED", "MAPLEMED ")
    desk.receive(maplemed, wire)
    note = f"TA1*{sent['interchange']}*260115*1000*R*006~"
    header = x12(confirmation("SO-1"), sender="MAPLEMED").splitlines()[0]
    desk.receive(maplemed, f"{header}\n{note}\nIEA*0*000000700~\n")
    assert desk.receipt("harbor-medical")["state"] == "sent"
    assert desk.held_codes() == ["acknowledgment-unmatched"] * 2


def test_a_group_is_named_by_its_code_too(desk: Desk) -> None:
    """Numbers of groups are unique within their kind only, as some partners count."""
    sent = desk.send("harbor-medical", order("1"))
    wire = answer_997(sent["group"], *ACCEPTED).replace("AK1*PO", "AK1*IN")
    desk.receive("harbor-medical", wire)
    assert desk.receipt("harbor-medical")["state"] == "sent"
    assert desk.held_codes() == ["acknowledgment-unmatched"]


def test_an_edifact_reference_is_text_whose_zeros_count(desk: Desk) -> None:
    sent = desk.send("alpenmed", order("1"))
    uci = f"UCI+{sent['interchange']}+{OURS}+7"
    wrong, right = (f"UCM+{reference}+ORDERS:D:96A:UN:EAN008+4+12" for reference in ("01", "1"))
    desk.receive("alpenmed", answer_contrl(uci, wrong), "wrong.edi")
    assert "acknowledgment-unmatched" in desk.held_codes()
    assert desk.receipt("alpenmed")["state"] == "accepted"
    desk.receive("alpenmed", answer_contrl(uci, right, control=951), "right.edi")
    assert desk.receipt("alpenmed")["state"] == "rejected"


def test_the_set_s_own_answer_goes_before_its_group_s(desk: Desk) -> None:
    """AK9 P speaks of all that is not listed, whatever its place in the message."""
    sent = desk.send("harbor-medical", order("1"))
    notes = ("AK2*850*0001", "AK5*R*5", "AK9*E*1*1*1")
    desk.receive("harbor-medical", answer_997(sent["group"], *notes))
    assert desk.receipt("harbor-medical")["state"] == "rejected"
