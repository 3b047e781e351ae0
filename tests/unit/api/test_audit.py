"""The parts of batch verification: cells, journals, folders; and what is stored held against store and ledger."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pikepdf
import pytest

from api.audit import stored
from api.audit.engine import Setting, run
from api.audit.errors import AuditFolderUnusable
from api.audit.folders import Walk
from api.audit.journal import NAME, Journal
from api.audit.model import AuditLine, Counts, Outcome, Problem, Subject
from api.audit.results import summarised, why, write_table
from api.audit.summary import write_all
from api.cli.exit_codes import ExitCode
from api.cli.verify_batch import CODES
from api.pipeline.renewal import _take_place
from api.signatures.trusted import Trusted
from api.spreadsheet import safe_cell, write_rows
from ingest.model import ObjectRef
from ingest.sandbox import InlineBox
from signing.model import Level, Role, SealKind, SealRequest
from signing.renew import renew
from signing.report.schema import ErrorReport
from signing.seal import seal
from signing.trust import TrustStore
from storage.lasting import SealRow
from storage.model import Record
from storage.records.unit_of_work import UnitOfWork
from storage.registers import Book, Certification, CertificationState, RegisterKind, Request, Signed
from tests.world.door import OWNER, Door, open_door, put_record

NOW = datetime.now(UTC)
NOBODY_DAYS = (date(2000, 1, 1), date(2100, 1, 1))

# --- cells ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\ufeff=1", "\uff1d1", '=HYPERLINK("http://x")'],
)
def test_no_cell_is_ever_a_formula(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["Nguyễn Văn Thử", "12/QĐ-UBND", "", "a=b", 'giấy; tờ, "số" 1'])
def test_ordinary_cells_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text
    out = io.StringIO()
    write_rows(out, ("x",), [(text,)])
    assert list(csv.reader(io.StringIO(out.getvalue()))) == [["x"], [text]]


# --- journal -------------------------------------------------------------------------------------------------------------------


def line(key: str, basis: str = "b", at: datetime = NOW, **changes: object) -> AuditLine:
    error = ErrorReport(code="ingest.file_unreadable", message="Không đọc được.", retryable=True, next_step="retry", params={})
    values = {"size": 1, "mtime_ns": 2, "sha256": "", "error": error} | changes
    return AuditLine(key=key, basis=basis, judged_at=at, **values)  # type: ignore[arg-type]


def test_a_line_cut_off_by_a_kill_is_forgotten_and_the_rest_kept(tmp_path: Path) -> None:
    with Journal(tmp_path, "b") as journal:
        journal.append(line("a"))
        journal.append(line("b"))
    whole = (tmp_path / NAME).read_bytes()
    for cut in (1, 2, 40, len(whole) // 2 - 2):
        (tmp_path / NAME).write_bytes(whole[:-cut])
        with Journal(tmp_path, "b") as journal:
            assert set(journal.entries) == {"a"}
            journal.append(line("c"))
            assert [one.key for one in journal.lines()] == ["a", "c"]
        with Journal(tmp_path, "b") as journal:
            assert set(journal.entries) == {"a", "c"}, "what was cut off must not stand before the next line"


def test_the_newest_line_of_a_subject_counts(tmp_path: Path) -> None:
    with Journal(tmp_path, "b") as journal:
        journal.append(line("a", size=1))
        journal.append(line("a", size=7))
        assert [one.size for one in journal.lines()] == [7]
    with Journal(tmp_path, "b") as journal:
        assert [one.size for one in journal.lines()] == [7]
        assert journal.keep_only({"x"}) == 1
        assert list(journal.lines()) == []


def test_a_full_disk_is_an_error_of_the_folder(tmp_path: Path) -> None:
    with Journal(tmp_path, "b") as journal:
        journal._file.close()
        journal._file = Path("/dev/full").open("a+b")  # noqa: SIM115 - closed below
        with pytest.raises(AuditFolderUnusable):
            journal.append(line("a"))
        with pytest.raises(OSError, match="space"):  # what stayed in its buffer cannot be written at closing either
            journal._file.close()


# --- folders -------------------------------------------------------------------------------------------------------------------


def test_a_walk_finds_signed_files_whatever_they_are_called(tmp_path: Path) -> None:
    for name in ("b/2.PDF", "a/1.pdf", "a/x.txt", ".hidden/3.pdf", "a/.4.pdf", "out/5.pdf", "a/khong-duoi"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / os.fsdecode(b"la\xff.pdf")).write_bytes(b"x")
    (tmp_path / "a" / "up.pdf").symlink_to(tmp_path / "nowhere")
    walk = Walk([tmp_path], leave_out=tmp_path / "out")
    found = [one.key for one in walk.subjects()]
    assert found == ["la\\xff.pdf", "a/1.pdf", "a/up.pdf", "b/2.PDF"]
    assert walk.passed_over == {".txt": 1, "-": 1, ".pdf": 1}
    assert [one.key for one in walk.subjects()] == found, "a second walk counts anew"


# --- the store -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with open_door(tmp_path / "data") as opened:
        yield opened


def keep(door: Door, tmp_path: Path, *, ledger: str = "true", role: Role = Role.PERSONAL) -> Record:
    """A record with a really sealed copy; the ledger says the truth, a lie, or nothing."""
    plain, out = tmp_path / "plain.pdf", tmp_path / "sealed.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(plain)
    who = door.sohoa.signatories
    key = who.personal() if role is Role.PERSONAL else who.agency()
    seal(plain, out, SealRequest(SealKind.DIGITISED_COPY, role, "Clerk"), key, who.trust(), who.timestamper())
    sealed = door.sohoa.objects.put_file(out, "application/pdf")
    record = put_record(door.sohoa, sealed=sealed)
    told = {"true": sealed.sha256, "lie": "0" * 64}.get(ledger)
    if told:
        with door.sohoa.database.transaction() as uow:
            uow.ledger.append("paper.sealed", record.paper_id, "machine", {"sha256": told})
            uow.ledger.append("record.stored", record.paper_id, "machine", {"sealed": told})
    return record


def audited(door: Door, out: Path) -> tuple[Counts, list[AuditLine]]:
    trusted = Trusted(door.sohoa.signatories.trust(), (), demo=True)
    setting = Setting(trusted, "vi", 2)
    scratch = door.sohoa.settings.data_dir / "tmp"
    with Journal(out, setting.basis) as journal:
        subjects = stored.records(door.sohoa.database, *NOBODY_DAYS, "vi")
        counts = run(subjects, journal, setting, InlineBox(), fetch=stored.fetcher(door.sohoa.objects, scratch))
        made = summarised(counts, title="x", started=NOW, trusted=trusted)
        write_all(journal, made, "vi")
        assert list(scratch.iterdir()) == []
        return counts, list(journal.lines())


def test_a_sound_store_passes_and_names_nobody(door: Door, tmp_path: Path) -> None:
    keep(door, tmp_path)
    counts, lines = audited(door, tmp_path / "out")
    assert (counts.passed, counts.done) == (1, 1)
    assert OWNER not in (tmp_path / "out" / NAME).read_text()
    assert OWNER not in (tmp_path / "out" / "results.csv").read_text()
    again, _ = audited(door, tmp_path / "out")
    assert again.taken_over == 1
    assert lines[0].key.endswith("]")


def test_what_was_altered_in_the_store_is_found_first(door: Door, tmp_path: Path) -> None:
    sound, bad = keep(door, tmp_path), keep(door, tmp_path)
    objects = door.sohoa.settings.data_dir / "objects"
    path = next(one for one in objects.rglob(f"*{bad.sealed.sha256}*") if one.is_file())
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    counts, lines = audited(door, tmp_path / "out")
    assert (counts.failed, counts.passed) == (1, 1)
    assert [one.outcome for one in lines] == [Outcome.FAILED, Outcome.PASSED]
    assert lines[0].problems[0].code == "storage.object_corrupt"
    assert sound.sealed.sha256 == lines[1].sha256
    path.unlink()
    _, lines = audited(door, tmp_path / "out2")
    assert lines[0].problems[0].code == "storage.object_missing"


@pytest.mark.parametrize(("ledger", "code"), [("lie", "LEDGER_DIFFERS"), ("silent", "LEDGER_SILENT")])
def test_a_copy_that_the_ledger_does_not_know_fails_though_its_signature_is_good(
    ledger: str, code: str, door: Door, tmp_path: Path
) -> None:
    keep(door, tmp_path, ledger=ledger)
    counts, lines = audited(door, tmp_path / "out")
    assert counts.failed == 1
    assert [one.code for one in lines[0].problems] == [code]
    assert lines[0].report is not None
    assert lines[0].report.indication.value == "TOTAL-PASSED"
    assert "nhật ký" in why(lines[0])


def test_a_renewed_copy_is_followed_through_the_ledger(door: Door, tmp_path: Path) -> None:
    record = keep(door, tmp_path)
    with door.sohoa.database.transaction() as uow:
        uow.ledger.append("seal.renewed", record.paper_id, "machine", {"from": record.sealed.sha256, "sha256": "1" * 64})
        uow.ledger.append("seal.renewed", record.paper_id, "machine", {"from": "2" * 64, "sha256": "3" * 64})
    with door.sohoa.database.read() as uow:
        entries = uow.ledger.of_subjects([record.paper_id])
    assert stored.last_written(entries) == "1" * 64
    assert stored.last_written([one for one in entries if one.event != "seal.renewed"]) == record.sealed.sha256


def test_only_the_days_asked_for(door: Door, tmp_path: Path) -> None:
    record = keep(door, tmp_path)
    today = datetime.now(UTC).astimezone(stored.VIETNAM).date()
    yesterday = today - timedelta(days=1)
    for span, count in (((today, today), 1), ((yesterday, yesterday), 0), ((yesterday, today), 1)):
        assert stored.count_records(door.sohoa.database, *span) == count
        assert len(list(stored.records(door.sohoa.database, *span, "vi"))) == count
    assert record.created_at < stored.days(today, today)[1]


def test_both_roles_are_asked_of_a_certified_copy(door: Door, tmp_path: Path) -> None:
    """A copy with the agency's seal alone is no certified copy."""
    record = keep(door, tmp_path, role=Role.AGENCY)
    subject = next(stored.records(door.sohoa.database, *NOBODY_DAYS, "vi"))
    trusted = Trusted(door.sohoa.signatories.trust(), (), demo=True)
    setting = Setting(trusted, "vi", 1)
    fetch = stored.fetcher(door.sohoa.objects, tmp_path)
    asked = replace(subject, required_roles=(Role.PERSONAL, Role.AGENCY))
    with Journal(tmp_path / "out", setting.basis) as journal:
        assert run([subject], journal, setting, InlineBox(), fetch=fetch).passed == 1
    with Journal(tmp_path / "out2", setting.basis) as journal:
        assert run([asked], journal, setting, InlineBox(), fetch=fetch).indeterminate == 1
        assert "cá nhân" in why(next(journal.lines()))
    assert record.sealed.sha256 == subject.sha256


