"""Pages of PDFs: what is taken out looks exactly as a reader shows it, and is taken out only where nothing else shows."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageChops, ImageOps

from ingest.errors import PageUnreadable
from ingest.identify import identify
from ingest.model import ColourMode, DpiSource, PageImage, PageOrigin
from ingest.options import IntakeOptions
from ingest.split import page_images
from tests.world.bad_pdfs import add_scan, jpeg_bytes, page_picture

OPTIONS = IntakeOptions(render_dpi=200)
SIZE = (620, 877)
WIDTH, HEIGHT = 297.6, 420.96


def one_page(draw: str, data: bytes | None = None, **image: object) -> Pdf:
    """A page of 620 × 877 pixels at 150 dpi with the given content stream; `image` changes the picture's dictionary."""
    pdf = Pdf.new()
    picture = page_picture(size=SIZE)
    page = add_scan(pdf, data or jpeg_bytes(picture), SIZE)
    for key, value in image.items():
        page.Resources.XObject.Im0[f"/{key}"] = value
    page.Contents = pdf.make_stream(draw.encode())
    page.Resources.Font = Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    return pdf


def split(pdf: Pdf, folder: Path, options: IntakeOptions = OPTIONS) -> PageImage:
    path = folder / "in.pdf"
    pdf.save(path)
    identified = identify(str(path), path.name, options)
    return page_images(str(path), identified, str(folder), 0, 0, options)[0]


def as_shown(page: PageImage) -> Image.Image:
    with Image.open(page.path) as image:
        return image.convert("RGB").rotate(-page.exif_turn_deg, expand=True)


def as_rendered(folder: Path, size: tuple[int, int]) -> Image.Image:
    with pypdfium2.PdfDocument(folder / "in.pdf") as document:
        document.init_forms()
        page = document[0]
        image: Image.Image = page.render(scale=size[0] / page.get_width(), rev_byteorder=True).to_pil().convert("RGB")
        return image.resize(size)


def looks_alike(page: PageImage, folder: Path) -> bool:
    """Whether taken-out and rendered page differ by no more than resampling at the edges of letters."""
    shown = as_shown(page)
    difference = ImageChops.difference(shown, as_rendered(folder, shown.size))
    return float(np.asarray(difference).mean()) < 6.0


UPRIGHT = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Im0 Do Q"
QUARTER = f"q 0 {WIDTH} -{HEIGHT} 0 {HEIGHT} 0 cm /Im0 Do Q"
THREE_QUARTERS = f"q 0 -{WIDTH} {HEIGHT} 0 0 {WIDTH} cm /Im0 Do Q"
HALF = f"q -{WIDTH} 0 0 -{HEIGHT} {WIDTH} {HEIGHT} cm /Im0 Do Q"
INVISIBLE = "BT 3 Tr /F 12 Tf 50 300 Td (van ban) Tj ET"


def turned_box(pdf: Pdf) -> Pdf:
    pdf.pages[0].MediaBox = Array([0, 0, HEIGHT, WIDTH])
    return pdf


def page_turned(pdf: Pdf, degrees: int) -> Pdf:
    pdf.pages[0].Rotate = degrees
    return pdf


def in_a_form(pdf: Pdf) -> Pdf:
    """Draws the picture from inside two nested forms with matrices of their own."""
    page = pdf.pages[0]
    inner = pdf.make_stream(f"{WIDTH / 2} 0 0 {HEIGHT / 2} 0 0 cm /Im0 Do".encode())
    inner.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, WIDTH, HEIGHT]),
        Matrix=Array([2, 0, 0, 2, 0, 0]),
        Resources=Dictionary(XObject=Dictionary(Im0=page.Resources.XObject.Im0)),
    )
    page.Resources.XObject = Dictionary(Fm0=inner)
    page.Contents = pdf.make_stream(b"q /Fm0 Do Q")
    return pdf


TAKEN_OUT: dict[str, tuple[Callable[[], Pdf], int]] = {
    "upright": (lambda: one_page(UPRIGHT), 0),
    "invisible text over it": (lambda: one_page(f"{UPRIGHT} {INVISIBLE}"), 0),
    "text and lines hidden under it": (lambda: one_page(f"BT /F 12 Tf 50 300 Td (x) Tj ET 0 0 99 99 re f {UPRIGHT}"), 0),
    "clipped to the page": (lambda: one_page(f"q 0 0 {WIDTH} {HEIGHT} re W n {UPRIGHT} Q"), 0),
    "page turned": (lambda: page_turned(one_page(UPRIGHT), 90), 90),
    "page turned the other way": (lambda: page_turned(one_page(UPRIGHT), -90), 270),
    "picture turned": (lambda: turned_box(one_page(QUARTER)), 270),
    "picture turned three times": (lambda: turned_box(one_page(THREE_QUARTERS)), 90),
    "picture turned, page turned back": (lambda: page_turned(turned_box(one_page(QUARTER)), 90), 0),
    "picture on its head": (lambda: one_page(HALF), 180),
    "inside forms": (lambda: in_a_form(one_page("")), 0),
    "small margins": (lambda: one_page(f"q {WIDTH - 8} 0 0 {HEIGHT - 8} 4 4 cm /Im0 Do Q"), 0),
}


