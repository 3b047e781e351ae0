"""`sohoa fixity`: are the stored bytes still what was stored, and do objects and rows agree."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from typer.main import get_command

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import opened
from api.cli.options import Command, application, json_option, lang_option
from api.keeping import fixity
from api.keeping.fixity import Run, Status
from api.keeping.reconciling import reconcile
from signing.report import VIETNAM
from storage.preservation import Health, ObjectState, Place, Tally

_PLACES = {Place.MAIN: ("kho chính", "main store"), Place.COPY: ("kho thứ hai", "second store")}
_HEALTH = {Health.CORRUPT: ("bị hỏng", "damaged"), Health.MISSING: ("bị mất", "gone")}


def build() -> Any:
    """The group, in the language of this run."""
    app = application(name="fixity", help=say("Tệp trong kho còn nguyên không.", "Stored objects."), no_args_is_help=True)
    app.callback()(_group)
    app.command("run", cls=Command, help=say("Đọc lại, chép sang kho thứ hai, sửa tệp hỏng.", "Read again, copy, mend."))(run_now)
    app.command("status", cls=Command, help=say("Tình trạng các tệp, không đọc lại.", "What is known, reading nothing."))(
        run_status
    )
    app.command(
        "reconcile", cls=Command, help=say("Đối chiếu kho tệp với cơ sở dữ liệu hai chiều.", "Hold objects and rows together.")
    )(run_reconcile)
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def run_now(
    whole: Annotated[
        bool, typer.Option("--all", help=say("Mọi tệp, không giới hạn tốc độ.", "Every object, without speed limit."))
    ] = False,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Copy what has no second copy, then read a share of the objects (or all) again."""
    with opened() as sohoa:
        copied = fixity.replicate(sohoa)
        checked = fixity.run(sohoa, whole=whole)
        known = fixity.status(sohoa)
    done = Run(
        checked.checked + copied.checked,
        checked.repaired + copied.repaired,
        checked.lost,
        copied.copied,
        checked.read_bytes + copied.read_bytes,
    )
    if as_document:
        console.document({**asdict(done), "ok": known.ok})
    else:
        vi = f"Đã đọc lại {done.checked} tệp, chép {done.copied}, sửa {done.repaired}, không sửa được {done.lost}."
        en = f"{done.checked} objects read, {done.copied} copied, {done.repaired} mended, {done.lost} beyond mending."
        console.out(say(vi, en), style="green" if known.ok else "red")
        _tell_bad(known)
    return ExitCode.OK if known.ok else ExitCode.FAILED


def run_status(as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None) -> int:
    """What is known of every place, and what is damaged or gone."""
    with opened() as sohoa:
        known = fixity.status(sohoa)
    if as_document:
        console.document(
            {"ok": known.ok, "places": known.places, "bad": [_document(one) for one in known.bad], "aside": known.aside}
        )
        return ExitCode.OK if known.ok else ExitCode.FAILED
    for place in known.places:
        _tell(place)
    if len(known.places) == 1:
        console.note(
            say("Không có kho thứ hai (SOHOA_REPLICA_URL).", "There is no second store (SOHOA_REPLICA_URL)."), style="yellow"
        )
    if known.aside:
        vi, en = f"{known.aside} tệp không ai dùng đã cất riêng.", f"{known.aside} objects nobody names are in the quarantine."
        console.out(say(vi, en))
    _tell_bad(known)
    return ExitCode.OK if known.ok else ExitCode.FAILED


def _document(one: ObjectState) -> dict[str, object]:
    return {"place": one.place, "sha256": one.object.sha256, "size": one.object.size, "health": one.health, "at": one.checked_at}


def _tell(place: Tally) -> None:
    name = say(*_PLACES[place.place])
    since = place.oldest_check.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M") if place.oldest_check else "–"
    vi = f"{name}: {place.objects} tệp, {place.size_bytes / 1e6:.1f} MB, hỏng {place.corrupt}, mất {place.missing}"
    en = f"{name}: {place.objects} objects, {place.size_bytes / 1e6:.1f} MB, damaged {place.corrupt}, gone {place.missing}"
    waiting_vi = f", chưa {'đọc lại' if place.place is Place.MAIN else 'chép'} {place.unchecked}; lần đọc xa nhất {since}"
    waiting_en = f", not {'read' if place.place is Place.MAIN else 'copied'} yet {place.unchecked}; longest unread since {since}"
    console.out(say(vi + waiting_vi, en + waiting_en), style="red" if place.bad else "")


def _tell_bad(known: Status) -> None:
    for one in known.bad:
        vi, en = _HEALTH[one.health]
        console.out(
            say(f"✗ {one.object.sha256} {vi}, {_PLACES[one.place][0]}", f"✗ {one.object.sha256} {en}, {_PLACES[one.place][1]}")
        )


def run_reconcile(
    as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None
) -> int:
    """Compare objects and rows, mend what is missing, set aside what nobody names."""
    with opened() as sohoa:
        found = reconcile(sohoa)
    if as_document:
        console.document(asdict(found))
    else:
        vi = f"Cơ sở dữ liệu nêu {found.named} tệp, trong kho có {found.stored}; mất {found.missing} (đã sửa {found.repaired})."
        en = f"{found.named} objects are named, {found.stored} are stored; {found.missing} missing ({found.repaired} mended)."
        console.out(say(vi, en), style="green" if found.missing == found.repaired else "red")
        vi = f"Không ai dùng: {found.unnamed} còn mới, {found.set_aside} vừa cất riêng, {found.brought_back} đã đưa về."
        en = f"Named by nobody: {found.unnamed} still young, {found.set_aside} set aside now, {found.brought_back} brought back."
        console.out(say(vi, en))
    return ExitCode.OK if found.missing == found.repaired else ExitCode.FAILED
