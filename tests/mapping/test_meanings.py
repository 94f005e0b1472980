"""What a message says is where an ERP looks for it, and what it says there is what was meant."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from gateway.engine.definitions import Definitions
from gateway.engine.definitions import packaged_maps
from gateway.engine.reading import SetRead
from gateway.engine.reading import read_file

GROUPS = {"810": "IN", "850": "PO", "855": "PR", "856": "SH"}


@cache
def definitions() -> Definitions:
    return Definitions(packaged_maps())


def read_x12(kind: str, text: str) -> dict[str, Any]:
    segments = [line.strip() for line in text.split("~") if line.strip()]
    body = "".join(f"{line}~" for line in segments)
    return read(
        "ISA*00*          *00*          *ZZ*HARBORMED      *ZZ*NORTHFIELD     *260301*1200*U*00401"
        f"*000000001*0*P*>~GS*{GROUPS[kind]}*HARBORMED*NORTHFIELD*20260301*1200*1*X*004010~"
        f"ST*{kind}*0001~{body}SE*{len(segments) + 2}*0001~GE*1*1~IEA*1*000000001~"
    )


def read_edifact(kind: str, text: str) -> dict[str, Any]:
    segments = [line.strip() for line in text.split("'") if line.strip()]
    body = "".join(f"{line}'" for line in segments)
    return read(
        "UNB+UNOC:3+4098765000003:14+4012345000009:14+260301:1200+1'"
        f"UNH+1+{kind}:D:96A:UN'{body}UNT+{len(segments) + 2}+1'UNZ+1+1'"
    )


def read(content: str) -> dict[str, Any]:
    [found] = [
        one
        for one in read_file([content.encode()], definitions(), lambda _header: None)
        if isinstance(one, SetRead)
    ]
    assert found.reading is not None, found
    assert not found.reading.findings, found.reading.findings
    return dict(found.reading.document)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("AP", "product_replenishment"),
        ("RF", "rejected_exceptions_only"),
        ("RO", "rejected_with_counter_offer"),
    ],
)
def test_how_an_855_answers(status: str, word: str) -> None:
    assert read_x12("855", f"BAK*00*{status}*4500123456*20260301~CTT*0~")["status"] == word


def test_what_an_855_says_of_a_line() -> None:
    """SP is accepted, only its date is open; NE is a price not to exceed; TB a tube, not TU."""
    document = read_x12(
        "855",
        """BAK*00*AC*4500123456*20260301~
        PO1*1*10*TB*41.5*NE*VN*HM-1~CTP**PRO*40~CTP**PRP*39~ACK*SP*10*TB~AMT*1*415~CTT*1~""",
    )
    [line] = document["lines"]
    assert line["quantity"] == {"value": "10", "unit": "XTU"}
    assert line["price"] == {"amount": "41.5", "type": "not_to_exceed"}
    assert [price["type"] for price in line["prices"]] == ["producer", "promotion"]
    assert [response["status"] for response in line["responses"]] == ["date_pending"]
    assert line["line_amount_type"] == "line_total"


@pytest.mark.parametrize(
    ("x12", "edifact", "unit"),
    [
        ("TB", "TU", "XTU"),
        ("TY", "PU", "XPU"),
        ("AM", "AM", "XAM"),
        ("U2", "U2", "U2"),
        ("ME", "MGM", "MGM"),
        ("CE", "CEL", "CEL"),
    ],
)
def test_one_unit_has_one_word(x12: str, edifact: str, unit: str) -> None:
    order = read_x12("850", f"BEG*00*SA*4711**20260301~PO1*1*10*{x12}*4~CTT*1~")
    same = read_edifact(
        "ORDERS",
        f"""BGM+220+4711+9'DTM+137:20260301:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        LIN+1++04098765000102:EN'QTY+21:10:{edifact}'UNS+S'""",
    )
    assert order["lines"][0]["quantity"] == {"value": "10", "unit": unit}
    assert same["lines"][0]["quantity"] == {"value": "10", "unit": unit}


def test_a_thousand_linear_yards_are_no_tubes() -> None:
    document = read_x12("850", "BEG*00*SA*4711**20260301~PO1*1*10*TU*4~CTT*1~")
    assert document["lines"][0]["quantity"]["unit"] == "x12:355:TU"


def test_what_an_ordrsp_says_of_a_line() -> None:
    """Action 4 leaves a line as it is, it waits for nothing; PIA 2 offers another item."""
    document = read_edifact(
        "ORDRSP",
        """BGM+231+SO-1+12'DTM+137:20260301:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        LIN+1+4+04098765000102:EN'PIA+2+AM-778:SA'QTY+21:10:PCE'
        LIN+2+24+04098765000119:EN'QTY+21:10:PCE'UNS+S'CNT+3:2'""",
    )
    first, second = document["lines"]
    assert document["status"] == "not_processed"
    assert first["responses"] == [{"status": "no_action"}]
    assert second["responses"] == [{"status": "accepted_with_changes_final"}]
    assert {"scheme": "seller_item", "value": "AM-778", "use": "potential_substitute"} in (
        first["item"]["ids"]
    )
    assert document["totals"]["counts"] == [{"type": "lines_and_sublines", "value": "2"}]


def test_what_was_remitted_is_not_what_a_discount_leaves() -> None:
    document = read_edifact(
        "INVOIC",
        """BGM+380+55012+9'DTM+137:20260301:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        LIN+1++04098765000102:EN'QTY+47:1:PCE'UNS+S'
        MOA+77:100'MOA+12:40'MOA+165:-5'""",
    )
    assert document["totals"] == {
        "payable": "100",
        "adjustment": "-5",
        "amounts": [{"type": "remitted", "amount": "40"}],
    }


