"""Use case: anybody who holds a certified copy asks whether it is still in force.

Answers with the least of personal data: no requester, no owner. What is unknown, void or not issued yet gets one constant
answer. Signatures are verified now, not remembered from the day of issue; a verdict is kept for some seconds by the hash of the
file, so that a crowd costs one verification.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path

from api.access.turnstile import Turnstile
from api.certification.errors import TooManyLookups
from api.pipeline.outcome import MACHINE
from api.wiring import Sohoa
from ingest.errors import IngestError
from ingest.model import Sha256
from ocr.fields.types import catalogue
from signing.certify import BOTH
from signing.model import FileVerdict, Indication
from signing.verify import verify
from storage.errors import ObjectCorrupt, ObjectMissing
from storage.registers import DELIVERED, Certification, CertificationState

log = logging.getLogger(__name__)

PATH = "/kiem-tra"
MOST_VERDICTS = 256
SIGNATURE_FAILED = "certification.signature_failed"
"""Event of the ledger: the file kept here no longer passes. Whoever audits asks for it."""


class Standing(StrEnum):
    """What may be said of a certified copy."""

    IN_FORCE = "in_force"
    ANNULLED = "annulled"
    NOT_FOUND = "not_found"
    INVALID = "signature_invalid"
    """In the register and not annulled, but the signatures of the file kept here FAIL: nobody may rely on it."""


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """The answer to one look-up."""

    standing: Standing
    number: str = ""
    book: str = ""
    certified_on: date | None = None
    unit: str = ""
    agency: str = ""
    paper: str = ""
    """The type of the paper, never its own title: that may name a person."""
    pages: int = 0
    sha256: str = ""
    """Of the issued file: whoever holds it can compare."""
    renewed_sha256: str = ""
    """Of the file with renewed evidence, if there is one."""
    signatures: Indication | None = None
    """What the signatures are worth at this moment."""
    signers: tuple[str, ...] = ()
    decision: str = ""
    decided_on: date | None = None

    def sentence(self, lang: str = "vi") -> str:
        """The answer in one sentence: in force only when the signatures pass now."""
        day = self.decided_on.strftime("%d/%m/%Y") if self.decided_on else ""
        told = {
            Standing.NOT_FOUND: (
                "Không tìm thấy bản sao được chứng thực nào ứng với mã này.",
                "No certified copy has this code.",
            ),
            Standing.ANNULLED: (
                f"Bản sao này đã bị hủy (QĐ số {self.decision}, ngày {day}).",
                f"This certified copy was annulled (decision {self.decision} of {day}).",
            ),
            Standing.IN_FORCE: ("Bản sao này còn hiệu lực.", "This certified copy is in force."),
            Standing.INVALID: (
                "Chữ ký số của tệp lưu KHÔNG hợp lệ; không sử dụng bản này, hãy liên hệ cơ quan cấp.",
                "The signatures of the file kept here are NOT valid; do not use this copy, ask the agency that issued it.",
            ),
        }
        if self.standing is Standing.IN_FORCE and self.signatures is not Indication.PASSED:
            told[self.standing] = (
                "Bản sao này có trong sổ chứng thực và chưa bị hủy, nhưng lúc này không thể kết luận về chữ ký số.",
                "This copy is in the register and not annulled, but its signatures cannot be decided upon at the moment.",
            )
        return told[self.standing][0 if lang == "vi" else 1]


UNKNOWN = PublicAnswer(Standing.NOT_FOUND)


def check_url(sohoa: Sohoa, token: str) -> str:
    """The address of the public check of one certified copy."""
    settings = sohoa.settings
    base = settings.certification.public_base or f"http://{settings.host}:{settings.port}"
    return f"{base.rstrip('/')}{PATH}/{token}"


class PublicCheck:
    """Look-ups by token. One per process; may be used from many threads."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa = sohoa
        self._options = sohoa.settings.certification
        self._lock = threading.Lock()
        self._turnstile = Turnstile(self._options.public_checks_a_minute)
        self._verdicts: OrderedDict[str, tuple[float, FileVerdict]] = OrderedDict()
        self._verifying: dict[str, threading.Lock] = {}
        self._alarmed: set[str] = set()

    def admit(self, address: str) -> None:
        """Count a look-up from `address`. Raises TooManyLookups beyond what is allowed in a minute."""
        if wait := self._turnstile.wait_s(address):
            raise TooManyLookups(seconds=wait)

    def look_up(self, token: str) -> PublicAnswer:
        """What may be said of the copy with this token. Raises what the store raises when it is away."""
        with self._sohoa.database.read() as uow:
            found = uow.certifications.by_token(token) if token.isascii() and len(token) <= 100 else None
            paper = uow.papers.get(found.paper_id) if found else None
            newest = uow.seals.newest(found.issued.file.sha256) if found and found.issued else None
        if found is None or paper is None or found.state not in DELIVERED or found.issued is None or found.entry is None:
            return UNKNOWN
        current = newest.object.sha256 if newest else found.issued.file.sha256
        verdict = self._checked(current)
        kind = catalogue().get(paper.paper_type)
        annulled = found.annulment if found.state is CertificationState.ANNULLED else None
        failed = verdict is not None and verdict.indication is Indication.FAILED
        if failed:
            self._alarm(found, current)
        return PublicAnswer(
            standing=Standing.ANNULLED if annulled else Standing.INVALID if failed else Standing.IN_FORCE,
            number=found.entry.text,
            book=found.entry.book,
            certified_on=found.entry.on,
            unit=found.unit,
            agency=self._options.agency_name or found.unit,
            paper=kind.names.vi if kind else "",
            pages=found.request.pages,
            sha256=found.issued.file.sha256,
            renewed_sha256=current if current != found.issued.file.sha256 else "",
            signatures=verdict.indication if verdict else Indication.INDETERMINATE,
            signers=tuple(one.signer for one in verdict.signatures if not one.is_timestamp) if verdict else (),
            decision=annulled.decision if annulled else "",
            decided_on=annulled.decided_on if annulled else None,
        )

    def _alarm(self, found: Certification, sha256: Sha256) -> None:
        """A copy that was good when it was issued fails: in the log each time it is judged, in the ledger once for each file."""
        if sha256 in self._alarmed:
            return
        log.error("certified copy %s: the signatures of %s FAIL", found.id, sha256)
        with self._sohoa.database.transaction() as uow:
            uow.certifications.lock(found.id)  # two look-ups at once write one entry
            told = [one for one in uow.ledger.of_subjects([found.id]) if one.event == SIGNATURE_FAILED]
            if all(one.details.get("sha256") != sha256 for one in told):
                uow.ledger.append(SIGNATURE_FAILED, found.id, MACHINE, {"sha256": sha256})
        self._alarmed.add(sha256)

    def _checked(self, sha256: Sha256) -> FileVerdict | None:
        """The verdict now, or None when the file cannot be had or judged: the register still answers."""
        try:
            return self._verdict(sha256)
        except (ObjectMissing, ObjectCorrupt, IngestError) as error:
            level = logging.ERROR if isinstance(error, ObjectMissing | ObjectCorrupt) else logging.WARNING
            log.log(level, "certified copy %s could not be judged: %s", sha256, error.code)
            return None

    def _verdict(self, sha256: Sha256) -> FileVerdict:
        with self._lock:
            one_at_a_time = self._verifying.setdefault(sha256, threading.Lock())
        try:
            with one_at_a_time:
                return self._kept(sha256) or self._fresh(sha256)
        finally:
            with self._lock:
                self._verifying.pop(sha256, None)

    def _kept(self, sha256: str) -> FileVerdict | None:
        with self._lock:
            at, verdict = self._verdicts.get(sha256, (0.0, None))
        return verdict if verdict is not None and time.monotonic() - at < self._options.public_cache_seconds else None

    def _fresh(self, sha256: Sha256) -> FileVerdict:
        with tempfile.TemporaryDirectory(dir=self._sohoa.settings.data_dir / "tmp", prefix="check-") as folder:
            path = Path(folder) / "copy.pdf"
            self._sohoa.objects.fetch(sha256, path)
            judge = partial(verify, policy=BOTH)
            verdict: FileVerdict = self._sohoa.box.run(judge, path, self._sohoa.signatories.trust())
        with self._lock:
            self._verdicts[sha256] = (time.monotonic(), verdict)
            while len(self._verdicts) > MOST_VERDICTS:
                self._verdicts.popitem(last=False)
        return verdict
