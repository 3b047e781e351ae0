"""Prepared here, signed elsewhere, embedded here: what must hold between the two phases."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from asn1crypto import cms, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from signing import two_phase
from signing.errors import (
    CertificateRefused,
    FileNotWritten,
    KeyTooWeak,
    RoleRefused,
    SealRejected,
    SigningError,
    TimestampUnavailable,
    TokenTooLarge,
)
from signing.key_errors import CertificateUnreadable, DocumentSwapped, KeyAtDesk, SignatureMismatch
from signing.model import Indication, Level, Role, SealKind, SealRequest
from signing.seal import seal
from signing.timestamps import TOKEN_ROOM_BYTES, LocalTimestamper
from signing.two_phase import DeskKey, Prepared
from signing.verify import verify
from tests.unit.signing.world import DAY, NOW, World, authority, issue, paint, serial_of
from tests.world.tokens import certify


def request(level: Level = Level.B_LT, role: Role = Role.PERSONAL) -> SealRequest:
    return SealRequest(SealKind.DIGITISED_COPY, role, "Clerk", reason="Số hóa", level=level)


def desk(world: World) -> DeskKey:
    return DeskKey(world.clerk.certificate, world.clerk.chain)


def prepared_at(plain: Path, folder: Path, world: World, level: Level = Level.B_LT) -> tuple[Path, Prepared]:
    out = folder / "prepared.pdf"
    return out, two_phase.prepare(plain, out, request(level), desk(world), world.trust, world.stamper)


@pytest.mark.parametrize("level", list(Level))
def test_signed_in_two_phases_is_signed_all_the_same(plain: Path, tmp_path: Path, world: World, level: Level) -> None:
    document, prepared = prepared_at(plain, tmp_path, world, level)
    assert document.read_bytes()[: prepared.tail_start] == plain.read_bytes()
    signature = world.clerk.sign(prepared.attributes)
    out = tmp_path / "out.pdf"
    made = two_phase.finish(document, out, prepared, signature, request(level), desk(world), world.trust, world.stamper)
    verdict = verify(out, world.trust)
    assert verdict.indication is Indication.PASSED
    assert (verdict.signatures[0].level, made.level) == (level.value, level)
    assert made.time_stamped is (level is not Level.B_B)
    at_once = tmp_path / "once.pdf"
    assert replace(made, signed_at=NOW) == replace(
        seal(plain, at_once, request(level), world.clerk, world.trust, world.stamper), signed_at=NOW
    )
    assert abs(out.stat().st_size - at_once.stat().st_size) < 64
    assert len(prepared.attributes) < 400


def test_an_elliptic_key_at_the_desk(plain: Path, tmp_path: Path, world: World) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    held = DeskKey(certify(key.public_key(), world.issuing, "Nguyễn Văn Cong"))
    document = tmp_path / "p.pdf"
    prepared = two_phase.prepare(plain, document, request(), held, world.trust, world.stamper)
    signature = key.sign(prepared.attributes, ec.ECDSA(hashes.SHA256()))
    two_phase.finish(document, tmp_path / "o.pdf", prepared, signature, request(), held, world.trust, world.stamper)
    assert verify(tmp_path / "o.pdf", world.trust).indication is Indication.PASSED


def test_the_key_signs_what_names_its_certificate_and_the_document(plain: Path, tmp_path: Path, world: World) -> None:
    _, prepared = prepared_at(plain, tmp_path, world)
    told = {one["type"].native: one["values"][0] for one in cms.CMSAttributes.load(prepared.attributes)}
    assert told["content_type"].native == "data"
    assert told["message_digest"].native == prepared.document_digest
    assert "signing_certificate_v2" in told


def test_signature_by_another_key(plain: Path, tmp_path: Path, world: World) -> None:
    document, prepared = prepared_at(plain, tmp_path, world)
    stranger = world.key("Trần Thị Lạ").sign(prepared.attributes)
    with pytest.raises(SignatureMismatch) as caught:
        two_phase.finish(document, tmp_path / "o", prepared, stranger, request(), desk(world), world.trust, world.stamper)
    assert "không do chứng thư của Nguyễn Văn Thử" in caught.value.message("vi")
    assert not (tmp_path / "o").exists()


def test_signature_over_other_attributes(plain: Path, tmp_path: Path, world: World) -> None:
    document, prepared = prepared_at(plain, tmp_path, world)
    _, other = prepared_at(paint(tmp_path / "b.pdf", "KHAC"), tmp_path / ".", world)
    assert other.attributes != prepared.attributes
    for signature in (world.clerk.sign(other.attributes), b"", b"\0" * 256, world.clerk.sign(prepared.attributes)[:-1]):
        with pytest.raises(SignatureMismatch):
            two_phase.finish(document, tmp_path / "o", prepared, signature, request(), desk(world), world.trust, world.stamper)


@pytest.mark.parametrize("change", ["page", "hole", "longer", "shorter", "other", "attributes"])
def test_swapped_document(plain: Path, tmp_path: Path, world: World, change: str) -> None:
    document, prepared = prepared_at(plain, tmp_path, world)
    signature = world.clerk.sign(prepared.attributes)
    data = bytearray(document.read_bytes())
    if change == "page":
        data[prepared.tail_start // 2] ^= 1
    elif change == "hole":
        data[prepared.hole_start + 10] = ord("1")
    elif change == "longer":
        data += b"\n"
    elif change == "shorter":
        del data[-1:]
    elif change == "other":
        data = bytearray(paint(tmp_path / "b.pdf", "KHAC").read_bytes())
    else:  # the row was changed along with the document
        other, fresh = prepared_at(paint(tmp_path / "b.pdf", "KHAC"), tmp_path / ".", world)
        data = bytearray(other.read_bytes())
        prepared = replace(fresh, attributes=prepared.attributes)
    document.write_bytes(data)
    with pytest.raises(DocumentSwapped) as caught:
        two_phase.finish(document, tmp_path / "o", prepared, signature, request(), desk(world), world.trust, world.stamper)
    assert "bị thay đổi giữa lúc chuẩn bị và lúc ký" in caught.value.message("vi")
    assert not (tmp_path / "o").exists()


def _desk_of(world: World, name: str, **how: object) -> DeskKey:
    key = issue(world.folder, world.issuing, name, **how)  # type: ignore[arg-type]
    return DeskKey(key.certificate, key.chain)


@pytest.mark.parametrize(
    ("name", "how", "reason"),
    [
        ("Người Hết Hạn", {"start": NOW - 9 * DAY, "end": NOW - DAY}, "EXPIRED"),
        ("Người Chưa Đến", {"start": NOW + DAY, "end": NOW + 9 * DAY}, "NOT_YET_VALID"),
        ("Người Sai Mục", {"purpose": "encrypt"}, "CHAIN_CONSTRAINTS_FAILURE"),
    ],
)
def test_a_certificate_that_does_not_hold_is_refused_before_signing(
    plain: Path, tmp_path: Path, world: World, name: str, how: dict[str, object], reason: str
) -> None:
    with pytest.raises(CertificateRefused) as caught:
        two_phase.prepare(plain, tmp_path / "o", request(), _desk_of(world, name, **how), world.trust, world.stamper)
    assert caught.value.params["reason"] == reason
    assert name in caught.value.message("vi")
    assert "Chưa ký gì cả" in caught.value.message("vi")
    assert not (tmp_path / "o").exists()


def test_a_revoked_certificate_is_refused_before_and_between_the_phases(plain: Path, tmp_path: Path, world: World) -> None:
    revoked = world.trusting(world.root.crl(), world.issuing.crl({serial_of(world.clerk): NOW - DAY}))
    with pytest.raises(CertificateRefused) as caught:
        two_phase.prepare(plain, tmp_path / "o", request(), desk(world), revoked, world.stamper)
    assert caught.value.params["reason"] == "REVOKED"
    document, prepared = prepared_at(plain, tmp_path, world)
    signature = world.clerk.sign(prepared.attributes)
    with pytest.raises(SigningError):
        two_phase.finish(document, tmp_path / "o", prepared, signature, request(), desk(world), revoked, world.stamper)
    assert not (tmp_path / "o").exists()


def test_a_certificate_of_an_unknown_authority_or_the_wrong_role_is_refused(plain: Path, tmp_path: Path, world: World) -> None:
    look_alike = issue(tmp_path, authority("Test Issuing Two"), "Nguyễn Văn Thử")
    stranger = DeskKey(look_alike.certificate, look_alike.chain)
    with pytest.raises(CertificateRefused) as caught:
        two_phase.prepare(plain, tmp_path / "o", request(), stranger, world.trust, world.stamper)
    assert caught.value.params["reason"] == "NO_CERTIFICATE_CHAIN_FOUND"
    with pytest.raises(RoleRefused):
        two_phase.prepare(plain, tmp_path / "o", request(role=Role.AGENCY), desk(world), world.trust, world.stamper)


def test_what_is_no_certificate_or_too_weak_is_refused(world: World) -> None:
    for nonsense in (b"", b"\x30\x03\x02\x01\x01", b"hello"):
        with pytest.raises(CertificateUnreadable):
            DeskKey(nonsense)
        with pytest.raises(CertificateUnreadable):
            DeskKey(world.clerk.certificate, (nonsense,))
    weak = certify(rsa.generate_private_key(65537, 1024).public_key(), world.issuing, "Người Yếu")
    with pytest.raises(KeyTooWeak):
        DeskKey(weak)


def test_a_key_at_the_desk_cannot_sign_here(world: World) -> None:
    with pytest.raises(KeyAtDesk):
        desk(world).sign(b"data")


class _Moody:
    """A time-stamp authority that is down at first."""

    def __init__(self, real: LocalTimestamper) -> None:
        self.real, self.down = real, False

    def token(self, digest: bytes, algorithm: str) -> bytes:
        if self.down:
            raise TimestampUnavailable
        return self.real.token(digest, algorithm)


def test_time_stamps_dead_at_the_second_phase(plain: Path, tmp_path: Path, world: World) -> None:
    moody = _Moody(world.stamper)
    document = tmp_path / "p.pdf"
    prepared = two_phase.prepare(plain, document, request(), desk(world), world.trust, moody)
    signature = world.clerk.sign(prepared.attributes)
    moody.down = True
    out = tmp_path / "o.pdf"
    for _ in range(2):
        with pytest.raises(TimestampUnavailable):
            two_phase.finish(document, out, prepared, signature, request(), desk(world), world.trust, moody)
        assert not out.exists()
    moody.down = False
    made = two_phase.finish(document, out, prepared, signature, request(), desk(world), world.trust, moody)
    assert (made.level, made.time_stamped) == (Level.B_LT, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["o.pdf", "p.pdf"]


def test_a_time_stamp_by_another_authority_than_at_preparation_keeps_the_level(plain: Path, tmp_path: Path, world: World) -> None:
    second = authority("Second TSA CA", world.root)
    other = LocalTimestamper(issue(tmp_path, second, "TSA hai", NOW - 300 * DAY, NOW + 300 * DAY, "stamp"))
    between = (*world.trust.intermediates, second.certificate.public_bytes(Encoding.DER))
    trust = replace(world.trust, intermediates=between, crls=(*world.trust.crls, second.crl()))
    document, out = tmp_path / "p.pdf", tmp_path / "o.pdf"
    prepared = two_phase.prepare(plain, document, request(), desk(world), trust, world.stamper)
    signature = world.clerk.sign(prepared.attributes)
    two_phase.finish(document, out, prepared, signature, request(), desk(world), trust, other)
    offline = verify(out, replace(trust, crls=(), intermediates=()))  # the file carries all its evidence
    assert (offline.indication, offline.signatures[0].level) == (Indication.PASSED, "B-LT")


def test_what_was_laid_out_for_a_lower_level_is_thrown_away(plain: Path, tmp_path: Path, world: World) -> None:
    document, prepared = prepared_at(plain, tmp_path, world, Level.B_B)
    signature = world.clerk.sign(prepared.attributes)
    with pytest.raises(SealRejected):
        two_phase.finish(document, tmp_path / "o", prepared, signature, request(), desk(world), world.trust, world.stamper)


def test_a_full_disk_is_told(plain: Path, tmp_path: Path, world: World) -> None:
    with pytest.raises(FileNotWritten):
        two_phase.prepare(plain, tmp_path / "nowhere" / "o", request(), desk(world), world.trust, world.stamper)
    assert not list(tmp_path.iterdir())


class Authorities:
    """A list of two authorities: the one that answers now has small or large tokens, or is dead."""

    def __init__(self, world: World) -> None:
        self.world, self.more, self.dead = world, 0, False

    def token(self, digest: bytes, algorithm: str) -> bytes:
        if self.dead:
            raise TimestampUnavailable
        answer = cms.ContentInfo.load(self.world.stamper.token(digest, algorithm))
        data = answer["content"]
        data["certificates"] = [one.chosen for one in data["certificates"]] + [_stranger()] * self.more
        return bytes(answer.dump(force=True))


@cache
def _stranger() -> x509.Certificate:
    """A certificate of about 1 KB that an authority brings along for nothing."""
    return x509.Certificate.load(authority(f"Tổ chức xa lạ {'dài ' * 8}").certificate.public_bytes(Encoding.DER))


@pytest.mark.parametrize("level", [Level.B_T, Level.B_LT, Level.B_LTA])
def test_another_authority_with_larger_tokens(plain: Path, tmp_path: Path, world: World, level: Level) -> None:
    stamper = Authorities(world)
    out = tmp_path / "o.pdf"
    seal(plain, out, request(level), world.clerk, world.trust, stamper)
    stamper.more = 12
    assert len(stamper.token(bytes(32), "sha256")) > TOKEN_ROOM_BYTES
    for _ in range(2):
        assert seal(plain, out, request(level), world.clerk, world.trust, stamper).level is level
        assert verify(out, world.trust).signatures[0].level == level.value


@pytest.mark.parametrize("level", [Level.B_T, Level.B_LT, Level.B_LTA])
def test_preparing_needs_no_authority_that_answers(plain: Path, tmp_path: Path, world: World, level: Level) -> None:
    stamper, document = Authorities(world), tmp_path / "p.pdf"
    stamper.dead = True
    prepared = two_phase.prepare(plain, document, request(level), desk(world), world.trust, stamper)
    stamper.dead, stamper.more = False, 3
    signature, out = world.clerk.sign(prepared.attributes), tmp_path / "o.pdf"
    two_phase.finish(document, out, prepared, signature, request(level), desk(world), world.trust, stamper)
    verdict = verify(out, world.trust)
    assert (verdict.indication, verdict.signatures[0].level) == (Indication.PASSED, level.value)


def test_a_token_without_room_waits_for_another_authority(plain: Path, tmp_path: Path, world: World) -> None:
    stamper, document, out = Authorities(world), tmp_path / "p.pdf", tmp_path / "o.pdf"
    prepared = two_phase.prepare(plain, document, request(), desk(world), world.trust, stamper)
    stamper.more, signature = 20, world.clerk.sign(prepared.attributes)
    with pytest.raises(TokenTooLarge) as caught:
        two_phase.finish(document, out, prepared, signature, request(), desk(world), world.trust, stamper)
    assert caught.value.retryable
    stamper.more = 0
    two_phase.finish(document, out, prepared, signature, request(), desk(world), world.trust, stamper)
    assert verify(out, world.trust).indication is Indication.PASSED
