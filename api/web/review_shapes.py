"""What the template of the review page shows of each field: as typed, how sure and why not, where on the page."""

from __future__ import annotations

from dataclasses import dataclass

from api.http.lookups import fields_of
from api.review.values import as_typed
from api.views import FieldView, PaperView
from api.web.pictures import Crop, Picture, crop_of, pictures_of
from api.wiring import Sohoa
from ocr.fields.types import FieldKind, PaperType, catalogue
from ocr.review.order import field_order
from storage.model import Paper
from storage.review import Round


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field as the page shows it."""

    view: FieldView
    kind: str
    state: str
    """`doubt`, `missing`, `whole` (every field is to be looked at), `none` (an optional one not found) or `sure`."""
    value: str
    """What stands in the input."""
    read: str
    """What Esc brings back."""
    candidates: tuple[str, ...]
    crop: Crop | None
    failed: tuple[str, ...]
    """Codes of checks that contradict."""
    first: str | None
    """The first person's value where it is shown beside one that was typed blindly."""


@dataclass(frozen=True, slots=True)
class PaperShown:
    """One paper as the page shows it."""

    paper: PaperView
    type_name: str
    file_name: str
    round: Round
    blind: bool
    fields: tuple[FieldShown, ...]
    pictures: list[Picture]

    @property
    def differing(self) -> int:
        """Fields that the second person typed otherwise than the first."""
        return sum(field.first is not None for field in self.fields)

    @property
    def open_count(self) -> int:
        """Fields that must be looked at."""
        return sum(field.state in {"doubt", "missing", "whole"} for field in self.fields)


def paper_shown(sohoa: Sohoa, paper: Paper, lang: str) -> PaperShown:
    """The paper with its fields, hardest first."""
    with sohoa.database.read() as uow:
        machine = uow.fields.of_paper(paper.id)
        stand = uow.review_rounds.get(paper.id)
        name = uow.files.get(paper.file_id).name
    kind = catalogue().get(paper.paper_type)
    views = {field.name: field for field in fields_of(sohoa, paper, lang)}
    order = field_order(machine, kind, sohoa.settings.review) if kind else tuple(views)
    blind = sohoa.settings.sampling.blind and stand.round == 2 and not stand.keyed
    pictures = pictures_of(sohoa, paper, views.values())
    fields = [_field(views[name], kind, stand, pictures, blind=blind) for name in (*order, *(set(views) - set(order)))]
    return PaperShown(
        paper=PaperView.of(paper, lang, masked=False),
        type_name=kind.name(lang) if kind else paper.paper_type,
        file_name=name,
        round=stand,
        blind=blind,
        fields=tuple(sorted(fields, key=lambda field: field.first is None)),
        pictures=pictures,
    )


def _field(view: FieldView, paper_type: PaperType | None, stand: Round, pictures: list[Picture], *, blind: bool) -> FieldShown:
    spec = paper_type.spec(view.name) if paper_type else None
    kind = spec.kind if spec else None
    none = "-" if view.required and view.decision is not None else ""  # somebody decided that the paper does not have it
    keyed = as_typed(kind, stand.keyed[view.name]) or none if view.name in stand.keyed else None
    current, read = as_typed(kind, view.current) or none, as_typed(kind, view.value)
    candidates = tuple(dict.fromkeys(as_typed(kind, one) for one in (view.current, view.value, *view.candidates) if one))
    return FieldShown(
        view=view,
        kind=(kind or FieldKind.TEXT).value,
        state=_state(view, stand),
        value="" if blind else keyed if keyed is not None else current,
        read="" if blind else read,
        candidates=() if blind else candidates,
        crop=crop_of(view, pictures),
        failed=tuple(check.code for check in view.checks if check.ok is False),
        first=current if keyed is not None and keyed != current else None,
    )


def _state(view: FieldView, stand: Round) -> str:
    if stand.whole or stand.round == 2:
        return "whole"
    if view.required and not view.value and view.decision is None:
        return "missing"
    if view.doubtful:
        return "doubt"
    return "sure" if view.current else "none"
