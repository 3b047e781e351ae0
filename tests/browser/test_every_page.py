"""Every page there is, found by following links, in a real Chromium: axe finds nothing serious, nothing is wider than the screen.

Which pages there are is asked of the application, so that a new one is looked at without a line here; its parameters come from
the sample data (`tests.world.everything`). On the same site the way of a certified copy from its certifier to the auditor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as BrowserError
from starlette.routing import Match

from tests.unit.signing.world import authority
from tests.world.everything import LOGIN, Everything, fill
from tests.world.people import PASSWORD
from tests.world.signed.hands import Hand
from tests.world.signed.paper import base
from tests.world.site import Site, Watch, running_site

pytestmark = pytest.mark.browser

DESK: Any = {"width": 1366, "height": 768}
PHONE: Any = {"width": 390, "height": 844}
CONTRAST: Any = {"runOnly": ["color-contrast"]}
BUT_CONTRAST: Any = {"rules": {"color-contrast": {"enabled": False}}}
SCREENS: list[tuple[Any, Any, Any]] = [
    (DESK, "light", {}), (DESK, "dark", CONTRAST), (PHONE, "dark", CONTRAST), (PHONE, "light", BUT_CONTRAST)
]  # fmt: skip
"""Every rule once for each size, and contrast for each palette: the dark one changes nothing but colours."""
ALSO = (
    "/sign-in",
    "/sign-in/continue?next=/upload",
    "/kiem-tra",
    "/kiem-tra/unknown-code",
    "/records?q=quyet",
    "/certifications?show=all",
    "/purpose?next=/records",
    "/no-such-page",
    "/scan",  # where there is no scanner
)
"""Addresses no link leads to."""
NO_PAGES = frozenset({"/language/{lang}", "/sign-in/provider", "/sign-in/provider/back"})
"""Lead elsewhere: to the other language, to a provider of sign-ins and back (`tests/integration` has a living one)."""
IN_THE_DOOR = frozenset({"/sign-in/code", "/account/password", "/account/second-factor"})
"""Looked at while somebody comes in, not by following links."""
STREAMS = ("/events", "/now")
MOST_STEPS = 150
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN = """async (rules) => {
  const found = await axe.run(document, {resultTypes: ['violations'], iframes: false, preload: false, ...rules});
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  return found.violations.filter(one => one.impact === 'serious' || one.impact === 'critical')
    .map(one => `${one.id}: ${one.help} ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`)
    .concat(wide > 0 ? [`${wide} px too wide`] : []);
}"""


def looked_at(page: Page) -> list[str]:
    """What is wrong with the page that is open, on every screen."""
    where = urlsplit(page.url).path
    page.evaluate(AXE)
    wrong = [] if page.locator("h1").count() == 1 else [f"{where}: one h1"]
    for size, scheme, rules in SCREENS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        wrong += [f"{where} {size['width']} {scheme}: {one}" for one in page.evaluate(RUN, rules)]
    page.set_viewport_size(DESK)
    return wrong


class Walk:
    """Somebody who comes in by the door and then follows every link to a page not seen yet."""

    def __init__(self, site: Site, held: Everything, page: Page) -> None:
        self._site, self._held, self._page = site, held, page
        self._watch = Watch(site.address)
        self._watch.follow(page)
        self.found: set[str] = set()
        """Routes that some link leads to."""
        self.wrong: list[str] = []

    def come_in(self) -> None:
        """Sign in for the first time: a new password, a second factor; out, and in again with both."""
        page = self._page
        page.goto(f"{self._site.address}/sign-in")
        page.locator("form[action='/sign-in'] button").first.click()
        told = page.locator("#login").evaluate("field => field.validationMessage")
        self.wrong += [] if told == "Mục này bắt buộc." else [f"a missing field speaks the browser's language: {told}"]
        self._sign_in(self._held.password)
        self._look("/account/password")
        for name, typed in (("old", self._held.password), ("new", PASSWORD), ("again", PASSWORD)):
            page.locator(f"#{name}").fill(typed)
        page.locator("main button.main").click()
        self._look("/account/second-factor")
        shared = page.locator("input[name=shared]").input_value()
        page.locator("#code").fill(pyotp.TOTP(shared).now())
        page.locator("main button.main").click()
        codes = page.locator(".codes code").all_inner_texts()
        self.wrong += looked_at(page)
        page.goto(f"{self._site.address}/account")
        page.locator("form[action='/sign-out'] button").first.click()
        self._sign_in(PASSWORD)
        self._look("/sign-in/code")
        page.locator("#code").fill(codes[0])
        page.locator("main button.main").click()
        page.wait_for_url(f"{self._site.address}/")
        page.goto(f"{self._site.address}/audits")
        page.locator("form[action='/audits/days'] button").click()
        page.locator("a[href$='/results.csv']").wait_for()

    def _sign_in(self, password: str) -> None:
        self._page.locator("#login").fill(LOGIN)
        self._page.locator("#password").fill(password)
        self._page.locator("form[action='/sign-in'] button").first.click()

    def _look(self, path: str) -> None:
        self._page.wait_for_url(f"**{path}*")
        self.found.add(path)
        self.wrong += looked_at(self._page)

    def go_everywhere(self) -> None:
        """One page for each route; those of `ALSO` besides."""
        also = [*ALSO, *self._held.addresses]
        ahead, seen = ["/", *also], set[str]()
        while ahead and len(seen) < MOST_STEPS:
            address = ahead.pop(0)
            path = address.partition("?")[0]
            route = self._route(path)
            if (
                path in seen
                or path.startswith(("/v1/", "/static/", "/language/"))
                or (route in self.found and address not in also)
            ):
                continue
            seen.add(path)
            if not route and address not in also:
                self.wrong.append(f"a link leads nowhere: {address}")
                continue
            self.found.add(route)
            ahead += self._links(address)

    def _links(self, address: str) -> list[str]:
        """The links of a page, after it was looked at; none of a file."""
        page = self._page
        self._watch.wrong.clear()  # of axe itself, and of files that the browser showed
        try:
            answer = page.goto(self._site.address + address)
        except BrowserError as error:
            if "ownload" in error.message or "ERR_ABORTED" in error.message:
                return []
            raise
        assert answer is not None
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return []
        # what could not be loaded the watch tells with its address, and the console once more, sometimes later
        told = (one for one in self._watch.wrong if "Failed to load resource" not in one)
        self.wrong += told if answer.status < 400 else ()
        self.wrong += looked_at(page)
        return [unescape(one) for one in re.findall(r'(?:href|src)="(/[^"#]*)"', page.content())]

    def _route(self, path: str) -> str:
        scope = {"type": "http", "method": "GET", "path": path, "headers": []}
        return next((one.path for one in pages(self._held) if one.matches(scope)[0] is Match.FULL), "")


def pages(held: Everything) -> list[Any]:
    """The routes of pages, with the files they offer."""
    return [one for one in held.routes if "GET" in (one.methods or ()) and not one.include_in_schema]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Everything:
    data = tmp_path_factory.mktemp("everything") / "data"
    data.mkdir()
    return fill(data)


@pytest.fixture(scope="module")
def site(held: Everything) -> Iterator[Site]:
    with running_site(held.data) as running:
        yield running


@pytest.fixture(scope="module")
def walked(site: Site, held: Everything, browser: Browser) -> Walk:
    context = browser.new_context(viewport=DESK)
    walk = Walk(site, held, context.new_page())
    walk.come_in()
    walk.go_everywhere()
    context.close()
    return walk


def test_every_page_is_reached_by_links(held: Everything, walked: Walk) -> None:
    routes = {one.path for one in pages(held) if not one.path.endswith(STREAMS)}
    assert len(routes) > 60
    shut = routes - walked.found - NO_PAGES
    assert not shut, f"no link leads to {sorted(shut)}: add one, or the sample data it needs"
    assert walked.found >= IN_THE_DOOR


def test_every_page_at_every_size_and_colour_is_fit_for_everybody_and_quiet(walked: Walk) -> None:
    assert not walked.wrong, "\n".join(walked.wrong)


def opened(browser: Browser, site: Site, role: str, **options: Any) -> tuple[Page, Watch]:
    page, watch = browser.new_context(**({"viewport": DESK} | options)).new_page(), Watch(site.address)
    watch.follow(page)
    if role:
        page.goto(site.sign_in[role])
    return page, watch


def test_a_certified_copy_from_its_certifier_to_the_auditor(
    site: Site, held: Everything, browser: Browser, tmp_path: Path
) -> None:
    copy, check = certified(site, held.record, browser, tmp_path)
    phone, watch = opened(browser, site, "", viewport=PHONE, java_script_enabled=False)
    phone.goto(check)
    expect(phone.locator("h1")).to_contain_text("Còn hiệu lực")
    expect(phone.locator("main")).to_contain_text("hợp lệ")
    assert "Trần Thị" not in phone.content()
    assert watch.wrong == []
    phone.context.close()

    altered, foreign = tmp_path / "sửa.pdf", tmp_path / "lạ.pdf"
    content = bytearray(copy.read_bytes())
    content[len(content) // 3] ^= 1
    altered.write_bytes(content)
    foreign.write_bytes(base().sign(Hand(authority("Kẻ Lạ"))).data)
    auditor, watch = opened(browser, site, "auditor")
    for file, verdict in ((copy, "Hợp lệ"), (altered, "Không hợp lệ"), (foreign, "Không thể kết luận")):
        auditor.goto(f"{site.address}/verify")
        auditor.get_by_label("Tệp PDF").set_input_files(str(file))
        auditor.get_by_role("button", name="Kiểm tra", exact=True).click()
        expect(auditor.locator("h1")).to_contain_text(verdict)
    auditor.goto(f"{site.address}/audits")
    auditor.get_by_label("Các tệp PDF").set_input_files([str(copy), str(altered), str(foreign)])
    auditor.locator("form[action='/audits/files'] button").click()
    expect(auditor.locator("h1")).to_contain_text("Có 1 tệp không hợp lệ", timeout=30_000)
    expect(auditor.locator("tbody th").first).to_have_text("sửa.pdf")
    assert watch.wrong == []
    wrong = looked_at(auditor)
    auditor.goto(check)
    assert wrong + looked_at(auditor) == []
    auditor.context.close()


def certified(site: Site, record: str, browser: Browser, folder: Path) -> tuple[Path, str]:
    """The certifier takes a request in, compares, signs, and downloads; the copy, and where its QR code leads."""
    page, watch = opened(browser, site, "certifier")
    page.goto(f"{site.address}/certifications/new?record={record}")
    page.get_by_label("Họ tên người yêu cầu").fill("Trần Thị Mẫu")
    page.get_by_label("Số định danh hoặc hộ chiếu").fill("000000000012")
    page.get_by_role("button", name="Tiếp nhận yêu cầu").click()
    expect(page.locator(".sheets img").first).to_be_visible()
    page.get_by_label("Bản chính có bao nhiêu trang").fill("1")
    for box in page.locator("#attest input[type=checkbox]").all():
        box.check()
    page.get_by_label("Chức danh").fill("CHỦ TỊCH (MẪU)")
    page.get_by_role("button", name="Chứng thực và ký số").click()
    expect(page.locator("h1 .state")).to_contain_text("phát hành", timeout=60_000)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Tải bản sao đã chứng thực").click()
    taken.value.save_as(folder / "copy.pdf")
    check = page.locator("#check-link").get_attribute("href")
    assert check is not None
    assert watch.wrong == []
    page.context.close()
    return folder / "copy.pdf", site.address + check
