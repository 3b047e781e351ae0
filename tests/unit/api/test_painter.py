"""The painter of sample papers: truth that is true, boxes that hold their words, equal seeds equal pixels."""

from __future__ import annotations

import hashlib
import json
import time
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np
import pikepdf
import pytest
import zxingcpp
from PIL import Image

from api.demo.painter import fonts
from api.demo.painter.__main__ import main
from api.demo.painter.administrative import FOOTER
from api.demo.painter.cast import Cast, citizen_number, day_in_words, in_words, spelled
from api.demo.painter.errors import FontMissing, UnknownCondition, UnknownPaper
from api.demo.painter.files import save_jpeg, save_tiff
from api.demo.painter.idcard import mrz_check
from api.demo.painter.page import PaintedPage
from api.demo.painter.papers import PaperKind, paint, plan_paper
from api.demo.painter.sets import paint_scan_set
from api.demo.painter.spoil import geometry
from api.demo.painter.spoil.conditions import CONDITIONS, spoil
from api.demo.painter.textpdf import save_text_pdf
from api.demo.samples import paint_dossier, zip_dossier
from tests.world import papers

DPI = 100


def digest(page: PaintedPage) -> str:
    return hashlib.sha256(page.image.tobytes()).hexdigest()


def darkness(page: PaintedPage) -> np.ndarray:
    return 255 - np.asarray(page.image.convert("L")).astype(int)


def misplaced(page: PaintedPage, least: int = 60) -> list[str]:
    """Words whose box holds no ink that is darker by `least` than the paper around the box."""
    ink = darkness(page)
    wrong = []
    for word in page.words:
        x0, y0, x1, y1 = max(0, int(word.box.x0)), max(0, int(word.box.y0)), int(word.box.x1 + 1), int(word.box.y1 + 1)
        paper = np.median(ink[max(0, y0 - 12) : y1 + 12, max(0, x0 - 12) : x1 + 12])
        inside = ink[y0:y1, x0:x1]
        if inside.size == 0 or np.percentile(inside, 97) < paper + least:
            wrong.append(word.text)
    return wrong


@pytest.mark.parametrize("kind", list(PaperKind))
def test_every_word_of_every_paper_has_ink_in_its_box_and_stands_in_a_line(kind: PaperKind) -> None:
    for page in paint(kind, 5, DPI):
        assert misplaced(page) == []
        assert sorted(" ".join(page.lines).split()) == sorted(word.text for word in page.words)
        width, height = page.image.size
        assert all(0 <= w.box.x0 < w.box.x1 <= width and 0 <= w.box.y0 < w.box.y1 <= height for w in page.words)


def test_boxes_beside_their_words_would_be_noticed() -> None:
    page = paint(PaperKind.NOTICE, 5, DPI)[0]
    aside = geometry.shifted(page, page.image, 0, DPI / 8)
    assert len(misplaced(aside)) > len(page.words) / 8


def test_a_box_is_tight_around_its_word() -> None:
    page = paint(PaperKind.NOTICE, 2, 200)[0]
    ink = darkness(page) > 60
    word = next(word for word in page.words if word.text == "THÔNG")
    box = tuple(int(edge) for edge in (word.box.x0, word.box.y0, word.box.x1, word.box.y1))
    around = ink[box[1] - 4 : box[3] + 4, box[0] - 4 : box[2] + 4]
    rows, columns = np.nonzero(around)
    assert abs(rows.min() - 4) <= 1
    assert abs(around.shape[0] - 5 - rows.max()) <= 1
    assert abs(columns.min() - 4) <= 1
    assert abs(around.shape[1] - 5 - columns.max()) <= 1


@pytest.mark.parametrize("kind", list(PaperKind))
def test_no_two_words_lie_on_each_other(kind: PaperKind) -> None:
    for seed in (3, 4):
        for page in paint(kind, seed, DPI):
            boxes = [word.box for word in page.words]
            for index, a in enumerate(boxes):
                for b in boxes[index + 1 :]:
                    wide, high = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
                    assert wide <= 2 or high <= 2.5, (page.words[index].text, page.words[boxes.index(b)].text)


