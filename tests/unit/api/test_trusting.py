"""Whom we trust: what a person added by its fingerprint; revocation data is fetched, never turned back; all in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from asn1crypto import crl
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs7, pkcs12
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from api.doctor import keeping
from api.doctor.check import State
from api.options import TrustOptions, TsaOptions
from api.settings import load
from api.signatures import trusting
from api.signatures.trusting_errors import AnchorNotPublished, PinContradicted, RevocationRunsOut
from api.wiring import Sohoa
from signing.destinations import hosts_of, refuse_private_target
from signing.distribution import Fetcher
from signing.errors import TrustUnusable
from signing.keys import Pkcs12Key
from signing.known_anchors import known_anchors
from signing.trust import TrustStore
from signing.trust_errors import CertificateUnknown, FetchFailed, FingerprintMismatch, ListRefused, NoAuthority, TrustUnreadable
from signing.trust_folder import Kind, TrustFolder, issued_by
from tests.unit.signing import world as made
from tests.unit.signing.world import DAY, NOW, Authority, authority, issue, key_named
from tests.world.product import sohoa_in
from tests.world.timestamp_site import TimestampSite, running


class Publisher:
    """A web server of an authority: files by path."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                data = site.files.get(self.path)
                self.send_response(200 if data is not None else 404)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                self.wfile.write(data or b"")

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def publisher() -> Iterator[Publisher]:
    one = Publisher()
    yield one
    one.close()


@pytest.fixture(scope="module")
def root() -> Authority:
    return authority("Trusting Root")


@pytest.fixture(scope="module")
def sohoa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sohoa]:
    with sohoa_in(tmp_path_factory.mktemp("trusting") / "data", trust=TrustOptions(timeout_seconds=2)) as product:
        yield product


@pytest.fixture
def folder(tmp_path: Path, root: Authority) -> TrustFolder:
    """A folder that trusts the root."""
    made_folder = TrustFolder(tmp_path / "trust")
    made_folder.add(_der(root), _sha(root))
    return made_folder


def _der(one: Authority) -> bytes:
    return one.certificate.public_bytes(Encoding.DER)


def _sha(one: Authority) -> str:
    return sha256(_der(one)).hexdigest()


def test_a_certificate_gets_in_by_its_fingerprint_only(sohoa: Sohoa, root: Authority, tmp_path: Path) -> None:
    path = tmp_path / "root.crt"
    path.write_bytes(root.certificate.public_bytes(Encoding.PEM))
    with pytest.raises(FingerprintMismatch) as caught:
        trusting.add(sohoa, str(path), "ab" * 32, actor="an")
    assert _sha(root) in caught.value.message("vi")
    assert _der(root) not in sohoa.signatories.trust().roots
    shouted = ":".join(_sha(root)[at : at + 2].upper() for at in range(0, 64, 2))
    listed = trusting.add(sohoa, str(path), shouted, actor="an")
    assert (listed.kind, listed.name, listed.sha256) == (Kind.ROOT, "Trusting Root", _sha(root))
    assert _der(root) in sohoa.signatories.trust().roots, "believed at once"
    trusting.remove(sohoa, _sha(root)[:16], actor="an")
    assert _der(root) not in sohoa.signatories.trust().roots
    with pytest.raises(CertificateUnknown):
        trusting.remove(sohoa, _sha(root), actor="an")
    with sohoa.database.read() as uow:
        events = [(entry.event, entry.details["sha256"]) for entry in uow.ledger.entries() if entry.subject.startswith("trust:")]
    assert events == [("trust.added", _sha(root)), ("trust.removed", _sha(root))]


