"""A key at a remote signing service (CSC API 2.0), over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signing.key_errors import PinWrong, RemoteRefused, RemoteUnavailable, SignatureMismatch
from signing.model import Level, Role, SealKind, SealRequest
from signing.pins import PinFile
from signing.remote import CscAccount, CscKey
from signing.seal import seal
from tests.unit.signing.world import World
from tests.world.csc_service import PIN, CscService


@pytest.fixture
def service(world: World) -> Iterator[CscService]:
    with CscService(world.clerk) as running:
        yield running


def account(service: CscService, token: str = "token-1", credential: str = "cred-1") -> CscAccount:
    return CscAccount(service.url, credential, token, timeout_seconds=5)


def pin_file(folder: Path, text: str = PIN) -> PinFile:
    (folder / "pin").write_text(text)
    return PinFile(folder / "pin")


def test_a_remote_key_seals(service: CscService, world: World, plain: Path, tmp_path: Path) -> None:
    key = CscKey(account(service), pin_file(tmp_path))
    assert (key.certificate, key.chain) == (world.clerk.certificate, world.clerk.chain)
    request = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Clerk", level=Level.B_LT)
    made = seal(plain, tmp_path / "o.pdf", request, key, world.trust, world.stamper)
    assert (made.signer, made.level) == ("Nguyễn Văn Thử", Level.B_LT)
    assert not service.authorised  # each leave to sign was for these very digests and used up


def test_a_wrong_pin_reaches_the_service_once(service: CscService, tmp_path: Path) -> None:
    key = CscKey(account(service), pin_file(tmp_path, "00000"))
    for _ in range(3):
        with pytest.raises(PinWrong) as caught:
            key.sign(b"data")
    assert service.pins == ["00000"]
    assert "00000" not in caught.value.message("vi") + repr(caught.value.params)


def test_a_service_that_is_down_is_waited_for(service: CscService, tmp_path: Path) -> None:
    key = CscKey(account(service), pin_file(tmp_path))
    service.mode = "broken"
    with pytest.raises(RemoteUnavailable) as caught:
        key.sign(b"data")
    assert caught.value.environment
    service.mode = "good"
    assert key.sign(b"data")
    with pytest.raises(RemoteUnavailable) as caught:
        CscKey(CscAccount("http://127.0.0.1:9", "cred-1"))
    assert "127.0.0.1:9 không trả lời" in caught.value.message("vi")


@pytest.mark.parametrize(("token", "credential"), [("other", "cred-1"), ("token-1", "cred-2")])
def test_a_refusal_is_told_and_not_tried_again(service: CscService, token: str, credential: str) -> None:
    with pytest.raises(RemoteRefused) as caught:
        CscKey(account(service, token, credential))
    assert not caught.value.retryable


def test_a_signature_of_another_key_is_not_taken(service: CscService, world: World, tmp_path: Path) -> None:
    key = CscKey(account(service), pin_file(tmp_path))
    service.other = world.key("Trần Thị Lạ")
    with pytest.raises(SignatureMismatch):
        key.sign(b"data")
