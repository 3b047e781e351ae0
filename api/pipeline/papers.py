"""What all steps on papers read, and what follows after each."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from api.pipeline.facts import page_image
from api.pipeline.outcome import Context, Successor
from ingest.model import PageImage
from ocr.model import PageText
from storage.model import PageRow, Step

BUILD_SECONDS_PER_PAGE = 10


def texts_of(context: Context, rows: tuple[PageRow, ...]) -> tuple[PageText, ...]:
    """What was read from these pages."""
    return tuple(context.text(row.text.sha256) for row in rows if row.text)


@contextlib.contextmanager
def pages_of(context: Context, rows: tuple[PageRow, ...]) -> Iterator[tuple[tuple[PageImage, PageText], ...]]:
    """These pages as local files, with what was read from them."""
    texts = texts_of(context, rows)
    with context.workspace.fetched(*(row.image.sha256 for row in rows)) as paths:
        yield tuple((page_image(row, path), text) for row, path, text in zip(rows, paths, texts, strict=True))


def successor(context: Context, step: Step) -> Successor | None:
    """The configured step after this one, on the same paper."""
    following = context.sohoa.settings.pipeline.after(step.kind)
    return Successor(following, step.subject, step.file_id, step.paper_id) if following else None
