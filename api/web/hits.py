"""Where on the pages of a paper the words of a search stand, as boxes to be drawn over the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.pages.pictures import page_text
from api.web.pictures import Picture
from api.wiring import Sohoa
from ocr.model import Box, PageText
from storage.model import Paper
from storage.search.fold import words
from storage.search.query import Phrase, phrases

MAX_PAGES = 6
"""Pages with hits that are shown large."""
MAX_BOXES = 400


@dataclass(frozen=True, slots=True)
class HitPage:
    """A page with the boxes of what was found on it, in pixels of the stored image."""

    picture: Picture
    boxes: tuple[Box, ...]


def hit_pages(sohoa: Sohoa, paper: Paper, pictures: Sequence[Picture], typed: str) -> tuple[HitPage, ...]:
    """The first pages on which something of `typed` stands; empty when nothing was typed."""
    wanted = phrases(typed)
    if not wanted:
        return ()
    with sohoa.database.read() as uow:
        rows = {row.index: row for row in uow.pages.of_paper(paper.id)}
    found: list[HitPage] = []
    for picture in pictures:
        text = page_text(sohoa, rows[picture.index])
        boxes = hit_boxes(text, wanted) if text else ()
        if boxes:
            found.append(HitPage(picture, boxes))
        if len(found) == MAX_PAGES:
            break
    return tuple(found)


def hit_boxes(text: PageText, wanted: Sequence[Phrase]) -> tuple[Box, ...]:
    """The boxes of every word of the page that belongs to a phrase, each once, in reading order."""
    row = [(folded, word.box) for line in text.lines for word in line.words for folded in words(word.text).folded]
    marked: dict[int, None] = {}
    for phrase in wanted:
        for start in _starts([folded for folded, _ in row], phrase):
            marked.update(dict.fromkeys(range(start, start + len(phrase.folded))))
    boxes = dict.fromkeys(row[place][1] for place in sorted(marked))
    return tuple(boxes)[:MAX_BOXES]


def _starts(row: Sequence[str], phrase: Phrase) -> Iterator[int]:
    length = len(phrase.folded)
    for start in range(len(row) - length + 1):
        part = tuple(row[start : start + length])
        if part == phrase.folded or (
            phrase.begins and part[:-1] == phrase.folded[:-1] and part[-1].startswith(phrase.folded[-1])
        ):
            yield start
