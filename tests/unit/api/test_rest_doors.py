"""The HTTP API on a real database and folder store."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

import api
from api.access.permissions import Role
from api.access.tokens import issue
from api.errors import PROBLEM_MEDIA_TYPE
from api.http.problems import as_coded
from api.rest.health import Readiness
from api.views import mask_id
from ingest.errors import NextStep
from ocr.errors import EngineMissing
from storage.errors import NOUNS, ObjectCorrupt, StoreUnavailable
from storage.model import LedgerEntry, PaperState, StepKind
from tests.unit.api.test_rest_rules import OPEN_ONES, routes
from tests.world.door import HEIGHT_PX, OWNER, WIDTH_PX, Door, open_door, put_paper, put_record
from tests.world.working import put_worker

DATA = b"%PDF-1.7 some scan"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("rest") / "data") as opened:
        yield opened


def new_batch(door: Door) -> str:
    answer = door.client().post("/v1/batches", json={"owner": OWNER})
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/batches/{answer.json()['id']}"
    return str(answer.json()["id"])


def entries(door: Door, subject: str) -> list[LedgerEntry]:
    with door.sohoa.database.read() as uow:
        return list(uow.ledger.entries(subject=subject))


def test_without_a_token_nothing_is_told(door: Door) -> None:
    answer = door.client(None).get("/v1/batches?lang=en")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "api.unauthorized"
    assert answer.json()["detail"].startswith("You are not signed in")
    assert door.client(None).get("/v1/batches", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_revoked_token_is_dead(door: Door) -> None:
    secret = issue(door.sohoa.database, "passing-by", Role.CLERK)
    headers = {"Authorization": f"Bearer {secret}"}
    assert door.client(None).get("/v1/batches", headers=headers).status_code == 200
    with door.sohoa.database.transaction() as uow:
        uow.tokens.revoke("passing-by")
    assert door.client(None).get("/v1/batches", headers=headers).status_code == 401


def test_roles_are_kept_apart(door: Door) -> None:
    for role in (Role.OFFICER, Role.AUDITOR):
        answer = door.client(role).post("/v1/batches", json={})
        assert answer.status_code == 403
        assert answer.json()["params"] == {"action": "batch.send"}
    assert door.client(Role.ADMIN).post("/v1/batches", json={}).status_code == 201


def test_nobody_works_in_another_unit_s_name(door: Door) -> None:
    own = door.sohoa.settings.unit
    assert door.client().post("/v1/batches", json={"unit": own}).json()["unit"] == own
    refused = door.client().post("/v1/batches", json={"unit": "H99.OTHER"})
    assert (refused.status_code, refused.json()["code"]) == (403, "api.forbidden")
    assert door.client(Role.ADMIN).post("/v1/batches", json={"unit": "H99.OTHER"}).json()["unit"] == "H99.OTHER"


ANYTHING = {"sha256": SHA256, "index": "0", "part": "sealed", "code": "KQ-1", "lang": "vi"}


def guarded_routes() -> list[tuple[str, str]]:
    found = []
    for route in routes():
        if route.path not in OPEN_ONES:
            path = re.sub(r"\{(\w+)(?::path)?\}", lambda part: ANYTHING.get(part.group(1), "unknown"), route.path)
            found += [(method, path) for method in route.methods]
    return sorted(found)


@pytest.mark.parametrize(("method", "path"), guarded_routes())
def test_before_sign_in_unknown_and_known_look_the_same(door: Door, method: str, path: str) -> None:
    answer = door.client(None).request(method, path, params={"name": "a.pdf"})
    assert answer.status_code == 401, answer.text
    assert answer.json()["code"] == "api.unauthorized"


@pytest.mark.parametrize(
    "headers", [{"Host": "["}, {"Origin": "http://["}, {"X-CSRF-Token": "é".encode()}, {"Range": "bytes=" + "9" * 5000 + "-"}]
)
def test_malformed_headers_are_no_internal_error(door: Door, headers: dict[str, str]) -> None:
    client = door.browser()
    record = put_record(door.sohoa)
    for answer in (
        client.post("/v1/batches", json={}, headers=headers),
        client.get(f"/v1/records/{record.code}/sealed", headers=headers),
    ):
        assert answer.status_code in {200, 403, 416}, answer.text
    assert client.get("/sign-in?next=//%5B").status_code == 200


def test_readiness_is_believed_for_a_while(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    put_worker(door.sohoa, silent_seconds=-3600)
    monkeypatch.setattr("api.rest.health._objects", lambda _: looked.append("objects"))

    async def ask(readiness: Readiness) -> int:
        before = len(looked)
        for _ in range(5):
            assert (await readiness.of(door.sohoa)).ready
        return len(looked) - before

    assert asyncio.run(ask(Readiness())) == 1
    assert asyncio.run(ask(Readiness(0))) == 5


def test_what_was_read_does_not_stay_on_the_desk(door: Door) -> None:
    record = put_record(door.sohoa)
    client = door.client()
    for path in (f"/v1/records/{record.code}/sealed", f"/v1/papers/{record.paper_id}/pages/0.jpg", f"/v1/records/{record.code}"):
        assert client.get(path).headers["cache-control"] == "no-store", path


def test_search_results_name_no_owner_for_the_eye(door: Door) -> None:
    record = put_record(door.sohoa, "Giấy phép nuôi trồng thủy sản")
    hit = door.client().get("/v1/records", params={"q": "thuy san"}).json()["hits"][0]["record"]
    assert hit["code"] == record.code
    assert hit["code_shown"] == "••••••••1234" + record.code.removeprefix(OWNER)
    assert door.client().get(f"/v1/records/{record.code}").json()["code_shown"] == record.code


def test_a_waiting_paper_can_be_sent_back(door: Door) -> None:
    paper = put_paper(door.sohoa)
    address = f"/v1/papers/{paper.id}/send-back"
    assert door.client(Role.OFFICER).post(address, json={"version": paper.version, "reason": "x"}).status_code == 403
    assert door.client().post(address, json={"version": paper.version + 5, "reason": "x"}).status_code == 409
    assert door.client().post(address, json={"version": paper.version, "reason": ""}).json()["code"] == "api.reason_missing"
    done = door.client().post(address, json={"version": paper.version, "reason": "quét nhầm giấy"})
    assert (done.status_code, done.json()["state"]) == (200, PaperState.GIVEN_UP)
    review = {"version": done.json()["version"], "values": {}}
    assert door.client().post(f"/v1/papers/{paper.id}/review", json=review).json()["code"] == "api.not_waiting"


def test_a_foreign_host_name_is_refused(door: Door) -> None:
    assert door.client().get("/health", headers={"Host": "evil.example"}).status_code == 403


@pytest.mark.parametrize(("lang", "words"), [("vi", "Yêu cầu không đến từ trang này"), ("en", "The request did not come")])
def test_a_refused_host_is_told_in_the_language_asked_for(door: Door, lang: str, words: str) -> None:
    answer = door.client().get("/v1/batches", headers={"Host": "evil.example", "Accept-Language": lang})
    assert answer.json()["detail"].startswith(words)


def test_things_have_vietnamese_names(door: Door) -> None:
    assert door.client().get("/v1/batches/none?lang=vi").json()["detail"] == "Không tìm thấy lô «none»."
    assert door.client().get("/v1/batches/none?lang=en").json()["detail"] == "No batch “none” was found."
    assert StoreUnavailable(what="objects: AccessDenied").message() == "Không kết nối được kho lưu trữ (kho tệp: AccessDenied)."
    assert "?" not in as_coded(HTTPException(413), "POST").message()


def test_every_thing_that_may_be_missing_has_a_vietnamese_name() -> None:
    root, named = Path(api.__file__).parents[1], set[str]()
    for path in (*root.glob("api/**/*.py"), *root.glob("storage/**/*.py")):
        named |= set(re.findall(r'(?:NotFound|StoreUnavailable)\(what=f?"([a-z ]+)', path.read_text(encoding="utf-8")))
    assert named
    assert named <= set(NOUNS)


def test_forms_are_spooled_beside_the_data(door: Door) -> None:
    before = tempfile.gettempdir()
    with door.client():
        assert tempfile.gettempdir() == str(door.sohoa.settings.data_dir / "tmp")
    assert tempfile.gettempdir() == before


def test_every_answer_carries_the_guarding_headers(door: Door) -> None:
    for address in ("/health", "/v1/nothing", "/static/site.css", "/sign-in"):
        headers = door.client(None).get(address).headers
        assert "default-src 'self'" in headers["content-security-policy"], address
        assert headers["x-content-type-options"] == "nosniff"


def test_files_are_keyed_by_hash_and_sent_again_without_doubling(door: Door) -> None:
    batch = new_batch(door)
    address = f"/v1/batches/{batch}/files/{SHA256.upper()}"
    first = door.client().put(address, params={"name": "../quyết định.pdf"}, content=DATA)
    again = door.client().put(address, params={"name": "../quyết định.pdf"}, content=DATA)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["name"] == "quyết định.pdf"
    assert first.json()["object"]["sha256"] == SHA256
    assert door.sohoa.objects.read_bytes(SHA256) == DATA  # type: ignore[arg-type]
    seen = door.client().get(f"/v1/batches/{batch}").json()
    assert [file["state"] for file in seen["files"]] == ["received"]
    assert seen["batch"]["progress"]["files_open"] == 1
    assert seen["batch"]["owner"] == mask_id(OWNER) == "••••••••1234"


@pytest.mark.parametrize(
    ("sha256", "content", "status", "code"),
    [
        ("0" * 64, DATA, 422, "api.hash_mismatch"),
        (hashlib.sha256(b"").hexdigest(), b"", 422, "api.file_empty"),
        ("xyz", DATA, 422, "api.bad_request"),
    ],
)
def test_refused_uploads(door: Door, sha256: str, content: bytes, status: int, code: str) -> None:
    batch = new_batch(door)
    answer = door.client().put(f"/v1/batches/{batch}/files/{sha256}?name=a.pdf", content=content)
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert door.client().get(f"/v1/batches/{batch}").json()["files"] == []


def test_unknown_batches_and_wrong_values(door: Door) -> None:
    client = door.client()
    assert client.get("/v1/batches/none").status_code == 404
    assert client.put(f"/v1/batches/none/files/{SHA256}?name=a", content=DATA).status_code == 404
    assert client.get("/v1/batches/none/events").status_code == 404
    assert client.post("/v1/batches", json={"dossier": "not a code"}).json()["code"] == "ocr.bad_dossier_code"
    wrong = client.post("/v1/batches", json={"surprise": 1})
    assert wrong.status_code == 422
    assert wrong.json()["params"] == {"where": "surprise"}
    assert client.delete("/v1/batches").status_code == 405
    assert client.get("/v1/batches?limit=0").json()["code"] == "api.bad_request"
    assert client.post("/v1/batches", content=b"x" * 3_000_000, headers={"content-type": "application/json"}).status_code == 413


def test_a_form_gives_each_file_its_own_receipt(door: Door) -> None:
    batch = new_batch(door)
    files = [("files", ("a.pdf", b"abc")), ("files", ("empty.pdf", b""))]
    receipts = door.client().post(f"/v1/batches/{batch}/files", files=files).json()
    assert [(receipt["name"], receipt["reason"] and receipt["reason"]["code"]) for receipt in receipts] == [
        ("a.pdf", None),
        ("empty.pdf", "api.file_empty"),
    ]
    assert door.client().post(f"/v1/batches/{batch}/files", files=[("other", ("a", b"x"))]).status_code == 422


def test_progress_is_streamed_until_the_machine_is_done(door: Door) -> None:
    record = put_record(door.sohoa)
    with door.sohoa.database.transaction() as uow:
        paper = uow.papers.get(record.paper_id)
        step = uow.steps.find(StepKind.IDENTIFY, paper.file_id)
        assert step is not None
        uow.steps.give_up(step.id)
    text = door.client().get(f"/v1/batches/{paper.batch_id}/events").text
    assert "event: finished" in text
    data = next(line for line in text.splitlines() if line.startswith("data:"))
    assert json.loads(data.removeprefix("data:"))["percent"] == 100


def test_fields_stand_side_by_side_and_review_decides(door: Door) -> None:
    paper = put_paper(door.sohoa)
    client = door.client()
    field = next(one for one in client.get(f"/v1/papers/{paper.id}/fields?purpose=H55").json() if one["name"] == "title")
    assert (field["raw"], field["value"], field["decision"], field["doubtful"]) == ("Quyêt định", "Quyết định", None, True)
    assert field["evidence"][0] == {"page": 0, "x0": 10, "y0": 20, "x1": 110, "y1": 50}
    seen = client.get(f"/v1/papers/{paper.id}").json()
    version = seen["paper"]["version"]
    assert seen["paper"]["owner"] == OWNER
    address = f"/v1/papers/{paper.id}/review"
    assert client.post(address, json={"version": version + 7, "values": {}}).status_code == 409
    assert client.post(address, json={"version": version, "values": {"nonsense": "x"}}).json()["code"] == "api.unknown_field"
    done = client.post(address, json={"version": version, "values": {"title": "Quyết định"}})
    assert done.status_code == 200
    assert done.json()["state"] == PaperState.WORKING
    assert client.post(address, json={"version": version, "values": {}}).json()["code"] == "api.not_waiting"
    decided = next(one for one in client.get(f"/v1/papers/{paper.id}/fields").json() if one["name"] == "title")
    assert decided["decision"]["by"] == "demo-clerk"
    assert decided["raw"] == "Quyêt định"
    notes = [entry for entry in entries(door, paper.id) if entry.event == "fields.viewed"]
    assert notes[0].details["purpose"] == "H55"
    assert door.client(Role.OFFICER).post(address, json={"version": 0, "values": {}}).status_code == 403


@pytest.mark.parametrize(("turn", "corner"), [(0, (2, 2)), (90, (-3, 2)), (180, (-3, -3)), (270, (2, -3))])
def test_pages_are_shown_upright(door: Door, turn: int, corner: tuple[int, int]) -> None:
    paper = put_paper(door.sohoa, turn_deg=turn)
    client = door.client()
    answer = client.get(f"/v1/papers/{paper.id}/pages/0.jpg?width=150")
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as shown:
        stored = (WIDTH_PX, HEIGHT_PX) if turn in {0, 180} else (HEIGHT_PX, WIDTH_PX)
        assert shown.size == (150, round(150 * stored[1] / stored[0]))
        x, y = (place % size for place, size in zip(corner, shown.size, strict=True))
        assert shown.getpixel((x, y)) < 60  # type: ignore[operator]
    again = client.get(f"/v1/papers/{paper.id}/pages/0.jpg?width=150", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    viewed = [entry for entry in entries(door, paper.id) if entry.event == "page.viewed"]
    assert len(viewed) == 1
    words = client.get(f"/v1/papers/{paper.id}/pages/0/words").json()
    assert words["turn_deg"] == turn
    assert [word["text"] for word in words["words"]] == ["Quyết", "định"]
    assert client.get(f"/v1/papers/{paper.id}/pages/7.jpg").status_code == 404


def test_search_masks_owners_and_marks_hits(door: Door) -> None:
    record = put_record(door.sohoa, "Giấy phép khai thác khoáng sản tại xã Tân Phước")
    officer = door.client(Role.OFFICER)
    found = officer.get("/v1/records", params={"q": "khoang san", "purpose": "H55"}).json()
    hit = next(hit for hit in found["hits"] if hit["record"]["code"] == record.code)
    assert hit["record"]["owner"] == "••••••••1234"
    assert any(part["hit"] and "khoáng" in part["text"] for part in hit["snippet"])
    assert officer.get("/v1/records", params={"q": "khoang san", "issued_to": "2020-01-01"}).json()["total"] == 0
    assert officer.get("/v1/records", params={"issued_to": "yesterday"}).status_code == 422
    noted = entries(door, "search")[-1] if entries(door, "search") else None
    assert noted is not None
    assert "khoang" not in json.dumps(noted.details)


def test_a_record_in_full_is_written_down(door: Door) -> None:
    record = put_record(door.sohoa)
    officer = door.client(Role.OFFICER)
    seen = officer.get(f"/v1/records/{record.code}?purpose=H55.1")
    assert seen.json()["owner"] == OWNER
    noted = next(entry for entry in entries(door, record.paper_id) if entry.event == "record.viewed")
    assert (noted.actor, noted.details["purpose"], noted.details["role"]) == ("demo-officer", "H55.1", "officer")
    journal = officer.get(f"/v1/records/{record.code}/journal").json()
    assert "record.viewed" in [entry["event"] for entry in journal]
    assert officer.get("/v1/records/none").status_code == 404


def test_a_code_with_slashes_is_found(door: Door) -> None:
    record = put_record(door.sohoa, code="KQ/H00/2026/000001")
    officer = door.client(Role.OFFICER)
    for address in ("KQ/H00/2026/000001", "KQ%2FH00%2F2026%2F000001"):
        assert officer.get(f"/v1/records/{address}").json()["code"] == record.code
        assert officer.get(f"/v1/records/{address}/sealed").status_code == 200


def test_a_download_of_damaged_bytes_does_not_arrive_whole(door: Door) -> None:
    record = put_record(door.sohoa)
    address = f"/v1/records/{record.code}/sealed"
    assert len(door.client(Role.OFFICER).get(address).content) == record.sealed.size
    path = next((door.sohoa.settings.data_dir / "objects").rglob(record.sealed.sha256))
    path.chmod(0o600)
    path.write_bytes(b"?" * record.sealed.size)
    strict = TestClient(door.app, headers={"Authorization": f"Bearer {door.tokens[Role.OFFICER]}"})
    with pytest.raises((ObjectCorrupt, RuntimeError)):  # the answer has begun, so all that is left is to break it off
        strict.get(address)
    assert door.client(Role.OFFICER).get(address).content == b"", "not a byte of a file of one piece"


def test_downloads_with_ranges(door: Door) -> None:
    record = put_record(door.sohoa)
    officer = door.client(Role.OFFICER)
    address = f"/v1/records/{record.code}/sealed"
    whole = officer.get(address)
    assert whole.status_code == 200
    assert hashlib.sha256(whole.content).hexdigest() == record.sealed.sha256
    assert whole.headers["etag"] == f'"{record.sealed.sha256}"'
    assert whole.headers["content-disposition"].startswith("attachment;")
    part = officer.get(address, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, whole.content[5:10])
    assert part.headers["content-range"] == f"bytes 5-9/{record.sealed.size}"
    stale = officer.get(address, headers={"Range": "bytes=5-9", "If-Range": '"other"'})
    assert stale.status_code == 200
    outside = officer.get(address, headers={"Range": "bytes=999999-"})
    assert outside.status_code == 416
    assert outside.headers["content-range"] == f"bytes */{record.sealed.size}"
    assert officer.get(address, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    original = officer.get(f"/v1/records/{record.code}/original")
    assert "quyet-dinh.pdf" in original.headers["content-disposition"]
    assert "sandbox" in original.headers["content-security-policy"]
    taken = [entry for entry in entries(door, record.paper_id) if entry.event == "record.downloaded"]
    assert [entry.details["part"] for entry in taken][-1] == "original"


def test_verification_stores_nothing(door: Door) -> None:
    before = len(list((door.sohoa.settings.data_dir / "objects").rglob("*")))
    answer = door.client(Role.AUDITOR).post("/v1/verify?lang=vi", files={"file": ("x.pdf", DATA)})
    assert answer.json()["headline"] == "Không hợp lệ"
    assert answer.json()["findings"][0]["message"]
    assert len(list((door.sohoa.settings.data_dir / "objects").rglob("*"))) == before
    assert list((door.sohoa.settings.data_dir / "tmp").iterdir()) == []
    assert door.client().post("/v1/verify", files={"other": ("x", b"y")}).status_code == 422


def failed_step(door: Door) -> str:
    batch = new_batch(door)
    file = door.client().put(f"/v1/batches/{batch}/files/{SHA256}?name=a.pdf", content=DATA).json()
    with door.sohoa.database.transaction() as uow:
        found = uow.steps.find(StepKind.IDENTIFY, file["id"])
        assert found is not None
        step = uow.steps.lease(found.id, "test", 60)
        assert step is not None
        uow.steps.failed(step, EngineMissing(what="vie"))
    return step.id


def test_attention_lines_can_be_acted_on(door: Door) -> None:
    client = door.client()
    step = failed_step(door)
    line = next(one for one in client.get("/v1/attention?lang=vi").json() if one["step_id"] == step)
    assert line["reason"]["next_step"] == NextStep.ADMIN
    assert "Tesseract" not in line["reason"]["message"]
    assert set(line["actions"]) == {"retry", "replace", "give_up"}
    assert client.post(f"/v1/attention/{step}/retry").status_code == 204
    assert step not in [one["step_id"] for one in client.get("/v1/attention").json()]
    other = failed_step(door)
    assert client.post(f"/v1/attention/{other}/give-up", json={"reason": " "}).json()["code"] == "api.reason_missing"
    assert client.post(f"/v1/attention/{other}/give-up", json={"reason": "rách"}).status_code == 204
    third = failed_step(door)
    better = client.post(f"/v1/attention/{third}/replace", files={"file": ("b.pdf", b"better")})
    assert (better.status_code, better.json()["name"]) == (201, "b.pdf")
    assert client.post("/v1/attention/none/retry").status_code == 404


def test_health_and_readiness(door: Door) -> None:
    anybody = door.client(None)
    assert anybody.get("/health").json() == {"status": "ok"}
    put_worker(door.sohoa)
    ready = anybody.get("/ready")
    assert ready.status_code == 200, ready.text
    assert {part["name"] for part in ready.json()["parts"]} == {"database", "objects", "recognition", "worker"}


def test_readiness_names_what_is_missing(door: Door, tmp_path: Path) -> None:
    with open_door(tmp_path / "data") as other:
        other.sohoa.database.close()
        (tmp_path / "data" / "sohoa.db").unlink()
        (tmp_path / "data" / "sohoa.db").mkdir()
        answer = other.client(None).get("/ready")
        assert answer.status_code == 503
        assert [part["ok"] for part in answer.json()["parts"] if part["name"] == "database"] == [False]


def test_openapi_documents_problems_on_every_route(door: Door) -> None:
    described = door.client(None).get("/v1/openapi.json").json()
    for path, methods in described["paths"].items():
        if path in OPEN_ONES:
            continue
        for method, operation in methods.items():
            assert PROBLEM_MEDIA_TYPE in operation["responses"]["401"]["content"], (method, path)
            assert operation["security"] == [{"HTTPBearer": []}], (method, path)


def test_an_unforeseen_error_tells_nothing_but_a_reference(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("api.rest.batches.BatchView.of", broken)
    answer = door.client().get("/v1/batches")
    assert answer.status_code == 500
    assert answer.json()["code"] == "api.internal"
    assert "secret" not in answer.text
