"""A signature of an issuer that held is remembered, one that did not hold never is."""

from __future__ import annotations

import pytest
from asn1crypto import x509
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.sig_validate import SignatureValidationContext

from signing import issued
from signing.demo_pki import DemoPki
from signing.issued import Issued

_Asked = tuple[bytes, bytes, object, object]


@pytest.fixture
def asked(pki: DemoPki) -> _Asked:
    leaf, issuer = (x509.Certificate.load(der) for der in (pki.clerk().certificate, pki.clerk().chain[0]))
    issued._holds.cache_clear()
    return leaf["signature_value"].native, leaf["tbs_certificate"].dump(), issuer.public_key, leaf["signature_algorithm"]


def _reckoned(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The data of each signature that is really reckoned from now on."""
    data: list[bytes] = []
    kind = type(issued._RECKONED)
    original = kind.validate_signature

    def noted(self: object, signature: bytes, signed_data: bytes, *rest: object) -> None:
        data.append(signed_data)
        original(self, signature, signed_data, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(kind, "validate_signature", noted)
    return data


def test_what_held_holds(asked: _Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    reckoned = _reckoned(monkeypatch)
    for _ in range(3):
        Issued().validate_signature(*asked)  # type: ignore[arg-type]
    assert reckoned == [asked[1]]


@pytest.mark.parametrize("part", [0, 1])
def test_one_bit_elsewhere_is_refused_each_time(asked: _Asked, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    Issued().validate_signature(*asked)  # type: ignore[arg-type]
    altered = list(asked)
    altered[part] = bytes([*asked[part][:-1], asked[part][-1] ^ 1])  # type: ignore[index]
    reckoned = _reckoned(monkeypatch)
    for _ in range(2):
        with pytest.raises(InvalidSignature):
            Issued().validate_signature(*altered)  # type: ignore[arg-type]
    assert len(reckoned) == 2


def test_another_key_is_another_question(asked: _Asked, pki: DemoPki) -> None:
    Issued().validate_signature(*asked)  # type: ignore[arg-type]
    stranger = x509.Certificate.load(pki.agency().certificate).public_key
    with pytest.raises(InvalidSignature):
        Issued().validate_signature(asked[0], asked[1], stranger, asked[3])  # type: ignore[arg-type]


def test_documents_and_long_lists_are_reckoned_each_time(asked: _Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    reckoned = _reckoned(monkeypatch)
    for _ in range(2):
        Issued().validate_signature(*asked, context=SignatureValidationContext("sha256"))  # type: ignore[arg-type]
    monkeypatch.setattr(issued, "_LONGEST", len(asked[1]) - 1)
    for _ in range(2):
        Issued().validate_signature(*asked)  # type: ignore[arg-type]
    assert len(reckoned) == 4
    assert issued._holds.cache_info().currsize == 0
