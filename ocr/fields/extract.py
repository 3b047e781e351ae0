"""Fields of a paper: the layout of its type decides which finder works; every value keeps where it stands.

Does not: decide anything, or see the page's pixels. A field that is not found is absent; a field that is found but
cannot be read has an empty value and confidence 0, so that a person is led to its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ocr.fields.administrative import administrative
from ocr.fields.dates import today_in_vietnam
from ocr.fields.labelled import generic, labelled
from ocr.fields.layout import sheets
from ocr.fields.types import paper_type as type_of
from ocr.model import Field, PageText


def extract(paper_type: str, pages: Sequence[PageText], *, today: date | None = None) -> tuple[Field, ...]:
    """One field per name found in the pages of one paper, in the order of the paper type.

    `today` (by default the day it is in Vietnam) is what dates of issue are held against. Raises UnknownPaperType.
    """
    kind = type_of(paper_type)
    day = today or today_in_vietnam()
    upright = sheets(pages)
    if not any(sheet.cells or sheet.codes for sheet in upright):
        return ()
    if kind.layout == "administrative":
        found = administrative(upright, day)
    elif kind.layout == "generic":
        found = generic(kind, upright, day)
    else:
        found = labelled(kind, upright, day)
    order = [spec.name for spec in kind.fields]
    known = {field.name: field for field in reversed(found)}
    return tuple(known[name] for name in order if name in known)
