"""Pages of image files. Kept as they are when a PDF can carry them; otherwise converted once, without visible loss."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps

from ingest.colour import mode_of
from ingest.errors import ImageDamaged
from ingest.guard import refusing
from ingest.images import fits, frames_of, opened
from ingest.model import ColourMode, FileKind, Note, PageImage, PageOrigin, Quality
from ingest.options import IntakeOptions
from ingest.page_files import JPEG, PNG, Stored, jpeg_fits_pdf, keep, plain, write_bitonal, write_lossless, write_photo
from ingest.resolution import resolution

_ORIENTATION, _X_RESOLUTION, _Y_RESOLUTION, _UNIT = 274, 282, 283, 296
_TURNS = {3: 180, 6: 90, 8: 270}
_MIRRORED = {2, 4, 5, 7}
_TIFF_JPEG = {"jpeg", "tiff_jpeg"}


def pages(path: str, kind: FileKind, into: str, first: int, last: int, options: IntakeOptions) -> list[PageImage]:
    """Pages first..last (from 0, inclusive), their quality not yet measured. Raises ImageDamaged, PageTooLarge, PageTooSmall."""
    made = []
    frames = frames_of(path, kind, options)
    with opened(path, kind) as image:
        for index in range(first, last + 1):
            with refusing(lambda index=index: ImageDamaged(page=index + 1)):  # type: ignore[misc]
                image.seek(frames[index])
                fits(image, index + 1, options)
                made.append(_page(image, Path(path), kind, into, index))
    return made


def _page(image: Image.Image, source: Path, kind: FileKind, into: str, index: int) -> PageImage:
    # what the header says is read first: loading a TIFF turns its pixels upright and forgets the tag
    turns = kind in {FileKind.JPEG, FileKind.PNG, FileKind.WEBP}
    orientation = int(image.getexif().get(_ORIENTATION, 1)) if turns else 1
    tag = _tagged_dpi(image)
    if kind is FileKind.TIFF:
        image.load()
    shown = ImageOps.exif_transpose(image) if orientation in _MIRRORED else image
    width, height = shown.size
    dpi, dpi_source = resolution(width, height, tag)
    stored = None if orientation in _MIRRORED else _kept(image, source, kind, into, index)
    if stored is None:
        stored = _converted(shown, source, kind, into, index, dpi)
    elif kind is FileKind.JPEG:
        # only the colouring is still asked for; a half-size decode takes a third of the time
        image.draft(None, (width // 2, height // 2))
    colour = mode_of(shown)
    return PageImage(
        index=index,
        path=stored.path,
        media_type=stored.media_type,
        width_px=width,
        height_px=height,
        dpi=dpi,
        dpi_source=dpi_source,
        colour=colour,
        origin=PageOrigin.IMAGE,
        exif_turn_deg=_TURNS.get(orientation, 0),
        quality=Quality(notes=tuple(_notes(orientation, colour))),
    )


def _notes(orientation: int, colour: ColourMode) -> Iterator[Note]:
    if orientation in _MIRRORED:
        yield Note("mirrored")
    if colour is ColourMode.BITONAL:
        yield Note("bitonal_page")


def _kept(image: Image.Image, source: Path, kind: FileKind, into: str, index: int) -> Stored | None:
    """The file's own bytes as the page, where a PDF can carry them."""
    if kind is FileKind.JPEG and image.mode in {"L", "RGB"}:
        data = source.read_bytes()
        return keep(data, JPEG, into, index) if jpeg_fits_pdf(data) else None
    if kind is FileKind.PNG and image.mode in {"L", "RGB", "P"} and "transparency" not in image.info:
        return keep(source.read_bytes(), PNG, into, index)
    return None


def _converted(image: Image.Image, source: Path, kind: FileKind, into: str, index: int, dpi: float) -> Stored:
    """The page in a form that a PDF can carry: lossless if the source was."""
    shown = plain(image)
    if shown.mode == "1":
        return write_bitonal(shown, into, index, dpi)
    return write_photo(shown, into, index, dpi) if _was_lossy(image, source, kind) else write_lossless(shown, into, index, dpi)


def _was_lossy(image: Image.Image, source: Path, kind: FileKind) -> bool:
    if kind is FileKind.WEBP:
        with source.open("rb") as stream:
            return b"VP8L" not in stream.read(64)
    if kind is FileKind.TIFF:
        return str(image.info.get("compression", "")) in _TIFF_JPEG
    return kind in {FileKind.JPEG, FileKind.HEIC}


def _tagged_dpi(image: Image.Image) -> tuple[float, float] | None:
    """Pixels per inch and axis as the file says, or None."""
    dpi = image.info.get("dpi")
    if isinstance(dpi, tuple) and len(dpi) == 2:
        return float(dpi[0]), float(dpi[1])
    exif = image.getexif()
    across, along, unit = exif.get(_X_RESOLUTION), exif.get(_Y_RESOLUTION), exif.get(_UNIT, 2)
    if across is None or along is None or unit not in {2, 3}:
        return None
    scale = 2.54 if unit == 3 else 1.0
    return float(across) * scale, float(along) * scale