def test_equal_seeds_paint_equal_pixels_and_other_seeds_other_papers() -> None:
    one, same, other = (paint(PaperKind.DECISION, seed, 60)[0] for seed in (8, 8, 9))
    assert digest(one) == digest(same)
    assert one.lines != other.lines
    subjects = {paint(PaperKind.LETTER, seed, 30)[0].fields["number"] for seed in range(40)}
    assert len(subjects) > 35


@pytest.mark.parametrize("name", sorted(CONDITIONS))
def test_every_condition_is_deterministic_and_keeps_the_words_in_their_boxes(name: str) -> None:
    page = paint(PaperKind.NOTICE, 5, 120)[0]
    spoilt, again, other = spoil(page, [name], 3), spoil(page, [name], 3), spoil(page, [name], 4)
    assert digest(spoilt) == digest(again)
    if name not in {"clean", "turn90", "turn180", "turn270", "dpi150", "dpi200"}:
        assert digest(spoilt) != digest(other)
        assert digest(spoilt) != digest(page)
    assert misplaced(spoilt, 12) == []


@pytest.mark.parametrize("name", ["cut_off", "fold", "finger"])
def test_what_is_no_longer_on_the_paper_is_not_in_the_truth(name: str) -> None:
    whole = paint(PaperKind.ID_CARD if name == "fold" else PaperKind.CONTRACT, 5, DPI)[0]
    lost = 0
    for seed in range(6):
        page = spoil(whole, [name], seed)
        assert " ".join(page.lines).split() == [word.text for word in page.words]
        assert all(0 <= word.box.x0 < word.box.x1 <= page.image.width for word in page.words)
        lost += sum(map(len, whole.lines)) - sum(map(len, page.lines))
    assert lost > (1_000 if name == "cut_off" else 0)


def test_moved_boxes_are_where_a_reader_of_the_moved_pixels_finds_the_ink() -> None:
    page = paint(PaperKind.LETTER, 6, 150)[0]
    for moved in (
        geometry.skewed(page, 3.0), geometry.turned(page, 90), geometry.turned(page, 270), geometry.rescaled(page, 100),
        spoil(page, ["phone"], 2),
    ):  # fmt: skip
        ink = darkness(moved).astype(float)
        kept = np.zeros_like(ink, dtype=bool)
        for word in moved.words:
            kept[max(0, int(word.box.y0) - 1) : int(word.box.y1) + 2, max(0, int(word.box.x0) - 1) : int(word.box.x1) + 2] = True
        dark = ink > np.median(ink) + 110
        margin = moved.image.width // 6
        inner = np.zeros_like(kept)
        inner[margin:-margin, margin:-margin] = True
        assert (dark & kept & inner).sum() > 0.93 * (dark & inner).sum()


def test_conditions_combine_and_an_unknown_one_is_refused_by_name() -> None:
    page = paint(PaperKind.NOTICE, 5, DPI)[0]
    both = spoil(page, ["sealed", "skew"], 3)
    assert digest(both) == digest(spoil(spoil(page, ["sealed"], 3), ["skew"], 3))
    with pytest.raises(UnknownCondition) as caught:
        spoil(page, ["burnt"], 3)
    assert "burnt" in caught.value.message("vi")
    with pytest.raises(UnknownPaper):
        paint("passport", 1)


