"""Retention, legal holds and disposal on both databases, in a folder and in a living S3 store; each rule is broken once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.access.errors import DutiesApart
from api.certification.errors import OtherUnit
from api.keeping import disposal_papers, disposing, fixity
from api.keeping.backing_up import back_up
from api.keeping.disposal import DisposalDesk
from api.keeping.disposal_errors import (
    DisposalAsked,
    DisposalReasonMissing,
    StillNeeded,
    StillRetained,
    TermUnverified,
    UnderHold,
)
from api.keeping.reconciling import reconcile
from api.keeping.restoring import restore
from api.keeping.retention_options import RetentionOptions
from api.wiring import Sohoa
from ingest.model import ObjectRef, Sha256
from storage.dossiers import Reuse, ReuseFlag
from storage.finding import SearchQuery
from storage.model import RecordState
from storage.objects.s3 import S3Store, parse_s3
from storage.options import StoreOptions
from storage.preservation import Health, Place
from storage.registers import CertificationState
from storage.retention import DisposalState, retain_until, schedule
from storage.retention_errors import BadSchedule, ObjectLocked, RecordDisposed
from tests.contract import facts
from tests.contract.test_dossiers import CODE, component, dossier
from tests.contract.test_registers import certification
from tests.world.fresh import bucket_on
from tests.world.product import sohoa_in

NOW = timedelta(0)
LONG_AGO = datetime(2009, 3, 1, tzinfo=UTC)
SCHEDULE = """[default]
years = "permanent"
basis = "none"
verified = false
[type.application_form]
years = 10
basis = "Danh mục 2025"
verified = true
[type.contract]
years = 10
basis = "?"
verified = false
"""


@pytest.fixture
def sohoa(database_url: str, store_url: str, tmp_path: Path) -> Iterator[Sohoa]:
    """The product on this database and store, its second copy in a folder, with a verified schedule."""
    with sohoa_in(
        tmp_path / "data", database_url=database_url, objects_url=store_url, replica_url=f"file://{tmp_path}/copy",
        retention=_options(tmp_path),
    ) as made:  # fmt: skip
        yield made


@pytest.fixture
def here(tmp_path: Path, sqlite_template: Path) -> Iterator[Sohoa]:
    """The product on one machine."""
    del sqlite_template
    with sohoa_in(tmp_path / "data", retention=_options(tmp_path)) as made:
        yield made


def _options(folder: Path) -> RetentionOptions:
    (folder / "schedule.toml").write_text(SCHEDULE, encoding="utf-8")
    return RetentionOptions(schedule=str(folder / "schedule.toml"))


def _record(sohoa: Sohoa, name: str, *, shared: ObjectRef | None = None, kind: str = "application_form") -> tuple[str, list[str]]:
    """A record stored long ago; returns its code and its objects, without the shared one."""
    put = sohoa.objects.put_bytes
    parts = ("original", "evidence") if shared else ("original", "evidence", "sealed")
    own = [put(f"{name} {part}".encode(), "application/pdf") for part in parts]
    sealed = shared or own[2]
    batch = facts.batch()
    with sohoa.database.transaction() as uow:
        uow.batches.add(batch)
        file = facts.file_of(batch, name=f"{name}.pdf", object=own[0])
        uow.files.add(file)
        paper = facts.paper_of(file, original=own[0], sealed=sealed, evidence=own[1], code=name)
        uow.papers.add(paper)
        record = facts.record_of(
            paper, name, original=own[0], sealed=sealed, evidence=own[1], created_at=LONG_AGO, paper_type=kind
        )
        uow.records.add(record)
        uow.search.put(record, f"{name} tiêu hủy")
        uow.objects.enrol()
    return name, [one.sha256 for one in own]


def _gone(sohoa: Sohoa, names: list[str]) -> list[bool]:
    stores = [one for one in (sohoa.objects, sohoa.replica) if one is not None]
    return [all(store.size(name) is None for store in stores) for name in names]  # type: ignore[arg-type]


def test_a_disposal_by_two_people_leaves_the_row_and_its_certificate(sohoa: Sohoa) -> None:
    shared = sohoa.objects.put_bytes(b"shared by two", "application/pdf")
    code, objects = _record(sohoa, "KQ.1", shared=shared)
    _record(sohoa, "KQ.2", shared=shared)
    fixity.replicate(sohoa)
    desk = DisposalDesk(sohoa)
    asked = desk.request(code, "hết hạn", actor="admin-a")
    with pytest.raises(DisposalAsked):
        desk.request(code, "hết hạn", actor="admin-b")
    with pytest.raises(DutiesApart):
        desk.approve(asked.id, "đồng ý", actor="admin-a")
    with pytest.raises(DisposalReasonMissing):
        desk.approve(asked.id, " ", actor="admin-b")
    assert desk.approve(asked.id, "đồng ý", actor="admin-b").state is DisposalState.APPROVED
    with pytest.raises(RecordDisposed):
        desk.refuse(asked.id, "không", actor="admin-c")
    assert disposing.sweep(sohoa) == {"done": 0, "waiting": 1, "failed": 0}, "the grace time"
    assert all(_gone(sohoa, objects)), "nothing of it can be read any more"
    assert disposing.sweep(sohoa, grace=NOW) == {"done": 1, "waiting": 0, "failed": 0}
    assert not any(_gone(sohoa, [shared.sha256])), "what another record shares stays"
    with sohoa.database.read() as uow:
        done = uow.retention.get(asked.id)
        assert uow.records.get(code).state is RecordState.DISPOSED
        assert [event.event for event in uow.ledger.entries() if event.event.startswith("disposal.")] == [
            "disposal.requested", "disposal.approved", "disposal.removed", "disposal.done",
        ]  # fmt: skip
        assert uow.search.find(SearchQuery(words="KQ.1")).total == 0
        assert uow.search.find(SearchQuery(words="tiêu hủy")).total == 1
        assert done.sheet is not None
        assert done.certificate is not None
    assert {one["sha256"] for one in done.objects} == set(objects)
    assert sohoa.objects.read_bytes(done.sheet.sha256).startswith(b"%PDF")
    assert b"admin-b" in sohoa.objects.read_bytes(done.certificate.sha256)
    found = reconcile(sohoa, grace=NOW)
    assert (found.missing, found.set_aside, found.brought_back) == (0, 0, 0), "its absence is right"
    assert fixity.run(sohoa, whole=True).lost == 0
    with pytest.raises(RecordDisposed):
        desk.hold(code, "thanh tra", actor="admin-a")


def test_no_rule_is_passed_over(here: Sohoa) -> None:
    desk = DisposalDesk(here)
    with here.database.transaction() as uow:
        batch, _, paper, _ = facts.put_paper(uow)
        young = facts.record_of(paper, "KQ.young", paper_type="application_form", created_at=datetime.now(UTC))
        uow.records.add(young)
        del batch
    with pytest.raises(StillRetained):
        desk.request("KQ.young", "x", actor="a")
    for kind, refused in (("generic", StillRetained), ("contract", TermUnverified)):
        with pytest.raises(refused):
            desk.request(_record(here, f"KQ.{kind}", kind=kind)[0], "x", actor="a")
    code, objects = _record(here, "KQ.3")
    with pytest.raises(OtherUnit):
        DisposalDesk(here, "H99.9").request(code, "x", actor="a")
    asked = desk.request(code, "x", actor="a")
    hold = desk.hold(code, "cơ quan điều tra yêu cầu", actor="a")
    with pytest.raises(UnderHold):
        desk.approve(asked.id, "x", actor="b")
    desk.lift(hold.id, "đã xong", actor="a")
    with pytest.raises(DisposalAsked):
        desk.lift(hold.id, "đã xong", actor="a")
    with here.database.transaction() as uow:
        uow.dossiers.add(dossier(), (component("C1"),))
        uow.reuses.add(_reuse(code))
    with pytest.raises(StillNeeded):
        desk.approve(asked.id, "x", actor="b")
    with here.database.transaction() as uow:
        uow.reuses.withdraw("0" * 32, "a", "nhầm")
    with here.database.transaction() as uow:
        copy = certification(uow, paper_id=uow.records.get(code).paper_id, record_code=code)
    with pytest.raises(StillNeeded):
        desk.approve(asked.id, "x", actor="b")
    with here.database.transaction() as uow:
        uow.certifications.save(copy, state=CertificationState.WITHDRAWN)
    assert desk.refuse(asked.id, "giữ lại", actor="b").state is DisposalState.REFUSED
    assert disposing.sweep(here, grace=NOW)["done"] == 0
    assert not any(_gone(here, objects))
    assert [one.record.code for one in desk.due()] == ["KQ.contract", "KQ.3"]
    assert desk.request(code, "lần hai", actor="a").state is DisposalState.REQUESTED


def _reuse(code: str) -> Reuse:
    return Reuse(
        "0" * 32, code, "", CODE, "C1", "H55", "a", datetime.now(UTC), "", date(2026, 1, 1), ReuseFlag(1), "",
        from_store=True, checks=(),
    )  # fmt: skip


def test_killed_anywhere_a_sweep_ends_it_and_the_same_bytes_may_come_again(here: Sohoa, monkeypatch: pytest.MonkeyPatch) -> None:
    code, objects = _record(here, "KQ.4")
    desk = DisposalDesk(here)
    desk.approve(desk.request(code, "x", actor="a").id, "y", actor="b")
    _killed_in(here, monkeypatch, "_moved")
    _killed_in(here, monkeypatch, "_erased")
    with here.database.transaction() as uow:  # somebody sends one of the files in again just then
        batch = facts.batch()
        uow.batches.add(batch)
        uow.files.add(facts.file_of(batch, object=here.objects.put_bytes(b"KQ.4 original", "application/pdf")))
        # and of another one the bytes were there still when they were stored, a moment before they were moved
        late = ObjectRef(Sha256(objects[1]), len(b"KQ.4 evidence"), "application/pdf")
        uow.files.add(facts.file_of(batch, name="late.pdf", object=late))
    _killed_in(here, monkeypatch, "_confirmed")
    assert disposing.sweep(here, grace=NOW)["done"] == 1
    assert _gone(here, objects) == [False, False, True]
    with here.database.transaction() as uow:
        uow.objects.enrol()
        state = uow.objects.get(Place.MAIN, objects[0])
        assert state is not None
        assert state.health is Health.UNCHECKED, "it is kept and read again like any other"


def _killed_in(sohoa: Sohoa, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(disposing, name, _die)
    with pytest.raises(KeyboardInterrupt):
        disposing.sweep(sohoa, grace=NOW)
    monkeypatch.undo()


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_older_backup_does_not_bring_it_back(here: Sohoa, tmp_path: Path) -> None:
    code, objects = _record(here, "KQ.5")
    _record(here, "KQ.6")
    folder = tmp_path / "backups"
    older = back_up(here, folder).manifest
    desk = DisposalDesk(here)
    asked = desk.request(code, "x", actor="a")
    desk.approve(asked.id, "y", actor="b")
    disposing.sweep(here, grace=NOW)
    back_up(here, folder)
    assert len(list(folder.glob(f"objects/*/*/{objects[0]}"))) == 0, "the backups let go of it too"
    with sohoa_in(tmp_path / "new", retention=_options(tmp_path)) as empty:
        assert restore(empty, folder, older.name).ok
        assert all(_gone(empty, objects))
        with empty.database.read() as uow:
            assert uow.records.get(code).state is RecordState.DISPOSED
            assert uow.records.get("KQ.6").state is RecordState.IN_FORCE
            done = uow.retention.get(asked.id)
            assert done.state is DisposalState.DISPOSED
            assert done.certificate is not None
            assert uow.search.find(SearchQuery(words="KQ.5")).total == 0
        assert [told["record"] for told, _, _ in disposal_papers.known(empty.settings.data_dir)] == [code]


def test_object_lock_holds_in_the_living_store(s3_url: str) -> None:
    target = replace(parse_s3(bucket_on(s3_url)), bucket=f"worm-{datetime.now(UTC):%H%M%S%f}", prefix="")
    store = S3Store(target, StoreOptions(lock_mode="GOVERNANCE", lock_years=1))
    ref = store.put_bytes(b"original", "application/pdf")
    assert store.worm()
    store.put_bytes(b"original", "application/pdf")
    store.set_aside(ref.sha256)
    assert store.size(ref.sha256) is None
    with pytest.raises(ObjectLocked) as caught:
        store.erase_aside(ref.sha256)
    assert caught.value.params["until"] != "?"
    assert store.bring_back(ref.sha256)
    assert store.read_bytes(ref.sha256) == b"original"
    assert store.freeze(ref.sha256, on=True)
    plain = S3Store(replace(target, bucket=f"{target.bucket}-plain"), StoreOptions())
    other = plain.put_bytes(b"original", "application/pdf")
    assert not plain.worm()
    assert not plain.freeze(other.sha256, on=True)
    plain.set_aside(other.sha256)
    plain.erase_aside(other.sha256)
    assert not plain.bring_back(other.sha256)


def test_the_schedule_says_until_when(tmp_path: Path) -> None:
    ours = schedule()
    record = facts.record_of(
        facts.paper_of(facts.file_of(facts.batch())), "KQ", created_at=datetime(2026, 12, 31, 20, tzinfo=UTC)
    )
    assert retain_until(record, ours.term("application_form")) == date(2037, 12, 31), "a new year had begun in Vietnam"
    assert retain_until(replace(record, valid_until=date(2040, 1, 1)), ours.term("application_form")) == date(2050, 12, 31)
    assert retain_until(record, ours.term("birth_certificate")) is None
    assert retain_until(record, ours.term("unheard of")) is None
    (tmp_path / "bad.toml").write_text(SCHEDULE.replace("10", "0"), encoding="utf-8")
    for path in ("bad.toml", "none.toml"):
        with pytest.raises(BadSchedule):
            schedule(str(tmp_path / path))
