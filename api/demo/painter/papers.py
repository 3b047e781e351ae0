"""The papers the painter can paint, by name."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from api.demo.painter.civil import birth_certificate, marriage_certificate
from api.demo.painter.decrees import DecreeOptions, decision, letter, notice
from api.demo.painter.errors import UnknownPaper
from api.demo.painter.forms import application, contract
from api.demo.painter.idcard import id_card
from api.demo.painter.land import land_certificate
from api.demo.painter.page import PaintedPage
from api.demo.painter.plan import Plan
from api.demo.painter.raster import paint_plan


class PaperKind(StrEnum):
    """Kinds of sample papers."""

    DECISION = "decision"
    NOTICE = "notice"
    LETTER = "letter"
    BIRTH = "birth"
    MARRIAGE = "marriage"
    LAND = "land"
    ID_CARD = "id_card"
    APPLICATION = "application"
    CONTRACT = "contract"


_MAKERS: dict[PaperKind, Callable[[int], tuple[Plan, ...]]] = {
    PaperKind.BIRTH: birth_certificate,
    PaperKind.MARRIAGE: marriage_certificate,
    PaperKind.LAND: land_certificate,
    PaperKind.ID_CARD: id_card,
    PaperKind.APPLICATION: application,
    PaperKind.CONTRACT: contract,
}
_DECREES = {PaperKind.DECISION: decision, PaperKind.NOTICE: notice, PaperKind.LETTER: letter}


def plan_paper(kind: str, seed: int, *, by_hand: bool = False, table: bool = True) -> tuple[Plan, ...]:
    """The pages of a paper as plans; `by_hand` and `table` matter for administrative documents only.

    Raises:
        UnknownPaper: `kind` is no `PaperKind`.
    """
    try:
        wanted = PaperKind(kind)
    except ValueError as error:
        raise UnknownPaper(name=kind, known=", ".join(PaperKind)) from error
    if wanted in _DECREES:
        return _DECREES[wanted](seed, DecreeOptions(table=table, by_hand=by_hand))
    return _MAKERS[wanted](seed)


def paint(kind: str, seed: int, dpi: int = 300, *, by_hand: bool = False, table: bool = True) -> tuple[PaintedPage, ...]:
    """The pages of a paper, clean, painted at `dpi`. The same arguments always give the same pixels."""
    plans = plan_paper(kind, seed, by_hand=by_hand, table=table)
    return tuple(paint_plan(plan, dpi, kind=kind, number=number) for number, plan in enumerate(plans, 1))
