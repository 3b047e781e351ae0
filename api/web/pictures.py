"""What a template needs to show pages with boxes on them: size as shown, the turn, which boxes belong to which field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.http.pages import page_text, upright_turn
from api.views import EvidenceView, FieldView, PageView
from api.wiring import Sohoa
from storage.model import Paper


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as it is shown: upright; `transform` brings boxes of the stored image onto it (SVG)."""

    index: int
    width_px: int
    height_px: int
    transform: str
    boxes: tuple[tuple[str, EvidenceView], ...]


def pictures_of(sohoa: Sohoa, paper: Paper, fields: Iterable[FieldView] = ()) -> list[Picture]:
    """The pages of a paper in order, with the boxes of the fields found on them."""
    with sohoa.database.read() as uow:
        rows = uow.pages.of_paper(paper.id)
    known = list(fields)
    shown = []
    for row in rows:
        turn = upright_turn(row, page_text(sohoa, row))
        facts = PageView.of(row)
        width, height = (facts.height_px, facts.width_px) if turn in {90, 270} else (facts.width_px, facts.height_px)
        boxes = tuple((field.name, place) for field in known for place in field.evidence if place.page == row.index)
        shown.append(Picture(row.index, width, height, turned(turn, facts.width_px, facts.height_px), boxes))
    return shown


def turned(turn_deg: int, width_px: int, height_px: int) -> str:
    """The SVG transform of a clockwise quarter turn of an image of that stored size."""
    turns = {
        90: f"translate({height_px} 0) rotate(90)",
        180: f"translate({width_px} {height_px}) rotate(180)",
        270: f"translate(0 {width_px}) rotate(270)",
    }
    return turns.get(turn_deg, "")
