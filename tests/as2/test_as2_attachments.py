"""Several attachments in one message (matrix row O): all of them, or none."""

from __future__ import annotations

import itertools

import pytest
from as2_kit import ANYTHING
from as2_kit import MESSAGE_ID
from as2_kit import SIGNED
from as2_kit import build
from as2_kit import open_entity
from as2_kit import received
from as2_kit import round_trip

from gateway.as2 import Attachment
from gateway.as2 import Compress
from gateway.as2 import Entity
from gateway.as2 import MessageError
from gateway.as2 import Octets
from gateway.as2 import Outcome
from gateway.as2 import Style
from gateway.as2 import settle

WRAPPED = list(
    itertools.product((None, "sha-256"), (None, "aes-256-cbc"), (Compress.NONE, Compress.BEFORE))
)
PLAIN = Style(sign=None, encrypt=None)


def documents(count: int, *, named: bool = True) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            Octets.of(b"%PDF-1.7 " * number + bytes(range(256))),
            "application/pdf" if number else "application/EDI-X12",
            f"drawing {number}.pdf" if named else None,
        )
        for number in range(count)
    )


def arrive(style: Style, attachments: tuple[Attachment, ...]) -> None:
    done = round_trip(style, attachments=attachments)
    assert [bytes(one.content) for one in done.opened.payloads] == [
        bytes(one.content) for one in attachments
    ]
    assert [one.filename for one in done.opened.payloads] == [one.filename for one in attachments]
    assert settle(done.receipt, MESSAGE_ID, done.built.mics, signed=True) is Outcome.DELIVERED


@pytest.mark.parametrize("sign, encrypt, compress", WRAPPED)
def test_row_o_attachments_in_every_wrapping(sign, encrypt, compress):
    arrive(Style(sign=sign, encrypt=encrypt, compress=compress), documents(2))


@pytest.mark.parametrize("count", [3, 20])
def test_row_o_many_attachments(count):
    arrive(Style(), documents(count))


def test_row_o_attachments_without_names():
    arrive(Style(), documents(2, named=False))


@pytest.mark.parametrize("encoding", ["base64", "binary"])
def test_row_o_one_damaged_attachment_refuses_all(encoding):
    built = build(SIGNED, attachments=documents(3))
    broken = bytes(built.body).replace(b"%PDF-1.7 %PDF", b"%PDF-1.7 %PDG")
    if encoding == "base64":
        built = build(
            Style(sign=None, encrypt=None, content_encoding="base64"), attachments=documents(3)
        )
        broken = bytes(built.body).replace(b"JVBERi0xLjc", b"JVBE?i0xLjc", 1)
    assert broken != bytes(built.body)
    with pytest.raises(MessageError):
        open_entity(Entity(received(built).headers, Octets.of(broken)), ANYTHING)


def test_row_o_an_attachment_that_is_cut_off_refuses_all():
    message = received(build(PLAIN, attachments=documents(3)))
    end = message.body.find(b"drawing 2.pdf")
    with pytest.raises(MessageError) as refused:
        open_entity(Entity(message.headers, message.body.cut(0, end)))
    assert refused.value.disposition.text == "unexpected-processing-error"
