"""What a partner demands is missed in every set, however many right ones came before it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from checked import check_content
from homes import SAMPLES

from gateway.edi.finding import Code
from gateway.engine.composing import compose
from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps
from gateway.engine.dropped import Dropped
from gateway.engine.starter import starter_partners
from gateway.partner.partner import Partner
from gateway.partner.partner import load_partner
from gateway.partner.settings import load_settings

STORES = SAMPLES.parent / "cases" / "guide-x12-856-stores"


@pytest.fixture
def partner() -> Partner:
    """It requires a ship-to and a bill of lading in the shipment."""
    settings = load_settings(packaged_maps().parent / "gateway.yaml")
    known = {one.name: one for one in starter_partners()}
    return replace(
        load_partner(known["harbor-medical"], settings), overlays=(STORES / "overlay.yaml",)
    )


def test_in_what_is_received(partner: Partner) -> None:
    """All that the wrong set has was in the right ones."""
    definitions = Definitions(packaged_maps(), patience=1)
    short = (STORES / "input.edi").read_bytes()
    count = short.count(b"~") - 4
    right = short.replace(b"REF*BM*BL-778~", b"REF*BM*BL-778~REF*CN*PRO-1~")
    right = right.replace(b"SE*%d*" % count, b"SE*%d*" % (count + 1))
    for _ in range(4):
        assert check_content(right, definitions, partner).findings == []
    wrong = short.replace(b"REF*BM*BL-778~", b"REF*CN*PRO-1~")
    (found,) = check_content(wrong, definitions, partner).findings
    assert (found.code, found.detail["qualifier"]) == (Code.SEGMENT_MISSING, "BM")


def test_in_what_is_sent(partner: Partner) -> None:
    definitions = Definitions(packaged_maps(), patience=1)
    [document] = json.loads((STORES / "document.json").read_text())
    document["data"]["shipment"]["pro_number"] = "PRO-1"
    for _ in range(4):
        assert compose(Dropped(**document), partner, definitions).findings == ()
    del document["data"]["shipment"]["bill_of_lading"]
    (found,) = compose(Dropped(**document), partner, definitions).findings
    assert (found.code, found.detail["qualifier"]) == (Code.SEGMENT_MISSING, "BM")
