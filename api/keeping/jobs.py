"""The recurring jobs that keep the stored bytes whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from api.keeping import disposing, fixity
from api.keeping.fixity_errors import ObjectsLost
from api.keeping.reconciling import reconcile
from api.settings import Settings
from api.wiring import Sohoa
from api.worker.schedule import Job


def preservation_jobs(settings: Settings) -> tuple[Job, ...]:
    """Reading again, copying, comparing."""
    often = timedelta(minutes=settings.fixity.every_minutes)
    return (
        Job("fixity", "Đọc lại các tệp đã lưu, sửa tệp hỏng", "Read stored objects again and mend them", _fixity, every=often),
        Job("replica", "Chép các tệp sang kho thứ hai", "Copy objects to the second store", _replicate, every=often),
        Job(
            "disposal",
            "Hoàn tất việc tiêu hủy đã duyệt",
            "Finish approved disposals",
            disposing.sweep,
            every=timedelta(minutes=10),
        ),
        Job("reconcile", "Đối chiếu kho tệp với cơ sở dữ liệu", "Hold objects and rows against each other", _reconcile),
    )


def _fixity(sohoa: Sohoa) -> Mapping[str, object]:
    """Fails while anything is damaged or gone, so that whoever looks at the jobs or asks the doctor is told."""
    done = fixity.run(sohoa)
    bad = sum(place.bad for place in fixity.status(sohoa).places)
    if bad:
        raise ObjectsLost(count=bad)
    return asdict(done)


def _replicate(sohoa: Sohoa) -> Mapping[str, object]:
    return asdict(fixity.replicate(sohoa))


def _reconcile(sohoa: Sohoa) -> Mapping[str, object]:
    return asdict(reconcile(sohoa))
