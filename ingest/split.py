"""Files become page images, page images become papers.

Does: take or make the pixels of each page, measure their fitness, recognise separator sheets. Does not: turn, crop or
clean pixels (what is stored is what was scanned), read text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest import image_pages, pdf_pages, separator_codes, separators
from ingest.errors import PageUnreadable, TypeUnsupported
from ingest.guard import refusing
from ingest.model import FileKind, Identified, PageImage, PaperSpan
from ingest.options import IntakeOptions
from ingest.quality import judge
from ingest.reduced import reduced


def page_images(
    path: str, identified: Identified, into: str, first: int, last: int, options: IntakeOptions
) -> tuple[PageImage, ...]:
    """Pages first..last (from 0, inclusive) as image files in the folder `into`, measured.

    The original pixels and compression are kept where a PDF can carry them. Ranges may be made in any order, so a long
    file can be cut by several children. Raises an IngestError that names the page.
    """
    if identified.kind is FileKind.ZIP:
        raise TypeUnsupported(found="ZIP")
    if not 0 <= first <= last < identified.pages:
        raise PageUnreadable(page=last + 1)
    if identified.kind is FileKind.PDF:
        pages = pdf_pages.pages(path, into, first, last, options)
    else:
        pages = image_pages.pages(path, identified.kind, into, first, last, options)
    return tuple(_measured(page, options) for page in pages)


def papers(pages: Sequence[PageImage]) -> tuple[PaperSpan, ...]:
    """The papers of one file (all its pages, in order): runs between separator sheets, or one paper."""
    return separators.papers(pages)


def _measured(page: PageImage, options: IntakeOptions) -> PageImage:
    with refusing(lambda: PageUnreadable(page=page.index + 1)):
        small = reduced(page.path, page.dpi)
        quality = judge(small, page.dpi, options)
        separator = None if quality.blank else separator_codes.read(small.image)
    return replace(page, quality=replace(quality, notes=page.quality.notes + quality.notes), separator=separator)
