"""A paper digitised once serves another procedure's dossier; then it is annulled and every dossier that used it knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.certification.errors import OtherUnit
from api.dossiers.checks import NewDossier
from api.dossiers.desk import DossierDesk
from api.dossiers.errors import (
    BadReplacement,
    ComponentServed,
    DecisionImpossible,
    DossierClosed,
    DossierDayImpossible,
    DossierKnown,
    DossierUnopened,
    NotEligible,
    OwnerUnidentified,
    ReasonUnknown,
    RecordEnded,
    UnknownProcedure,
)
from api.dossiers.sheet import sheet_of
from api.intake.receiving import Intake
from api.records.lifecycle import Decided, RecordLifecycle
from api.records.reuse import ReuseDesk, filed_on
from api.refusals import ReasonMissing
from api.wiring import Sohoa
from api.worker.embedded import EmbeddedWorker
from ingest.model import Sha256
from ocr.fields.errors import BadDossierCode, BadOwnerId
from signing.report import VIETNAM
from storage.access_levels import AccessLevel
from storage.dossiers import Channel, ComponentState, DossierState, ReuseFlag
from storage.errors import Conflict, NotFound
from storage.model import FileState, PaperState, Record, RecordState
from tests.world.fresh import database_on
from tests.world.product import sohoa_in
from tests.world.servers import postgres_url  # noqa: F401 - fixture
from tests.world.sheets import scanned

OWNER = "079085000003"
DAY = f"{datetime.now(VIETNAM):%y%m%d}"
MARRIAGE, RESIDENCE = f"H00.1.2-{DAY}-0001", f"000.00.00.H00-{DAY}-0002"
BIRTH_PAPER, KINSHIP, DWELLING = "TP.000894.03", "TP.004222.03", "TP.004222.02"
PURPOSE = "đăng ký thường trú"


@dataclass
class World:
    """A product with a birth certificate digitised for a marriage dossier, and a residence dossier that needs one."""

    sohoa: Sohoa
    worker: EmbeddedWorker
    folder: Path
    record: Record

    @property
    def desk(self) -> DossierDesk:
        return DossierDesk(self.sohoa)

    @property
    def reuse(self) -> ReuseDesk:
        return ReuseDesk(self.sohoa)

    @property
    def life(self) -> RecordLifecycle:
        return RecordLifecycle(self.sohoa)

    def digitised(self, number: int, dossier: str = "", component: str = "", owner: str = OWNER) -> Record:
        """One more paper, scanned behind its sheet and stored."""
        facts = {"dossier": dossier, "component": component, "type": "birth_certificate", "owner": owner}
        page = scanned(self.folder / f"{number}.tif", number, facts)
        batch = Intake(self.sohoa).create_batch(actor="clerk", automatic=True)
        with page.open("rb") as stream:
            Intake(self.sohoa).receive(batch.id, page.name, stream, actor="clerk")
        self.worker.wait_for(batch.id)
        with self.sohoa.database.read() as uow:
            [paper] = uow.papers.of_batch(batch.id)
            assert paper.state is PaperState.DONE, (paper.state, paper.reason_code, paper.reason_params)
            return uow.records.get(paper.code)

    def answers(self, record: Record, purpose: str = PURPOSE, **about: str) -> dict[str, tuple[str, str]]:
        """Answers of the eligibility test by question."""
        about = {"dossier": RESIDENCE, "component": KINSHIP} | about
        return {one.code: (one.result, one.why) for one in self.reuse.test(record.code, purpose=purpose, **about).outcomes}

    def component(self, dossier: str, code: str) -> Any:
        with self.sohoa.database.read() as uow:
            return uow.dossiers.component(dossier, code)

    def events(self, subject: str) -> list[str]:
        with self.sohoa.database.read() as uow:
            return [entry.event for entry in uow.ledger.of_subjects([subject])]


BOTH = pytest.mark.parametrize("world", ["sqlite", "postgresql"], indirect=True)
ONE = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
"""Where only rules are asked, not the database."""


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as held:
        url = ""
        if request.param == "postgresql":
            url = held.enter_context(database_on(str(request.getfixturevalue("postgres_url"))))
        sohoa = held.enter_context(sohoa_in(folder / "data", database_url=url))
        made = World(sohoa, held.enter_context(EmbeddedWorker(sohoa)), folder, None)  # type: ignore[arg-type]
        made.desk.open(NewDossier(MARRIAGE, "1.000894", OWNER, "Nguyễn Văn Thử"), actor="clerk")
        made.desk.open(NewDossier(RESIDENCE, "1.004222.000.00.00.H00", OWNER, "Nguyễn Văn Thử"), actor="clerk")
        made.record = made.digitised(1, MARRIAGE, BIRTH_PAPER)
        yield made


@BOTH
def test_a_sheet_files_its_paper_to_the_component(world: World) -> None:
    part = world.component(MARRIAGE, BIRTH_PAPER)
    assert (part.state, part.record, part.paper_id) == (ComponentState.DIGITISED, world.record.code, world.record.paper_id)
    assert world.events(MARRIAGE) == ["dossier.opened", "dossier.paper_filed"]
    with pytest.raises(ComponentServed):
        world.desk.not_digitised(MARRIAGE, BIRTH_PAPER, "SHOWN_ONLY", actor="clerk")


@ONE
def test_a_dossier_is_opened_once_and_only_with_what_can_be(world: World) -> None:
    known = NewDossier(MARRIAGE, "1.000894", OWNER)
    tomorrow = f"{datetime.now(VIETNAM) + timedelta(days=1):%y%m%d}"
    for wrong, new in (
        (DossierKnown, known),
        (BadDossierCode, replace(known, code="H00-260230-0001")),
        (BadDossierCode, replace(known, code="hồ sơ 5")),
        (DossierDayImpossible, replace(known, code=f"H00-{tomorrow}-0001")),
        (BadOwnerId, replace(known, code=f"H00-{DAY}-0009", owner_id="0790850")),
        (OwnerUnidentified, replace(known, code=f"H00-{DAY}-0009", owner_id="", owner_name="Nguyễn Văn Thử")),
        (UnknownProcedure, replace(known, code=f"H00-{DAY}-0009", procedure="7.000001")),
    ):
        with pytest.raises(wrong):
            world.desk.open(new, actor="clerk")
    central = NewDossier(
        f"g15.1-{DAY}-150001", "2.000815", owner_name=" Trần  Thị Thử ", identity={"born_on": "1985", "x": "no"},
        channel=Channel.ONLINE,
    )  # fmt: skip
    made = world.desk.open(central, actor="clerk")
    assert (made.code, made.owner.id, made.owner.name, made.owner.identity) == (
        f"G15.1-{DAY}-150001", "", "Trần Thị Thử", {"born_on": "1985"},
    )  # fmt: skip
    part = world.component(made.code, "TP.000815.01")
    assert (part.state, part.reason_code) == (ComponentState.NOT_DIGITISED, "ONLINE")
    assert world.desk.find(f" h00.1.2-{DAY}-0001") == world.desk.find(MARRIAGE)
    assert DossierDesk(world.sohoa, "H99").find(MARRIAGE) is None
    with pytest.raises(NotFound):
        DossierDesk(world.sohoa, "H99").stop(MARRIAGE, "thử", actor="x")


@ONE
def test_why_a_component_is_not_digitised(world: World) -> None:
    for reason, note in (("NEVER", ""), ("SHARED_DATA", " "), ("NOT_NEEDED", "")):
        with pytest.raises(ReasonUnknown):
            world.desk.not_digitised(RESIDENCE, DWELLING, reason, note, actor="clerk")
    part = world.desk.not_digitised(RESIDENCE, DWELLING, "SHARED_DATA", "CSDL đất đai", actor="clerk")
    assert (part.state, part.reason_note) == (ComponentState.NOT_DIGITISED, "CSDL đất đai")
    assert world.desk.to_digitise(RESIDENCE, DWELLING, actor="clerk").state is ComponentState.TO_DIGITISE
    with pytest.raises(DossierUnopened):
        Intake(world.sohoa).create_batch(actor="clerk", dossier=RESIDENCE, component="TP.none")
    batch = Intake(world.sohoa).create_batch(actor="clerk", dossier=RESIDENCE, component=DWELLING)
    assert batch.owner == "", "the dwelling may be another person's: its owner is not made up"


@BOTH
def test_the_whole_test_passes_and_the_record_serves_another_procedure(world: World) -> None:
    with world.sohoa.database.read() as uow:
        dossier, part = uow.dossiers.get(RESIDENCE), uow.dossiers.component(RESIDENCE, KINSHIP)
        owned = uow.records.of_owner(OWNER)
    assert [one.code for one in world.reuse.offers(dossier, part, owned)] == [world.record.code]
    assert world.answers(world.record) == {
        "owner": ("pass", "same"), "fit": ("pass", "same_type"), "in_force": ("pass", "no_term"),
        "scope": ("pass", "nationwide"), "standing": ("pass", "stands"), "integrity": ("pass", "whole"),
        "signatures": ("pass", "passed"), "access": ("pass", "open"), "purpose": ("pass", "recorded"),
        "dossier": ("pass", "open"),
    }  # fmt: skip
    with pytest.raises(NotEligible) as caught:
        world.reuse.reuse(world.record.code, RESIDENCE, KINSHIP, " ", actor="officer")
    assert "Mục đích" in caught.value.message("vi")
    assert "Purpose" in caught.value.message("en")
    made = world.reuse.reuse(world.record.code, RESIDENCE, KINSHIP, PURPOSE, actor="officer")
    assert (made.flag, made.replacement, made.filed_on, made.overridden) == (ReuseFlag.SAME, "", filed_on(dossier), False)
    assert world.reuse.reuse(world.record.code, RESIDENCE, KINSHIP, "lại", actor="officer") == made, "pressed twice"
    assert world.component(RESIDENCE, KINSHIP).state is ComponentState.REUSED
    assert world.events(RESIDENCE)[-1] == "dossier.record_reused"
    assert world.events(world.record.paper_id)[-1] == "record.reused"
    other = world.digitised(2)
    assert world.answers(other)["dossier"] == ("fail", "taken")
    with pytest.raises(NotEligible):
        world.reuse.reuse(other.code, RESIDENCE, KINSHIP, PURPOSE, actor="officer")
    with pytest.raises(ReasonMissing):
        world.reuse.withdraw(made.id, " ", actor="officer")
    world.reuse.withdraw(made.id, "chọn nhầm", actor="officer")
    with pytest.raises(Conflict):
        world.reuse.withdraw(made.id, "nữa", actor="officer")
    assert world.component(RESIDENCE, KINSHIP).state is ComponentState.TO_DIGITISE
    world.reuse.reuse(world.record.code, RESIDENCE, KINSHIP, PURPOSE, actor="officer")


@ONE
def test_what_is_not_known_is_asked_and_what_must_not_be_is_refused(world: World) -> None:
    theirs = world.digitised(3, owner="")
    code = f"H00-{DAY}-0777"
    world.desk.open(NewDossier(code, "1.002809", OWNER), actor="clerk")
    licence = {"dossier": code, "component": "TP.002809.02"}
    answers = world.answers(theirs, **licence)
    assert answers["owner"] == ("unknown", "no_id")
    assert answers["fit"] == ("fail", "other_type")
    assert world.answers(theirs, dossier=code, component="TP.002809.01")["fit"] == ("fail", "made_anew")
    with world.sohoa.database.transaction() as uow:
        kinship = uow.dossiers.component(RESIDENCE, KINSHIP)
        uow.dossiers.add_component(replace(kinship, code="TP.more", record="", state=ComponentState.TO_DIGITISE))
    more = {"dossier": RESIDENCE, "component": "TP.more"}
    answers = world.answers(theirs, **more)
    assert {name for name, one in answers.items() if one[0] != "pass"} == {"owner", "fit"}
    with pytest.raises(NotEligible):
        world.reuse.reuse(theirs.code, RESIDENCE, "TP.more", PURPOSE, actor="o", overrides={"owner": "đã đối chiếu"})
    world.life.set_access(theirs.code, AccessLevel.RESTRICTED, "có dữ liệu nhạy cảm", actor="officer")
    assert world.answers(theirs, **more)["access"] == ("unknown", "restricted")
    reasons = {"owner": "đã đối chiếu", "fit": "đúng giấy", "access": "được phép", "standing": "không được dùng"}
    made = world.reuse.reuse(theirs.code, RESIDENCE, "TP.more", PURPOSE, actor="o", overrides=reasons)
    assert {one.code: one.override for one in made.checks if one.override} == {
        name: reason for name, reason in reasons.items() if name != "standing"
    }


@ONE
def test_a_file_that_changed_or_is_gone_serves_nobody(world: World) -> None:
    damaged = world.digitised(4)
    path = next(path for path in (world.folder / "data" / "objects").rglob(damaged.sealed.sha256))
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[:-1] + b"?")
    answers = world.answers(damaged)
    assert (answers["integrity"], answers["signatures"]) == (("fail", "changed"), ("unknown", "not_checked"))
    path.unlink()
    assert world.answers(damaged)["integrity"] == ("fail", "missing")
    path.write_bytes(content)
    assert world.answers(damaged)["integrity"] == ("pass", "whole")
    # a file in the store that the ledger does not know, though it is whole: the record was tampered with in the database
    with world.sohoa.database.transaction() as uow:
        uow.records.replace_sealed(damaged.paper_id, Sha256(damaged.sealed.sha256), damaged.original)
    answers = world.answers(damaged)
    assert answers["integrity"] == ("fail", "ledger_differs")
    assert answers["signatures"] == ("fail", "failed")


@BOTH
def test_an_annulled_record_shows_on_every_dossier_that_used_it(world: World) -> None:
    decided = Decided("15/QĐ-UBND", datetime.now(VIETNAM).date(), "cấp sai thẩm quyền")
    for wrong in (
        replace(decided, decision=" "), replace(decided, reason=""),
        *(replace(decided, decided_on=datetime.now(VIETNAM).date() + timedelta(days=days)) for days in (1, -9)),
    ):  # fmt: skip
        with pytest.raises(DecisionImpossible):
            world.life.annul(world.record.code, wrong, actor="officer")
    with pytest.raises(OtherUnit):
        RecordLifecycle(world.sohoa, "H99").annul(world.record.code, decided, actor="officer")
    world.life.annul(world.record.code, decided, actor="officer")
    with pytest.raises(RecordEnded):
        world.life.annul(world.record.code, decided, actor="officer")
    for dossier in (MARRIAGE, RESIDENCE):
        assert world.events(dossier)[-1] == "dossier.record_annulled"
    with world.sohoa.database.read() as uow:
        assert uow.records.get(world.record.code).state is RecordState.ANNULLED
        assert uow.reuses.endings_of([world.record.code])[world.record.code].decision == "15/QĐ-UBND"
    assert world.answers(world.record)["standing"] == ("fail", "annulled")


@ONE
def test_a_replaced_record_names_what_took_its_place(world: World) -> None:
    old, new, stranger = world.digitised(5), world.digitised(6), world.digitised(7, owner="0100109106")
    decided = Decided("16/QĐ-UBND", datetime.now(VIETNAM).date(), "cấp lại")
    for wrong in (old.code, stranger.code, world.record.code, "none"):
        with pytest.raises(BadReplacement):
            world.life.replace(old.code, wrong, decided, actor="officer")
    ending = world.life.replace(old.code, new.code, decided, actor="officer")
    assert ending.replaced_by == new.code
    assert world.answers(old)["standing"] == ("fail", "replaced")


@BOTH
def test_a_stopped_dossier_halts_its_digitising(world: World) -> None:
    code = f"H00-{DAY}-0555"
    world.desk.open(NewDossier(code, "2.000908", OWNER), actor="clerk")
    intake = Intake(world.sohoa)
    batch = intake.create_batch(actor="clerk", dossier=code, component="TP.000908.01", automatic=False)
    assert batch.owner == OWNER
    page = scanned(world.folder / "stop.tif", 8, {})
    with page.open("rb") as stream:
        intake.receive(batch.id, "one.tif", stream, actor="clerk")
    world.worker.wait_for(batch.id)
    with world.sohoa.database.read() as uow:
        [paper] = uow.papers.of_dossier(code)
        assert (paper.state, paper.component) == (PaperState.REVIEW, "TP.000908.01")
    assert world.desk.stop(code, "người nộp xin dừng", actor="clerk") == 1
    with world.sohoa.database.read() as uow:
        assert uow.papers.get(paper.id).state is PaperState.GIVEN_UP
        assert uow.dossiers.get(code).state is DossierState.STOPPED
        assert {file.state for file in uow.files.of_batch(batch.id)} == {FileState.ACCEPTED}
    with page.open("rb") as stream, pytest.raises(DossierClosed):
        intake.receive(batch.id, "two.tif", stream, actor="clerk")
    with pytest.raises(DossierClosed):
        intake.create_batch(actor="clerk", dossier=code)
    with pytest.raises(DossierClosed):
        world.desk.not_digitised(code, "TP.000908.01", "SHOWN_ONLY", actor="clerk")
    assert world.desk.reopen(code, "nộp lại", actor="clerk").state is DossierState.OPEN
    done = world.desk.set_result(code, link="https://kho.example/1.pdf", actor="clerk")
    assert (done.state, done.resolved_at is None) == (DossierState.RESOLVED, False)


@BOTH
def test_a_second_paper_for_a_component_replaces_nothing_unseen(world: World) -> None:
    code = f"H00-{DAY}-0666"
    world.desk.open(NewDossier(code, "1.000894", OWNER), actor="clerk")
    first, second = (world.digitised(number, code, BIRTH_PAPER) for number in (61, 62))
    assert world.component(code, BIRTH_PAPER).record == first.code
    assert world.events(code)[-1] == "dossier.second_paper"
    assert [paper.code for paper in sheet_of(world.sohoa, code, "").loose] == [second.code]
    with pytest.raises(ComponentServed):
        world.desk.file_record(code, BIRTH_PAPER, second.code, actor="clerk")
    world.desk.to_digitise(code, BIRTH_PAPER, actor="clerk")
    world.desk.file_record(code, BIRTH_PAPER, second.code, actor="clerk")
    assert [paper.code for paper in sheet_of(world.sohoa, code, "").loose] == [first.code]
    world.life.annul(second.code, Decided("17/QĐ-UBND", datetime.now(VIETNAM).date(), "quét nhầm"), actor="officer")
    third = world.digitised(63, code, BIRTH_PAPER)
    assert world.component(code, BIRTH_PAPER).record == third.code, "what lost its force gives way"
    assert [paper.code for paper in sheet_of(world.sohoa, code, "").loose] == [first.code]
