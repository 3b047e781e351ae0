"""Clerk, officer and auditor in a real Chromium on the real application with its worker.

Any console error, CSP violation, unexpected failure or request to a foreign host fails the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from api.demo.painter.files import save_jpeg
from api.demo.painter.papers import PaperKind, paint
from tests.world.site import Site, Watch

pytestmark = pytest.mark.browser

DESK: Any = {"width": 1366, "height": 768}
PHONE: Any = {"width": 390, "height": 844}
FINISHED_MS = 120_000


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One painted page of a decision."""
    return save_jpeg(paint(PaperKind.DECISION, 41, 200)[0], tmp_path_factory.mktemp("scan") / "quyết định.jpg")


@contextmanager
def at_work(browser: Browser, site: Site, role: str, **options: Any) -> Iterator[tuple[Page, Watch]]:
    """A page signed in as `role`; at the end nothing may have gone wrong."""
    context = browser.new_context(**({"viewport": DESK} | options))
    page, watch = context.new_page(), Watch(site.address)
    watch.follow(page)
    page.goto(site.sign_in[role])
    assert "token=" not in page.url
    yield page, watch
    context.close()
    assert watch.wrong == []


def upload(page: Page, site: Site, *paths: Path, automatic: bool = True) -> None:
    """Send files through the script and wait until the machine is done."""
    page.goto(f"{site.address}/upload")
    if automatic:
        page.get_by_label("Máy tự quyết định").check()
    page.locator("#files").set_input_files([str(path) for path in paths])
    page.get_by_role("button", name="Gửi", exact=True).click()
    page.wait_for_url("**/batches/*")
    expect(page.get_by_role("heading", name="Máy đã làm xong")).to_be_visible(timeout=FINISHED_MS)


