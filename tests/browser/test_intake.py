"""The clerk at work in a real Chromium: 200 files with trouble on the way, then the strip of pages without a mouse."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import APIRequestContext, Browser, Page, Route, expect

from tests.world.quick_pages import DPI, quick_page
from tests.world.site import Site, Watch

pytestmark = pytest.mark.browser

DESK: Any = {"width": 1366, "height": 768}
FINISHED_MS = 120_000
FILES = 200


@contextmanager
def at_work(browser: Browser, site: Site, **options: Any) -> Iterator[tuple[Page, Watch]]:
    """A clerk's page; at the end nothing may have gone wrong."""
    context = browser.new_context(**({"viewport": DESK} | options))
    page, watch = context.new_page(), Watch(site.address)
    watch.follow(page)
    page.goto(site.sign_in["clerk"])
    yield page, watch
    context.close()
    assert watch.wrong == []


def tiny_files(folder: Path) -> list[Path]:
    """Small pages, each different; one empty file and one that only claims to be a PDF."""
    made = []
    for number in range(FILES - 2):
        page = Image.new("1", (240, 320), 1)
        ImageDraw.Draw(page).text((20, 30), f"So {number}", fill=0)
        made.append(folder / f"trang {number:03}.png")
        page.save(made[-1], dpi=(DPI, DPI))
    (folder / "rỗng.pdf").touch()
    (folder / "hỏng.pdf").write_bytes(b"%PDF-1.7 this is no document")
    return [*made, folder / "rỗng.pdf", folder / "hỏng.pdf"]


def told(api: APIRequestContext, address: str) -> Any:
    return json.loads(api.get(address).text())


def test_the_strip_without_a_mouse(site: Site, browser: Browser, tmp_path: Path) -> None:
    stack = tmp_path / "chồng giấy.tif"
    pages = [quick_page(1), quick_page(2).rotate(180), quick_page(3)]
    pages[0].save(stack, save_all=True, append_images=pages[1:], compression="group4", dpi=(DPI, DPI))
    with at_work(browser, site) as (page, _):
        page.goto(f"{site.address}/upload")
        page.get_by_label("Xem trang trước khi ký").check()
        page.locator("#files").set_input_files(str(stack))
        page.get_by_role("button", name="Gửi", exact=True).click()
        page.wait_for_url("**/batches/*")
        expect(page.get_by_role("heading", name="Máy đã làm xong")).to_be_visible(timeout=FINISHED_MS)
        page.get_by_role("link", name="Xem trang của cả lô").click()
        page.wait_for_url("**/pages")  # its script with it: a key pressed before that is nobody's
        boxes = page.locator("ol.pages input[name=page]")
        boxes.first.focus()
        page.keyboard.press("ArrowRight")
        before = page.evaluate("document.activeElement.value")
        page.keyboard.press("u")
        expect(page.get_by_text("đã sắp xếp 1 lần")).to_be_visible()
        expect(boxes.nth(1)).to_be_focused()  # the same place, another layer
        assert page.evaluate("document.activeElement.value") != before
        page.keyboard.press("Delete")
        page.keyboard.type("quét trùng")
        page.keyboard.press("Enter")
        expect(boxes).to_have_count(2)
        expect(page.get_by_text("Đã loại").first).to_be_visible()
        page.get_by_role("button", name="Đã xem hết, xử lý tiếp cả lô").press("Enter")
        page.wait_for_url("**/batches/*")
        expect(page.get_by_text("Chờ xác nhận", exact=True)).to_be_visible(timeout=FINISHED_MS)


def test_200_files_two_refused_and_one_broken_connection(site: Site, browser: Browser, tmp_path: Path) -> None:
    paths = tiny_files(tmp_path)
    broken: dict[str, int] = {}
    sent: list[str] = []

    def trouble(route: Route) -> None:
        """Of the one the connection breaks on the way there; of the other the answer is lost on the way back."""
        name = route.request.url.rsplit("name=", 1)[1].split("&", 1)[0]
        broken[name] = broken.get(name, 0) + 1
        if broken[name] > 1:
            route.continue_()
            return
        if "005" in name:
            route.fetch()
        route.abort("connectionreset")

    with at_work(browser, site) as (page, watch):
        page.route(re.compile(r"name=trang%20(004|005)"), trouble)
        page.on("request", lambda one: sent.append(one.url) if one.method == "PUT" else None)
        page.goto(f"{site.address}/upload")
        page.locator("#files").set_input_files([str(path) for path in paths])
        page.get_by_role("button", name="Gửi", exact=True).click()
        # the empty file is refused at once, the other by whoever looks into it
        expect(page.locator("#total")).to_contain_text(f"Đã gửi {FILES - 1}/{FILES} tệp", timeout=FINISHED_MS)
        expect(page.locator("#list .refused").first).to_be_visible()
        expect(page.locator("#list li", has_text="rỗng.pdf")).to_contain_text("Tệp rỗng (0 byte)")
        assert (broken["trang%20004.png"], broken["trang%20005.png"]) == (2, 2)
        batch = page.url.split("batch=")[1]
        page.goto(f"{site.address}/upload?batch={batch}")  # a reload: the batch is gone on with, nothing is sent twice
        page.locator("#files").set_input_files([str(path) for path in paths[:8]])
        page.get_by_role("button", name="Gửi", exact=True).click()
        page.wait_for_url(f"**/batches/{batch}")
        detail = told(page.request, f"{site.address}/v1/batches/{batch}")
        names = [one["name"] for one in detail["files"]]
        assert len(names) == len(set(names)) == FILES - 1
        assert len([one for one in sent if "trang%20000" in one]) == 1
        refused = page.locator("#attention li", has_text="hỏng.pdf")
        expect(refused).to_be_visible(timeout=FINISHED_MS)
        refused.get_by_text("Bỏ", exact=True).click()
        refused.get_by_label("Lý do bỏ").fill("tệp hỏng từ máy quét")
        refused.get_by_role("button", name="Bỏ tệp này").click()
        expect(page.locator("#attention li", has_text="hỏng.pdf")).to_have_count(0)
        # the browser tells of broken connections and of the refused file in its console; nothing else may be there
        mine = [line for line in watch.wrong if "ERR_CONNECTION_RESET" not in line and "422" not in line]
        assert mine == []
        watch.wrong.clear()
