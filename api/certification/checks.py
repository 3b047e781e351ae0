"""What must hold before a request is taken in, and before a number is taken."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from api.certification.errors import (
    BadCertificationRequest,
    ChecklistIncomplete,
    ComparedOther,
    DecisionDayImpossible,
    NotCertifiable,
    NotCompared,
    NotPaper,
    OtherCertifier,
    PageCountDiffers,
    PaperSecret,
    SamePerson,
)
from api.certification.options import CertificationOptions
from signing.grounds import grounds
from storage.model import PaperState, Record, RecordState
from storage.records.unit_of_work import UnitOfWork
from storage.registers import Certification, today_in_vietnam

MOST_COPIES = 1000
LONGEST_NAME = 200
SIGNED_INPUT = "signed_input"
"""Note on a file that came with digital signatures."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody at the counter asks for."""

    requester_name: str
    requester_id: str
    copies: int = 1
    deliver_to: str = ""
    extension_days: int = 0
    extension_reason: str = ""


@dataclass(frozen=True, slots=True)
class Attested:
    """What the certifier says before a number is taken."""

    clear: frozenset[str]
    """Grounds of refusal that were looked at and do not apply; all must be named."""
    matches: bool
    """The scan equals the original shown."""
    complete: bool
    """All pages bearing information are there (Circular 01/2020/TT-BTP Art. 10)."""
    compared_sha256: str = ""
    """The hash told with the pages that were compared; empty: those stored now."""
    title: str = ""
    name: str = ""
    """Full name of the certifier; required where they keep their key themselves, else the certificate's."""
    pages: int = 0
    """Pages with information counted in the original; 0: not told."""


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name: Unicode form, capitals and spaces aside; diacritics count."""
    return _spelt(one) == _spelt(other)


def full_name(text: str) -> str:
    """A name as it is printed: composed letters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _spelt(name: str) -> str:
    return unicodedata.normalize("NFC", full_name(name).casefold())


def checked_name(said: str, held: str) -> str:
    """The certifier's name for the lời chứng: as said, or that of the certificate `held` here, which it must not contradict.

    Raises BadCertificationRequest, OtherCertifier.
    """
    name = full_name(said)
    if len(name) > LONGEST_NAME or not (name or held):
        raise BadCertificationRequest(what="họ tên người chứng thực / certifier's full name")
    if held and name and not same_name(name, held):
        raise OtherCertifier(named=name, signer=held)
    return held or name


def checked_request(uow: UnitOfWork, record: Record, wanted: Wanted, options: CertificationOptions) -> None:
    """Nothing if the request may be taken in. Raises PaperSecret, NotCertifiable, BadCertificationRequest."""
    if not wanted.requester_name.strip() or len(wanted.requester_name) > LONGEST_NAME:
        raise BadCertificationRequest(what="họ tên người yêu cầu / requester's name")
    if not wanted.requester_id.strip() or len(wanted.requester_id) > LONGEST_NAME:
        raise BadCertificationRequest(what="số giấy tờ tùy thân / requester's identifier")
    if not 1 <= wanted.copies <= MOST_COPIES:
        raise BadCertificationRequest(what=f"số bản / copies (1–{MOST_COPIES})")
    if not 0 <= wanted.extension_days <= options.most_extra_days:
        raise BadCertificationRequest(what=f"số ngày hẹn thêm / extra days (0–{options.most_extra_days})")
    if wanted.extension_days and not wanted.extension_reason.strip():
        raise BadCertificationRequest(what="lý do hẹn thêm / reason for the extra days")
    refuse_uncertifiable(uow, record.paper_id)


def refuse_uncertifiable(uow: UnitOfWork, paper_id: str) -> None:
    """Raises NotCertifiable unless the paper is digitised to its end and in force, NotPaper for what never was a paper.

    Raises PaperSecret when it bears a secrecy mark.
    """
    record = uow.records.of_paper(paper_id)
    paper = uow.papers.get(paper_id)
    if record is None or record.state is not RecordState.IN_FORCE or paper.state is not PaperState.DONE:
        raise NotCertifiable
    if any(note.code == SIGNED_INPUT for note in uow.files.get(paper.file_id).notes):
        raise NotPaper
    decided = uow.fields.current(paper_id)
    marks = {field.name: field.value for field in uow.fields.of_paper(paper_id)}
    mark = decided["secrecy"].value if "secrecy" in decided else marks.get("secrecy", "")
    if mark.strip():
        raise PaperSecret(mark=mark.strip())


def checked_attestation(
    uow: UnitOfWork, certification: Certification, said: Attested, options: CertificationOptions, actor: str
) -> None:
    """Nothing if the certifier may bind a number now.

    Raises ChecklistIncomplete, NotCompared, PageCountDiffers, ComparedOther, SamePerson, BadCertificationRequest, PaperSecret,
    NotCertifiable.
    """
    unknown = said.clear - set(grounds())
    if unknown:
        raise BadCertificationRequest(what=", ".join(sorted(unknown)))
    missing = [code for code in grounds() if code not in said.clear]
    if missing:
        raise ChecklistIncomplete(missing=", ".join(missing))
    if not said.matches or not said.complete:
        raise NotCompared
    if said.pages and said.pages != certification.request.pages:
        raise PageCountDiffers(counted=said.pages, pages=certification.request.pages)
    if said.compared_sha256 and said.compared_sha256 != comparison(uow, certification.paper_id):
        raise ComparedOther
    if not (said.title.strip() or options.certifier_title):
        raise BadCertificationRequest(what="chức danh người chứng thực / certifier's title")
    if options.four_eyes and uow.batches.get(certification.batch_id).actor == actor:
        raise SamePerson
    refuse_uncertifiable(uow, certification.paper_id)


def page_count(uow: UnitOfWork, paper_id: str) -> int:
    """Pages of the copy."""
    return len(uow.pages.of_paper(paper_id))


def comparison(uow: UnitOfWork, paper_id: str) -> str:
    """SHA-256 over the stored page images in their order: what an officer compares with the original, and what is copied."""
    names = [page.image.sha256 for page in uow.pages.of_paper(paper_id)]
    return hashlib.sha256(json.dumps(names, separators=(",", ":")).encode("ascii")).hexdigest()


def checked_decision(certification: Certification, decided_on: date, now: datetime) -> None:
    """An annulment is decided after the issue and before it is entered, days as in Vietnam. Raises DecisionDayImpossible."""
    today = today_in_vietnam(now)
    issued_on = today_in_vietnam(certification.issued.at) if certification.issued else today
    if not issued_on <= decided_on <= today:
        told = {name: f"{day:%d/%m/%Y}" for name, day in (("decided_on", decided_on), ("today", today), ("issued_on", issued_on))}
        raise DecisionDayImpossible(**told)
