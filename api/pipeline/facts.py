"""Facts as JSON and back, for objects and rows: one place that knows how a page's text or a page image is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from ingest.model import PageImage, Sha256
from ingest.ports import ObjectStore
from ocr.model import PageText
from storage.model import PageRow

PAGE_TEXT = TypeAdapter(PageText)
PAGE_IMAGE = TypeAdapter(PageImage)
JSON = "application/json"
_KEPT_TEXTS = 64


def texts(objects: ObjectStore) -> Callable[[Sha256], PageText]:
    """Reads what was read from a page; the last ones are kept at hand, because every step of a paper asks for them."""

    @lru_cache(maxsize=_KEPT_TEXTS)
    def text(name: Sha256) -> PageText:
        return PAGE_TEXT.validate_json(objects.read_bytes(name))

    return text


def image_facts(image: PageImage) -> dict[str, object]:
    """The facts of a page image as JSON values, without its path."""
    facts: dict[str, object] = PAGE_IMAGE.dump_python(replace(image, path=""), mode="json")
    return facts


def page_image(row: PageRow, path: Path) -> PageImage:
    """The page image of a row, its pixels at `path`."""
    return replace(PAGE_IMAGE.validate_python(row.facts), path=str(path))
