"""The acceptance run on real scanned pages: every one read, sealed, valid for outside judges, found by its words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest

from ingest.identify import identify
from ingest.options import IntakeOptions
from ingest.split import page_images
from ocr.model import DocumentInfo
from ocr.options import ReadOptions
from ocr.recognise import read_page
from ocr.searchable import build
from tests.world.product import ROOT
from tests.world.verapdf import validate

SCANS = Path(os.environ.get("SOHOA_SHARED", ROOT.parent / "shared")) / "scans" / "pages"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SCANS.is_dir(), reason="NO SHARED SCANS: the main job is not tried on real pages (set SOHOA_SHARED)"),
]


def sohoa(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SOHOA_")}
    return subprocess.run(
        [sys.executable, "-m", "api.cli.main", *words],
        env=environment | {"SOHOA_DATA_DIR": str(data)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict, list[Path]]:
    data, out = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("out")
    run = sohoa(data, "digitise", str(SCANS), "--auto", "--json", "--out", str(out))
    assert run.returncode == 0, run.stderr
    sealed = [path for path in out.rglob("*.pdf") if b"/ByteRange" in path.read_bytes()]
    return data, json.loads(run.stdout), sealed


def test_every_page_is_read_and_every_paper_sealed(done: tuple[Path, dict, list[Path]]) -> None:
    _, told, sealed = done
    pages = [path for path in SCANS.iterdir() if path.suffix != ".json"]
    assert len(sealed) == len(pages)
    assert [paper["state"] for paper in told["papers"]] == ["done"] * len(pages)


def test_our_verdict_and_outside_judges(done: tuple[Path, dict, list[Path]]) -> None:
    data, _, sealed = done
    assert sohoa(data, "verify", *map(str, sealed)).returncode == 0
    for path in sealed:
        said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
        assert "Signature is Valid." in said
        assert "Total document signed" in said
        subprocess.run(["qpdf", "--check", str(path)], capture_output=True, check=True)
    assert set(map(tuple, validate(sealed).values())) == {()}


def test_found_with_and_without_diacritics(done: tuple[Path, dict, list[Path]]) -> None:
    data, _, _ = done
    for marked, bare in (("quyết định", "quyet dinh"), ("địa bàn", "dia ban"), ("thông báo", "thong bao")):
        with_marks, without = (json.loads(sohoa(data, "search", words, "--json").stdout) for words in (marked, bare))
        assert with_marks["total"] >= 1
        assert {hit["record"]["code"] for hit in with_marks["hits"]} <= {hit["record"]["code"] for hit in without["hits"]}


@pytest.mark.parametrize("page", sorted(path for path in SCANS.glob("*") if path.suffix != ".json"), ids=lambda path: path.stem)
def test_what_viewers_select_is_what_was_read(page: Path, tmp_path: Path) -> None:
    """Poppler, and pdfium, which is Chromium's viewer."""
    found = identify(str(page), page.name, IntakeOptions())
    (image,) = page_images(str(page), found, str(tmp_path), 0, 0, IntakeOptions())
    text = read_page(image, ReadOptions())
    copy = tmp_path / "copy.pdf"
    build([(image, text)], str(copy), DocumentInfo("Bản số hóa", "", "", datetime(2026, 1, 1, tzinfo=UTC), ""))
    read = Counter(word.text for line in text.lines for word in line.words)
    poppler = subprocess.run(["pdftotext", "-raw", str(copy), "-"], capture_output=True, encoding="utf-8", check=True).stdout
    document = pypdfium2.PdfDocument(copy)
    pdfium = document[0].get_textpage().get_text_range()
    document.close()
    assert read.total() > 50
    for seen in (poppler, pdfium):  # both join what a hyphen parts at the end of a line, and what lies on one another
        assert (read - Counter(seen.split())).total() <= 0.015 * read.total()
