"""PDF/A-2b pages of every shape: turned, with a strange origin, cropped, with inherited boxes, landscape, tiny, huge, crowded."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from ocr.model import DocumentInfo
from ocr.pdfa.metadata import describe

A4 = (595.28, 841.89)
INFO = DocumentInfo("Bản thử", "", "Đơn vị Thử", datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC), "ab" * 32)


@dataclass(frozen=True)
class Shape:
    """One page. `media` and `crop` in the page's own space."""

    name: str
    media: tuple[float, float, float, float] = (0, 0, *A4)
    crop: tuple[float, float, float, float] | None = None
    turn_deg: int = 0
    inherited: bool = False


SHAPES = (
    Shape("plain"),
    Shape("turned-90", turn_deg=90),
    Shape("turned-180", turn_deg=180),
    Shape("turned-270", turn_deg=270),
    Shape("origin-odd", media=(-120.5, 300.25, -120.5 + A4[0], 300.25 + A4[1])),
    Shape("cropped", media=(0, 0, 800, 1000), crop=(100, 50, 700, 900)),
    Shape("cropped-turned", media=(-50, -70, 800, 1000), crop=(100, 50, 700, 900), turn_deg=270),
    Shape("inherited", turn_deg=90, inherited=True),
    Shape("landscape", media=(0, 0, A4[1], A4[0])),
    Shape("card", media=(0, 0, 242.65, 153.07)),
    Shape("card-turned", media=(10, 10, 252.65, 163.07), turn_deg=90),
    Shape("plan-a0", media=(0, 0, 2384, 3370)),
)


def page_of(shape: Shape, path: Path, content: bytes = b"", pages: int = 1) -> Path:
    """A PDF/A-2b with pages of this shape; `content` is drawn in DeviceGray on each."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            page = Dictionary(Type=Name.Page, Contents=pdf.make_stream(content), Resources=Dictionary())
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        # Afterwards, because qpdf gives each page what it inherits when it is added.
        for holder in [pdf.Root.Pages] if shape.inherited else [page.obj for page in pdf.pages]:
            holder.MediaBox = Array([round(one, 3) for one in shape.media])
            if shape.crop:
                holder.CropBox = Array(list(shape.crop))
            if shape.turn_deg:
                holder.Rotate = shape.turn_deg
        describe(pdf, INFO, ())
        pdf.save(path, deterministic_id=True, min_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return path


def lines(box: tuple[float, float, float, float], step: float = 14.0) -> bytes:
    """Text-like bars over a box of the page."""
    x0, y0, x1, y1 = box
    rows = int((y1 - y0) // step)
    return b"0 g\n" + b"".join(b"%.2f %.2f %.2f 5 re f\n" % (x0, y0 + row * step, x1 - x0) for row in range(rows))


def noise(width_px: int, height_px: int, seed: int = 1) -> Image.Image:
    """Pixels that no coding makes smaller."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height_px, width_px), dtype=np.uint8))


def heavy(path: Path, pages: int, page_bytes: int, margin: float = 90.0) -> Path:
    """A scan of `pages` A4 pages whose images weigh `page_bytes` each and leave a margin; written page by page."""
    side = max(8, int(page_bytes**0.5))
    writer = _Heavy(path, pages, margin)
    for number in range(pages):
        writer.page(noise(side, page_bytes // side, seed=number))
    return writer.done()


class _Heavy:
    """Writes a PDF/A-2b by hand, so that a large one costs no memory."""

    def __init__(self, path: Path, pages: int, margin: float) -> None:
        shell = io.BytesIO()
        with pikepdf.new() as pdf:
            pdf.add_blank_page(page_size=A4)
            describe(pdf, INFO, ())
            del pdf.Root.Outlines
            pdf.save(shell, deterministic_id=True, min_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.disable)
        self._path, self._pages, self._margin = path, pages, margin
        self._shell = shell.getvalue()
        self._out = path.open("wb")
        self._offsets: dict[int, int] = {}
        with pikepdf.open(io.BytesIO(self._shell)) as pdf:
            self._root = pdf.Root.objgen[0]
            self._tree = pdf.Root.Pages.objgen[0]
            self._old = pdf.pages[0].obj.objgen[0]
            self._next = len(pdf.objects) + 1
            self._info = pdf.trailer.Info.objgen[0]
        self._kids: list[int] = []
        body = self._shell[: self._shell.rindex(b"xref\n", 0, self._shell.rindex(b"startxref"))]
        self._out.write(body)
        for line in range(1, self._next):
            at = body.find(b"\n%d 0 obj" % line)
            self._offsets[line] = at + 1

    def _object(self, number: int, data: bytes) -> None:
        self._offsets[number] = self._out.tell()
        self._out.write(b"%d 0 obj\n" % number + data + b"\nendobj\n")

    def page(self, image: Image.Image) -> None:
        """One page."""
        data = zlib.compress(image.tobytes(), 0)
        width, height = (side - 2 * self._margin for side in A4)
        drawn = b"q %.2f 0 0 %.2f %.2f %.2f cm /I Do Q" % (width, height, self._margin, self._margin)
        page, content, picture = range(self._next, self._next + 3)
        self._next += 3
        head = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray" % image.size
        head += b"/BitsPerComponent 8/Filter/FlateDecode/Length %d>>\nstream\n" % len(data)
        self._object(picture, head + data + b"\nendstream")
        self._object(content, b"<</Length %d>>\nstream\n" % len(drawn) + drawn + b"\nendstream")
        self._object(
            page,
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595.28 841.89]/Contents %d 0 R/Resources<</XObject<</I %d 0 R>>>>>>"
            % (self._tree, content, picture),
        )
        self._kids.append(page)

    def done(self) -> Path:
        """The finished file."""
        kids = b" ".join(b"%d 0 R" % one for one in self._kids)
        self._object(self._tree, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(self._kids), kids))
        at = self._out.tell()
        self._out.write(b"xref\n0 %d\n0000000000 65535 f \n" % self._next)
        for number in range(1, self._next):
            self._out.write(b"%010d 00000 n \n" % self._offsets[number])
        name = b"<" + b"ab" * 16 + b">"
        self._out.write(
            b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[%s%s]>>\nstartxref\n%d\n%%%%EOF\n"
            % (self._next, self._root, self._info, name, name, at)
        )
        self._out.close()
        return self._path
