"""What a template needs to show pages with boxes on them: size as shown, the turn, which boxes belong to which field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.pages.pictures import page_text, upright_turn
from api.views import EvidenceView, FieldView, PageView
from api.wiring import Sohoa
from storage.model import Paper

_MARGIN = 0.2
"""Surroundings of a crop, as share of its height."""
_LEAST_PX = 60
_WIDE_PX, _HIGH_PX = 460, 96
"""Most that a crop takes on the screen, CSS pixels."""
_ZOOM = 0.6
"""Stored pixels to CSS pixels where there is room: print of a 200-dpi scan is then as large as on paper."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as it is shown: upright; `transform` brings boxes of the stored image onto it (SVG)."""

    index: int
    width_px: int
    height_px: int
    transform: str
    boxes: tuple[tuple[str, EvidenceView], ...]
    turn_deg: int = 0


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a page picture, in its upright pixels, and the size it is shown in (CSS pixels)."""

    page: int
    page_width: int
    page_height: int
    x: float
    y: float
    width: float
    height: float
    shown_width: int
    shown_height: int


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
        boxes = tuple((field.name, place) for field in known for place in field.places if place.page == row.index)
        shown.append(Picture(row.index, width, height, turned(turn, facts.width_px, facts.height_px), boxes, turn))
    return shown


def crop_of(field: FieldView, pictures: list[Picture]) -> Crop | None:
    """The part of the page where the field's value stands (its first page only), or None when that is not known."""
    page = field.places[0].page if field.places else -1
    picture = next((one for one in pictures if one.index == page), None)
    if picture is None:
        return None
    boxes = [_upright(place, picture) for place in field.places if place.page == page]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    margin = max(8.0, min(_MARGIN * (bottom - top), 30.0))
    x, y = max(0.0, left - margin), max(0.0, top - margin)
    width = max(_LEAST_PX, min(right + margin, picture.width_px) - x)
    height = max(_LEAST_PX / 3, min(bottom + margin, picture.height_px) - y)
    scale = min(_ZOOM, _WIDE_PX / width, _HIGH_PX / height)
    return Crop(page, picture.width_px, picture.height_px, x, y, width, height, round(width * scale), round(height * scale))


def _upright(box: EvidenceView, picture: Picture) -> tuple[float, float, float, float]:
    """Left, top, right, bottom on the picture as shown."""
    wide, high = picture.width_px, picture.height_px
    if picture.turn_deg == 90:
        return wide - box.y1, box.x0, wide - box.y0, box.x1
    if picture.turn_deg == 180:
        return wide - box.x1, high - box.y1, wide - box.x0, high - box.y0
    if picture.turn_deg == 270:
        return box.y0, high - box.x1, box.y1, high - box.x0
    return box.x0, box.y0, box.x1, box.y1


def turned(turn_deg: int, width_px: int, height_px: int) -> str:
    """The SVG transform of a clockwise quarter turn of an image of that stored size."""
    turns = {
        90: f"translate({height_px} 0) rotate(90)",
        180: f"translate({width_px} {height_px}) rotate(180)",
        270: f"translate(0 {width_px}) rotate(270)",
    }
    return turns.get(turn_deg, "")
