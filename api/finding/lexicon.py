"""The office's own syllable statistics, counted from what its people confirmed and what they give as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path

from api.errors import ApiError
from api.pipeline.facts import PAGE_TEXT
from api.wiring import Sohoa
from ingest.errors import NextStep
from ocr.language.correct import SURE
from ocr.language.rebuild import Counted, rebuild
from ocr.model import DecisionKind, PageText
from storage.model import Paper, PaperState
from storage.records.unit_of_work import UnitOfWork

_AT_A_TIME = 100
_BY_A_PERSON = {DecisionKind.ACCEPTED, DecisionKind.CORRECTED}


class TextUnreadable(ApiError):
    """A text file to count is missing or no UTF-8."""

    code = "api.text_unreadable"
    next_step = NextStep.REPLACE
    vi = "Không đọc được tệp chữ «{name}»: cần tệp văn bản UTF-8."
    en = "The text file “{name}” cannot be read: it must be UTF-8 text."


class LexiconNotWritten(ApiError):
    """The folder of the statistics cannot be written."""

    code = "api.lexicon_not_written"
    next_step = NextStep.ADMIN
    retryable = True
    vi = "Không ghi được thống kê âm tiết vào «{folder}». Hãy kiểm tra dung lượng và quyền ghi."
    en = "The syllable statistics cannot be written to “{folder}”. Check free space and write permission."


def rebuild_lexicon(sohoa: Sohoa, texts: Sequence[Path], folder: Path, *, actor: str) -> Counted:
    """Count confirmed papers and `texts` on top of the packaged statistics into `folder`; entered in the ledger.

    Raises TextUnreadable, LexiconNotWritten.
    """
    given = [line for path in texts for line in _lines_of(path)]
    try:
        counted = rebuild(chain(confirmed_lines(sohoa), given), folder)
    except OSError as error:
        raise LexiconNotWritten(folder=str(folder)) from error
    details: dict[str, object] = {"lines": counted.lines, "words": counted.words, "texts": len(texts)}
    with sohoa.database.transaction() as uow:
        uow.ledger.append("lexicon.rebuilt", "lexicon", actor, details)
    return counted


def confirmed_lines(sohoa: Sohoa) -> Iterator[str]:
    """Of finished papers a person decided upon: the decided values, and of each line the runs of words the engine was sure of."""
    first = 0
    while True:
        with sohoa.database.read() as uow:
            done = uow.papers.in_state(PaperState.DONE, _AT_A_TIME, first)
            found = [(_decided(uow, paper), _texts(sohoa, uow, paper)) for paper in done]
        for values, pages in found:
            if values:
                yield from values
                yield from (run for page in pages for run in sure_runs(page))
        if len(done) < _AT_A_TIME:
            return
        first += _AT_A_TIME


def _decided(uow: UnitOfWork, paper: Paper) -> list[str]:
    return [one.value for one in uow.fields.current(paper.id).values() if one.kind in _BY_A_PERSON]


def _texts(sohoa: Sohoa, uow: UnitOfWork, paper: Paper) -> list[PageText]:
    rows = uow.pages.of_paper(paper.id)
    return [PAGE_TEXT.validate_json(sohoa.objects.read_bytes(row.text.sha256)) for row in rows if row.text]


def sure_runs(page: PageText) -> Iterator[str]:
    """The runs of words of each line between those the engine doubted."""
    for line in page.lines:
        for sure, run in groupby(line.words, key=lambda word: word.confidence >= SURE):
            if sure:
                yield " ".join(word.text for word in run)


def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TextUnreadable(name=path.name) from error
