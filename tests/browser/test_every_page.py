"""Every page there is, found by following links, in a real Chromium: axe finds nothing serious, nothing is wider than the screen.

Which pages there are is asked of the application, so that a new one is looked at without a line here; its parameters come from
the sample data. On the same site the way of a certified copy from its certifier to the auditor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, Page, expect
from starlette.routing import BaseRoute, Match

from api.certification.checks import Attested, Wanted
from api.certification.desk import CertificationDesk
from api.keeping.disposal import DisposalDesk
from api.pipeline.engine import Pipeline
from signing.grounds import grounds
from storage.model import CERTIFYING, PaperState
from storage.registers import RegisterKind
from tests.unit.signing.world import authority
from tests.world.door import open_door, put_paper, put_record
from tests.world.signed.hands import Hand
from tests.world.signed.paper import base
from tests.world.site import Site, Watch, chromium, running_site

pytestmark = pytest.mark.browser

DESK: Any = {"width": 1366, "height": 768}
PHONE: Any = {"width": 390, "height": 844}
CONTRAST: Any = {"runOnly": ["color-contrast"]}
BUT_CONTRAST: Any = {"rules": {"color-contrast": {"enabled": False}}}
SCREENS: list[tuple[Any, Any, Any]] = [
    (DESK, "light", {}), (DESK, "dark", CONTRAST), (PHONE, "dark", CONTRAST), (PHONE, "light", BUT_CONTRAST)
]  # fmt: skip
"""Every rule once for each size, and contrast for each palette: the dark one changes nothing but colours."""
NO_PAGES = frozenset({"/language/{lang}"})
"""Routes beside the API that lead elsewhere."""
ALSO = (
    "/sign-in",
    "/kiem-tra",
    "/kiem-tra/unknown-code",
    "/records?q=quyet",
    "/certifications?show=all",
    "/no-such-page",
    "/scan",  # where there is no scanner
)
"""Addresses no link leads to."""
MOST_STEPS = 150
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN = """async (rules) => {
  const found = await axe.run(document, {resultTypes: ['violations'], iframes: false, ...rules});
  return found.violations.filter(one => one.impact === 'serious' || one.impact === 'critical')
    .map(one => `${one.id}: ${one.help} ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`);
}"""
SAID = Attested(frozenset(grounds()), matches=True, complete=True, title="CHỦ TỊCH (MẪU)")


@dataclass(frozen=True)
class World:
    """A running site with something of everything, and the pages it has."""

    site: Site
    routes: tuple[APIRoute, ...]
    record: str
    """A record nobody has asked a certified copy of."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    data = tmp_path_factory.mktemp("everything") / "data"
    data.mkdir()
    with open_door(data) as door:
        unit = door.sohoa.settings.unit
        with door.sohoa.database.transaction() as uow:
            uow.registers.open(unit, RegisterKind.ELECTRONIC, "SCTĐT/BS", "van-thu")
        desk = CertificationDesk(door.sohoa)
        put_paper(door.sohoa, state=PaperState.REVIEW)
        for attested in (True, False):
            made = desk.request(put_record(door.sohoa, unit=unit).code, Wanted("Trần Thị Mẫu", "000000000012"), actor="clerk")
            if attested:
                desk.attest(made.id, SAID, actor="certifier")
        pipeline = Pipeline(door.sohoa)
        while pipeline.work(CERTIFYING):
            pass
        pipeline.close()
        record = put_record(door.sohoa, unit=unit).code
        DisposalDesk(door.sohoa).hold(record, "đang tranh chấp", actor="van-thu")
        routes = tuple(one for one in _routes(door.app.routes) if _is_page(one))
    with running_site(data) as site:
        yield World(site, routes, record)


def _routes(found: Sequence[BaseRoute]) -> Iterator[APIRoute]:
    """Every route, those of included routers among them."""
    for one in found:
        if isinstance(one, APIRoute):
            yield one
        elif (inner := getattr(one, "original_router", None)) is not None:
            yield from _routes(inner.routes)


def _is_page(route: APIRoute) -> bool:
    return "GET" in (route.methods or ()) and not route.include_in_schema and route.path not in NO_PAGES


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def addresses(world: World) -> dict[str, str]:
    """One address for each page, by its route: found as a person would, link by link."""
    found: dict[str, str] = {}
    with httpx.Client(follow_redirects=True, headers={"Accept": "text/html"}, timeout=30) as client:
        client.get(world.site.sign_in["admin"])
        ahead, seen = ["/", *ALSO], set[str]()
        while ahead and len(seen) < MOST_STEPS:
            address = ahead.pop(0)
            path = address.partition("?")[0]
            route = _route(world, path)
            if path in seen or path.startswith(("/v1/", "/static/")) or (route in found and address not in ALSO):
                continue
            seen.add(path)
            answer = client.get(world.site.address + address)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                found.setdefault(route, "")  # a file: nothing to look at
                continue
            found[f"{route} {address}" if address in ALSO else route] = address
            ahead += [unescape(one) for one in re.findall(r'(?:href|src)="(/[^"#]*)"', answer.text)]
    return found


