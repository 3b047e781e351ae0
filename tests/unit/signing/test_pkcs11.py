"""Keys on real SoftHSM2 tokens: signing, pulling out, wrong PINs."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing.errors import KeyTooWeak
from signing.key_errors import DriverUnusable, PinLocked, PinMissing, PinWrong, TokenAbsent, TokenKeyMissing
from signing.keys import require_strong, signature_fits
from signing.model import Level, Role, SealKind, SealRequest
from signing.pins import PinFile, PromptedPin
from signing.pkcs11_key import Pkcs11Key, certificates_in
from signing.pkcs11_module import Module, TokenAddress, module_at
from signing.seal import seal
from tests.unit.signing.world import World
from tests.world.tokens import MODULE, PIN, Tokens

KINDS = {"rsa-2048": "rsa2048", "rsa-3072": "rsa3072", "p-256": "p256"}


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory, world: World) -> Iterator[Tokens]:
    before = os.environ.get("SOFTHSM2_CONF")
    made = Tokens(tmp_path_factory.mktemp("hsm"))
    made.use()
    for label, kind in KINDS.items():
        made.init(label)
        made.put_key(label, world.issuing, "Nguyễn Văn Thử", kind)
    yield made
    os.environ.pop("SOFTHSM2_CONF") if before is None else os.environ.update(SOFTHSM2_CONF=before)


@pytest.fixture
def pin(tmp_path: Path) -> PinFile:
    return pin_file(tmp_path, PIN)


def pin_file(folder: Path, text: str) -> PinFile:
    (folder / "pin").write_text(text + "\n")
    return PinFile(folder / "pin")


@pytest.fixture
def logins(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every PIN that reaches a token."""
    tried: list[str] = []
    real = Module.open

    def counted(self: Module, address: TokenAddress, given: str | None) -> Any:
        tried.append(str(given))
        return real(self, address, given)

    monkeypatch.setattr(Module, "open", counted)
    return tried


@pytest.mark.parametrize("label", KINDS)
def test_a_token_signs_as_any_other_key(
    tokens: Tokens, pin: PinFile, world: World, plain: Path, tmp_path: Path, label: str
) -> None:
    key = Pkcs11Key(tokens.address(label), pin)
    public = require_strong(x509.load_der_x509_certificate(key.certificate).public_key(), key.name)
    assert signature_fits(public, key.digest, b"data", key.sign(b"data"))
    assert not signature_fits(public, key.digest, b"other", key.sign(b"data"))
    request = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Clerk", level=Level.B_LT)
    made = seal(plain, tmp_path / "out.pdf", request, key, world.trust, world.stamper)
    assert (made.signer, made.level) == ("Nguyễn Văn Thử", Level.B_LT)


def test_the_session_is_opened_once_and_again_when_it_died(tokens: Tokens, pin: PinFile, logins: list[str]) -> None:
    key = Pkcs11Key(tokens.address("p-256"), pin)
    key.sign(b"1")
    key.sign(b"2")
    assert len(logins) == 1
    module = module_at(MODULE)
    with module.lock:
        assert module._library is not None
        module._library.reinitialize()  # behind our back: every session is dead
    assert key.sign(b"3")
    assert len(logins) == 2


def test_token_pulled_out_and_plugged_in_again(tokens: Tokens, pin: PinFile) -> None:
    key = Pkcs11Key(tokens.address("rsa-2048"), pin)
    tokens.pull_out("rsa-2048")
    try:
        with pytest.raises(TokenAbsent) as caught:
            key.sign(b"data")
        assert caught.value.retryable
        assert caught.value.environment
        assert "Không thấy token rsa-2048" in caught.value.message("vi")
        assert "Plug it in again" in caught.value.message("en")
        with pytest.raises(TokenAbsent):
            Pkcs11Key(tokens.address("rsa-2048"), pin)
    finally:
        tokens.plug_in("rsa-2048")
    assert key.sign(b"data")


