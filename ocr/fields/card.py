"""The QR code of a citizen's card: the stronger witness, printed by the issuer and protected by its own check bits.

Seven fields joined by `|`: number, old CMND, name, birth date ddMMyyyy, sex, address, issue date ddMMyyyy; the 2024
card adds more after them, which are not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ocr.fields import checks
from ocr.fields.found import field
from ocr.fields.layout import Sheet
from ocr.fields.types import FieldKind, FieldSpec, PaperType
from ocr.fields.words import nfc
from ocr.model import Check, Evidence, Field

_FEWEST_PARTS = 7
_QR_SURE = 0.99


def card_parts(text: str) -> tuple[str, ...]:
    """The parts of a card's QR text, empty when the text is no card's."""
    parts = tuple(nfc(part) for part in text.split("|"))
    looks_right = len(parts) >= _FEWEST_PARTS and re.fullmatch(r"[0-9]{12}", parts[0]) and re.fullmatch(r"[0-9]{8}", parts[3])
    return parts if looks_right else ()


def qr_fields(kind: PaperType, sheets: Sequence[Sheet], today: date) -> tuple[Field, ...]:
    """Fields of the type that stand in a card's QR code on any of the pages; of two cards the first one's."""
    for sheet in sheets:
        for code in sheet.codes:
            parts = card_parts(code.text)
            if parts:
                where = (Evidence(page=sheet.index, box=code.box),)
                made = (_from_part(spec, parts, where, today) for spec in kind.fields if 0 <= spec.qr_index < len(parts))
                return tuple(found for found in made if found is not None)
    return ()


def _from_part(spec: FieldSpec, parts: tuple[str, ...], where: tuple[Evidence, ...], today: date) -> Field | None:
    raw = parts[spec.qr_index]
    value = _iso(raw) if spec.kind is FieldKind.DATE else raw
    if not value:
        return None
    judged = checks.personal_id(value, today) if spec.kind is FieldKind.PERSONAL_ID else ()
    return field(spec.name, raw, value, _QR_SURE, where=where, checks=(*judged, Check("qr.read", ok=True)))


def agree(printed: Field | None, coded: Field) -> Field:
    """The coded value with a check on the printed one: two witnesses that differ are put before a person."""
    if printed is None or not printed.value:
        return coded
    same = _plain(printed.value) == _plain(coded.value)
    verdict = True if same else False if printed.confidence > 0.5 else None
    return field(
        coded.name,
        coded.raw,
        coded.value,
        coded.confidence,
        where=(*coded.evidence, *printed.evidence),
        candidates=(printed.value,),
        checks=(*coded.checks, Check("qr.agrees_with_print", ok=verdict)),
    )


def _plain(value: str) -> str:
    return "".join(value.casefold().split())


def _iso(text: str) -> str:
    if not re.fullmatch(r"[0-9]{8}", text):
        return ""
    value = f"{text[4:]}-{text[2:4]}-{text[:2]}"
    return value if checks.parse_iso(value) is not None else ""
