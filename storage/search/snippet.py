"""A short piece of text around the hits, with the hits marked by U+E000 … U+E001."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from storage.search.fold import MARK_END, MARK_START, flat
from storage.search.query import Phrase

WIDTH = 240
"""Characters of text in a snippet, marks not counted."""
_MAX_HITS = 2000


def snippet(text: str, wanted: Sequence[Phrase], width: int = WIDTH) -> str:
    """The part of cleaned `text` with the most different phrases, on one line; its beginning when there is no hit."""
    hits = _hits(flat(text), wanted)
    start = _best_start(hits, width)
    start, end = _whole_words(text, start, width)
    shown = [(a, b) for a, b, _ in hits if start <= a and b <= end]
    pieces, at = [], start
    for a, b in shown:
        if a >= at:
            pieces += [text[at:a], MARK_START, text[a:b], MARK_END]
            at = b
    pieces.append(text[at:end])
    line = " ".join("".join(pieces).split())
    return ("… " if start > 0 else "") + line + (" …" if end < len(text) else "")


def _hits(folded: str, wanted: Sequence[Phrase]) -> list[tuple[int, int, int]]:
    hits: list[tuple[int, int, int]] = []
    for number, phrase in enumerate(dict.fromkeys(wanted)):
        pattern = r"(?<![^\W_])" + r"[\W_]+".join(re.escape(word) for word in phrase.folded) + r"(?![^\W_])"
        for count, match in enumerate(re.finditer(pattern, folded)):
            if count == _MAX_HITS:
                break
            hits.append((match.start(), match.end(), number))
    return sorted(hits)


def _best_start(hits: Sequence[tuple[int, int, int]], width: int) -> int:
    if not hits:
        return 0
    starts = [start for start, _, _ in hits]
    best, best_score = hits[0][0], (0, 0)
    for place, (start, _, _) in enumerate(hits):
        inside = hits[place : bisect_right(starts, start + width * 3 // 4)]
        score = (len({number for _, _, number in inside}), len(inside))
        if score > best_score:
            best, best_score = start, score
    return max(0, best - width // 4)


def _whole_words(text: str, start: int, width: int) -> tuple[int, int]:
    start = max(0, min(start, len(text) - width))
    end = min(len(text), start + width)
    if start > 0:
        space = text.find(" ", start, start + 20)
        start = space + 1 if space >= 0 else start
    if end < len(text):
        space = text.rfind(" ", end - 20, end)
        end = space if space > start else end
    return start, end
