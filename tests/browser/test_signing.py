"""A clerk with the key on the own desk: the page «Chờ ký», the real agent and a real Chromium."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import Page, expect

from signing.demo_pki import ensure
from tests.integration.test_agent import agent
from tests.integration.test_desk_signing import Office, scanned
from tests.world.site import Watch, chromium, running_site
from tests.world.timestamp_site import TimestampSite, running

pytestmark = pytest.mark.browser

FINISHED_MS = 60_000


@pytest.fixture(scope="module")
def port() -> int:
    """A port that is free for the agent, known before the server starts."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    pki = ensure(folder / "pki")
    (folder / "data").mkdir()
    copytree(pki.folder, folder / "data" / "demo-pki")
    with (
        running(TimestampSite(pki._key("tsa"), pki.clerk())) as authority,
        running_site(
            folder / "data",
            keys__personal__holder="desk",
            access__demo_links="yes",
            keys__agent_url=f"http://127.0.0.1:{port}",
            trust__demo="yes",
            tsa__urls=json.dumps([authority.url("good")]),
        ) as site,
    ):
        yield Office(site, pki, folder, authority)


def opened(page: Page, office: Office) -> None:
    page.goto(office.site.sign_in["clerk"])
    page.goto(f"{office.site.address}/signing")


def test_a_clerk_signs_what_waits(office: Office, port: int, tmp_path: Path) -> None:
    for number in (1, 2):
        office.settled(office.send(scanned(tmp_path / f"giấy tờ {number}.png", number)))
    keys = office.pki.folder / "keys"
    key = ("--p12", str(keys / "clerk.p12"), "--secret-file", str(keys / "passphrase"), "--port", str(port))
    with chromium() as browser:
        page, watch = browser.new_page(), Watch(office.site.address)
        opened(page, office)
        expect(page.locator("#agent")).to_contain_text("Chưa thấy chương trình ký")  # the console says so too: not watched yet
        expect(page.locator("#sign")).to_be_disabled()
        with agent(tmp_path / "log", "--origin", office.site.address, *key):
            watch.follow(page)
            page.locator("#look").click()
            expect(page.locator("#agent")).to_contain_text("Sẵn sàng ký bằng chứng thư của")
            expect(page.locator("#waiting li")).to_have_count(2)
            page.locator("#waiting input").nth(1).uncheck()
            page.locator("#sign").click()
            first, second = page.locator("#waiting li").nth(0), page.locator("#waiting li").nth(1)
            expect(first.locator(".state")).to_have_text("Hoàn tất", timeout=FINISHED_MS)
            expect(second.locator(".state")).to_have_text("Chờ ký")
            page.locator("#waiting input").nth(1).check()
            page.locator("#sign").click()
            expect(second.locator(".state")).to_have_text("Hoàn tất", timeout=FINISHED_MS)
        said = (tmp_path / "log").read_text()
        assert "giấy tờ 1.png" in said
        assert office.site.address in said
        agent_calls = [wrong for wrong in watch.wrong if str(port) not in str(wrong)]
        assert agent_calls == []
        page.goto(f"{office.site.address}/signing")
        expect(page.locator("main")).to_contain_text("Không có tài liệu nào chờ bạn ký.")


def test_an_agent_for_other_pages_does_not_sign(office: Office, port: int, tmp_path: Path) -> None:
    office.settled(office.send(scanned(tmp_path / "giấy tờ 3.png", 3)))
    keys = office.pki.folder / "keys"
    key = ("--p12", str(keys / "clerk.p12"), "--secret-file", str(keys / "passphrase"), "--port", str(port))
    with chromium() as browser, agent(tmp_path / "log", *key):
        page = browser.new_page()
        opened(page, office)
        expect(page.locator("#agent")).to_contain_text("Chưa thấy chương trình ký")
        expect(page.locator("#sign")).to_be_disabled()


def test_a_document_that_is_open_again_after_signing_is_shown_so(office: Office, port: int, tmp_path: Path) -> None:
    office.settled(office.send(scanned(tmp_path / "giấy tờ 4.png", 4)))
    keys = office.pki.folder / "keys"
    key = ("--p12", str(keys / "clerk.p12"), "--secret-file", str(keys / "passphrase"), "--port", str(port))
    with chromium() as browser, agent(tmp_path / "log", "--origin", office.site.address, *key):
        page = browser.new_page()
        page.route(  # the signature led nowhere after it was taken
            "**/v1/signing/requests/*",
            lambda route: route.fulfill(json={"id": route.request.url.rsplit("/", 1)[-1], "state": "waiting"}),
        )
        opened(page, office)
        expect(page.locator("#agent")).to_contain_text("Sẵn sàng ký bằng chứng thư của")
        line = page.locator("#waiting li").filter(has_text="giấy tờ 4.png")
        page.locator("#all").uncheck()
        line.locator("input").check()
        page.locator("#sign").click()
        expect(line.locator(".state.attention")).to_have_text("Chờ ký", timeout=FINISHED_MS)
        expect(line.locator("input")).to_be_enabled()
