"""An officer finds a record, reuses it for another procedure's dossier; later it is annulled, and the dossier shows it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from signing.report import VIETNAM
from tests.browser.test_three_people import DESK, FINISHED_MS, PHONE, at_work
from tests.world.sheets import scanned
from tests.world.site import Site

pytestmark = pytest.mark.browser

OWNER = "079085000003"
DAY = f"{datetime.now(VIETNAM):%y%m%d}"
CORRECTED = {
    "title": "Giấy khai sinh", "number": "12/2020", "issued_on": "03/02/2020", "issuer": "Ủy ban nhân dân xã Bình Minh",
    "owner_name": "Nguyễn Thị Thùy Dương",
}  # fmt: skip
"""What a person confirms; the machine read none of it."""
BIRTH, RESIDENCE = f"H00.1-{DAY}-0001", f"H00.1-{DAY}-0002"


def open_dossier(page: Page, site: Site, code: str, procedure: str) -> None:
    page.goto(f"{site.address}/dossiers")
    page.get_by_label("Mã hồ sơ").fill(code.lower())
    page.keyboard.press("Enter")
    page.get_by_label("Thủ tục").fill(procedure)
    page.get_by_label("Mã định danh", exact=True).fill(OWNER)
    page.get_by_label("Họ tên hoặc tên tổ chức").fill("Nguyễn Văn Thử")
    page.get_by_role("button", name="Mở hồ sơ").click()
    page.wait_for_url(f"**/dossiers/{code}")


def test_from_the_scan_to_the_reuse_and_the_annulment(site: Site, browser: Browser, tmp_path: Path) -> None:
    paper = scanned(tmp_path / "khai sinh.tif", 1, {"type": "birth_certificate", "owner": OWNER})
    with at_work(browser, site, "clerk") as (page, _):
        open_dossier(page, site, BIRTH, "1.000894")
        part = page.locator(".component", has=page.get_by_role("heading", name="Giấy khai sinh"))
        part.locator("input[type=file]").set_input_files(str(paper))
        part.get_by_role("button", name="Gửi", exact=True).click()
        part.get_by_role("link", name="Xem lô").click()
        expect(page.get_by_role("heading", name="Máy đã làm xong")).to_be_visible(timeout=FINISHED_MS)
        batch = page.url
        page.locator("main a[href^='/review/']").first.click()
        for name, typed in CORRECTED.items():
            page.locator(f"#f-{name}").fill(typed)
        review = page.url
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url: url != review)
        page.goto(batch)
        expect(page.locator("main .state.done").first).to_be_visible(timeout=FINISHED_MS)
        page.goto(f"{site.address}/dossiers/{BIRTH}")
        expect(part.locator(".state.digitised")).to_have_text("Đã số hóa")
    with at_work(browser, site, "officer") as (page, watch):
        open_dossier(page, site, RESIDENCE, "1.004222")
        page.goto(f"{site.address}/records?q=nguyen+thi+thuy+duong")
        page.locator(".results a").first.click()
        expect(page.locator("#uses")).to_contain_text("Chưa dùng lại cho hồ sơ nào.")
        page.get_by_role("link", name="Kiểm tra chữ ký ngay").click()
        expect(page.locator("#signatures.total-passed")).to_be_visible()
        page.get_by_role("link", name="Dùng cho hồ sơ …").click()
        page.get_by_label("Mã hồ sơ").fill(RESIDENCE)
        page.get_by_role("button", name="Kiểm tra điều kiện").click()
        expect(page.locator(".verdict.total-passed")).to_contain_text("Dùng lại được")
        expect(page.locator(".findings .ok")).to_have_count(10)
        page.get_by_role("button", name="Dùng lại").click()
        part = page.locator("#TP\\.004222\\.03")
        expect(part.locator(".state.reused")).to_have_text("Dùng lại")
        part.get_by_role("link").first.click()
        expect(page.locator("#uses")).to_contain_text(RESIDENCE)
        page.locator("#acts summary", has_text="Hủy kết quả số hóa").click()
        page.get_by_label("Số quyết định").first.fill("15/QĐ-UBND")
        page.get_by_label("Ngày quyết định").first.fill(f"{datetime.now(VIETNAM):%Y-%m-%d}")
        page.locator("#annul-reason").fill("cấp sai thẩm quyền")
        page.get_by_role("button", name="Hủy kết quả số hóa").click()
        expect(page.locator("h1 .state")).to_have_text("Đã bị hủy")
        for code in (RESIDENCE, BIRTH):
            page.goto(f"{site.address}/dossiers/{code}")
            expect(page.get_by_role("alert")).to_contain_text("15/QĐ-UBND")
        page.goto(f"{site.address}/records?owner={OWNER}")
        expect(page.locator(".results .state.annulled")).to_have_text("Đã bị hủy")
        assert watch.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_fit_the_screen(site: Site, browser: Browser, size: dict[str, int], scheme: str) -> None:
    with at_work(browser, site, "admin", viewport=size, color_scheme=scheme) as (page, _):
        for address in ("/dossiers", "/dossiers?code=H00-260101-0009", f"/dossiers/{RESIDENCE}"):
            page.goto(site.address + address)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{address} is {wide} px too wide"
            assert page.locator("h1").count() == 1