@pytest.mark.parametrize("name", TAKEN_OUT)
def test_a_scan_is_taken_out_untouched(name: str, tmp_path: Path) -> None:
    make, turn = TAKEN_OUT[name]
    pdf = make()
    page = split(pdf, tmp_path)
    assert (page.origin, page.exif_turn_deg, page.media_type) == (PageOrigin.EMBEDDED, turn, "image/jpeg")
    assert (page.width_px, page.height_px) == SIZE
    assert Path(page.path).read_bytes() == jpeg_bytes(page_picture(size=SIZE))
    assert page.dpi == pytest.approx(150, rel=0.04)
    assert page.dpi_source is DpiSource.PAGE_SIZE
    assert page.has_text_layer == ("text" in name)
    assert name == "small margins" or looks_alike(page, tmp_path)


def annotated(pdf: Pdf, subtype: str = "/Stamp", flags: int = 4) -> Pdf:
    look = pdf.make_stream(b"1 0 0 rg 0 0 50 50 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 50, 50]))
    stamp = Dictionary(
        Type=Name.Annot, Subtype=Name(subtype), Rect=Array([50, 50, 150, 150]), F=flags, AP=Dictionary(N=look), FT=Name.Sig, T="S"
    )
    pdf.pages[0].Annots = Array([pdf.make_indirect(stamp)])
    if subtype == "/Widget":
        pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.pages[0].Annots[0]]))
    return pdf


def translucent(pdf: Pdf) -> Pdf:
    pdf.pages[0].Resources.ExtGState = Dictionary(G=Dictionary(ca=0.5))
    return pdf


def with_soft_mask(pdf: Pdf) -> Pdf:
    mask = pdf.make_stream(b"\x80" * 100, Type=Name.XObject, Subtype=Name.Image, Width=10, Height=10, BitsPerComponent=8)
    mask.ColorSpace = Name.DeviceGray
    pdf.pages[0].Resources.XObject.Im0.SMask = mask
    return pdf


RENDERED: dict[str, Callable[[], Pdf]] = {
    "visible text over it": lambda: one_page(f"{UPRIGHT} BT /F 40 Tf 50 300 Td (DA NHAN) Tj ET"),
    "a line over it": lambda: one_page(f"{UPRIGHT} 5 w 0 0 m 200 200 l S"),
    "two pictures": lambda: one_page(f"{UPRIGHT} q 99 0 0 99 0 0 cm /Im0 Do Q"),
    "mirrored": lambda: one_page(f"q -{WIDTH} 0 0 {HEIGHT} {WIDTH} 0 cm /Im0 Do Q"),
    "slanted": lambda: one_page(f"q {WIDTH} 60 -60 {HEIGHT} 0 0 cm /Im0 Do Q"),
    "not filling": lambda: one_page(f"q {WIDTH / 2} 0 0 {HEIGHT / 2} 0 0 cm /Im0 Do Q"),
    "far too large": lambda: one_page(f"q {WIDTH * 2} 0 0 {HEIGHT * 2} 0 0 cm /Im0 Do Q"),
    "clipped": lambda: one_page(f"q 0 0 {WIDTH} {HEIGHT / 2} re W n {UPRIGHT} Q"),
    "breaking the rules": lambda: one_page(f"{UPRIGHT} 1 2 cm (x) Tr /Nothing Do"),
    "translucent": lambda: translucent(one_page(f"q /G gs {UPRIGHT} Q")),
    "masked": lambda: with_soft_mask(one_page(UPRIGHT)),
    "stamped": lambda: annotated(one_page(UPRIGHT)),
    "visibly signed": lambda: annotated(one_page(UPRIGHT), "/Widget"),
    "inverted": lambda: one_page(UPRIGHT, Decode=Array([1, 0, 1, 0, 1, 0])),
}


@pytest.mark.parametrize("name", RENDERED)
def test_whatever_else_shows_is_rendered(name: str, tmp_path: Path) -> None:
    page = split(RENDERED[name](), tmp_path)
    taken_out = page.origin is PageOrigin.EMBEDDED
    # an inverted picture is still the only thing on the page: it is decoded as the PDF says
    assert taken_out == (name == "inverted")
    if not taken_out:
        assert (page.dpi, page.dpi_source, page.exif_turn_deg) == (200, DpiSource.RENDERED, 0)
        assert abs(page.width_px - WIDTH / 72 * 200) <= 1
    assert looks_alike(page, tmp_path)


@pytest.mark.parametrize("flags", [2, 32])
def test_hidden_annotations_do_not_count(tmp_path: Path, flags: int) -> None:
    assert split(annotated(one_page(UPRIGHT), flags=flags), tmp_path).origin is PageOrigin.EMBEDDED