def test_bundles_junk_and_self_signed_strangers(folder: TrustFolder, root: Authority) -> None:
    other = authority("Bundled Root")
    bundle = pkcs7.serialize_certificates([root.certificate, other.certificate], Encoding.DER)
    assert folder.add(bundle, _sha(other)).name == "Bundled Root"
    for junk in (b"", b"junk", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\x30\x03\x02\x01\x01"):
        with pytest.raises(TrustUnreadable):
            folder.add(junk, "00" * 32)
    key = key_named("lonely")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lonely")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(5)
    lonely = builder.not_valid_before(NOW).not_valid_after(NOW + DAY).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    with pytest.raises(NoAuthority):
        folder.add(lonely, sha256(lonely).hexdigest())
    assert {one.name for one in folder.listed()} == {"Trusting Root", "Bundled Root"}


def test_known_anchors_are_names_and_trusted_by_nobody(sohoa: Sohoa) -> None:
    assert {"bcy-root-g2", "neac-root-2014"} <= {one.id for one in known_anchors()}
    assert not any(one.verified for one in known_anchors()), "nobody has compared them yet"
    with pytest.raises(PinContradicted):
        trusting.add(sohoa, "bcy-root-g2", "00" * 32, actor="an")
    with pytest.raises(AnchorNotPublished):
        trusting.add(sohoa, "neac-tsa", "00" * 32, actor="an")
    pins = {one.sha256 for one in known_anchors()}
    assert not pins & {sha256(der).hexdigest() for der in sohoa.signatories.trust().roots}


def test_a_list_is_taken_when_one_of_ours_signed_it_and_it_is_newer(folder: TrustFolder, root: Authority) -> None:
    ours = [_der(root)]
    middle, old, new = (root.crl(start=NOW - days * DAY) for days in (2, 3, 1))
    assert folder.put_list(middle, ours) is not None
    assert folder.put_list(old, ours) is None, "an old one played back would take revocations back"
    assert folder.put_list(middle, ours) is None
    assert folder.put_list(new, ours) is not None
    assert folder.store().crls == (new,)
    stranger = authority("Strange Root")
    forged = Authority(root.certificate, stranger.key).crl()
    for bad, why in ((stranger.crl(), "signer"), (forged, "signer"), (b"junk", "format"), (root.crl(start=NOW + DAY), "future")):
        with pytest.raises(ListRefused) as caught:
            folder.put_list(bad, ours)
        assert caught.value.params["why"] == why
    assert folder.store().crls == (new,)


def test_a_damaged_file_in_the_folder_is_told(folder: TrustFolder) -> None:
    (folder.path / "broken.pem").write_bytes(b"nothing")
    with pytest.raises(TrustUnusable):
        folder.store()
    assert TrustFolder(folder.path / "not there").store() == TrustStore()


def _leaf(publisher: Publisher, issuer: Authority, name: str) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    """A time-stamping certificate that says where its issuer's list and certificate are published."""
    key = key_named(f"leaf {name}")
    at = x509.UniformResourceIdentifier
    point = x509.DistributionPoint([at(publisher.url("/sub.crl"))], None, None, None)
    builder = (
        made._builder(name, key, issuer, NOW - 9 * DAY, NOW + 900 * DAY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(made._usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.CRLDistributionPoints([point]), critical=False)
        .add_extension(
            x509.AuthorityInformationAccess(
                [x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, at(publisher.url("/sub.crt")))]
            ),
            critical=False,
        )
    )
    return builder.sign(issuer.key, hashes.SHA256()), key


def test_a_refresh_finds_what_an_authority_of_ours_needs(publisher: Publisher, root: Authority, tmp_path: Path) -> None:
    """The time-stamp authority is not accepted for want of its issuer and its list; the refresh fetches both."""
    sub = authority("Trusting Sub", root)
    certificate, key = _leaf(publisher, sub, "Trusting TSA")
    path = tmp_path / "tsa.p12"
    locked = BestAvailableEncryption(made.PASSPHRASE)
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"k", key, certificate, None, locked))
    tsa_key = Pkcs12Key(path, made.PASSPHRASE)
    publisher.files = {"/sub.crt": _der(sub), "/sub.crl": sub.crl(), "/root.crl": root.crl()}
    stranger = issue(tmp_path, sub, "Stranger")
    with running(TimestampSite(tsa_key, stranger)) as site:
        options = TrustOptions(demo="no", crl_urls=(publisher.url("/root.crl"), publisher.url("/gone.crl")), timeout_seconds=5)
        tsa = TsaOptions(urls=(site.url(),), timeout_seconds=5, rest_seconds=0)
        with sohoa_in(tmp_path / "data", trust=options, tsa=tsa) as sohoa:
            sohoa.signatories.folder.add(_der(root), _sha(root))
            done = trusting.refresh(sohoa, actor="an")
            assert sorted((one.kind.value, one.name) for one in done.fresh) == [
                ("crl", "Trusting Root"),
                ("crl", "Trusting Sub"),
                ("intermediate", "Trusting Sub"),
            ]
            assert [url for url, _ in done.failed] == [publisher.url("/gone.crl")]
            assert sohoa.signatories.timestamper().token(bytes(32), "sha256"), "accepted now"
            again = trusting.refresh(sohoa, actor="an")
            assert (again.fresh, again.unchanged) == ((), 2)
            with sohoa.database.read() as uow:
                assert [one.event for one in uow.ledger.entries()] == ["trust.refreshed"]
            _export_and_stale(sohoa, publisher, sub, tmp_path)


def test_an_authority_we_do_not_accept_sends_us_nowhere(publisher: Publisher, root: Authority, tmp_path: Path) -> None:
    """Its certificate names addresses in our own network: neither its list nor its issuer is fetched from there."""
    sub = authority("Rogue Sub")
    certificate, key = _leaf(publisher, sub, "Rogue TSA")
    path = tmp_path / "tsa.p12"
    locked = BestAvailableEncryption(made.PASSPHRASE)
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"k", key, certificate, None, locked))
    publisher.files = {"/sub.crt": _der(sub), "/sub.crl": sub.crl()}
    publisher.asked.clear()
    rogue = Pkcs12Key(path, made.PASSPHRASE)
    with running(TimestampSite(rogue, rogue)) as site:
        options, tsa = TrustOptions(demo="no", timeout_seconds=5), TsaOptions(urls=(site.url(),), timeout_seconds=5)
        with sohoa_in(tmp_path / "data", trust=options, tsa=tsa) as sohoa:
            sohoa.signatories.folder.add(_der(root), _sha(root))
            done = trusting.refresh(sohoa, actor="an")
            assert site.asked
            assert not publisher.asked
            assert [(url, error.params["why"]) for url, error in done.failed] == [(publisher.url("/sub.crt"), "private address")]


