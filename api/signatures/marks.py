"""The visible marks that the product's own signatures carry, filled with who, which unit, under which setting."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from api.settings import Settings
from ingest.late import Late
from ingest.ports import Box
from signing.errors import NoRoomForMark
from signing.marks.kinds import MarkKind, kinds
from signing.model import Mark

if TYPE_CHECKING:
    from signing.marks.place import placed
else:
    placed = Late("signing.marks.place", "placed")

DIGITISED = "digitised_copy"
PLACE_SECONDS = 30
"""Wall seconds for drawing pages and finding room on them."""


def unit_name(settings: Settings, unit: str) -> str:
    """The full name of a unit, or its code where none is configured."""
    return settings.mark.unit_names.get(unit, unit)


def kind(settings: Settings, code: str) -> MarkKind:
    """The kind of mark called `code`, as configured; raises MarkKindsUnusable, KeyError."""
    return kinds(settings.mark.file)[code]


def digitised(settings: Settings, signer: str, unit: str) -> Mark | None:
    """The mark of a digitised copy (Decree 137/2024 Art. 4), or None when it is switched off."""
    if not settings.mark.digitised:
        return None
    return kind(settings, DIGITISED).text(settings.mark.font, signer=signer, unit=unit_name(settings, unit))


def located(box: Box, pdf: Path, mark: Mark) -> Mark | None:
    """The mark with its place in the file; None where no page has room and it may be left out.

    The pages are drawn in a child process: what a scan holds came from outside.
    Raises NoRoomForMark, MarkFontMissing, GlyphMissing, BoxTimeout, BoxCrash.
    """
    found: Mark = box.run(placed, str(pdf), (replace(mark, place=None),), seconds=PLACE_SECONDS)[0]
    if found.place is None and mark.required:
        raise NoRoomForMark
    return found if found.place else None