def _route(world: World, path: str) -> str:
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    return next((route.path for route in world.routes if route.matches(scope)[0] is Match.FULL), path)


KNOWN_SHUT = frozenset(
    {
        *("/account", "/account/password", "/account/second-factor", "/sign-in/code", "/sign-in/continue"),  # a password
        *("/sign-in/provider", "/sign-in/provider/back"),  # a provider
        *("/audits/{run_id}", "/audits/{run_id}/{name}"),  # a run; the way of the certified copy looks at one
        *("/dossiers/{code}", "/dossiers/{code}/sheets.pdf"),  # a dossier
        "/batches/{batch_id}/scan",  # a scan under way
        "/searches/{search_id}",  # a search that was kept
        "/purpose",  # a restricted record
        "/review/{paper_id}/held",  # somebody else at the same paper
        *("/certifications/{certification_id}/qr.svg", "/papers/{paper_id}/place"),  # no pages
    }
)
"""Pages that need what the sample data of this test does not have."""


def test_every_page_is_reached_by_links(world: World, addresses: dict[str, str]) -> None:
    reached = {one.split(" ")[0] for one in addresses}
    streams = {route.path for route in world.routes if route.path.endswith(("/events", "/now"))}
    assert len(world.routes) > 20
    shut = {route.path for route in world.routes} - reached - streams
    assert shut <= KNOWN_SHUT, f"no link leads to {sorted(shut - KNOWN_SHUT)}: add one, or the sample data it needs"


def test_axe_finds_nothing_serious_on_any_page_of_any_size_and_colour(
    world: World, browser: Browser, addresses: dict[str, str]
) -> None:
    context = browser.new_context(viewport=DESK)
    page, wrong = context.new_page(), list[str]()
    page.goto(world.site.sign_in["admin"])
    for address in filter(None, addresses.values()):
        page.set_viewport_size(DESK)
        page.goto(world.site.address + address)
        page.evaluate(AXE)
        assert page.locator("h1").count() == 1, address
        for size, scheme, rules in SCREENS:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            wrong += [f"{address} {size['width']} {scheme}: {one}" for one in page.evaluate(RUN, rules)]
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            wrong += [f"{address} is {wide} px too wide at {size['width']}"] if wide > 0 else []
    context.close()
    assert not wrong, "\n".join(wrong)


def opened(browser: Browser, world: World, role: str, **options: Any) -> tuple[Page, Watch]:
    page, watch = browser.new_context(**({"viewport": DESK} | options)).new_page(), Watch(world.site.address)
    watch.follow(page)
    if role:
        page.goto(world.site.sign_in[role])
    return page, watch


def test_a_certified_copy_from_its_certifier_to_the_auditor(world: World, browser: Browser, tmp_path: Path) -> None:
    copy, check = certified(world, browser, tmp_path)
    phone, watch = opened(browser, world, "", viewport=PHONE, java_script_enabled=False)
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
    auditor, watch = opened(browser, world, "auditor")
    for file, verdict in ((copy, "Hợp lệ"), (altered, "Không hợp lệ"), (foreign, "Không thể kết luận")):
        auditor.goto(f"{world.site.address}/verify")
        auditor.get_by_label("Tệp PDF").set_input_files(str(file))
        auditor.get_by_role("button", name="Kiểm tra", exact=True).click()
        expect(auditor.locator("h1")).to_contain_text(verdict)
    auditor.goto(f"{world.site.address}/audits")
    auditor.get_by_label("Các tệp PDF").set_input_files([str(copy), str(altered), str(foreign)])
    auditor.locator("form[action='/audits/files'] button").click()
    expect(auditor.locator("h1")).to_contain_text("Có 1 tệp không hợp lệ", timeout=30_000)
    expect(auditor.locator("tbody th").first).to_have_text("sửa.pdf")
    assert watch.wrong == []
    auditor.context.close()


def certified(world: World, browser: Browser, folder: Path) -> tuple[Path, str]:
    """The certifier takes a request in, compares, signs, and downloads; the copy, and where its QR code leads."""
    page, watch = opened(browser, world, "certifier")
    page.goto(f"{world.site.address}/certifications/new?record={world.record}")
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
    return folder / "copy.pdf", world.site.address + check