def test_a_malformed_list_does_not_keep_the_others_from_coming(publisher: Publisher, root: Authority, tmp_path: Path) -> None:
    odd = crl.CertificateList.load(root.crl())
    odd["tbs_cert_list"]["version"] = 2
    publisher.files = {"/odd.crl": odd.dump(force=True), "/root.crl": root.crl()}
    urls = tuple(publisher.url(path) for path in ("/odd.crl", "/root.crl"))
    with sohoa_in(tmp_path / "data", trust=TrustOptions(demo="no", crl_urls=urls, timeout_seconds=5)) as sohoa:
        sohoa.signatories.folder.add(_der(root), _sha(root))
        done = trusting.refresh(sohoa, actor="an")
        assert [one.name for one in done.fresh] == ["Trusting Root"]
        assert [(url, error.code, error.params["why"]) for url, error in done.failed] == [
            (urls[0], "signing.list_refused", "format")
        ]
    with pytest.raises(TrustUnreadable):
        issued_by(b"nothing", [_der(root)])


def test_an_address_with_a_password_is_told_without_it() -> None:
    fetcher = Fetcher(2, 100, hosts_of(["http://127.0.0.1:9/"]))
    with pytest.raises(FetchFailed) as caught:
        fetcher.get("http://me:geheim@127.0.0.1:9/list?apikey=geheim")
    assert "geheim" not in caught.value.message("vi") + str(caught.value.params)


@pytest.mark.parametrize(("broker", "state"), [("amqp://nobody/", State.WARNING), ("", State.OK)])
def test_doctor_says_that_each_process_counts_for_itself(tmp_path: Path, broker: str, state: State) -> None:
    world = made.make_world(tmp_path)
    folder = TrustFolder(tmp_path / "data" / "trust")
    for one in (*world.trust.roots, *world.trust.intermediates):
        folder.add(one, sha256(one).hexdigest())
    for one in world.trust.crls:
        folder.put_list(one, world.trust.roots + world.trust.intermediates)
    with running(TimestampSite(world.stamper._key, world.clerk)) as site:
        tsa = TsaOptions(urls=(site.url(),), timeout_seconds=5, most_requests=7)
        check = keeping.time(load(data_dir=tmp_path / "data", broker_url=broker, tsa=tsa))
    assert check.state is state
    assert ("own 7 requests in 20 minutes" in check.en) is bool(broker)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.8", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]"])
def test_nothing_is_fetched_from_our_own_network_unasked(host: str) -> None:
    with pytest.raises(FetchFailed, match="private address"):
        refuse_private_target(f"http://{host}:9/x", frozenset())
    refuse_private_target(f"http://{host}:9/x", hosts_of([f"http://{host}:9/"]))
    refuse_private_target("http://8.8.8.8/x", frozenset())


def _export_and_stale(sohoa: Sohoa, publisher: Publisher, sub: Authority, tmp_path: Path) -> None:
    names = trusting.export(sohoa, tmp_path / "bundle")
    assert len(names) == 4
    assert TrustStore.load(tmp_path / "bundle").fingerprints() == sohoa.signatories.folder.store().fingerprints()
    for path in sohoa.settings.trust_folder.glob("*.crl"):
        path.unlink()
    old = sub.crl(start=NOW - timedelta(days=40))
    with pytest.raises(ListRefused, match="already out of force"):
        sohoa.signatories.folder.put_list(old, [_der(sub)])
    sohoa.signatories.folder.put_list(old, [_der(sub)], expired_too=True)
    publisher.files = {"/sub.crl": old}
    with pytest.raises(RevocationRunsOut) as caught:
        trusting.refresh(sohoa, actor="an")
    assert "Trusting Sub" in caught.value.message("vi")


def test_an_issuer_that_did_not_sign_is_not_taken(publisher: Publisher, root: Authority, tmp_path: Path) -> None:
    sub = authority("Trusting Sub", root)
    impostor = Authority(
        made._builder("Trusting Sub", key_named("impostor"), root, NOW - DAY, NOW + DAY).sign(root.key, hashes.SHA256()), root.key
    )
    certificate, _ = _leaf(publisher, sub, "Trusting TSA")
    publisher.files = {"/sub.crt": _der(impostor)}
    listed = (publisher.url("/"),)
    with sohoa_in(tmp_path / "data", trust=TrustOptions(demo="no", timeout_seconds=2, crl_urls=listed)) as sohoa:
        sohoa.signatories.folder.add(_der(root), _sha(root))
        work = trusting._Refresh(sohoa)
        work._issuers(certificate.public_bytes(Encoding.DER))
        assert [one.kind for one in sohoa.signatories.folder.listed()] == [Kind.ROOT]
