"""Facts as JSON and back, for objects and rows: one place that knows how a page's text or a page image is written down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from ingest.model import PageImage
from ocr.model import PageText
from storage.model import PageRow

PAGE_TEXT = TypeAdapter(PageText)
PAGE_IMAGE = TypeAdapter(PageImage)
JSON = "application/json"


def image_facts(image: PageImage) -> dict[str, object]:
    """The facts of a page image as JSON values, without its path."""
    facts: dict[str, object] = PAGE_IMAGE.dump_python(replace(image, path=""), mode="json")
    return facts


def page_image(row: PageRow, path: Path) -> PageImage:
    """The page image of a row, its pixels at `path`."""
    return replace(PAGE_IMAGE.validate_python(row.facts), path=str(path))
