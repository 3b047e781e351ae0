"""Which recurring jobs there are. A new one is a line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from api.access.accounts import AccountDesk
from api.audit import anchoring
from api.finding.indexing import summary
from api.keeping import renewals
from api.keeping.jobs import preservation_jobs
from api.review.rounds import settle_all
from api.settings import Settings
from api.signatures.completion import complete_all
from api.signatures.trusting import refresh
from api.watch.figures import sample_disk
from api.wiring import Sohoa
from api.worker.schedule import Job

ACTOR = "sohoa"
"""Who acts in the ledger when nobody asked."""


def jobs(settings: Settings) -> tuple[Job, ...]:
    """Every recurring job, as the settings time it."""
    keep = settings.keep
    return (
        Job(
            "revocation",
            "Cập nhật dữ liệu thu hồi",
            "Fetch revocation data",
            _refresh,
            every=timedelta(minutes=keep.refresh_minutes),
        ),
        Job(
            "signing",
            "Bổ sung dấu thời gian cho bản sao đã ký",
            "Complete signed copies whose time-stamp is pending",
            complete_all,
            every=timedelta(minutes=1),
        ),
        Job(
            "accounts",
            "Vô hiệu hóa tài khoản lâu không dùng",
            "Disable accounts nobody uses",
            _accounts,
            every=timedelta(hours=1),
        ),
        *preservation_jobs(settings),
        Job("renewal", "Gia hạn bằng chứng sắp hết hiệu lực", "Renew evidence that ends soon", _renew, at=keep.renew_at),
        Job("search", "Bổ sung chỉ mục tra cứu", "Index what searching misses", summary, every=timedelta(minutes=10)),
        Job("disk", "Ghi lại dung lượng đĩa còn trống", "Note how much disk is free", sample_disk, every=timedelta(hours=1)),
        Job("anchor", "Đóng mốc neo cho sổ nhật ký", "Anchor the ledger", _anchor, at=keep.anchor_at),
        Job(
            "samples",
            "Cho giấy tờ chờ kiểm tra mẫu đi tiếp",
            "Let papers go on that waited for drawn ones of their batch",
            _samples,
            every=timedelta(minutes=5),
        ),
    )


def _samples(sohoa: Sohoa) -> Mapping[str, object]:
    """Papers wait no longer when the last drawn paper of their batch was given up or its pages were arranged anew."""
    return {"went_on": settle_all(sohoa)}


def _refresh(sohoa: Sohoa) -> Mapping[str, object]:
    """Fails only when something that was to be fetched is about to run out; a short absence of a server is no news."""
    return refresh(sohoa, actor=ACTOR).summary()


def _renew(sohoa: Sohoa) -> Mapping[str, object]:
    """Queues; the steps themselves are done by the workers."""
    looked_at = renewals.note_force(sohoa)
    found = renewals.search(sohoa, sohoa.settings.keep.within_days)
    force = found.force_until.isoformat() if found.force_until else ""
    return {**asdict(found), "force_until": force, "looked_at": looked_at}


def _accounts(sohoa: Sohoa) -> Mapping[str, object]:
    """Accounts nobody uses are disabled; sessions that are over and old failures are forgotten."""
    options = sohoa.settings.access
    disabled = AccountDesk(sohoa, ACTOR).disable_idle()
    with sohoa.database.transaction() as uow:
        swept = uow.sessions.sweep(uow.now() - timedelta(minutes=options.session_idle_minutes))
        forgotten = uow.accounts.forget_failures_before(uow.now() - timedelta(days=1))
    return {"disabled": disabled, "sessions": swept, "names": forgotten}


def _anchor(sohoa: Sohoa) -> Mapping[str, object]:
    row = anchoring.anchor_head(sohoa, actor=ACTOR)
    return {"entries": row.entries, "sha256": row.object.sha256} if row else {"entries": 0}
