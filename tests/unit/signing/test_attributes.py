"""A key at the desk signs document attributes for its own certificate, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, core, tsp, x509

from signing.attributes import document_digest
from signing.key_errors import AttributesRefused, ClockSkewed
from signing.model import Level, Role, SealKind, SealRequest
from signing.two_phase import DeskKey, prepare
from tests.unit.signing.world import World

DIGEST = sha256(b"document").digest()


def attribute(kind: str, *values: Any) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": cms.CMSAttributeType(kind), "values": values})


def names(certificate: bytes, *more: bytes) -> tsp.SigningCertificateV2:
    ids = [{"hash_algorithm": {"algorithm": "sha256"}, "cert_hash": sha256(one).digest()} for one in (certificate, *more)]
    return tsp.SigningCertificateV2({"certs": ids})


def good(certificate: bytes) -> list[cms.CMSAttribute]:
    return [
        attribute("content_type", "data"),
        attribute("message_digest", DIGEST),
        attribute("signing_certificate_v2", names(certificate)),
    ]


def moment(value: datetime) -> cms.CMSAttribute:
    return attribute("signing_time", cms.Time({"utc_time": core.UTCTime(value.replace(microsecond=0))}))


def der(attributes: list[cms.CMSAttribute]) -> bytes:
    return bytes(cms.CMSAttributes(attributes).dump())


def test_what_preparing_makes_is_signed(world: World, plain: Path, tmp_path: Path) -> None:
    request = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Clerk", level=Level.B_LT)
    key = DeskKey(world.clerk.certificate, world.clerk.chain)
    prepared = prepare(plain, tmp_path / "p", request, key, world.trust, world.stamper)
    assert document_digest(prepared.attributes, key.certificate, key.digest) == prepared.document_digest


def test_a_signing_time_of_now_is_signed(world: World) -> None:
    now = datetime.now(UTC)
    data = der([*good(world.clerk.certificate), moment(now)])
    assert document_digest(data, world.clerk.certificate, "sha256", now) == DIGEST


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6), timedelta(days=400)])
def test_clock_skew(world: World, off: timedelta) -> None:
    now = datetime.now(UTC)
    data = der([*good(world.clerk.certificate), moment(now + off)])
    with pytest.raises(ClockSkewed) as caught:
        document_digest(data, world.clerk.certificate, "sha256", now)
    assert "phút so với đồng hồ máy này" in caught.value.message("vi")


Change = Callable[[World, list[cms.CMSAttribute]], bytes]


def _other(world: World) -> bytes:
    return world.key("Trần Thị Lạ").certificate


def longer(data: bytes) -> bytes:
    """The same value with its length in more bytes than DER allows (X.690 §10.1)."""
    start = 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)
    return data[:1] + b"\x84" + len(data[start:]).to_bytes(4, "big") + data[start:]


def inner_longer(attributes: list[cms.CMSAttribute]) -> bytes:
    inside = b"".join(longer(bytes(one.dump())) for one in attributes)
    return b"\x31\x82" + len(inside).to_bytes(2, "big") + inside


BAD: dict[str, Change] = {
    "nothing": lambda _, __: b"",
    "any bytes": lambda _, __: b"log me in",
    "a digest": lambda _, __: DIGEST,
    "a certificate": lambda world, _: world.clerk.certificate,
    "a TBS certificate": lambda world, _: x509.Certificate.load(world.clerk.certificate)["tbs_certificate"].dump(),
    "too long": lambda world, ok: der(
        [*ok, attribute("signing_time", *[cms.Time({"utc_time": core.UTCTime(datetime.now(UTC))})] * 400)]
    ),
    "bytes after": lambda _, ok: der(ok) + b"\0",
    "a byte less": lambda _, ok: der(ok)[:-1],
    "no message digest": lambda _, ok: der([ok[0], ok[2]]),
    "no content type": lambda _, ok: der(ok[1:]),
    "no certificate named": lambda _, ok: der(ok[:2]),
    "time-stamp content": lambda _, ok: der([attribute("content_type", "tst_info"), *ok[1:]]),
    "signed data content": lambda _, ok: der([attribute("content_type", "signed_data"), *ok[1:]]),
    "other certificate": lambda world, ok: der([*ok[:2], attribute("signing_certificate_v2", names(_other(world)))]),
    "two certificates": lambda world, ok: der(
        [*ok[:2], attribute("signing_certificate_v2", names(world.clerk.certificate, _other(world)))]
    ),
    "digest of other length": lambda _, ok: der([ok[0], attribute("message_digest", b"short"), ok[2]]),
    "two digests": lambda _, ok: der([ok[0], attribute("message_digest", DIGEST, DIGEST), ok[2]]),
    "attribute twice": lambda _, ok: der([*ok, ok[1]]),
    "unknown attribute": lambda _, ok: der([*ok, cms.CMSAttribute({"type": "1.2.3.4", "values": [core.Integer(1)]})]),
    "length of too many bytes": lambda _, ok: longer(der(ok)),
    "inner length of too many bytes": lambda _, ok: inner_longer(ok),
}


@pytest.mark.parametrize("change", BAD)
def test_anything_else_is_refused(world: World, change: str) -> None:
    data = BAD[change](world, good(world.clerk.certificate))
    assert document_digest(der(good(world.clerk.certificate)), world.clerk.certificate, "sha256")
    with pytest.raises(AttributesRefused) as caught:
        document_digest(data, world.clerk.certificate, "sha256")
    assert caught.value.params["why"]


def test_another_digest_than_the_keys_is_refused(world: World) -> None:
    with pytest.raises(AttributesRefused):
        document_digest(der(good(world.clerk.certificate)), world.clerk.certificate, "sha384")
