"""Trust, time and revocation: the three states for every kind of signer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.fields import SigSeedSubFilter

from signing.demo_pki import DemoPki
from signing.model import FileVerdict, Indication, Role
from signing.policy import Policy, Profile
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore
from signing.verify import count_signatures, verify
from tests.unit.signing.world import DAY, NOW, World, authority, issue, paint, serial_of, sign_unchecked

PASSED, DOUBT, FAILED = Indication.PASSED, Indication.INDETERMINATE, Indication.FAILED


def _codes(verdict: FileVerdict) -> set[str]:
    return {one.code for one in (*verdict.findings, *(f for s in verdict.signatures for f in s.findings))}


# --- what is no signed PDF ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "indication", "code"),
    [
        (b"", FAILED, "NOT_A_PDF"),
        (b"hello", FAILED, "NOT_A_PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2000), FAILED, "NOT_A_PDF"),
        (b"%PDF-1.7\nthis is it", FAILED, "DAMAGED"),
        (b"%PDF-1.7\nstartxref\n99999\n%%EOF", FAILED, "DAMAGED"),
        (b"%PDF-1.7\n1 0 obj\n[" + b"[" * 20000, FAILED, "DAMAGED"),
    ],
)
def test_trash_has_a_verdict(tmp_path: Path, pki: DemoPki, content: bytes, indication: Indication, code: str) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(content)
    verdict = verify(path, pki.trust())
    assert (verdict.indication, _codes(verdict)) == (indication, {code})
    assert count_signatures(path) == 0


def test_a_missing_file_has_a_verdict(tmp_path: Path, pki: DemoPki) -> None:
    assert _codes(verify(tmp_path / "none.pdf", pki.trust())) == {"UNREADABLE"}
    assert count_signatures(tmp_path / "none.pdf") == 0


def test_an_encrypted_file_cannot_be_decided(tmp_path: Path, pki: DemoPki) -> None:
    path = paint(tmp_path / "x.pdf", encryption=pikepdf.Encryption(owner="o", user="u"))
    verdict = verify(path, pki.trust())
    assert verdict.indication is DOUBT
    assert "ENCRYPTED" in _codes(verdict)


def test_a_file_without_signature_cannot_be_decided(plain: Path, pki: DemoPki) -> None:
    verdict = verify(plain, pki.trust(), name="giấy tờ.pdf")
    assert (verdict.indication, verdict.sub_indication) == (DOUBT, "NO_SIGNATURE_FOUND")
    assert verdict.name == "giấy tờ.pdf"
    assert verdict.signatures == ()


# --- whom we trust ------------------------------------------------------------------------------------------------------------


def test_our_own_file_passes(sealed: Path, pki: DemoPki) -> None:
    verdict = verify(sealed, pki.trust())
    assert verdict.indication is PASSED
    assert verdict.sub_indication == ""
    (signature,) = verdict.signatures
    assert signature.intact
    assert signature.covers_whole_file
    assert signature.role is Role.PERSONAL
    assert signature.level == "B-LT"
    assert signature.time_source == "timestamp"


def test_an_unknown_root_leaves_doubt_but_integrity_is_said(sealed: Path, world: World) -> None:
    for trust in (world.trust, TrustStore()):
        verdict = verify(sealed, trust)
        assert (verdict.indication, verdict.sub_indication) == (DOUBT, "NO_CERTIFICATE_CHAIN_FOUND")
        assert verdict.profile == "foreign"
        (signature,) = verdict.signatures
        assert signature.intact
        assert "CHAIN_NOT_FOUND" in _codes(verdict)


def test_a_look_alike_authority_is_not_ours(tmp_path: Path, plain: Path, world: World) -> None:
    """Same names, other keys."""
    root = authority("Test Root")
    imposter_key = authority("Imposter").key
    imposter = type(root)(world.issuing.certificate, imposter_key)
    key = issue(tmp_path, imposter, "Kẻ Giả Mạo")
    verdict = verify(sign_unchecked(plain, tmp_path / "s.pdf", key, world.stamper), world.trust)
    assert verdict.indication is DOUBT
    assert verdict.signatures[0].intact


def test_the_operating_system_roots_do_not_count(sealed: Path) -> None:
    assert verify(sealed, TrustStore()).signatures[0].sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"


# --- time and revocation ------------------------------------------------------------------------------------------------------


def _sign(tmp_path: Path, plain: Path, world: World, key: object = None, **how: object) -> Path:
    return sign_unchecked(plain, tmp_path / "s.pdf", key or world.clerk, **how)  # type: ignore[arg-type]


def _stamper(world: World, days_ago: int) -> LocalTimestamper:
    key = issue(world.folder, world.issuing, "TSA", NOW - 3000 * DAY, NOW + 3000 * DAY, "stamp")
    return LocalTimestamper(key, clock=lambda: NOW - days_ago * DAY)


@pytest.mark.parametrize("stamped", [True, False])
def test_a_sound_signature_passes(tmp_path: Path, plain: Path, world: World, stamped: bool) -> None:
    path = _sign(tmp_path, plain, world, stamper=world.stamper if stamped else None)
    assert verify(path, world.trust).indication is PASSED


def test_an_expired_signer_without_time_stamp_leaves_doubt(tmp_path: Path, plain: Path, world: World) -> None:
    key = world.key("Hết Hạn", start=NOW - 50 * DAY, end=NOW - DAY)
    verdict = verify(_sign(tmp_path, plain, world, key), world.trust)
    assert (verdict.indication, verdict.sub_indication) == (DOUBT, "OUT_OF_BOUNDS_NO_POE")
    assert "SIGNED_AFTER_EXPIRY" in _codes(verdict)


def test_a_signer_expired_before_the_time_stamp_never_passes(tmp_path: Path, plain: Path, world: World) -> None:
    """Finding 3 of signing.md: the AdES process alone passes this file."""
    key = world.key("Hết Hạn", start=NOW - 50 * DAY, end=NOW - DAY)
    verdict = verify(_sign(tmp_path, plain, world, key, stamper=world.stamper), world.trust)
    assert (verdict.indication, verdict.sub_indication) == (DOUBT, "OUT_OF_BOUNDS_NO_POE")


def test_a_signer_expired_after_the_time_stamp_passes(tmp_path: Path, plain: Path, world: World) -> None:
    key = world.key("Hết Hạn", start=NOW - 50 * DAY, end=NOW - DAY)
    trust = world.trusting(world.root.crl(start=NOW - 20 * DAY, days=60), world.issuing.crl(start=NOW - 20 * DAY, days=60))
    verdict = verify(_sign(tmp_path, plain, world, key, stamper=_stamper(world, 10)), trust)
    assert verdict.indication is PASSED, _codes(verdict)


def test_a_signer_not_yet_valid_without_proof_leaves_doubt(tmp_path: Path, plain: Path, world: World) -> None:
    key = world.key("Chưa Đến", start=NOW + DAY)
    verdict = verify(_sign(tmp_path, plain, world, key), world.trust)
    assert verdict.indication is DOUBT


def test_a_signature_proven_older_than_its_certificate_fails(tmp_path: Path, plain: Path, world: World) -> None:
    key = world.key("Chưa Đến", start=NOW + DAY)
    verdict = verify(_sign(tmp_path, plain, world, key, stamper=world.stamper), world.trust)
    assert (verdict.indication, verdict.sub_indication) == (FAILED, "NOT_YET_VALID")
    assert "SIGNED_BEFORE_VALIDITY" in _codes(verdict)


@pytest.mark.parametrize("stamped", [True, False])
def test_a_revoked_signer_never_passes(tmp_path: Path, plain: Path, world: World, stamped: bool) -> None:
    trust = world.trusting(world.root.crl(), world.issuing.crl({serial_of(world.clerk): NOW - DAY}))
    verdict = verify(_sign(tmp_path, plain, world, stamper=world.stamper if stamped else None), trust)
    assert (verdict.indication, verdict.sub_indication) == (DOUBT, "REVOKED_NO_POE")
    assert "REVOKED" in _codes(verdict)


def test_revoked_after_the_time_stamp_passes(tmp_path: Path, plain: Path, world: World) -> None:
    trust = world.trusting(
        world.root.crl(start=NOW - 20 * DAY, days=60),
        world.issuing.crl({serial_of(world.clerk): NOW - 5 * DAY}, start=NOW - 4 * DAY, days=60),
    )
    verdict = verify(_sign(tmp_path, plain, world, stamper=_stamper(world, 10)), trust)
    assert verdict.indication is PASSED, _codes(verdict)


def test_expired_and_revoked_before_the_time_stamp_never_passes(tmp_path: Path, plain: Path, world: World) -> None:
    """The expiry hides the revocation from the AdES process; our own check at signing time finds it."""
    key = world.key("Hết Hạn", start=NOW - 50 * DAY, end=NOW - DAY)
    trust = world.trusting(
        world.root.crl(start=NOW - 20 * DAY, days=60),
        world.issuing.crl({serial_of(key): NOW - 12 * DAY}, start=NOW - 11 * DAY, days=60),
    )
    verdict = verify(_sign(tmp_path, plain, world, key, stamper=_stamper(world, 10)), trust)
    assert (verdict.indication, verdict.sub_indication) == (DOUBT, "REVOKED_NO_POE")


def test_a_revoked_authority_never_passes(tmp_path: Path, plain: Path, world: World) -> None:
    serial = world.issuing.certificate.serial_number
    trust = world.trusting(world.root.crl({serial: NOW - DAY}), world.issuing.crl())
    assert verify(_sign(tmp_path, plain, world, stamper=world.stamper), trust).indication is DOUBT


@pytest.mark.parametrize("which", ["none", "issuing only", "stale"])
def test_missing_revocation_evidence_is_never_valid(tmp_path: Path, plain: Path, world: World, which: str) -> None:
    crls = {
        "none": [],
        "issuing only": [world.issuing.crl()],
        "stale": [world.root.crl(), world.issuing.crl(start=NOW - 60 * DAY, days=30)],
    }[which]
    verdict = verify(_sign(tmp_path, plain, world, stamper=world.stamper), world.trusting(*crls))
    assert verdict.indication is DOUBT
    assert "REVOCATION_UNKNOWN" in _codes(verdict)


def test_a_forged_revocation_list_is_no_evidence(tmp_path: Path, plain: Path, world: World) -> None:
    forged = type(world.issuing)(world.issuing.certificate, authority("Imposter").key).crl()
    verdict = verify(_sign(tmp_path, plain, world, stamper=world.stamper), world.trusting(world.root.crl(), forged))
    assert verdict.indication is DOUBT


def test_a_certificate_for_something_else_never_passes(tmp_path: Path, plain: Path, world: World) -> None:
    """P14: the AdES process checks no key usage unless told."""
    key = world.key("Mã Hóa", purpose="encrypt")
    verdict = verify(_sign(tmp_path, plain, world, key, stamper=world.stamper), world.trust)
    assert (verdict.indication, verdict.sub_indication) == (DOUBT, "CHAIN_CONSTRAINTS_FAILURE")
    assert "WRONG_KEY_USAGE" in _codes(verdict)


def test_a_time_stamp_by_somebody_not_certified_for_it_proves_nothing(tmp_path: Path, plain: Path, world: World) -> None:
    bad = LocalTimestamper(world.clerk)
    verdict = verify(_sign(tmp_path, plain, world, stamper=bad), world.trust)
    assert verdict.indication is DOUBT
    assert verdict.signatures[0].time_source == "claimed"
    assert "TIMESTAMP_NOT_TRUSTED" in _codes(verdict)


def test_judging_at_another_time(sealed: Path, pki: DemoPki) -> None:
    late = verify(sealed, pki.trust(), now=NOW + timedelta(days=365 * 11))
    assert late.indication is DOUBT
    early = verify(sealed, pki.trust(), now=NOW - timedelta(days=365))
    assert early.indication is not PASSED


# --- profiles, forms, roles -----------------------------------------------------------------------------------------------------


def test_the_older_form_without_named_certificate(tmp_path: Path, plain: Path, world: World) -> None:
    """P15: our own files must name the signer's certificate; the older form is told in a foreign file."""
    path = _sign(tmp_path, plain, world, stamper=world.stamper, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
    ours = verify(path, world.trust, Policy(profile=Profile.AGENCY))
    foreign = verify(path, world.trust, Policy(profile=Profile.FOREIGN))
    named = "SIGNING_CERTIFICATE_NOT_NAMED" in _codes(ours)
    assert (ours.indication, foreign.indication) == ((FAILED, PASSED) if named else (PASSED, PASSED))
    assert foreign.signatures[0].level == "PKCS7-T"


def test_required_roles(sealed: Path, pki: DemoPki) -> None:
    both = Policy(required_roles=(Role.PERSONAL, Role.AGENCY))
    verdict = verify(sealed, pki.trust(), both)
    assert verdict.indication is DOUBT
    assert "ROLE_MISSING" in _codes(verdict)
    assert verify(sealed, pki.trust(), Policy(required_roles=(Role.PERSONAL,))).indication is PASSED


def test_every_signature_counts(tmp_path: Path, sealed: Path, pki: DemoPki, world: World) -> None:
    """P11: one signer nobody knows keeps the file from passing."""
    path = sign_unchecked(sealed, tmp_path / "two.pdf", world.clerk, world.stamper, field="Other")
    verdict = verify(path, pki.trust())
    assert [one.indication for one in verdict.signatures] == [PASSED, DOUBT]
    assert verdict.indication is DOUBT
    assert count_signatures(path) == 2


def test_a_store_from_pem_files_judges_alike(tmp_path: Path, plain: Path, world: World) -> None:
    for name, one in (("root", world.root), ("issuing", world.issuing)):
        (tmp_path / f"{name}.pem").write_bytes(one.certificate.public_bytes(Encoding.PEM))
        (tmp_path / f"{name}.crl").write_bytes(one.crl())
    path = _sign(tmp_path, plain, world, stamper=world.stamper)
    assert verify(path, TrustStore.load(tmp_path)).indication is PASSED
    assert verify(path, TrustStore.from_pem([tmp_path / "root.pem"])).indication is DOUBT


def test_a_running_event_loop_is_no_hindrance(sealed: Path, pki: DemoPki) -> None:
    import asyncio

    async def inside() -> Indication:
        return verify(sealed, pki.trust()).indication

    assert asyncio.run(inside()) is PASSED
