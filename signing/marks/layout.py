"""How a mark's lines are broken and how large it is: Decree 30/2020, Appendix I (10 pt, upright, one size for all).

Lines keep 1.2 times the type size, more where stacked diacritics would touch the line above. Pure arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from signing.marks.typeface import Typeface, tidy
from signing.model import TIME

LEADING = 1.2
PADDING_PT = 2.0
"""Between the text and the edge of its field."""
_GAP_PT = 2.0
"""Between an image and the text beneath it; least distance of ink between two lines."""
_SHORTEST = 0.55
"""How narrow a line may be broken, as a part of the mark's natural width."""
SAMPLE_TIME = "00/00/0000 00:00:00 +07:00"
"""As wide as any time: figures of this typeface are equally wide."""


@dataclass(frozen=True)
class Shape:
    """A mark's text broken into lines, with its size in points. `baselines` count down from the upper edge."""

    lines: tuple[str, ...]
    baselines_pt: tuple[float, ...]
    width_pt: float
    height_pt: float
    size_pt: float
    image_width_pt: float = 0.0
    image_height_pt: float = 0.0


def shapes(lines: tuple[str, ...], face: Typeface, size_pt: float, image_pt: tuple[float, float] = (0.0, 0.0)) -> Iterator[Shape]:
    """The shapes a mark may take, the natural one first: one line for each given; joined; broken narrower."""
    given = tuple(line for line in map(tidy, lines) if line)
    seen: set[tuple[str, ...]] = set()
    for wanted in _ways(given, face, size_pt):
        if wanted not in seen:
            seen.add(wanted)
            yield shaped(wanted, face, size_pt, image_pt)


def shaped(lines: tuple[str, ...], face: Typeface, size_pt: float, image_pt: tuple[float, float] = (0.0, 0.0)) -> Shape:
    """The size of these very lines under an image of that width and height."""
    image_width, image_height = image_pt
    top = PADDING_PT + image_height + (_GAP_PT if lines and image_height else 0.0)
    baselines: list[float] = []
    low, at = 0.0, top
    for place, line in enumerate(lines):
        below, above = face.reach_pt(shown(line), size_pt)
        above = max(above, face.cap_height * size_pt / 1000)
        at = at + above if place == 0 else at + max(LEADING * size_pt, _GAP_PT / 2 + above - low)
        baselines.append(at)
        low = below
    width = max([image_width, *(face.width_pt(shown(line), size_pt) for line in lines)])
    bottom = at - low if lines else top
    return Shape(lines, tuple(baselines), width + 2 * PADDING_PT, bottom + PADDING_PT, size_pt, image_width, image_height)


def fitting(found: Iterator[Shape], width_pt: float, height_pt: float) -> Shape | None:
    """The first shape that goes into a box of that size (rounding of written numbers allowed for)."""
    return next((one for one in found if one.width_pt <= width_pt + 0.05 and one.height_pt <= height_pt + 0.05), None)


def filled(shape: Shape, time: str) -> Shape:
    """The shape with the time of signing in its place."""
    return replace(shape, lines=tuple(line.replace(TIME, time) for line in shape.lines))


def shown(line: str) -> str:
    """The line as it will look, with some time in it."""
    return line.replace(TIME, SAMPLE_TIME)


def _ways(given: tuple[str, ...], face: Typeface, size_pt: float) -> Iterator[tuple[str, ...]]:
    yield given
    if not given:
        return
    natural = max(face.width_pt(shown(line), size_pt) for line in given)
    longest = max(face.width_pt(shown(word), size_pt) for line in given for word in line.split())
    for part in (0.75, _SHORTEST):
        yield tuple(piece for line in given for piece in _broken(line, face, size_pt, max(natural * part, longest)))
    joined = "; ".join(given)
    for count in range(len(given) - 1, 0, -1):
        yield _in_lines(joined, count, face, size_pt)


def _in_lines(text: str, count: int, face: Typeface, size_pt: float) -> tuple[str, ...]:
    """The text in at most `count` lines, no wider than need be."""
    whole = face.width_pt(shown(text), size_pt)
    for step in range(20):
        pieces = tuple(_broken(text, face, size_pt, whole / count * (1 + step / 20)))
        if len(pieces) <= count:
            return pieces
    return (text,)


def _broken(line: str, face: Typeface, size_pt: float, width_pt: float) -> Iterator[str]:
    """The line in pieces no wider than `width_pt`; the time is never torn apart, a longer word stands alone."""
    piece = ""
    for word in line.split():
        longer = f"{piece} {word}" if piece else word
        if piece and face.width_pt(shown(longer), size_pt) > width_pt:
            yield piece
            piece = word
        else:
            piece = longer
    if piece:
        yield piece
