"""Step on a page: prepare and recognise it in a child process; the last page read sends its paper on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.access.secrecy_errors import SecretMarked
from api.pipeline.facts import JSON, PAGE_TEXT, page_image
from api.pipeline.outcome import MACHINE, Context, Outcome, Successor
from ingest.late import Late
from ingest.model import FileKind
from ocr.model import SecrecyLevel
from storage.model import PageRow, PaperState, Step, StepKind
from storage.records.unit_of_work import UnitOfWork
from storage.secrecy import SecrecyHold

if TYPE_CHECKING:
    from ocr.recognise import read_page
else:
    read_page = Late("ocr.recognise", "read_page")


def read(context: Context, step: Step) -> Outcome:
    """Read one page. The same pixels are never kept differently: the text is an object named by its content."""
    settings = context.sohoa.settings
    with context.sohoa.database.read() as uow:
        row = uow.pages.get(step.subject)
        file = uow.files.get(row.file_id)
        cleared = uow.secrecy.cleared(row.paper_id, row.place)
    from_pdf = bool(row.facts.get("has_text_layer")) and file.kind == FileKind.PDF
    wanted = (row.image.sha256, file.object.sha256) if from_pdf else (row.image.sha256,)
    with context.workspace.fetched(*wanted) as paths:
        source = str(paths[1]) if from_pdf else ""
        image = page_image(row, paths[0])
        text = context.sohoa.box.run(read_page, image, settings.read, source, seconds=settings.read.page_seconds)
    if text.secrecy is not None and not cleared:
        return _held(row, text.secrecy.level)
    ref = context.sohoa.objects.put_bytes(PAGE_TEXT.dump_json(text), JSON)

    def write(uow: UnitOfWork) -> Successor | None:
        paper = uow.papers.lock(row.paper_id)  # two last pages must not both miss, nor both see, the end
        uow.pages.set_text(row.id, ref)
        details: dict[str, object] = {
            "paper": row.paper_id,
            "page": row.index,
            "engine": text.engine,
            "source": text.source,
            "turn_deg": text.turn_deg,
            "skew_deg": round(text.skew_deg, 2),
            "confidence": round(text.confidence, 3),
        }
        uow.ledger.append("page.read", row.id, MACHINE, details)
        first = settings.pipeline.after(None)
        if uow.pages.unread(row.paper_id) or first is None:
            return None
        if paper.held:
            if paper.state is PaperState.WORKING:
                uow.papers.update(paper.id, state=PaperState.HELD)
            return None
        return Successor(StepKind(first), row.paper_id, row.file_id, row.paper_id)

    return Outcome(write)


def _held(row: PageRow, level: SecrecyLevel) -> Outcome:
    """The page seems to be a state secret: nothing that was read is kept, its paper stops and is held back."""

    def write(uow: UnitOfWork) -> Successor | None:
        if uow.secrecy.hold(SecrecyHold(row.paper_id, row.file_id, row.place, level, uow.now())):
            uow.ledger.append("paper.secret_marked", row.paper_id, MACHINE, {"page": row.index, "level": level})
        return None

    return Outcome(write, fails=SecretMarked(page=row.index + 1, level=level.value))
