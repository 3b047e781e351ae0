"""Marks on pages of every shape: upright where they belong, on nothing, and the text in them is what was to be told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from numpy.typing import NDArray

from signing.demo_pki import DemoPki
from signing.errors import MarkUnusable, NoRoomForMark, SourceDamaged
from signing.fields import written_time
from signing.marks.pages import Pages, opened
from signing.marks.place import find
from signing.model import Corner, Level, Mark, Role, Seal, SealKind, SealRequest, Spot
from signing.seal import seal
from tests.world.shapes import A4, SHAPES, Shape, lines, page_of

SCALE = 2.0
TOP = Mark(("Sao y", "Ủy ban nhân dân xã Ví Dụ", "{time}"))
LOW = Mark(("Người số hóa: Nguyễn Thị Thử", "{time}"), corner=Corner.BOTTOM_LEFT)


def drawn(path: Path, page: int = 0) -> NDArray[np.uint8]:
    document = pdfium.PdfDocument(path)
    document.init_forms()
    pixels: NDArray[np.uint8] = document[page].render(scale=SCALE, grayscale=True).to_numpy().squeeze().copy()
    document.close()
    return pixels


def signed(source: Path, out: Path, mark: Mark, pki: DemoPki) -> Seal:
    request = SealRequest(SealKind.SAO_Y, Role.AGENCY, "Agency", mark=mark, level=Level.B_B)
    return seal(source, out, request, pki.agency(), pki.trust(), None)


def words_on(path: Path) -> str:
    """What a reader that shows forms finds in the marks: pdfium flattens them into the page first."""
    document = pdfium.PdfDocument(path)
    document.init_forms()
    page = document[0]
    pdfium.raw.FPDFPage_Flatten(page, pdfium.raw.FLAT_NORMALDISPLAY)
    page.close()
    found = str(document[0].get_textpage().get_text_range())
    document.close()
    return found


@pytest.mark.parametrize("shape", SHAPES, ids=lambda one: one.name)
@pytest.mark.parametrize("mark", [TOP, LOW], ids=["top-right", "bottom-left"])
def test_the_mark_stands_upright_in_its_corner_and_covers_nothing(shape: Shape, mark: Mark, tmp_path: Path, pki: DemoPki) -> None:
    x0, y0, x1, y1 = shape.crop or shape.media
    source = page_of(shape, tmp_path / "page.pdf", lines((x0 + 60, y0 + 60, x1 - 60, y1 - 60)))
    made = signed(source, tmp_path / "out.pdf", mark, pki)
    before, after = drawn(source), drawn(tmp_path / "out.pdf")
    assert before.shape == after.shape
    changed = np.argwhere(before != after)
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    height, width = before.shape
    assert (before[before != after] == 255).all(), "ink was covered"
    # The corner, as the page is shown: the mark is wider than tall, so one lying on its side would not fit here.
    assert bottom - top < right - left
    if mark is TOP and bottom - top > 20 * SCALE:
        # Its short line is the first one: a mark on its head has it below.
        above, below = (changed[np.abs(changed[:, 0] - row) < 6 * SCALE][:, 1] for row in (top, bottom))
        assert np.ptp(above) < np.ptp(below) * 0.6
        assert above.min() - left < 3 * SCALE
    if mark is TOP:
        assert right > width - 40 * SCALE
        assert bottom < max(60 * SCALE, height * 0.4)
    else:
        assert left < 40 * SCALE
        assert top > min(height - 60 * SCALE, height * 0.6)
    assert made.place is not None
    assert not made.mark_left_out
    assert made.place.page == 0
    told = words_on(tmp_path / "out.pdf").replace("\r\n", "\n")
    expected = written_time(made.signed_at)
    assert expected in told.replace("; ", "\n")
    assert "Ủy ban nhân dân xã Ví Dụ" in told if mark is TOP else "Nguyễn Thị Thử" in told


def test_the_place_told_is_where_the_ink_is(tmp_path: Path, pki: DemoPki) -> None:
    source = page_of(Shape("odd", media=(-50, 100, -50 + A4[0], 100 + A4[1])), tmp_path / "page.pdf")
    made = signed(source, tmp_path / "out.pdf", TOP, pki)
    assert made.place is not None
    x0, y0, x1, y1 = made.place.box
    changed = np.argwhere(drawn(source) != drawn(tmp_path / "out.pdf")) / SCALE
    assert changed[:, 1].min() + -50 >= x0
    assert changed[:, 1].max() + -50 <= x1
    assert 100 + A4[1] - changed[:, 0].max() >= y0 - 1
    assert 100 + A4[1] - changed[:, 0].min() <= y1 + 1


def test_a_crowded_first_page_sends_the_mark_to_the_next_and_says_so(tmp_path: Path, pki: DemoPki) -> None:
    crowded = page_of(Shape("crowded"), tmp_path / "one.pdf", lines((2, 2, A4[0] - 2, A4[1] - 2)))
    import pikepdf

    with pikepdf.open(crowded) as pdf:
        pdf.add_blank_page(page_size=A4)
        pdf.save(tmp_path / "two.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    (place,) = find(str(tmp_path / "two.pdf"), [TOP])
    assert place is not None
    assert place.page == 1
    assert place.moved
    assert find(str(crowded), [TOP]) == (None,)
    with pytest.raises(NoRoomForMark):
        signed(crowded, tmp_path / "out.pdf", TOP, pki)
    assert not (tmp_path / "out.pdf").exists()


def test_a_mark_that_may_be_left_out_is_and_that_is_told(tmp_path: Path, pki: DemoPki) -> None:
    crowded = page_of(Shape("crowded"), tmp_path / "one.pdf", lines((2, 2, A4[0] - 2, A4[1] - 2)))
    made = signed(crowded, tmp_path / "out.pdf", Mark(TOP.lines, required=False), pki)
    assert made.place is None
    assert made.mark_left_out
    assert (drawn(crowded) == drawn(tmp_path / "out.pdf")).all()


def test_type_shrinks_only_where_it_may(tmp_path: Path) -> None:
    # 58 bars, the last one ends 37 points below the upper edge: 25 of them can be used.
    page = page_of(Shape("dense"), tmp_path / "one.pdf", lines((2, 2, A4[0] - 2, 814.5)))
    text = ("Bản số hóa từ văn bản giấy", "Người số hóa: Nguyễn Thị Thử", "Cơ quan: Đơn vị có tên rất dài để thử " * 4, "{time}")
    assert find(str(page), [Mark(text, corner=Corner.TOP_LEFT)]) == (None,)
    (small,) = find(str(page), [Mark(text, corner=Corner.TOP_LEFT, least_size_pt=7)])
    assert small is not None
    assert small.box[3] - small.box[1] < 25


def test_marks_fields_and_notes_never_lie_over_each_other(tmp_path: Path, pki: DemoPki) -> None:
    source = page_of(Shape("plain"), tmp_path / "page.pdf")
    boxes = []
    for number in range(4):
        out = tmp_path / f"{number}.pdf"
        made = signed(source, out, TOP, pki)
        assert made.place is not None
        boxes.append(made.place.box)
        source = out
    together = [place.box for place in find(str(source), [TOP, TOP, LOW]) if place is not None]
    for index, one in enumerate(boxes + together):
        for other in (boxes + together)[:index]:
            assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]


def test_a_given_spot_is_taken_as_it_is(tmp_path: Path) -> None:
    source = page_of(Shape("turned", turn_deg=90), tmp_path / "page.pdf", lines((0, 0, *A4)), pages=2)
    (place,) = find(str(source), [Mark(("X",), spot=Spot(100, 50), page=-1)])
    assert place is not None
    assert (place.page, place.turn_deg, place.moved) == (1, 90, False)
    assert place.box[1] == 100
    assert place.box[2] == pytest.approx(A4[0] - 50, abs=0.01)


def test_a_page_that_is_not_there_and_a_file_that_is_none(tmp_path: Path) -> None:
    source = page_of(Shape("plain"), tmp_path / "page.pdf")
    for page in (1, -2):
        with pytest.raises(MarkUnusable):
            find(str(source), [Mark(("X",), page=page)])
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 no")
    with pytest.raises(SourceDamaged):
        find(str(tmp_path / "bad.pdf"), [TOP])


class TestBand:
    """Drawing the end of a page alone tells what the whole page tells, or nothing."""

    CORNERS = (Corner.TOP_LEFT, Corner.TOP_RIGHT, Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT)

    @pytest.mark.parametrize("shape", SHAPES, ids=lambda one: one.name)
    @pytest.mark.parametrize("corner", CORNERS)
    @pytest.mark.parametrize("inset", [10, 60, 90])
    def test_the_place_is_that_of_the_whole_page(
        self, shape: Shape, corner: Corner, inset: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        x0, y0, x1, y1 = shape.crop or shape.media
        source = page_of(shape, tmp_path / "page.pdf", lines((x0 + inset, y0 + inset, x1 - inset, y1 - inset)))
        mark = Mark(("Người số hóa: Nguyễn Thị Thử", "{time}"), corner=corner)
        (banded,) = find(str(source), [mark])
        monkeypatch.setattr(Pages, "band", lambda *_: None)
        assert find(str(source), [mark]) == (banded,)

    def test_a_free_corner_needs_no_whole_page(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        source = page_of(SHAPES[0], tmp_path / "page.pdf", lines((60, 90, 500, 700)))
        monkeypatch.setattr(Pages, "sheet", lambda *_: pytest.fail("the whole page was drawn"))
        (found,) = find(str(source), [LOW])
        assert found is not None
        assert not found.moved

    def test_ink_in_the_corner_is_seen(self, tmp_path: Path) -> None:
        source = page_of(SHAPES[0], tmp_path / "page.pdf", b"30 30 200 3 re f")
        (found,) = find(str(source), [LOW])
        assert found is not None
        assert found.moved

    @pytest.mark.parametrize("ground", ["0 g", "0.5 g", "0.8 g", "1 0 0 rg", "1 1 0 rg", "0.6 0.9 1 rg"])
    def test_on_a_dark_or_coloured_ground_the_whole_page_decides(self, ground: str, tmp_path: Path) -> None:
        source = page_of(SHAPES[0], tmp_path / "page.pdf", f"{ground} 0 0 600 130 re f".encode())
        with opened(str(source)) as pages:
            assert pages.band(0, Corner.BOTTOM_LEFT, 100) is None
            assert pages.band(0, Corner.TOP_LEFT, 100) is not None

    def test_two_marks_do_not_stand_on_one_another(self, tmp_path: Path) -> None:
        source = page_of(SHAPES[0], tmp_path / "page.pdf", lines((60, 90, 500, 700)))
        first, second = find(str(source), [LOW, LOW])
        assert first is not None
        assert second is not None
        assert first.box != second.box
        assert second.moved
