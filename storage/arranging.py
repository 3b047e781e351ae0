"""Frozen facts of how the pages of a paper are arranged: layers over captures that never change. No I/O.

A page is a capture with the turn it is read at. Turning or moving one makes another page of the same stored pixels; every
arrangement names its pages, and earlier ones are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Change(StrEnum):
    """What somebody did to the pages of a paper."""

    TURN = "turn"
    ORDER = "order"
    LEAVE_OUT = "leave_out"
    BRING_BACK = "bring_back"
    MOVE = "move"
    """Pages went to, or came from, another paper."""
    SPLIT = "split"
    MERGE = "merge"
    SAME_SHEET = "same_sheet"
    """A page was said to be, or not to be, a second capture of the sheet before it."""
    REPLACE = "replace"
    """A page was scanned again."""
    INSERT = "insert"
    """A forgotten page, or a second capture of a sheet, was scanned later."""


class WhyOut(StrEnum):
    """Why a page of the paper is not part of it today."""

    EXCLUDED = "excluded"
    """Somebody left it out, with a reason."""
    REPLACED = "replaced"
    """A better capture stands in its place."""
    TURNED = "turned"
    """The same capture at another turn stands in its place."""
    MOVED = "moved"
    """It stands in another paper."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One page where it stands."""

    page: str
    """Id of the page."""
    same_sheet: bool = False
    """It shows the sheet of the page before it once more (a sticky note taken off: Circular 01/2023 Art. 8)."""


@dataclass(frozen=True, slots=True)
class Aside:
    """One page that is not part of the paper today."""

    page: str
    why: WhyOut
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One version of a paper's pages. Version 0 is how they were scanned, and stands in no row."""

    paper_id: str
    version: int
    pages: tuple[Placed, ...]
    left_out: tuple[Aside, ...]
    change: Change | None
    reason: str
    by: str
    at: datetime

    @property
    def ids(self) -> tuple[str, ...]:
        """The pages in order."""
        return tuple(one.page for one in self.pages)


class OrderKind(StrEnum):
    """What becomes of the pages of a file sent for a place in a paper."""

    REPLACE = "replace"
    """They take the place of the page."""
    AFTER = "after"
    """They come after the page."""
    SAME_SHEET = "same_sheet"
    """They come after the page, as further captures of its sheet."""


class OrderState(StrEnum):
    """How far such an order is."""

    OPEN = "open"
    DONE = "done"
    VOID = "void"
    """The paper could not take pages any more; they became a paper of their own."""


@dataclass(frozen=True, slots=True)
class PageOrder:
    """A file was sent for a place in a paper."""

    file_id: str
    paper_id: str
    page_id: str
    kind: OrderKind
    reason: str
    by: str
    state: OrderState
    at: datetime