def test_a_sealed_page_is_red_beside_the_signature_and_an_entry_stamp_joins_the_truth() -> None:
    page = paint(PaperKind.NOTICE, 5, DPI)[0]
    seal = np.asarray(spoil(page, ["sealed"], 3).image).astype(int)
    place = page.anchors["signature"]
    rows, columns = np.nonzero((seal[:, :, 0] - seal[:, :, 1] > 80) & (seal[:, :, 0] - seal[:, :, 2] > 60))
    assert len(rows) > 800
    assert place.y0 - 60 < rows.mean() < place.y1 + 60
    assert columns.mean() < (place.x0 + place.x1) / 2
    stamped = spoil(page, ["entry_stamp"], 3)
    assert "ĐẾN" in stamped.lines
    assert len(stamped.words) > len(page.words)


def test_truth_and_fields_stand_on_the_page_and_say_that_it_is_a_sample() -> None:
    for kind in PaperKind:
        for page in paint(kind, 12, 50):
            text = " ".join(page.lines)
            for name, parts in page.printed.items():
                assert all(part in text for part in parts), (kind, name, parts)
            assert FOOTER in page.lines or "MẪU" in text


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_decision_has_the_fields_of_decree_30(by_hand: bool) -> None:
    first, *_, last = paint(PaperKind.DECISION, 21, 50, by_hand=by_hand)
    assert first.lines[0].startswith(("ỦY BAN NHÂN DÂN", "UBND"))
    assert {"number", "issued_on", "issuer", "place", "title", "subject"} <= set(first.fields)
    assert first.fields["number"].split("/")[1].startswith("QĐ-")
    assert date.fromisoformat(first.fields["issued_on"])
    assert {"signer", "signer_title"} <= set(last.fields)


def test_codes_on_card_and_land_certificate_are_read_back() -> None:
    for kind in (PaperKind.ID_CARD, PaperKind.LAND):
        page = paint(kind, 3, 300)[0]
        found = zxingcpp.read_barcodes(np.asarray(page.image))
        assert [code.text for code in found] == list(page.codes)
    card = paint(PaperKind.ID_CARD, 3, 100)[0]
    number, _, name, born, sex, _, issued = card.codes[0].split("|")
    assert number == card.fields["owner_id"]
    assert name.upper() == card.fields["owner_name"]
    assert (len(born), len(issued), sex) == (8, 8, card.fields["sex"])
    assert number[4:6] == born[6:8]


