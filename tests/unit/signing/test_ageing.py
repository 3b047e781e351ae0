"""A file with two signers is judged through the years: 2026 to 2043, with one renewal in 2035, and without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from signing.errors import RenewalRefused, SealRejected
from signing.keys import Pkcs12Key
from signing.model import Indication
from signing.renew import renew
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore
from signing.verify import verify
from tests.unit.signing import world as made
from tests.unit.signing.world import Authority, issue, key_named, serial_of
from tests.world.signed.hands import Hand
from tests.world.signed.paper import Dictionary, Paper, base

PASSED = Indication.PASSED


def at(year: int, month: int = 6, day: int = 1) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


@dataclass
class Ages:
    """Root to 2060, issuing authority to 2030, signers to 2028, first time-stamp authority to 2037, second to 2050."""

    root: Authority
    issuing: Authority
    stamping: Authority
    people: list[Pkcs12Key]
    stampers: list[Pkcs12Key]

    def trust(self, now: datetime, revoked: dict[int, datetime] | None = None, *, issuing: bool = True) -> TrustStore:
        """What an auditor has in that year: the roots and the lists of authorities that still exist."""
        lists = [self.root.crl(start=now - made.DAY), self.stamping.crl(start=now - made.DAY)]
        if issuing:
            lists.append(self.issuing.crl(revoked, start=now - made.DAY))
        return TrustStore((_der(self.root),), (_der(self.issuing), _der(self.stamping)), tuple(lists))


def _der(one: Authority) -> bytes:
    return one.certificate.public_bytes(Encoding.DER)


def _authority(name: str, issuer: Authority | None, end: datetime) -> Authority:
    key = key_named(f"authority {name}")
    certificate = (
        made._builder(name, key, issuer, at(2020), end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(made._usage(authority=True), critical=True)
        .sign(issuer.key if issuer else key, hashes.SHA256())
    )
    return Authority(certificate, key)


@pytest.fixture(scope="module")
def ages(tmp_path_factory: pytest.TempPathFactory) -> Ages:
    folder = tmp_path_factory.mktemp("ages")
    root = _authority("Ages Root", None, at(2060))
    issuing, stamping = _authority("Ages Issuing", root, at(2030)), _authority("Ages Stamping", root, at(2058))
    people = [issue(folder, issuing, name, at(2025), at(2028), responder="http://ocsp.invalid") for name in ("Ages A", "Ages B")]
    stampers = [issue(folder, stamping, f"Ages TSA {end}", at(2025), at(end), "stamp") for end in (2037, 2050)]
    return Ages(root, issuing, stamping, people, stampers)


def _ocsp(ages: Ages, person: Pkcs12Key, when: datetime) -> bytes:
    certificate = x509.load_der_x509_certificate(person.certificate)
    builder = ocsp.OCSPResponseBuilder().add_response(
        certificate, ages.issuing.certificate, hashes.SHA256(), ocsp.OCSPCertStatus.GOOD, when, when + made.DAY, None, None
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, ages.issuing.certificate)
    return builder.sign(ages.issuing.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _store(paper: Paper, lists: list[bytes], answers: list[bytes], certificates: list[bytes]) -> None:
    """A security store of these streams."""
    objects: dict[int, bytes] = {}
    entries = []
    for key, values in (("/CRLs", lists), ("/OCSPs", answers), ("/Certs", certificates)):
        numbers = [paper.number() for _ in values]
        objects |= {number: paper.stream(value) for number, value in zip(numbers, values, strict=True)}
        entries.append(key.encode() + b" [" + b" ".join(b"%d 0 R" % one for one in numbers) + b"]")
    paper.entry(paper.root, "/DSS", b"<< /Type /DSS %s >>" % b" ".join(entries))
    paper.update({**objects, paper.root: paper.dump(paper.root)})


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory, ages: Ages) -> Path:
    """Signed twice in June 2026, with time-stamps, a security store and an archive time-stamp."""
    folder = tmp_path_factory.mktemp("aged")
    when = at(2026)
    stamper = LocalTimestamper(ages.stampers[0], clock=lambda: when)
    path = folder / "aged.pdf"
    path.write_bytes(base().data)
    for number, person in enumerate(ages.people):
        made.sign_unchecked(path, path, person, stamper, field=f"S{number}")
    paper = Paper(path.read_bytes())
    fresh = when - timedelta(hours=1)
    lists = [ages.root.crl(start=fresh), ages.stamping.crl(start=fresh)]
    answers = [_ocsp(ages, person, fresh) for person in ages.people]
    _store(paper, lists, answers, [_der(ages.issuing), _der(ages.stamping)])
    hand = Hand(ages.issuing, stamper=stamper, embedded="token")
    paper.sign(hand, Dictionary("/ETSI.RFC3161", field=b"(Archive)", type="/DocTimeStamp"))
    path.write_bytes(paper.data)
    return path


@pytest.mark.parametrize("year", [2026, 2027, 2029, 2031, 2035])
def test_a_file_with_two_signers_passes_until_its_time_stamp_ends(aged: Path, ages: Ages, year: int) -> None:
    """The signers end in 2028, their authority in 2030, their OCSP answers are stale at once."""
    now = at(year, 6, 2)
    verdict = verify(aged, ages.trust(now, issuing=year < 2030), now=now)
    assert verdict.indication is PASSED, [(one.sub_indication, one.findings) for one in verdict.signatures]


def test_never_renewed_proves_nothing_after_the_end_of_the_authority(aged: Path, ages: Ages) -> None:
    now = at(2039)
    verdict = verify(aged, ages.trust(now, issuing=False), now=now)
    assert verdict.indication is Indication.INDETERMINATE
    with pytest.raises(RenewalRefused):
        renew(aged, aged, ages.trust(now, issuing=False), LocalTimestamper(ages.stampers[1], clock=lambda: now), now)


@pytest.fixture(scope="module")
def renewed(aged: Path, ages: Ages) -> Path:
    now = at(2035)
    out = aged.with_name("renewed.pdf")
    renew(aged, out, ages.trust(now, issuing=False), LocalTimestamper(ages.stampers[1], clock=lambda: now), now)
    return out


def test_a_byte_that_changes_while_the_file_is_copied_is_noticed(
    aged: Path, ages: Ages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last time-stamp of the source writes its hexadecimal digits itself: no signature covers how, and no parser minds."""
    data, now, out = aged.read_bytes(), at(2035), tmp_path / "renewed.pdf"
    letter = max(data.rindex(one, 0, data.rindex(b"00000000>")) for one in (b"A", b"B", b"C", b"D", b"E", b"F"))

    def copied(source: Path, copy: Path) -> None:
        copy.write_bytes(data[:letter] + data[letter : letter + 1].lower() + data[letter + 1 :])

    monkeypatch.setattr("signing.renew.copyfile", copied)
    with pytest.raises(SealRejected):
        renew(aged, out, ages.trust(now, issuing=False), LocalTimestamper(ages.stampers[1], clock=lambda: now), now)
    assert not out.exists()


