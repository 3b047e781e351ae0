from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from signing import seal as sealing
from signing import verify as judging
from signing.demo_pki import DemoPki
from signing.errors import (
    CertificateRefused,
    RoleRefused,
    SealRejected,
    SigningError,
    SourceDamaged,
    SourceEncrypted,
    SourceLocked,
    TimestampUnavailable,
)
from signing.model import Indication, Level, Role, SealKind, SealRequest
from signing.seal import seal
from signing.timestamps import LocalTimestamper
from signing.verify import count_signatures, verify
from tests.unit.signing.conftest import clerk_request
from tests.unit.signing.world import DAY, NOW, World, paint, serial_of, sign_unchecked


@pytest.mark.parametrize("level", list(Level))
def test_every_level_is_reached_and_passes(tmp_path: Path, plain: Path, pki: DemoPki, level: Level) -> None:
    out = tmp_path / "out.pdf"
    made = seal(plain, out, replace(clerk_request(), level=level), pki.clerk(), pki.trust(), pki.timestamper())
    verdict = verify(out, pki.trust())
    assert verdict.indication is Indication.PASSED
    assert verdict.profile == "agency"
    assert verdict.signatures[0].level == level.value
    assert made.level is level
    assert made.time_stamped is (level is not Level.B_B)
    assert made.signed_at.utcoffset() is not None
    assert out.read_bytes().startswith(plain.read_bytes())


def test_a_long_term_seal_is_one_revision_that_covers_the_whole_file(sealed: Path, pki: DemoPki, plain: Path) -> None:
    (signature,) = verify(sealed, pki.trust()).signatures
    assert signature.covers_whole_file
    assert sealed.read_bytes().count(b"%%EOF") == plain.read_bytes().count(b"%%EOF") + 1
    assert b"/DSS" in sealed.read_bytes()


def test_metadata_are_left_alone(sealed: Path, plain: Path) -> None:
    with pikepdf.open(plain) as before, pikepdf.open(sealed) as after:
        assert before.Root.Metadata.read_raw_bytes() == after.Root.Metadata.read_raw_bytes()
        assert dict(before.docinfo) == dict(after.docinfo)


def test_the_root_is_not_embedded_and_growth_stays_small(sealed: Path, plain: Path) -> None:
    assert sealed.stat().st_size - plain.stat().st_size < 30_000


def test_sha256_is_used(sealed: Path, pki: DemoPki) -> None:
    codes = {one.code for one in verify(sealed, pki.trust()).signatures[0].findings}
    assert "DIGEST_WEAK" not in codes


def test_a_second_seal_keeps_the_first(tmp_path: Path, sealed: Path, pki: DemoPki) -> None:
    out = tmp_path / "two.pdf"
    request = SealRequest(SealKind.SAO_Y, Role.AGENCY, "Agency")
    seal(sealed, out, request, pki.agency(), pki.trust(), pki.timestamper())
    verdict = verify(out, pki.trust())
    assert verdict.indication is Indication.PASSED
    assert [one.role for one in verdict.signatures] == [Role.PERSONAL, Role.AGENCY]
    assert out.read_bytes().startswith(sealed.read_bytes())


def test_a_taken_field_name_gets_a_number(tmp_path: Path, sealed: Path, pki: DemoPki) -> None:
    out = tmp_path / "again.pdf"
    seal(sealed, out, clerk_request(), pki.clerk(), pki.trust(), pki.timestamper())
    assert [one.field_name for one in verify(out, pki.trust()).signatures] == ["Clerk", "Clerk2"]


def test_sealing_in_place(tmp_path: Path, plain: Path, pki: DemoPki) -> None:
    path = tmp_path / "same.pdf"
    path.write_bytes(plain.read_bytes())
    seal(path, path, clerk_request(), pki.clerk(), pki.trust(), pki.timestamper())
    assert count_signatures(path) == 1


def _refused(source: Path, out: Path, pki: DemoPki) -> SigningError:
    with pytest.raises(SigningError) as caught:
        seal(source, out, clerk_request(), pki.clerk(), pki.trust(), pki.timestamper())
    assert list(out.parent.iterdir()) == [source]
    return caught.value


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\nstartxref\n9\n%%EOF"])
def test_trash_is_refused_and_nothing_is_left(tmp_path: Path, pki: DemoPki, content: bytes) -> None:
    source = tmp_path / "in.pdf"
    source.write_bytes(content)
    assert type(_refused(source, tmp_path / "out.pdf", pki)) is SourceDamaged


def test_an_encrypted_file_is_refused(tmp_path: Path, pki: DemoPki) -> None:
    source = paint(tmp_path / "in.pdf", encryption=pikepdf.Encryption(owner="o", user=""))
    assert type(_refused(source, tmp_path / "out.pdf", pki)) is SourceEncrypted


def test_a_locked_file_is_refused(tmp_path: Path, pki: DemoPki, world: World) -> None:
    from pyhanko.sign.fields import MDPPerm

    folder = tmp_path / "here"
    folder.mkdir()
    plain = paint(tmp_path / "plain.pdf")
    locked = sign_unchecked(plain, folder / "in.pdf", world.clerk, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES)
    assert type(_refused(locked, folder / "out.pdf", pki)) is SourceLocked


