from __future__ import annotations

from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from signing import chain, timestamps
from signing.demo_pki import DemoPki
from signing.errors import KeyTooWeak, KeyUnusable, TimestampUnavailable, TrustUnusable
from signing.keys import Pkcs12Key
from signing.loop import complete
from signing.model import Role
from signing.roles import role_of
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore
from tests.unit.signing.world import DAY, NOW, PASSPHRASE, World, _builder, authority


def _p12(path: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, world: World) -> Path:
    certificate = _builder("Odd", key, world.issuing, NOW - DAY, NOW + DAY).sign(world.issuing.key, hashes.SHA256())  # type: ignore[arg-type]
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"k", key, certificate, None, BestAvailableEncryption(PASSPHRASE)))
    return path


def test_a_wrong_passphrase_is_told_at_once(world: World) -> None:
    with pytest.raises(KeyUnusable):
        Pkcs12Key(world.folder / "TSA.p12", b"wrong")


@pytest.mark.parametrize("content", [b"", b"no key at all"])
def test_a_file_that_is_no_key_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "k.p12").write_bytes(content)
    with pytest.raises(KeyUnusable):
        Pkcs12Key(tmp_path / "k.p12", b"x")


def test_a_missing_key_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable):
        Pkcs12Key(tmp_path / "none.p12", b"x")


def test_a_short_key_is_refused(tmp_path: Path, world: World) -> None:
    weak = rsa.generate_private_key(65537, 1024)
    with pytest.raises(KeyTooWeak):
        Pkcs12Key(_p12(tmp_path / "weak.p12", weak, world), PASSPHRASE)


def test_an_elliptic_key_signs(tmp_path: Path, world: World) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    holder = Pkcs12Key(_p12(tmp_path / "ec.p12", key, world), PASSPHRASE)
    key.public_key().verify(holder.sign(b"data"), b"data", ec.ECDSA(hashes.SHA256()))


def test_a_trust_store_sorts_what_it_is_given(tmp_path: Path, world: World) -> None:
    pem = tmp_path / "all.pem"
    pem.write_bytes(
        world.issuing.certificate.public_bytes(Encoding.PEM)
        + world.root.certificate.public_bytes(Encoding.PEM)
        + x509.load_der_x509_crl(world.root.crl()).public_bytes(Encoding.PEM)
    )
    store = TrustStore.from_pem([pem])
    assert (len(store.roots), len(store.intermediates), len(store.crls)) == (1, 1, 1)
    assert store.fingerprints() == (world.root.certificate.fingerprint(hashes.SHA256()).hex(),)


@pytest.mark.parametrize("content", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_trash_is_no_trust(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pem").write_bytes(content)
    with pytest.raises(TrustUnusable):
        TrustStore.from_pem([tmp_path / "x.pem"])


def test_an_empty_store_trusts_nobody_not_even_the_operating_system(world: World) -> None:
    from asn1crypto import x509 as asn1

    held = complete(chain.check(asn1.Certificate.load(world.clerk.certificate), TrustStore(), chain.Purpose.SIGNATURE))
    assert held.sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"
    assert list(TrustStore()._manager().iter_certs()) == []


def test_a_token_over_something_else_is_refused(pki: DemoPki) -> None:
    class Liar(LocalTimestamper):
        def token(self, digest: bytes, algorithm: str) -> bytes:
            return super().token(bytes(32), algorithm)

    liar = Liar(pki._key("tsa"))
    with pytest.raises(TimestampUnavailable):
        complete(timestamps.client(liar).async_timestamp(b"\1" * 32, "sha256"))


def test_one_client_for_each_authority(pki: DemoPki) -> None:
    assert timestamps.client(pki.timestamper()) is timestamps.client(pki.timestamper())


def test_tokens_have_serials_of_their_own(pki: DemoPki) -> None:
    tokens = [cms.ContentInfo.load(pki.timestamper().token(bytes(32), "sha256")) for _ in range(2)]
    serials = {one["content"]["encap_content_info"]["content"].parsed["serial_number"].native for one in tokens}
    assert len(serials) == 2


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Phùng Tô Long", Role.PERSONAL),
        ("Ủy ban nhân dân tỉnh Quảng Ngãi", Role.AGENCY),
        ("UỶ BAN NHÂN DÂN XÃ A", Role.AGENCY),
        ("TRUNG TÂM CÔNG BÁO VÀ TIN HỌC", Role.AGENCY),
        ("Sở Tư pháp", Role.AGENCY),
        ("Vũ Văn Bản", Role.PERSONAL),
        ("Bùi Thị Sở", Role.PERSONAL),
        ("server-01.example", Role.UNKNOWN),
    ],
)
def test_roles_are_read_from_names(name: str, role: Role) -> None:
    from asn1crypto import x509 as asn1

    der = authority(name).certificate.public_bytes(Encoding.DER)
    assert role_of(asn1.Certificate.load(der)) is role


def test_the_demonstration_keys_have_their_roles(pki: DemoPki) -> None:
    from asn1crypto import x509 as asn1

    assert role_of(asn1.Certificate.load(pki.clerk().certificate)) is Role.PERSONAL
    assert role_of(asn1.Certificate.load(pki.agency().certificate)) is Role.AGENCY