def signed_by_both(door: Door, made: Path) -> list[ObjectRef]:
    """A file after the certifier's signature, and after the agency's."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(made)
    who, roles = door.sohoa.signatories, {Role.PERSONAL: "Certifier", Role.AGENCY: "Agency"}
    files = []
    for role, name in roles.items():
        key = who.personal() if role is Role.PERSONAL else who.agency()
        seal(made, made, SealRequest(SealKind.CERTIFIED_COPY, role, name), key, who.trust(), who.timestamper())
        files.append(door.sohoa.objects.put_file(made, "application/pdf"))
    return files


def enter(uow: UnitOfWork, paper: str, file: ObjectRef, *, known: bool) -> None:
    """An issued copy in the register; `known`: the ledger was told."""
    sign = ("H00", RegisterKind.ELECTRONIC, "SCTĐT/BS", "vt")
    entry = uow.registers.next_number(*sign)
    request = Request("Nguyễn Văn Thử", OWNER, "", 1, 1, 0, NOW.date())
    one = Certification(
        uuid4().hex, "H00", RegisterKind.ELECTRONIC, uow.papers.get(paper).batch_id, paper, "", "Giấy",
        CertificationState.REQUESTED, request, NOW, "a",
    )  # fmt: skip
    uow.certifications.add(one)
    issued = Signed(file, "Agency", NOW)
    uow.certifications.save(one, state=CertificationState.ISSUED, entry=entry, issued=issued, personal=issued)
    if known:
        uow.ledger.append("certification.issued", one.id, "machine", {"sha256": file.sha256})


def audited_book(door: Door, book: Book, out: Path) -> tuple[Counts, list[AuditLine]]:
    setting = Setting(Trusted(door.sohoa.signatories.trust(), (), demo=True), "vi", 1)
    subjects = stored.certified(door.sohoa.database, book, "vi")
    scratch = door.sohoa.settings.data_dir / "tmp"
    with Journal(out, setting.basis) as journal:
        counts = run(subjects, journal, setting, InlineBox(), fetch=stored.fetcher(door.sohoa.objects, scratch))
        return counts, list(journal.lines())


def test_a_register_book_is_audited_copy_by_copy(door: Door, tmp_path: Path) -> None:
    """Two issued copies: one as it should be, one with the clerk's signature only and unknown to the ledger."""
    alone, both = signed_by_both(door, tmp_path / "made")
    paper = put_record(door.sohoa).paper_id
    with door.sohoa.database.transaction() as uow:
        book = uow.registers.open("H00", RegisterKind.ELECTRONIC, "SCTĐT/BS", "vt")
        enter(uow, paper, both, known=True)
        enter(uow, paper, alone, known=False)
    counts, lines = audited_book(door, book, tmp_path / "out")
    assert (counts.failed, counts.passed) == (1, 1)
    assert [(one.sha256, [problem.code for problem in one.problems]) for one in lines] == [
        (alone.sha256, ["LEDGER_SILENT"]), (both.sha256, []),
    ]  # fmt: skip
    assert lines[0].report is not None
    assert lines[0].report.indication.value == "INDETERMINATE"
    assert all(book.label in one.key for one in lines)


