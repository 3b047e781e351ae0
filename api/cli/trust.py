"""`sohoa trust`: whom we believe. Adding asks for the fingerprint, so that nobody is believed by accident."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, language, say
from api.cli.opening import actor, opened
from api.cli.options import Command, application, json_option, lang_option
from api.signatures import trusting
from signing.known_anchors import known_anchors
from signing.report import VIETNAM
from signing.trust_folder import Kind, Listed

KINDS = {
    Kind.ROOT: ("gốc", "root"),
    Kind.INTERMEDIATE: ("trung gian", "issuing"),
    Kind.CRL: ("thu hồi", "revocation"),
    Kind.OCSP: ("OCSP", "OCSP"),
}


def build() -> Any:
    """The group, in the language of this run."""
    app = application(
        name="trust",
        help=say("Danh sách tin cậy: gốc, chứng thư trung gian, dữ liệu thu hồi.", "Whom we believe."),
        no_args_is_help=True,
    )
    app.callback()(_group)
    for name, run, vi, en in (
        ("list", run_list, "Đang tin ai, và những gốc đã biết nhưng chưa tin.", "Who is believed, and known roots that are not."),
        ("add", run_add, "Tin một chứng thư; phải đưa đúng dấu vân tay.", "Believe a certificate; its fingerprint is asked for."),
        ("add-list", run_add_list, "Nhận một danh sách thu hồi (CRL) mang tới.", "Take in a revocation list brought by hand."),
        ("remove", run_remove, "Thôi tin một chứng thư.", "Believe a certificate no more."),
        ("refresh", run_refresh, "Tải dữ liệu thu hồi mới.", "Fetch fresh revocation data."),
        ("export", run_export, "Gói mang đi cho kiểm toán viên không có mạng.", "A bundle for auditors without a network."),
    ):
        app.command(name, cls=Command, help=say(vi, en))(run)
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def run_list(as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None) -> int:
    """Everything in the trust folder, then the known anchors that are not believed."""
    with opened() as sohoa:
        listed, demo = sohoa.signatories.folder.listed(), sohoa.signatories.trusts_demo
        folder = sohoa.settings.trust_folder
    trusted = {one.sha256 for one in listed}
    known = [one for one in known_anchors() if one.sha256 not in trusted]
    if as_document:
        waiting = [one.model_dump() for one in known]
        console.document({"folder": str(folder), "demo": demo, "trusted": [_row(one) for one in listed], "known": waiting})
        return ExitCode.OK
    console.out(say(f"Thư mục tin cậy: {folder}", f"Trust folder: {folder}"))
    if demo:
        vi = "! Gốc THỬ NGHIỆM của máy này đang được tin (SOHOA_TRUST__DEMO)."
        console.out(say(vi, "! The DEMONSTRATION root of this machine is believed (SOHOA_TRUST__DEMO)."), style="yellow")
    _print(listed)
    if known:
        console.out(
            say("Đã biết, CHƯA tin (chưa tự kiểm chứng dấu vân tay):", "Known, NOT believed (fingerprints not verified by us):")
        )
    for anchor in known:
        console.out(f"  {anchor.id:20} {anchor.sha256 or '-'}  {getattr(anchor, language())}")
    return ExitCode.OK


def _print(listed: tuple[Listed, ...]) -> None:
    if not listed:
        console.out(say("Chưa có chứng thư nào.", "There is no certificate yet."))
    now = datetime.now(UTC)
    rows = [(say(*KINDS[one.kind]), _day(one), one.sha256[:16], one.name) for one in listed]
    for one, line in zip(listed, console.columns(rows), strict=True):
        console.out(f"  {line}", style=None if one.in_force(now) else "red")


def _day(one: Listed) -> str:
    return one.until.astimezone(VIETNAM).strftime("%d/%m/%Y") if one.until else "-"


def _row(one: Listed) -> dict[str, object]:
    return {
        "kind": one.kind,
        "name": one.name,
        "sha256": one.sha256,
        "until": one.until,
        "file": one.file,
        "in_force": one.in_force(),
    }


def run_add(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help=say("Tệp chứng thư, hoặc tên gốc đã biết.", "A certificate file, or a known anchor.")
        ),
    ],
    fingerprint: Annotated[
        str,
        typer.Option(
            "--sha256",
            metavar="HEX",
            help=say(
                "Dấu vân tay SHA-256, đối chiếu với cơ quan cấp; không khớp thì từ chối.",
                "SHA-256 fingerprint, compared with what the authority publishes; another one is refused.",
            ),
        ),
    ],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Take a certificate in, if it has exactly this fingerprint."""
    with opened() as sohoa:
        listed = trusting.add(sohoa, source, fingerprint, actor=actor())
    if as_document:
        console.document({"added": _row(listed)})
    else:
        vi, en = (
            f"Đã tin {say(*KINDS[listed.kind])}: {listed.name}.",
            f"Now believed ({say(*KINDS[listed.kind])}): {listed.name}.",
        )
        console.out(say(vi, en), style="green")
    return ExitCode.OK


