"""Pages for print: what is written is there, nothing is lost between pages, and equal input gives equal bytes."""

from __future__ import annotations

import io
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from ocr.errors import PdfNotWritten, PrintFontMissing
from ocr.typeset import fonts
from ocr.typeset.document import build, write
from ocr.typeset.fonts import find_font, printable
from ocr.typeset.model import (
    Align,
    Banner,
    Beside,
    Block,
    Columns,
    Facts,
    Family,
    Gap,
    PageBreak,
    Picture,
    Rule,
    Sheet,
    Style,
    Table,
    Text,
    Together,
)
from tests.world.verapdf import validate

WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def sheet(*blocks: Block, **changes: object) -> Sheet:
    return Sheet("Sổ chứng thực tháng 3", blocks, WHEN, footer="UBND phường Thử Nghiệm", **changes)  # type: ignore[arg-type]


def picture(mode: str = "RGBA") -> bytes:
    data = io.BytesIO()
    Image.new(mode, (40, 20), (255, 0, 0, 128) if mode == "RGBA" else 0).save(data, "PNG")
    return data.getvalue()


def words(pdf: Path, page: int = 0) -> str:
    only = ["-f", str(page), "-l", str(page)] if page else []
    return subprocess.run(["pdftotext", "-layout", *only, str(pdf), "-"], check=True, capture_output=True).stdout.decode()


EVERYTHING = sheet(
    Banner("Không thể kết luận", (150, 100, 0), "Nội dung toàn vẹn"),
    Beside((Text("Ủy ban nhân dân", Style(13, bold=True)), Facts((("Tệp", "giấy.pdf"), ("Số", "12")))), Picture(picture(), 25)),
    Rule(),
    Text("Ngưỡng cửa đặt ở đầu dòng. " * 12, Style(align=Align.JUSTIFIED), indent_mm=6, hanging="1."),
    Columns(((Text("NGƯỜI KÝ"), Gap(10)), (Text("CƠ QUAN"),))),
    PageBreak(),
    Table(("Số", "Giấy tờ"), (("1", "Giấy khai sinh"),), (1, 5), (Align.RIGHT, Align.LEFT)),
    Picture(picture("1"), 30, Align.CENTRE, "Quét để kiểm tra"),
    Together((Text("KẾT", Style(14, bold=True, italic=True)),)),
)


def test_every_kind_of_block_is_on_the_page_as_text(tmp_path: Path) -> None:
    write(EVERYTHING, tmp_path / "all.pdf")
    told = words(tmp_path / "all.pdf")
    for wanted in ("Không thể kết luận", "Nội dung toàn vẹn", "Ủy ban nhân dân", "giấy.pdf", "Ngưỡng cửa", "1.", "NGƯỜI KÝ",
                   "CƠ QUAN", "Giấy khai sinh", "Quét để kiểm tra", "KẾT", "Trang 2/2", "UBND phường Thử Nghiệm"):  # fmt: skip
        assert wanted in told


@pytest.mark.parametrize("family", list(Family))
def test_it_is_pdfa(family: Family, tmp_path: Path) -> None:
    upright, lying = tmp_path / "a.pdf", tmp_path / "b.pdf"
    write(sheet(*EVERYTHING.blocks, Text("漢字 \u202e ẞ ☃ \u0000"), family=family), upright)
    write(sheet(*EVERYTHING.blocks, family=family, landscape=True, language="en"), lying)
    assert validate([upright, lying]) == {str(upright): [], str(lying): []}


def test_a_long_table_repeats_its_head_and_loses_no_row(tmp_path: Path) -> None:
    rows = tuple((f"{number:05}", "Bản sao giấy khai sinh " * (number % 7 + 1)) for number in range(200))
    write(sheet(Table(("Số chứng thực", "Giấy tờ"), rows, (1, 3))), tmp_path / "t.pdf")
    with pikepdf.open(tmp_path / "t.pdf") as pdf:
        pages = len(pdf.pages)
    assert pages > 3
    for page in range(1, pages + 1):
        told = words(tmp_path / "t.pdf", page)
        assert "Số chứng thực" in told
        assert f"Trang {page}/{pages}" in told
    whole = words(tmp_path / "t.pdf")
    assert all(whole.count(row[0]) == 1 for row in rows)


def test_a_cell_as_long_as_a_book_does_not_stop_the_register(tmp_path: Path) -> None:
    write(sheet(Table(("A", "B"), (("x" * 50_000, "y"), ("sau", "nữa"))), landscape=True), tmp_path / "t.pdf")
    told = words(tmp_path / "t.pdf")
    assert "…" in told
    assert "nữa" in told


def test_what_belongs_together_starts_a_new_page_rather_than_be_torn(tmp_path: Path) -> None:
    filler = Gap(225)
    group = (Text("ĐẦU"), Gap(35), Text("CUỐI"))
    write(sheet(filler, Together(group)), tmp_path / "kept.pdf")
    write(sheet(filler, *group), tmp_path / "torn.pdf")
    assert "ĐẦU" not in words(tmp_path / "kept.pdf", 1)
    assert "ĐẦU" in words(tmp_path / "torn.pdf", 1)


def test_equal_input_gives_equal_bytes() -> None:
    assert build(EVERYTHING) == build(EVERYTHING)


def test_what_no_font_has_or_no_eye_sees_is_spelled_out() -> None:
    assert printable("hop-dong\u202efdp.exe", Family.SERIF) == "hop-dong[U+202E]fdp.exe"
    assert printable("印", Family.SANS) == "[U+5370]"
    assert printable("Nguye\u0302\u0303n", Family.MONO) == "Nguyễn"


def test_a_missing_font_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", ())
    find_font.cache_clear()
    try:
        with pytest.raises(PrintFontMissing, match="LiberationSerif-Regular"):
            find_font(Family.SERIF)
    finally:
        find_font.cache_clear()


def test_a_target_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(PdfNotWritten):
        write(sheet(Text("x")), tmp_path / "taken")
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]
