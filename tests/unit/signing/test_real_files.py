"""Seven public documents with signatures of the Government CA: intact, signed by whom they say, undecidable without the root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from signing.demo_pki import DemoPki
from signing.model import FileVerdict, Indication, Role
from signing.verify import count_signatures, verify

SHARED = Path(os.environ.get("SOHOA_SHARED", Path(__file__).parents[4] / "shared")) / "scans" / "signed"
pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="NO SHARED SCANS: the real signatures cannot be checked (set SOHOA_SHARED)"
)

P, A = Role.PERSONAL, Role.AGENCY
FILES = {
    "adbe-2018.pdf": [A],
    "one-signature-2021.pdf": [A],
    "personal-then-agency-born-digital-2024.pdf": [P, A, A, A, A],
    "personal-then-agency-born-digital-2025.pdf": [P, A, A, A, A],
    "two-signatures-10-pages-2021.pdf": [A, A],
    "two-signatures-2025.pdf": [A, A],
    "two-signatures-report-2025.pdf": [A, A],
}


@pytest.fixture(scope="module")
def verdicts(pki: DemoPki) -> dict[str, FileVerdict]:
    return {name: verify(SHARED / name, pki.trust()) for name in FILES}


@pytest.mark.parametrize("name", list(FILES))
def test_real_files(verdicts: dict[str, FileVerdict], name: str) -> None:
    verdict = verdicts[name]
    assert (verdict.indication, verdict.sub_indication) == (Indication.INDETERMINATE, "NO_CERTIFICATE_CHAIN_FOUND")
    assert verdict.profile == "foreign"
    assert [one.role for one in verdict.signatures] == FILES[name]
    assert count_signatures(SHARED / name) == len(FILES[name])
    for one in verdict.signatures:
        assert one.intact
        assert one.signer
        assert one.time_source == "claimed"
        assert one.signing_time is not None
        assert one.signing_time.utcoffset() is not None
    assert verdict.signatures[-1].covers_whole_file


def test_the_wrong_zone_is_told_and_the_time_is_put_right(verdicts: dict[str, FileVerdict]) -> None:
    for name in set(FILES) - {"personal-then-agency-born-digital-2024.pdf"}:
        last = verdicts[name].signatures[-1]
        assert "TIME_IN_WRONG_ZONE" in {one.code for one in last.findings}, name
    adbe = verdicts["adbe-2018.pdf"].signatures[0]
    assert adbe.signing_time is not None
    assert adbe.signing_time.isoformat() == "2018-03-21T16:41:00+07:00"


def test_names_hybrids_and_weak_digests_are_told(verdicts: dict[str, FileVerdict]) -> None:
    born = verdicts["personal-then-agency-born-digital-2024.pdf"]
    assert born.signatures[0].signer == "Phùng Tô Long"
    assert "HYBRID_REFERENCES" in {one.code for one in born.findings}
    assert "DIGEST_WEAK" in {one.code for one in born.signatures[0].findings}


def test_one_changed_byte_is_found_in_a_real_file(tmp_path: Path, pki: DemoPki) -> None:
    data = bytearray((SHARED / "two-signatures-2025.pdf").read_bytes())
    data[len(data) // 3] ^= 1
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(bytes(data))
    assert verify(bad, pki.trust()).indication is Indication.FAILED
