"""`sohoa sign` and `sohoa agent` used wrongly: one sentence, the right exit code, no secret in it."""

from __future__ import annotations

import contextlib
import io
import socket
from pathlib import Path

import pytest

from api.cli.exit_codes import ExitCode
from api.cli.main import main

TOKEN = "sohoa-secret-token"


def sohoa(*arguments: str | Path) -> tuple[int, str]:
    err = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    assert TOKEN not in err.getvalue()
    return code, err.getvalue()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text(TOKEN)
    return tmp_path / "token"


def test_a_token_is_not_sent_in_the_clear(token: Path) -> None:
    code, said = sohoa("sign", "--server", "http://sohoa.example.vn", "--token-file", token)
    assert (code, "https://" in said) == (ExitCode.FAILED, True)


def test_a_server_that_is_not_there_is_told(token: Path) -> None:
    code, said = sohoa("sign", "--server", "http://127.0.0.1:9", "--token-file", token)
    assert code == ExitCode.FAILED
    assert "http://127.0.0.1:9 không trả lời" in said


def test_what_is_missing_is_told(token: Path, tmp_path: Path) -> None:
    assert sohoa("sign")[0] == ExitCode.USAGE
    assert sohoa("agent")[0] == ExitCode.USAGE
    code, said = sohoa("sign", "--server", "https://x", "--token-file", tmp_path / "none")
    assert (code, "none" in said) == (ExitCode.UNAVAILABLE, True)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--p12", "a.p12", "--module", "b.so"),
        ("--module", "b.so", "--key-id", "0"),
        ("--module", "b.so", "--key-id", "xy"),
    ],
)
def test_a_key_must_be_named_once_and_well(arguments: tuple[str, ...]) -> None:
    code, _ = sohoa("agent", "--origin", "https://sohoa.example.vn", *arguments)
    assert code == ExitCode.USAGE


@pytest.mark.parametrize(
    "origin", ["*", "null", "sohoa.vn", "http://sohoa.vn", "https://sohoa.vn/page", "https://a b", "file:///x", "https://u@h.vn"]
)
def test_an_origin_must_be_exact(origin: str) -> None:
    code, said = sohoa("agent", "--origin", origin, "--p12", "x")
    assert (code, "không phải địa chỉ trang" in said) == (ExitCode.USAGE, True)


def test_a_wrong_passphrase_and_a_taken_port_are_told(tmp_path: Path, world: Path) -> None:
    (tmp_path / "wrong").write_text("not-the-phrase")
    where = ("--origin", "https://sohoa.example.vn", "--p12", world / "Người Ký.p12")
    code, said = sohoa("agent", *where, "--secret-file", tmp_path / "wrong")
    assert (code, "Không mở được khóa ký" in said) == (ExitCode.UNAVAILABLE, True)
    assert "not-the-phrase" not in said
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = sohoa("agent", *where, "--secret-file", world / "phrase", "--port", port)
    assert (code, f"cổng {port}" in said) == (ExitCode.FAILED, True)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.unit.signing.world import PASSPHRASE, authority, issue

    folder = tmp_path_factory.mktemp("keys")
    issue(folder, authority("Test Root"), "Người Ký")
    (folder / "phrase").write_bytes(PASSPHRASE)
    return folder
