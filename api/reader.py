"""Recognition without a database: one file in, its papers with words and fields out. Nothing is kept.

The stages are the pipeline's own functions, called in the same order; only storing, sealing and deciding are left out. This
module and what it imports stay free of the database, the queue and the web framework: `sohoa read` starts through it.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from api.errors import ApiError
from api.settings import Settings
from ingest.identify import identify
from ingest.model import FileKind, Identified, PageImage
from ingest.ports import Box
from ingest.split import page_images, papers
from ocr.fields.classify import classify
from ocr.fields.extract import extract
from ocr.model import Classification, Field, PageText
from ocr.recognise import read_page

CHUNK_PAGES = 20
"""Pages on disk at a time: bounds scratch space, as in the pipeline."""


class ArchiveNotRead(ApiError):
    """A ZIP was given where one document is read."""

    code = "api.archive_not_read"
    vi = "«{name}» là tệp ZIP; hãy giải nén rồi đọc từng tệp, hoặc dùng `sohoa digitise`."
    en = "“{name}” is a ZIP archive; unpack it and read its files, or use `sohoa digitise`."


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """One paper of a file: its pages with their text, what it is, what was found on it.

    The image files behind `PageImage.path` are gone by the time it is returned.
    """

    pages: tuple[tuple[PageImage, PageText], ...]
    classification: Classification
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What was read from one file."""

    name: str
    file: Identified
    papers: tuple[ReadPaper, ...]


def read_file(path: Path, settings: Settings, box: Box) -> ReadResult:
    """Identify, split and read `path`; every call on its bytes goes through `box`.

    Raises the CodedError of the stage that refused it; ArchiveNotRead for a ZIP.
    """
    found = box.run(identify, str(path), path.name, settings.intake)
    if found.kind is FileKind.ZIP:
        raise ArchiveNotRead(name=path.name)
    source = str(path) if found.kind is FileKind.PDF else ""
    pages: list[tuple[PageImage, PageText]] = []
    for first in range(0, found.pages, CHUNK_PAGES):
        last = min(first + CHUNK_PAGES, found.pages) - 1
        with tempfile.TemporaryDirectory(prefix="sohoa-read-") as folder:
            images = box.run(page_images, str(path), found, folder, first, last, settings.intake)
            pages += [(image, _read(image, settings, box, source)) for image in images]
    spans = papers([image for image, _ in pages])
    return ReadResult(path.name, found, tuple(_paper(tuple(pages[span.first : span.last + 1])) for span in spans))


def _read(image: PageImage, settings: Settings, box: Box, source: str) -> PageText:
    source = source if image.has_text_layer else ""
    return box.run(read_page, image, settings.read, source, seconds=settings.read.page_seconds)


def _paper(pages: tuple[tuple[PageImage, PageText], ...]) -> ReadPaper:
    texts = tuple(text for _, text in pages)
    classification = classify(texts)
    return ReadPaper(pages, classification, extract(classification.paper_type, texts))
