"""One tiny function per bad PDF: each writes its file into a folder and returns where."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageDraw, ImageFont


def page_picture(words: str = "Quyết định số 12/QĐ-UBND", size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    """A4 at 150 dpi with lines of writing."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=28)
    for row in range(10):
        draw.text((120, 150 + 60 * row), f"{row + 1}. {words}", fill="black", font=font)
    return image


def jpeg_bytes(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, dpi=(150, 150), **options)
    return out.getvalue()


def add_scan(pdf: Pdf, data: bytes, size_px: tuple[int, int], dpi: float = 150.0) -> pikepdf.Page:
    """Append a page that is one JPEG from edge to edge, as an office scanner writes it."""
    width, height = size_px[0] / dpi * 72, size_px[1] / dpi * 72
    image = pdf.make_stream(
        data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=size_px[0],
        Height=size_px[1],
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    pdf.add_blank_page(page_size=(width, height))
    page = pdf.pages[-1]
    page.Resources = Dictionary(XObject=Dictionary(Im0=image))
    page.Contents = pdf.make_stream(f"q {width} 0 0 {height} 0 0 cm /Im0 Do Q".encode())
    return page


def scan(pages: int = 1) -> Pdf:
    """A good scanned PDF."""
    pdf = Pdf.new()
    for number in range(pages):
        picture = page_picture(f"Trang {number + 1}")
        add_scan(pdf, jpeg_bytes(picture), picture.size)
    return pdf


def saved(pdf: Pdf, folder: Path, name: str, **options: object) -> Path:
    path = folder / name
    pdf.save(path, **options)  # type: ignore[arg-type]
    return path


def truncated(folder: Path) -> Path:
    path = saved(scan(3), folder, "truncated.pdf")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def cut_in_picture(folder: Path) -> Path:
    """The picture comes last and is cut: structure can be repaired, the page would be half grey."""
    picture = jpeg_bytes(page_picture())
    head = (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>endobj\n"
        b"4 0 obj<</Length 27>>stream\nq 595 0 0 842 0 0 cm /I Do Q\nendstream endobj\n"
        b"5 0 obj<</Type/XObject/Subtype/Image/Width 1240/Height 1754/ColorSpace/DeviceRGB/BitsPerComponent 8"
        b"/Filter/DCTDecode/Length %d>>stream\n" % len(picture)
    )
    path = folder / "cut in picture.pdf"
    path.write_bytes(head + picture[: len(picture) // 2])
    return path


def lost_index(folder: Path) -> Path:
    """The pointer to the cross-reference table is wrong: every page can be had."""
    path = saved(scan(2), folder, "lost index.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n")
    return path


def zero_bytes(folder: Path) -> Path:
    path = folder / "zero bytes.pdf"
    path.touch()
    return path


def header_only(folder: Path) -> Path:
    path = folder / "header only.pdf"
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nnothing follows\n%%EOF\n")
    return path


def random_bytes(folder: Path) -> Path:
    path = folder / "random bytes.pdf"
    path.write_bytes(zlib.compress(bytes(range(256)) * 40)[2:] + bytes(range(255, 0, -3)))
    return path


def password(folder: Path) -> Path:
    return saved(scan(), folder, "password.pdf", encryption=pikepdf.Encryption(owner="chủ", user="người đọc"))


def owner_password(folder: Path) -> Path:
    return saved(scan(), folder, "owner password.pdf", encryption=pikepdf.Encryption(owner="chủ", user=""))


def javascript(folder: Path) -> Path:
    pdf = scan()
    pdf.Root.OpenAction = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS="app.alert('xin chào')"))
    return saved(pdf, folder, "javascript.pdf")


def launch_action(folder: Path) -> Path:
    pdf = scan()
    action = Dictionary(S=Name.Launch, F="calc.exe")
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=action)
    pdf.pages[0].Annots = Array([pdf.make_indirect(link)])
    return saved(pdf, folder, "launch action.pdf")


def embedded_file(folder: Path) -> Path:
    pdf = scan()
    pdf.attachments["ke-khai.docm"] = b"PK\x03\x04 macros"
    return saved(pdf, folder, "embedded file.pdf")


def xfa_form(folder: Path) -> Path:
    pdf = scan()
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp:xdp/>"))
    return saved(pdf, folder, "xfa form.pdf")


def cyclic_page_tree(folder: Path) -> Path:
    path = folder / "cyclic page tree.pdf"
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 2/Kids[3 0 R 2 0 R]/MediaBox[0 0 595 842]>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n"
    )
    path.write_bytes(_with_index(body))
    return path


def no_pages(folder: Path) -> Path:
    path = folder / "no pages.pdf"
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n"
    path.write_bytes(_with_index(body))
    return path


def _with_index(body: bytes) -> bytes:
    """The body with a true cross-reference table behind it."""
    offsets: list[int] = []
    while (at := body.find(b"%d 0 obj" % (len(offsets) + 1))) >= 0:
        offsets.append(at)
    table = b"".join(b"%010d 00000 n \n" % at for at in offsets)
    size = len(offsets) + 1
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def five_thousand_pages(folder: Path) -> Path:
    pdf = Pdf.new()
    for _ in range(5000):
        pdf.add_blank_page(page_size=(595, 842))
    return saved(pdf, folder, "5000 pages.pdf")


def huge_page_box(folder: Path) -> Path:
    pdf = Pdf.new()
    pdf.add_blank_page()
    pdf.pages[0].MediaBox = Array([0, 0, 200_000, 200_000])
    pdf.pages[0].Contents = pdf.make_stream(b"0 0 100 100 re f")
    return saved(pdf, folder, "huge page box.pdf")


def huge_picture(folder: Path) -> Path:
    """A small page whose picture unpacks to 3.6 thousand million pixels."""
    pdf = Pdf.new()
    page = add_scan(pdf, b"", (1240, 1754))
    picture = page.Resources.XObject.Im0
    picture.Width, picture.Height = 60_000, 60_000
    return saved(pdf, folder, "huge picture.pdf")


def picture_and_pdf(folder: Path) -> Path:
    """A JPEG with a PDF in its comment: two programs, two papers."""
    data = jpeg_bytes(page_picture())
    comment = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n"
    path = folder / "picture and pdf.pdf"
    path.write_bytes(data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:])
    return path


def blank_page(folder: Path) -> Path:
    pdf = Pdf.new()
    add_scan(pdf, jpeg_bytes(Image.new("RGB", (1240, 1754), (250, 250, 248))), (1240, 1754))
    return saved(pdf, folder, "blank page.pdf")