def test_of_a_certified_copy_the_renewed_file_is_judged(door: Door, tmp_path: Path) -> None:
    """What is kept, handed out and publicly checked is the newest file of its line; the ledger must know each step to it."""
    _, both = signed_by_both(door, tmp_path / "made")
    who, paper = door.sohoa.signatories, put_record(door.sohoa).paper_id
    renew(tmp_path / "made", tmp_path / "renewed", who.trust(), who.timestamper())
    fresh = door.sohoa.objects.put_file(tmp_path / "renewed", "application/pdf")
    unknown = door.sohoa.objects.put_bytes((tmp_path / "renewed").read_bytes() + b"%", "application/pdf")
    first = SealRow(
        "s1", paper, SealKind.CERTIFIED_COPY, both, "Agency", "a" * 64, Role.AGENCY, Level.B_LT, NOW,
        time_stamped=True, evidence_until=None, origin="s1",
    )  # fmt: skip
    second = replace(first, id="s2", object=fresh, previous="s1")
    with door.sohoa.database.transaction() as uow:
        book = uow.registers.open("H00", RegisterKind.ELECTRONIC, "SCTĐT/BS", "vt")
        enter(uow, paper, both, known=True)
        uow.seals.add(first)
        _take_place(uow, first, second)
    counts, (line,) = audited_book(door, book, tmp_path / "out")
    assert (counts.passed, line.sha256, line.problems) == (1, fresh.sha256, ())
    with door.sohoa.database.transaction() as uow:
        uow.seals.supersede("s2", replace(second, id="s3", object=unknown, previous="s2"))
    _, (line,) = audited_book(door, book, tmp_path / "out2")
    assert (line.sha256, [one.code for one in line.problems]) == (unknown.sha256, ["LEDGER_DIFFERS"])


