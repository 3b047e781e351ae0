"""The foot of an administrative document: authority, position and name right, recipients left."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.fields.confidence import DOUBT, KNOWN, all_right, word_right
from ocr.fields.found import field
from ocr.fields.kinds import is_position, lists, position_like, surnames
from ocr.fields.layout import Cell, Sheet, evidence_of
from ocr.fields.words import fold, letters, likeness
from ocr.model import Field

_RECIPIENTS = "Nơi nhận"
_AUTHORITY = re.compile(r"^\W{0,2}(tm|kt|tl|tuq|q)\s?[.,:]\s?(?=\w)|^\W{0,2}(tm|kt|tl|tuq)\s+(?=\w)", re.IGNORECASE)
_NAME_WORD = re.compile(r"[^\W\d_]+")
_RESPELT = 0.88
"""Confidence of a position that differs from the list's spelling in tone marks only."""
_NAME_ALONE = 0.95
"""Strength of a name that nothing else confirms."""
_NAME_REACH = 0.24
"""The name stands at most this share of the page under the position: signature and seal lie between."""


def find_foot(sheets: Sequence[Sheet]) -> tuple[Field, ...]:
    """Authority, position, signer and recipients from the last page that has them; whatever is not there is left out."""
    for sheet in reversed(sheets):
        anchor = _recipients_anchor(sheet)
        block = _signing_lines(sheet, anchor)
        if anchor is not None or block:
            found = [*_signing_fields(sheet, block), _recipients(sheet, anchor) if anchor is not None else None]
            return tuple(made for made in found if made is not None)
    return ()


def _recipients_anchor(sheet: Sheet) -> Cell | None:
    """`Nơi nhận:` alone in its cell at the left; `Nơi nhận hồ sơ: …` in a sentence is none."""
    for cell in reversed(sheet.cells):
        if cell.box.x0 < 0.4 * sheet.width and likeness(cell.text, _RECIPIENTS) >= 0.85:
            return cell
    return None


def _signing_lines(sheet: Sheet, anchor: Cell | None) -> tuple[Cell, ...]:
    """Lines of capitals in the right half that begin with an authority or a position, top to bottom, without a gap."""
    top = anchor.box.y0 - 2.5 * anchor.height if anchor is not None else 0.3 * sheet.height
    right = [cell for cell in sheet.cells if cell.mid_y >= top and sheet.x(cell) > 0.5 and cell.box.x0 > 0.36 * sheet.width]
    found: list[Cell] = []
    for cell in right:
        if found and cell.mid_y - found[-1].mid_y > 3.0 * found[-1].height:
            break
        if _is_signing_line(cell, bool(found), anchor is not None):
            found.append(cell)
    return tuple(found)


def _is_signing_line(cell: Cell, begun: bool, anchored: bool) -> bool:
    if cell.caps < 0.8 or len(letters(cell.text)) < 5:
        return False
    return begun or anchored or _AUTHORITY.match(cell.text) is not None or is_position(cell.text)


def _signing_fields(sheet: Sheet, block: tuple[Cell, ...]) -> list[Field | None]:
    if not block:
        return []
    with_authority = [cell for cell in block if _AUTHORITY.match(cell.text)]
    positions = [cell for cell in block if cell not in with_authority]
    made: list[Field | None] = []
    if with_authority:
        made.append(_authority(with_authority))
    if positions:
        made.append(_position(positions))
    elif with_authority and re.match(r"\W{0,2}q\b", fold(with_authority[-1].text)):
        made.append(_position(with_authority[-1:]))
    made.append(_signer(sheet, block))
    return made


def _authority(cells: list[Cell]) -> Field:
    """Quyền hạn ký: the prefix of the last line that has one (`KT.` of `TM. …` / `KT. …`); the lines stay in `raw`."""
    prefixes = [_prefix(cell.text) for cell in cells]
    known = prefixes[-1] in lists().authorities
    confidence = word_right(cells[-1].confidences[0])
    raw = "; ".join(cell.text for cell in cells)
    made = max(confidence, KNOWN) if known and cells[-1].text.startswith(prefixes[-1]) else min(confidence, DOUBT)
    return field("authority", raw, prefixes[-1], made, where=evidence_of(cells), candidates=reversed(prefixes))


def _prefix(text: str) -> str:
    matched = _AUTHORITY.match(text)
    return f"{(matched.group(1) or matched.group(2) or '').upper()}." if matched else ""


def _position(cells: list[Cell]) -> Field:
    """Chức vụ; doubtful when it is no position of the closed list, since seals are read as capitals too."""
    raw = " ".join(cell.text for cell in cells)
    confidence = all_right(confidence for cell in cells for confidence in cell.confidences)
    value = re.sub(r"^\W+|\W+$", "", raw)
    listed = position_like(value)
    if listed:
        confidence = max(confidence, KNOWN if listed == value.upper() else _RESPELT)
        value = listed
    elif not is_position(value):
        confidence = min(confidence * 0.7, DOUBT)
    return field("signer_title", raw, value, confidence, where=evidence_of(cells))


def _signer(sheet: Sheet, block: tuple[Cell, ...]) -> Field | None:
    """The name under the position: two to six words with capitals, centred under the signing lines."""
    last = block[-1]
    middle = sum(cell.mid_x for cell in block) / len(block)
    candidates = []
    for cell in sheet.cells:
        under = 0.5 * last.height < cell.mid_y - last.mid_y < _NAME_REACH * sheet.height
        if cell not in block and under and abs(cell.mid_x - middle) < 0.14 * sheet.width and _name_words(cell.text):
            candidates.append(cell)
    if not candidates:
        return None
    cell = candidates[0]
    value = " ".join(_name_words(cell.text))
    confidence = all_right(cell.confidences) * (_NAME_ALONE if len(candidates) == 1 else 0.7)
    if value != cell.text or not known_surname(value):
        confidence = min(confidence, DOUBT)
    others = [" ".join(_name_words(other.text)) for other in candidates[1:]]
    return field("signer", cell.text, value, confidence, where=evidence_of([cell]), candidates=others)


def known_surname(name: str) -> bool:
    """Whether the name begins with a family name of the list, tones included; a lost tone shows here first."""
    first = name.split(maxsplit=1)[0] if name else ""
    return first.capitalize() in surnames()


def _name_words(text: str) -> list[str]:
    """The words of a person's name, empty when the text is none."""
    words = [word.strip(".,;:'`|_-") for word in text.split()]
    words = [word for word in words if word]
    fits = 2 <= len(words) <= 6 and all(_NAME_WORD.fullmatch(word) and word[0].isupper() for word in words)
    return words if fits and not all(word.isupper() and len(word) > 1 for word in words) else []


def _recipients(sheet: Sheet, anchor: Cell) -> Field | None:
    """The list under `Nơi nhận:` down to the line `Lưu: …`."""
    found: list[Cell] = []
    for cell in sheet.cells:
        if cell.mid_y <= anchor.mid_y + 0.5 * anchor.height or cell.box.x0 > 0.45 * sheet.width:
            continue
        last = found[-1] if found else anchor
        if cell.box.y0 - last.box.y1 > 2.0 * anchor.height:
            break
        found.append(cell)
        if letters(cell.text).startswith("luu"):
            break
    if not found:
        return None
    raw = " ".join(cell.text for cell in found)
    confidence = all_right(confidence for cell in found for confidence in cell.confidences)
    return field("recipients", raw, raw, confidence, where=evidence_of([anchor, *found]))