def test_a_batch_is_a_lot_and_its_expiration_the_lots() -> None:
    """REF*BT and DTM*208 (lot number expiration) are the lot's, as REF*LT and DTM*036 are."""
    document = read_x12(
        "856",
        """BSN*00*SH-1*20260305*1430*0004~HL*1**S~HL*2*1*O~PRF*4500123456~
        HL*3*2*I~LIN*1*VN*HM-1~SN1**3*CA~REF*BT*B-77~DTM*208*20280131~
        HL*4*2*I~LIN*2*VN*HM-2*LT*B-78~SN1**2*CA~DTM*208*20280229~
        HL*5*2*I~LIN*3*VN*HM-3~SN1**2*CA~REF*BT*B-79~REF*BT*B-80~CTT*5~""",
    )
    first, second, third = document["lines"]
    assert first["lots"] == [
        {"ref": "a", "number": "B-77", "expiry_date": "2028-01-31", "quantity": "3"}
    ]
    assert second["lots"] == [
        {"ref": "a", "number": "B-78", "expiry_date": "2028-02-29", "quantity": "2"}
    ]
    assert "lots" not in third  # nobody says how much is of which
    assert [one["value"] for one in third["item"]["ids"]] == ["HM-3", "B-79", "B-80"]


def test_what_a_ship_notice_says_is_missing() -> None:
    """QVR: forty fewer than ordered, and they follow; ALI: where the goods come from."""
    document = read_edifact(
        "DESADV",
        """BGM+351+LS-1+9'DTM+137:20260305:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        CPS+1'LIN+1++04098765000102:EN'QTY+12:60:PCE'QTY+21:100:PCE'ALI+DE'
        QVR+-40:21+BP+AV'DTM+17:20260312:102'
        LIN+2++04098765000119:EN'QTY+12:5:PCE'QVR+-1:21+CP'CNT+2:2'""",
    )
    first, second = document["lines"]
    assert first["fulfilment"] == [
        {
            "difference": "-40",
            "quantity_type": "ordered",
            "status": "partial_rest_backordered",
            "reason": "out_of_inventory",
            "dates": [{"role": "estimated_delivery", "date": "2026-03-12"}],
        }
    ]
    assert first["trade_conditions"] == [{"country_of_origin": "DE"}]
    assert second["fulfilment"][0]["status"] == "partial_no_backorder"


def test_an_ordrsp_that_rejects_in_its_response_type() -> None:
    document = read_edifact(
        "ORDRSP",
        """BGM+231+SO-1+9+RE'DTM+137:20260301:102'RFF+ON:4500123456'
        NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'UNS+S'""",
    )
    assert (document["status"], document["response_type"]) == ("original", "rejected")