# --- engine and table ----------------------------------------------------------------------------------------------------------


def test_problems_outweigh_a_passed_signature_and_the_table_is_safe(tmp_path: Path) -> None:
    problem = Problem(code="LEDGER_DIFFERS", message="=cmd|' /C calc'!A0")
    with Journal(tmp_path, "b") as journal:
        journal.append(line("=evil.pdf", problems=(problem,)))
        write_table(journal, "vi")
    with (tmp_path / "results.csv").open(encoding="utf-8-sig", newline="") as handle:
        cells = [cell for row in csv.reader(handle) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "Không khớp với dữ liệu đã ghi" in cells


def test_subjects_stream_in_no_faster_than_they_are_judged(tmp_path: Path) -> None:
    """Ten thousand subjects are never in memory at once: a few are taken ahead of those judged."""
    (tmp_path / "x.pdf").write_bytes(b"no pdf")
    setting = Setting(Trusted(TrustStore(), (), demo=False), "vi", 2)
    taken, most = [0], [0]

    def subjects() -> Iterator[Subject]:
        for number in range(60):
            taken[0] += 1
            yield Subject(f"{number}.pdf", 6, 1, tmp_path / "x.pdf")

    def progress(counts: Counts) -> None:
        most[0] = max(most[0], taken[0] - counts.done)

    with Journal(tmp_path / "out", setting.basis) as journal:
        assert run(subjects(), journal, setting, InlineBox(), on_progress=progress).failed == 60
    assert most[0] <= 8


def test_exit_codes_of_audits_are_those_of_verify() -> None:
    assert CODES[Outcome.FAILED] is ExitCode.FAILED
    assert [CODES[one] for one in (Outcome.ERROR, Outcome.INDETERMINATE, Outcome.PASSED)] == [4, 3, 0]
