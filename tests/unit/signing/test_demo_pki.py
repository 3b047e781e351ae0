from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing import demo_certificates, demo_pki
from signing.errors import PkiUnusable


def _fingerprint(folder: str) -> tuple[str, ...]:
    return demo_pki.ensure(Path(folder)).trust().fingerprints()


def test_a_second_start_finds_the_same_authority(pki: demo_pki.DemoPki) -> None:
    before = {p.name: p.read_bytes() for p in (pki.folder / "keys").iterdir()}
    again = demo_pki.ensure(pki.folder)
    assert again.trust() == pki.trust()
    assert {p.name: p.read_bytes() for p in (pki.folder / "keys").iterdir()} == before


def test_two_processes_starting_at_once_agree(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        first, second = pool.map(_fingerprint, [str(tmp_path / "pki")] * 2)
    assert first == second
    assert len(first) == 1


def test_keys_are_private_and_certificates_say_they_are_worth_nothing(pki: demo_pki.DemoPki) -> None:
    assert (pki.folder / "keys").stat().st_mode & 0o777 == 0o700
    for path in (pki.folder / "keys").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path
    for key in (pki.clerk(), pki.agency()):
        assert demo_certificates.MARK in key.name
        subject = x509.load_der_x509_certificate(key.certificate).subject
        assert demo_certificates.MARK in subject.rfc4514_string()
    for path in (pki.folder / "trust").glob("*.pem"):
        assert demo_certificates.MARK in x509.load_pem_x509_certificate(path.read_bytes()).subject.rfc4514_string()


def test_usages_are_right(pki: demo_pki.DemoPki) -> None:
    usage = x509.load_der_x509_certificate(pki.clerk().certificate).extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.content_commitment
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    stamper = x509.load_der_x509_certificate(pki._key("tsa").certificate)
    purpose = stamper.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert purpose.critical
    assert list(purpose.value) == [x509.oid.ExtendedKeyUsageOID.TIME_STAMPING]


def test_a_stale_revocation_list_is_renewed_with_the_next_number(tmp_path: Path) -> None:
    pki = demo_pki.ensure(tmp_path / "pki")
    issuer = demo_pki._authority(pki.folder, "issuing")
    old = demo_certificates.revocation_list(issuer, 7, datetime.now(UTC) - demo_certificates.CRL_LIFE + timedelta(days=30))
    path = pki.folder / "trust" / "issuing.crl"
    path.write_bytes(old.public_bytes(Encoding.PEM))
    demo_pki.ensure(pki.folder)
    fresh = x509.load_pem_x509_crl(path.read_bytes())
    assert fresh.next_update_utc is not None
    assert fresh.next_update_utc > datetime.now(UTC) + timedelta(days=365)
    assert fresh.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 8


def test_a_first_start_cut_off_half_way_starts_over(tmp_path: Path) -> None:
    pki = demo_pki.ensure(tmp_path / "pki")
    old = pki.trust().fingerprints()
    (pki.folder / "ready").unlink()
    (pki.folder / "keys" / "tsa.p12").unlink()
    again = demo_pki.ensure(pki.folder)
    assert again.trust().fingerprints() != old
    assert again.timestamper().token(bytes(32), "sha256")


def test_a_folder_that_cannot_be_used_is_a_coded_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(PkiUnusable):
        demo_pki.ensure(tmp_path / "file")