def test_the_amount_of_an_allowance_has_three_codes() -> None:
    """MOA 8, 23 (charge) and 204 (allowance) are its amount; the order's date is DTM 171 or 4."""
    document = read_edifact(
        "INVOIC",
        """BGM+381+RE-9+9'DTM+137:20260305:102'RFF+ON:4500123456'DTM+4:20260301:102'
        RFF+IV:RE-1'DTM+3:20260201:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        ALC+C++++FC'MOA+23:15'
        LIN+1++04098765000102:EN'QTY+47:1:PCE'ALC+A++++DI'MOA+204:4'MOA+25:100'
        UNS+S'MOA+77:111'MOA+39:111'""",
    )
    assert document["order_reference"] == {"id": "4500123456", "issue_date": "2026-03-01"}
    assert document["original_invoice_date"] == "2026-02-01"
    assert document["allowance_charges"] == [
        {"indicator": "charge", "reason": "freight", "amount": "15"}
    ]
    assert document["lines"][0]["allowance_charges"] == [
        {"indicator": "allowance", "reason": "discount", "amount": "4", "base_amount": "100"}
    ]
    assert document["totals"]["amounts"] == [{"type": "total_invoice", "amount": "111"}]


def test_a_blanket_order_says_what_is_firm() -> None:
    document = read_edifact(
        "ORDERS",
        """BGM+221+BL-1+9'DTM+137:20260301:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        LIN+1++04098765000102:EN'QTY+21:200:PCE'
        SCC+1++M'QTY+21:100'DTM+2:20260401:102'SCC+4++M'QTY+21:100'DTM+2:20260501:102'UNS+S'""",
    )
    schedule = document["lines"][0]["schedule"]
    assert [(one["status"], one["frequency"]) for one in schedule] == [
        ("firm", "monthly"),
        ("forecast", "monthly"),
    ]


def test_a_pack_of_inner_packs_is_not_a_pack_of_pieces() -> None:
    """PO4*10*20*EA are ten inner packs of twenty; QTY+59 counts the pieces of the whole unit."""
    order = read_x12("850", "BEG*00*SA*4711**20260301~PO1*1*4*CA*41~PO4*10*20*EA~CTT*1~")
    assert order["lines"][0]["item"]["pack"] == {
        "count": "10",
        "inner_size": "20",
        "inner_unit": "EA",
    }
    invoice = read_edifact(
        "INVOIC",
        """BGM+380+RE-9+9'DTM+137:20260305:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        LIN+1++04098765000102:EN'QTY+47:4:CT'QTY+59:200:EA'QTY+52:20:EA'UNS+S'MOA+77:1'""",
    )
    assert invoice["lines"][0]["item"]["pack"] == {
        "consumer_units": {"value": "200", "unit": "EA"},
        "inner_size": "20",
        "inner_unit": "EA",
    }


def test_what_is_scheduled_for_one_place_of_a_line() -> None:
    """N1 with its own SCH: so much of the line, for this place, on that day."""
    order = read_x12(
        "850",
        """BEG*00*SA*4711**20260301~PO1*1*10*CA*41~N1*ST*CATH LAB*92*CL2~SCH*4*CA***002*20260401~
        N1*ST*OR 3*92*OR3~SCH*6*CA***002*20260501~CTT*1~""",
    )
    first, second = order["lines"][0]["parties"]
    assert first["schedule"] == [
        {"quantity": "4", "unit": "XCS", "date_role": "requested_delivery", "date": "2026-04-01"}
    ]
    assert second["schedule"][0]["quantity"] == "6"


def test_an_810_says_contract_and_delivery_where_an_invoic_does() -> None:
    invoice = read_x12(
        "810", "BIG*20260305*55012~REF*CT*GPO-1~DTM*011*20260301~DTM*035*20260302~TDS*100~"
    )
    same = read_edifact(
        "INVOIC",
        """BGM+380+55012+9'DTM+137:20260305:102'DTM+35:20260302:102'DTM+11:20260301:102'RFF+CT:GPO-1'
        NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'LIN+1'UNS+S'MOA+77:1.00'""",
    )
    for field in ("contract", "delivery_date", "dates"):
        assert invoice[field] == same[field]


