"""Certificates that no signature covers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from asn1crypto import cms

from signing.demo_pki import DemoPki
from signing.model import Indication
from signing.policy import Policy, Profile
from signing.verify import verify


def _value(data: bytes) -> tuple[int, int]:
    found = re.search(rb"/ByteRange\s*\[\s*0 (\d+) (\d+) \d+\s*\]", data)
    assert found
    return int(found[1]) + 1, int(found[2]) - 1


def _carried(data: bytes) -> list[bytes]:
    """The certificates of the first signature that are not its signer's."""
    start, end = _value(data)
    signed = cms.ContentInfo.load(bytes.fromhex(data[start:end].decode()))["content"]
    serial = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
    return [one.chosen.dump() for one in signed["certificates"] if one.chosen.serial_number != serial]


def _forged(data: bytes, at: int) -> bytes:
    """One bit of the first certificate carried along turned round."""
    issuer, (start, end) = _carried(data)[0], _value(data)
    forged = issuer[:at] + bytes([issuer[at] ^ 1]) + issuer[at:][1:]
    inside = data[start:end].lower()
    assert issuer.hex().encode() in inside
    return data[:start] + inside.replace(issuer.hex().encode(), forged.hex().encode(), 1) + data[end:]


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3, 0.5, 0.7, 0.95])
def test_an_altered_issuer_is_found(tmp_path: Path, sealed: Path, pki: DemoPki, share: float) -> None:
    data, bad = sealed.read_bytes(), tmp_path / "bad.pdf"
    bad.write_bytes(_forged(data, int(len(_carried(data)[0]) * share)))
    assert verify(bad, pki.trust(), Policy(profile=Profile.AGENCY)).indication is Indication.FAILED


def test_what_it_says(tmp_path: Path, sealed: Path, pki: DemoPki) -> None:
    data, bad = sealed.read_bytes(), tmp_path / "bad.pdf"
    bad.write_bytes(_forged(data, len(_carried(data)[0]) - 5))
    verdict = verify(bad, pki.trust(), Policy(profile=Profile.FOREIGN))
    assert verdict.indication is Indication.INDETERMINATE
    assert "CERTIFICATE_ALTERED" in {one.code for one in verdict.signatures[0].findings}
    assert verdict.signatures[0].intact