def test_a_page_goes_in_is_found_and_is_valid(site: Site, browser: Browser, scan: Path, tmp_path: Path) -> None:
    with at_work(browser, site, "clerk") as (page, _):
        upload(page, site, scan)
        expect(page.get_by_text("Hoàn tất")).to_be_visible()
        code = page.locator("table a").last.inner_text()
    with at_work(browser, site, "officer") as (page, _):
        page.get_by_role("link", name="Tra cứu").first.click()
        page.get_by_label("Từ cần tìm").fill("quyet dinh")
        page.get_by_role("button", name="Tìm", exact=True).click()
        expect(page.locator("mark").first).to_be_visible()
        page.locator(f'a[href*="{code}"]').click()
        expect(page.locator("dd", has_text=code)).to_be_visible()
        page.evaluate("Promise.all([...document.querySelectorAll('.thumbs img')].map((image) => image.decode()))")
        with page.expect_download() as taken:
            page.get_by_role("link", name="Bản đã ký").click()
        sealed = tmp_path / "sealed.pdf"
        taken.value.save_as(sealed)
    with at_work(browser, site, "auditor") as (page, _):
        page.goto(f"{site.address}/verify")
        page.get_by_label("Tệp PDF").set_input_files(str(sealed))
        page.get_by_role("button", name="Kiểm tra", exact=True).click()
        expect(page.locator("h1")).to_contain_text("Hợp lệ")
        altered = tmp_path / "altered.pdf"
        content = bytearray(sealed.read_bytes())
        content[len(content) // 3] ^= 1
        altered.write_bytes(content)
        page.get_by_label("Tệp PDF").set_input_files(str(altered))
        page.get_by_role("button", name="Kiểm tra", exact=True).click()
        expect(page.locator("h1")).to_contain_text("Không hợp lệ")


def test_refused_files_say_why_and_the_others_go_on(site: Site, browser: Browser, scan: Path, tmp_path: Path) -> None:
    empty, damaged = tmp_path / "rỗng.pdf", tmp_path / "hỏng.pdf"
    empty.touch()
    damaged.write_bytes(b"%PDF-1.7 this is no document")
    with at_work(browser, site, "clerk") as (page, watch):
        page.goto(f"{site.address}/upload")
        page.locator("#files").set_input_files([str(scan), str(empty), str(damaged)])
        page.get_by_role("button", name="Gửi", exact=True).click()
        expect(page.get_by_text("Tệp rỗng (0 byte)")).to_be_visible()
        expect(page.locator("#list .accepted")).to_have_count(1)
        expect(page.locator("#list .refused")).to_have_count(2)
        page.get_by_role("link", name="Xem lô").click()
        expect(page.get_by_role("heading", name="Máy đã làm xong")).to_be_visible(timeout=FINISHED_MS)
        expect(page.locator(".files .refused")).to_have_count(1)
        # the refused upload itself is a 422 that the browser tells in its console
        assert [line for line in watch.wrong if "422" not in line] == []
        watch.wrong.clear()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _ in range(80):
        if page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_clerk_without_a_mouse_from_upload_to_sealed(site: Site, browser: Browser, scan: Path) -> None:
    with at_work(browser, site, "clerk") as (page, _):
        tab_to(page, "a[href='/upload']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/upload")
        tab_to(page, "#files")
        with page.expect_file_chooser() as chosen:
            page.keyboard.press("Space")
        chosen.value.set_files(str(scan))
        tab_to(page, "main form button.main")
        page.keyboard.press("Enter")
        page.wait_for_url("**/batches/*")
        expect(page.get_by_role("heading", name="Máy đã làm xong")).to_be_visible(timeout=FINISHED_MS)
        tab_to(page, "main a[href^='/review/']")
        page.keyboard.press("Enter")
        expect(page.locator("#review input[data-field]").first).to_be_focused()
        expect(page.locator("rect.word").first).to_be_attached()
        first = page.evaluate("document.activeElement.dataset.field")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.dataset.field") != first
        page.keyboard.press("Shift+Enter")
        assert page.evaluate("document.activeElement.dataset.field") == first
        tab_to(page, "#f-title")
        assert page.locator("rect.evidence.now").count() <= 1
        page.keyboard.press("Control+a")
        page.keyboard.insert_text("Quyết định đã xác nhận")
        this = page.url
        page.keyboard.press("Control+Enter")  # a required field is empty: the paper stays, with that field in hand
        empty = page.locator("#review input:invalid")
        assert empty.count()
        while empty.count():
            expect(empty.first).to_be_focused()
            page.keyboard.type("-")
            page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url: url != this)
        page.goto(f"{site.address}/records?q=da+xac+nhan")
        for _ in range(60):
            if page.locator("mark, .results li").count():
                break
            page.wait_for_timeout(500)
            page.reload()
        expect(page.locator(".results")).to_contain_text("Quyết định đã xác nhận")
        tab_to(page, ".results a")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Bản đã ký")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_fit_the_screen(site: Site, browser: Browser, size: Any, scheme: Any) -> None:
    with at_work(browser, site, "admin", viewport=size, color_scheme=scheme) as (page, _):
        for address in ("/", "/upload", "/batches", "/review", "/attention", "/records", "/verify", "/records?q=quyet"):
            page.goto(site.address + address)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{address} is {wide} px too wide"
            assert page.locator("h1").count() == 1


def test_the_promised_pages_work_without_javascript(site: Site, browser: Browser, scan: Path) -> None:
    with at_work(browser, site, "clerk", java_script_enabled=False) as (page, _):
        page.goto(f"{site.address}/upload")
        page.locator("#files").set_input_files(str(scan))
        page.get_by_role("button", name="Gửi", exact=True).click()
        page.wait_for_url("**/batches/*")
        expect(page.locator("#live").get_by_text(scan.name).first).to_be_visible()
        page.goto(f"{site.address}/records")
        page.get_by_label("Từ cần tìm").fill("quyết")
        page.get_by_role("button", name="Tìm", exact=True).click()
        expect(page.locator("#found")).to_be_visible()
        page.goto(f"{site.address}/verify")
        page.get_by_label("Tệp PDF").set_input_files(str(scan))
        page.get_by_role("button", name="Kiểm tra", exact=True).click()
        expect(page.locator("h1")).to_contain_text("Không")
