"""The HTML report in a real Chromium: its own policy lets its style through and nothing else, on a screen and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from signing.report.html import page as html_page
from signing.report.outline import outline
from signing.report.schema import FileReport, TrustReport
from signing.trust import TrustStore
from signing.verify import verify
from tests.world.site import Watch

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1366, 390])
def test_the_report_shows_without_a_complaint(browser: Browser, width: int, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"no pdf")
    report = FileReport.of(verify(tmp_path / "x.pdf", TrustStore(), name="<img src=x onerror=alert(1)>.pdf"))
    trust = TrustReport(demo=True, sources=(), roots_sha256=())
    (tmp_path / "report.html").write_text(html_page(outline(report, trust), "1"), encoding="utf-8")
    page, watch = browser.new_page(viewport={"width": width, "height": 800}), Watch("file://")
    watch.follow(page)
    page.goto((tmp_path / "report.html").as_uri())
    assert page.locator("h1").inner_text() == "Không hợp lệ"
    assert page.locator("header").evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(160, 28, 28)"
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert watch.wrong == []
    page.close()
