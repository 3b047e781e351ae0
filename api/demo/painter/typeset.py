"""A small typesetter: marked-up Vietnamese text becomes placed words on one or more pages.

Mark-up inside a text: `<b>…</b>` bold, `<i>…</i>` italic, `<h>…</h>` digits by hand. Words keep their order of
writing: that is the truth's reading order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from api.demo.painter.fonts import width_pt
from api.demo.painter.plan import A4_PT, MM_PT, Area, Drawing, Ink, PlacedWord, Plan, Rule, Run, Style

_TOKEN = re.compile(r"<(/?)([bih])>|(\s+)|([^<\s]+|<)")

Unplaced = tuple[Run, ...]


class Align(StrEnum):
    """How the words of a line share its width."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"
    JUSTIFY = "justify"


def _switched(style: Style, tag: str, *, on: bool) -> Style:
    if tag == "b":
        return replace(style, bold=on)
    return replace(style, italic=on) if tag == "i" else replace(style, hand=on)


def parse(markup: str, style: Style) -> list[Unplaced]:
    """The words of a marked-up text, each as its runs."""
    words: list[list[Run]] = []
    glued = False
    for closing, tag, space, text in _TOKEN.findall(markup):
        if tag:
            style = _switched(style, tag, on=not closing)
        elif space:
            glued = False
        elif text:
            run = Run(text, style)
            if glued:
                words[-1].append(run)
            else:
                words.append([run])
            glued = True
    return [tuple(word) for word in words]


def word_width(word: Unplaced) -> float:
    """The advance width of a word in points."""
    return sum(width_pt(run.text, run.style) for run in word)


def _space(word: Unplaced) -> float:
    return word[0].style.size_pt * (0.3 if word[0].style.sans else 0.25)


def natural_width(words: Iterable[Unplaced]) -> float:
    """The width of words set on one line with plain spaces."""
    words = list(words)
    return sum(map(word_width, words)) + sum(map(_space, words[1:]))


