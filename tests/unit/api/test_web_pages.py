"""The pages without a browser: sign-in, protection of forms, every page for every role, and no script needed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.access.browser import SESSION_COOKIE
from api.access.permissions import PERMISSIONS, Role
from api.web.shapes import sure_percent, written
from api.web.site import NAVIGATION
from ocr.errors import EngineMissing
from ocr.review.decide import BY_ABSENCE
from storage.model import PaperState, StepKind, StepState
from tests.world.door import OWNER, Door, open_door, put_paper, put_record


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("web") / "data") as opened:
        yield opened


def csrf_in(html: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', html)
    assert found is not None
    return found.group(1)


def test_the_start_link_moves_the_token_into_a_guarded_cookie(door: Door) -> None:
    client = TestClient(door.app, follow_redirects=False)
    answer = client.get(f"/?token={door.tokens[Role.CLERK]}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/").status_code == 200


def test_a_link_on_a_foreign_page_signs_nobody_in(door: Door) -> None:
    client = TestClient(door.app, follow_redirects=False)
    answer = client.get(f"/?token={door.tokens[Role.CLERK]}", headers={"Sec-Fetch-Site": "cross-site"})
    assert "set-cookie" not in answer.headers


def test_sign_in_and_out_by_form(door: Door) -> None:
    client = TestClient(door.app, headers={"Accept": "text/html"})
    asked = client.get("/records?q=a b")
    assert asked.url.path == "/sign-in"
    assert 'value="/records?q=a+b"' in asked.text
    wrong = client.post("/sign-in", data={"token": "guess"})
    assert wrong.status_code == 401
    assert "Mã truy cập không đúng" in wrong.text
    inside = client.post("/sign-in", data={"token": door.tokens[Role.OFFICER], "next": "/records"})
    assert inside.url.path == "/records"
    out = client.post("/sign-out", data={"csrf": csrf_in(inside.text)})
    assert out.url.path == "/sign-in"
    assert client.get("/records").url.path == "/sign-in"


def test_sign_in_never_leads_out_of_the_house(door: Door) -> None:
    client = TestClient(door.app, follow_redirects=False)
    answer = client.post("/sign-in", data={"token": door.tokens[Role.CLERK], "next": "//evil.example"})
    assert answer.headers["location"] == "/"
    assert client.get("/language/en?next=https://evil.example").headers["location"] == "/"


@pytest.mark.parametrize(
    "changes",
    [{"csrf": ""}, {"csrf": "0" * 64}, {"origin": "http://evil.example"}, {"site": "cross-site"}],
    ids=["no token", "wrong token", "foreign origin", "cross-site"],
)
def test_forged_forms_are_refused(door: Door, changes: dict[str, str]) -> None:
    client = door.browser()
    good = csrf_in(client.get("/upload").text)
    headers = {
        name: value for name, value in (("Origin", changes.get("origin")), ("Sec-Fetch-Site", changes.get("site"))) if value
    }
    answer = client.post(
        "/upload", data={"csrf": changes.get("csrf", good)}, files=[("files", ("a.pdf", b"abc"))], headers=headers
    )
    assert answer.status_code == 403
    assert "api.forged_request" in answer.text


def test_the_api_by_cookie_needs_the_anti_forgery_header(door: Door) -> None:
    client = door.browser()
    token = csrf_in(client.get("/upload").text)
    assert client.post("/v1/batches", json={}).status_code == 403
    assert client.post("/v1/batches", json={}, headers={"X-CSRF-Token": token}).status_code == 201
    assert client.get("/v1/batches").status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_its_pages_and_no_others(door: Door, role: Role) -> None:
    client = door.browser(role)
    start = client.get("/").text
    for address in {address for _, address, _ in NAVIGATION}:
        allowed = any(action in PERMISSIONS[role] for _, other, action in NAVIGATION if other == address)
        assert client.get(address).status_code == (200 if allowed else 403), address
        assert (f'href="{address}"' in start) is allowed


def test_english_is_one_click_away(door: Door) -> None:
    client = door.browser()
    assert 'lang="vi"' in client.get("/upload", headers={"Accept-Language": "en"}).text
    switched = client.get("/language/en?next=/upload")
    assert switched.url.path == "/upload"
    assert '<html lang="en">' in switched.text
    assert "Send scans" in switched.text


def test_upload_without_any_script(door: Door) -> None:
    client = door.browser()
    token = csrf_in(client.get("/upload").text)
    files = [("files", ("quyết định.pdf", b"%PDF-1.7 a")), ("files", ("", b""))]
    answer = client.post("/upload", data={"csrf": token, "dossier": "", "owner": OWNER}, files=files)
    assert answer.url.path.startswith("/batches/")
    assert "quyết định.pdf" in answer.text
    assert "••••••••1234" in answer.text
    assert OWNER not in answer.text
    assert '<noscript><meta http-equiv="refresh"' in answer.text
    more = client.post(f"{answer.url.path}/files", data={"csrf": token}, files=[("files", ("rỗng.pdf", b""))])
    assert more.status_code == 422
    assert "Tệp rỗng" in more.text
    assert client.post("/upload", data={"csrf": token, "dossier": "sai"}, files=files).status_code == 422
    nothing = client.post("/upload", data={"csrf": token}, files=[("files", ("", b""))])
    assert nothing.status_code == 422


def test_attention_by_buttons(door: Door) -> None:
    client = door.browser()
    token = csrf_in(client.get("/upload").text)
    batch = client.post("/upload", data={"csrf": token}, files=[("files", ("a.pdf", b"%PDF-1.7 b"))]).url.path
    with door.sohoa.database.transaction() as uow:
        file = uow.files.of_batch(batch.rpartition("/")[2])[0]
        found = uow.steps.find(StepKind.IDENTIFY, file.id)
        assert found is not None
        step = uow.steps.lease(found.id, "test", 60)
        assert step is not None
        uow.steps.failed(step, EngineMissing(what="vie"))
    shown = client.get("/attention").text
    assert "Máy chưa cài bộ nhận dạng chữ" in shown
    assert f"/attention/{step.id}/retry" in shown
    assert f"/attention/{step.id}/retry" in client.get(batch).text
    given_up = client.post(f"/attention/{step.id}/give-up", data={"csrf": token, "reason": "rách", "next": batch})
    assert given_up.url.path == batch
    assert f"/attention/{step.id}/retry" not in client.get("/attention").text


def test_review_by_form(door: Door) -> None:
    paper = put_paper(door.sohoa, turn_deg=90)
    client = door.browser()
    shown = client.get(f"/review/{paper.id}").text
    assert 'value="Quyết định"' in shown
    assert 'transform="translate(400 0) rotate(90)"' in shown
    assert 'data-field="title" x="10.0" y="20.0"' in shown
    form = {"csrf": csrf_in(shown), "version": str(paper.version), "field.title": "Quyết định", "field.number": "1/QĐ"}
    client.post(f"/review/{paper.id}", data=form)
    with door.sohoa.database.read() as uow:
        assert uow.papers.get(paper.id).state is PaperState.WORKING
        assert {name: one.value for name, one in uow.fields.current(paper.id).items()} == {
            "title": "Quyết định",
            "number": "1/QĐ",
        }
    again = client.post(f"/review/{paper.id}", data=form)
    assert again.status_code == 409


def test_a_waiting_paper_is_sent_back_with_a_reason(door: Door) -> None:
    paper = put_paper(door.sohoa)
    with door.sohoa.database.transaction() as uow:
        paper = uow.papers.update(paper.id, reason_code="api.paper_unreadable", reason_params={"percent": 21})
    client = door.browser()
    shown = client.get(f"/review/{paper.id}").text
    assert "Vì sao cần bạn xem: Không đọc được chữ trên giấy tờ này (độ tin cậy 21 %)" in shown
    assert f'action="/review/{paper.id}/send-back"' in shown
    form = {"csrf": csrf_in(shown), "version": str(paper.version)}
    assert client.post(f"/review/{paper.id}/send-back", data=form | {"reason": " "}).status_code == 422
    assert client.post(f"/review/{paper.id}/send-back", data=form | {"reason": "x", "version": "²"}).status_code == 422
    assert client.post(f"/review/{paper.id}/send-back", data=form | {"reason": "x", "version": "77"}).status_code == 409
    assert client.post(f"/review/{paper.id}/send-back", data=form | {"reason": "quét thiếu trang"}).url.path != "/sign-in"
    with door.sohoa.database.read() as uow:
        assert uow.papers.get(paper.id).state is PaperState.GIVEN_UP
        step = uow.steps.find(StepKind.CONFIRM, paper.id)
        assert step is not None
        assert step.state is StepState.GIVEN_UP
        noted = [entry for entry in uow.ledger.entries(subject=paper.id) if entry.event == "step.given_up"]
    assert [(entry.actor, entry.details) for entry in noted] == [
        ("demo-clerk", {"step": "confirm", "reason": "quét thiếu trang"})
    ]
    assert f"/review/{paper.id}" not in client.get("/review").text
    assert client.post(f"/review/{paper.id}/send-back", data=form | {"reason": "x"}).status_code == 409


def test_lists_show_no_owner_and_looking_at_the_newest_is_written_down(door: Door) -> None:
    record = put_record(door.sohoa)
    with door.sohoa.database.read() as uow:
        batch = uow.papers.get(record.paper_id).batch_id
    clerk = door.browser()
    shown = clerk.get(f"/batches/{batch}").text
    assert f'href="/records/{record.code}"' in shown
    assert re.sub(r'"[^"]*"', "", shown).count(OWNER) == 0
    assert f">••••••••1234{record.code.removeprefix(OWNER)}</a>" in shown
    assert re.sub(r'"[^"]*"', "", clerk.get("/records?purpose=H55.9").text).count(OWNER) == 0
    with door.sohoa.database.read() as uow:
        noted = [entry for entry in uow.ledger.entries(subject="search") if entry.event == "records.listed"]
    assert noted[-1].actor == "demo-clerk"
    assert noted[-1].details["purpose"] == "H55.9"


def test_search_and_record_page(door: Door) -> None:
    record = put_record(door.sohoa, "Giấy phép <b>xây dựng</b> nhà ở", title="<script>alert(1)</script>")
    client = door.browser(Role.OFFICER)
    found = client.get("/records", params={"q": "xay dung", "purpose": "H55.1", "issued_from": "", "type": ""}).text
    assert re.search(r"<mark>[^<]*xây", found)
    assert "<script>alert" not in found
    assert "&lt;b&gt;" in found
    assert "<b>xây" not in found
    assert f"/records/{record.code}?purpose=H55.1" in found
    page = client.get(f"/records/{record.code}?purpose=H55.1").text
    assert "<script>alert" not in page
    assert OWNER in page
    assert "Chưa ghi nhận thời hạn" in page
    taken = client.get(f"/records/{record.code}/download/sealed?purpose=H55.1")
    assert taken.headers["content-type"] == "application/pdf"
    with door.sohoa.database.read() as uow:
        noted = [entry for entry in uow.ledger.entries(subject=record.paper_id) if entry.actor == "demo-officer"]
    assert {entry.event for entry in noted} >= {"record.viewed", "record.downloaded"}
    assert {entry.details["purpose"] for entry in noted} == {"H55.1"}


def test_verify_page_without_any_script(door: Door) -> None:
    client = door.browser(Role.AUDITOR)
    token = csrf_in(client.get("/verify").text)
    answer = client.post("/verify", data={"csrf": token}, files={"file": ("x.pdf", b"no pdf")})
    assert "Không hợp lệ" in answer.text
    assert client.post("/verify", data={"csrf": token}, files={"file": ("", b"")}).status_code == 422


def test_errors_are_pages_for_people_and_documents_for_machines(door: Door) -> None:
    client = door.browser()
    assert "Không có trang này" in client.get("/nothing").text
    assert "Không tìm thấy" in client.get("/batches/none").text
    assert client.get("/nothing", headers={"Accept": "application/json"}).json()["code"] == "api.no_such_address"
    assert client.get("/v1/nothing").json()["code"] == "api.no_such_address"


def test_values_and_rules_are_written_as_people_write_them() -> None:
    told = ("2024-08-16", "2024-99-16", "19/2024/TN", "")
    assert [written(value) for value in told] == ["16/08/2024", *told[1:]]
    assert written("2024-08-16", "en") == "2024-08-16"
    assert [sure_percent(by) for by in ("auto:above-0.80", BY_ABSENCE, "an.nguyen")] == [80, None, None]
