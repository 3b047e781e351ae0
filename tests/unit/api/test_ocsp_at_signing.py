"""An office whose authority publishes no revocation list: the product asks its responder before signing, and waits without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from api.audit.reports import write_sealed
from api.cli.bar import WAITS
from api.errors import status_of, to_problem
from api.options import TrustOptions
from api.signatures import trusting
from api.signatures.options import Holder, KeyOptions, KeysOptions
from api.wiring import Sohoa
from signing import two_phase
from signing.model import Indication, Level, Role
from signing.trust import TrustStore
from signing.trust_errors import RevocationUnanswered
from signing.trust_folder import Kind
from signing.verify import verify
from tests.unit.signing import world as made
from tests.unit.signing.world import Authority, authority, issue, paint
from tests.world.ocsp_site import OcspSite, running
from tests.world.product import sohoa_in


@pytest.fixture
def root() -> Authority:
    return authority("OCSP Office Root")


@pytest.fixture
def site(root: Authority) -> Iterator[OcspSite]:
    with running(OcspSite((root.certificate, root.key))) as one:
        yield one


@pytest.fixture
def sohoa(tmp_path: Path, root: Authority, site: OcspSite) -> Iterator[Sohoa]:
    """The clerk's key is a file; its certificate names a responder and no list."""
    secret = tmp_path / "secret"
    secret.write_bytes(made.PASSPHRASE)
    secret.chmod(0o600)
    site.knows(issue(tmp_path, root, "Trần Văn Thử", responder=site.url()).certificate)
    key = KeyOptions(holder=Holder.PKCS12, file=tmp_path / "Trần Văn Thử.p12", secret_file=secret)
    options = TrustOptions(demo="no", ocsp_timeout_seconds=0.4, ocsp_rest_seconds=0)
    with sohoa_in(tmp_path / "data", keys=KeysOptions(personal=key), trust=options) as product:
        product.signatories.folder.add(
            root.certificate.public_bytes(Encoding.DER), root.certificate.fingerprint(hashes.SHA256()).hex()
        )
        yield product


def _sealed(sohoa: Sohoa, out: Path) -> Path:
    plain = paint(out.with_name("plain.pdf"))
    write_sealed(plain.read_bytes(), out, Role.PERSONAL, sohoa.signatories, Level.B_B)
    return out


def test_up_down_and_up_again(sohoa: Sohoa, site: OcspSite, tmp_path: Path) -> None:
    out = tmp_path / "sealed.pdf"
    site.kind = "500"
    with pytest.raises(RevocationUnanswered) as caught:
        _sealed(sohoa, out)
    assert not out.exists()
    problem = to_problem(caught.value, "vi")
    assert (problem.status, problem.retryable) == (503, True)
    assert problem.detail.startswith("Chờ dữ liệu thu hồi")
    assert caught.value.code in WAITS
    assert status_of("signing.revocation_stale") == 503
    site.kind = "good"
    assert verify(_sealed(sohoa, out), sohoa.signatories.trust()).indication is Indication.PASSED
    site.kind = "500"
    assert verify(_sealed(sohoa, out), sohoa.signatories.trust()).indication is Indication.PASSED, "the answer is kept"
    assert len(site.asked) == 2


def test_judging_asks_nobody(sohoa: Sohoa, site: OcspSite, tmp_path: Path) -> None:
    out = _sealed(sohoa, tmp_path / "sealed.pdf")
    asked = len(site.asked)
    roots = TrustStore(sohoa.signatories.trust().roots)
    assert verify(out, roots).indication is Indication.INDETERMINATE, "a B-B file carries no evidence"
    assert len(site.asked) == asked


def test_a_key_at_a_desk_is_asked_about(sohoa: Sohoa, site: OcspSite) -> None:
    key = sohoa.signatories.personal()
    assert sohoa.signatories.trust_to_sign(two_phase.DeskKey(key.certificate, key.chain)).ocsps
    assert len(site.asked) == 1


def test_a_refresh_asks_anew_and_a_bundle_has_the_answers(sohoa: Sohoa, site: OcspSite, tmp_path: Path) -> None:
    done = trusting.refresh(sohoa, actor="an")
    assert [one.kind for one in done.fresh] == [Kind.OCSP]
    trusting.export(sohoa, tmp_path / "bundle")
    assert len(list((tmp_path / "bundle").glob("*.ocsp"))) == 1
    site.kind = "hang"
    failed = [error for _, error in trusting.refresh(sohoa, actor="an").failed]
    assert "không trả lời kịp" in "".join(error.message("vi") for error in failed if isinstance(error, RevocationUnanswered))
    assert len(sohoa.signatories.trust().ocsps) == 1, "what we have stays"
