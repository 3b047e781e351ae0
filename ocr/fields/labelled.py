"""Papers with printed labels: each field stands after (or under) one of its anchors, as the paper type's data says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ocr.fields import checks, dates
from ocr.fields.administrative import administrative
from ocr.fields.card import agree, qr_fields
from ocr.fields.confidence import DOUBT, all_right
from ocr.fields.found import field, from_cells
from ocr.fields.head import find_head
from ocr.fields.issued import find_date, find_issuer, written_by_hand
from ocr.fields.layout import Cell, Sheet, evidence_of, rows
from ocr.fields.marks import find_marks
from ocr.fields.placed import foot_date, foot_issuer, subject_under_title
from ocr.fields.signature import find_foot, known_surname
from ocr.fields.stamps import stamped
from ocr.fields.titles import title_cells
from ocr.fields.types import FieldKind, FieldSpec, PaperType, Zone
from ocr.fields.validity import find_validity
from ocr.fields.words import begins_with, fold, letters
from ocr.model import Check, Field

_AFTER_LABEL = re.compile(r"^[\s:.,;…_·\-–/)]+")
_ENGLISH_LABEL = re.compile(r"^\s*/\s*[A-Za-z .,'()/]{2,40}:")
_TITLE_LIKE = 0.84
_LABEL_GOES_ON = re.compile(r"\s+(?![A-ZĐÀ-Ỹ])[^\W\d_][^:]{0,40}:")
"""`Họ, chữ đệm, tên` followed by `người mẹ:` is another label."""
_ROW_GAP = 2.5
_SECOND_COLUMN = 0.45
_MARGIN_SHARE = 0.84
"""A name that ends beyond this share of the page's width may go on in the next line."""
_BARE_SHARE = 0.9
"""Strength of a value found by anchor alone, without a pattern."""


def labelled(kind: PaperType, sheets: Sequence[Sheet], today: date) -> tuple[Field, ...]:
    """All fields of a paper of this type that its anchors, its head or its QR code give."""
    found: dict[str, Field] = {}
    for spec in kind.fields:
        made = _by_anchor(spec, kind, sheets, today) if spec.anchors else None
        made = made or (_by_pattern(spec, sheets, today) if spec.alone else None)
        if made is not None:
            found[spec.name] = made
    for made in _by_head(kind, sheets, today):
        found.setdefault(made.name, made)
    for coded in qr_fields(kind, sheets, today):
        found[coded.name] = agree(found.get(coded.name), coded)
    return tuple(found.values())


def generic(kind: PaperType, sheets: Sequence[Sheet], today: date) -> tuple[Field, ...]:
    """Fields of a paper of no known type: what its anchors and an administrative head, where there is one, give.

    Everything but a QR code's witness stays below the thresholds: nothing vouches for the layout.
    """
    found = {made.name: made for made in labelled(kind, sheets, today)}
    for made in administrative(sheets, today):
        found.setdefault(made.name, made)
    return tuple(_doubted(made) for made in found.values())


def _doubted(made: Field) -> Field:
    if any(check.code.startswith("qr.") for check in made.checks):
        return made
    return field(
        made.name,
        made.raw,
        made.value,
        min(made.confidence, DOUBT),
        where=made.evidence,
        candidates=made.candidates,
        checks=made.checks,
    )


def _by_head(kind: PaperType, sheets: Sequence[Sheet], today: date) -> tuple[Field, ...]:
    """Title, date of issue and issuer where they stand in a head, marks and validity anywhere."""
    made: list[Field | None] = [_title(kind, sheets)]
    head = find_head(sheets[0])
    issued = find_date(head, today)
    made += [issued or foot_date(sheets, today), *find_issuer(head), foot_issuer(sheets), *find_foot(sheets)]
    made += [subject_under_title(head, sheets[0]), *find_marks(sheets[0]), *find_validity(sheets, issued)]
    wanted = {spec.name for spec in kind.fields}
    found = {one.name: one for one in reversed(made) if one is not None and one.name in wanted}
    return tuple(found.values())


