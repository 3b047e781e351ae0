"""The doctor's looks at what keeps evidence alive: who tells time, whom we believe, whether the recurring jobs run."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from api.doctor.check import Check, State
from api.jobs import jobs
from api.settings import Settings
from api.signatures.trusted import configured
from ingest.errors import error_from
from signing.authorities import HttpTimestamper, Limits
from signing.errors import TimestampNotConfigured
from signing.lifetime import token_force
from signing.model import Level
from signing.report import VIETNAM
from signing.trust_folder import Kind, TrustFolder
from storage.records.database import Database

_OVERDUE = timedelta(days=2)
_ENDS_SOON = timedelta(days=365)


def time(settings: Settings) -> Check:
    """Ask the configured authorities for a token; without one, say what stands in for it."""
    if not settings.tsa.urls:
        if settings.keys.real and settings.seal.level is not Level.B_B:
            error = TimestampNotConfigured()
            return Check("time", State.MISSING, error.message("vi"), error.message("en"), "sohoa settings")
        vi, en = "Dấu thời gian: máy chủ thử nghiệm, KHÔNG CÓ GIÁ TRỊ PHÁP LÝ.", "Time-stamps: demonstration, NO LEGAL VALUE."
        if settings.keys.real:
            vi, en = "Không dùng dấu thời gian (mức B-B).", "No time-stamps are used (level B-B)."
        return Check("time", State.WARNING, vi, en)
    store = configured(settings).store
    limits = Limits(timeout_seconds=settings.tsa.timeout_seconds, skew_seconds=settings.tsa.skew_seconds)
    token = HttpTimestamper(settings.tsa.urls, store, limits).token(secrets.token_bytes(32), "sha256")
    until = token_force(token, store)
    soon = until - datetime.now(UTC) < _ENDS_SOON
    day = until.astimezone(VIETNAM).strftime("%d/%m/%Y")
    vi, en = f"Máy chủ dấu thời gian trả lời đúng; hiệu lực đến {day}.", f"A time-stamp authority answers; it holds until {day}."
    if not settings.embedded:
        more_vi, more_en = _budget_of_each(settings)
        return Check("time", State.WARNING, f"{vi} {more_vi}", f"{en} {more_en}")
    return Check("time", State.WARNING if soon else State.OK, vi, en)


def _budget_of_each(settings: Settings) -> tuple[str, str]:
    """Requests are counted in each process: several workers together may ask an authority more often than it allows."""
    most, minutes = settings.tsa.most_requests, settings.tsa.per_seconds / 60
    return (
        (
            f"Mỗi tiến trình đếm riêng {most} lượt hỏi trong {minutes:g} phút: chạy nhiều tiến trình thì chia nhỏ"
            " SOHOA_TSA__MOST_REQUESTS, kẻo máy chủ chặn."
        ),
        (
            f"Each process counts its own {most} requests in {minutes:g} minutes: with several workers divide"
            " SOHOA_TSA__MOST_REQUESTS among them, or the authority may block you."
        ),
    )


def trust(settings: Settings) -> Check:
    """Whom we believe, and whether revocation data is in force."""
    listed = TrustFolder(settings.trust_folder).listed()
    roots = [one for one in listed if one.kind is Kind.ROOT]
    stale = [one.name for one in listed if not one.in_force()]
    if stale:
        names = ", ".join(stale)
        vi, en = f"Hết hạn trong danh sách tin cậy: {names}.", f"Out of force in the trust list: {names}."
        return Check("trust", State.MISSING, vi, en, "sohoa trust refresh")
    if not roots:
        vi = "Chưa tin gốc nào ngoài gốc thử nghiệm: chữ ký thật của nơi khác sẽ «không thể kết luận»."
        en = "No root but the demonstration one is believed: real signatures of others cannot be concluded upon."
        return Check("trust", State.WARNING, vi, en, "sohoa trust list")
    return Check(
        "trust", State.OK, f"Tin {len(roots)} gốc, dữ liệu thu hồi còn hiệu lực.", f"{len(roots)} roots, lists in force."
    )


def recurring(settings: Settings) -> Check:
    """Whether the jobs that keep evidence alive ran and succeeded."""
    if not settings.database_url and not (settings.data_dir / "sohoa.db").exists():
        return Check("jobs", State.OK, "Công việc định kỳ sẽ chạy từ lần khởi động đầu.", "Jobs will run from the first start.")
    database = Database(settings.effective_database_url)
    try:
        with database.read() as uow:
            rows = {row.name: row for row in uow.jobs.all()}
    finally:
        database.close()
    for job in jobs(settings):
        row = rows.get(job.name)
        if row is None:
            continue
        if row.failures:
            error = error_from(row.error_code, row.error_params)
            vi, en = (error.message("vi"), error.message("en")) if error else (row.error_code, row.error_code)
            return Check(
                "jobs", State.WARNING, f"{job.vi}: lỗi {row.failures} lần. {vi}", f"{job.en}: failed {row.failures} times. {en}"
            )
        if row.due_at < datetime.now(UTC) - _OVERDUE:
            vi, en = f"{job.vi}: quá hạn từ {row.due_at:%d/%m/%Y}.", f"{job.en}: overdue since {row.due_at:%d/%m/%Y}."
            return Check("jobs", State.WARNING, vi, en, "sohoa run")
    return Check(
        "jobs", State.OK, f"Công việc định kỳ: {len(rows)} đã chạy, không lỗi.", f"Recurring jobs: {len(rows)} ran, no failure."
    )
