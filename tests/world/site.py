"""`sohoa run` as a real process, with its worker, on a free port; and a browser that tolerates nothing."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.world.no_scanners import no_scanners

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
]


@dataclass(frozen=True)
class Site:
    """A running application."""

    address: str
    sign_in: dict[str, str]
    """Role → link."""


@contextlib.contextmanager
def running_site(data_dir: Path, *arguments: str, **settings: str) -> Iterator[Site]:
    """`sohoa run --port 0 --json`, ready to serve; stopped by SIGTERM after the block, killed if that does not help.

    `settings` are further SOHOA_ settings by their names.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SOHOA_")}
    environment |= {"SOHOA_DATA_DIR": str(data_dir), "SOHOA_BOX__WORKERS": "2", "SOHOA_PIPELINE__SWEEP_SECONDS": "1"}
    environment["SANE_CONFIG_DIR"] = no_scanners(data_dir.parent / "no-scanners")
    environment |= {f"SOHOA_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "api.cli.main", "run", "--port", "0", "--json", *arguments]
    with (data_dir.parent / "site.log").open("ab") as log:
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first, (data_dir.parent / "site.log").read_text()
            said = json.loads(first)
            yield Site(said["address"], said["sign_in"])
        finally:
            process.terminate()
            try:
                process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=20)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's own Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise RuntimeError("Chromium is missing: apt-get install chromium (make test does it)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """Collects what must not happen on a page: console errors, CSP violations, exceptions, foreign requests, 5xx."""

    home: str
    wrong: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Listen to everything the page does."""
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.wrong.append(f"exception: {error}"))
        page.on("request", self._request)
        page.on("response", lambda answer: self._status(answer.status, answer.url))

    def _console(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.wrong.append(f"console {kind}: {text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and f"{parts.scheme}://{parts.netloc}" != self.home:
            self.wrong.append(f"foreign request: {request.url}")

    def _status(self, status: int, url: str) -> None:
        if status >= 400:
            self.wrong.append(f"{status}: {url}")
