"""`sohoa verify`: a verdict on every signature and on the file, without a database or a service."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode, worst
from api.cli.failing import as_json, tell
from api.cli.language import Lang, language, say
from api.cli.one_process import OneProcessBox
from api.cli.options import command, json_option, lang_option
from api.cli.paths import readable_file
from api.settings import load
from api.views.verdicts import FindingView, SignatureView, VerdictView
from ingest.errors import CodedError
from signing.model import Indication, Severity
from signing.trust import TrustStore
from signing.verify import verify

CODES = {
    Indication.PASSED: ExitCode.OK,
    Indication.INDETERMINATE: ExitCode.INDETERMINATE,
    Indication.FAILED: ExitCode.FAILED,
}
COLOURS = {Indication.PASSED: "green", Indication.INDETERMINATE: "yellow", Indication.FAILED: "red"}
MARKS = {Severity.OK: "✓", Severity.INFO: "·", Severity.WARNING: "!", Severity.DOUBT: "?", Severity.FAILURE: "✗"}
DEMO_FOLDER = Path("demo-pki", "trust")
TRUST_FOLDER = "trust"


@dataclass(frozen=True, slots=True)
class Trusted:
    """The store verdicts rest on, and where it came from."""

    store: TrustStore
    sources: tuple[str, ...]
    demo: bool


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "verify",
        run,
        say(
            "Kiểm tra từng chữ ký số và cả tệp: Hợp lệ / Không thể kết luận / Không hợp lệ. Không cần mạng hay cơ sở dữ liệu.\n\n"
            "Mã thoát: 0 mọi tệp hợp lệ, 1 có tệp không hợp lệ, 2 dùng sai lệnh,"
            " 3 có tệp không thể kết luận, 4 có tệp không đọc được.",
            "Judge every signature and the file: valid / cannot be concluded / not valid. No network, no database.\n\n"
            "Exit codes: 0 all valid, 1 some not valid, 2 wrong use, 3 some cannot be concluded, 4 some unreadable.",
        ),
    )


def run(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help=say("Tệp PDF đã ký.", "Signed PDF files."))],
    trust: Annotated[
        list[Path] | None,
        typer.Option(
            "--trust",
            metavar="PEM",
            help=say(
                "Chứng thư gốc tin cậy (PEM/DER, có thể lặp lại, cả CRL); thay cho mặc định là thư mục trust/ và gốc thử nghiệm"
                " trong SOHOA_DATA_DIR.",
                "Trusted root certificates (PEM/DER, repeatable, CRLs too); instead of the default: the folder trust/ and the"
                " demo root in SOHOA_DATA_DIR.",
            ),
        ),
    ] = None,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Judge each file; the exit code is the worst of them."""
    settings = load()
    trusted = _given(trust) if trust else _default(settings.data_dir)
    if not as_document:
        _tell_trust(trusted)
    codes: list[ExitCode] = []
    documents: list[dict[str, object]] = []
    with OneProcessBox(settings.box) as box:
        for path in files:
            try:
                verdict = box.run(partial(verify, name=path.name), readable_file(path), trusted.store)
            except CodedError as error:
                tell(error, str(path))
                codes.append(ExitCode.REFUSED)
                documents.append({"name": path.name, "error": as_json(error)})
                continue
            codes.append(CODES[verdict.indication])
            view = VerdictView.of(verdict, language())
            documents.append(view.model_dump(mode="json"))
            if not as_document:
                _print(path, view)
    if as_document:
        console.document({"trust": _trust_json(trusted), "files": documents})
    return worst(codes)


def _given(paths: list[Path]) -> Trusted:
    files = [file for path in paths for file in ([path] if not path.is_dir() else sorted(path.glob("*.pem")))]
    store = TrustStore.from_pem([readable_file(file) for file in files])
    return Trusted(store, tuple(str(path) for path in paths), demo=False)


def _default(data_dir: Path) -> Trusted:
    """The trust folder of the data folder and, if it exists, the demo root; neither is made by verifying."""
    store, sources = TrustStore(), []
    folder, demo = data_dir / TRUST_FOLDER, data_dir / DEMO_FOLDER
    if folder.is_dir():
        store, sources = TrustStore.load(folder), [str(folder)]
    if demo.is_dir():
        store = store.merged(TrustStore.load(demo))
        sources.append(str(demo))
    return Trusted(store, tuple(sources), demo=demo.is_dir())


def _tell_trust(trusted: Trusted) -> None:
    if trusted.demo:
        console.note(
            say(
                "CHÚ Ý: đang tin chứng thư gốc THỬ NGHIỆM của máy này; kết quả KHÔNG CÓ GIÁ TRỊ PHÁP LÝ với chữ ký thử nghiệm.",
                "NOTE: the DEMO root of this machine is trusted; a verdict on a demo signature has NO LEGAL VALUE.",
            ),
            style="yellow",
        )
    if not trusted.store.roots:
        console.note(
            say(
                "Chưa có chứng thư gốc nào để tin; đặt vào thư mục trust/ của SOHOA_DATA_DIR hoặc dùng --trust.",
                "No root certificate is trusted yet; put some into the folder trust/ of SOHOA_DATA_DIR or use --trust.",
            ),
            style="yellow",
        )


def _trust_json(trusted: Trusted) -> dict[str, object]:
    return {"demo": trusted.demo, "sources": list(trusted.sources), "roots_sha256": list(trusted.store.fingerprints())}


def _print(path: Path, view: VerdictView) -> None:
    console.out(f"{view.headline} — {path}", style=COLOURS[view.indication])
    sub = f" / {view.sub_indication}" if view.sub_indication else ""
    console.out(f"  {view.indication.value}{sub}   SHA-256 {view.sha256}")
    _print_findings(view.findings, "  ")
    for number, signature in enumerate(view.signatures, start=1):
        _print_signature(number, signature)


def _print_signature(number: int, view: SignatureView) -> None:
    what = say("Dấu thời gian", "Time-stamp") if view.is_timestamp else say("Chữ ký", "Signature")
    console.out(f"  {what} {number}: {view.headline} — {view.signer or view.field_name}", style=COLOURS[view.indication])
    sub = f" / {view.sub_indication}" if view.sub_indication else ""
    when = view.signing_time.astimezone().isoformat(timespec="seconds") if view.signing_time else "—"
    console.out(f"    {view.indication.value}{sub}   {view.level}   {when} ({view.time_source})   {view.issuer}")
    _print_findings(view.findings, "    ")


def _print_findings(findings: tuple[FindingView, ...], indent: str) -> None:
    for finding in findings:
        console.out(f"{indent}{MARKS[finding.severity]} {finding.message}")
