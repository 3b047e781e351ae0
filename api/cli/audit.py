"""`sohoa audit`: everything stored on some days, or issued in a register book, verified again and held against the ledger."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from api.audit import stored
from api.audit.engine import Setting, run
from api.audit.journal import Journal
from api.audit.model import Counts
from api.audit.report_forms import SealAs
from api.audit.results import summarised
from api.audit.words import say as word
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, language, say
from api.cli.opening import actor, opened
from api.cli.options import command, json_option, lang_option, purpose_option
from api.cli.verify_batch import CODES, finish, progress_bar
from api.cli.verify_reports import keep_sealed
from api.cli.verify_telling import tell_trust
from api.signatures.trusted import Trusted
from api.wiring import Sohoa
from signing.report import VIETNAM
from storage.errors import LEDGER_FAULTS, NotFound
from storage.registers import Book

DATES = ["%Y-%m-%d", "%d/%m/%Y"]


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "audit",
        run_audit,
        say(
            "Kiểm tra lại hồ sơ đã lưu theo ngày (--from, --to) hoặc bản chứng thực theo quyển (--book): chữ ký, nội dung trong"
            " kho, và giá trị băm so với sổ nhật ký. Chạy lại cùng lệnh để làm tiếp lượt bị dừng.\n\n"
            "Mã thoát như sohoa verify.",
            "Verify stored records by day (--from, --to) or certified copies by book (--book) again: signatures, the bytes in the"
            " store, and their hash against the ledger. The same command goes on where a run was stopped.\n\n"
            "Exit codes as of sohoa verify.",
        ),
    )


def run_audit(
    out: Annotated[Path, typer.Option("--out", metavar="RESULTS", help=say("Thư mục kết quả.", "Folder of results."))],
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=DATES, metavar="DATE", help=say("Lưu từ ngày (2026-01-31).", "Stored on or after.")),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=DATES, metavar="DATE", help=say("Lưu đến hết ngày.", "Stored on or before.")),
    ] = None,
    book: Annotated[
        str, typer.Option("--book", metavar="BOOK", help=say("Quyển sổ, ví dụ 01/2026-SCTĐT/BS.", "Register book, as listed."))
    ] = "",
    seal: Annotated[
        SealAs | None,
        typer.Option("--seal", metavar="agency|personal", help=say("Ký số bản tổng hợp PDF.", "Sign the summary with this key.")),
    ] = None,
    purpose: Annotated[str, purpose_option()] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Judge what is stored; the exit code is the worst outcome, a broken ledger included."""
    if bool(book) == bool(first or last):
        message = say("cần --from/--to, hoặc --book, không phải cả hai", "give --from/--to or --book, one of them")
        raise typer.BadParameter(message, param_hint="--from/--to/--book")
    today = datetime.now(VIETNAM).date()
    span = (first.date() if first else date(2000, 1, 1), last.date() if last else today)
    if span[0] > span[1]:
        raise typer.BadParameter(say("--from sau --to", "--from is after --to"), param_hint="--from")
    with opened() as sohoa:
        return _audit(sohoa, out, span, book, seal, purpose, as_document=as_document)


def _audit(
    sohoa: Sohoa, out: Path, span: tuple[date, date], label: str, seal: SealAs | None, purpose: str, *, as_document: bool
) -> ExitCode:
    lang, started = language().value, datetime.now(UTC)
    trusted = Trusted(sohoa.signatories.trust(), (str(sohoa.settings.trust_folder),), sohoa.signatories.trusts_demo)
    if not as_document:
        tell_trust(trusted)
    book = _book(sohoa, label) if label else None
    title = (
        word("book", lang, book=label) if book else word("range", lang, first=f"{span[0]:%d/%m/%Y}", last=f"{span[1]:%d/%m/%Y}")
    )
    ledger, whole = _ledger(sohoa, lang)
    setting = Setting(trusted, lang, sohoa.settings.box.workers or len(os.sched_getaffinity(0)))
    with Journal(out, setting.basis) as journal:
        counts = _judged(sohoa, journal, setting, span, book)
        made = summarised(counts, title=title, started=started, trusted=trusted, ledger=ledger)
        finish(journal, made, partial(keep_sealed, seal=seal, settings=sohoa.settings), as_document=as_document)
    with sohoa.database.transaction() as uow:
        details: dict[str, object] = {"scope": title, "files": made.files, "failed": made.failed, "purpose": purpose}
        uow.ledger.append("audit.made", "audit", actor(), details)
    return CODES[made.outcome] if whole else ExitCode.FAILED


def _judged(sohoa: Sohoa, journal: Journal, setting: Setting, span: tuple[date, date], book: Book | None) -> Counts:
    scratch = sohoa.settings.data_dir.resolve() / "tmp"
    fetch = stored.fetcher(sohoa.objects, scratch)
    if book is not None:
        subjects = stored.certified(sohoa.database, book, setting.language)
        with progress_bar(len(subjects)) as show:
            return run(subjects, journal, setting, sohoa.box, fetch=fetch, total=len(subjects), on_progress=show)
    total = stored.count_records(sohoa.database, *span)
    with progress_bar(total) as show:
        found = stored.records(sohoa.database, *span, setting.language)
        return run(found, journal, setting, sohoa.box, fetch=fetch, total=total, on_progress=show)


def _ledger(sohoa: Sohoa, lang: str) -> tuple[str, bool]:
    """What is said of the ledger as a whole, and whether it is whole."""
    with sohoa.database.read() as uow:
        verdict = uow.ledger.verify()
    if verdict.ok:
        return word("ledger_whole", lang, entries=verdict.entries), True
    words = LEDGER_FAULTS.get(str(verdict.fault), (str(verdict.fault),) * 2)
    return word("ledger_broken", lang, seq=verdict.bad_seq, fault=words[0 if lang == "vi" else 1]), False


def _book(sohoa: Sohoa, label: str) -> Book:
    """The book of this name or id; raises NotFound, also when several units have one of the name."""
    with sohoa.database.read() as uow:
        named = [one for one in uow.registers.books("") if label in {one.label, one.id}]
    own = [one for one in named if one.unit == sohoa.settings.unit] or named
    if len(own) != 1:
        raise NotFound(what="register", key=label)
    return own[0]
