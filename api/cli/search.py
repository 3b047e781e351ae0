"""`sohoa search`: find records by their words, with or without diacritics, and by their fields."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import actor, opened
from api.cli.options import command, json_option, lang_option, purpose_option
from api.finding.indexing import field_names, rebuild
from api.views.records import HitView, SearchView
from signing.report import VIETNAM
from storage.finding import SearchQuery, Sort, Validity

DATES = ["%Y-%m-%d", "%d/%m/%Y"]


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "search",
        run,
        say(
            "Tìm hồ sơ theo từ trong giấy tờ; gõ có dấu hay không dấu đều được (`quyet dinh` tìm ra `quyết định`).",
            "Find records by the words on their pages, typed with or without diacritics.",
        ),
    )


def run(
    words: Annotated[list[str] | None, typer.Argument(metavar="WORDS", help=say("Các từ cần tìm.", "Words to find."))] = None,
    owner: Annotated[
        str, typer.Option("--owner", metavar="ID", help=say("Mã định danh chủ sở hữu.", "Owner's identifier."))
    ] = "",
    paper_type: Annotated[str, typer.Option("--type", metavar="TYPE", help=say("Loại giấy tờ.", "Paper type."))] = "",
    number: Annotated[str, typer.Option("--number", metavar="NO", help=say("Số, ký hiệu.", "Number of the paper."))] = "",
    dossier: Annotated[str, typer.Option("--dossier", metavar="CODE", help=say("Mã hồ sơ.", "Dossier code."))] = "",
    issued_from: Annotated[
        datetime | None,
        typer.Option("--from", formats=DATES, metavar="DATE", help=say("Ban hành từ ngày (2026-01-31).", "Issued on or after.")),
    ] = None,
    issued_to: Annotated[
        datetime | None,
        typer.Option("--to", formats=DATES, metavar="DATE", help=say("Ban hành đến ngày.", "Issued on or before.")),
    ] = None,
    unit: Annotated[str, typer.Option("--unit", metavar="CODE", help=say("Đơn vị số hóa.", "Unit that digitised it."))] = "",
    issuer: Annotated[str, typer.Option("--issuer", metavar="WORDS", help=say("Cơ quan cấp.", "Words of the issuer."))] = "",
    year: Annotated[int | None, typer.Option("--year", metavar="YEAR", help=say("Năm cấp.", "Year of issue."))] = None,
    validity: Annotated[
        Validity | None,
        typer.Option("--validity", help=say("Hiệu lực hôm nay.", "What may be said of the record today.")),
    ] = None,
    sort: Annotated[Sort, typer.Option("--sort", help=say("Thứ tự.", "Order."))] = Sort.RELEVANCE,
    anew: Annotated[
        bool,
        typer.Option("--rebuild", help=say("Lập lại toàn bộ chỉ mục tra cứu.", "Make the whole index anew, then stop.")),
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=1000, help=say("Nhiều nhất bao nhiêu.", "At most so many."))
    ] = 50,
    purpose: Annotated[str, purpose_option()] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Print what was found, best first; finding nothing is no failure."""
    if anew:
        return _rebuild(as_document=as_document)
    query = SearchQuery(
        words=" ".join(words or ()),
        owner=owner,
        paper_type=paper_type,
        number=number,
        dossier=dossier,
        issued_from=issued_from.date() if issued_from else None,
        issued_to=issued_to.date() if issued_to else None,
        unit=unit,
        issuer=issuer,
        year=year,
        validity=validity,
        today=datetime.now(VIETNAM).date(),
        sort=sort,
        fields=field_names(),
        limit=limit,
    )
    with opened() as sohoa:
        with sohoa.database.read() as uow:
            view = SearchView.of(uow.search.find(query), limit=limit)
        with sohoa.database.transaction() as uow:  # that it was asked, never the words themselves
            uow.ledger.append("records.searched", "search", actor(), {"purpose": purpose, "found": view.total})
    if as_document:
        console.document(view.model_dump(mode="json"))
        return ExitCode.OK
    for hit in view.hits:
        _print(hit)
    console.note(_told(view))
    return ExitCode.OK


def _told(view: SearchView) -> str:
    shown, more = len(view.hits), "+" if view.more else ""
    if not view.total:
        unknown = f" ({', '.join(view.unknown)})" if view.unknown else ""
        return say(f"Không tìm thấy hồ sơ nào.{unknown}", f"Nothing found.{unknown}")
    told = say(f"{view.total}{more} hồ sơ, hiện {shown}.", f"{view.total}{more} found, {shown} shown.")
    nearly = say(f" Đã tìm gần đúng: {view.instead}.", f" Searched for similar words: {view.instead}.")
    return told + (nearly if view.nearly else "")


def _rebuild(*, as_document: bool) -> int:
    """Every record indexed anew; records that could not be read are told by the exit code."""
    with opened() as sohoa:
        made = rebuild(sohoa, lambda now: console.note(say(f"{now.done} hồ sơ …", f"{now.done} records …")))
        with sohoa.database.transaction() as uow:
            uow.ledger.append("search.rebuilt", "search", actor(), {"indexed": made.done, "failed": made.failed})
    if as_document:
        console.document({"indexed": made.done, "failed": made.failed})
    else:
        console.out(
            say(
                f"Đã lập lại chỉ mục: {made.done} hồ sơ, {made.failed} hồ sơ không đọc được.",
                f"Index made anew: {made.done} records, {made.failed} could not be read.",
            )
        )
    return ExitCode.FAILED if made.failed else ExitCode.OK


def _print(hit: HitView) -> None:
    record = hit.record
    issued = record.issued_on.strftime("%d/%m/%Y") if record.issued_on else ""
    facts = " · ".join(part for part in (record.title, record.number, issued, record.issuer) if part)
    console.out(record.code, style="cyan")
    console.out(f"  {facts}")
    if hit.snippet:
        pieces = (typer.style(part.text, bold=True) if part.hit else part.text for part in hit.snippet)
        console.out("  " + " ".join("".join(pieces).split()))
