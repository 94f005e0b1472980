"""The weeks in which a certificate changes (matrix row P): no message fails in the overlap.

Five of the six places; the sixth is TLS. Northfield changes its key on NOW; both certificates are
in use for a week around it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from as2_kit import ANYTHING
from as2_kit import MESSAGE_ID
from as2_kit import NOW
from as2_kit import ORDER
from as2_kit import build
from as2_kit import content_of
from as2_kit import key
from as2_kit import letter
from as2_kit import received
from as2_kit import theirs

from gateway.as2 import CertificateError
from gateway.as2 import MessageError
from gateway.as2 import Outcome
from gateway.as2 import OwnKey
from gateway.as2 import Pinned
from gateway.as2 import ReceiptError
from gateway.as2 import Signer
from gateway.as2 import Style
from gateway.as2 import Trust
from gateway.as2 import Window
from gateway.as2 import build_message
from gateway.as2 import build_receipt
from gateway.as2 import current
from gateway.as2 import open_message
from gateway.as2 import read_receipt
from gateway.as2 import read_request
from gateway.as2 import settle
from gateway.as2.disposition import PROCESSED

DAYS = timedelta(days=3)
MOMENTS = {"before": NOW - 10 * DAYS, "overlap": NOW, "after": NOW + 10 * DAYS}
OLD = Window(end=NOW + DAYS)
NEW = Window(start=NOW - DAYS)


def old() -> OwnKey:
    return replace(key("Northfield old"), window=OLD)


def new() -> OwnKey:
    return replace(key("Northfield new"), window=NEW)


def pinned() -> list[Pinned]:
    return [Pinned(old().certificate, OLD), Pinned(new().certificate, NEW)]


def able(one: OwnKey, moment: str) -> bool:
    return one.window.holds(MOMENTS[moment])


@pytest.mark.parametrize("moment", MOMENTS)
def test_row_p_sign(moment):
    """What is sent is signed with the key whose window began last."""
    signing = current([old(), new()], MOMENTS[moment])
    assert signing.certificate == (old() if moment == "before" else new()).certificate


@pytest.mark.parametrize("moment", MOMENTS)
def test_row_p_verify(moment):
    """Both are believed in the overlap, each only in its window."""
    for one in (old(), new()):
        message = received(build(Style(), by=one))
        request = read_request(message.headers)
        trust = Trust(pinned(), MOMENTS[moment], ANYTHING)
        if able(one, moment):
            opened = open_message(request, message, trust, [theirs()])
            assert opened.signature.certificate == one.certificate
        else:
            with pytest.raises(MessageError) as refused:
                open_message(request, message, trust, [theirs()])
            assert refused.value.disposition.text == "authentication-failed"


@pytest.mark.parametrize("moment", MOMENTS)
def test_row_p_encrypt(moment):
    """A partner's certificates are switched the same way."""
    to = current(pinned(), MOMENTS[moment]).certificate
    assert to == (old() if moment == "before" else new()).certificate


@pytest.mark.parametrize("moment", MOMENTS)
def test_row_p_decrypt(moment):
    """Whichever certificate the partner still or already uses."""
    for one in (old(), new()):
        sent = build(Style(), by=theirs(), to=[one.certificate])
        message = received(sent)
        trust = Trust([Pinned(theirs().certificate)], MOMENTS[moment], ANYTHING)
        request = read_request(message.headers)
        if able(one, moment):
            assert content_of(open_message(request, message, trust, [new(), old()])) == ORDER
        else:
            with pytest.raises(MessageError) as refused:
                open_message(request, message, trust, [new(), old()])
            assert refused.value.disposition.text == "decryption-failed"


@pytest.mark.parametrize("moment", MOMENTS)
def test_row_p_receipts(moment):
    """MDNs are signed and believed by the same rule."""
    sent = build(Style())
    for one in (old(), new()):
        answer = build_receipt(
            read_request(received(sent).headers),
            PROCESSED,
            sent.mics[0],
            Style(),
            signer=Signer(one, NOW),
            at=NOW,
            message_id="<mdn@x.example>",
            boundary="c8",
        )
        trust = Trust(pinned(), MOMENTS[moment], ANYTHING)
        if able(one, moment):
            receipt = read_receipt(received(answer), trust)
            assert settle(receipt, MESSAGE_ID, sent.mics, signed=True) is Outcome.DELIVERED
        else:
            with pytest.raises(ReceiptError):
                read_receipt(received(answer), trust)


def test_without_a_key_in_use_nothing_is_sent():
    with pytest.raises(CertificateError):
        current([new()], MOMENTS["before"])


def test_a_copy_for_both_certificates_is_read_with_either():
    both = [one.certificate for one in (old(), new())]
    sent = build_message(letter(), Style(sign=None), to=both)
    message = received(sent)
    for one in (old(), new()):
        trust = Trust([], NOW, ANYTHING)
        opened = open_message(read_request(message.headers), message, trust, [one])
        assert content_of(opened) == ORDER


def test_a_new_certificate_that_is_out_of_date_is_not_what_we_sign_with():
    """As long as another is in use that is in date; else the last begun, whatever its date."""
    expired = replace(key("Northfield expired", first=-700, days=600), window=NEW)
    assert current([old(), expired], NOW).certificate == old().certificate
    assert current([expired], NOW).certificate == expired.certificate
