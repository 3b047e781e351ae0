"""Bytes decide what a file is; limits hold; hostile bytes raise only our errors."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from PIL import Image

from ingest.errors import (
    FileTooLarge,
    FileUnreadable,
    IngestError,
    PageTooLarge,
    PdfActiveContent,
    TooManyPages,
    TypeUnsupported,
)
from ingest.identify import identify
from ingest.model import FileKind, Identified
from ingest.options import IntakeOptions
from ingest.split import page_images
from tests.world.bad_archives import packed
from tests.world.bad_images import good_heic, tiff_with_thumbnail
from tests.world.bad_pdfs import javascript, jpeg_bytes, page_picture, saved, scan

OPTIONS = IntakeOptions()


def encoded(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    page_picture(size=(400, 560)).save(out, kind, **options)
    return out.getvalue()


def looked_at(data: bytes, folder: Path, name: str = "x", options: IntakeOptions = OPTIONS) -> Identified:
    path = folder / "file"
    path.write_bytes(data)
    return identify(str(path), name, options)


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("JPEG", "a.jpg", FileKind.JPEG),
        ("PNG", "a.PNG", FileKind.PNG),
        ("TIFF", "a.tiff", FileKind.TIFF),
        ("WEBP", "a.webp", FileKind.WEBP),
        ("PDF", "a.pdf", FileKind.PDF),
        ("HEIF", "a.heic", FileKind.HEIC),
    ],
)
def test_the_good_ones(kind: str, name: str, expected: FileKind, tmp_path: Path) -> None:
    assert looked_at(encoded(kind), tmp_path, name) == Identified(expected, 1)


def test_names_that_lie_earn_a_note(tmp_path: Path) -> None:
    (note,) = looked_at(encoded("PNG"), tmp_path, "giấy khai sinh.jpg").notes
    assert (note.code, note.params) == ("wrong_extension", {"extension": "jpg", "kind": "PNG"})


def test_pages_of_a_tiff(tmp_path: Path) -> None:
    frames = [page_picture(size=(400, 560)) for _ in range(3)]
    data = encoded("TIFF", save_all=True, append_images=frames[1:])
    assert looked_at(data, tmp_path, "a.tif", IntakeOptions(max_pages=3)).pages == 3
    with pytest.raises(TooManyPages):
        looked_at(data, tmp_path, "a.tif", IntakeOptions(max_pages=2))


def test_thumbnails_in_a_tiff_are_no_pages(tmp_path: Path) -> None:
    path = tmp_path / "thumb.tif"
    path.write_bytes(tiff_with_thumbnail())
    assert identify(str(path), path.name, OPTIONS) == Identified(FileKind.TIFF, 2)
    pages = page_images(str(path), Identified(FileKind.TIFF, 2), str(tmp_path), 0, 1, OPTIONS)
    assert [(page.width_px, page.height_px) for page in pages] == [(300, 300), (300, 310)]


def test_big_tiff(tmp_path: Path) -> None:
    assert looked_at(encoded("TIFF", big_tiff=True), tmp_path, "a.tif") == Identified(FileKind.TIFF, 1)


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_lzw", "packbits", "tiff_adobe_deflate"])
def test_tiff_compressions(compression: str, tmp_path: Path) -> None:
    out = io.BytesIO()
    page_picture(size=(400, 560)).convert("1").save(out, "TIFF", compression=compression)
    assert looked_at(out.getvalue(), tmp_path, "a.tif").pages == 1


def test_pdf_behind_other_bytes(tmp_path: Path) -> None:
    (note,) = looked_at(b"\x1b%-12345X@PJL\r\n\x00" + encoded("PDF"), tmp_path, "a.pdf").notes
    assert (note.code, note.params) == ("pdf_leading_bytes", {"bytes": 16})


def test_size_limit(tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge):
        looked_at(encoded("JPEG"), tmp_path, options=IntakeOptions(max_file_bytes=1000))


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable) as caught:
        identify(str(tmp_path / "gone"), "a.pdf", OPTIONS)
    assert caught.value.retryable


def test_pixel_limit_counts_what_rendering_would_make(tmp_path: Path) -> None:
    pdf = pikepdf.Pdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    path = saved(pdf, tmp_path, "a.pdf")
    assert identify(str(path), "a.pdf", IntakeOptions(max_page_pixels=8_800_000)).pages == 1
    with pytest.raises(PageTooLarge):
        identify(str(path), "a.pdf", IntakeOptions(max_page_pixels=8_600_000))


def test_active_content_may_be_noted_instead(tmp_path: Path) -> None:
    path = javascript(tmp_path)
    (note,) = identify(str(path), "a.pdf", IntakeOptions(active_content="note")).notes
    assert (note.code, note.params) == ("active_content", {"what": "JavaScript"})


def deep_action(pdf: pikepdf.Pdf) -> None:
    """A script three direct dictionaries below an annotation."""
    script = Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"app.alert(1)"))
    annotation = Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=Array([0, 0, 9, 9]), AA=Dictionary(E=script))
    pdf.pages[0].Annots = Array([annotation])


def named_script(pdf: pikepdf.Pdf) -> None:
    tree = Dictionary(Names=Array(["a", Dictionary(S=Name.JavaScript, JS="app.alert(1)")]))
    pdf.Root.Names = Dictionary(JavaScript=tree)


def attachment_note(pdf: pikepdf.Pdf) -> None:
    file = Dictionary(Type=Name.Filespec, F="a.exe", EF=Dictionary(F=pdf.make_stream(b"MZ")))
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, FS=file, Rect=Array([0, 0, 9, 9]))])


def hidden_away(pdf: pikepdf.Pdf) -> None:
    """Reachable only through a private key that some readers might follow."""
    pdf.Root.PieceInfo = Dictionary(X=Dictionary(Private=pdf.make_indirect(Dictionary(S=Name.Launch, F="cmd.exe"))))


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (deep_action, "JavaScript"),
        (named_script, "JavaScript"),
        (attachment_note, "EmbeddedFile"),
        (hidden_away, "Launch"),
    ],
)
def test_active_content_is_found_wherever_it_is(spoil: Callable[[pikepdf.Pdf], None], what: str, tmp_path: Path) -> None:
    pdf = scan()
    spoil(pdf)
    path = saved(pdf, tmp_path, "a.pdf")
    with pytest.raises(PdfActiveContent) as caught:
        identify(str(path), "a.pdf", OPTIONS)
    assert what in str(caught.value.params["what"])


def test_links_and_bookmarks_are_harmless(tmp_path: Path) -> None:
    pdf = scan()
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(S=Name.URI, URI="https://x.vn"))
    pdf.pages[0].Annots = Array([link])
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("/JavaScript /Launch", 0))
    assert identify(str(saved(pdf, tmp_path, "a.pdf")), "a.pdf", OPTIONS).notes == ()


def test_signatures_are_counted(tmp_path: Path) -> None:
    pdf = scan()
    signed = Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=b"\0")
    kid = pdf.make_indirect(Dictionary(T="k", V=pdf.make_indirect(signed)))
    fields = [
        pdf.make_indirect(Dictionary(FT=Name.Sig, T="a", V=pdf.make_indirect(signed))),
        pdf.make_indirect(Dictionary(FT=Name.Sig, T="empty")),
        pdf.make_indirect(Dictionary(FT=Name.Sig, T="parent", Kids=Array([kid]))),
        pdf.make_indirect(Dictionary(FT=Name.Tx, T="text", V="x")),
    ]
    pdf.Root.AcroForm = Dictionary(Fields=Array(fields), SigFlags=3)
    assert identify(str(saved(pdf, tmp_path, "a.pdf")), "a.pdf", OPTIONS).signatures == 2


def test_zip_counts_files(tmp_path: Path) -> None:
    path = packed(tmp_path, "a.zip", [("x/", b""), ("x/a.jpg", b"1"), ("b.txt", b"2"), (".DS_Store", b"3")])
    assert identify(str(path), "a.zip", OPTIONS) == Identified(FileKind.ZIP, 2)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office 97-2003 (DOC/XLS/PPT)"),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1", "AVIF"),
        (b"\0\0\0\x20ftypisom\0\0\0\0isom", "MP4"),
        (b"  \n<?xml version='1.0'?><a/>", "XML"),
        ("Số: 12/QĐ".encode("utf-16"), "TXT"),
        ("ấ".encode() * 3000, "TXT"),
    ],
)
def test_refusals_name_what_it_is(data: bytes, found: str, tmp_path: Path) -> None:
    with pytest.raises(TypeUnsupported) as caught:
        looked_at(data, tmp_path)
    assert caught.value.params == {"found": found}
    assert found in caught.value.message("vi")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("seeds")
    small = page_picture(size=(220, 260))
    kinds = [encoded(kind) for kind in ("PNG", "TIFF", "WEBP")]
    return [
        *kinds,
        jpeg_bytes(small),
        saved(scan(), folder, "a.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable).read_bytes(),
        good_heic(folder).read_bytes(),
        packed(folder, "a.zip", [("a.txt", b"1" * 99), ("b.txt", b"2")]).read_bytes(),
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_bytes_raise_only_our_errors(data: st.DataObject, seeds: list[bytes], tmp_path: Path) -> None:
    seed = bytearray(seeds[data.draw(st.integers(0, len(seeds) - 1), "seed")])
    for _ in range(data.draw(st.integers(1, 6), "changes")):
        at = data.draw(st.integers(0, len(seed) - 1) | st.integers(0, min(300, len(seed) - 1)), "at")
        seed[at : at + 1] = data.draw(st.binary(max_size=4), "bytes")
        if not seed:
            break
    if data.draw(st.booleans(), "cut"):
        del seed[data.draw(st.integers(0, len(seed)), "length") :]
    with suppress(IngestError):
        looked_at(bytes(seed), tmp_path, options=IntakeOptions(max_page_pixels=20_000_000))


def test_decoded_image_of_another_kind_is_not_guessed(tmp_path: Path) -> None:
    """A WebP header on TIFF bytes must not reach the TIFF decoder."""
    data = encoded("WEBP")
    with pytest.raises(IngestError):
        looked_at(data[:12] + encoded("TIFF"), tmp_path)
    assert Image.MAX_IMAGE_PIXELS is None
