"""Search pages and API without a browser: addresses, facets, saved searches, boxes on the page, what is not shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
from fastapi.testclient import TestClient

from api.access.permissions import Role
from api.finding.indexing import catch_up, rebuild
from api.finding.searching import SearchForm, form_of
from storage.access_levels import AccessLevel
from storage.finding import SearchQuery
from storage.model import Record
from tests.world.door import OWNER, Door, open_door, put_record


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("search") / "data") as opened:
        put_record(opened.sohoa, "Quyết định thu hồi rừng", issued_on=date(2024, 5, 1), issuer="Sở Nông nghiệp", unit="H01")
        put_record(opened.sohoa, "Quyết định giao rừng", issued_on=date(2025, 5, 1), issuer="UBND xã Hòa Bình", unit="H02")
        yield opened


def csrf_in(html: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', html)
    assert found is not None
    return found.group(1)


def links(html: str) -> set[str]:
    return {unescape(link) for link in re.findall(r'href="([^"]*)"', html)}


def test_an_address_means_the_same_for_ever() -> None:
    address = (
        "q=giao+%22%C4%91%E1%BA%A5t+r%E1%BB%ABng%22&type=decision&issued_from=2024-01-01&year=2024&validity=valid&sort=issued"
    )
    form = form_of(address)
    assert form.address() == address
    assert form_of(form.address()) == form
    assert form_of("q=a&sort=&year=&validity=&issued_from=").address() == "q=a", "what a form sends empty was not asked"
    assert SearchForm(offset=40, lang="en", facets=True).address() == "", "where one stands is not what one asks"


def test_facets_are_links_that_narrow_and_widen(door: Door) -> None:
    client = door.browser(Role.OFFICER)
    shown = client.get("/records?q=rung&purpose=H55.1").text
    assert "/records?q=rung&year=2024&purpose=H55.1" in links(shown)
    assert any("issuer_is=UBND" in link for link in links(shown))
    narrowed = client.get("/records?q=rung&year=2024").text
    assert "Tìm thấy 1 kết quả" in narrowed
    assert "/records?q=rung&year=2025" in links(narrowed), "the other years stay in sight"
    assert "/records?q=rung" in links(narrowed), "and the filter can be taken away"
    assert 'name="year" value="2024"' in narrowed, "a new question keeps it"


def test_the_api_tells_facets_and_what_was_nearly_found(door: Door) -> None:
    officer = door.client(Role.OFFICER)
    found = officer.get("/v1/records", params={"q": "rung", "facets": "true", "unit": "H01"}).json()
    units = next(facet for facet in found["facets"] if facet["name"] == "unit")
    assert {one["value"]: (one["count"], one["chosen"]) for one in units["values"]} == {"H01": (1, True), "H02": (1, False)}
    nearly = officer.get("/v1/records", params={"q": "quyet dinh giao rugn"}).json()
    assert (nearly["nearly"], nearly["instead"], nearly["total"]) == (True, "quyet dinh giao rừng", 1)
    assert officer.get("/v1/records", params={"validity": "good"}).status_code == 422
    assert officer.get("/v1/records", params={"year": "12"}).status_code == 422


def test_an_owner_in_the_address_is_not_shown_again_as_a_filter(door: Door) -> None:
    html = door.browser(Role.OFFICER).get(f"/records?owner={OWNER}").text
    chips = re.search(r'<ul class="chosen".*?</ul>', html, re.DOTALL)
    assert chips is not None
    assert OWNER not in re.sub(r'"[^"]*"', "", chips.group())


def test_text_cannot_break_out_of_a_snippet_or_a_facet(door: Door) -> None:
    evil = '<script>alert(1)</script> "onmouseover=alert(1) kẻgian'
    put_record(door.sohoa, evil, issuer='"><script>alert(2)</script>', subject=evil, unit="<b>H</b>")
    html = door.browser(Role.OFFICER).get("/records", params={"q": "kẻgian <script>"}).text
    assert "alert(1)" in html
    assert "<script>alert" not in html
    assert "<b>H</b>" not in html


def test_hits_are_boxed_on_the_page(door: Door) -> None:
    record = put_record(door.sohoa, "Quyết định")
    client = door.browser(Role.OFFICER)
    page = client.get(f"/records/{record.code}", params={"q": "quyet dinh", "purpose": "H55.1"}).text
    assert re.findall(r'<rect class="hit" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', page) == [("6.0", "16.0", "108.0")] or (
        '<rect class="hit" x="6" y="16" width="108"' in page
    )
    assert "rect class" not in client.get(f"/records/{record.code}", params={"q": "khác hẳn"}).text
    assert "rect class" not in client.get(f"/records/{record.code}").text


def test_restricted_records_show_no_text_in_lists(door: Door) -> None:
    record = put_record(door.sohoa, "bí danh kínđáo", access=AccessLevel.RESTRICTED)
    assert door.client(Role.OFFICER).get("/v1/records", params={"q": "kínđáo"}).json()["total"] == 0, "another unit's"
    found = door.client(Role.ADMIN).get("/v1/records", params={"q": "kínđáo"}).json()["hits"]
    assert [(hit["record"]["code"], hit["snippet"]) for hit in found] == [(record.code, [])]


def _saved(client: TestClient) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get("/v1/searches").json()
    return found


def test_saved_searches_belong_to_one_person(door: Door) -> None:
    officer, auditor = door.client(Role.OFFICER), door.client(Role.AUDITOR)
    made = officer.post("/v1/searches", json={"name": " Rừng  ", "address": "?q=giao+rung&purpose=H55&offset=20&evil=1"})
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["address"], made.json()["new"]) == ("Rừng", "q=giao+rung", 0)
    put_record(door.sohoa, "Quyết định giao rừng mới")
    assert [(one["total"], one["new"]) for one in _saved(officer)] == [(2, 1)]
    assert _saved(auditor) == []
    address = f"/v1/searches/{made.json()['id']}"
    assert auditor.delete(address).status_code == 404
    assert officer.post("/v1/searches", json={"name": "x", "address": "purpose=H55"}).status_code == 422
    assert officer.post("/v1/searches", json={"name": " ", "address": "q=a"}).status_code == 422
    assert officer.post("/v1/searches", json={"name": "x", "address": "year=9"}).json()["code"] == "api.bad_request"
    assert officer.delete(address).status_code == 204
    assert _saved(officer) == []


def test_saved_searches_as_pages(door: Door) -> None:
    client = door.browser(Role.CERTIFIER)
    token = csrf_in(client.get("/records?q=rung").text)
    assert client.post("/searches", data={"name": "a", "address": "q=rung"}).status_code == 403, "forged"
    assert "Hãy đặt tên" in client.post("/searches", data={"csrf": token, "name": "", "address": "q=rung"}).text
    shown = client.post("/searches", data={"csrf": token, "name": "<i>Rừng</i>", "address": "q=rung"})
    assert shown.url.path == "/searches"
    assert "&lt;i&gt;" in shown.text
    opened = next(link for link in links(shown.text) if link.startswith("/searches/"))
    assert str(client.get(opened).url).endswith("/records?q=rung")
    assert door.browser(Role.OFFICER).get(opened).status_code == 404, "another's"
    client.post(f"{opened}/remove", data={"csrf": token})
    assert "Chưa lưu tìm kiếm nào" in client.get("/searches").text


def _found(door: Door, words: str) -> list[Record]:
    with door.sohoa.database.read() as uow:
        return [hit.record for hit in uow.search.find(SearchQuery(words)).hits]


def test_the_index_is_made_anew_from_the_papers(door: Door) -> None:
    record = put_record(door.sohoa, "chữ chỉ có trong chỉmụccũ")
    assert _found(door, "chỉmụccũ")
    assert catch_up(door.sohoa).done == 0, "nothing is missing"
    made = rebuild(door.sohoa)
    assert made.done > 1
    assert not _found(door, "chỉmụccũ"), "the pages do not say so"
    assert record.code in {one.code for one in _found(door, "quyet dinh")}, "what the page says"
