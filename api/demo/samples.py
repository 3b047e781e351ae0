"""The sample dossier that the first start digitises: painted papers in the file formats offices really send.

Nothing in it is real; every page says so. Equal code paints equal bytes, so a second start finds the same papers.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from api.demo.painter.files import save_jpeg, save_scan_pdf, save_tiff
from api.demo.painter.page import PaintedPage
from api.demo.painter.papers import PaperKind, paint, plan_paper
from api.demo.painter.spoil.conditions import spoil
from api.demo.painter.spoil.geometry import skewed
from api.demo.painter.textpdf import save_text_pdf

SAMPLE_DPI = 200
"""The floor for scans of papers; the card is scanned finer."""
CARD_DPI = 300
_ZIP_TIME = (2026, 1, 1, 0, 0, 0)


def _scanned(kind: PaperKind, seed: int, *conditions: str, by_hand: bool = False) -> tuple[PaintedPage, ...]:
    pages = paint(kind, seed, SAMPLE_DPI, by_hand=by_hand)
    return tuple(spoil(page, conditions, seed) for page in pages)


def _fax(into: Path) -> Path:
    pages = [*_scanned(PaperKind.CONTRACT, 23, "signed", "bitonal"), *_scanned(PaperKind.APPLICATION, 23, "signed", "bitonal")]
    return save_tiff(pages[:3], into / "hop-dong-thue-nha.tif")


def _skewed_letter(into: Path) -> Path:
    pages = [skewed(page, 2.3) for page in _scanned(PaperKind.LETTER, 31, "sealed", "entry_stamp", by_hand=True)]
    return save_tiff([spoil(page, ("scanner",), 31) for page in pages], into / "cong-van-lech-va-dong-dau.tif", g4=False)


def paint_dossier(into: Path) -> tuple[Path, ...]:
    """Paint the sample dossier into a folder (made when missing) and return its eight files, in a stable order.

    A decision (scanned PDF of two pages), a birth certificate, the first page of a land certificate, an ID
    card with QR code, a phone photo of a notice, a skewed and sealed official letter (colour TIFF), a lease with an
    application (three-page G4 TIFF) and a born-digital PDF.

    Raises:
        FontMissing: The Liberation fonts are not installed.
    """
    into.mkdir(parents=True, exist_ok=True)
    card = spoil(paint(PaperKind.ID_CARD, 17, CARD_DPI)[0], ("scanner",), 17)
    photo = spoil(paint(PaperKind.NOTICE, 29, SAMPLE_DPI)[0], ("sealed", "phone"), 29)
    return (
        save_scan_pdf(_scanned(PaperKind.DECISION, 11, "sealed", "scanner", by_hand=True), into / "quyet-dinh.pdf"),
        save_jpeg(_scanned(PaperKind.BIRTH, 13, "sealed", "scanner")[0], into / "giay-khai-sinh.jpg"),
        save_jpeg(_scanned(PaperKind.LAND, 19, "sealed", "scanner")[0], into / "giay-chung-nhan-quyen-su-dung-dat.jpg"),
        save_jpeg(card, into / "can-cuoc-mat-truoc.jpg", quality=92),
        save_jpeg(photo, into / "anh-chup-thong-bao.jpg", quality=85, tag=False),
        _skewed_letter(into),
        _fax(into),
        save_text_pdf(plan_paper(PaperKind.NOTICE, 37), into / "thong-bao-dien-tu.pdf", title="Thông báo"),
    )


def zip_dossier(files: Sequence[Path], path: Path) -> Path:
    """Pack files into a ZIP, as people send a dossier by mail; equal files give equal bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.name, _ZIP_TIME), file.read_bytes())
    return path
