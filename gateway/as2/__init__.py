"""AS2 (RFC 4130, rfc4130bis, RFC 5402): messages and receipts built, opened and judged.

Values in, values out: octets, header fields, keys and the moment are arguments; sockets, folders
and the database are elsewhere. A refused message is an exception that carries its disposition.
"""

from gateway.as2.building import Attachment
from gateway.as2.building import Built
from gateway.as2.building import Letter
from gateway.as2.building import build_message
from gateway.as2.cert_exchange import Answer
from gateway.as2.cert_exchange import CertExchange
from gateway.as2.cert_exchange import Offer
from gateway.as2.cert_exchange import read_exchange
from gateway.as2.cert_exchange import write_exchange
from gateway.as2.certificate import Certificate
from gateway.as2.certificate import CertificateError
from gateway.as2.disposition import DUPLICATE
from gateway.as2.disposition import PROCESSED
from gateway.as2.disposition import As2Error
from gateway.as2.disposition import Disposition
from gateway.as2.disposition import MessageError
from gateway.as2.disposition import ReceiptError
from gateway.as2.keys import OwnKey
from gateway.as2.keys import Pinned
from gateway.as2.keys import Window
from gateway.as2.keys import current
from gateway.as2.keys import leaf_first
from gateway.as2.keys import read_certificates
from gateway.as2.keys import read_own_key
from gateway.as2.keys import read_pkcs12
from gateway.as2.keys import usable
from gateway.as2.keys import write_certificates
from gateway.as2.mdn import Outcome
from gateway.as2.mdn import Receipt
from gateway.as2.mdn import is_receipt
from gateway.as2.mdn import read_receipt
from gateway.as2.mdn import settle
from gateway.as2.mic import Mic
from gateway.as2.mic import read_mic
from gateway.as2.mime import Entity
from gateway.as2.mime import Headers
from gateway.as2.octets import Octets
from gateway.as2.opening import Layer
from gateway.as2.opening import Opened
from gateway.as2.opening import open_message
from gateway.as2.payload import Payload
from gateway.as2.policy import Compress
from gateway.as2.policy import Limits
from gateway.as2.policy import Policy
from gateway.as2.policy import Style
from gateway.as2.receipt import build_receipt
from gateway.as2.request import ReceiptRequest
from gateway.as2.request import Request
from gateway.as2.request import check_request
from gateway.as2.request import read_request
from gateway.as2.signing import Signer
from gateway.as2.verifying import Trust

__all__ = [
    "DUPLICATE",
    "PROCESSED",
    "Answer",
    "As2Error",
    "Attachment",
    "Built",
    "CertExchange",
    "Certificate",
    "CertificateError",
    "Compress",
    "Disposition",
    "Entity",
    "Headers",
    "Layer",
    "Letter",
    "Limits",
    "MessageError",
    "Mic",
    "Octets",
    "Offer",
    "Opened",
    "Outcome",
    "OwnKey",
    "Payload",
    "Pinned",
    "Policy",
    "Receipt",
    "ReceiptError",
    "ReceiptRequest",
    "Request",
    "Signer",
    "Style",
    "Trust",
    "Window",
    "build_message",
    "build_receipt",
    "check_request",
    "current",
    "is_receipt",
    "leaf_first",
    "open_message",
    "read_certificates",
    "read_exchange",
    "read_mic",
    "read_own_key",
    "read_pkcs12",
    "read_receipt",
    "read_request",
    "settle",
    "usable",
    "write_certificates",
    "write_exchange",
]