def lossless(image: Image.Image, space: object, bits: int = 8) -> Pdf:
    pdf = one_page(UPRIGHT)
    picture = pdf.pages[0].Resources.XObject.Im0
    picture.write(image.tobytes())
    picture.ColorSpace, picture.BitsPerComponent = space, bits
    return pdf


GREY = ImageOps.grayscale(page_picture(size=SIZE))
BITONAL = GREY.convert("1", dither=Image.Dither.NONE)


def fax(picture: Image.Image) -> Pdf:
    out = io.BytesIO()
    ImageOps.invert(picture.convert("L")).convert("1").save(out, "TIFF", compression="group4", strip_size=10**9)
    with Image.open(out) as tiff:
        at, length = tiff.tag_v2[273][0], tiff.tag_v2[279][0]  # type: ignore[attr-defined]
    data = out.getvalue()[at : at + length]
    pdf = one_page(UPRIGHT)
    image = pdf.pages[0].Resources.XObject.Im0
    parameters = Dictionary(K=-1, Columns=SIZE[0], Rows=SIZE[1], BlackIs1=False)
    image.write(data, filter=Name.CCITTFaxDecode, decode_parms=parameters)
    image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 1
    return pdf


def pixels(page: PageImage, mode: str) -> bytes:
    with Image.open(page.path) as image:
        return image.convert(mode).tobytes()


def test_grey_without_loss_becomes_png(tmp_path: Path) -> None:
    page = split(lossless(GREY, Name.DeviceGray), tmp_path)
    assert (page.media_type, page.colour, page.origin) == ("image/png", ColourMode.GREY, PageOrigin.EMBEDDED)
    assert pixels(page, "L") == GREY.tobytes()


def test_bitonal_becomes_group_4(tmp_path: Path) -> None:
    page = split(lossless(BITONAL, Name.DeviceGray, 1), tmp_path)
    assert (page.media_type, page.colour) == ("image/tiff", ColourMode.BITONAL)
    assert pixels(page, "1") == BITONAL.tobytes()
    with Image.open(page.path) as image:
        assert image.info["compression"] == "group4"
    assert "bitonal_page" in {note.code for note in page.quality.notes}


def test_fax_stays_bitonal(tmp_path: Path) -> None:
    page = split(fax(BITONAL), tmp_path)
    assert (page.media_type, page.colour) == ("image/tiff", ColourMode.BITONAL)
    assert looks_alike(page, tmp_path)
    assert ImageChops.difference(as_shown(page).convert("L"), BITONAL.convert("L")).getbbox() is None


def test_bitonal_with_a_palette(tmp_path: Path) -> None:
    palette = Array([Name.Indexed, Name.DeviceRGB, 1, pikepdf.String(b"\xff\xff\xff\x00\x00\x00")])
    page = split(lossless(BITONAL, palette, 1), tmp_path)
    assert page.colour is ColourMode.BITONAL
    assert looks_alike(page, tmp_path)


def test_cmyk_jpeg_is_converted(tmp_path: Path) -> None:
    out = io.BytesIO()
    page_picture(size=SIZE).convert("CMYK").save(out, "JPEG", quality=90)
    page = split(one_page(UPRIGHT, out.getvalue(), ColorSpace=Name.DeviceCMYK), tmp_path)
    with Image.open(page.path) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
    assert looks_alike(page, tmp_path)


def test_a_cut_picture_is_told_by_its_page(tmp_path: Path) -> None:
    data = jpeg_bytes(page_picture(size=SIZE))
    with pytest.raises(PageUnreadable) as caught:
        split(one_page(UPRIGHT, data[: len(data) // 2]), tmp_path)
    assert caught.value.params == {"page": 1}


def test_one_point_per_pixel(tmp_path: Path) -> None:
    """Some scanners write the pixel count as the page size: 72 dpi on paper of a metre."""
    pdf = Pdf.new()
    picture = page_picture()
    add_scan(pdf, jpeg_bytes(picture), picture.size, dpi=72)
    page = split(pdf, tmp_path)
    assert (page.dpi, page.dpi_source) == (150, DpiSource.PAGE_SIZE)


def test_user_unit_counts(tmp_path: Path) -> None:
    pdf = one_page(UPRIGHT)
    pdf.pages[0].UserUnit = 2.0
    assert split(pdf, tmp_path).dpi == pytest.approx(75, rel=0.01)


def test_drawn_pages_are_told_from_photographs(tmp_path: Path) -> None:
    drawn = split(one_page("BT /F 30 Tf 40 300 Td (CONG HOA XA HOI) Tj ET"), tmp_path)
    assert (drawn.media_type, drawn.colour, drawn.has_text_layer) == ("image/png", ColourMode.GREY, True)
    noise = Image.effect_noise(SIZE, 60).convert("RGB")
    photo = split(one_page(f"{UPRIGHT} 1 0 0 RG 0 0 m 200 200 l S", jpeg_bytes(noise)), tmp_path)
    assert (photo.media_type, photo.colour) == ("image/jpeg", ColourMode.COLOUR)
