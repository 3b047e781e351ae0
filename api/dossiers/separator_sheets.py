"""Printable separator sheets for the components of a dossier, as a PDF from the desk.

Each sheet has the QR code that files what follows, and two bar codes by which it is still known when the QR code is not. The
numbers run through one print, so that a lost sheet leaves a gap (`ingest.separators`): a sheet without its paper stays in the
stack. The owner's identifier is in the QR code only where the component must be the owner's own.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import segno
import zxingcpp
from PIL import Image

from api.dossiers.sheet import DossierSheet, Part
from ingest.separators import mark, payload
from ocr import typeset
from ocr.typeset.model import Align, Block, Facts, Gap, PageBreak, Picture, Sheet, Style, Text
from storage.dossiers import ComponentState
from storage.procedures import ANY_PAPER

QR_MM, STRIP_MM = 75.0, 120.0
_NAME = Style(size_pt=24, bold=True, align=Align.CENTRE, leading=1.25)
_TITLE = Style(size_pt=16, bold=True, align=Align.CENTRE)
_NOTE = Style(size_pt=12, align=Align.CENTRE, leading=1.3)


@dataclass(frozen=True, slots=True)
class SeparatorSheet:
    """One sheet: what its code says and what people read on it."""

    facts: dict[str, str]
    number: int
    count: int
    dossier: str
    name: str
    required: bool


def sheets_for(dossier: DossierSheet, chosen: Sequence[str] = (), stack: str = "") -> tuple[SeparatorSheet, ...]:
    """A sheet for each chosen component, else for each that has no paper yet, in the order of the dossier."""
    parts = [part for part in dossier.parts if (part.component.code in chosen if chosen else _open(part))]
    print_id = stack or secrets.token_hex(4)
    return tuple(
        SeparatorSheet(
            facts=_facts(dossier, part) | {"stack": print_id, "sheet": str(number), "of": str(len(parts))},
            number=number,
            count=len(parts),
            dossier=dossier.dossier.code,
            name=part.component.name,
            required=part.component.required,
        )
        for number, part in enumerate(parts, 1)
    )


def _open(part: Part) -> bool:
    return part.component.state is ComponentState.TO_DIGITISE


def _facts(dossier: DossierSheet, part: Part) -> dict[str, str]:
    kind = part.kind
    one_type = kind.papers[0] if kind is not None and len(kind.papers) == 1 and kind.papers[0] != ANY_PAPER else ""
    own = kind is not None and kind.whose == "owner"
    owner = dossier.dossier.owner.id if own else ""
    return {"dossier": dossier.dossier.code, "component": part.component.code, "type": one_type, "owner": owner}


def write(sheets: Sequence[SeparatorSheet], made_at: datetime, out: Path) -> None:
    """The sheets as PDF/A-2b, one page each. Raises PrintFontMissing, PdfNotWritten."""
    blocks: list[Block] = []
    for sheet in sheets:
        blocks += [*([PageBreak()] if blocks else []), *_page(sheet)]
    typeset.write(Sheet(title="Tờ ngăn", blocks=tuple(blocks), created_at=made_at, margin_mm=18, numbered=False), out)


def _page(sheet: SeparatorSheet) -> list[Block]:
    strip = Picture(strip_png(sheet.number), STRIP_MM, Align.CENTRE)
    return [
        strip,
        Gap(6),
        Text(f"TỜ NGĂN {sheet.number}/{sheet.count}", _TITLE),
        Gap(4),
        Text(sheet.name, _NAME),
        Gap(5),
        Picture(qr_png(sheet.facts), QR_MM, Align.CENTRE),
        Gap(5),
        Facts((("Mã hồ sơ", sheet.dossier), ("Thành phần", sheet.facts.get("component", ""))), label_mm=40, size_pt=13),
        Gap(3),
        Text("Đặt tờ này TRƯỚC giấy tờ của thành phần. Thiếu giấy tờ vẫn để tờ ngăn trong tập.", _NOTE),
        Gap(6),
        strip,
    ]


def qr_png(facts: dict[str, str]) -> bytes:
    """The QR code with its quiet zone, as PNG; a quarter of it may be damaged."""
    out = io.BytesIO()
    segno.make(payload(facts), error="q", micro=False).save(out, kind="png", scale=8, border=4)
    return out.getvalue()


def strip_png(number: int) -> bytes:
    """The bar code of a sheet, as PNG."""
    made = zxingcpp.create_barcode(mark(number), zxingcpp.BarcodeFormat.Code128)
    out = io.BytesIO()
    Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=4)).save(out, "PNG")
    return out.getvalue()
