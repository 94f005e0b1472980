"""Names of partners and of files (matrix row N) and version numbers (row Q)."""

from __future__ import annotations

import pytest
from as2_kit import ANYTHING
from as2_kit import ORDER
from as2_kit import SIGNED
from as2_kit import build
from as2_kit import open_built
from as2_kit import received

from gateway.as2 import Attachment
from gateway.as2 import Entity
from gateway.as2 import Headers
from gateway.as2 import MessageError
from gateway.as2 import Octets
from gateway.as2 import Policy
from gateway.as2 import Style
from gateway.as2 import check_request
from gateway.as2 import read_request
from gateway.as2.disposition import DuplicateFilenameError
from gateway.as2.disposition import IllegalFilenameError
from gateway.as2.disposition import MessageIdError
from gateway.as2.disposition import UnknownRelationshipError
from gateway.as2.disposition import UnsupportedFormatError
from gateway.as2.names import check_message_id


@pytest.mark.parametrize(
    "name, written",
    [
        ("NORTHFIELD", "NORTHFIELD"),
        ("Northfield Hospitals", '"Northfield Hospitals"'),
        ('North "Main" field', '"North \\"Main\\" field"'),
        ("North\\field", '"North\\\\field"'),
        ("N" * 128, "N" * 128),
    ],
)
def test_row_n_a_partner_s_name_is_kept(name, written):
    built = build(Style(), sender=name)
    assert dict(built.headers)["AS2-From"] == written
    assert read_request(received(built).headers).sender == name


@pytest.mark.parametrize("name", ["N" * 129, "Nørthfield", "", "North\tfield"])
def test_row_n_a_name_that_cannot_be_is_refused(name):
    with pytest.raises(ValueError):
        build(Style(), sender=name)
    with pytest.raises(UnknownRelationshipError):
        read_request(Headers((("AS2-From", name), ("AS2-To", "HARBOR"))))


def attached(*names: str):
    """What becomes of a message with a document under each name."""
    documents = [Attachment(Octets.of(ORDER), filename=name) for name in names]
    return open_built(build(SIGNED, attachments=tuple(documents)))


@pytest.mark.parametrize(
    "name",
    ["order 42.edi", "Bestellung Grüße.edi", "北京.x12", "a;b=c'd%20.edi"],
)
def test_row_n_a_file_s_name_is_kept(name):
    """With letters beyond ASCII as RFC 2231 has it."""
    assert attached(name).payloads[0].filename == name


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..", "C:\\..\\boot.ini", "con.edi", "a\u202efdp.exe", ".profile"],
)
def test_row_n_a_file_s_name_that_is_dangerous_is_refused(name):
    with pytest.raises(IllegalFilenameError):
        attached(name)


def test_row_n_a_file_s_name_twice_is_refused():
    with pytest.raises(DuplicateFilenameError):
        attached("Order.edi", "order.EDI")


def test_folders_before_a_name_are_left_out():
    assert attached("C:\\out\\order.edi").payloads[0].filename == "order.edi"
    assert attached("/srv/out/order.edi").payloads[0].filename == "order.edi"


def test_a_partner_s_file_names_may_be_ignored():
    policy = Policy(sign=False, encrypt=False, keep_filenames=False)
    document = Attachment(Octets.of(ORDER), filename="../x")
    opened = open_built(build(SIGNED, attachments=(document,)), policy)
    assert opened.payloads[0].filename is None


@pytest.mark.parametrize(
    "value, name",
    [
        ("attachment; filename=order.edi", "order.edi"),
        ("attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe.edi", "Grüße.edi"),
        ('attachment; filename*0="ord"; filename*1="er.edi"', "order.edi"),
        ("attachment; filename*0*=ISO-8859-1''Gr%FC; filename*1=sse.edi", "Grüsse.edi"),
        ("attachment; filename==?UTF-8?Q?Gr=C3=BC=C3=9Fe.edi?=", "Grüße.edi"),
    ],
)
def test_file_names_as_partners_write_them(value, name):
    built = build(Style(sign=None, encrypt=None))
    message = received(built)
    fields = [one for one in message.headers.fields if one[0] != "Content-Disposition"]
    headers = Headers((*fields, ("Content-Disposition", value)))
    from as2_kit import open_entity

    assert open_entity(Entity(headers, message.body)).payloads[0].filename == name


def with_field(name: str, value: str | None) -> Headers:
    fields = [one for one in received(build(Style())).headers.fields if one[0] != name]
    return Headers((*fields, (name, value)) if value is not None else tuple(fields))


@pytest.mark.parametrize("version", [None, "1.0", "1.1", "1.2", "1.3", "1.9"])
def test_row_q_every_version_1_is_taken(version):
    """rfc4130bis 6.1: minor numbers say what is offered, and none means 1.0."""
    request = read_request(with_field("AS2-Version", version))
    check_request(request, ANYTHING)
    assert request.version == (version or "1.0")


def test_row_q_version_2_is_another_protocol():
    with pytest.raises(UnsupportedFormatError):
        check_request(read_request(with_field("AS2-Version", "2.0")), ANYTHING)


def test_row_q_unknown_features_are_no_fault():
    request = read_request(with_field("EDIINT-Features", "teleport, multiple-attachments"))
    check_request(request, ANYTHING)
    assert request.features == ("teleport", "multiple-attachments")


@pytest.mark.parametrize(
    "product, read", [("gateway:1.2.3", "gateway:1.2.3"), ("a <b>\tproduct", "")]
)
def test_row_q_the_product_is_noted(product, read):
    assert read_request(with_field("AS2-Product", product)).product == read


def test_nothing_escapes_a_header_field():
    with pytest.raises(ValueError):
        build(Style(), subject="one\r\nAS2-To: two")
    with pytest.raises((ValueError, MessageError)):
        build(Style(), message_id="<a@b>\r\nX: y")


def test_a_message_id_has_at_most_998_letters():
    """rfc4130bis 5.3.3; a line of a header field ends there."""
    check_message_id("<" + "a" * 996 + ">")
    with pytest.raises(MessageIdError):
        check_message_id("<" + "a" * 997 + ">")
