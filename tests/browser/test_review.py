"""Review in a real Chromium: keyboard only, two people on one paper, a box drawn on the page, and how fast it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from api.access.permissions import Role
from api.access.tokens import issue
from tests.world.product import sohoa_in
from tests.world.site import Site, Watch, running_site
from tests.world.waiting import BOXES, painted, put_waiting

pytestmark = pytest.mark.browser

DESK: Any = {"width": 1366, "height": 768}
PHONE: Any = {"width": 390, "height": 844}
PREPARED = 30
KEY_MS, NEXT_MS = 16, 300

MEASURE = """
window.keyTimes = []; window.nextTimes = [];
let pressed = 0;
addEventListener("keydown", (event) => {
  pressed = event.timeStamp;
  if (event.key !== "Enter" || !event.ctrlKey) return;
  const before = document.getElementById("desk").dataset.paper, since = event.timeStamp;
  const look = () => {
    const desk = document.getElementById("desk"), picture = desk?.querySelector("figure img");
    const there = desk && desk.dataset.paper !== before && picture.complete && picture.naturalWidth
      && desk.contains(document.activeElement) && document.activeElement.dataset.field;
    if (there) window.nextTimes.push(performance.now() - since);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}, true);
new MutationObserver((changes) => {
  if (pressed && changes.some((change) => change.target.matches("rect.evidence.now"))) {
    window.keyTimes.push(performance.now() - pressed);
    pressed = 0;
  }
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["class"] });
"""

COUNT_HANDED_IN = """(() => {
  const send = window.fetch;
  window.handedIn = 0;
  window.fetch = (address, how) => {
    if (how?.body instanceof URLSearchParams) window.handedIn += 1;
    return send(address, how);
  };
})()"""

NOT_COVERED = """(() => {
  const [field, button, side] = [document.activeElement, document.getElementById("finish"), document.querySelector(".side")]
    .map((element) => element.getBoundingClientRect());
  return field.bottom <= button.top && field.top >= side.top;
})()"""
ON_SCREEN = """(points) => {
  const matrix = document.querySelector(".sheets svg g").getScreenCTM();
  return points.map(([x, y]) => new DOMPoint(x, y).matrixTransform(matrix)).map((point) => [point.x, point.y]);
}"""


@dataclass(frozen=True)
class Desk:
    """A site with papers that wait, and a second clerk."""

    site: Site
    second: str


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    data = tmp_path_factory.mktemp("review") / "data"
    with sohoa_in(data) as sohoa:
        put_waiting(sohoa, PREPARED + 1)
        put_waiting(sohoa, 8, pages=2, bulk=True, boxes=0)
        second = issue(sohoa.database, "thu-ha", Role.CLERK, unit=sohoa.settings.unit)
    with running_site(data) as site:
        yield Desk(site, f"{site.address}/?token={second}")


@contextmanager
def at_desk(browser: Browser, desk: Desk, link: str = "", **options: Any) -> Iterator[Page]:
    """A page signed in; at the end nothing may have gone wrong."""
    context = browser.new_context(**({"viewport": DESK} | options))
    page, watch = context.new_page(), Watch(desk.site.address)
    watch.follow(page)
    page.goto(link or desk.site.sign_in["clerk"])
    yield page
    context.close()
    # a refusal that is part of the work (held by somebody, a day that does not exist) is told in the console too
    assert [line for line in watch.wrong if "409" not in line and "422" not in line] == []


def opened(page: Page, desk: Desk, filters: str = "") -> str:
    """Take the next paper; its id."""
    page.goto(f"{desk.site.address}/review/next{filters}")
    expect(page.locator("rect.word").first).to_be_attached()
    return str(page.locator("#desk").get_attribute("data-paper"))


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.dataset.field"))


def fill_missing(page: Page) -> None:
    """The paper of the test lacks two required fields: a dash says so."""
    for _ in range(page.locator(".field.missing").count()):
        page.keyboard.type("-")
        page.keyboard.press("Enter")


def quietest(times: list[float]) -> float:
    """The least p95 of three stretches: what else the machine does only ever adds."""
    third = len(times) // 3
    return min(p95(times[start : start + third]) for start in (0, third, 2 * third))


def p95(times: list[float]) -> float:
    return sorted(times)[max(0, round(0.95 * len(times)) - 1)]


@pytest.mark.alone
def test_thirty_papers_by_keyboard_are_quick(desk: Desk, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    with at_desk(browser, desk) as page:
        page.goto(f"{desk.site.address}/review")
        page.keyboard.press("Tab")
        page.get_by_role("link", name="Bắt đầu").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/review/*")
        expect(page.locator("#desk[data-ahead]")).to_be_attached()
        page.evaluate(MEASURE)
        for number in range(PREPARED):
            this = str(page.locator("#desk").get_attribute("data-paper"))
            expect(page.locator(f"#desk[data-paper='{this}'][data-ahead]")).to_be_attached()
            expect(page.locator("rect.word")).to_have_count(max(BOXES, sum(len(line.words) for line in painted()[1].lines)))
            fill_missing(page)
            for _ in range(8):
                page.keyboard.press("Enter")
            page.keyboard.press("Control+Enter")
            expect(page.locator(f"#desk[data-paper='{this}']")).to_have_count(0)
            page.wait_for_function(f"window.nextTimes.length === {number + 1}")
        keys, following = page.evaluate("[window.keyTimes, window.nextTimes]")
    told = {
        "keys": len(keys), "key_p50_ms": sorted(keys)[len(keys) // 2], "key_p95_ms": p95(keys),
        "papers": len(following), "next_p50_ms": sorted(following)[len(following) // 2], "next_p95_ms": p95(following),
    }  # fmt: skip
    print(json.dumps({name: round(value, 1) for name, value in told.items()}))
    assert quietest(keys) <= KEY_MS
    assert quietest(following) <= NEXT_MS


def test_what_is_pressed_before_the_script_has_come_is_done_once_it_has(desk: Desk, browser: Browser) -> None:
    with at_desk(browser, desk) as page:
        scripts = held_back(page)
        page.goto(f"{desk.site.address}/review/next?type=administrative", wait_until="commit")
        expect(page.locator("footer")).to_be_attached()
        this = str(page.locator("#desk").get_attribute("data-paper"))
        page.locator("#f-valid_until").fill("31/02/2027")
        page.locator("#f-signer_title").focus()
        for key in ("-", "Enter", "-", "Enter"):
            page.keyboard.press(key)
        assert (page.locator("#f-signer_title").input_value(), page.locator("#f-signer").input_value()) == ("-", "-")
        scripts[0].continue_()
        expect(page.locator(".field.seen")).to_have_count(2)
        expect(page.locator("#s-valid_until")).to_contain_text("không có trong lịch")
        assert page.locator("#desk").get_attribute("data-paper") == this, "an early Enter accepts a field, never the paper"

        page.reload(wait_until="commit")
        expect(page.locator("footer")).to_be_attached()
        page.keyboard.press("Control+Enter")
        scripts[1].continue_()
        expect(page.locator("#finish")).to_be_focused()  # nobody has touched the paper

        page.reload(wait_until="commit")
        expect(page.locator("footer")).to_be_attached()
        for name in ("signer_title", "signer"):
            page.locator(f"#f-{name}").fill("-")
        page.keyboard.press("Control+Enter")
        assert page.locator("#desk").get_attribute("data-paper") == this
        scripts[2].continue_()
        expect(page.locator(f"#desk[data-paper='{this}']")).to_have_count(0)


def test_a_picture_that_is_slow_to_come_keeps_no_paper_from_the_desk(desk: Desk, browser: Browser) -> None:
    with at_desk(browser, desk) as page:
        held: list[Route] = []
        picture = "**/v1/papers/*/pages/*.jpg*"
        page.route(picture, lambda route: held.append(route))  # noqa: PLW0108 - a method of a list takes no attributes
        page.goto(f"{desk.site.address}/review/next?type=administrative", wait_until="commit")
        expect(page.locator("rect.word").first).to_be_attached()  # the script works
        this = str(page.locator("#desk").get_attribute("data-paper"))
        for name in ("signer_title", "signer"):
            page.locator(f"#f-{name}").fill("-")
        page.keyboard.press("Control+Enter")
        expect(page.locator(f"#desk[data-paper='{this}']")).to_have_count(0)
        expect(page.locator("#desk .field").first).to_be_visible()
        assert held
        for route in held:
            route.continue_()
        page.unroute(picture)


def held_back(page: Page) -> list[Route]:
    """What asks for the page's script, waiting to be let on."""
    scripts: list[Route] = []

    def hold(route: Route) -> None:
        scripts.append(route)

    page.route("**/static/review.js", hold)
    return scripts


def test_a_script_that_does_not_come_is_said_and_the_form_works_without(desk: Desk, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(desk.site.sign_in["clerk"])
    page.route("**/static/review-draw.js", lambda route: route.abort())
    page.goto(f"{desk.site.address}/review/next?type=administrative")
    this = page.locator("#desk").get_attribute("data-paper")
    expect(page.locator("#said")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("tải lại trang")
    for name in ("signer_title", "signer"):
        page.locator(f"#f-{name}").fill("-")
    page.locator("#finish").click()
    expect(page.locator(f"#desk[data-paper='{this}']")).to_have_count(0)
    context.close()


def test_a_key_held_down_accepts_one_field_and_never_the_paper(desk: Desk, browser: Browser) -> None:
    with at_desk(browser, desk) as page:
        this = opened(page, desk, "?type=administrative")
        fill_missing(page)
        page.evaluate(COUNT_HANDED_IN)
        page.locator("input[data-field]").last.focus()
        page.keyboard.down("Enter")
        expect(page.locator("#finish")).to_be_focused()
        for _ in range(3):
            page.keyboard.down("Enter")  # again without an up: as the keyboard repeats it
        page.keyboard.up("Enter")
        assert page.evaluate("window.handedIn") == 0
        page.keyboard.press("Enter")
        expect(page.locator(f"#desk[data-paper='{this}']")).to_have_count(0)


def test_two_people_on_one_paper(desk: Desk, browser: Browser) -> None:
    with at_desk(browser, desk) as first, at_desk(browser, desk, desk.second) as second:
        paper = opened(first, desk, "?reason=-")
        second.goto(f"{desk.site.address}/review")
        expect(second.locator("tr", has=second.locator(f"a[href*='{paper}']"))).to_contain_text("demo-clerk")
        second.goto(f"{desk.site.address}/review/{paper}")
        other = second.locator("#desk").get_attribute("data-paper")
        assert other != paper, "the second person got the next one"
        expect(second.locator("main > .notice")).to_contain_text("đang do demo-clerk xác nhận")
        second.get_by_role("link", name="Nhận thay").click()
        second.get_by_label("Lý do nhận thay").fill("chị Lan nghỉ")
        second.keyboard.press("Enter")
        second.wait_for_url(f"**/review/{paper}")
        first.bring_to_front()
        fill_missing(first)
        first.keyboard.press("Control+Enter")
        expect(first.locator("#said")).to_contain_text("đang được thu-ha xác nhận")
        expect(first.locator(f"#desk[data-paper='{paper}']")).to_be_attached()
        second.bring_to_front()
        fill_missing(second)
        second.keyboard.press("Control+Enter")
        expect(second.locator(f"#desk[data-paper='{paper}']")).to_have_count(0)


def test_leaving_frees_the_paper_at_once(desk: Desk, browser: Browser) -> None:
    with at_desk(browser, desk) as first, at_desk(browser, desk, desk.second) as second:
        paper = opened(first, desk)
        first.goto(f"{desk.site.address}/review")
        line = second.locator("tr", has=second.locator(f"a[href*='{paper}']"))
        for _ in range(20):  # what a page says while it is left arrives a moment later
            second.goto(f"{desk.site.address}/review")
            if "chưa ai" in line.inner_text():
                break
        second.goto(f"{desk.site.address}/review/{paper}")
        expect(second.locator(f"#desk[data-paper='{paper}']")).to_be_attached()


def test_other_readings_doubts_and_keys(desk: Desk, browser: Browser) -> None:
    with at_desk(browser, desk) as page:
        this = opened(page, desk, "?type=administrative")
        title = page.locator("#f-title")
        title.focus()
        expect(page.locator("rect.evidence.now")).to_have_count(1)
        assert title.input_value() == "THÔNG BÁQ"
        page.keyboard.press("ArrowDown")
        assert title.input_value() == "QUYẾT ĐỊNH"
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        assert title.input_value() == "THÔNG BÁO"
        page.keyboard.press("Escape")
        assert title.input_value() == "THÔNG BÁQ"
        page.dispatch_event("#f-title", "keydown", {"key": "Enter", "code": "Enter", "isComposing": True})
        assert focused(page) == "title", "an input method is composing"
        page.keyboard.press("Enter")
        assert focused(page) != "title"
        expect(page.locator(".field[data-name=title]")).to_contain_text("Đã xem")
        page.keyboard.press("Shift+Enter")
        assert focused(page) == "title"
        owner = page.locator("#f-owner_id")
        owner.fill("12345")
        expect(page.locator("#s-owner_id")).to_contain_text("12 chữ số")
        owner.fill("038090001234")
        expect(page.locator("#s-owner_id")).to_be_hidden()
        page.locator("#f-valid_until").fill("31/02/2027")
        expect(page.locator("#s-valid_until")).to_contain_text("không có trong lịch")
        page.keyboard.press("Control+Enter")
        assert focused(page) == "valid_until", "a day that does not exist stops the paper and nothing else does"
        assert page.locator("#desk").get_attribute("data-paper") == this
        page.keyboard.press("F1")
        expect(page.locator("dialog#keys")).to_contain_text("Trở lại giá trị máy đọc")
        page.keyboard.press("Escape")
        page.keyboard.press("F2")
        inside = (
            "(() => { const p = document.querySelector('.sheets').getBoundingClientRect(), b = document.querySelector('rect.now')"
        )
        page.locator("#f-subject").focus()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate(NOT_COVERED), "the field in hand is not covered by the button below"
        assert page.evaluate(f"{inside}.getBoundingClientRect(); return b.top >= p.top && b.bottom <= p.bottom; }})()")
        page.keyboard.press("Control+.")
        expect(page.locator("#send-back-reason")).to_be_focused()
        page.keyboard.type("mờ quá")
        page.keyboard.press("Control+Enter")
        assert page.locator("#desk").get_attribute("data-paper") == this, "a reason being typed does not confirm"
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: this not in url)


def test_a_box_on_the_page_fills_the_field(desk: Desk, browser: Browser) -> None:
    words = [word for line in painted()[1].lines for word in line.words]
    first, last = words[4], words[6]
    with at_desk(browser, desk) as page:
        opened(page, desk, "?type=administrative")
        signer = page.locator("#f-signer")
        signer.focus()

        def drag(x0: float, y0: float, x1: float, y1: float) -> None:
            ends = page.evaluate(ON_SCREEN, [[x0, y0], [x1, y1]])
            page.mouse.move(*ends[0])
            page.mouse.down()
            page.mouse.move(*ends[1], steps=3)
            page.mouse.up()

        drag(first.box.x0 - 3, first.box.y0 - 3, last.box.x1 + 3, last.box.y1 + 3)
        expect(signer).to_have_value(" ".join(word.text for word in words[4:7]))
        expect(signer).to_be_focused()
        expect(page.locator("rect.evidence.mine.now")).to_have_count(1)
        assert page.locator("[data-place=signer]").input_value().startswith("0 ")
        page.locator("rect.word").nth(8).click()
        expect(signer).to_have_value(words[8].text)
        expect(page.locator("rect.evidence.mine")).to_have_count(1)
        page.evaluate("document.querySelector('figure').words = []")  # as if the machine had seen no word there
        drag(first.box.x0 - 3, first.box.y0 - 3, last.box.x1 + 3, last.box.y1 + 3)
        expect(signer).to_have_value(" ".join(word.text for word in words[4:7]), timeout=20_000)


def test_to_the_next_paper_and_back_without_confirming(desk: Desk, browser: Browser) -> None:
    with at_desk(browser, desk) as page:
        page.goto(f"{desk.site.address}/review/next?type=administrative")
        expect(page.locator("#desk[data-ahead]")).to_be_attached()
        this = page.locator("#desk").get_attribute("data-paper")
        page.keyboard.press("Alt+n")
        expect(page.locator(f"#desk[data-paper='{this}']")).to_have_count(0)
        assert focused(page) != "undefined"
        page.keyboard.press("PageDown")
        page.wait_for_function("document.querySelector('.sheets').scrollTop > 200")
        page.keyboard.press("Alt+p")
        page.wait_for_url(f"**/review/{this}*")


def test_the_type_is_corrected_and_the_page_comes_back_by_itself(desk: Desk, browser: Browser) -> None:
    with at_desk(browser, desk) as page:
        this = opened(page, desk, "?type=administrative")
        page.keyboard.press("Alt+l")
        expect(page.locator("#paper-type")).to_be_focused()
        page.locator("#paper-type").select_option("contract")
        page.get_by_role("button", name="Đổi loại").focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("ợp đồng")
        expect(page.locator("#finish")).to_be_enabled(timeout=20_000)
        assert this in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_review_fits_the_screen(desk: Desk, browser: Browser, size: Any, scheme: Any) -> None:
    with at_desk(browser, desk, desk.site.sign_in["admin"], viewport=size, color_scheme=scheme) as page:
        for address in ("/review", "/review/next", "/error-rates"):
            page.goto(desk.site.address + address)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{address} is {wide} px too wide"
            assert page.locator("h1").count() == 1
