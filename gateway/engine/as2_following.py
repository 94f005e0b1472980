"""Encryption follows the signature: who signs with a certificate holds its key, and so decrypts.

It concerns partners with one certificate for both, whose new one is entered to be encrypted to from
a day, or `from: first-signature`. Once a message signed with it was verified, that is from now.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from gateway.as2 import Certificate
from gateway.edi.finding import DefinitionError
from gateway.edi.finding import TransientError
from gateway.engine.certifying import roll
from gateway.engine.gateway import Gateway
from gateway.engine.log import log
from gateway.engine.shelf import NotDoneError
from gateway.engine.shelf import open_shelf
from gateway.partner.partner import Partner


def follow_signer(gateway: Gateway, partner: Partner, signer: Certificate) -> None:
    """Encrypts to the certificate a verified message was signed with, where it waits for that, in
    certificates.yaml and for what is sent from here on. What fails is done by the next message."""
    at = gateway.clock()
    waiting = [
        one
        for one in (partner.as2.described if partner.as2 else ())
        if one.certificate == signer
        and "encrypt" in one.uses
        and one.window.start is not None
        and one.window.start > at
    ]
    if not waiting or partner.as2 is None:
        return
    file = waiting[0].file
    try:
        shelf = open_shelf(gateway.home, gateway.settings, partner.name)
        roll(shelf, file, ("encrypt",), at.replace(microsecond=0), at)
        described = shelf.described()
    except (NotDoneError, DefinitionError, TransientError) as error:
        reason = str(error)[:500]
        log("as2-not-followed", level=logging.WARNING, partner=partner.name, reason=reason)
        return
    changed = replace(partner, as2=replace(partner.as2, described=described))
    gateway.partners = {**gateway.partners, partner.name: changed}
    log("as2-followed", partner=partner.name, file=file, fingerprint=signer.fingerprint)