def test_roles_are_not_mixed_up(tmp_path: Path, plain: Path, pki: DemoPki) -> None:
    with pytest.raises(RoleRefused):
        seal(plain, tmp_path / "o.pdf", clerk_request(), pki.agency(), pki.trust(), pki.timestamper())


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"start": NOW - 50 * DAY, "end": NOW - DAY}, "EXPIRED"),
        ({"start": NOW + DAY}, "NOT_YET_VALID"),
        ({"purpose": "encrypt"}, "CHAIN_CONSTRAINTS_FAILURE"),
    ],
)
def test_a_bad_certificate_never_signs(tmp_path: Path, plain: Path, world: World, how: dict[str, object], reason: str) -> None:
    key = world.key("Lê Văn Hỏng", **how)
    with pytest.raises(CertificateRefused) as caught:
        seal(plain, tmp_path / "o.pdf", clerk_request(), key, world.trust, world.stamper)
    assert caught.value.params["reason"] == reason
    assert list(tmp_path.iterdir()) == []


def test_a_revoked_certificate_never_signs(tmp_path: Path, plain: Path, world: World) -> None:
    trust = world.trusting(world.root.crl(), world.issuing.crl({serial_of(world.clerk): NOW - DAY / 2}))
    with pytest.raises(CertificateRefused, match="REVOKED"):
        seal(plain, tmp_path / "o.pdf", clerk_request(), world.clerk, trust, world.stamper)


@pytest.mark.parametrize("crls", ["none", "stale", "leaf only"])
def test_missing_revocation_evidence_stops_signing(tmp_path: Path, plain: Path, world: World, crls: str) -> None:
    lists = {
        "none": [],
        "stale": [world.root.crl(), world.issuing.crl(start=NOW - 60 * DAY, days=30)],
        "leaf only": [world.issuing.crl()],
    }[crls]
    with pytest.raises(CertificateRefused, match="TRY_LATER"):
        seal(plain, tmp_path / "o.pdf", clerk_request(), world.clerk, world.trusting(*lists), world.stamper)


def test_an_unknown_authority_never_signs(tmp_path: Path, plain: Path, world: World, pki: DemoPki) -> None:
    with pytest.raises(CertificateRefused, match="NO_CERTIFICATE_CHAIN_FOUND"):
        seal(plain, tmp_path / "o.pdf", clerk_request(), world.clerk, pki.trust(), pki.timestamper())


@pytest.mark.parametrize("level", [Level.B_T, Level.B_LT, Level.B_LTA])
def test_without_a_time_stamp_the_level_is_not_lowered(tmp_path: Path, plain: Path, pki: DemoPki, level: Level) -> None:
    class Dead:
        def token(self, digest: bytes, algorithm: str) -> bytes:
            raise TimestampUnavailable

    for stamper in (None, Dead()):
        with pytest.raises(TimestampUnavailable):
            seal(plain, tmp_path / "o.pdf", replace(clerk_request(), level=level), pki.clerk(), pki.trust(), stamper)
    assert list(tmp_path.iterdir()) == []


def test_a_time_stamper_whose_certificate_does_not_hold_stops_signing(tmp_path: Path, plain: Path, world: World) -> None:
    bad = LocalTimestamper(world.key("Old TSA", start=NOW - 50 * DAY, end=NOW - DAY, purpose="stamp"))
    with pytest.raises(CertificateRefused):
        seal(plain, tmp_path / "o.pdf", clerk_request(), world.clerk, world.trust, bad)
    not_for_time = LocalTimestamper(world.key("No TSA"))
    with pytest.raises(CertificateRefused):
        seal(plain, tmp_path / "o.pdf", clerk_request(), world.clerk, world.trust, not_for_time)
    assert list(tmp_path.iterdir()) == []


def test_what_our_own_verification_does_not_pass_is_thrown_away(
    tmp_path: Path, plain: Path, pki: DemoPki, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = judging.verify

    def strict(*args: object, **kwargs: object) -> object:
        verdict = honest(*args, **kwargs)  # type: ignore[arg-type]
        failed = tuple(replace(one, indication=Indication.FAILED, sub_indication="HASH_FAILURE") for one in verdict.signatures)
        return replace(verdict, signatures=failed)

    monkeypatch.setattr(sealing.verify, "verify", strict)
    with pytest.raises(SealRejected, match="HASH_FAILURE"):
        seal(plain, tmp_path / "o.pdf", clerk_request(), pki.clerk(), pki.trust(), pki.timestamper())
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_signature_beneath_ours_is_kept(tmp_path: Path, plain: Path, pki: DemoPki, world: World) -> None:
    foreign = sign_unchecked(plain, tmp_path / "foreign.pdf", world.clerk)
    out = tmp_path / "out.pdf"
    seal(foreign, out, clerk_request(), pki.clerk(), pki.trust(), pki.timestamper())
    verdict = verify(out, pki.trust())
    assert [one.indication for one in verdict.signatures] == [Indication.INDETERMINATE, Indication.PASSED]
    assert verdict.indication is Indication.INDETERMINATE


def test_a_tampered_file_is_not_sealed_over(tmp_path: Path, sealed: Path, pki: DemoPki) -> None:
    data = sealed.read_bytes()
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(
        data.replace(b"(SO 12 0)", b"(SO 99 0)")
        if b"(SO 12 0)" in data
        else re.sub(rb"/MediaBox \[ 0 0 200", b"/MediaBox [ 0 0 300", data)
    )
    assert bad.read_bytes() != data
    with pytest.raises(SealRejected):
        seal(bad, tmp_path / "out.pdf", clerk_request(), pki.clerk(), pki.trust(), pki.timestamper())
    assert not (tmp_path / "out.pdf").exists()


def test_threads_share_keys_trust_and_time_stamper(tmp_path: Path, plain: Path, pki: DemoPki) -> None:
    from concurrent.futures import ThreadPoolExecutor

    trust, key, stamper = pki.trust(), pki.clerk(), pki.timestamper()

    def one(number: int) -> Indication:
        out = tmp_path / f"{number}.pdf"
        seal(plain, out, clerk_request(), key, trust, stamper)
        return verify(out, trust).indication

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(one, range(12))) == {Indication.PASSED}
