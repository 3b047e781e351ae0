"""The summary of an audit: counts, what was trusted, failures first; as JSON, and as PDF/A-2b to print and to sign."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from api.audit.errors import AuditFolderUnusable
from api.audit.journal import NAME, Journal
from api.audit.model import AuditLine, Outcome
from api.audit.reports import write_whole
from api.audit.results import CSV, PRINT, SUMMARY, AuditSummary, outcome_word, why, worst_lines, write_table
from api.audit.words import say
from ocr.typeset import build
from ocr.typeset.model import Banner, Block, Colour, Facts, Family, Gap, Sheet, Style, Table, Text
from signing.report.words import moment

_FILLS: dict[Outcome, Colour] = {
    Outcome.PASSED: (29, 107, 52),
    Outcome.INDETERMINATE: (122, 82, 0),
    Outcome.ERROR: (122, 82, 0),
    Outcome.FAILED: (160, 28, 28),
}
_MOST_TOLD = 200
"""Subjects told on paper; the table has them all."""
_LONGEST = 400
_MOST_ROOTS = 5

Keep = Callable[[bytes, Path], object]
"""How the PDF is put on disk: plainly, or sealed."""


def write_all(journal: Journal, summary: AuditSummary, lang: str, keep: Keep = write_whole) -> None:
    """Write table, summary and printable summary into the folder of the journal; the latter through `keep`.

    Raises:
        AuditFolderUnusable, ReportNotWritten: the folder cannot be written.
        PrintFontMissing: the Liberation fonts are not installed.
    """
    table = write_table(journal, lang)
    write_whole((summary.model_dump_json(indent=2) + "\n").encode(), journal.folder / SUMMARY)
    told = worst_lines(journal, _MOST_TOLD)
    hashes = [(path.name, _sha256(path)) for path in (table, journal.folder / NAME)]
    keep(build(_sheet(summary, told, hashes, lang)), journal.folder / PRINT)


def headline(summary: AuditSummary, lang: str) -> str:
    """The first line: the worst there is."""
    if not summary.files:
        return say("nothing", lang)
    told = {
        Outcome.FAILED: ("some_failed", summary.failed),
        Outcome.ERROR: ("some_errors", summary.errors),
        Outcome.INDETERMINATE: ("some_undecided", summary.indeterminate),
        Outcome.PASSED: ("all_passed", 0),
    }
    name, count = told[summary.outcome]
    return say(name, lang, count=count)


def facts(summary: AuditSummary, lang: str) -> list[tuple[str, str]]:
    """What was audited, when, with which trust, and how many came out how."""
    numbers = {name: getattr(summary, name) for name in ("passed", "indeterminate", "failed", "errors")}
    rows = [
        (say("what", lang), summary.title),
        (say("files", lang), f"{summary.files}: {say('counts', lang, **numbers)}"),
        (say("started", lang), moment(summary.started_at, lang)),
        (say("finished", lang), moment(summary.finished_at, lang)),
        (say("trust", lang), _roots(summary, lang)),
    ]
    if summary.ledger:
        rows.append((say("ledger", lang), summary.ledger))
    if summary.passed_over:
        left = ", ".join(f"{kind} × {count}" for kind, count in sorted(summary.passed_over.items()))
        rows.append((say("passed_over", lang), left))
    return rows


def _roots(summary: AuditSummary, lang: str) -> str:
    roots = summary.trust.roots_sha256
    if not roots:
        return say("trust_none", lang)
    return ", ".join(f"SHA-256 {one[:16]}…" for one in roots[:_MOST_ROOTS]) + (" …" if len(roots) > _MOST_ROOTS else "")


def _sheet(summary: AuditSummary, told: list[AuditLine], hashes: list[tuple[str, str]], lang: str) -> Sheet:
    title = say("title", lang)
    blocks: list[Block] = [
        Text(title, Style(9, colour=(70, 70, 70))),
        Gap(1),
        Banner(headline(summary, lang), _FILLS[summary.outcome], size_pt=17),
        Gap(2),
        Facts(tuple(facts(summary, lang)), label_mm=38),
        Gap(3),
    ]
    if told:
        rows = tuple((line.key, outcome_word(line, lang), _short(why(line, everything=False))) for line in told)
        blocks.append(Table(tuple(say("table_head", lang).split("|")), rows, (4, 2.2, 7), size_pt=8))
    more = summary.files - summary.passed - len(told)
    if more > 0:
        blocks.append(Text(say("more", lang, count=more, file=CSV), Style(8, italic=True)))
    blocks.append(Gap(3))
    blocks += [Text(say("hash", lang, file=name, sha256=value), Style(7.5)) for name, value in hashes]
    return Sheet(
        title=f"{title} – {summary.title}",
        blocks=tuple(blocks),
        created_at=summary.finished_at,
        language=lang,
        family=Family.SANS,
        footer=f"Sohoa {summary.program} · {title}",
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise AuditFolderUnusable(folder=path.parent.name, why=error.strerror or "?") from error
