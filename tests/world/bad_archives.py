"""One tiny function per bad archive or foreign file: each writes its file into a folder and returns where."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from pathlib import Path

from tests.world.bad_pdfs import jpeg_bytes, page_picture


def packed(folder: Path, name: str, members: list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    path = folder / name
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # duplicate names are meant
        for member, data in members:
            archive.writestr(member, data)
    return path


def scan() -> bytes:
    return jpeg_bytes(page_picture())


def zip_bomb(folder: Path) -> Path:
    return packed(folder, "bomb.zip", [("zeros.tif", b"\0" * 30_000_000)])


def overlapping_bomb(folder: Path) -> Path:
    """Two directory entries share the same packed bytes (Fifield's bomb in small)."""
    path = packed(folder, "overlap.zip", [("a.tif", b"\1" * 1000), ("b.tif", b"\1" * 1000)])
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(bytes(data))
    return path


def parent_names(folder: Path) -> Path:
    return packed(folder, "parent names.zip", [("a.jpg", scan()), ("../../etc/cron.d/evil.jpg", scan())])


def backslash_names(folder: Path) -> Path:
    return packed(folder, "backslash names.zip", [("..\\..\\evil.jpg", scan())])


def absolute_names(folder: Path) -> Path:
    return packed(folder, "absolute names.zip", [("/etc/passwd.jpg", scan())])


def symbolic_link(folder: Path) -> Path:
    info = zipfile.ZipInfo("link.jpg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return packed(folder, "link.zip", [(info, b"/etc/passwd")])


def duplicate_names(folder: Path) -> Path:
    return packed(folder, "duplicates.zip", [("trang 1.jpg", scan()), ("Trang 1.JPG", scan())])


def encrypted(folder: Path) -> Path:
    """The flag alone: no password is ever asked for."""
    path = packed(folder, "encrypted.zip", [("a.jpg", scan())])
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    return path


def nested(folder: Path) -> Path:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.jpg", scan())
    return packed(folder, "nested.zip", [("a.jpg", scan()), ("inner.zip", inner.getvalue())])


def empty(folder: Path) -> Path:
    return packed(folder, "empty.zip", [])


def only_clutter(folder: Path) -> Path:
    return packed(folder, "clutter.zip", [("__MACOSX/._a.jpg", b"x"), ("Thumbs.db", b"x")])


def truncated(folder: Path) -> Path:
    path = packed(folder, "truncated.zip", [("a.jpg", scan())])
    path.write_bytes(path.read_bytes()[:-60])
    return path


def too_many(folder: Path) -> Path:
    return packed(folder, "too many.zip", [(f"{number}.txt", b"") for number in range(5001)])


def word(folder: Path) -> Path:
    return packed(folder, "tờ trình.docx", [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>")])


def word_called_pdf(folder: Path) -> Path:
    return word(folder).rename(folder / "tờ trình.pdf")


def program(folder: Path) -> Path:
    path = folder / "quét.exe"
    path.write_bytes(b"MZ\x90\x00" + b"\0" * 500)
    return path


def web_page(folder: Path) -> Path:
    path = folder / "trang.html"
    path.write_text("<!DOCTYPE html><html><script>alert(1)</script></html>", encoding="utf-8")
    return path


def plain_text(folder: Path) -> Path:
    path = folder / "ghi chú.txt"
    path.write_text("Cộng hòa xã hội chủ nghĩa Việt Nam\n" * 20, encoding="utf-8")
    return path


def pdf_and_zip(folder: Path) -> Path:
    """A PDF with a ZIP hanging on its end."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("khác.jpg", scan())
    path = folder / "pdf and zip.pdf"
    path.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n" + inner.getvalue())
    return path