def test_a_renewed_file_must_begin_with_its_source(
    aged: Path, ages: Ages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where every signature in the result holds."""
    now, out = at(2035), tmp_path / "renewed.pdf"
    other = renew(
        aged, tmp_path / "other.pdf", ages.trust(now, issuing=False), LocalTimestamper(ages.stampers[1], clock=lambda: now), now
    )
    assert other.indication is PASSED
    monkeypatch.setattr("signing.renew._stamp", lambda fresh, *_: fresh.write_bytes(base().data))
    monkeypatch.setattr("signing.verify._worst", lambda *_: (PASSED, ""))
    with pytest.raises(SealRejected) as caught:
        renew(aged, out, ages.trust(now, issuing=False), LocalTimestamper(ages.stampers[1], clock=lambda: now), now)
    assert caught.value.params["reason"] == "HASH_FAILURE"


@pytest.mark.parametrize("year", [2037, 2039, 2043])
def test_once_renewed_the_file_passes_on(aged: Path, renewed: Path, ages: Ages, year: int) -> None:
    assert renewed.read_bytes().startswith(aged.read_bytes())
    now = at(year, 7)
    verdict = verify(renewed, ages.trust(now, issuing=False), now=now)
    assert verdict.indication is PASSED, [(one.sub_indication, one.findings) for one in verdict.signatures]


def test_revoked_after_signing_stays_valid_revoked_before_never_is(aged: Path, ages: Ages) -> None:
    now = at(2027)
    serial = serial_of(ages.people[0])
    after = verify(aged, ages.trust(now, {serial: at(2026, 9)}), now=now)
    assert after.indication is PASSED
    before = verify(aged, ages.trust(now, {serial: at(2026, 5)}), now=now)
    assert before.indication is not PASSED


def test_the_last_time_stamp_needs_fresh_revocation_data(aged: Path, ages: Ages) -> None:
    now = at(2031)
    stale = ages.trust(at(2026, 6, 2))
    assert verify(aged, stale, now=now).indication is Indication.INDETERMINATE
