"""Logs hold nothing of anybody: marked names and numbers go the whole way, and failures besides; not one line shows them."""

from __future__ import annotations

import io
import json
import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from api.access.permissions import Role
from api.hot.options import HotOptions
from api.hot.watcher import Watcher
from api.pipeline.engine import Pipeline
from api.watch.logs import JsonLines
from api.worker.embedded import EmbeddedWorker
from ingest.errors import BoxCrash
from ingest.sandbox import ProcessBox
from ocr.fields.words import fold
from signing.report import VIETNAM
from storage.errors import StoreBusy
from storage.model import CERTIFYING, PaperState
from storage.registers import RegisterKind
from tests.unit.api.test_certification_door import CLEAR
from tests.world.certifying import CERTIFYING_HERE
from tests.world.door import Door, open_door
from tests.world.people import browser, sign_in
from tests.world.quick_pages import quick_page

pytestmark = pytest.mark.slow

NAME, OWNER, OTHER, ID, PHONE = "Trịnh Thị Kín Đáo", "079085000003", "Quách Văn Lộ Diện", "000000000123", "0912345678"
MARKS = (NAME, OWNER, OTHER, ID, PHONE, "Kín Đáo", "Lộ Diện", "Số nhà 77 ngõ Khuất")
OURS = ("api", "ingest", "ocr", "signing", "storage")
TESTS_OWN = ("httpx", "httpcore", "asyncio")
"""Loggers of the client the test itself uses."""


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """All lines as they are written in JSON: DEBUG of our own packages, INFO of everybody else's."""
    out, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    handler.addFilter(lambda record: record.name.partition(".")[0] not in TESTS_OWN)
    before = {name: logging.getLogger(name).level for name in ("", *OURS)}
    root.addHandler(handler)
    for name in before:
        logging.getLogger(name).setLevel(logging.DEBUG if name else logging.INFO)
    try:
        yield out
    finally:
        root.removeHandler(handler)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def fails_saying(words: str) -> None:
    """In a child process: something nobody foresaw, whose words are a person's."""
    raise ValueError(words)


def scan_of(words: str) -> bytes:
    out = io.BytesIO()
    quick_page(7, words).save(out, "TIFF", compression="group4", dpi=(200, 200))
    return out.getvalue()


def test_the_whole_way_leaves_nobodys_data_in_the_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with logged() as out, open_door(tmp_path / "data", certification=CERTIFYING_HERE, unit="H00") as door:
        with EmbeddedWorker(door.sohoa) as worker:
            dossier = opened(door)
            record = digitised(door, worker, dossier)
        looked_for(door, record, dossier)
        token = certified(door, record)
        assert browser(door).get(f"/kiem-tra/{token}").status_code == 200
        refusals(door)
        defects(door, tmp_path / "hot", monkeypatch)
        text = out.getvalue()
    lines = [json.loads(line) for line in text.splitlines()]
    assert {name for name in OURS if any(line["logger"].startswith(name) for line in lines)} >= {"api", "ingest"}
    for said in (
        "step done: read",
        "step done: store",
        "step done: countersign",
        "request: POST /v1/certifications",
        "ValueError",
    ):
        assert said in text, said
    shown = unicodedata.normalize("NFC", text)
    assert [mark for mark in MARKS if mark in shown or fold(mark) in fold(shown)] == []


def opened(door: Door) -> str:
    body = {
        "code": f"H00-{datetime.now(VIETNAM):%y%m%d}-0001", "procedure": "1.004222", "owner_id": OWNER, "owner_name": NAME,
        "identity": {"phone": PHONE, "address": "Số nhà 77 ngõ Khuất"},
    }  # fmt: skip
    answer = door.client().post("/v1/dossiers", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["dossier"]["code"])


