"""Separator sheets part a stack into papers and are pages of none."""

from __future__ import annotations

from pathlib import Path

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ingest.identify import identify
from ingest.model import ColourMode, DpiSource, PageImage, PageOrigin, PaperSpan, Quality, SheetFault
from ingest.options import IntakeOptions
from ingest.separators import KEYS, UNREADABLE, parse, payload
from ingest.split import page_images, papers
from tests.world.bad_pdfs import page_picture

FACTS = {"dossier": "H55.12.3-261123-0007", "component": "KQ.G15.000031", "type": "decision", "owner": "012345678901"}


def page(index: int, separator: dict[str, str] | None = None, blank: bool = False) -> PageImage:
    return PageImage(
        index,
        "",
        "image/png",
        1,
        1,
        300,
        DpiSource.TAG,
        ColourMode.GREY,
        PageOrigin.IMAGE,
        quality=Quality(blank),
        separator=separator,
    )


def stack(plan: str) -> list[PageImage]:
    """`p` a page, `b` a blank page, a digit a separator sheet."""
    return [page(at, {"dossier": kind} if kind.isdigit() else None, kind == "b") for at, kind in enumerate(plan)]


@pytest.mark.parametrize(
    ("plan", "spans"),
    [
        ("", []),
        ("p", [(0, 0, "")]),
        ("pbp", [(0, 2, "")]),
        ("1pp2p", [(1, 2, "1"), (4, 4, "2")]),
        ("pp1p", [(0, 1, ""), (3, 3, "1")]),
        ("1bpp2bp", [(2, 3, "1"), (6, 6, "2")]),
        ("1pb2p", [(1, 2, "1"), (4, 4, "2")]),
        ("12p", [(2, 2, "2")]),
        ("1bbp", [(2, 3, "1")]),
        ("p1", [(0, 0, "")]),
        ("12", []),
    ],
)
def test_papers(plan: str, spans: list[tuple[int, int, str]]) -> None:
    expected = tuple(PaperSpan(first, last, {"dossier": sheet} if sheet else {}) for first, last, sheet in spans)
    assert papers(stack(plan)) == expected


def numbered(plan: str) -> list[PageImage]:
    """`p` a page, a digit sheet number so many of one print, `x` a sheet known by its bar code, as number 2, `?` without any."""
    marks = {"x": {UNREADABLE: "2"}, "?": {UNREADABLE: "0"}}
    return [
        page(at, marks.get(kind) or ({"stack": "s", "sheet": kind, "of": "9"} if kind.isdigit() else None))
        for at, kind in enumerate(plan)
    ]


@pytest.mark.parametrize(
    ("plan", "faults"),
    [
        ("1p2p3p", ["", "", ""]),
        ("1pxp3p", ["", "unreadable", ""]),
        ("1p?p3p", ["", "unreadable", ""]),
        ("1ppp3p", ["missing 2", ""]),
        ("1p4p", ["missing 2", ""]),
        ("p2p", ["missing 1", ""]),
        ("2p3p", ["", ""]),
        ("3p1p2p", ["", "", ""]),
        ("13p", [""]),
        ("1p1p2p", ["", "", ""]),
    ],
)
def test_no_sheet_is_lost_unseen(plan: str, faults: list[str]) -> None:
    found = [
        f"{span.fault} {span.fault_sheet}" if span.fault is SheetFault.MISSING else span.fault for span in papers(numbered(plan))
    ]
    assert found == faults


@given(st.text("pb12", max_size=12))
def test_every_page_with_content_is_in_exactly_one_paper(plan: str) -> None:
    inside = [at for span in papers(stack(plan)) for at in range(span.first, span.last + 1)]
    assert len(inside) == len(set(inside))
    assert {at for at, kind in enumerate(plan) if kind == "p"} <= set(inside)
    assert not {at for at, kind in enumerate(plan) if kind.isdigit()} & set(inside)


@given(st.dictionaries(st.sampled_from(KEYS), st.text(min_size=1, max_size=30)))
def test_payloads_come_back(facts: dict[str, str]) -> None:
    encodable = {key: value for key, value in facts.items() if value.encode("utf-8", "ignore").decode() == value}
    assert parse(payload(encodable)) == encodable


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("SOHOA1", {}),
        ("SOHOA1|dossier=A|x=y|owner=", {"dossier": "A"}),
        ("SOHOA2|dossier=A", None),
        ("https://x.vn", None),
        ("", None),
    ],
)
def test_parsing(text: str, facts: dict[str, str] | None) -> None:
    assert parse(text) == facts


def sheet(text: str, folder: Path, degrees: float = 0) -> Path:
    """A separator sheet, A4 at 200 dpi, with a code of 35 mm."""
    segno.make(text, error="m", micro=False).save(str(folder / "code.png"), scale=8, border=4)
    paper = page_picture("Tờ phân cách", (1654, 2339)).convert("L")
    with Image.open(folder / "code.png") as code:
        paper.paste(code.convert("L").resize((276, 276), Image.Resampling.NEAREST), (1200, 150))
    path = folder / "sheet.jpg"
    paper.rotate(degrees, fillcolor=255, expand=True).save(path, quality=70, dpi=(200, 200))
    return path


@pytest.mark.parametrize("degrees", [0, 2, 90, 180])
@pytest.mark.parametrize("text", [payload(FACTS), "SOHOA1", "https://dichvucong.gov.vn/x"])
def test_sheets_are_recognised(text: str, degrees: float, tmp_path: Path) -> None:
    path = sheet(text, tmp_path, degrees)
    identified = identify(str(path), path.name, IntakeOptions())
    (made,) = page_images(str(path), identified, str(tmp_path), 0, 0, IntakeOptions())
    assert made.separator == parse(text)
