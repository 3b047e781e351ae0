"""OCSP as the second source: nothing is signed on what a responder does wrong; what it does right is kept and embedded."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from time import monotonic

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from signing.authorities import HttpTimestamper
from signing.chain import Purpose
from signing.errors import CertificateRefused, RevocationStale
from signing.exchange import Refusal
from signing.keys import Pkcs12Key
from signing.model import Indication, Level, Role, SealKind, SealRequest
from signing.ocsp import Patience, Responders, checked, responder_urls
from signing.seal import seal
from signing.standing import Standing, line_home
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore
from signing.trust_errors import ANSWER_FAULTS, RevocationUnanswered
from signing.trust_folder import Kind, TrustFolder
from signing.verify import verify
from tests.unit.signing import world as made
from tests.unit.signing.world import DAY, NOW, Authority, authority, issue, key_named, paint
from tests.world.ocsp_site import OcspSite, Pair, running
from tests.world.timestamp_site import TimestampSite
from tests.world.timestamp_site import running as stamping

REQUEST = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Clerk", level=Level.B_LT)
QUICK = Patience(timeout_seconds=0.4, rest_seconds=60)
FAULTS = {
    "500": "báo lỗi máy chủ",
    "html": "trả về trang web (cổng đăng nhập mạng?)",
    "nothing": "trả lời không đọc được",
    "redirect": "báo lỗi máy chủ",
    "hang": "không trả lời kịp",
    "refused": "từ chối trả lời",
    "unknown": "không biết chứng thư này",
    "stale": "trả lời đã hết hiệu lực",
    "future": "trả lời ghi thời điểm ở tương lai; kiểm tra đồng hồ máy",
    "other": "trả lời về chứng thư khác",
    "nonce": "trả lời lặp lại của lần khác",
    "signature": "chữ ký của trả lời sai",
}


def der(one: Authority) -> bytes:
    return one.certificate.public_bytes(Encoding.DER)


@dataclass(frozen=True)
class Office:
    """An authority without revocation lists for what it issues: its certificates name a responder; only the root has a list."""

    folder: TrustFolder
    site: OcspSite
    root: Authority
    issuing: Authority
    clerk: Pkcs12Key
    tsa: Pkcs12Key

    def standing(self, patience: Patience = QUICK) -> Standing:
        return Standing(self.folder, self.folder.store, Responders(patience))

    def sealed(self, plain: Path, out: Path, standing: Standing, level: Level = Level.B_LT) -> None:
        """As the product does: revocation data for signer and time-stamper, then the seal."""
        standing.ensure(self.clerk.certificate, self.clerk.chain, Purpose.SIGNATURE)
        standing.ensure(self.tsa.certificate, (), Purpose.TIMESTAMP)
        request = SealRequest(REQUEST.kind, REQUEST.role, REQUEST.field_name, level=level)
        seal(plain, out, request, self.clerk, standing.trust_of(self.clerk.certificate), LocalTimestamper(self.tsa))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    root = authority("OCSP Root")
    issuing = authority("OCSP Issuing", root)
    site = OcspSite((root.certificate, root.key), (issuing.certificate, issuing.key))
    with running(site):
        clerk = issue(tmp_path, issuing, "Nguyễn Thị Thử", responder=site.url())
        tsa = issue(tmp_path, issuing, "OCSP TSA", NOW - 99 * DAY, NOW + 900 * DAY, "stamp", responder=site.url())
        site.knows(clerk.certificate, tsa.certificate)
        folder = TrustFolder(tmp_path / "trust")
        folder.add(der(root), root.certificate.fingerprint(hashes.SHA256()).hex())
        folder.put_list(root.crl(), (der(root),))
        yield Office(folder, site, root, issuing, clerk, tsa)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return paint(tmp_path / "plain.pdf")


def test_a_file_sealed_with_ocsp_only_holds_offline(office: Office, plain: Path, tmp_path: Path) -> None:
    out = tmp_path / "sealed.pdf"
    office.sealed(plain, out, office.standing())
    asked = len(office.site.asked)
    assert asked == 2, "once about the clerk, once about the time-stamper; the issuing certificate is on a list"
    bare = TrustStore((der(office.root),))
    verdict = verify(out, bare)
    assert verdict.indication is Indication.PASSED, "the file carries everything but the root"
    assert verdict.signatures[0].level == "B-LT"
    assert len(office.site.asked) == asked, "judging asks nobody"
    told = subprocess.run(
        [shutil.which("pdfsig") or "pdfsig", "-nocert", out], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    second = tmp_path / "second.pdf"
    office.sealed(plain, second, office.standing())
    assert len(office.site.asked) == asked, "kept until it runs out, also for another process"
    listed = [one for one in office.folder.listed() if one.kind is Kind.OCSP]
    assert len(listed) == 2
    assert all(one.in_force() for one in listed)


@pytest.mark.parametrize("level", [Level.B_B, Level.B_T, Level.B_LTA])
def test_every_level(office: Office, plain: Path, tmp_path: Path, level: Level) -> None:
    office.sealed(plain, tmp_path / "x.pdf", office.standing(), level)
    verdict = verify(tmp_path / "x.pdf", office.folder.store())
    assert (verdict.indication, verdict.signatures[0].level) == (Indication.PASSED, level.value)


@pytest.mark.parametrize("kind", FAULTS)
def test_ocsp_down_or_wrong_waits_and_says_why(office: Office, plain: Path, tmp_path: Path, kind: str) -> None:
    office.site.kind = kind
    with pytest.raises(RevocationUnanswered) as caught:
        office.sealed(plain, tmp_path / "x.pdf", office.standing())
    error = caught.value
    assert error.environment
    assert error.retryable
    assert f"127.0.0.1: {FAULTS[kind]}" in error.message("vi")
    assert "Nguyễn Thị Thử" in error.message("vi")
    assert "Chưa ký gì cả" in error.message("vi")
    assert "Nothing was signed" in error.message("en")
    assert not (tmp_path / "x.pdf").exists()
    assert not list(office.folder.path.glob("*.ocsp")), "nothing is kept of it"
    with pytest.raises(RevocationStale):  # without asking: never signed on a guess
        seal(plain, tmp_path / "x.pdf", REQUEST, office.clerk, office.folder.store(), LocalTimestamper(office.tsa))


def test_ocsp_server_off_waits(office: Office, tmp_path: Path) -> None:
    with socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = issue(tmp_path, office.issuing, "Away", responder=f"http://127.0.0.1:{closed.getsockname()[1]}/")
    with pytest.raises(RevocationUnanswered, match="cannot be reached"):
        office.standing().ensure(away.certificate, away.chain, Purpose.SIGNATURE)


def test_every_fault_has_words() -> None:
    assert set(FAULTS.values()) <= {vi for vi, _ in ANSWER_FAULTS.values()}


def test_a_dead_responder_costs_its_limit_once_then_rests(office: Office) -> None:
    now = [0.0]
    office.site.kind = "hang"
    standing = Standing(office.folder, office.folder.store, Responders(QUICK, clock=lambda: now[0]))
    started = monotonic()
    with pytest.raises(RevocationUnanswered):
        standing.ensure(office.clerk.certificate, office.clerk.chain, Purpose.SIGNATURE)
    assert monotonic() - started < 2
    started = monotonic()
    for _ in range(5):
        with pytest.raises(RevocationUnanswered):
            standing.ensure(office.clerk.certificate, office.clerk.chain, Purpose.SIGNATURE)
    assert monotonic() - started < 0.5
    assert len(office.site.asked) == 1
    office.site.kind = "good"
    now[0] = 61.0
    standing.ensure(office.clerk.certificate, office.clerk.chain, Purpose.SIGNATURE)
    assert len(office.site.asked) == 2, "asked again by itself"


def test_a_revoked_certificate_is_refused_at_once(office: Office, plain: Path, tmp_path: Path) -> None:
    office.site.kinds[made.serial_of(office.clerk)] = "revoked"
    standing = office.standing()
    for _ in range(2):
        with pytest.raises(CertificateRefused, match="REVOKED") as caught:
            office.sealed(plain, tmp_path / "x.pdf", standing)
        assert not isinstance(caught.value, RevocationStale)
        assert not caught.value.environment, "waiting would not help"
    assert office.site.asked.count(made.serial_of(office.clerk)) == 1, "the answer is kept"


def test_a_good_answer_gives_way_to_a_newer_revoked_one(office: Office, plain: Path, tmp_path: Path) -> None:
    standing = office.standing()
    standing.ensure(office.clerk.certificate, office.clerk.chain, Purpose.SIGNATURE)
    office.site.moment = timedelta(seconds=1)
    office.site.kind = "revoked"
    assert standing.renew(office.clerk.certificate, office.clerk.chain) == ()
    with pytest.raises(CertificateRefused, match="REVOKED"):
        office.sealed(plain, tmp_path / "x.pdf", standing)
    office.site.kind = "good"
    office.site.moment = -timedelta(hours=1)
    assert standing.renew(office.clerk.certificate, office.clerk.chain) == ()
    with pytest.raises(CertificateRefused, match="REVOKED"):  # an old answer played back takes nothing back
        office.sealed(plain, tmp_path / "x.pdf", standing)


def test_a_list_in_force_leaves_the_responder_in_peace(office: Office, plain: Path, tmp_path: Path) -> None:
    office.folder.add(der(office.issuing), office.issuing.certificate.fingerprint(hashes.SHA256()).hex())
    office.folder.put_list(office.issuing.crl(), (der(office.issuing),))
    office.site.kind = "500"
    office.sealed(plain, tmp_path / "x.pdf", office.standing())
    assert office.site.asked == []


def test_only_what_speaks_of_this_file_gets_into_it(office: Office, plain: Path, tmp_path: Path) -> None:
    standing, out = office.standing(), tmp_path / "x.pdf"
    for name in ("Colleague One", "Colleague Two"):
        other = issue(tmp_path, office.issuing, name, responder=office.site.url())
        office.site.knows(other.certificate)
        standing.ensure(other.certificate, other.chain, Purpose.SIGNATURE)
    office.sealed(plain, out, standing)
    assert len(office.folder.store().ocsps) == 4
    with pikepdf.open(out) as pdf:
        carried = [x509.ocsp.load_der_ocsp_response(one.read_bytes()).serial_number for one in pdf.Root.DSS.OCSPs]
    assert sorted(carried) == sorted(map(made.serial_of, (office.clerk, office.tsa)))


@pytest.mark.parametrize("kind", ["endless", "by key", "no nonce"])
def test_answers_of_other_shapes(office: Office, plain: Path, tmp_path: Path, kind: str) -> None:
    """Without nextUpdate, named by key, precomputed (RFC 5019): all of them are in use."""
    office.site.kind = kind
    office.sealed(plain, tmp_path / "x.pdf", office.standing())
    assert verify(tmp_path / "x.pdf", TrustStore((der(office.root),))).indication is Indication.PASSED


def _responder(issuer: Authority, name: str, *, usage: bool = True, end: datetime = NOW + DAY) -> Pair:
    key = key_named(name)
    builder = made._builder(name, key, issuer, NOW - 30 * DAY, end)
    builder = builder.add_extension(made._usage(authority=False), critical=True)
    builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
    return builder.sign(issuer.key, hashes.SHA256()), key


def test_a_delegated_responder(office: Office, plain: Path, tmp_path: Path) -> None:
    office.site.by = _responder(office.issuing, "Delegate")
    office.sealed(plain, tmp_path / "x.pdf", office.standing())
    assert verify(tmp_path / "x.pdf", TrustStore((der(office.root),))).indication is Indication.PASSED


@pytest.mark.parametrize("how", ["no purpose", "ended", "of another authority", "self-made", "of the root"])
def test_a_responder_nobody_entitled(office: Office, how: str) -> None:
    stranger = authority("Stranger Root")
    office.site.by = {
        "no purpose": lambda: _responder(office.issuing, "No purpose", usage=False),
        "ended": lambda: _responder(office.issuing, "Ended", end=NOW - DAY),
        "of another authority": lambda: _responder(stranger, "Foreign"),
        "self-made": lambda: (stranger.certificate, stranger.key),
        "of the root": lambda: _responder(office.root, "Of the root"),
    }[how]()
    with pytest.raises(RevocationUnanswered, match="somebody not entitled"):
        office.standing().ensure(office.clerk.certificate, office.clerk.chain, Purpose.SIGNATURE)


def test_kept_answers_are_checked_again_when_loaded(office: Office) -> None:
    office.standing().ensure(office.clerk.certificate, office.clerk.chain, Purpose.SIGNATURE)
    (path,) = office.folder.path.glob("*.ocsp")
    sound = path.read_bytes()
    assert len(office.folder.store().ocsps) == 1
    answer = x509.ocsp.load_der_ocsp_response(sound)
    for bad in (b"", b"junk", sound[:-9], sound.replace(answer.signature, bytes(len(answer.signature)))):
        path.write_bytes(bad)
        assert TrustFolder(office.folder.path).store().ocsps == ()
    path.write_bytes(sound)
    intermediate = next(one for one in office.folder.listed() if one.kind is Kind.INTERMEDIATE)
    assert len(TrustFolder(office.folder.path).store().ocsps) == 1
    office.folder.remove(intermediate.sha256)
    assert TrustFolder(office.folder.path).store().ocsps == (), "its issuer is believed no more"


def test_an_answer_ends(office: Office) -> None:
    answer = Responders(QUICK).ask(office.clerk.certificate, der(office.issuing))
    ours = (der(office.issuing),)
    assert checked(answer.der, ours, answer.until - timedelta(seconds=1)).serial == made.serial_of(office.clerk)
    with pytest.raises(Refusal) as caught:
        checked(answer.der, ours, answer.until)
    assert caught.value.reason == "stale"


def test_strangers_are_never_asked_about(office: Office, tmp_path: Path) -> None:
    """Whoever brings a certificate of their own making does not make us call a server they name."""
    look_alike = Authority(authority("OCSP Issuing", authority("OCSP Root 2")).certificate, key_named("look-alike"))
    forged = issue(tmp_path, look_alike, "Forged", responder=office.site.url())
    assert responder_urls(forged.certificate)
    assert line_home(forged.certificate, (*forged.chain, der(office.issuing)), office.folder.store()) == ()
    office.standing().ensure(forged.certificate, forged.chain, Purpose.SIGNATURE)
    assert office.site.asked == []
    assert [one.kind for one in office.folder.listed()] == [Kind.ROOT, Kind.CRL]


def test_only_the_web_is_asked(tmp_path: Path, office: Office) -> None:
    for url in ("ldap://127.0.0.1/o", "file:///etc/passwd", "ftp://127.0.0.1/"):
        assert responder_urls(issue(tmp_path, office.issuing, "Odd", responder=url).certificate) == ()


def test_a_time_stamp_authority_without_list_is_asked_about(office: Office, tmp_path: Path) -> None:
    stranger = issue(tmp_path, office.issuing, "Stranger")
    office.folder.add(der(office.issuing), office.issuing.certificate.fingerprint(hashes.SHA256()).hex())
    standing = office.standing()
    with stamping(TimestampSite(office.tsa, stranger)) as site:
        stamper = HttpTimestamper([site.url()], office.folder.store, refill=standing.ensure)
        assert stamper.token(bytes(32), "sha256")
    assert office.site.asked == [made.serial_of(office.tsa)]


def test_an_answer_of_today_does_not_hide_a_list_that_dates_back(office: Office, plain: Path, tmp_path: Path) -> None:
    """Key loss told afterwards: the responder still says good from its cache, the newer list says revoked long ago."""
    out = tmp_path / "x.pdf"
    office.sealed(plain, out, office.standing())
    revoked = office.issuing.crl({made.serial_of(office.clerk): NOW - 30 * DAY}, start=datetime.now(UTC).replace(microsecond=0))
    office.folder.put_list(revoked, (der(office.issuing),))
    verdict = verify(out, office.folder.store())
    assert verdict.indication is not Indication.PASSED
