"""Bad and odd inputs as one named table: what each file is, and the code it is refused with (None: it is taken in)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.world import bad_archives as archives
from tests.world import bad_images as images
from tests.world import bad_pdfs as pdfs


@dataclass(frozen=True, slots=True)
class BadFile:
    """`make(folder)` writes the file and returns its path; `note` is a note that an accepted file or its first page bears."""

    make: Callable[[Path], Path]
    code: str | None
    note: str = ""


def _refused(make: Callable[[Path], Path], code: str) -> BadFile:
    return BadFile(make, f"ingest.{code}")


BAD_FILES: dict[str, BadFile] = {
    # PDF
    "PDF cut in the middle": _refused(pdfs.truncated, "pdf_damaged"),
    "PDF cut inside its picture": _refused(pdfs.cut_in_picture, "pdf_damaged"),
    "PDF that lost its index": BadFile(pdfs.lost_index, None, "pdf_repaired"),
    "zero bytes": _refused(pdfs.zero_bytes, "file_empty"),
    "PDF header and nothing else": _refused(pdfs.header_only, "pdf_damaged"),
    "random bytes named .pdf": _refused(pdfs.random_bytes, "type_unknown"),
    "PDF with a password": _refused(pdfs.password, "pdf_encrypted"),
    "PDF with an owner password only": BadFile(pdfs.owner_password, None, "pdf_restricted"),
    "PDF with JavaScript": _refused(pdfs.javascript, "pdf_active_content"),
    "PDF with a launch action": _refused(pdfs.launch_action, "pdf_active_content"),
    "PDF with an embedded file": _refused(pdfs.embedded_file, "pdf_active_content"),
    "PDF with an XFA form": _refused(pdfs.xfa_form, "pdf_active_content"),
    "PDF with a cyclic page tree": _refused(pdfs.cyclic_page_tree, "pdf_damaged"),
    "PDF without pages": _refused(pdfs.no_pages, "pdf_without_pages"),
    "PDF with 5000 pages": _refused(pdfs.five_thousand_pages, "too_many_pages"),
    "PDF with a huge page box": _refused(pdfs.huge_page_box, "page_too_large"),
    "PDF with a huge picture": _refused(pdfs.huge_picture, "page_too_large"),
    "JPEG and PDF at once": _refused(pdfs.picture_and_pdf, "type_ambiguous"),
    "PDF and ZIP at once": _refused(archives.pdf_and_zip, "type_ambiguous"),
    "blank page": BadFile(pdfs.blank_page, None, "blank_page"),
    # images
    "one pixel": _refused(images.one_pixel, "page_too_small"),
    "60000 x 60000 pixels": _refused(images.pixel_bomb, "page_too_large"),
    "PNG with a wrong checksum": _refused(images.wrong_checksum, "image_damaged"),
    "PNG cut in half": _refused(images.half_png, "image_damaged"),
    "JPEG cut in half": _refused(images.half_jpeg, "image_damaged"),
    "HEIC cut in half": _refused(images.half_heic, "image_damaged"),
    "TIFF with a lying header": _refused(images.tiff_lying_header, "image_damaged"),
    "TIFF directory outside the file": _refused(images.tiff_directory_outside, "image_damaged"),
    "TIFF directories in a loop": _refused(images.tiff_loop, "image_damaged"),
    "TIFF bomb": _refused(images.tiff_bomb, "page_too_large"),
    "animated GIF": _refused(images.gif, "type_unsupported"),
    "animated WebP": BadFile(images.animated_webp, None, "only_first_frame"),
    "JPEG named .pdf": BadFile(images.wrong_extension, None, "wrong_extension"),
    "a script that is not read": BadFile(images.foreign_script, None),
    # archives and what is no scan
    "ZIP bomb": _refused(archives.zip_bomb, "archive_bomb"),
    "ZIP with overlapping members": _refused(archives.overlapping_bomb, "archive_bomb"),
    "ZIP with ../ names": _refused(archives.parent_names, "archive_unsafe_name"),
    "ZIP with ..\\ names": _refused(archives.backslash_names, "archive_unsafe_name"),
    "ZIP with absolute names": _refused(archives.absolute_names, "archive_unsafe_name"),
    "ZIP with a link": _refused(archives.symbolic_link, "archive_link"),
    "ZIP with equal names": _refused(archives.duplicate_names, "archive_duplicate"),
    "ZIP with a password": _refused(archives.encrypted, "archive_encrypted"),
    "ZIP in a ZIP": _refused(archives.nested, "archive_nested"),
    "empty ZIP": _refused(archives.empty, "archive_empty"),
    "ZIP of clutter only": _refused(archives.only_clutter, "archive_empty"),
    "ZIP cut at the end": _refused(archives.truncated, "archive_damaged"),
    "ZIP with 5001 members": _refused(archives.too_many, "archive_too_many"),
    "Word document": _refused(archives.word, "type_unsupported"),
    "Word document named .pdf": _refused(archives.word_called_pdf, "type_unsupported"),
    "Windows program": _refused(archives.program, "type_unsupported"),
    "web page": _refused(archives.web_page, "type_unsupported"),
    "plain text": _refused(archives.plain_text, "type_unsupported"),
}
