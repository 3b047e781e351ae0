"""What the commands of certification share: the view of one, its lines, and waiting for its signatures."""

from __future__ import annotations

import time

from api.certification.desk import CertificationDesk
from api.certification.public_check import check_url
from api.cli import console
from api.cli.language import language, say
from api.cli.opening import actor
from api.pipeline.engine import Pipeline
from api.signatures.certified_requests import PHASES, find
from api.signatures.queue import OPEN
from api.views.base import ReasonView
from api.views.certifications import CertificationView
from api.wiring import Sohoa
from signing.model import Role
from storage.model import CERTIFYING, StepState
from storage.registers import UNDER_WAY, Certification

PATIENCE_S = 300.0
POLL_S = 0.2


def view_of(sohoa: Sohoa, found: Certification) -> CertificationView:
    """The certification unmasked, in the language of this run."""
    compared = "" if found.attestation else CertificationDesk(sohoa).comparison(found)
    url = check_url(sohoa, found.token) if found.token else ""
    return CertificationView.of(found, language(), masked=False, compared=compared, check_url=url)


def note_viewed(sohoa: Sohoa, event: str, subject: str, purpose: str) -> None:
    """Write into the ledger that personal data was read, and what for."""
    with sohoa.database.transaction() as uow:
        uow.ledger.append(event, subject, actor(), {"purpose": purpose})


def wait_for_signatures(sohoa: Sohoa, certification_id: str) -> Certification:
    """Wait until the signatures are there or a person must act; without a broker the work is done here.

    Whoever else works on it (a running `sohoa run`) may be faster; leases keep the two apart.
    """
    pipeline = Pipeline(sohoa) if sohoa.settings.embedded else None
    until = time.monotonic() + PATIENCE_S
    try:
        while time.monotonic() < until:
            if pipeline is not None:
                pipeline.work(CERTIFYING)
            found = CertificationDesk(sohoa).get(certification_id)
            if found.state not in UNDER_WAY or _stuck(sohoa, certification_id):
                _tell_desk(sohoa, found)
                return found
            time.sleep(POLL_S)
    finally:
        if pipeline is not None:
            pipeline.close()
    return CertificationDesk(sohoa).get(certification_id)


def _tell_desk(sohoa: Sohoa, found: Certification) -> None:
    """Say whose key is awaited; what failed is told besides."""
    with sohoa.database.read() as uow:
        asked = [request for role in PHASES if (request := find(uow, found, role)) and request.state in OPEN]
    for request in asked:
        whose = ("người chứng thực", "the certifier") if request.role is Role.PERSONAL else ("văn thư", "văn thư")
        console.note(say(f"Chờ {whose[0]} ký ở «Chờ ký» (sohoa sign).", f"Awaits {whose[1]} under “To sign” (sohoa sign)."))


def _stuck(sohoa: Sohoa, certification_id: str) -> bool:
    """Whether only a person can go on; a failure is told."""
    with sohoa.database.read() as uow:
        steps = [uow.steps.find(kind, certification_id) for kind in CERTIFYING]
    for step in steps:
        if step is not None and step.state is StepState.FAILED:
            reason = ReasonView.of(step.error_code, step.error_params, language())
            console.note(
                say("Chưa ký được", "Not signed") + f": {reason.message if reason else ''} [{step.error_code}] ({step.id})",
                style="red",
            )
    return any(step is not None and step.state in {StepState.FAILED, StepState.WAITING} for step in steps)


def tell_line(view: CertificationView) -> tuple[str, ...]:
    """One line of a list."""
    number = f"{view.number} · {view.book}" if view.number else "—"
    return (view.id, number, view.state_name, view.requester_name, view.title)


def tell(view: CertificationView) -> None:
    """One certification for eyes."""
    console.out(view.id, style="cyan")
    facts = [
        (say("Trạng thái", "State"), view.state_name),
        (say("Giấy tờ", "Paper"), f"{view.title} ({view.record_code})"),
        (say("Người yêu cầu", "Requester"), f"{view.requester_name}, {view.requester_id}"),
        (say("Số bản, số trang", "Copies, pages"), f"{view.copies} × {view.pages}"),
        (say("Phí", "Fee"), f"{view.fee_vnd:,} đ".replace(",", ".")),
        (say("Hạn trả", "Due"), view.due_on.strftime("%d/%m/%Y")),
        (say("Số chứng thực", "Number"), f"{view.number}, {say('quyển', 'book')} {view.book}" if view.number else ""),
        (say("Người chứng thực", "Certifier"), ", ".join(part for part in (view.certifier, view.certifier_title) if part)),
        (say("Đối chiếu", "Compared"), view.compared_sha256),
        (say("Tệp đã phát hành", "Issued file"), view.issued.file.sha256 if view.issued else ""),
        (say("Tra cứu", "Public check"), view.check_url),
        (say("Lý do", "Reason"), view.ending.reason if view.ending else ""),
        (say("Quyết định hủy", "Annulled by"), _annulled(view)),
    ]
    for line in console.columns([fact for fact in facts if fact[1]]):
        console.out(f"  {line}")


def _annulled(view: CertificationView) -> str:
    one = view.annulment
    return f"{one.decision}, {one.decided_on:%d/%m/%Y}: {one.reason}" if one else ""
