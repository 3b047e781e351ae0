"""The certifier's pages: request, comparison, refusal, issue, annulment, by forms alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.permissions import Role
from api.certification.options import CertificationOptions
from api.pipeline.engine import Pipeline
from storage.model import CERTIFYING
from storage.registers import CertificationState, RegisterKind
from tests.world.door import Door, open_door, put_record

OPTIONS = CertificationOptions(agency_name="UBND xã Tân Phước", certifier_title="CHỦ TỊCH")
NAME, ID = "Nguyễn Văn Thử", "000000000123"
CODES = ("R1", "R2", "R3", "R4", "R5", "R6", "SHARED")
SAID = {f"clear.{code}": "1" for code in CODES} | {"agrees": "1", "complete": "1", "counted": "1", "title": "CHỦ TỊCH"}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("certify") / "data", certification=OPTIONS, unit="H00") as opened:
        with opened.sohoa.database.transaction() as uow:
            uow.registers.open("H00", RegisterKind.ELECTRONIC, "SCTĐT/BS", "van-thu")
        yield opened


def token(html: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', html)
    assert found is not None
    return found.group(1)


def asked(door: Door, **changes: str) -> Any:
    clerk, record = door.browser(Role.CLERK), put_record(door.sohoa)
    form = clerk.get("/certifications/new", params={"record": record.code})
    said = {"csrf": token(form.text), "record": record.code, "requester_name": NAME, "requester_id": ID, "copies": "2"}
    return clerk.post("/certifications/new", data=said | changes)


def send(client: TestClient, address: str, act: str, **said: str) -> Any:
    shown = client.get(address).text
    sha = re.search(r'name="compared_sha256" value="([0-9a-f]{64})"', shown)
    more = {"compared_sha256": sha.group(1)} if sha else {}
    return client.post(f"{address}/{act}", data={"csrf": token(shown)} | more | said)


def states(door: Door) -> dict[CertificationState, int]:
    with door.sohoa.database.read() as uow:
        return uow.certifications.count_states("H00")


def test_a_request_is_taken_in_beside_the_paper_and_masked_in_the_queue(door: Door) -> None:
    made = asked(door)
    assert made.status_code == 200
    assert "/certifications/" in made.url.path
    listed = door.browser(Role.CERTIFIER).get("/certifications").text
    assert "••• Thử" in listed
    assert NAME not in listed
    assert ID not in listed


def test_what_is_wrong_with_a_request_is_told_with_everything_as_it_was(door: Door) -> None:
    for changes in ({"copies": "0"}, {"copies": "x"}, {"requester_id": " "}, {"extension_days": "9"}):
        refused = asked(door, **changes)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
        assert f'value="{NAME}"' in refused.text
    gone = door.browser(Role.CLERK).get("/certifications/new?record=no-such-code")
    assert gone.status_code == 404
    assert 'id="record"' in gone.text


def test_the_scan_stands_beside_the_words_and_the_six_grounds(door: Door) -> None:
    shown = door.browser(Role.CERTIFIER).get(asked(door).url.path).text
    assert "/pages/0.jpg" in shown
    assert "Chứng thực bản sao điện tử đúng với bản chính" in shown
    assert all(f'name="clear.{code}"' in shown and f'name="ground.{code}"' in shown for code in CODES)
    for_others = door.browser(Role.AUDITOR).get(asked(door).url.path).text
    assert 'name="clear.R1"' not in for_others


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"counted": "3"}, "Bản chính có 3 trang nhưng bản quét có 1 trang"),
        ({"counted": ""}, "số trang bản chính"),
        ({"clear.R4": ""}, "R4"),
        ({"agrees": ""}, "đối chiếu"),
        ({"compared_sha256": "0" * 64}, "khác bản đang lưu"),
    ],
)
def test_no_number_is_taken_before_everything_is_said(door: Door, changes: dict[str, str], told: str) -> None:
    address = asked(door).url.path
    before = states(door)
    refused = send(door.browser(Role.CERTIFIER), address, "attest", **(SAID | changes))
    assert refused.status_code in {409, 422}
    assert told in refused.text
    assert 'id="c-R1" name="clear.R1" value="1" required checked' in refused.text
    assert states(door) == before


def test_a_refusal_names_its_ground_and_prints_a_slip(door: Door) -> None:
    client, address = door.browser(Role.CERTIFIER), asked(door).url.path
    assert send(client, address, "refuse", reason="không rõ").status_code == 422, "a ground must be named"
    refused = send(client, address, "refuse", reason="Bị tẩy xóa ở dòng 3", **{"ground.R1": "1"})
    assert "Bị tẩy xóa ở dòng 3" in refused.text
    assert "Phiếu từ chối" in refused.text
    assert client.get(f"/v1{address}/slip").headers["content-type"] == "application/pdf"


def test_from_the_attest_box_to_the_annulment(door: Door) -> None:
    client, address = door.browser(Role.CERTIFIER), asked(door).url.path
    signing = send(client, address, "attest", **SAID)
    assert f'data-watch="{address}/now"' in signing.text
    now = client.get(f"{address}/now").text
    pipeline = Pipeline(door.sohoa)
    while pipeline.work(CERTIFYING):
        pass
    pipeline.close()
    assert client.get(f"{address}/now").text != now
    issued = client.get(address).text
    assert "/kiem-tra/" in issued
    assert client.get(f"{address}/qr.svg").text.startswith("<svg")
    assert client.get(f"/v1{address}/file").content.startswith(b"%PDF")
    of_record = re.search(r'href="(/records/[^"?#]+)', issued)
    assert of_record is not None
    read = door.browser(Role.OFFICER).get(of_record.group(1), params={"purpose": "H99-1"}).text
    assert "SCTĐT/BS" in read, "whoever reads the record knows of the copy, so that nobody is asked for the original again"
    assert NAME not in read, "who asked for the copy is nobody else's business"
    assert ID not in read
    wrong = send(client, address, "annul", decision="12/QĐ-UBND", decided_on="31/12/2026", annul_reason="x")
    assert wrong.status_code == 422
    assert 'value="12/QĐ-UBND"' in wrong.text
    day = re.search(r'max="(\d{4}-\d\d-\d\d)"', issued)
    assert day is not None
    done = send(client, address, "annul", decision="12/QĐ-UBND", decided_on=day.group(1), annul_reason="Bản chính là giả")
    assert "Bản chính là giả" in done.text
    read = door.browser(Role.OFFICER).get(of_record.group(1), params={"purpose": "H99-1"}).text
    assert "đã bị hủy theo quyết định 12/QĐ-UBND" in read
    public = re.search(r"/kiem-tra/[\w-]+", done.text)
    assert public is not None
    told = TestClient(door.app).get(public.group())
    assert "đã bị hủy (QĐ số 12/QĐ-UBND" in told.text


def test_a_number_made_void_stays_with_its_reason(door: Door) -> None:
    client, address = door.browser(Role.CERTIFIER), asked(door).url.path
    send(client, address, "attest", **SAID)
    assert send(client, address, "void", reason=" ").status_code == 422
    void = send(client, address, "void", reason="Người yêu cầu rút")
    assert "Người yêu cầu rút" in void.text
    assert "Đã hủy số" in void.text
    tab = client.get("/certifications?show=ended").text
    assert address in tab


@pytest.mark.parametrize("act", ["attest", "refuse", "void", "annul", "release"])
def test_who_may_not_act_gets_no_further(door: Door, act: str) -> None:
    address, client = asked(door).url.path, door.browser(Role.AUDITOR)
    csrf = token(client.get("/verify").text)
    assert client.post(f"{address}/{act}", data={"csrf": csrf} | SAID).status_code == 403
    certifier = door.browser(Role.CERTIFIER)
    assert certifier.post(f"{address}/{act}", data=SAID).status_code == 403, "without the anti-forgery token nothing happens"


def test_the_auditor_is_told_when_a_copy_with_good_signatures_was_annulled(door: Door) -> None:
    client, address = door.browser(Role.CERTIFIER), asked(door).url.path
    send(client, address, "attest", **SAID)
    pipeline = Pipeline(door.sohoa)
    while pipeline.work(CERTIFYING):
        pass
    pipeline.close()
    copy = client.get(f"/v1{address}/file").content
    auditor = door.browser(Role.AUDITOR)

    def verified(data: bytes, **more: str) -> Any:
        said = {"csrf": token(auditor.get("/verify").text)} | more
        return auditor.post("/verify", data=said, files={"file": ("bản sao.pdf", data, "application/pdf")})

    good = verified(copy).text
    assert "Tệp đúng là bản sao đã phát hành và chưa bị hủy" in good
    assert good.index('id="headline"') < good.index('id="register"')
    day = re.search(r'max="(\d{4}-\d\d-\d\d)"', client.get(address).text)
    assert day is not None
    send(client, address, "annul", decision="7/QĐ-UBND", decided_on=day.group(1), annul_reason="Bản chính là giả")
    annulled = verified(copy).text
    assert 'class="verdict total-failed"' in annulled
    assert "Không hợp lệ: bản sao đã bị hủy" in annulled
    assert "Quyết định số 7/QĐ-UBND" in annulled
    assert "không phải bản sao được chứng thực do hệ thống này" in verified(b"%PDF-1.7 something else").text
    told = verified(copy, report="json")
    assert told.headers["content-type"] == "application/json"
    assert told.json()["indication"] == "TOTAL-PASSED"


def test_one_ipv6_household_counts_as_one_address(door: Door) -> None:
    """A home has 2^64 addresses; counting each by itself would be no limit."""
    hosts = [TestClient(door.app, client=(f"2001:db8::{part:x}", 1)) for part in range(1, 40)]
    answers = [client.get("/kiem-tra/unknown").status_code for client in hosts]
    assert answers[-1] == 429
    assert TestClient(door.app, client=("2001:db8:0:1::1", 1)).get("/kiem-tra/unknown").status_code == 404
