"""Dossiers, their components, reuse, and the end of records, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from storage.access_levels import AccessLevel
from storage.dossiers import (
    Channel,
    Component,
    ComponentState,
    Dossier,
    DossierQuery,
    DossierState,
    EndingKind,
    Outcome,
    Owner,
    OwnerKind,
    PaperForm,
    RecordEnding,
    Reuse,
    ReuseFlag,
)
from storage.errors import Conflict, NotFound
from storage.finding import SearchQuery
from storage.model import RecordState
from storage.records.database import Database
from tests.contract import facts
from tests.contract.facts import WHEN

CODE = "H56.12-260301-0001"
OWNER = Owner("079085000003", "personal", OwnerKind.CITIZEN, "Nguyễn Văn Thử")


def dossier(**changes: Any) -> Dossier:
    made = Dossier(
        code=CODE, unit="H56.12", procedure="1.000894", procedure_name="Đăng ký kết hôn", field="G15-HT", owner=OWNER,
        channel=Channel.POST, received_at=WHEN, due_at=None, resolved_at=None, state=DossierState.OPEN, returns_document=True,
        result_record="", result_link="", vneid=None, late_reason="", opened_by="an", created_at=WHEN, changed_at=WHEN,
    )  # fmt: skip
    return replace(made, **changes)


def component(code: str = "TP.1", place: int = 0, **changes: Any) -> Component:
    made = Component(
        dossier=CODE, code=code, place=place, name="Giấy khai sinh", required=True, form=PaperForm.UNSAID,
        state=ComponentState.TO_DIGITISE, paper_id="", record="", reuse=ReuseFlag.NO, replacement="", from_store=False,
        reason_code="", reason_note="", changed_at=WHEN, changed_by="an",
    )  # fmt: skip
    return replace(made, **changes)


def reuse(record: str, **changes: Any) -> Reuse:
    made = Reuse(
        id=facts.new_id(), record=record, sealed_sha256="0" * 64, dossier=CODE, component="TP.1", unit="H56.12", by="an", at=WHEN,
        purpose="đăng ký kết hôn", filed_on=date(2026, 3, 1), flag=ReuseFlag.SUBSTITUTE, replacement=record, from_store=False,
        checks=(Outcome("owner", "pass", {"record": "•0003"}), Outcome("scope", "unknown", {}, override="đã xem")),
    )  # fmt: skip
    return replace(made, **changes)


def test_a_dossier_comes_back_as_it_was_written(database: Database) -> None:
    unknown = replace(OWNER, id="", id_kind="", identity={"born_on": "1985", "address": "Tân Phước"})
    written = dossier(owner=unknown, channel=Channel.ONLINE, due_at=WHEN + timedelta(days=3), vneid=False)
    parts = (component("TP.2", 1, required=False, form=PaperForm.ORIGINAL), component())
    with database.transaction() as unit:
        assert unit.dossiers.add(written, parts)
        assert not unit.dossiers.add(dossier(unit="H99"), parts)
    with database.read() as unit:
        assert unit.dossiers.get(CODE) == written
        assert unit.dossiers.components(CODE) == (parts[1], parts[0])
        assert unit.dossiers.component(CODE, "TP.2").form is PaperForm.ORIGINAL
        with pytest.raises(NotFound):
            unit.dossiers.get("H56.12-260301-0002")
        assert unit.dossiers.find("nothing") is None


def test_two_people_do_not_overwrite_each_other(database: Database) -> None:
    with database.transaction() as unit:
        unit.dossiers.add(dossier(), (component(),))
        before = unit.dossiers.lock(CODE)
        after = unit.dossiers.save(before, state=DossierState.STOPPED)
        changed = unit.dossiers.set_component(component(), "bình", state=ComponentState.NOT_DIGITISED, reason_code="SHOWN_ONLY")
    assert (after.version, after.state) == (2, DossierState.STOPPED)
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.dossiers.save(before, result_link="x")
    with database.read() as unit:
        assert unit.dossiers.component(CODE, "TP.1") == changed
        assert changed.changed_by == "bình"


def test_dossiers_are_found_by_unit_owner_state_and_time(database: Database) -> None:
    later = dossier(code="H56.12-260302-0001", received_at=WHEN + timedelta(days=1), state=DossierState.RESOLVED)
    with database.transaction() as unit:
        for one in (dossier(), later, dossier(code="H99-260301-0001", unit="H99", owner=replace(OWNER, id="x"))):
            unit.dossiers.add(one)
    with database.read() as unit:
        asked = unit.dossiers.latest(DossierQuery(reach="H56.12"))
        assert [one.code for one in asked] == [later.code, CODE]
        assert unit.dossiers.count(DossierQuery()) == 3
        assert unit.dossiers.count(DossierQuery(owner_id="x")) == 1
        assert unit.dossiers.latest(DossierQuery(states=frozenset({DossierState.RESOLVED}))) == (later,)
        assert unit.dossiers.count(DossierQuery(received_from=WHEN, received_before=WHEN + timedelta(hours=1))) == 2


def test_one_component_is_served_once_and_a_withdrawal_frees_it(database: Database) -> None:
    with database.transaction() as unit:
        unit.dossiers.add(dossier(), (component(),))
        first = reuse("A")
        unit.reuses.add(first)
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.reuses.add(reuse("B"))
    with database.transaction() as unit:
        assert unit.reuses.standing(CODE, "TP.1") == first
        assert unit.reuses.counts(["A", "B"]) == {"A": 1}
        withdrawn = unit.reuses.withdraw(first.id, "bình", "chọn nhầm")
        unit.reuses.add(reuse("B"))
    assert withdrawn.withdrawn_by == "bình"
    with database.read() as unit:
        assert [one.record for one in unit.reuses.of_dossier(CODE)] == ["A", "B"]
        assert unit.reuses.of_record("A") == (withdrawn,)
        assert [one.record for one in unit.reuses.between(WHEN, WHEN + timedelta(days=1), unit="H56.12")] == ["B"]
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.reuses.withdraw(first.id, "bình", "nữa")


def test_records_end_with_a_decision(database: Database) -> None:
    batch = facts.batch()
    with database.transaction() as unit:
        unit.batches.add(batch)
        record = facts.put_record(unit, "chữ", batch, owner=OWNER.id, access=AccessLevel.RESTRICTED)
        unit.records.lock(record.code)
        ending = RecordEnding(record.code, EndingKind.ANNULLED, "12/QĐ", date(2026, 3, 2), "sai", "", "an", WHEN)
        unit.reuses.end_record(ending)
        unit.records.set_state(record.code, RecordState.ANNULLED)
        unit.records.set_access(record.code, AccessLevel.PUBLIC)
    with database.read() as unit:
        found = unit.records.of_owner(OWNER.id)
        assert [(one.code, one.state, one.access) for one in found] == [(record.code, RecordState.ANNULLED, AccessLevel.PUBLIC)]
        assert unit.records.of_owner("") == ()
        assert unit.records.of_codes([record.code, "none"]) == {record.code: found[0]}
        assert unit.reuses.endings_of([record.code]) == {record.code: ending}
        assert unit.search.find(SearchQuery(words="chữ")).hits[0].record.state is RecordState.ANNULLED


def test_who_stands_on_a_record_is_known(database: Database) -> None:
    with database.transaction() as unit:
        unit.dossiers.add(dossier(result_record="R"), (component(), component("TP.2", 1, record="R")))
        batch = facts.batch(component="TP.2")
        unit.batches.add(batch)
        file = facts.file_of(batch)
        unit.files.add(file)
        paper = facts.paper_of(file, dossier=CODE, component="TP.2")
        unit.papers.add(paper)
    with database.read() as unit:
        assert [one.code for one in unit.dossiers.using("R")] == ["TP.2"]
        assert [one.code for one in unit.dossiers.resulting_in("R")] == [CODE]
        assert unit.dossiers.using("") == ()
        assert unit.papers.of_dossier(CODE) == (paper,)
        assert unit.papers.of_dossier("") == ()
        assert unit.batches.get(batch.id).component == "TP.2"
