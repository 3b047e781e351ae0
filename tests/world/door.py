"""The doors on a real database and folder store, without worker and child processes; papers are put in by hand."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from api.access.permissions import Role
from api.demo.tokens import ensure_tokens
from api.intake.receiving import Intake
from api.options import WebOptions
from api.pipeline.facts import JSON, PAGE_TEXT, image_facts
from api.rest.app import create_app
from api.wiring import Sohoa, build
from ingest.model import ColourMode, DpiSource, PageImage, PageOrigin
from ingest.sandbox import InlineBox
from ocr.model import Box, Evidence, Field, Line, PageText, TextSource, Word
from storage.model import FileState, Paper, PaperState, Record, RecordState, StepKind, StepState
from storage.model import PageRow as Row
from tests.world.product import settings_for

HOST = "testserver"
WIDTH_PX, HEIGHT_PX = 300, 400
OWNER = "038090001234"


@dataclass(frozen=True)
class Door:
    """The application with a token for each role."""

    sohoa: Sohoa
    app: FastAPI
    tokens: dict[str, str]

    def client(self, role: Role | None = Role.CLERK) -> TestClient:
        """An API client with the role's bearer token, or with none."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}
        return TestClient(self.app, headers=headers, raise_server_exceptions=False)

    def browser(self, role: Role = Role.CLERK) -> TestClient:
        """A client that came in by the start link, as a browser does, and asks for pages."""
        client = TestClient(self.app, headers={"Accept": "text/html"}, raise_server_exceptions=False)
        client.get(f"/?token={self.tokens[role]}")
        return client


@contextmanager
def open_door(data_dir: Path, **changes: Any) -> Iterator[Door]:
    """A door on an empty product; closed after the block. `changes` are settings."""
    wired = build(settings_for(data_dir, **changes))
    wired.box.close()  # type: ignore[attr-defined]
    sohoa = replace(wired, box=InlineBox())
    try:
        options = WebOptions(allowed_hosts=(HOST,), event_seconds=0.01)
        yield Door(sohoa, create_app(sohoa, options=options, viewer=InlineBox()), ensure_tokens(sohoa))
    finally:
        sohoa.close()


def page_bytes() -> bytes:
    """A grey page with a black upper left corner, so that a turn can be seen."""
    image = Image.new("L", (WIDTH_PX, HEIGHT_PX), 230)
    image.paste(0, (0, 0, 60, 60))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def put_paper(sohoa: Sohoa, *, name: str = "quyet-dinh.pdf", state: PaperState = PaperState.REVIEW, turn_deg: int = 0) -> Paper:
    """A paper of one page that was read, with one field found; its batch and file besides."""
    batch = Intake(sohoa).create_batch(actor="demo-clerk", owner=OWNER)
    content = f"original {uuid4().hex}".encode()
    row = Intake(sohoa).receive(batch.id, name, io.BytesIO(content), actor="demo-clerk")
    image = sohoa.objects.put_bytes(page_bytes(), "image/png")
    facts = PageImage(0, "", "image/png", WIDTH_PX, HEIGHT_PX, 200.0, DpiSource.TAG, ColourMode.GREY, PageOrigin.IMAGE)
    box = Box(10, 20, 110, 50)
    line = Line((Word("Quyết", box, 0.9), Word("định", box, 0.8)), box)
    text = PageText(WIDTH_PX, HEIGHT_PX, 200.0, (line,), TextSource.OCR, "test", turn_deg=turn_deg)
    paper = Paper(
        id=uuid4().hex,
        batch_id=batch.id,
        file_id=row.id,
        ordinal=0,
        first_page=0,
        pages=1,
        state=state,
        dossier="",
        owner=OWNER,
        paper_type="generic",
        type_confidence=1.0,
        code="",
        original=row.object,
        sealed=None,
        evidence=None,
        reason_code="",
        reason_params={},
        version=0,
        created_at=datetime.now(UTC),
    )
    page = Row(uuid4().hex, paper.id, row.id, 0, image, image_facts(facts), None)
    kept = sohoa.objects.put_bytes(PAGE_TEXT.dump_json(text), JSON)
    with sohoa.database.transaction() as uow:
        uow.files.set_state(row.id, FileState.ACCEPTED)
        uow.papers.add(paper)
        uow.pages.add(page)
        uow.pages.set_text(page.id, kept)
        uow.fields.put(paper.id, (Field("title", "Quyêt định", "Quyết định", 0.6, (Evidence(0, box),)),))
        if state is PaperState.REVIEW:
            uow.steps.add(StepKind.CONFIRM, paper.id, batch=batch, file_id=row.id, paper_id=paper.id, state=StepState.WAITING)
        return uow.papers.get(paper.id)


def put_record(sohoa: Sohoa, text: str = "Quyết định về việc cấp giấy phép xây dựng", **changes: object) -> Record:
    """A finished record that search finds by the words of `text`."""
    paper = put_paper(sohoa, state=PaperState.WORKING)
    code = f"{OWNER}-KQ.G15.000031-H00-2026-{uuid4().hex[:6]}"
    sealed = sohoa.objects.put_bytes(f"%PDF-1.7 sealed {paper.id}".encode() * 100, "application/pdf")
    evidence = sohoa.objects.put_bytes(b"{}" + paper.id.encode(), JSON)
    record = Record(
        code=code,
        paper_id=paper.id,
        state=RecordState.IN_FORCE,
        unit="H00",
        dossier="",
        owner=OWNER,
        paper_type="generic",
        title="Quyết định",
        number="12/QĐ-UBND",
        issued_on=date(2026, 11, 2),
        issuer="Ủy ban nhân dân xã Tân Phước",
        subject="cấp giấy phép",
        valid_until=None,
        scope="",
        pages=1,
        original=paper.original,
        sealed=sealed,
        evidence=evidence,
        created_at=datetime.now(UTC),
    )
    record = replace(record, **changes)  # type: ignore[arg-type]
    with sohoa.database.transaction() as uow:
        uow.papers.update(paper.id, code=record.code, sealed=sealed, evidence=evidence, state=PaperState.DONE)
        uow.records.add(record)
        uow.search.put(record, text)
    return record
