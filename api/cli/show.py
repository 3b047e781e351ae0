"""`sohoa show`: one record whole: fields with machine value and decision side by side, seals, journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, language, say
from api.cli.opening import actor, opened
from api.cli.options import command, json_option, lang_option, purpose_option
from api.views.papers import DecisionView, FieldView, PaperView
from api.views.records import JournalView, RecordView
from api.web.catalogue import Texts
from api.wiring import Sohoa
from ocr.fields.types import catalogue
from ocr.model import Decision, Field
from storage.model import LedgerEntry, Paper, Record

SEALED = "paper.sealed"


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything known of one record."""

    record: Record
    paper: Paper
    fields: tuple[Field, ...]
    current: dict[str, Decision]
    decisions: tuple[Decision, ...]
    journal: tuple[LedgerEntry, ...]


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "show",
        run,
        say(
            "Xem một hồ sơ: từng trường với giá trị máy đọc và quyết định, chữ ký, nhật ký. Việc xem được ghi vào sổ nhật ký.",
            "Show one record: every field with machine value and decision, seals, journal. The look is entered in the ledger.",
        ),
    )


def run(
    code: Annotated[str, typer.Argument(metavar="CODE", help=say("Mã kết quả số hóa.", "Digitisation-result code."))],
    purpose: Annotated[str, purpose_option()] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Print the record; identifiers are shown whole, so the look is in the ledger."""
    with opened() as sohoa:
        whole = look(sohoa, code)
        with sohoa.database.transaction() as uow:
            uow.ledger.append("record.viewed", whole.record.paper_id, actor(), {"purpose": purpose})
    if as_document:
        console.document(whole_json(whole))
    else:
        _print(whole)
    return ExitCode.OK


def look(sohoa: Sohoa, code: str) -> Whole:
    """Everything about the record `code`; raises NotFound."""
    with sohoa.database.read() as uow:
        record = uow.records.get(code)
        return Whole(
            record=record,
            paper=uow.papers.get(record.paper_id),
            fields=uow.fields.of_paper(record.paper_id),
            current=uow.fields.current(record.paper_id),
            decisions=uow.fields.decisions(record.paper_id),
            journal=uow.journal.of_paper(record.paper_id),
        )


def field_views(paper_type: str, fields: tuple[Field, ...], current: dict[str, Decision], lang: str) -> list[FieldView]:
    """The fields of the paper type in its order, found or not, then any other that was found."""
    found = {field.name: field for field in fields}
    kind = catalogue().get(paper_type)
    specs = {spec.name: spec for spec in kind.fields} if kind else {}
    names = [*specs, *(name for name in found if name not in specs)]
    return [
        FieldView.of(
            name,
            found.get(name),
            current.get(name),
            label=specs[name].label(lang) if name in specs else "",
            required=name in specs and specs[name].required,
        )
        for name in names
    ]


def whole_json(whole: Whole) -> dict[str, object]:
    """The record for machines."""
    lang = language()
    return {
        "record": RecordView.of(whole.record, masked=False).model_dump(mode="json"),
        "paper": PaperView.of(whole.paper, lang, masked=False).model_dump(mode="json"),
        "fields": [
            view.model_dump(mode="json") for view in field_views(whole.record.paper_type, whole.fields, whole.current, lang)
        ],
        "decisions": [{"field": one.field} | DecisionView.of(one).model_dump(mode="json") for one in whole.decisions],
        "seals": [entry.details for entry in whole.journal if entry.event == SEALED],
        "journal": [JournalView.of(entry).model_dump(mode="json") for entry in whole.journal],
    }


def _print(whole: Whole) -> None:
    record = whole.record
    console.out(record.code, style="cyan")
    kind = catalogue().get(record.paper_type)
    facts = [
        (say("Loại giấy tờ", "Paper type"), kind.name(language()) if kind else record.paper_type),
        (say("Trạng thái", "State"), Texts(language()).label("validity", record.state)),
        (say("Mã hồ sơ", "Dossier"), record.dossier),
        (say("Chủ sở hữu", "Owner"), record.owner),
        (say("Số trang", "Pages"), str(record.pages)),
        (say("Bản gốc", "Original"), record.original.sha256),
        (say("Bản đã ký", "Sealed"), record.sealed.sha256),
    ]
    for line in console.columns([fact for fact in facts if fact[1]]):
        console.out(f"  {line}")
    _print_fields(whole)
    _print_journal(whole.journal)


def _print_fields(whole: Whole) -> None:
    console.out(say("Các trường", "Fields"), style="cyan")
    rows, label = [], Texts(language()).label
    for view in field_views(whole.record.paper_type, whole.fields, whole.current, language()):
        if not view.value and not view.current:
            continue
        decided = say("chưa quyết định", "undecided")
        if view.decision:
            decided = f"{label('decision', view.decision.kind)} ({view.decision.by})"
        read = "" if view.value == view.current else say(f" (máy đọc: {view.value})", f" (read: {view.value})")
        rows.append((view.label, f"{view.confidence:.0%}" if view.value else "—", decided, view.current + read))
    for line in console.columns(rows):
        console.out(f"  {line}")


def _print_journal(journal: tuple[LedgerEntry, ...]) -> None:
    for entry in journal:
        if entry.event == SEALED:
            signer, level = entry.details.get("signer", ""), entry.details.get("level", "")
            console.out(say("Chữ ký", "Seal") + f": {signer} · {level} · {entry.details.get('signed_at', '')}")
    console.out(say("Nhật ký", "Journal"), style="cyan")
    told = Texts(language()).label
    rows = [(_moment(entry), told("event", entry.event), entry.actor) for entry in journal]
    for line in console.columns(rows):
        console.out(f"  {line}")


def _moment(entry: LedgerEntry) -> str:
    return entry.at.astimezone().isoformat(sep=" ", timespec="seconds")