@pytest.mark.parametrize(
    ("basis", "told"),
    [
        ("HP", {"base_quantity": "100"}),
        ("TC", {"type": "contract", "base_quantity": "100"}),
        ("QS", {"type": "quoted", "base_quantity": "1000"}),
        ("LD", {"type": "catalogue", "base_quantity": "12"}),
        ("CT", {"type": "contract"}),
        ("PK", {"type": "kilogram"}),
    ],
)
def test_how_many_an_x12_price_is_for(basis: str, told: dict[str, str]) -> None:
    order = read_x12("850", f"BEG*00*SA*4711**20260301~PO1*1*500*EA*38.5*{basis}~CTT*1~")
    invoice = read_x12("810", f"BIG*20260305*1~IT1*1*500*EA*38.5*{basis}~TDS*19250~")
    for document in (order, invoice):
        assert document["lines"][0]["price"] == {"amount": "38.5", **told}


def test_a_price_for_a_hundred_is_the_same_in_both_dialects() -> None:
    order = read_edifact(
        "ORDERS",
        """BGM+220+4711+9'DTM+137:20260301:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        LIN+1++04098765000102:EN'QTY+21:500:EA'PRI+AAA:38.5:CT::100'UNS+S'""",
    )
    same = read_x12("850", "BEG*00*SA*4711**20260301~PO1*1*500*EA*38.5*TC~CTT*1~")
    assert order["lines"][0]["price"] == same["lines"][0]["price"]


def test_weights_have_words() -> None:
    notice = read_edifact(
        "DESADV",
        """BGM+351+LS-1+9'DTM+137:20260305:102'MEA+PD+AAD+KGM:450'
        NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'CPS+1'LIN+1++04098765000102:EN'
        MEA+AAE+AAL+KGM:37.5'MEA+TE+TC+CEL:4'QTY+12:3:CT'CNT+2:1'""",
    )
    assert notice["measurements"][0]["dimension"] == "total_gross_weight"
    told = [one["dimension"] for one in notice["lines"][0]["measurements"]]
    assert told == ["goods_net_weight", "temperature"]


def test_a_corrugated_carton_is_a_carton() -> None:
    notice = read_x12(
        "856",
        """BSN*00*SH-1*20260305*1430*0001~HL*1**S~TD1*PLT94*1****G*45*LB~HL*2*1*O~PRF*4711~
        HL*3*2*P~TD1*CTN25*1~MAN*GM*00006141410000000012~HL*4*3*I~LIN*1*VN*HM-1~SN1**3*EA~CTT*4~""",
    )
    assert notice["shipment"]["packaging_type"] == "pallet"
    [package] = notice["packages"]
    assert (package["type"], package["type_source"]) == ("carton", "x12:103:CTN25")


def test_a_part_of_a_kit_is_answered_by_itself() -> None:
    document = read_x12(
        "855",
        """BAK*00*AC*4500123456*20260301~PO1*1*10*KT*41.50**VN*KIT-1~ACK*IC*10*KT~
        SLN*1**I*2*EA****VN*P-1~ACK*IA*2*EA~
        SLN*2**I*1*EA****VN*P-2~ACK*IB*1*EA*068*20260401~CTT*1~""",
    )
    [line] = document["lines"]
    assert [one["status"] for one in line["responses"]] == ["changed"]
    first, second = line["components"]
    assert first["responses"] == [{"status": "accepted", "quantity": "2", "unit": "EA"}]
    assert second["responses"] == [
        {
            "status": "backordered",
            "quantity": "1",
            "unit": "EA",
            "date_role": "scheduled_ship",
            "date": "2026-04-01",
        }
    ]


@pytest.mark.parametrize(
    ("currencies", "currency"),
    [
        ("CUX+2:EUR:4'", "EUR"),
        ("CUX+3:USD:11'CUX+2:EUR:4'", "EUR"),
        ("CUX+2:EUR:4'CUX+3:USD:11'", "EUR"),
        ("CUX+2:EUR'", "EUR"),
        ("CUX+2:EUR:10'", "EUR"),
        ("CUX+3:USD:11'", None),
    ],
)
def test_a_target_currency_is_never_that_of_the_amounts(
    currencies: str, currency: str | None
) -> None:
    document = read_edifact(
        "INVOIC",
        f"""BGM+380+RE-9+9'DTM+137:20260305:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        {currencies}LIN+1++04098765000102:EN'QTY+47:1:PCE'UNS+S'MOA+77:1'""",
    )
    assert document.get("currency") == currency


