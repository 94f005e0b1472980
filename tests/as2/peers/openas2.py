"""OpenAS2's server with settings of ours, in a process of its own (BSD-licensed, from Maven).

Each trade is a pair of AS2 names with its own style, so that one server serves them all: what we
send to `trade.theirs` comes to its inbox, what is dropped for a trade is posted to us.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import quoteattr

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_pem_x509_certificate
from trade import Trade

ROOT = Path(__file__).parents[3]
JARS = Path(os.environ.get("GATEWAY_TEST_PEERS", ROOT / ".peers")) / "openas2"
STORE_PASSWORD = "peer"
_MAILCAP = "multipart/*;; x-java-content-handler=com.sun.mail.handlers.multipart_mixed\n"
SIGN = {"sha-1": "SHA1", "sha-256": "SHA256", "sha-384": "SHA384", "sha-512": "SHA512"}
ENCRYPT = {
    "3des": "3DES",
    "aes-128-cbc": "AES128",
    "aes-192-cbc": "AES192",
    "aes-256-cbc": "AES256",
}


_UNSETTLED = ("pending", "pendinginfo", "resend", "error")
"""Where it keeps what it has sent without a right receipt, will send again, or has given up."""


class OpenAs2:
    """A server that is installed but not running yet."""

    def __init__(self, folder: Path, port: int, receipts_port: int, ours: str) -> None:
        self.folder = folder
        self.port = port
        self.receipts_port = receipts_port
        self.ours = ours
        (folder / "config").mkdir(parents=True)

    def keys(self, key: bytes, password: bytes, own: bytes, other: bytes) -> None:
        """Its PEM key and certificate, and our certificate."""
        encryption = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(2048)
            .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
            .hmac_hash(hashes.SHA1())
            .build(STORE_PASSWORD.encode())
        )
        others = [pkcs12.PKCS12Certificate(load_pem_x509_certificate(other), b"ours")]
        stored = pkcs12.serialize_key_and_certificates(
            b"theirs",
            load_pem_private_key(key, password),
            load_pem_x509_certificate(own),
            others,
            encryption,
        )
        (self.folder / "config/certs.p12").write_bytes(stored)

    def settle(self, trades: Sequence[Trade]) -> None:
        # its mail library finds no handler for unsigned receipts by itself
        (self.folder / ".mailcap").write_text(_MAILCAP)
        (self.folder / "config/config.xml").write_text(self._config(trades))
        (self.folder / "config/partnerships.xml").write_text(self._partnerships(trades))

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        command = ["java", "-Xmx512m", "-cp", f"{JARS}/*"]
        command += ["-Dorg.apache.commons.logging.Log=org.openas2.logging.Log"]
        command += [f"-Duser.home={self.folder}"]  # where it looks for .mailcap
        command += ["org.openas2.app.OpenAS2Server", str(self.folder / "config/config.xml")]
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT
            )
            try:
                self._wait(process)
                yield process
            finally:
                process.kill()
                process.wait()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        import socket

        end = time.monotonic() + 60
        while time.monotonic() < end and process.poll() is None:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.1)
        raise OSError(f"OpenAS2 does not start: {(self.folder / 'log').read_text()[-2000:]}")

    def drop(self, trade: Trade, name: str, content: bytes) -> None:
        """Gives it a file to send to us."""
        outbox = self.folder / "data/out" / trade.theirs
        outbox.mkdir(parents=True, exist_ok=True)
        staged = self.folder / f"{trade.theirs}-{name}"
        staged.write_bytes(content)
        staged.rename(outbox / name)

    def inbox(self, trade: Trade) -> list[bytes]:
        """What it has taken from us."""
        return [path.read_bytes() for path in (self.folder / "data/inbox" / trade.theirs).glob("*")]

    def acknowledged(self, trade: Trade) -> bool:
        """Whether it has a receipt for what it sent, and nothing of it left to send again."""
        data, ours = self.folder / "data", f"*@{trade.theirs}"
        left = [path for place in _UNSETTLED for path in data.glob(f"{place}/{ours}*")]
        return not left and any(data.glob(f"mdn/{ours}"))

    def _config(self, trades: Sequence[Trade]) -> str:
        data = "%home%/../data"
        message = "$msg.headers.message-id$"
        polling = "".join(
            _module(
                "receiver.AS2DirectoryPollingModule",
                outboxdir=f"{data}/out/{one.theirs}",
                errordir=f"{data}/error",
                interval="1",
                defaults=f"sender.as2_id={one.theirs}, receiver.as2_id={one.ours}",
                sendfilename="true",
                mimetype="application/EDI-X12",
            )
            for one in trades
        )
        properties = _attributes(
            storageBaseDir=data,
            log_date_format="HH:mm:ss.SSS",
            as2_message_id_format="OPENAS2-$date.ddMMyyyyHHmmssZ$-$rand.UUID$@$msg.sender.as2_id$",
            as2_receive_message_filename_fallback="$rand.shortUUID$",
        )
        kept = {"protocol": "as2", "tempdir": f"{data}/temp"}
        modules = [
            _module("sender.AS2SenderModule", retries="1"),
            _module("sender.MDNSenderModule", retries="1"),
            polling,
            _module("storage.MDNFileModule", filename=f"{data}/mdn/$mdn.{message[1:]}", **kept),
            _module(
                "storage.MessageFileModule",
                filename=f"{data}/inbox/$msg.receiver.as2_id$/{message}",
                header=f"{data}/headers/{message}",
                **kept,
            ),
            _module(
                "receiver.AS2ReceiverModule",
                port=str(self.port),
                errordir=f"{data}/refused",
                errorformat="sender.as2_id, receiver.as2_id, headers.message-id",
            ),
            _module("receiver.AS2MDNReceiverModule", port=str(self.receipts_port)),
            _module(
                "resender.DirectoryResenderModule",
                resenddir=f"{data}/resend",
                errordir=f"{data}/error",
                resenddelay="60",
            ),
        ]
        keys = _attributes(filename="%home%/certs.p12", password=STORE_PASSWORD, interval="300")
        partners = _attributes(filename="%home%/partnerships.xml", interval="120")
        pending = _attributes(pendingMDN=f"{data}/pending", pendingMDNinfo=f"{data}/pendinginfo")
        return (
            f"<openas2><properties {properties}/>"
            f'<certificates classname="org.openas2.cert.PKCS12CertificateFactory" {keys}/>'
            f'<partnerships classname="org.openas2.partner.XMLPartnershipFactory" {partners}/>'
            '<loggers><logger classname="org.openas2.logging.ConsoleLogger"/></loggers>'
            f'<processor classname="org.openas2.processor.DefaultProcessor" {pending}>'
            f"{''.join(modules)}</processor></openas2>"
        )

    def _partnerships(self, trades: Sequence[Trade]) -> str:
        return f"<partnerships>{''.join(self._partnership(one) for one in trades)}</partnerships>"

    def _partnership(self, trade: Trade) -> str:
        asked = "none"
        if trade.receipt_signed:
            algorithm = SIGN[trade.sign or "sha-256"].lower()
            asked = "signed-receipt-protocol=optional, pkcs7-signature; "
            asked += f"signed-receipt-micalg=optional, {algorithm}"
        wanted = {
            "protocol": "as2",
            "content_transfer_encoding": "binary",
            "subject": "a file",
            "as2_url": self.ours,
            "resend_max_retries": "1",
        }
        if trade.sign:
            wanted["sign"] = SIGN[trade.sign]
        if trade.encrypt:
            wanted["encrypt"] = ENCRYPT[trade.encrypt]
        if trade.compress != "no":
            wanted["compression_type"] = "ZLIB"
            wanted["compression_mode"] = f"compress-{trade.compress}-signing"
        if trade.receipt != "none":
            wanted |= {"as2_mdn_to": "edi@openas2.example", "as2_mdn_options": asked}
        if trade.receipt == "async":
            wanted["as2_receipt_option"] = f"http://127.0.0.1:{self.receipts_port}/"
        told = "".join(
            f"<attribute {_attributes(name=name, value=value)}/>" for name, value in wanted.items()
        )
        us, them = f"us-{trade.ours}", f"them-{trade.theirs}"
        address = "edi@openas2.example"
        ours = _attributes(name=us, as2_id=trade.ours, x509_alias="ours", email=address)
        theirs = _attributes(name=them, as2_id=trade.theirs, x509_alias="theirs", email=address)
        out = _attributes(name=f"out-{trade.theirs}")
        back = _attributes(name=f"in-{trade.theirs}")
        sides = f"<sender {_attributes(name=them)}/><receiver {_attributes(name=us)}/>"
        reverse = f"<sender {_attributes(name=us)}/><receiver {_attributes(name=them)}/>"
        return (
            f"<partner {ours}/><partner {theirs}/>"
            f"<partnership {out}>{sides}{told}</partnership>"
            f"<partnership {back}>{reverse}</partnership>"
        )


def _module(name: str, **attributes: str) -> str:
    return f'<module classname="org.openas2.processor.{name}" {_attributes(**attributes)}/>'


def _attributes(**attributes: str) -> str:
    return " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