def broken(words: list[Unplaced], width: float, indent: float) -> list[list[Unplaced]]:
    """Words broken greedily into lines no wider than `width`, the first one shorter by `indent`."""
    lines: list[list[Unplaced]] = []
    room = width - indent
    for word in words:
        if lines and natural_width([*lines[-1], word]) <= room:
            lines[-1].append(word)
            continue
        if lines:
            room = width
        lines.append([word])
    return lines


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph is set: sizes in points, `leading` as a factor of the size."""

    style: Style = Style()
    align: Align = Align.JUSTIFY
    indent_pt: float = 0.0
    after_pt: float = 6.0
    leading: float = 1.2
    left_pt: float | None = None
    right_pt: float | None = None


@dataclass
class _Page:
    words: list[PlacedWord] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    anchors: dict[str, Area] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    printed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)


@dataclass
class Sheet:
    """A paper being written: `y` is the cursor (top of the next line); full pages turn by themselves.

    Margins default to Decree 30/2020/NĐ-CP, Annex I: top and bottom 20 mm, left 30 mm, right 15 mm; pages from the
    second on are numbered in the middle of the top margin.
    """

    size_pt: tuple[float, float] = A4_PT
    left: float = 30 * MM_PT
    right: float = A4_PT[0] - 17 * MM_PT
    top: float = 20 * MM_PT
    bottom: float = A4_PT[1] - 22 * MM_PT
    paper: Ink = (255, 255, 255)
    footer: str = ""
    pages: list[_Page] = field(default_factory=lambda: [_Page()])
    y: float = 0.0

    def __post_init__(self) -> None:
        self.y = self.y or self.top

    @property
    def page(self) -> _Page:
        """The page being written."""
        return self.pages[-1]

    def turn(self) -> None:
        """Go on at the top of a new numbered page."""
        self.pages.append(_Page())
        self.y = self.top - 8 * MM_PT
        self.write(str(len(self.pages)), Look(Style(13), Align.CENTRE, after_pt=8))
        self.y = max(self.y, self.top)

    def need(self, height_pt: float) -> None:
        """Turn the page unless this much height is left."""
        if self.y + height_pt > self.bottom:
            self.turn()

    def write(self, markup: str, look: Look | None = None) -> list[str]:
        """Set a paragraph at the cursor and return its lines as they stand."""
        look = look or Look()
        left = self.left if look.left_pt is None else look.left_pt
        right = self.right if look.right_pt is None else look.right_pt
        written: list[str] = []
        lines = broken(parse(markup, look.style), right - left, look.indent_pt)
        for number, words in enumerate(lines):
            height = words[0][0].style.size_pt * look.leading
            self.need(height)
            start = left + (look.indent_pt if number == 0 else 0)
            spread = look.align is Align.JUSTIFY and number < len(lines) - 1
            written.append(self._place(words, start, right, look.align, self.y + height * 0.8, spread=spread))
            self.y += height
        self.y += look.after_pt
        return written

    def at(self, markup: str, x_pt: float, baseline_pt: float, style: Style, align: Align = Align.LEFT) -> str:
        """Set one line with its left end, middle or right end at `x_pt`; returns it as it stands."""
        words = parse(markup, style)
        width = natural_width(words)
        left = {Align.CENTRE: x_pt - width / 2, Align.RIGHT: x_pt - width}.get(align, x_pt)
        return self._place(words, left, left + width, Align.LEFT, baseline_pt, spread=False)

    def _place(self, words: list[Unplaced], left: float, right: float, align: Align, baseline: float, *, spread: bool) -> str:
        slack = right - left - natural_width(words)
        x = left + {Align.CENTRE: slack / 2, Align.RIGHT: slack}.get(align, 0.0)
        extra = slack / (len(words) - 1) if spread and len(words) > 1 else 0.0
        texts = []
        for number, word in enumerate(words):
            x += (_space(word) + extra) if number else 0.0
            placed = PlacedWord(word, x, baseline)
            self.page.words.append(placed)
            texts.append(placed.text)
            x += word_width(word)
        line = " ".join(texts)
        self.page.lines.append(line)
        return line

    def rule(self, x0: float, y0: float, x1: float, y1: float, width_pt: float = 0.7) -> None:
        """A black line."""
        self.page.rules.append(Rule(x0, y0, x1, y1, width_pt))

    def leader(self, x0: float, x1: float, y: float) -> None:
        """The dotted line of a form."""
        self.page.rules.append(Rule(x0, y, x1, y, 0.8, (90, 90, 90), dotted=True))

    def draw(self, kind: str, area: Area, *, ink: Ink = (24, 22, 26), text: str = "", seed: int = 0) -> None:
        """Put a named drawing on the page; a QR code also becomes part of the truth."""
        self.page.drawings.append(Drawing(kind, area, ink, text, seed))
        if kind == "qr":
            self.page.codes.append(text)

    def know(self, name: str, value: str, *printed: str) -> None:
        """Add a register field: its normalised value and, when it differs, how it is printed."""
        self.page.fields[name] = value
        self.page.printed[name] = printed or (value,)

    def plans(self) -> tuple[Plan, ...]:
        """The finished pages."""
        foot = Style(7.5, sans=True, ink=(120, 120, 128))
        for page in self.pages if self.footer else []:
            width = natural_width(parse(self.footer, foot))
            x, here = (self.size_pt[0] - width) / 2, self.pages
            self.pages = [page]
            self.at(self.footer, x, self.size_pt[1] - 9 * MM_PT, foot)
            self.pages = here
        return tuple(
            Plan(
                *self.size_pt, tuple(page.words), tuple(page.lines), tuple(page.rules), tuple(page.drawings),
                page.anchors, page.fields, page.printed, tuple(page.codes), self.paper,
            )
            for page in self.pages
        )  # fmt: skip
