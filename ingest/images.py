"""Images opened safely: sizes judged from headers before decoding, then really decoded once.

JPEG, PNG, WebP, HEIC and TIFF through Pillow (libjpeg, libpng, libwebp, libheif, libtiff). Does not: store pages.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pillow_heif
from PIL import Image, ImageFile

from ingest.errors import ImageDamaged, PageTooLarge, PageTooSmall
from ingest.guard import refusing
from ingest.model import FileKind, Note
from ingest.options import IntakeOptions
from ingest.tiff_chain import page_frames

pillow_heif.register_heif_opener()

_FORMATS: dict[FileKind, tuple[str, ...]] = {
    FileKind.JPEG: ("JPEG", "MPO"),
    FileKind.PNG: ("PNG",),
    FileKind.WEBP: ("WEBP",),
    FileKind.HEIC: ("HEIF",),
    FileKind.TIFF: ("TIFF",),
}
_MEGA = 1_000_000
_PNG_SIGNATURE = 8


@contextmanager
def opened(path: str, kind: FileKind) -> Iterator[Image.Image]:
    """The image with only its header read; Pillow may use no other decoder than that of `kind`. Raises ImageDamaged."""
    # sizes are judged by `fits`, against the options instead of Pillow's one global figure
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with refusing(lambda: ImageDamaged(page=1)):
        image = Image.open(path, formats=_FORMATS[kind])
    with image:
        yield image


def frames_of(path: str, kind: FileKind, options: IntakeOptions) -> tuple[int, ...]:
    """The frame numbers that are pages: all of a TIFF but its thumbnails, the first (primary) one of anything else."""
    if kind is FileKind.TIFF:
        return page_frames(Path(path), options.max_pages)
    return (0,)


def fits(image: Image.Image, page: int, options: IntakeOptions) -> None:
    """Raise PageTooLarge or PageTooSmall (`page` from 1) from the sizes in the header."""
    size_fits(image.width, image.height, page, options)


def size_fits(width: int, height: int, page: int, options: IntakeOptions) -> None:
    """Raise PageTooLarge or PageTooSmall (`page` from 1) for an image of this size in pixels."""
    if width * height > options.max_page_pixels:
        raise PageTooLarge(
            page=page, megapixels=width * height // _MEGA, limit_megapixels=max(1, options.max_page_pixels // _MEGA)
        )
    if min(width, height) < options.min_page_side_px:
        raise PageTooSmall(page=page, width_px=width, height_px=height, limit_px=options.min_page_side_px)


def examine(path: str, kind: FileKind, options: IntakeOptions) -> tuple[int, tuple[Note, ...]]:
    """Number of pages, and notes. Every page is decoded: only that tells a whole image from a cut one.

    Raises ImageDamaged, PageTooLarge, PageTooSmall, TooManyPages.
    """
    notes: list[Note] = []
    if kind is FileKind.PNG:
        _png_whole(Path(path), options)
    frames = frames_of(path, kind, options)
    with opened(path, kind) as image:
        for page, frame in enumerate(frames, 1):
            with refusing(lambda page=page: ImageDamaged(page=page)):  # type: ignore[misc]
                image.seek(frame)
                fits(image, page, options)
                _decode(image, kind)
        if kind is not FileKind.TIFF and image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
            notes.append(Note("only_first_frame", {"frames": int(getattr(image, "n_frames", 1))}))
    return len(frames), tuple(notes)


def _decode(image: Image.Image, kind: FileKind) -> None:
    if kind is FileKind.JPEG:
        # an eighth of the size: all compressed data is read, most of the arithmetic is saved
        image.draft(None, (image.width // 8, image.height // 8))
    image.load()


def _png_whole(path: Path, options: IntakeOptions) -> None:
    """Check sizes and every chunk's checksum (Pillow skips those of image data). Raises ImageDamaged, PageTooLarge."""
    with path.open("rb") as stream:
        stream.seek(_PNG_SIGNATURE)
        name = b""
        while name != b"IEND":
            head = stream.read(8)
            length, name = int.from_bytes(head[:4], "big"), head[4:8]
            if len(head) < 8 or length > path.stat().st_size:
                raise ImageDamaged(page=1)
            data = stream.read(length)
            check = stream.read(4)
            if name == b"IHDR" and length == 13:
                size_fits(int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big"), 1, options)
            if len(check) < 4 or zlib.crc32(data, zlib.crc32(name)) != int.from_bytes(check, "big"):
                raise ImageDamaged(page=1)