def digitised(door: Door, worker: EmbeddedWorker, dossier: str) -> str:
    """Sent in, read, corrected by a person, stored; the record's code."""
    clerk = door.client()
    batch = clerk.post("/v1/batches", json={"dossier": dossier, "owner": OWNER}).json()["id"]
    scan = {"files": (f"Đơn của {NAME} {OWNER}.tif", scan_of(f"{NAME} {OWNER}"))}
    assert clerk.post(f"/v1/batches/{batch}/files", files=scan).status_code == 201
    broken = {"files": (f"{OTHER}.pdf", b"%PDF-1.7 " + NAME.encode())}
    clerk.post(f"/v1/batches/{batch}/files", files=broken)
    worker.wait_for(batch)
    with door.sohoa.database.read() as uow:
        [paper] = uow.papers.of_batch(batch)
    assert paper.state is PaperState.REVIEW, paper
    values = {"title": f"Đơn của {NAME}", "subject": f"{NAME}, số {ID}"}
    address = f"/v1/papers/{paper.id}"
    known = {field["name"]: field["value"] for field in clerk.get(f"{address}/fields?purpose={dossier}").json()}
    done = clerk.post(f"{address}/review", json={"version": paper.version, "values": known | values})
    assert done.status_code == 200, done.text
    worker.wait_for(batch)
    with door.sohoa.database.read() as uow:
        return uow.papers.get(paper.id).code


def looked_for(door: Door, record: str, dossier: str) -> None:
    officer, page = door.client(Role.OFFICER), door.browser(Role.OFFICER)
    found = officer.get("/v1/records", params={"q": fold(NAME), "owner": OWNER, "purpose": dossier}).json()
    assert [hit["record"]["code"] for hit in found["hits"]] != []
    for address in (f"/records/{record}?q={NAME}&purpose={dossier}&check=1", f"/records?q={NAME}+{OWNER}"):
        assert page.get(address).status_code == 200, address
    for part in ("original", "sealed", "evidence"):
        assert officer.get(f"/v1/records/{record}/{part}?purpose={dossier}").status_code == 200
    assert officer.get(f"/v1/packages?code={record}&purpose={dossier}").status_code == 200


def certified(door: Door, record: str) -> str:
    """A certified copy from the request to its issue; the token of the public check."""
    with door.sohoa.database.transaction() as uow:
        uow.registers.open("H00", RegisterKind.ELECTRONIC, "SCTĐT/BS", "van-thu")
    wanted = {"record": record, "requester_name": OTHER, "requester_id": ID}
    made = door.client().post("/v1/certifications", json=wanted).json()
    said = {"clear": CLEAR, "matches": True, "complete": True, "compared_sha256": made["compared_sha256"]}
    certifier = door.client(Role.CERTIFIER)
    address = f"/v1/certifications/{made['id']}"
    assert certifier.post(f"{address}/attest", json=said).status_code == 200
    pipeline = Pipeline(door.sohoa)
    while pipeline.work(CERTIFYING):
        pass
    pipeline.close()
    assert certifier.get(f"{address}/file").status_code == 200
    return str(certifier.get(address).json()["check_url"]).rpartition("/")[2]


def refusals(door: Door) -> None:
    """What is refused is not repeated in the log either."""
    clerk = door.client()
    for answer in (
        clerk.get(f"/v1/records/{OWNER}"),
        clerk.get("/v1/records", params={"q": NAME, "issued_from": NAME}),
        clerk.post("/v1/dossiers", json={"code": NAME, "procedure": OTHER, "owner_id": ID}),
        clerk.post("/v1/certifications", json={"record": OWNER, "requester_name": NAME, "extra": OTHER}),
        clerk.get(f"/{NAME}/{OWNER}"),
    ):
        assert 400 <= answer.status_code < 500, answer.text
    assert sign_in(browser(door), OWNER, NAME) == 401


def defects(door: Door, hot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw says where it happened, not what it says of itself."""
    with ProcessBox(door.sohoa.settings.box) as box, pytest.raises(BoxCrash):
        box.run(fails_saying, f"{NAME} {OWNER}")
    with pytest.raises(BoxCrash):
        door.sohoa.box.run(fails_saying, f"{OTHER} {ID}")

    def defect(*_: Any, **__: Any) -> None:
        raise ValueError(NAME)

    def busy(*_: Any, **__: Any) -> None:
        raise StoreBusy

    with monkeypatch.context() as broken:
        broken.setattr("api.rest.records.record_for", defect)
        assert door.client().get(f"/v1/records/{OWNER}").status_code == 500
    hot.mkdir()
    (hot / f"{NAME} {OWNER}.tif").write_bytes(b"II*\0")
    watcher = Watcher(door.sohoa, hot, HotOptions(stable_seconds=0))
    monkeypatch.setattr("api.intake.receiving.Intake.receive", busy)
    watcher.look()
    watcher.close()
