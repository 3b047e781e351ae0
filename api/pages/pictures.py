"""Pages for the eye: a stored page image drawn upright and small enough for a browser, and where its words stand."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from api.pipeline.facts import PAGE_IMAGE, PAGE_TEXT, page_image
from api.units import paper_to_read
from api.wiring import Sohoa
from ingest.late import Late
from ingest.ports import Box
from ocr.model import Box as Region
from ocr.model import PageText, RegionText
from storage.errors import NotFound
from storage.model import PageRow

if TYPE_CHECKING:
    from api.pages.drawing import draw_file
    from ocr.region import read_region
else:
    read_region = Late("ocr.region", "read_region")
    draw_file = Late("api.pages.drawing", "draw_file")


@dataclass(frozen=True, slots=True)
class PagePicture:
    """Which picture is asked for: the stored image, its turn and the width of the drawing."""

    row: PageRow
    turn_deg: int
    width_px: int

    @property
    def etag(self) -> str:
        """Changes with whatever changes the picture."""
        return f'"{self.row.image.sha256[:32]}-{self.turn_deg}-{self.width_px}"'


def page_row(sohoa: Sohoa, paper_id: str, index: int, unit: str, *, secret: bool = False) -> PageRow:
    """Page `index` (from 0) of a paper that `unit` may read (empty: any; `secret`: see `api.units`). NotFound, SecretWithheld."""
    with sohoa.database.read() as uow:
        rows = uow.pages.of_paper(paper_to_read(uow, paper_id, unit, secret=secret).id)
    for row in rows:
        if row.index == index:
            return row
    raise NotFound(what="page", key=index)


def page_text(sohoa: Sohoa, row: PageRow) -> PageText | None:
    """What was read from the page, or None as long as it has not been read."""
    if row.text is None:
        return None
    text: PageText = PAGE_TEXT.validate_json(sohoa.objects.read_bytes(row.text.sha256))
    return text


def upright_turn(row: PageRow, text: PageText | None) -> int:
    """The clockwise quarter turn that shows the page upright: as found by reading, else as the file itself asks."""
    return text.turn_deg if text else PAGE_IMAGE.validate_python(row.facts).exif_turn_deg


def region_text(sohoa: Sohoa, row: PageRow, box: Region) -> RegionText:
    """A part of the page read again in a child process; raises what reading raises."""
    turn, options = upright_turn(row, page_text(sohoa, row)), sohoa.settings.read
    with tempfile.TemporaryDirectory(dir=sohoa.settings.data_dir / "tmp") as folder:
        source = Path(folder) / "page"
        sohoa.objects.fetch(row.image.sha256, source)
        image = page_image(row, source)
        return sohoa.box.run(read_region, image, box, turn, options, seconds=options.page_seconds)


def draw(sohoa: Sohoa, viewer: Box, picture: PagePicture) -> bytes:
    """The picture as JPEG bytes, drawn in a child process; raises PageNotShown or the box's errors."""
    limit = sohoa.settings.intake.max_page_pixels
    with tempfile.TemporaryDirectory(dir=sohoa.settings.data_dir / "tmp") as folder:
        source = Path(folder) / "page"
        sohoa.objects.fetch(picture.row.image.sha256, source)
        return viewer.run(draw_file, str(source), picture.turn_deg, picture.width_px, limit)