def _title(kind: PaperType, sheets: Sequence[Sheet]) -> Field | None:
    """The paper's printed name: the type's own spelling (its longest that stands there), a title cue's line, or a title line."""
    own = sorted((kind.title, *kind.longer_titles), key=len, reverse=True) if kind.title else []
    groups = [cells for sheet in sheets for cells in title_cells(sheet)]
    texts = [" ".join(cell.text for cell in cells) for cells in groups]
    cues = [cue.phrase for cue in kind.cues if cue.where is Zone.TITLE]
    for cells, text in zip(groups, texts, strict=True):
        spelt = next((name for name in own if letters(name) in letters(text)), None)
        if spelt is not None:
            return field("title", text, spelt, 0.97, where=evidence_of(cells))
    for cells, text in zip(groups, texts, strict=True):
        if any(begins_with(text, cue) >= _TITLE_LIKE for cue in cues):
            return from_cells("title", cells, factor=0.95)
    if kind.title:
        return field("title", "", kind.title, DOUBT)
    return from_cells("title", groups[0], factor=0.8) if groups else None


def _by_anchor(spec: FieldSpec, kind: PaperType, sheets: Sequence[Sheet], today: date) -> Field | None:
    """The first usable value after an anchor in reading order; an unusable one only when there is no other."""
    anchors = [anchor for other in kind.fields for anchor in other.anchors if other.name != spec.name]
    unusable: Field | None = None
    for sheet in sheets:
        later = stamped(sheet)
        lines = rows([cell for cell in sheet.cells if cell not in later and _in_place(cell, sheet, spec)], _ROW_GAP)
        for position, cell in enumerate(lines):
            ends = (_anchor_end(cell.text, anchor) for anchor in spec.anchors)
            end = next((found for found in ends if found is not None), None)
            made = _value(spec, cell, end, lines[position + 1 :], anchors, today) if end is not None else None
            if made is not None and made.value:
                return made
            unusable = unusable or made
    return unusable


def _by_pattern(spec: FieldSpec, sheets: Sequence[Sheet], today: date) -> Field | None:
    """A cell that is nothing but the pattern, as serial numbers printed by themselves are."""
    for sheet in sheets:
        for cell in sheet.cells:
            if re.fullmatch(spec.pattern, cell.text):
                return _made(spec, cell.text, [cell], today)
    return None


def _in_place(cell: Cell, sheet: Sheet, spec: FieldSpec) -> bool:
    if spec.column and (cell.box.x0 > _SECOND_COLUMN * sheet.width) != (spec.column == 2):
        return False
    if spec.where is Zone.HEAD:
        return sheet.y(cell) <= 0.4
    return sheet.y(cell) > 0.3 if spec.where is Zone.BODY else True


def _anchor_end(text: str, anchor: str) -> int | None:
    """Where the text after the anchor begins; the anchor is matched folded, at word borders, spaces and points being free."""
    parts = [re.escape(part) for part in fold(anchor).split()]
    matched = re.search(r"(?<![a-z0-9])" + r"[\s.,]*".join(parts) + r"(?![a-z0-9])", fold(text))
    if matched is None or _LABEL_GOES_ON.match(text[matched.end() :]):
        return None
    return matched.end()


def _value(spec: FieldSpec, cell: Cell, end: int, below: Sequence[Cell], others: Sequence[str], today: date) -> Field | None:
    """The value behind a label that ends at `end`: in its line, beside it, or (where the type says so) under it."""
    text = _until_next(_strip(cell.text[end:]), others)
    level = (one for one in below if abs(one.mid_y - cell.mid_y) < 0.6 * cell.height and one.box.x0 >= cell.box.x1)
    beside = next(level, None) if not text else None
    under = next((one for one in below if _is_under(one, cell)), None) if spec.below else None
    tries = [(text, cell)] if text else []
    tries += [(_until_next(_strip(one.text), others), one) for one in (beside, under) if one is not None]
    first: Field | None = None
    for found, holder in tries if spec.kind is FieldKind.DATE else tries[:1]:  # only a date shows whether it is one
        made = _made(spec, *_run_on(found, [holder], below, spec.lines, others), today)
        if made is not None and made.value:
            return made
        first = first or made
    return first


def _is_under(other: Cell, cell: Cell) -> bool:
    """Whether a cell stands on the next lines below another, one over the other."""
    down = other.mid_y - cell.mid_y
    beside = min(other.box.x1, cell.box.x1) - max(other.box.x0, cell.box.x0)
    return 0.5 * cell.height < down < 4 * cell.height and beside > 0