def test_invented_numbers_dates_and_words_follow_the_rules() -> None:
    assert citizen_number("087", "Nam", 1984, 999) == "087084000999"
    assert citizen_number("037", "Nữ", 2015, 12) == "037315000012"
    assert spelled(date(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert spelled(date(2026, 9, 15)) == "ngày 15 tháng 9 năm 2026"
    assert [in_words(n) for n in (5, 10, 15, 21, 24, 55, 105, 110)] == [
        "năm", "mười", "mười lăm", "hai mươi mốt", "hai mươi tư", "năm mươi lăm", "một trăm lẻ năm", "một trăm mười",
    ]  # fmt: skip
    assert day_in_words(date(2015, 4, 1)) == "ngày một, tháng tư, năm hai nghìn không trăm mười lăm"
    assert in_words(2005) == "hai nghìn không trăm lẻ năm"
    assert in_words(1999) == "một nghìn chín trăm chín mươi chín"
    assert all(len(line) == 30 and "<" in line for line in paint(PaperKind.ID_CARD, 3, 60)[1].lines[-4:-1])
    assert mrz_check("L898902C3") == "6"  # the example of ICAO Doc 9303
    assert len({Cast(seed).person().name for seed in range(300)}) > 200


def test_line_breaks_and_truth_do_not_depend_on_the_resolution() -> None:
    assert [page.lines for page in paint(PaperKind.CONTRACT, 9, 60)] == [page.lines for page in paint(PaperKind.CONTRACT, 9, 150)]


def test_the_dossier_has_every_format_with_the_right_resolution(tmp_path: Path) -> None:
    started = time.process_time()
    files = paint_dossier(tmp_path / "a")
    spent = time.process_time() - started
    assert spent < 20  # 5 s on a quiet machine
    assert [file.suffix for file in files] == [".pdf", ".jpg", ".jpg", ".jpg", ".jpg", ".tif", ".tif", ".pdf"]
    with Image.open(files[1]) as birth, Image.open(files[3]) as card, Image.open(files[4]) as photo:
        assert (birth.info["dpi"], card.info["dpi"], photo.info.get("dpi")) == ((200, 200), (300, 300), None)
    with Image.open(files[6]) as fax:
        assert (fax.n_frames, fax.mode, fax.info["compression"]) == (3, "1", "group4")
    with pikepdf.open(files[0]) as scanned:
        assert len(scanned.pages) == 2
    assert len({file.name for file in files}) == 8
    archive = zip_dossier(files, tmp_path / "ho-so.zip")
    assert archive.stat().st_size > sum(file.stat().st_size for file in files)


def test_a_born_digital_pdf_has_the_truth_as_its_text(tmp_path: Path) -> None:
    plans = plan_paper(PaperKind.NOTICE, 37)
    path = save_text_pdf(plans, tmp_path / "a.pdf")
    assert path.read_bytes() == save_text_pdf(plans, tmp_path / "b.pdf").read_bytes()
    assert path.stat().st_size < 80_000
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(path)
    read = document[0].get_textpage().get_text_bounded()
    assert sorted(read.split()) == sorted(" ".join(plans[0].lines).split())


def test_a_set_is_lazy_varied_and_names_what_was_done() -> None:
    items = list(islice(paint_scan_set(3, 12, dpi=50), 12))
    assert len({item.name for item in items}) == 12
    assert len({item.conditions for item in items}) > 6
    assert len({item.page.kind for item in items}) > 5
    assert [digest(item.page) for item in items[:3]] == [digest(item.page) for item in paint_scan_set(3, 3, dpi=50)]


def test_the_command_writes_images_with_truth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        str(tmp_path),
        "--count",
        "3",
        "--dpi",
        "60",
        "--paper",
        "letter",
        "--condition",
        "sealed+skew",
        "--condition",
        "bitonal",
    ]
    assert main(arguments) == 0
    truths = sorted(tmp_path.glob("*.json"))
    assert len(truths) == 3
    for truth in truths:
        page = json.loads(truth.read_text(encoding="utf-8"))
        assert (tmp_path / page["image"]).is_file()
        assert page["dpi"] == 60
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in page["lines"]
        assert all(isinstance(parts, list) for parts in page["fields"].values())
    assert main([str(tmp_path), "--paper", "passport"]) == 2
    assert "passport" in capsys.readouterr().err


def test_a_missing_font_says_which_package_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", (str(tmp_path),))
    fonts.find_font.cache_clear()
    try:
        with pytest.raises(FontMissing, match="fonts-liberation2"):
            fonts.find_font("LiberationSerif-Regular.ttf")
    finally:
        fonts.find_font.cache_clear()


def test_files_carry_the_resolution(tmp_path: Path) -> None:
    page = paint(PaperKind.NOTICE, 1, 60)[0]
    with Image.open(save_jpeg(page, tmp_path / "a.jpg")) as image:
        assert image.info["dpi"] == (60, 60)
    with Image.open(save_tiff([page, page], tmp_path / "a.tif")) as image:
        assert (image.n_frames, image.info["dpi"]) == (2, (60.0, 60.0))


def test_small_papers_for_other_tests_are_painted_once() -> None:
    assert papers.jpeg(dpi=60) is papers.jpeg(dpi=60)
    assert papers.jpeg(dpi=60).startswith(b"\xff\xd8")
    assert papers.scan_pdf(dpi=60).startswith(b"%PDF")
    assert papers.tiff(dpi=60)[:2] in {b"II", b"MM"}
    assert papers.text_pdf().startswith(b"%PDF")
    assert papers.page(dpi=60).lines[0] in " ".join(plan_paper(PaperKind.NOTICE, 5)[0].lines)
