"""`make guides`: screenshots of the user guides from the running product with its sample, as WebP under `static/guide`.

Two papers that wait for a person are put in through the storage layer, because the sample's papers need none.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from api.web.guides import NAMES, load_guide
from tests.world.product import sohoa_in
from tests.world.site import Site, chromium, running_site
from tests.world.waiting import put_waiting

OUT = Path(str(files("api.web") / "static" / "guide"))
SAMPLE = "/records?q=quyet+dinh"
PATIENCE_MS = 120_000


@dataclass(frozen=True)
class Shot:
    """Who looks, and how they come to what is shown."""

    role: str
    address: str
    then: Callable[[Page], None] | None = None


def _first(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.click()


def _check(page: Page) -> None:
    """The issued copy of the sample, then its public page."""
    _first("main tbody a[href^='/certifications/']")(page)
    there = page.locator("#check-link").get_attribute("href")
    page.goto(there if there and there.startswith("http") else page.url.split("/certifications")[0] + (there or ""))


SHOTS: dict[str, Shot] = {
    "clerk-dossiers": Shot("clerk", "/dossiers"),
    "clerk-upload": Shot("clerk", "/upload"),
    "clerk-batches": Shot("clerk", "/batches"),
    "reviewer-desk": Shot("reviewer", "/review", _first("main a[href^='/review/']")),
    "officer-search": Shot("officer", SAMPLE),
    "officer-record": Shot("officer", SAMPLE, _first("main a[href^='/records/']")),
    "certifier-list": Shot("certifier", "/certifications?show=all"),
    "certifier-request": Shot("certifier", "/certifications?show=all", _first("main tbody a[href^='/certifications/']")),
    "registrar-registers": Shot("registrar", "/registers"),
    "registrar-copies": Shot("registrar", "/copies"),
    "auditor-verify": Shot("auditor", "/verify"),
    "auditor-audits": Shot("auditor", "/audits"),
    "auditor-access": Shot("auditor", "/access"),
    "admin-accounts": Shot("admin", "/accounts"),
    "admin-units": Shot("admin", "/units"),
    "citizen-check": Shot("certifier", "/certifications?show=all", _check),
}


def take(browser: Browser, site: Site, name: str, width: int, height: int) -> int:
    """One picture; its bytes."""
    shot = SHOTS[name]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
    page = context.new_page()
    page.goto(site.sign_in[shot.role])
    page.goto(site.address + shot.address)
    if shot.then:
        shot.then(page)
    page.wait_for_load_state("networkidle")
    out = OUT / f"{name}.webp"
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(out, "WEBP", quality=72, method=6)
    context.close()
    return out.stat().st_size


def wait_for_sample(browser: Browser, site: Site) -> None:
    """Until the sample dossier is digitised and its certified copy issued."""
    page = browser.new_page()
    page.goto(site.sign_in["certifier"])
    page.goto(f"{site.address}/certifications?show=issued")
    left = PATIENCE_MS
    while not page.locator("main tbody a[href^='/certifications/']").count():
        if left <= 0:
            raise TimeoutError("the sample's certified copy was not issued")
        page.wait_for_timeout(1000)
        left -= 1000
        page.reload()
    page.close()


def main() -> int:
    """Make all pictures anew; fails when a guide wants one that is not here."""
    OUT.mkdir(parents=True, exist_ok=True)
    chapters = [chapter for name in NAMES for chapter in load_guide("vi", name).chapters]
    pictures = [chapter.picture for chapter in chapters if chapter.picture]
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        data = Path(folder) / "data"
        data.mkdir()
        with running_site(data, "--sample") as site:
            wait_for_sample(browser, site)
        with sohoa_in(data) as sohoa:
            put_waiting(sohoa, 2)
        with running_site(data) as site:
            sizes = [take(browser, site, one.name, one.width, one.height) for one in pictures]
    sys.stdout.write(f"{len(sizes)} pictures, {sum(sizes) / 1024:.0f} KB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
