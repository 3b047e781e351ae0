"""The doors of dossiers and of a record's life: own unit only, plain refusals, a package that proves itself."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.access.permissions import Principal, Role
from api.access.tokens import issue
from api.intake.receiving import Intake
from api.records.packages import prepare, stream
from signing.report import VIETNAM
from storage.errors import ObjectCorrupt
from storage.model import FileState, Paper, PaperState
from tests.world.door import OWNER, Door, open_door, put_paper, put_record

CODE = f"H00.1-{datetime.now(VIETNAM):%y%m%d}-0001"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("dossiers") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def dossier(door: Door) -> str:
    answer = door.client().post(
        "/v1/dossiers", json={"code": CODE.lower(), "procedure": "1.004222", "owner_id": OWNER, "owner_name": "Nguyễn Văn Thử"}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["dossier"]["code"])


def test_a_dossier_over_http(door: Door, dossier: str) -> None:
    client = door.client()
    assert dossier == CODE
    again = client.post("/v1/dossiers", json={"code": CODE, "procedure": "1.004222", "owner_id": OWNER})
    assert (again.status_code, again.json()["code"]) == (409, "api.dossier.known")
    wrong = client.post("/v1/dossiers", json={"code": "H00-260230-0001", "procedure": "1.004222", "owner_id": OWNER})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "ocr.bad_dossier_code")
    path = f"/v1/dossiers/{dossier}/components/TP.004222.02"
    said = client.post(f"{path}/not-digitised", json={"reason": "SHOWN_ONLY"}).json()
    part = next(one for one in said["components"] if one["code"] == "TP.004222.02")
    assert (part["state"], part["reason"]) == ("not_digitised", "Giấy tờ chỉ xuất trình, không phải nộp")
    assert client.post(f"{path}/empty").status_code == 200
    listed = client.get("/v1/dossiers").json()
    assert listed["total"] == 1
    assert OWNER not in json.dumps(listed), "identifiers are masked in lists"
    portal = client.get(f"/v1/dossiers/{dossier}/portal").json()
    assert (portal["MaHoSo"], portal["KenhThucHien"], len(portal["NgayTiepNhan"])) == (CODE, "1", 14)
    assert {paper["DuocTaiSuDung"] for paper in portal["TaiLieuNop"]} == {0}
    assert [one["code"] for one in client.get("/v1/dossiers/procedures").json()][:1] == ["1.000894"]
    assert client.get("/v1/dossiers/H00-260101-9999").status_code == 404
    assert door.client(Role.CERTIFIER).get(f"/v1/dossiers/{dossier}").status_code == 403


def test_the_pages_tell_a_mistake_and_keep_what_was_typed(door: Door, dossier: str) -> None:
    clerk = door.browser()
    assert clerk.get(f"/dossiers?code=%20{CODE.lower()}", follow_redirects=False).headers["location"] == f"/dossiers/{CODE}"
    page = clerk.get("/dossiers?code=xyz")
    assert page.status_code == 422
    assert "xyz" in page.text
    assert "mở mới" in clerk.get("/dossiers?code=H00-260101-0009").text
    shown = clerk.get(f"/dossiers/{dossier}")
    csrf = shown.text.split('data-csrf="')[1].split('"')[0]
    assert "Giấy tờ về chỗ ở hợp pháp" in shown.text
    form = {"csrf": csrf, "reason": "SHARED_DATA", "note": ""}
    refused = clerk.post(f"/dossiers/{dossier}/components/TP.004222.02/not-digitised", data=form)
    assert refused.status_code == 422
    assert "hãy chọn lý do trong danh mục" in refused.text
    opened = {"csrf": csrf, "code": "H00-260101-0009", "procedure": "1.004222", "owner_name": "Trần <b>Thử</b>"}
    again = clerk.post("/dossiers", data=opened)
    assert "Chưa xác định được chủ hồ sơ" in again.text
    assert "Trần &lt;b&gt;Thử&lt;/b&gt;" in again.text
    assert clerk.post("/dossiers", data=opened | {"csrf": "x"}).status_code == 403


def test_a_record_ends_at_the_officers_word(door: Door) -> None:
    record, other = (put_record(door.sohoa, unit=door.sohoa.settings.unit) for _ in range(2))
    body = {"decision": "15/QĐ-UBND", "decided_on": f"{datetime.now(VIETNAM):%Y-%m-%d}", "reason": "sai"}
    assert door.client(Role.CLERK).post(f"/v1/record-annulments/{record.code}", json=body).status_code == 403
    officer = door.client(Role.OFFICER)
    assert officer.post("/v1/record-annulments/none", json=body).status_code == 404
    told = officer.post(f"/v1/record-replacements/{record.code}", json=body | {"by": other.code})
    assert (told.status_code, told.json()["replaced_by"]) == (201, other.code)
    assert officer.post(f"/v1/record-annulments/{record.code}", json=body).json()["code"] == "api.record.ended"
    assert officer.get(f"/v1/records/{record.code}").json()["state"] == "replaced"
    assert officer.get(f"/v1/record-use/{record.code}").json()["ending"]["decision"] == "15/QĐ-UBND"
    page = door.browser(Role.OFFICER).get(f"/records/{record.code}")
    assert "THAY THẾ theo quyết định 15/QĐ-UBND" in page.text
    assert f'href="/records/{other.code}"' in page.text
    checked = door.browser(Role.OFFICER).get(f"/records/{other.code}?check=1")
    assert checked.status_code == 200, "the painted copy is no PDF: a verdict all the same"
    assert "Không hợp lệ" in checked.text


def test_a_package_proves_itself(door: Door, tmp_path: Path) -> None:
    records = [put_record(door.sohoa) for _ in range(2)]
    query = "&".join(f"code={record.code}" for record in (*records, records[0]))
    answer = door.client(Role.OFFICER).get(f"/v1/packages?{query}&purpose=H00")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        sums = dict(reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode().splitlines())
        assert {name: hashlib.sha256(archive.read(name)).hexdigest() for name in sums} == sums
        assert set(archive.namelist()) - set(sums) == {"SHA256SUMS"}
        facts = json.loads(archive.read("records.json"))["records"]
        assert [one["code"] for one in facts] == [record.code for record in records]
        assert facts[0]["state"] == "in_force"
        assert {Path(one["path"]).stem for one in facts[0]["files"]} == {"original", "sealed", "evidence"}
        assert archive.read("records.csv").decode("utf-8-sig").count("\n") == 3
    with door.sohoa.database.read() as uow:
        assert "record.exported" in {entry.event for entry in uow.ledger.entries(subject=records[0].paper_id)}
    client = door.client(Role.OFFICER)
    assert client.get("/v1/packages?code=none").status_code == 404
    assert client.get("/v1/packages?" + "&".join(f"code={number}" for number in range(201))).json()["code"] == "api.package_size"


def test_a_package_of_damaged_bytes_does_not_arrive_whole(door: Door) -> None:
    record = put_record(door.sohoa)
    path = next((door.sohoa.settings.data_dir / "objects").rglob(record.sealed.sha256))
    path.chmod(0o600)
    path.write_bytes(b"?" * record.sealed.size)
    packed = prepare(door.sohoa, (record.code,), Principal("an", Role.ADMIN), "")
    with pytest.raises(ObjectCorrupt):
        list(stream(door.sohoa, packed, datetime.now(VIETNAM)))


def test_to_another_unit_a_dossier_is_not_there(door: Door, dossier: str) -> None:
    secret = issue(door.sohoa.database, "stranger", Role.CLERK, unit="H99")
    stranger = TestClient(door.app, headers={"Authorization": f"Bearer {secret}"})
    base = f"/v1/dossiers/{dossier}"
    for path in (base, f"{base}/portal", f"{base}/sheets.pdf"):
        assert stranger.get(path).status_code == 404, path
    for path in (f"{base}/stop", f"{base}/reopen"):
        assert stranger.post(path, json={"reason": "x"}).status_code == 404, path
    record = put_record(door.sohoa)
    body = {"record": record.code, "dossier": dossier, "component": "TP.004222.03", "purpose": "x"}
    assert stranger.post("/v1/reuses", json=body).status_code == 404
    assert stranger.get("/v1/dossiers").json() == {"total": 0, "dossiers": []}
    known = stranger.post("/v1/dossiers", json={"code": dossier, "procedure": "1.004222", "owner_id": OWNER})
    assert known.json()["code"] == "api.dossier.known"
    sheets = door.client().get(f"{base}/sheets.pdf")
    assert (sheets.status_code, sheets.content[:5]) == (200, b"%PDF-")


def test_stopping_a_dossier_leaves_alone_what_another_unit_scanned_under_its_code(door: Door) -> None:
    code = f"H00.1-{datetime.now(VIETNAM):%y%m%d}-0077"
    clerk = door.client()
    made = clerk.post("/v1/dossiers", json={"code": code, "procedure": "1.004222", "owner_id": OWNER})
    unit = str(made.json()["dossier"]["unit"])
    papers = {of: scanned_for(door, code, of) for of in (unit, "H99")}
    shown = TestClient(door.app, headers={"Authorization": f"Bearer {issue(door.sohoa.database, 'near', Role.CLERK, unit=unit)}"})
    loose = json.dumps(shown.get(f"/v1/dossiers/{code}").json())
    assert (papers[unit].id in loose, papers["H99"].id in loose) == (True, False)
    assert clerk.post(f"/v1/dossiers/{code}/stop", json={"reason": "người nộp rút"}).status_code == 200
    with door.sohoa.database.read() as uow:
        states = [uow.papers.get(papers[of].id).state for of in (unit, "H99")]
        file = uow.files.get(papers["H99"].file_id)
    assert states == [PaperState.GIVEN_UP, PaperState.REVIEW]
    assert file.state is FileState.RECEIVED


def scanned_for(door: Door, code: str, unit: str) -> Paper:
    """A paper under review of a batch of `unit` that names the dossier."""
    intake = Intake(door.sohoa)
    batch = intake.create_batch(actor="clerk", unit=unit, dossier=code, owner=OWNER)
    row = intake.receive(batch.id, f"{unit}.tif", io.BytesIO(unit.encode()), actor="clerk")
    paper = replace(put_paper(door.sohoa), id=uuid4().hex, batch_id=batch.id, file_id=row.id, dossier=code)
    with door.sohoa.database.transaction() as uow:
        uow.papers.add(paper)
    return paper


@pytest.mark.parametrize("part", ["received_at", "due_at"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00"])
def test_moments_that_no_calendar_has_are_refused(door: Door, part: str, moment: str) -> None:
    code = f"H00.1-{datetime.now(VIETNAM):%y%m%d}-0078"
    body = {"code": code, "procedure": "1.004222", "owner_id": OWNER, part: moment}
    assert door.client().post("/v1/dossiers", json=body).status_code == 422
    clerk = door.browser()
    csrf = clerk.get("/dossiers").text.split('data-csrf="')[1].split('"')[0]
    form = {"csrf": csrf, "code": code, "procedure": "1.004222", "owner_id": OWNER, part.replace("_at", "_on"): moment[:10]}
    assert clerk.post("/dossiers", data=form).status_code == 422