def test_the_old_price_is_not_the_price() -> None:
    document = read_edifact(
        "ORDRSP",
        """BGM+231+SO-1+4'DTM+137:20260301:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        LIN+1+6+04098765000102:EN'QTY+21:10:PCE'PRI+AAA:4::AAL'PRI+AAA:5::AAK'
        LIN+2+10+04098765000119:EN'QTY+21:10:PCE'UNS+S'""",
    )
    first, second = document["lines"]
    assert first["price"] == {"amount": "5", "list": "new"}
    assert first["prices"] == [{"kind": "net", "type": "old", "amount": "4"}]
    assert second["responses"] == [{"status": "not_found"}]


def test_the_percent_of_an_allowance_has_three_codes() -> None:
    """PCD 1 (allowance), 2 (charge) and 3 are its percent; a term may run from a month's end."""
    document = read_edifact(
        "INVOIC",
        """BGM+380+RE-9+9'DTM+137:20260305:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        PAT+1++5:6:D:30'ALC+A++++TD'PCD+1:10'ALC+C++++FC'PCD+2:3:13'
        LIN+1++04098765000102:EN'QTY+47:1:PCE'UNS+S'MOA+77:1'""",
    )
    assert document["allowance_charges"] == [
        {"indicator": "allowance", "reason": "trade_discount", "percent": "10"},
        {
            "indicator": "charge",
            "reason": "freight",
            "percent": "3",
            "percent_basis": "invoice_value",
        },
    ]
    [term] = document["payment_terms"]
    assert (term["relation"], term["net_days"]) == ("end_of_month", "30")


def test_a_ship_notice_splits_a_line_over_places() -> None:
    notice = read_edifact(
        "DESADV",
        """BGM+351+LS-1+9'DTM+137:20260305:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        CPS+1'LIN+1++04098765000102:EN'QTY+12:10:EA'
        LOC+7+4012345000023::9'DTM+17:20260310:102'QTY+11:4:EA'LOC+7+4012345000047::9'QTY+11:6:EA'
        CNT+2:1'""",
    )
    assert notice["lines"][0]["deliveries"] == [
        {
            "location": {"value": "4012345000023", "scheme": "gln"},
            "dates": [{"role": "estimated_delivery", "date": "2026-03-10"}],
            "quantity": "4",
            "unit": "EA",
        },
        {
            "location": {"value": "4012345000047", "scheme": "gln"},
            "quantity": "6",
            "unit": "EA",
        },
    ]


def test_an_invoice_price_is_the_price_of_a_line_that_names_no_other() -> None:
    document = read_edifact(
        "INVOIC",
        """BGM+380+RE-9+9'DTM+137:20260305:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        LIN+1++04098765000102:EN'QTY+47:2:PCE'PRI+INV:6.5:CT::100:EA'
        LIN+2++04098765000119:EN'QTY+47:2:PCE'PRI+AAA:6.5'PRI+AAB:7'PRI+INV:6.50'UNS+S'MOA+77:26'""",
    )
    first, second = document["lines"]
    assert first["price"] == {
        "amount": "6.5",
        "type": "contract",
        "base_quantity": "100",
        "base_unit": "EA",
    }
    assert (second["price"], second["prices"]) == (
        {"amount": "6.5"},
        [{"kind": "gross", "amount": "7"}],
    )


