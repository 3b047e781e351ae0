"""A key at a remote signing service (CSC API 2.0), over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.signatures.key_ring import KeyRing
from api.signatures.options import Holder, KeyOptions, KeysOptions
from signing.demo_pki import DemoPki
from signing.key_errors import PinWrong, RemoteRefused, RemoteTokenRefused, RemoteUnavailable, SignatureMismatch
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
    return CscAccount(service.url, credential, lambda: token, timeout_seconds=5)


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


def test_a_refusal_is_told_and_not_tried_again(service: CscService) -> None:
    with pytest.raises(RemoteRefused) as caught:
        CscKey(account(service, credential="cred-2"))
    assert not caught.value.retryable


def ring_of(service: CscService, folder: Path) -> KeyRing:
    (folder / "token").write_text(f"{service.token}\n")
    (folder / "pin").write_text(PIN)
    personal = KeyOptions(
        holder=Holder.CSC, url=service.url, credential="cred-1", access_token_file=folder / "token", secret_file=folder / "pin"
    )
    return KeyRing(KeysOptions(personal=personal), DemoPki(folder / "demo"), folder)


def test_a_renewed_access_token_is_taken_without_a_restart(service: CscService, tmp_path: Path) -> None:
    key = ring_of(service, tmp_path).key(Role.PERSONAL)
    assert key.sign(b"data")
    service.token = "token-2"
    (tmp_path / "token").write_text("token-2\n")
    asked = len(service.asked)
    assert key.sign(b"data")
    assert set(service.asked[asked:]) == {"Bearer token-2"}, "the old one is not even tried"


def test_a_token_renewed_while_the_old_one_is_refused_is_read_once_more(service: CscService, tmp_path: Path) -> None:
    told = iter(["token-1", "token-1", "token-2"])
    key = CscKey(CscAccount(service.url, "cred-1", lambda: next(told)), pin_file(tmp_path))
    service.token = "token-2"
    assert key.sign(b"data")
    assert next(told, None) is None


def test_a_token_that_ran_out_waits_for_a_new_one_and_costs_no_pin(service: CscService, tmp_path: Path) -> None:
    key = ring_of(service, tmp_path).key(Role.PERSONAL)
    service.token = "token-2"
    asked = len(service.asked)
    with pytest.raises(RemoteTokenRefused) as caught:
        key.sign(b"data")
    assert len(service.asked) == asked + 1, "the same token is not tried twice"
    assert caught.value.environment
    assert "mã truy cập" in caught.value.message("vi")
    assert "token-1" not in caught.value.message("vi") + repr(caught.value.params)
    assert service.pins == []
    (tmp_path / "token").write_text("token-2\n")
    assert key.sign(b"data"), "no restart, and the PIN was not taken for a wrong one"


def test_a_signature_of_another_key_is_not_taken(service: CscService, world: World, tmp_path: Path) -> None:
    key = CscKey(account(service), pin_file(tmp_path))
    service.other = world.key("Trần Thị Lạ")
    with pytest.raises(SignatureMismatch):
        key.sign(b"data")