def _strip(text: str) -> str:
    return _AFTER_LABEL.sub("", _ENGLISH_LABEL.sub("", text, count=1)).strip()


def _until_next(text: str, others: Sequence[str]) -> str:
    """The text up to the next field's label in the same line, without leader dots at its end."""
    ends = [_anchor_start(text, anchor) for anchor in others]
    cut = min((end for end in ends if end is not None), default=len(text))
    return re.sub(r"[\s.…_;:,\-–]+$", "", text[:cut])


def _anchor_start(text: str, anchor: str) -> int | None:
    parts = [re.escape(part) for part in fold(anchor).split()]
    matched = re.search(r"(?<![a-z0-9])" + r"[\s.,]*".join(parts) + r"\s*[:.]", fold(text))
    return matched.start() if matched else None


def _run_on(text: str, cells: list[Cell], below: Sequence[Cell], most: int, others: Sequence[str]) -> tuple[str, list[Cell]]:
    """Following lines without a label of their own, as many as the value may run over."""
    for cell in below:
        last = cells[-1]
        if len(cells) >= most or cell.box.y0 - last.box.y1 > 1.2 * last.height:
            break
        if cell.mid_y <= last.mid_y + 0.5 * last.height:
            continue
        if ":" in cell.text or any(_anchor_start(cell.text, anchor) is not None for anchor in others):
            break
        text, cells = f"{text} {cell.text}", [*cells, cell]
    return text, cells


def _made(spec: FieldSpec, text: str, cells: Sequence[Cell], today: date) -> Field | None:
    """The field of a text by its kind; None when the text does not match the pattern or is no value of that kind."""
    matched = re.search(spec.pattern, text) if spec.pattern else None
    if spec.pattern and matched is None:
        return None
    raw = matched.group(0) if matched else text
    value, judged = normalised(spec.kind, raw, today)
    if not letters(raw):
        return None
    sure = all_right(confidence for cell in cells for confidence in cell.confidences)
    sure *= 1.0 if spec.pattern or judged else _BARE_SHARE
    if spec.kind is FieldKind.NAME and not _whole_name(value):
        sure = min(sure, DOUBT)
    if spec.kind is FieldKind.DATE and any(written_by_hand(cell) for cell in cells):
        sure = min(sure, DOUBT)
    return field(spec.name, raw, value, sure, where=evidence_of(cells), checks=judged)


def _whole_name(value: str) -> bool:
    """Whether a name has at least two words of letters and begins with a family name (or is a name abroad, unsure)."""
    words = value.split()
    return len(words) > 1 and known_surname(value) and all(word.isalpha() for word in words)


def normalised(kind: FieldKind, raw: str, today: date) -> tuple[str, tuple[Check, ...]]:
    """The normal form of a raw value and its checks; an empty form when the raw text holds no value of that kind."""
    joined = re.sub(r"\s", "", raw)
    if kind is FieldKind.DATE:
        read = dates.first_date(raw)
        return (read.iso, (checks.any_date(read.iso),)) if read is not None and read.iso else ("", ())
    if kind is FieldKind.PERSONAL_ID:
        digits = re.search(r"(?<![0-9])(?:[0-9]{12}|[0-9]{9})(?![0-9])", re.sub(r"(?<=[0-9])[\s.](?=[0-9])", "", raw))
        return (digits.group(0), checks.personal_id(digits.group(0), today)) if digits else ("", ())
    if kind is FieldKind.TAX_CODE:
        code = re.search(r"[0-9]{10}(?:-[0-9]{3})?", joined)
        return (code.group(0), checks.tax_code(code.group(0))) if code else ("", ())
    plain = {
        FieldKind.NUMBER: joined.strip(".,;:"),
        FieldKind.CODE: joined.upper(),
        FieldKind.DECIMAL: joined.replace(".", "").replace(",", "."),
        FieldKind.NAME: _bare_name(raw),
    }
    return plain.get(kind, " ".join(raw.split())), ()


def _bare_name(raw: str) -> str:
    """A name without Ông/Bà before it and without what follows a comma or `sinh`."""
    name = re.split(r"[,;(]|\s[Ss]inh\s", raw)[0]
    return " ".join(re.sub(r"^\W*(?:Ông|Bà)(?:\s*/\s*(?:Ông|Bà))?\s*:?\s+", "", name).split())
