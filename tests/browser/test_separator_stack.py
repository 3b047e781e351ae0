"""A clerk prints forty separator sheets, sends the stack, and files the one paper whose sheet was torn, in a real Chromium."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from api.dossiers.desk import DossierDesk
from signing.report import VIETNAM
from tests.browser.test_reuse import open_dossier
from tests.browser.test_three_people import FINISHED_MS, at_work
from tests.world.product import sohoa_in
from tests.world.sheets import as_scanned, between, stack
from tests.world.site import Site

pytestmark = pytest.mark.browser

COUNT, TORN = 40, 17
CODE = f"H00.1-{datetime.now(VIETNAM):%y%m%d}-0040"


def test_forty_sheets_one_torn(site: Site, data: Path, browser: Browser, tmp_path: Path) -> None:
    with at_work(browser, site, "clerk") as (page, watch):
        open_dossier(page, site, CODE, "1.001612")
        had = page.locator(".component").count()
        with sohoa_in(data) as sohoa:
            for number in range(had + 1, COUNT + 1):
                DossierDesk(sohoa).add_component(CODE, f"KHAC.{number:02d}", f"Giấy tờ kèm theo {number}", actor="clerk")
        page.reload()
        expect(page.locator(".component")).to_have_count(COUNT)
        printed = page.request.get(f"{site.address}{page.get_by_role('link', name='In tờ ngăn (PDF)').get_attribute('href')}")
        (tmp_path / "to-ngan.pdf").write_bytes(printed.body())
        sheets = as_scanned(tmp_path / "to-ngan.pdf")
        assert len(sheets) == COUNT
        page.goto(f"{site.address}/upload")
        page.locator("#files").set_input_files(str(stack(tmp_path / "chồng.tif", between(sheets, torn_at=TORN))))
        page.get_by_role("button", name="Gửi", exact=True).click()
        page.wait_for_url("**/batches/*")
        batch = page.url
        waiting = page.locator("#attention li")
        expect(waiting).to_have_count(1, timeout=FINISHED_MS)
        expect(waiting).to_contain_text(f"trước trang {2 * TORN}")
        waiting.get_by_role("link", name="Xếp vào hồ sơ").click()
        page.get_by_role("textbox", name="Mã hồ sơ").fill(CODE)
        page.get_by_role("button", name="Xem thành phần").click()
        page.locator("#component").select_option(label=f"Giấy tờ kèm theo {TORN}")
        page.get_by_role("button", name="Xếp vào thành phần này").click()
        page.goto(batch)
        expect(waiting).to_have_count(0)
        page.goto(f"{site.address}/dossiers/{CODE}")
        one_each = page.locator(".component > ul.plain > li > a[href^='/batches/'], .component > p > a[href^='/records/']")
        expect(one_each).to_have_count(COUNT)  # on its way or digitised already
        assert watch.wrong == []
