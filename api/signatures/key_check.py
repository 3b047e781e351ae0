"""How the signing keys are: does each open, and until when does its certificate hold. For `sohoa doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography import x509

from api.settings import Settings
from api.signatures.key_ring import KeyRing
from api.signatures.options import Holder
from ingest.errors import CodedError
from signing.demo_pki import DemoPki
from signing.keys import SealKey
from signing.model import Role

SOON = timedelta(days=30)
NAMES = {Role.PERSONAL: ("Khóa cá nhân", "Personal key"), Role.AGENCY: ("Khóa cơ quan", "Agency key")}
CERTIFIER = ("Khóa người chứng thực", "Certifier's key")


class KeyState(StrEnum):
    """How one key is."""

    GOOD = "good"
    SOON = "soon"
    """Works, but its certificate ends within 30 days, or it is a demonstration key."""
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class KeyReport:
    """One key, in both languages."""

    role: Role
    state: KeyState
    vi: str
    en: str


def key_reports(settings: Settings) -> Iterator[KeyReport]:
    """Every key in use. Opens those that are here; a token's wrong PIN is not tried again because of that."""
    demo = DemoPki(settings.data_dir / "demo-pki")
    ring = KeyRing(settings.keys, demo, settings.data_dir)
    for role in (Role.PERSONAL, Role.AGENCY):
        yield _report(ring, role, NAMES[role], made=(demo.folder / "ready").exists())
    certifier = settings.keys.of_certifier
    if certifier is not None:
        other = KeyRing(certifier, demo, settings.data_dir)
        yield _report(other, Role.PERSONAL, CERTIFIER, made=(demo.folder / "ready").exists())


def _report(ring: KeyRing, role: Role, name: tuple[str, str], *, made: bool) -> KeyReport:
    vi, en = name
    holder = ring.holder(role)
    if holder is Holder.DESK:
        return KeyReport(
            role, KeyState.GOOD, f"{vi}: người ký tự giữ, tài liệu chờ ký.", f"{en}: with its owner, documents wait."
        )
    if holder is Holder.DEMO:
        first = ("" if made else " (sẽ tạo khi chạy lần đầu)", "" if made else " (made on first start)")
        return KeyReport(
            role,
            KeyState.SOON,
            f"{vi}: khóa thử nghiệm{first[0]}, KHÔNG CÓ GIÁ TRỊ PHÁP LÝ.",
            f"{en}: demonstration key{first[1]}, NO LEGAL VALUE.",
        )
    try:
        key = ring.key(role)
    except CodedError as error:
        return KeyReport(role, KeyState.BAD, f"{vi}: {error.message('vi')}", f"{en}: {error.message('en')}")
    return _of(role, name, holder, key)


def _of(role: Role, name: tuple[str, str], holder: Holder, key: SealKey) -> KeyReport:
    vi, en = name
    certificate = x509.load_der_x509_certificate(key.certificate)
    now, start, end = datetime.now(UTC), certificate.not_valid_before_utc, certificate.not_valid_after_utc
    day = end.astimezone().strftime("%d/%m/%Y")
    if not start <= now <= end:
        why = (f"hết hạn ngày {day}", f"expired on {day}") if now > end else ("chưa có hiệu lực", "not valid yet")
        return KeyReport(role, KeyState.BAD, f"{vi} ({holder}): {key.name}, {why[0]}.", f"{en} ({holder}): {key.name}, {why[1]}.")
    state = KeyState.SOON if end - now < SOON else KeyState.GOOD
    return KeyReport(
        role,
        state,
        f"{vi} ({holder}): mở được, {key.name}, chứng thư còn đến {day}.",
        f"{en} ({holder}): opens, {key.name}, certificate until {day}.",
    )
