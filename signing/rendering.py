"""Rule P17: what a person sees, drawn by pdfium: each signed revision beside the file as it is now. Evidence, never a verdict.

Signatures added later show something in their own box; what changed there is told apart from what changed elsewhere.
"""

from __future__ import annotations

import ctypes
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import IO, Any

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from pypdfium2 import raw

from signing import preflight
from signing.embedded import covered_until, is_timestamp, open_pdf

_DPI = 72
_SEEN = 24
"""Least difference of a colour, of 255; drawing the same page twice gives none."""
_MARGIN_PX = 2
_ONE_AT_A_TIME = Lock()
"""pdfium may be used by one thread at a time."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A page that shows something else than when it was signed."""

    field_name: str
    """The signature whose revision was drawn."""
    page: int
    """Counted from 0."""
    elsewhere: float
    """Share of the page's pixels that differ outside the boxes of later signatures; 1.0 when the page is new, gone or resized."""
    in_signatures: float
    """Share that differs inside those boxes."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What drawing both revisions told."""

    drawn: tuple[str, ...] = ()
    """Signatures whose revision was drawn and compared: those that do not cover the whole file."""
    not_drawn: tuple[str, ...] = ()
    """Signatures whose revision pdfium does not take: nothing is known of it."""
    differences: tuple[Difference, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether a page shows something else outside the boxes of signatures."""
        return any(one.elsewhere for one in self.differences)


def compare(path: Path, most_pages: int = 500) -> Comparison:
    """What the pages show otherwise than in each signed revision.

    Args:
        path: any PDF; it is read through handles.
        most_pages: pages compared for each signature.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as handle:
        opened = open_pdf(handle, preflight.header_at(handle))
        ends = [(str(one.field_name), covered_until(one)) for one in opened.signatures if not is_timestamp(one)] if opened else []
        size = path.stat().st_size
    drawn: dict[str, list[Difference] | None] = {}
    with _ONE_AT_A_TIME:
        for name, end in ends:
            if 0 < end < size:
                drawn[name] = _compared(path, name, end, most_pages)
    return Comparison(
        drawn=tuple(name for name, found in drawn.items() if found is not None),
        not_drawn=tuple(name for name, found in drawn.items() if found is None),
        differences=tuple(one for found in drawn.values() for one in found or ()),
    )


def _compared(path: Path, name: str, end: int, most_pages: int) -> list[Difference] | None:
    try:
        with path.open("rb") as handle, closing(_document(_Until(handle, end))) as old, closing(_document(path)) as new:
            pages = range(min(most_pages, max(len(old), len(new))))
            found = [_page(old, new, name, number) for number in pages]
    except (pdfium.PdfiumError, ValueError, OSError):
        return None
    return [one for one in found if one.elsewhere or one.in_signatures]


def _document(source: object) -> Any:
    document = pdfium.PdfDocument(source)
    document.init_forms()  # before any page is loaded; without it, pdfium leaves fields out
    return document


def _page(old: Any, new: Any, name: str, number: int) -> Difference:
    if number >= min(len(old), len(new)):
        return Difference(name, number, 1.0, 0.0)
    with closing(old[number]) as before, closing(new[number]) as after:
        first, second = _drawn(before), _drawn(after)
        if first.shape != second.shape:
            return Difference(name, number, 1.0, 0.0)
        differs = np.abs(first.astype(np.int16) - second.astype(np.int16)).max(axis=2) > _SEEN
        inside = _signature_boxes(new, after, differs.shape)
        return Difference(name, number, float((differs & ~inside).mean()), float((differs & inside).mean()))


def _drawn(page: Any) -> NDArray[np.uint8]:
    return np.asarray(page.render(scale=_DPI / 72, rev_byteorder=True).to_numpy()[:, :, :3])


def _signature_boxes(document: Any, page: Any, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which pixels lie in the boxes of signature fields."""
    inside = np.zeros(shape, dtype=np.bool_)
    forms = document.formenv.raw if document.formenv else None
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        try:
            kind = raw.FPDFAnnot_GetFormFieldType(forms, annotation) if forms else -1
            box = raw.FS_RECTF()
            if kind == raw.FPDF_FORMFIELD_SIGNATURE and raw.FPDFAnnot_GetRect(annotation, box):
                inside[_pixels(page, box, shape)] = True
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return inside


def _pixels(page: Any, box: Any, shape: tuple[int, ...]) -> tuple[slice, slice]:
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for across, up in ((box.left, box.bottom), (box.right, box.top)):
        raw.FPDF_PageToDevice(page, 0, 0, shape[1], shape[0], 0, across, up, x, y)
        corners.append((x.value, y.value))
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(*corners, strict=True))
    rows = slice(max(0, top - _MARGIN_PX), max(0, bottom + _MARGIN_PX))
    return rows, slice(max(0, left - _MARGIN_PX), max(0, right + _MARGIN_PX))


class _Until:
    """A file up to an offset, as pdfium reads it."""

    def __init__(self, handle: IO[bytes], end: int) -> None:
        self._handle, self._end = handle, end

    def seek(self, offset: int, whence: int = 0) -> int:
        """Within the part that is shown."""
        return self._handle.seek(offset + self._end if whence == 2 else offset, 0 if whence == 2 else whence)

    def tell(self) -> int:
        """The position."""
        return self._handle.tell()

    def read(self, count: int = -1) -> bytes:
        """Bytes of the part that is shown, none behind it."""
        left = max(0, self._end - self._handle.tell())
        return self._handle.read(left if count < 0 else min(count, left))

    def readinto(self, buffer: Any) -> int:
        """The same, into a buffer."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)
