"""Papers that wait for review, put in through the storage layer: a painted decision with its true words, without any reading."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from uuid import uuid4

from api.demo.painter.papers import PaperKind, paint
from api.intake.receiving import Intake
from api.pipeline.facts import JSON, PAGE_TEXT, image_facts
from api.wiring import Sohoa
from ingest.model import ColourMode, DpiSource, PageImage, PageOrigin
from ocr.fields.extract import extract
from ocr.model import Box, Field, Line, PageText, TextSource, Word
from storage.model import FileState, PageRow, Paper, PaperState, Priority, StepKind, StepState

BOXES = 900


@lru_cache(maxsize=4)
def painted(seed: int = 41) -> tuple[bytes, PageText]:
    """PNG bytes of a page at 200 dpi and its text as a perfect engine would read it; doubtful every ninth word."""
    page = paint(PaperKind.DECISION, seed, 200)[0]
    out = io.BytesIO()
    page.image.save(out, "PNG")
    words = iter(page.words)
    lines = []
    for place, text in enumerate(page.lines):
        count = len(text.split())
        line = tuple(Word(w.text, w.box, 0.62 if (place + i) % 9 == 0 else 0.97) for i, w in enumerate(islice(words, count)))
        if line:
            box = line[0].box
            for word in line[1:]:
                box = box.union(word.box)
            lines.append(Line(line, box))
    text = PageText(page.image.width, page.image.height, 200.0, tuple(lines), TextSource.OCR, "truth")
    return out.getvalue(), text


def crowded(text: PageText, boxes: int = BOXES) -> PageText:
    """The same page with as many words, the added ones small and in the lower margin."""
    have = sum(len(line.words) for line in text.lines)
    more = []
    for number in range(max(0, boxes - have)):
        x, y = 20 + 14 * (number % 110), text.height_px - 130 + 14 * (number // 110)
        box = Box(x, y, x + 10, y + 10)
        more.append(Line((Word(f"w{number}", box, 0.9),), box))
    return replace(text, lines=(*text.lines, *more))


def put_waiting(
    sohoa: Sohoa, count: int = 1, *, pages: int = 1, boxes: int = BOXES, bulk: bool = False, seed: int = 41, batch_id: str = "",
    automatic: bool = False,
) -> list[Paper]:  # fmt: skip
    """So many papers of one batch that wait for a person, in the order of the worklist."""
    picture, text = painted(seed)
    fields = extract("administrative", [text])
    image = sohoa.objects.put_bytes(picture, "image/png")
    kept = sohoa.objects.put_bytes(PAGE_TEXT.dump_json(crowded(text, boxes)), JSON)
    facts = PageImage(
        0, "", "image/png", text.width_px, text.height_px, 200.0, DpiSource.TAG, ColourMode.COLOUR, PageOrigin.IMAGE
    )
    intake = Intake(sohoa)
    priority = Priority.BULK if bulk else Priority.COUNTER
    made = []
    if not batch_id:
        batch_id = intake.create_batch(actor="demo-clerk", priority=priority, automatic=automatic, dossier=DOSSIER).id
    for number in range(count):
        row = intake.receive(batch_id, f"giấy tờ {number + 1:02}.pdf", io.BytesIO(uuid4().bytes), actor="demo-clerk")
        paper = Paper(
            uuid4().hex, batch_id, row.id, 0, 0, pages, PaperState.REVIEW, DOSSIER, "", "administrative", 0.97, "", row.object,
            None, None, "", {}, 0, datetime.now(UTC),
        )  # fmt: skip
        with sohoa.database.transaction() as uow:
            batch = uow.batches.get(batch_id)
            for step in (uow.steps.find(StepKind.IDENTIFY, row.id),):
                if step is not None:
                    uow.steps.give_up(step.id)
            uow.files.set_state(row.id, FileState.ACCEPTED)
            uow.papers.add(paper)
            for index in range(pages):
                page = PageRow(uuid4().hex, paper.id, row.id, index, image, image_facts(replace(facts, index=index)), None)
                uow.pages.add(page)
                uow.pages.set_text(page.id, kept)
            uow.fields.put(paper.id, harder(fields))
            uow.steps.add(StepKind.CONFIRM, paper.id, batch=batch, file_id=row.id, paper_id=paper.id, state=StepState.WAITING)
            made.append(uow.papers.get(paper.id))
    return made


DOSSIER = "H56.12.3-251101-0001"


def harder(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The same with one value misread, as scans have it: doubtful, with another reading to choose."""
    return tuple(
        replace(field, value="THÔNG BÁQ", raw="THÔNG BÁQ", confidence=0.4, candidates=("QUYẾT ĐỊNH", "THÔNG BÁO"))
        if field.name == "title"
        else field
        for field in fields
    )
