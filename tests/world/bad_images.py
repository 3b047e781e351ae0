"""One tiny function per bad image: each writes its file into a folder and returns where."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.world.bad_pdfs import jpeg_bytes, page_picture

_SCRIPTS = (
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", "中華人民共和國 國務院辦公廳"),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "中華人民共和國 國務院辦公廳"),
    ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "الجمهورية الجزائرية"),
    ("/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf", "Свидетельство о рождении"),
    ("/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf", "Свидетельство о рождении"),
)


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _png(width: int, height: int, data: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _png_chunk(b"IHDR", head) + _png_chunk(b"IDAT", zlib.compress(data)) + _png_chunk(b"IEND", b"")


def one_pixel(folder: Path) -> Path:
    path = folder / "one pixel.png"
    path.write_bytes(_png(1, 1, b"\0\0"))
    return path


def pixel_bomb(folder: Path) -> Path:
    """60,000 × 60,000 pixels announced in a few bytes."""
    path = folder / "pixel bomb.png"
    path.write_bytes(_png(60_000, 60_000, b"\0" * 1000))
    return path


def wrong_checksum(folder: Path) -> Path:
    path = folder / "wrong checksum.png"
    page_picture().save(path)
    data = bytearray(path.read_bytes())
    data[data.index(b"IDAT") + 400] ^= 0x10
    path.write_bytes(bytes(data))
    return path


def half_png(folder: Path) -> Path:
    path = folder / "half.png"
    page_picture().save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def half_jpeg(folder: Path) -> Path:
    path = folder / "half.jpg"
    data = jpeg_bytes(page_picture())
    path.write_bytes(data[: len(data) // 2])
    return path


def half_heic(folder: Path) -> Path:
    path = good_heic(folder, "half.heic")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def good_heic(folder: Path, name: str = "phone.heic") -> Path:
    path = folder / name
    page_picture().save(path, "HEIF", quality=60)
    return path


def _tiff(entries: list[tuple[int, int, int, int]], following: int, tail: bytes = b"") -> bytes:
    """A little-endian TIFF with one directory at offset 8; entries are (tag, type, count, value)."""
    body = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<I", 8) + body + struct.pack("<I", following) + tail


def _plain_entries(width: int, height: int, strip_bytes: int, at: int) -> list[tuple[int, int, int, int]]:
    return [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, at),
        (277, 3, 1, 1),
        (278, 4, 1, height),
        (279, 4, 1, strip_bytes),
    ]


_AFTER = 8 + 2 + 9 * 12 + 4


def tiff_lying_header(folder: Path) -> Path:
    """Announces 3000 × 4000 pixels and a strip of twelve million bytes; a hundred follow."""
    path = folder / "lying header.tif"
    path.write_bytes(_tiff(_plain_entries(3000, 4000, 12_000_000, _AFTER), 0, b"\x80" * 100))
    return path


def tiff_directory_outside(folder: Path) -> Path:
    path = folder / "directory outside.tif"
    path.write_bytes(b"II*\0" + struct.pack("<I", 999_999) + b"\0" * 50)
    return path


def tiff_loop(folder: Path) -> Path:
    """The first directory names itself as the next one."""
    path = folder / "loop.tif"
    path.write_bytes(_tiff(_plain_entries(300, 300, 90_000, _AFTER), 8, b"\xff" * 90_000))
    return path


def tiff_bomb(folder: Path) -> Path:
    path = folder / "bomb.tif"
    path.write_bytes(_tiff(_plain_entries(60_000, 60_000, 100, _AFTER), 0, b"\xff" * 100))
    return path


def tiff_with_thumbnail() -> bytes:
    """A page, its thumbnail (NewSubfileType 1), another page; grey, uncompressed."""
    data, place = b"", 8
    sizes = ((300, 300, 0), (60, 60, 1), (300, 310, 0))
    for number, (width, height, subfile) in enumerate(sizes):
        entries = [(254, 4, 1, subfile), *_plain_entries(width, height, width * height, place + 2 + 10 * 12 + 4)]
        end = place + 2 + 10 * 12 + 4 + width * height
        following = end if number < len(sizes) - 1 else 0
        data += _tiff(entries, following, bytes([200 + number]) * (width * height))[8:]
        place = end
    return b"II*\0" + struct.pack("<I", 8) + data


def gif(folder: Path) -> Path:
    path = folder / "animated.gif"
    frames = [page_picture(size=(400, 500)), page_picture("khác", size=(400, 500))]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    return path


def animated_webp(folder: Path) -> Path:
    path = folder / "animated.webp"
    frames = [page_picture(size=(600, 800)), page_picture("khác", size=(600, 800))]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    return path


def wrong_extension(folder: Path) -> Path:
    path = folder / "jpeg called.pdf"
    path.write_bytes(jpeg_bytes(page_picture()))
    return path


def foreign_script(folder: Path) -> Path:
    """Writing that the reader does not know; taken in, for a person to decide."""
    font, words = next(((font, words) for font, words in _SCRIPTS if Path(font).exists()), ("", "Свидетельство"))
    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    kind = ImageFont.truetype(font, 48) if font else ImageFont.load_default(size=48)
    for row in range(8):
        draw.text((120, 150 + 100 * row), words, fill="black", font=kind)
    path = folder / "foreign script.jpg"
    path.write_bytes(jpeg_bytes(image))
    return path