def run_add_list(
    path: Annotated[Path, typer.Argument(metavar="FILE", help=say("Tệp CRL (PEM hoặc DER).", "The list, PEM or DER."))],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Take a revocation list in, if an authority we know has signed it and it is newer than ours."""
    with opened() as sohoa:
        listed = trusting.add_list(sohoa, path, actor=actor())
    if as_document:
        console.document({"added": None if listed is None else _row(listed)})
    elif listed is None:
        console.out(say("Danh sách đang có không cũ hơn; giữ nguyên.", "The list we have is no older; it stays."))
    else:
        console.out(
            say(f"Đã nhận danh sách thu hồi của {listed.name}.", f"Revocation list of {listed.name} taken in."), style="green"
        )
    return ExitCode.OK


def run_remove(
    fingerprint: Annotated[
        str,
        typer.Argument(
            metavar="HEX", help=say("Ít nhất 16 ký tự đầu của dấu vân tay.", "At least 16 characters of the fingerprint.")
        ),
    ],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Believe a certificate no more; entered in the ledger."""
    with opened() as sohoa:
        listed = trusting.remove(sohoa, fingerprint, actor=actor())
    if as_document:
        console.document({"removed": _row(listed)})
    else:
        console.out(say(f"Đã thôi tin: {listed.name}.", f"No longer believed: {listed.name}."))
    return ExitCode.OK


def run_refresh(as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None) -> int:
    """Fetch the lists named in the certificates of our keys, time-stamp authorities and issuers."""
    with opened() as sohoa:
        done = trusting.refresh(sohoa, actor=actor())
    if as_document:
        failed = [{"url": url, "code": error.code, "message": error.message(language())} for url, error in done.failed]
        console.document({"fresh": [_row(one) for one in done.fresh], "unchanged": done.unchanged, "failed": failed})
    else:
        vi = f"Dữ liệu thu hồi: {len(done.fresh)} mới, {done.unchanged} không đổi, {len(done.failed)} không tải được."
        en = f"Revocation data: {len(done.fresh)} new, {done.unchanged} unchanged, {len(done.failed)} not fetched."
        console.out(say(vi, en))
        for _, error in done.failed:
            console.out(f"  ? {error.message(language())}", style="yellow")
    return ExitCode.UNAVAILABLE if done.failed else ExitCode.OK


def run_export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=say("Thư mục nhận gói.", "Folder for the bundle."))],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Write certificates and revocation lists for an auditor who has no network."""
    with opened() as sohoa:
        names = trusting.export(sohoa, folder)
    if as_document:
        console.document({"folder": str(folder), "files": list(names)})
    else:
        vi = f"Đã chép {len(names)} tệp vào {folder}; dùng: sohoa verify --trust {folder} TỆP.pdf"
        console.out(say(vi, f"{len(names)} files copied to {folder}; use: sohoa verify --trust {folder} FILE.pdf"))
    return ExitCode.OK
