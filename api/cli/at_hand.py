"""The options of the commands that sign with a person's own key, and the questions they ask."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from api.agent.desk import SHOWN
from api.agent.keys import KeyAtHand
from api.cli import console
from api.cli.language import say
from signing.keys import SealKey

YES = frozenset({"c", "có", "co", "y", "yes"})


def p12_option() -> Any:
    """`--p12`."""
    return typer.Option("--p12", metavar="FILE", help=say("Tệp khóa PKCS#12 (.p12, .pfx).", "Key file, PKCS#12 (.p12, .pfx)."))


def module_option() -> Any:
    """`--module`."""
    return typer.Option(
        "--module",
        metavar="FILE",
        help=say("Trình điều khiển PKCS#11 của token (.so, .dll).", "The token's PKCS#11 driver (.so, .dll)."),
    )


def token_option() -> Any:
    """`--token`."""
    return typer.Option("--token", metavar="LABEL", help=say("Nhãn của token.", "Label of the token."))


def key_label_option() -> Any:
    """`--key`."""
    return typer.Option("--key", metavar="LABEL", help=say("Nhãn của khóa trên token.", "Label of the key on the token."))


def key_id_option() -> Any:
    """`--key-id`."""
    return typer.Option("--key-id", metavar="HEX", help=say("Mã (ID) của khóa, dạng hex.", "Id of the key, hexadecimal."))


def secret_option() -> Any:
    """`--secret-file`."""
    return typer.Option(
        "--secret-file",
        metavar="FILE",
        help=say(
            "Tệp có mã PIN hoặc mật khẩu ở dòng đầu; không có thì hỏi trên màn hình.",
            "File with the PIN or passphrase in its first line; asked for if not given.",
        ),
    )


def certificate_option() -> Any:
    """`--certificate`."""
    return typer.Option(
        "--certificate",
        metavar="FILE",
        help=say("Chứng thư bổ sung: của người ký hoặc CA trung gian.", "Further certificates: the signer's or issuers'."),
    )


def yes_option() -> Any:
    """`--yes`."""
    return typer.Option("--yes", help=say("Ký luôn, không hỏi lại mỗi lần.", "Sign without asking each time."))


def key_from(
    p12: Path | None,
    module: Path | None,
    token: str,
    key_label: str,
    key_id: str,
    secret_file: Path | None,
    certificates: Sequence[Path],
) -> SealKey:
    """The key the options name, opened; the secret is asked for on the terminal when no file has it."""
    if (p12 is None) == (module is None):
        raise typer.BadParameter(say("cần đúng một trong hai: --p12 hoặc --module.", "give exactly one of --p12 and --module."))
    if len(key_id) % 2 or not all(letter in "0123456789abcdefABCDEF" for letter in key_id):
        raise typer.BadParameter(say("--key-id phải là số hex, ví dụ 01af.", "--key-id must be hexadecimal, for example 01af."))
    where = KeyAtHand(p12, module, token, key_label, key_id, secret_file, tuple(certificates))
    return where.open(lambda name: say(f"Mã PIN hoặc mật khẩu của {name}: ", f"PIN or passphrase of {name}: "))


def consent(*, always: bool) -> Any:
    """Shows what is about to be signed and wants a yes; with `always` only shows it."""

    def ask(who: str, key: SealKey, names: Sequence[str]) -> bool:
        console.note(
            say(
                f"{who} yêu cầu ký {len(names)} tài liệu bằng chứng thư của {key.name}:",
                f"{who} asks {key.name} to sign {len(names)}:",
            )
        )
        for name in names[:SHOWN]:
            console.note(f"  · {name}")
        if len(names) > SHOWN:
            console.note(say(f"  … và {len(names) - SHOWN} tài liệu nữa", f"  … and {len(names) - SHOWN} more"))
        if always:
            return True
        _forget_typed()
        console.note(say("Đồng ý ký? Gõ «có» rồi Enter: ", "Sign? Type “yes” and Enter: "))
        return sys.stdin.readline().strip().casefold() in YES

    return ask


def _forget_typed() -> None:
    """A yes is given to the question that is shown, not to one that came before."""
    if sys.stdin.isatty():
        with contextlib.suppress(ImportError, OSError):
            import termios  # noqa: PLC0415 - not on every system

            termios.tcflush(sys.stdin, termios.TCIFLUSH)
