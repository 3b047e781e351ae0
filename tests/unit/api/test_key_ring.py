"""Settings name who holds the keys, and the right holder is opened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.settings import BadSettings, load
from api.signatures.key_check import KeyState, key_reports
from api.signatures.options import Holder
from api.signatures.signatories import Signatories
from signing.errors import KeyUnusable
from signing.key_errors import DriverUnusable, KeyAtDesk, PinMissing, RemoteUnavailable
from signing.model import Role
from tests.unit.signing.world import DAY, NOW, PASSPHRASE, authority, issue


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("SOHOA_DATA_DIR", str(tmp_path))
    (tmp_path / "secret").write_text("123456\n")
    return monkeypatch


def test_without_a_word_the_demonstration_keys_sign(environment: pytest.MonkeyPatch) -> None:
    signatories = Signatories.of(load())
    assert not signatories.real_keys
    assert "KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in signatories.personal().name
    assert signatories.personal() is signatories.personal()
    assert signatories.personal().certificate != signatories.agency().certificate


def test_a_key_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    demo = Signatories.of(load()).demo
    environment.setenv("SOHOA_KEYS__PERSONAL__HOLDER", "pkcs12")
    environment.setenv("SOHOA_KEYS__PERSONAL__FILE", str(demo.folder / "keys" / "clerk.p12"))
    environment.setenv("SOHOA_KEYS__PERSONAL__SECRET_FILE", str(demo.folder / "keys" / "passphrase"))
    signatories = Signatories.of(load())
    assert signatories.real_keys
    assert signatories.personal().certificate == demo.clerk().certificate
    environment.setenv("SOHOA_KEYS__PERSONAL__SECRET_FILE", str(tmp_path / "secret"))
    with pytest.raises(KeyUnusable):
        Signatories.of(load()).personal()
    environment.setenv("SOHOA_KEYS__PERSONAL__SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(PinMissing):
        Signatories.of(load()).personal()


def test_a_key_at_the_desk_a_token_and_a_service(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("SOHOA_KEYS__PERSONAL__HOLDER", "desk")
    environment.setenv(
        "SOHOA_KEYS__AGENCY", json.dumps({"holder": "pkcs11", "module": "/none.so", "secret_file": str(tmp_path / "secret")})
    )
    signatories = Signatories.of(load())
    assert signatories.at_desk(Role.PERSONAL)
    assert not signatories.at_desk(Role.AGENCY)
    with pytest.raises(KeyAtDesk):
        signatories.personal()
    with pytest.raises(DriverUnusable):
        signatories.agency()
    environment.setenv("SOHOA_KEYS__AGENCY", json.dumps({"holder": "csc", "url": "http://127.0.0.1:9", "credential": "c"}))
    with pytest.raises(RemoteUnavailable):
        Signatories.of(load()).agency()


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"holder": "pkcs12"}, "file, secret_file"),
        ({"holder": "pkcs11"}, "module, secret_file"),
        ({"holder": "csc", "url": "https://x"}, "credential"),
        ({"holder": "csc", "url": "http://example.org", "credential": "c"}, "https"),
        ({"holder": "other"}, "holder"),
        ({"holder": "pkcs11", "key_id": "0"}, "key_id"),
        ({"pin": "123456"}, "pin"),
    ],
)
def test_what_is_incomplete_or_unknown_is_told_without_values(
    environment: pytest.MonkeyPatch, keys: dict[str, str], told: str
) -> None:
    environment.setenv("SOHOA_KEYS__PERSONAL", json.dumps(keys))
    with pytest.raises(BadSettings) as caught:
        load()
    assert told in caught.value.message("vi")
    assert "123456" not in caught.value.message("vi")


def test_no_setting_shows_a_secret(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv(
        "SOHOA_KEYS__AGENCY", json.dumps({"holder": "pkcs11", "module": "/none.so", "secret_file": str(tmp_path / "secret")})
    )
    settings = load()
    assert settings.keys.agency.holder is Holder.PKCS11
    assert "123456" not in settings.model_dump_json()


def test_the_doctor_tells_whether_each_key_opens_and_until_when(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    demo = Signatories.of(load()).demo
    (first, second) = key_reports(load())
    assert {first.state, second.state} == {KeyState.SOON}
    assert "KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in first.vi
    keys = {
        "holder": "pkcs12",
        "file": str(demo.folder / "keys" / "agency.p12"),
        "secret_file": str(demo.folder / "keys" / "passphrase"),
    }
    environment.setenv("SOHOA_KEYS__AGENCY", json.dumps(keys))
    environment.setenv("SOHOA_KEYS__PERSONAL__HOLDER", "desk")
    (first, second) = key_reports(load())
    assert (first.state, second.state) == (KeyState.GOOD, KeyState.GOOD)
    assert "chứng thư còn đến" in second.vi
    environment.setenv("SOHOA_KEYS__AGENCY", json.dumps(keys | {"secret_file": str(tmp_path / "secret")}))
    (_, second) = key_reports(load())
    assert second.state is KeyState.BAD
    assert "Không mở được khóa ký agency.p12" in second.vi
    assert "123456" not in second.vi + second.en


@pytest.mark.parametrize(
    ("start", "end", "state", "told"),
    [
        (-9, -1, KeyState.BAD, "hết hạn"),
        (1, 9, KeyState.BAD, "chưa có hiệu lực"),
        (-9, 9, KeyState.SOON, "mở được"),
        (-9, 90, KeyState.GOOD, "mở được"),
    ],
)
def test_a_certificate_near_its_end_is_told(
    environment: pytest.MonkeyPatch, tmp_path: Path, start: int, end: int, state: KeyState, told: str
) -> None:
    issue(tmp_path, authority("Test Root"), "Người Ký", NOW + start * DAY, NOW + end * DAY)
    (tmp_path / "phrase").write_bytes(PASSPHRASE)
    keys = {"holder": "pkcs12", "file": str(tmp_path / "Người Ký.p12"), "secret_file": str(tmp_path / "phrase")}
    environment.setenv("SOHOA_KEYS__PERSONAL", json.dumps(keys))
    report = next(iter(key_reports(load())))
    assert report.state is state
    assert told in report.vi


def test_the_certifiers_key_may_be_another_than_the_clerks(environment: pytest.MonkeyPatch) -> None:
    demo = Signatories.of(load()).demo
    alone = Signatories.of(load())
    assert alone.certifier() is alone.personal()
    environment.setenv("SOHOA_KEYS__CERTIFIER__HOLDER", "pkcs12")
    environment.setenv("SOHOA_KEYS__CERTIFIER__FILE", str(demo.folder / "keys" / "tsa.p12"))
    environment.setenv("SOHOA_KEYS__CERTIFIER__SECRET_FILE", str(demo.folder / "keys" / "passphrase"))
    signatories = Signatories.of(load())
    assert signatories.real_keys
    assert signatories.certifier().certificate != signatories.personal().certificate == demo.clerk().certificate
    assert not signatories.any_at_desk
    (_, _, report) = key_reports(load())
    assert (report.state, report.vi.startswith("Khóa người chứng thực (pkcs12): mở được")) == (KeyState.GOOD, True)
    for name in ("FILE", "SECRET_FILE"):
        environment.delenv(f"SOHOA_KEYS__CERTIFIER__{name}")
    environment.setenv("SOHOA_KEYS__CERTIFIER__HOLDER", "desk")
    signatories = Signatories.of(load())
    assert (signatories.certifier_at_desk, signatories.at_desk(Role.PERSONAL), signatories.any_at_desk) == (True, False, True)
    (_, _, report) = key_reports(load())
    assert "người ký tự giữ" in report.vi
