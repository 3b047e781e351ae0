"""Separator sheets: a QR code on a sheet between papers says what follows, so a stack is scanned in one go.

Payload: `SOHOA1|key=value|…` with the keys `dossier` (mã hồ sơ), `component` (mã thành phần), `type` (paper type) and
`owner` (mã định danh); values percent-encoded (RFC 3986), unknown keys ignored, an empty list of pairs allowed (then the
sheet only separates). The sheet is no page of any paper, and a blank page right after it is its back.

Since revision 2 a sheet also has `stack` (which print), `sheet` and `of` (its number, how many were printed), and two bar codes
(Code 128, `SOHOA1SHEET7`) away from the QR code. Readers of revision 1 ignore both. So a sheet whose QR code is torn is still
known to be one, and one that was lost altogether leaves a gap in the numbers: neither lets two papers become one unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote, unquote

from ingest.model import PageImage, PaperSpan, SheetFault

PREFIX = "SOHOA1"
KEYS = ("dossier", "component", "type", "owner", "stack", "sheet", "of")
UNREADABLE = "unreadable"
"""Key of a sheet known by its bar codes alone; its value is the number on them, `0` for none."""


def payload(facts: dict[str, str]) -> str:
    """What a separator sheet's QR code says; keys in fixed order, empty values left out."""
    return "|".join([PREFIX, *(f"{key}={quote(facts[key], safe='')}" for key in KEYS if facts.get(key))])


def mark(number: int) -> str:
    """What the bar codes of a sheet say."""
    return f"{PREFIX}SHEET{number}"


def parse(text: str) -> dict[str, str] | None:
    """What a code says, or None if it is no separator's."""
    prefix, *pairs = text.split("|")
    if prefix != PREFIX:
        return None
    split = (pair.partition("=") for pair in pairs)
    return {key: unquote(value) for key, _, value in split if key in KEYS and value}


def papers(pages: Sequence[PageImage]) -> tuple[PaperSpan, ...]:
    """The papers of one file: runs of pages between separator sheets; without sheets, all pages are one paper.

    A paper after a sheet that could not be read, or where a sheet is missing, has a `fault`: a person says where it belongs.
    """
    spans: list[PaperSpan] = []
    start: int | None = None
    facts: dict[str, str] = {}
    after_sheet = False
    for page in pages:
        if page.separator is not None:
            if start is not None:
                spans.append(_span(start, page.index - 1, facts))
            start, facts, after_sheet = None, page.separator, True
        elif not (after_sheet and page.quality.blank):
            start = page.index if start is None else start
            after_sheet = False
        else:
            after_sheet = False
    if start is not None:
        spans.append(_span(start, pages[-1].index, facts))
    return _with_gaps(tuple(spans), [page for page in pages if page.separator is not None])


def _span(first: int, last: int, facts: dict[str, str]) -> PaperSpan:
    if UNREADABLE in facts:
        return PaperSpan(first, last, {}, SheetFault.UNREADABLE, _number(facts[UNREADABLE]))
    return PaperSpan(first, last, facts)


def _with_gaps(spans: tuple[PaperSpan, ...], sheets: Sequence[PageImage]) -> tuple[PaperSpan, ...]:
    """The spans; where a number of the print is missing, the paper in which it may be hidden has a fault."""
    seen: dict[int, int] = {}
    """Number on a sheet → the last page that bore it."""
    stacks: set[str] = set()
    nameless = 0
    for page in sheets:
        facts = page.separator or {}
        number = _number(facts.get("sheet", facts.get(UNREADABLE, "")))
        stacks |= {facts["stack"]} if "stack" in facts else set()
        if number:
            seen[number] = page.index
        elif UNREADABLE in facts:
            nameless += 1
    missing = [number for number in range(1, max(seen, default=0)) if number not in seen]
    if len(stacks) != 1 or len(missing) <= nameless:  # prints mixed in one stack cannot be told apart by their numbers
        return spans
    faulty = {_place(spans, seen, number): number for number in reversed(missing)}
    return tuple(
        replace(span, fault=SheetFault.MISSING, fault_sheet=faulty[place]) if place in faulty and not span.fault else span
        for place, span in enumerate(spans)
    )


def _place(spans: tuple[PaperSpan, ...], seen: dict[int, int], number: int) -> int:
    """Which paper a missing sheet may be hidden in: the one after its nearest forerunner, else the first; -1 for none."""
    before = [seen[other] for other in seen if other < number]
    if not before:
        first_sheet = min(seen.values())
        return next((place for place, span in enumerate(spans) if span.last < first_sheet), -1)
    page = seen[max(other for other in seen if other < number)]
    following = min((other for other in seen.values() if other > page), default=None)
    return next(
        (place for place, span in enumerate(spans) if span.first > page and (following is None or span.first < following)), -1
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0