def test_what_is_due_when_is_told_alike() -> None:
    """PAT in days or calendar days, DTM 13, 140 or 265: what ITD says. Working days are no days."""
    invoice = read_edifact(
        "INVOIC",
        """BGM+380+RE-9+9'DTM+137:20260305:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        PAT+1++5:3:CD:30'DTM+140:20260404:102'PAT+22++5:3:CD:10'PCD+12:2'PAT+22++5:3:D:5'PCD+12:3'
        PAT+3'DTM+265:20260404:102'PAT+1++5:3:WD:20'
        LIN+1++04098765000102:EN'QTY+47:1:PCE'UNS+S'MOA+77:1'""",
    )
    basic, calendar, discount, fixed, working = invoice["payment_terms"]
    same = {"basis": "invoice_date", "relation": "after_reference"}
    days = {"period_type": "calendar_day", **same}
    assert basic == {"type": "basic", "net_days": "30", "net_date": "2026-04-04", **days}
    assert calendar == {
        "type": "discount",
        "discount_days": "10",
        "discount_percent": "2",
        **days,
    }
    assert discount == {"type": "discount", "discount_days": "5", "discount_percent": "3", **same}
    assert fixed == {"type": "fixed_date", "net_date": "2026-04-04"}
    assert working == {
        "type": "basic",
        "period_type": "working_day",
        "period_count": "20",
        **same,
    }


def test_the_price_of_a_part_may_be_for_a_hundred() -> None:
    order = read_x12(
        "850",
        """BEG*00*SA*4711**20260301~PO1*1*2*KT*180**VN*KIT-9~
        SLN*1**I*300*EA*12.4*HP**VN*SWAB-1~SLN*2**I*1*EA*25*TE**VN*TRAY-7~CTT*1~""",
    )
    first, second = order["lines"][0]["components"]
    assert first["price"] == {"amount": "12.4", "base_quantity": "100"}
    assert second["price"] == {"amount": "25", "type": "contract_each"}


def test_the_item_that_comes_instead_is_in_the_answer() -> None:
    """PIA 3 is what ACK*IS names; an offer (PIA 2) replaces nothing and stays with the item."""
    response = read_edifact(
        "ORDRSP",
        """BGM+231+SO-1+4'DTM+137:20260301:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        LIN+1+3+04098765000102:EN'PIA+3+04098765000119:EN+AM-2:SA'PIA+2+AM-3:SA'QTY+21:20:PCE'
        UNS+S'""",
    )
    same = read_x12(
        "855",
        """BAK*00*AC*4500123456*20260301~PO1*1*20*EA*4.5**EN*04098765000102~
        ACK*IS*20*EA****EN*04098765000119*VN*AM-2~CTT*1~""",
    )
    [line], [other] = response["lines"], same["lines"]
    told = [one["value"] for one in line["responses"][0]["substitute_item"]["ids"]]
    assert told == [one["value"] for one in other["responses"][0]["substitute_item"]["ids"]]
    assert told == ["04098765000119", "AM-2"]
    assert [one.get("use") for one in line["item"]["ids"]] == [None, "potential_substitute"]


@pytest.mark.parametrize(
    ("told", "level"),
    [
        ("CPS+2+1+3'PAC+1++CT'", "carton"),
        ("CPS+2+1+3'PAC+1++201'", "pallet"),
        ("CPS+2+1+3'PAC+1++201'PAC+20++CT'", "pallet"),
        ("CPS+2+1+3'PAC+5++CT'", "carton"),
        ("CPS+2+1+3'PAC+1++09'", "pallet"),
        ("CPS+2+1+3'", "pallet"),
        ("CPS+2+1+1'PAC+1++BX'", "inner"),
        ("CPS+2+1+4'PAC+1++BX'", "carton"),
        ("CPS+2+1+4'", "single"),
    ],
)
def test_what_is_outermost_may_be_a_carton(told: str, level: str) -> None:
    notice = read_edifact(
        "DESADV",
        f"""BGM+351+LS-1+9'DTM+137:20260305:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        CPS+1'{told}LIN+1++04098765000102:EN'QTY+12:6:EA'CNT+2:1'""",
    )
    assert [one["level"] for one in notice["packages"]] == [level]


