"""Texts from papers, files and people are shown as texts: no page makes markup or a header of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from api.access.accounts import AccountDesk
from api.access.permissions import Role
from api.intake.receiving import Intake
from api.pipeline.facts import JSON, PAGE_TEXT
from ocr.model import Box, Evidence, Field, Line, PageText, TextSource, Word
from storage.model import Paper, PaperState
from tests.world.door import Door, open_door, put_paper, put_record

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
RAW = ("<script>alert(", "<img src=x")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("hostile")) as opened:
        yield opened


def hostile_paper(door: Door) -> Paper:
    """A paper whose file name, words and fields are an attack."""
    paper = put_paper(door.sohoa, name=f"{EVIL}.pdf")
    box = Box(10, 20, 110, 50)
    text = PageText(300, 400, 200.0, (Line((Word(EVIL, box, 0.9),), box),), TextSource.OCR, "test")
    with door.sohoa.database.transaction() as uow:
        page = uow.pages.of_paper(paper.id)[0]
        uow.pages.set_text(page.id, door.sohoa.objects.put_bytes(PAGE_TEXT.dump_json(text), JSON))
        uow.fields.put(paper.id, (Field("title", EVIL, EVIL, 0.4, (Evidence(0, box),)), Field(EVIL, EVIL, EVIL, 0.4, ())))
    return paper


def shown(door: Door, role: Role, *addresses: str) -> list[str]:
    client = door.browser(role)
    pages = []
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        pages.append(answer.text)
    return pages


def test_words_fields_and_file_names_stay_texts(door: Door) -> None:
    paper = hostile_paper(door)
    pages = shown(door, Role.CLERK, f"/batches/{paper.batch_id}", "/review", f"/review/{paper.id}", "/batches", "/attention")
    assert not [raw for page in pages for raw in RAW if raw in page]
    assert any("&lt;script&gt;" in page for page in pages), "the attack was on a page"


def test_records_and_snippets_stay_texts(door: Door) -> None:
    record = put_record(door.sohoa, text=f"giấy phép {EVIL} độc", title=EVIL, subject=EVIL, issuer=EVIL, number=EVIL[:60])
    pages = shown(door, Role.OFFICER, "/records?q=giay+phep", f"/records/{record.code}", f"/records?q={EVIL}")
    assert not [raw for page in pages for raw in RAW if raw in page]
    assert all("&lt;script&gt;" in page for page in pages)


def test_names_of_people_stay_texts(door: Door) -> None:
    AccountDesk(door.sohoa, "test").create(f"x{uuid4().hex[:8]}", EVIL[:90], Role.CLERK)
    page = shown(door, Role.ADMIN, "/accounts")[0]
    assert not [raw for raw in RAW if raw in page]
    assert "&lt;script&gt;" in page


def test_no_text_becomes_a_header(door: Door) -> None:
    batch = Intake(door.sohoa).create_batch(actor="demo-clerk")
    row = Intake(door.sohoa).receive(batch.id, "a\r\nSet-Cookie: evil=1\r\n.pdf", io.BytesIO(b"x"), actor="demo-clerk")
    assert not set("\r\n") & set(row.name)
    record = put_record(door.sohoa)
    with door.sohoa.database.transaction() as uow:
        paper = uow.papers.get(record.paper_id)
        uow.papers.update(paper.id, state=replace(paper, state=PaperState.DONE).state)
    browser = door.browser(Role.OFFICER)
    split = "/language/en?next=/x%0d%0aSet-Cookie:%20evil=1"
    answers = [
        browser.get(split, follow_redirects=False),
        browser.get(f"/sign-in?next=/x%0d%0aSet-Cookie:%20evil=1&token={door.tokens[Role.OFFICER]}", follow_redirects=False),
        browser.get(f"/v1/records/{record.code}/sealed?name=a%0d%0aX-Evil:1"),
    ]
    for answer in answers:
        assert "x-evil" not in answer.headers
        assert "evil" not in answer.headers.get("set-cookie", "")
        assert answer.headers.get("location", "/") == "/"
