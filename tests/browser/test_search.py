"""The officer's search in a real Chromium: without diacritics, narrowed by a facet, the hit boxed on the page; without script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from storage.model import RecordState
from tests.world.door import WIDTH_PX, put_record
from tests.world.product import sohoa_in
from tests.world.site import Site, Watch, running_site

pytestmark = pytest.mark.browser

DESK: Any = {"width": 1366, "height": 768}
PHONE: Any = {"width": 390, "height": 844}


def seed(data_dir: Path) -> None:
    """Records as the pipeline leaves them; the words «Quyết định» stand on every page at a known place."""
    text = "Quyết định cấp giấy phép xây dựng <img src=x onerror=alert(1)>"
    with sohoa_in(data_dir) as sohoa:
        put_record(sohoa, text, issued_on=date(2025, 3, 1), subject="nhà ở riêng lẻ")
        put_record(sohoa, text, issued_on=date(2024, 3, 1), state=RecordState.ANNULLED, subject="nhà ở bị hủy")
        put_record(sohoa, "Thông báo nghỉ lễ", issued_on=date(2025, 3, 1), title="Thông báo", subject="nghỉ lễ")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data_dir = tmp_path_factory.mktemp("search") / "data"
    seed(data_dir)
    with running_site(data_dir) as running:
        yield running


@contextmanager
def officer(browser: Browser, site: Site, **options: Any) -> Iterator[Page]:
    """A page signed in; at the end nothing may have gone wrong."""
    context = browser.new_context(**({"viewport": DESK} | options))
    page, watch = context.new_page(), Watch(site.address)
    watch.follow(page)
    page.goto(site.sign_in["officer"])
    yield page
    context.close()
    assert watch.wrong == []


@pytest.mark.parametrize(
    "options",
    [{}, {"java_script_enabled": False}, {"viewport": PHONE, "color_scheme": "dark"}],
    ids=["desk", "without script", "phone, dark"],
)
def test_without_diacritics_narrowed_and_boxed_on_the_page(site: Site, browser: Browser, options: dict[str, Any]) -> None:
    with officer(browser, site, **options) as page:
        page.goto(f"{site.address}/records")
        page.get_by_label("Từ cần tìm").fill("quyet dinh xay dung")
        page.get_by_role("button", name="Tìm", exact=True).click()
        expect(page.get_by_role("heading", name="Tìm thấy 2 kết quả")).to_be_visible()
        expect(page.locator("mark").first).to_have_text("Quyết")
        expect(page.locator("li.hit .state.annulled")).to_have_text("Đã bị hủy")
        page.get_by_role("link", name="2025", exact=True).click()
        expect(page.get_by_role("heading", name="Tìm thấy 1 kết quả")).to_be_visible()
        assert "q=quyet+dinh+xay+dung" in page.url
        assert "year=2025" in page.url
        page.locator("li.hit h3 a").click()
        boxes = page.locator("svg rect.hit")
        expect(boxes).to_have_count(1)
        expect(page.locator(".boxed img")).to_have_js_property("complete", value=True)  # only then has it its shape
        picture = page.locator(".boxed img").bounding_box()
        hit = boxes.first.bounding_box()
        assert picture is not None
        assert hit is not None
        scale = picture["width"] / WIDTH_PX
        assert abs(hit["x"] - picture["x"] - 6 * scale) < 6 * scale, "over the word, not beside it"
        if "java_script_enabled" not in options:
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_search_is_kept_and_asked_again(site: Site, browser: Browser) -> None:
    with officer(browser, site) as page:
        page.goto(f"{site.address}/records?q=thong+bao")
        page.get_by_label("Lưu tìm kiếm này với tên").fill("Thông báo của xã")
        page.get_by_role("button", name="Lưu", exact=True).click()
        page.get_by_role("link", name="Thông báo của xã").click()
        expect(page.get_by_label("Từ cần tìm")).to_have_value("thong bao")
        page.goto(f"{site.address}/records?q=thong+boa")
        expect(page.get_by_role("status")).to_contain_text("đã tìm gần đúng")
        page.get_by_role("link", name="Có phải muốn tìm").click()
        expect(page.get_by_label("Từ cần tìm")).to_have_value("thong báo")
        page.goto(f"{site.address}/records?q=wxyzwxyz")
        expect(page.get_by_role("status")).to_contain_text("Không giấy tờ nào có từ: wxyzwxyz")