@pytest.mark.parametrize("kind", ["850", "855", "810"])
def test_the_weight_that_was_delivered_stands_after_the_description(kind: str) -> None:
    """MEA below plain texts are the line's; below any other PID they are of that feature."""
    began = {
        "850": "BEG*00*SA*4711**20260301~PO1",
        "855": "BAK*00*AC*4711*20260301~PO1",
        "810": "BIG*20260305*55012~IT1",
    }
    document = read_x12(
        kind,
        f"""{began[kind]}*1*3*CA*5*PP~MEA*WT*G*40*LB~
        PID*F****BEEF~PID*F****CHILLED~MEA*WT*N*37.5*LB~PID*F*08***ROAST~MEA*PD*LN*30*CM~
        {"TDS*18750" if kind == "810" else "CTT*1"}~""",
    )
    [line] = document["lines"]
    weights = [(one["dimension"], one["value"]) for one in line["measurements"]]
    assert weights == [("gross_weight", "40"), ("net_weight", "37.5")]
    assert line["item"]["description"] == "BEEF\nCHILLED"
    [feature] = line["item"]["features"]
    assert feature["measurements"][0]["dimension"] == "length"


def test_what_is_dangerous_or_to_be_kept_cool_is_told() -> None:
    """DGS and HAN of a DESADV, TD4 at every level of an 856."""
    notice = read_edifact(
        "DESADV",
        """BGM+351+LS-1+9'DTM+137:20260305:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        CPS+1'CPS+2+1'PAC+1++CT'HAN+EAT::9:KEEP COOL'FTX+AAI+++2 TO 8 C'
        LIN+1++04098765000102:EN'QTY+12:3:CT'GIR+3+SN-1:BN+L-7:BX'
        DGS+ADR+3+1203+023:CEL+2'FTX+AAI+++PETROL'CNT+2:1'""",
    )
    [package], [line] = notice["packages"], notice["lines"]
    assert package["handling"] == [
        {
            "code": "edifact:4079:EAT",
            "agency": "gs1",
            "description": "KEEP COOL",
            "notes": [{"type": "general", "text": "2 TO 8 C"}],
        }
    ]
    assert line["handling"] == [
        {
            "hazard": {
                "scheme": "edifact:8273:ADR",
                "value": "3",
                "un_number": "1203",
                "flashpoint": {"value": "023", "unit": "CEL"},
                "packing_group": "edifact:8339:2",
            },
            "notes": [{"type": "general", "text": "PETROL"}],
        }
    ]
    assert [one["value"] for one in line["item_sets"][0]["identities"]] == ["SN-1", "L-7"]
    notice = read_x12(
        "856",
        """BSN*00*SH-1*20260305*1430*0001~HL*1**S~HL*2*1*O~PRF*4711~HL*3*2*P~TD4**9*3*ETHANOL~
        HL*4*3*I~LIN*1*VN*HM-1~SN1**3*CA~TD4**9*3*ETHANOL UN1170~CTT*4~""",
    )
    hazard = {"scheme": "x12:208:9", "value": "3"}
    assert notice["packages"][0]["handling"] == [{"hazard": hazard, "description": "ETHANOL"}]
    assert notice["lines"][0]["handling"][0]["description"] == "ETHANOL UN1170"


def test_the_amount_of_a_line_may_stand_in_pam() -> None:
    invoice = read_x12("810", "BIG*20260305*1~IT1*1*3*CA*5~PAM****1*15~PAM****N*14.7~TDS*1470~")
    assert invoice["lines"][0]["line_amount"] == "15"
    assert invoice["lines"][0]["amounts"] == [{"type": "x12:522:N", "amount": "14.7"}]


def test_what_is_backordered_is_an_answer_of_its_own() -> None:
    """QTY 113 or 12 is what comes, QTY 83 what follows, as two ACK say it."""
    response = read_edifact(
        "ORDRSP",
        """BGM+231+SO-1+4'DTM+137:20260301:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        LIN+1+3+04098765000102:EN'QTY+21:196:EA'QTY+113:113:EA'QTY+83:83:EA'DTM+67:20260304:102'
        LIN+2+5+04098765000119:EN'QTY+21:5:EA'QTY+12:5:EA'
        LIN+3++04098765000126:EN'QTY+21:5:EA'QTY+83:5:EA'UNS+S'""",
    )
    first, second, third = (line["responses"] for line in response["lines"])
    backordered = {"status": "backordered", "quantity": "83", "unit": "EA"}
    assert first == [
        {
            "status": "changed",
            "quantity": "113",
            "unit": "EA",
            "date_role": "scheduled_delivery",
            "date": "2026-03-04",
        },
        backordered,
    ]
    assert second == [
        {"status": "accepted", "quantity_type": "despatched", "quantity": "5", "unit": "EA"}
    ]
    assert third == [{}, {**backordered, "quantity": "5"}]


