"""A person keeps the key: a scan goes in, waits, is signed by `sohoa sign` over the API, becomes a record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from signing.demo_pki import DemoPki, ensure
from tests.world.quick_pages import quick_page
from tests.world.site import Site, running_site
from tests.world.timestamp_site import TimestampSite, running

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


class Office:
    """A server whose clerk keeps the personal key."""

    def __init__(self, site: Site, pki: DemoPki, folder: Path, authority: TimestampSite) -> None:
        self.site, self.pki, self.folder, self.authority = site, pki, folder, authority
        self.token = site.sign_in["clerk"].split("token=")[1]
        (folder / "token").write_text(self.token)

    def ask(self, path: str, body: Any = None, **headers: str) -> Any:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"} | headers
        with urllib.request.urlopen(urllib.request.Request(self.site.address + path, data, given), timeout=60) as answer:
            return json.loads(answer.read())

    def send(self, scan: Path) -> str:
        batch = self.ask("/v1/batches", {"automatic": True})["id"]
        edge = "edge"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{scan.name}"\r\n\r\n'
        body = head.encode() + scan.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        self.ask(f"/v1/batches/{batch}/files", body, **{"Content-Type": f"multipart/form-data; boundary={edge}"})
        return str(batch)

    def settled(self, batch: str) -> dict[str, Any]:
        """The progress when no machine has anything left to do (the event stream ends then)."""
        given = {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.site.address}/v1/batches/{batch}/events", headers=given)
        with urllib.request.urlopen(request, timeout=120) as stream:
            for _ in stream:
                pass
        progress: dict[str, Any] = self.ask(f"/v1/batches/{batch}")["batch"]["progress"]
        return progress

    def sign(
        self, *more: str, p12: str = "clerk", token_file: str = "token", typed: str = ""
    ) -> subprocess.CompletedProcess[str]:
        keys = self.pki.folder / "keys"
        command = [
            *(sys.executable, "-m", "api.cli.main", "sign", "--server", self.site.address, "--token-file"),
            *(str(self.folder / token_file), "--p12", str(keys / f"{p12}.p12"), "--secret-file", str(keys / "passphrase"), *more),
        ]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SOHOA_")}
        return subprocess.run(command, cwd=ROOT, env=clean, input=typed, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
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
            trust__demo="yes",
            tsa__urls=json.dumps([authority.url("good")]),
            tsa__rest_seconds="0.2",
        ) as site,
    ):
        yield Office(site, pki, folder, authority)


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scanned(tmp_path_factory.mktemp("scan") / "giay-to.png", 1)


def scanned(path: Path, number: int) -> Path:
    quick_page(number).save(path, dpi=(200, 200))
    return path


def test_a_scan_waits_is_signed_and_becomes_a_record(office: Office, scan: Path) -> None:
    batch = office.send(scan)
    progress = office.settled(batch)
    assert (progress["papers_signing"], progress["papers_done"], progress["percent"]) == (1, 0, 100)
    no = office.sign(typed="không\n")
    assert no.returncode == 1
    assert "Chưa ký gì cả" in no.stderr
    wrong = office.sign("--yes", p12="agency")
    assert wrong.returncode == 1
    assert "signing.role_refused" in wrong.stderr
    done = office.sign("--yes", "--json")
    assert done.returncode == 0, done.stderr
    (signed,) = json.loads(done.stdout)["signed"]
    assert signed["state"] == "done"
    progress = office.settled(batch)
    assert (progress["papers_signing"], progress["papers_done"] + progress["papers_review"]) == (0, 1)
    again = office.sign("--yes")
    assert (again.returncode, again.stdout) == (0, "Không có tài liệu nào chờ ký.\n")


def test_dead_time_stamps_are_waited_for_after_signing(office: Office, tmp_path: Path) -> None:
    batch = office.send(scanned(tmp_path / "giay-hai.png", 2))
    assert office.settled(batch)["papers_signing"] == 1
    office.authority.dead = True
    # Nothing can be prepared for B-LT while nobody ever told the time; this server was told before.
    pending = office.sign("--yes", "--wait", "1", "--json")
    assert pending.returncode == 0, pending.stderr
    (signed,) = json.loads(pending.stdout)["signed"]
    assert signed["state"] == "signed"
    office.authority.dead = False
    progress = office.settled(batch)
    assert progress["papers_signing"] == 0
    assert office.ask(f"/v1/signing/requests/{signed['request']}")["state"] == "done"


def test_what_goes_wrong_is_told(office: Office, tmp_path: Path) -> None:
    (office.folder / "wrong").write_text("no-such-token")
    refused = office.sign("--yes", token_file="wrong")
    assert refused.returncode == 1
    assert "Máy chủ từ chối (401)" in refused.stderr
    missing = office.sign("--yes", token_file="none")
    assert missing.returncode == 69
    assert office.token not in refused.stderr + missing.stderr
