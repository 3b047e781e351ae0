"""When and where a paper is in force, taken only where the paper says so about itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.fields import checks, dates
from ocr.fields.confidence import DOUBT, all_right
from ocr.fields.found import field
from ocr.fields.layout import Cell, Sheet, evidence_of
from ocr.fields.words import fold
from ocr.model import Field

_UNTIL = re.compile(
    r"(?:co )?(?:gia tri|hieu luc|thoi han)(?: su dung)?(?: thi hanh)?\s*(?:den|toi)(?: het)?(?: ngay)?\s*[:.]?\s*"
)
_FROM = re.compile(r"co (?:gia tri|hieu luc)(?: thi hanh)?\s*(?:ke tu|tu)(?: ngay)?\s*")
_ON_SIGNING = re.compile(r"^\W{0,2}(ky|ban hanh|ky ban hanh)\b")
_SCOPE = re.compile(
    r"co (?:gia tri|hieu luc)(?: su dung| thi hanh| ap dung)?\s+"
    r"((?:trong pham vi|tren dia ban|trong ca nuoc|tren toan quoc)[^.;]*)"
)
_ITSELF = re.compile(r"\bnay\b[^.;]{0,40}$|^\W{0,4}$|[.;:]\s*$")
_DATE_REACH = 45


@dataclass(frozen=True, slots=True)
class _Stream:
    """All words of a sheet as one folded text that knows which cell each letter came from."""

    text: str
    cells: tuple[Cell, ...]
    starts: tuple[int, ...]

    def cells_of(self, start: int, end: int) -> tuple[Cell, ...]:
        """The cells that overlap start..end."""
        return tuple(cell for cell, at in zip(self.cells, self.starts, strict=True) if at < end and at + len(cell.text) > start)


def find_validity(sheets: Sequence[Sheet], issued: Field | None) -> tuple[Field, ...]:
    """`valid_from`, `valid_until` and `scope` as stated; a sentence that may speak of another paper is doubtful."""
    found: dict[str, Field] = {}
    for sheet in sheets:
        stream = _stream(sheet)
        for made in (_until(stream), _from(stream, issued), _scope(stream)):
            if made is not None:
                found.setdefault(made.name, made)
    return tuple(found.values())


def _stream(sheet: Sheet) -> _Stream:
    starts, text = [], ""
    for cell in sheet.cells:
        starts.append(len(text))
        text += cell.text + " "
    return _Stream(text, sheet.cells, tuple(starts))


def _until(stream: _Stream) -> Field | None:
    for matched in _UNTIL.finditer(fold(stream.text)):
        made = _dated(stream, matched, "valid_until")
        if made is not None:
            return made
    return None


def _from(stream: _Stream, issued: Field | None) -> Field | None:
    matched = _FROM.search(fold(stream.text))
    if matched is None:
        return None
    rest = fold(stream.text[matched.end() : matched.end() + 20])
    if _ON_SIGNING.match(rest) and issued is not None and issued.value:
        cells = stream.cells_of(matched.start(), matched.end())
        sure = min(issued.confidence, all_right(confidence for cell in cells for confidence in cell.confidences))
        where = evidence_of(cells)
        raw = stream.text[matched.start() : matched.end() + 8]
        return field("valid_from", raw, issued.value, sure if _own(stream, matched) else min(sure, DOUBT), where=where)
    return _dated(stream, matched, "valid_from")


def _dated(stream: _Stream, matched: re.Match[str], name: str) -> Field | None:
    tail = stream.text[matched.start() : matched.end() + _DATE_REACH]
    read = dates.first_date(tail)
    offset = matched.end() - matched.start()
    if read is None or (not read.iso and not read.day) or read.start + len(read.place) > offset + 12:
        return None
    end = matched.start() + read.end
    cells = stream.cells_of(matched.start(), end)
    sure = all_right(confidence for cell in cells for confidence in cell.confidences)
    if not _own(stream, matched):
        sure = min(sure, DOUBT)
    raw = stream.text[matched.start() : end]
    judged = (checks.any_date(read.iso),) if read.iso else ()
    return field(name, raw, read.iso, sure, where=evidence_of(cells), checks=judged)


def _scope(stream: _Stream) -> Field | None:
    matched = _SCOPE.search(fold(stream.text))
    if matched is None:
        return None
    cells = stream.cells_of(matched.start(1), matched.end(1))
    sure = all_right(confidence for cell in cells for confidence in cell.confidences)
    value = stream.text[matched.start(1) : matched.end(1)].strip(" ,./")
    return field("scope", value, value, sure if _own(stream, matched) else min(sure, DOUBT), where=evidence_of(cells))


def _own(stream: _Stream, matched: re.Match[str]) -> bool:
    """Whether the sentence speaks of this paper: `… này có hiệu lực`, or a line of its own."""
    before = fold(stream.text[max(0, matched.start() - 60) : matched.start()])
    return _ITSELF.search(before) is not None