def test_the_tax_of_an_invoice_has_two_codes_and_an_exemption_words() -> None:
    """MOA 124 is the tax of the whole where no 176 is sent; TXI06 2 says that nothing is exempt."""
    invoice = read_edifact(
        "INVOIC",
        """BGM+380+RE-9+9'DTM+137:20260305:102'NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'
        LIN+1++04098765000102:EN'QTY+47:1:PCE'UNS+S'MOA+77:119'MOA+124:19'""",
    )
    assert invoice["totals"] == {"payable": "119", "tax": "19"}
    invoice = read_x12("810", "BIG*20260305*1~IT1*1*3*CA*5~TXI*ST*0****1~TDS*1500~TXI*ST*0****2~")
    assert invoice["lines"][0]["taxes"][0]["exempt_reason"] == "exempt"
    assert invoice["taxes"][0]["exempt_reason"] == "not_exempt"


def test_a_line_names_its_order_in_a_pair_or_a_reference() -> None:
    """IT1, PO1 and LIN have PO and PL among the item's numbers; REF*PO and REF*LI say the same."""
    invoice = read_x12(
        "810",
        """BIG*20260305*1~IT1*1*3*CA*5**VN*HM-1*PO*4711*PL*10*UK*1~REF*PO*4711~
        IT1*2*3*CA*5**VN*HM-2~REF*PO*4712~REF*LI*20~TDS*3000~""",
    )
    response = read_x12(
        "855",
        """BAK*00*AC*4711*20260301~PO1*1*3*CA*5**PO*4711*PL*10*VN*HM-1~
        PO1*20*3*CA*5**VN*HM-2~REF*PO*4712~REF*LI*20~CTT*2~""",
    )
    notice = read_x12(
        "856",
        """BSN*00*SH-1*20260305*1430*0004~HL*1**S~HL*2*1*I~LIN**VN*HM-1*PO*4711*PL*10~SN1**3*CA~
        HL*3*1*I~LIN*20*VN*HM-2~SN1**3*CA~PRF*4712~CTT*3~""",
    )
    for document in (invoice, response, notice):
        first, second = document["lines"]
        assert first["order_reference"] == {"id": "4711", "line_id": "10"}
        assert second["order_reference"] == {"id": "4712", "line_id": "20"}
        assert "HM-1" in [one["value"] for one in first["item"]["ids"]]
        assert not {"4711", "10"} & {one["value"] for one in first["item"]["ids"]}


@pytest.mark.parametrize(
    ("code", "scheme"),
    [("BO", "blanket_order"), ("CD", "credit_note"), ("PK", "packing_list")],
)
def test_references_have_words(code: str, scheme: str) -> None:
    document = read_edifact(
        "INVOIC",
        f"""BGM+380+RE-9+9'DTM+137:20260305:102'RFF+{code}:7'NAD+BY+4012345000009::9'
        NAD+SU+4098765000003::9'LIN+1++04098765000102:EN'QTY+47:1:PCE'UNS+S'MOA+77:119'""",
    )
    assert document["references"] == [{"scheme": scheme, "value": "7"}]


def test_a_period_of_days_is_a_date() -> None:
    """DTM in format RD8 says what EDIFACT says in format 718."""
    order = read_x12(
        "850",
        """BEG*00*SA*4711**20260301~DTM*002****RD8*20260310-20260315~
        PO1*1*10*EA*41~DTM*010*20260305~DTM*002****RD8*20260310-20260315~CTT*1~""",
    )
    same = read_edifact(
        "ORDERS",
        """BGM+220+4711+9'DTM+137:20260301:102'DTM+2:2026031020260315:718'
        NAD+BY+4012345000009::9'NAD+SU+4098765000003::9'LIN+1++04098765000102:EN'UNS+S'""",
    )
    window = {"role": "requested_delivery", "date": "2026-03-10/2026-03-15"}
    assert order["dates"] == same["dates"] == [window]
    assert order["lines"][0]["dates"] == [{"role": "requested_ship", "date": "2026-03-05"}, window]
