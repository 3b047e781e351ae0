"""`sohoa sign`: signs what waits for the person's own key, over the REST API. Needs no database, no settings and no web page."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.agent.desk import Asked, Desk
from api.agent.errors import SigningDeclined
from api.agent.server import Made, Server, Turned
from api.cli import at_hand, console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, language, say
from api.cli.options import command, json_option, lang_option
from signing.keys import SealKey
from signing.pins import secret

LOOK_SECONDS = 0.5


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "sign",
        run,
        say(
            "Ký những tài liệu đang chờ chữ ký của mình bằng khóa trên máy này (token hoặc tệp), qua API của máy chủ."
            " Mã thoát: 0 đã ký hết; 1 có tài liệu bị từ chối.",
            "Sign the documents that wait for one's own signature with the key on this machine (token or file), over the"
            " server's API. Exit codes: 0 all signed; 1 some refused.",
        ),
    )


def run(
    server: Annotated[
        str, typer.Option("--server", metavar="URL", help=say("Địa chỉ máy chủ Sohoa.", "Address of the Sohoa server."))
    ],
    token_file: Annotated[
        Path,
        typer.Option(
            "--token-file",
            metavar="FILE",
            help=say("Tệp có mã truy cập ở dòng đầu.", "File with the access token in its first line."),
        ),
    ],
    p12: Annotated[Path | None, at_hand.p12_option()] = None,
    module: Annotated[Path | None, at_hand.module_option()] = None,
    token: Annotated[str, at_hand.token_option()] = "",
    key: Annotated[str, at_hand.key_label_option()] = "",
    key_id: Annotated[str, at_hand.key_id_option()] = "",
    secret_file: Annotated[Path | None, at_hand.secret_option()] = None,
    certificate: Annotated[list[Path] | None, at_hand.certificate_option()] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=500, help=say("Ký nhiều nhất bao nhiêu.", "Sign at most so many."))
    ] = 500,
    wait: Annotated[
        float,
        typer.Option(
            "--wait", metavar="S", min=0, help=say("Chờ hoàn tất tối đa bao nhiêu giây.", "Wait at most so many seconds.")
        ),
    ] = 60.0,
    yes: Annotated[bool, at_hand.yes_option()] = False,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Fetch what waits, sign it in batches, hand it in, and wait until it is finished."""
    far = Server(server, secret(token_file), language().value)
    waiting, most = far.waiting(limit)
    if not waiting:
        _report([], [], {}, as_document=as_document)
        return ExitCode.OK
    held = at_hand.key_from(p12, module, token, key, key_id, secret_file, certificate or ())
    work = _Work(far, held, yes=yes)
    for start in range(0, len(waiting), most):
        work.batch([one["id"] for one in waiting[start : start + most]])
    states = _settled(far, work.taken, wait)
    _report(work.taken, work.refused, states, as_document=as_document)
    return ExitCode.FAILED if work.refused else ExitCode.OK


class _Work:
    """Batches of one run."""

    def __init__(self, far: Server, key: SealKey, *, yes: bool) -> None:
        self._far, self._key = far, key
        self._desk = Desk(key, at_hand.consent(always=yes))
        self.taken: list[str] = []
        self.refused: list[Turned] = []

    def batch(self, requests: Sequence[str]) -> None:
        """Prepare, sign, hand in. Raises SigningDeclined, SigningError, ServerUnreachable, ServerRefused."""
        ready, refused = self._far.prepare(self._key, requests)
        self.refused += refused
        if not ready:
            return
        signatures = self._signed(ready)
        taken, refused = self._far.finish(dict(zip((one.ticket for one in ready), signatures, strict=True)))
        self.taken += taken
        self.refused += refused

    def _signed(self, ready: Sequence[Made]) -> tuple[bytes, ...]:
        asked = [Asked(one.title, one.attributes) for one in ready]
        try:
            return self._desk.sign(self._far.name, self._desk.fingerprint, asked)
        except SigningDeclined:
            if self.taken:
                console.note(say(f"Đã ký {len(self.taken)} tài liệu trước đó.", f"{len(self.taken)} were signed before."))
            raise


def _settled(far: Server, taken: Sequence[str], wait_seconds: float) -> dict[str, str]:
    """The state of each signed document once all are finished, or after so many seconds."""
    end = time.monotonic() + wait_seconds
    states = dict.fromkeys(taken, "signed")
    while True:
        states |= {request: far.state(request) for request, state in states.items() if state == "signed"}
        if "signed" not in states.values() or time.monotonic() >= end:
            return states
        time.sleep(LOOK_SECONDS)


def _report(taken: Sequence[str], refused: Sequence[Turned], states: dict[str, str], *, as_document: bool) -> None:
    done = sum(1 for state in states.values() if state == "done")
    pending = sum(1 for state in states.values() if state == "signed")
    again = sum(1 for state in states.values() if state == "waiting")
    if as_document:
        console.document(
            {
                "signed": [{"request": one, "state": states.get(one, "signed")} for one in taken],
                "refused": [{"key": one.key, "code": one.code, "message": one.message} for one in refused],
            }
        )
        return
    for one in refused:
        console.note(f"✗ {one.message} [{one.code}]", style="red")
    if not taken and not refused:
        console.out(say("Không có tài liệu nào chờ ký.", "Nothing waits to be signed."))
        return
    console.out(
        say(
            f"Đã ký {len(taken)} tài liệu: {done} hoàn tất, {pending} đang bổ sung dấu thời gian, {len(refused)} bị từ chối.",
            f"{len(taken)} signed: {done} finished, {pending} are being time-stamped, {len(refused)} refused.",
        )
    )
    if again:
        console.note(
            say(
                f"{again} chữ ký không dùng được, tài liệu chờ ký lại; xem `sohoa attention`.",
                f"{again} signatures could not be used, the documents wait again; see `sohoa attention`.",
            ),
            style="yellow",
        )