def test_a_wrong_pin_reaches_the_token_once(
    tokens: Tokens, tmp_path: Path, logins: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = pin_file(tmp_path, "999999")
    for _ in range(3):
        with pytest.raises(PinWrong) as caught:
            Pkcs11Key(tokens.address("p-256"), wrong)
    assert logins == ["999999"]
    assert not caught.value.retryable
    assert "không thử lại" in caught.value.message("vi")
    told = caplog.text + repr(caught.value) + repr(caught.value.params) + "".join(p.read_text() for p in tmp_path.glob(".pin*"))
    assert "999999" not in told
    again = PinFile(tmp_path / "pin")  # another process, a restart
    with pytest.raises(PinWrong):
        Pkcs11Key(tokens.address("p-256"), again)
    assert len(logins) == 1
    assert again.forget()  # the administrator says so
    with pytest.raises(PinWrong):
        Pkcs11Key(tokens.address("p-256"), again)
    assert len(logins) == 2
    assert Pkcs11Key(tokens.address("p-256"), pin_file(tmp_path, PIN)).sign(b"data")  # set anew


def test_writing_a_refused_pin_again_makes_no_new_try(tokens: Tokens, tmp_path: Path, logins: list[str]) -> None:
    wrong = pin_file(tmp_path, "999999")
    with pytest.raises(PinWrong):
        Pkcs11Key(tokens.address("p-256"), wrong)
    os.utime(tmp_path / "pin")
    with pytest.raises(PinWrong):
        Pkcs11Key(tokens.address("p-256"), wrong)
    (tmp_path / "pin").unlink()
    with pytest.raises(PinWrong):
        Pkcs11Key(tokens.address("p-256"), pin_file(tmp_path, "999999"))
    assert logins == ["999999"]
    (marker,) = tmp_path.glob(".pin.refused")
    assert marker.stat().st_mode & 0o777 == 0o600
    assert Pkcs11Key(tokens.address("p-256"), pin_file(tmp_path, PIN)).sign(b"data")
    assert not marker.exists()


def test_a_wrong_pin_for_a_second_key_of_an_open_token_is_refused(tokens: Tokens, pin: PinFile, tmp_path: Path) -> None:
    tokens.use()
    first = Pkcs11Key(tokens.address("p-256"), pin)
    (tmp_path / "second").mkdir()
    wrong = pin_file(tmp_path / "second", "999999")
    for _ in range(2):
        with pytest.raises(PinWrong):
            Pkcs11Key(tokens.address("p-256"), wrong)
    assert (tmp_path / "second" / ".pin.refused").exists()
    assert Pkcs11Key(tokens.address("p-256"), PinFile(tmp_path / "pin")).sign(b"second")
    assert first.sign(b"first")


def _open_in_child(folder: str, label: str, results: Any) -> None:
    try:
        Pkcs11Key(TokenAddress(Path(os.environ["SOHOA_TEST_MODULE"]), label=label), PinFile(Path(folder) / "pin"))
    except PinWrong:
        results.put("wrong")


def test_two_processes_do_not_both_try_a_wrong_pin(tokens: Tokens, tmp_path: Path) -> None:
    pin_file(tmp_path, "111111")
    counted = _FailedLogins(tmp_path / "trace")
    context = get_context("spawn")
    results = context.Queue()
    with counted:
        children = [context.Process(target=_open_in_child, args=(str(tmp_path), "p-256", results)) for _ in range(2)]
        for child in children:
            child.start()
        assert [results.get(timeout=60) for _ in children] == ["wrong", "wrong"]
        for child in children:
            child.join(60)
    assert counted.count() == 1


class _FailedLogins:
    """Counts what reaches the token with OpenSC's spy between us and the driver."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def __enter__(self) -> None:
        spy = next(Path("/usr/lib").glob("*/pkcs11/pkcs11-spy.so"), None) or next(Path("/usr/lib").glob("**/pkcs11-spy.so"))
        os.environ.update(PKCS11SPY=str(MODULE), PKCS11SPY_OUTPUT=str(self._log), SOHOA_TEST_MODULE=str(spy))

    def __exit__(self, *_: object) -> None:
        for name in ("PKCS11SPY", "PKCS11SPY_OUTPUT", "SOHOA_TEST_MODULE"):
            os.environ.pop(name)

    def count(self) -> int:
        return self._log.read_text(errors="replace").count("C_Login")


def test_a_typed_pin_is_asked_once_and_a_wrong_one_never_again(tokens: Tokens, logins: list[str]) -> None:
    asked: list[str] = []

    def ask(token: str) -> str:
        asked.append(token)
        return PIN if len(asked) == 1 else "never"

    key = Pkcs11Key(tokens.address("p-256"), PromptedPin(ask))
    key.sign(b"data")
    tokens.use()  # the session dies
    key.sign(b"data")
    assert asked == ["p-256"]
    wrong = PromptedPin(lambda _: "222222")
    tokens.use()
    for _ in range(2):
        with pytest.raises(PinWrong):
            Pkcs11Key(tokens.address("p-256"), wrong)
    assert logins.count("222222") == 1


def test_the_last_try_before_a_token_locks_is_never_made(
    tokens: Tokens, pin: PinFile, logins: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nearly:
        flags = pkcs11.TokenFlag.USER_PIN_FINAL_TRY

        def open(self, **_: object) -> None:
            raise AssertionError("tried")

    monkeypatch.setattr(Module, "token", lambda *_: Nearly())
    with pytest.raises(PinLocked):
        Pkcs11Key(tokens.address("p-256"), pin)


def test_what_cannot_be_opened_is_told(tokens: Tokens, pin: PinFile, tmp_path: Path) -> None:
    with pytest.raises(DriverUnusable):
        Pkcs11Key(TokenAddress(tmp_path / "none.so"), pin)
    (tmp_path / "text.so").write_text("no library")
    with pytest.raises(DriverUnusable):
        Pkcs11Key(TokenAddress(tmp_path / "text.so"), pin)
    with pytest.raises(TokenAbsent):
        Pkcs11Key(tokens.address("nobody"), pin)
    with pytest.raises(TokenKeyMissing):
        Pkcs11Key(tokens.address("p-256", key_label="other"), pin)
    with pytest.raises(PinMissing):
        Pkcs11Key(tokens.address("p-256"), PinFile(tmp_path / "nothing"))
    (tmp_path / "empty").write_text("")
    with pytest.raises(PinMissing):
        Pkcs11Key(tokens.address("p-256"), PinFile(tmp_path / "empty"))


def test_two_keys_on_one_token_are_told_apart(tokens: Tokens, pin: PinFile, world: World, tmp_path: Path) -> None:
    tokens.init("two")
    first = tokens.put_key("two", world.issuing, "Nguyễn Văn Thử", "p256")
    second = tokens.put_key("two", world.issuing, "Ủy ban nhân dân xã Thử", "p256", "agency", b"\2", with_certificate=False)
    with pytest.raises(TokenKeyMissing):
        Pkcs11Key(tokens.address("two"), pin)
    personal = Pkcs11Key(tokens.address("two", key_id=b"\1"), pin)
    agency = Pkcs11Key(tokens.address("two", key_label="agency"), pin, (second,))
    assert (personal.certificate, agency.certificate) == (first, second)
    assert personal.sign(b"a")
    assert agency.sign(b"b")
    tokens.use()
    assert agency.sign(b"b")
    assert personal.sign(b"a")
    stranger = world.key("Trần Thị Lạ").certificate
    with pytest.raises((TokenKeyMissing, KeyTooWeak)):
        Pkcs11Key(tokens.address("two", key_label="agency"), pin, (stranger,))
    (tmp_path / "c.pem").write_text(x509.load_der_x509_certificate(second).public_bytes(Encoding.PEM).decode())
    assert certificates_in(tmp_path / "c.pem") == (second,)
