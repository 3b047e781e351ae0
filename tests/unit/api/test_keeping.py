"""Renewal in the product: found, queued, done once; what cannot be done waits or goes to a person, the rest goes on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from api.keeping import renewals
from api.options import TrustOptions, TsaOptions
from api.pipeline.engine import Pipeline
from api.wiring import Sohoa, build
from ingest.model import ObjectRef, Sha256
from signing.errors import TimestampPending
from signing.lifetime import evidence_until
from signing.model import Indication, Role, SealKind, SealRequest
from signing.seal import seal
from signing.timestamps import LocalTimestamper
from signing.trust_folder import TrustFolder
from signing.verify import verify
from storage.lasting import SealRow, SealState
from storage.model import PaperState, StepKind
from storage.records.tables import seals, steps
from tests.contract import facts
from tests.unit.signing.world import DAY, NOW, World, issue, make_world, paint
from tests.world.product import settings_for
from tests.world.timestamp_site import TimestampSite, running

RENEW = frozenset({StepKind.RENEW})
YEAR = 365 * DAY


@dataclass
class Keep:
    """A product whose first time-stamp authority ends in one year and whose second one, over HTTP, in eight."""

    sohoa: Sohoa
    site: TimestampSite
    world: World
    sealed: Path

    def put(self, *, content: bytes = b"") -> SealRow:
        """A finished paper with its sealed copy."""
        data = self.sealed.read_bytes() + content
        return self._row(self.sohoa.objects.put_bytes(data, "application/pdf"))

    def _row(self, ref: ObjectRef) -> SealRow:
        with self.sohoa.database.transaction() as uow:
            _, _, paper, _ = facts.put_paper(uow)
            uow.papers.update(paper.id, sealed=ref, state=PaperState.DONE)
            uow.records.add(facts.record_of(paper, sealed=ref))
            until = evidence_until(self.sealed, self.world.trust)
            made = facts.new_id()
            row = SealRow(
                made, paper.id, SealKind.DIGITISED_COPY, ref, "Thử", "a" * 64, Role.PERSONAL, self.level,
                facts.WHEN, time_stamped=True, evidence_until=until, origin=made,
            )  # fmt: skip
            uow.seals.add(row)
        return row

    level = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "x").level

    def work(self) -> None:
        """Do every step of renewal that is ready."""
        pipeline = Pipeline(self.sohoa)
        try:
            while pipeline.work(RENEW):
                pass
        finally:
            pipeline.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("keeping"))


@pytest.fixture(scope="module")
def first(world: World) -> Path:
    """Sealed with the time-stamp of an authority that ends in a year."""
    short = LocalTimestamper(issue(world.folder, world.issuing, "TSA one", NOW - YEAR, NOW + YEAR, "stamp"))
    path = paint(world.folder / "first.pdf")
    seal(path, path, SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "S"), world.clerk, world.trust, short)
    return path


@pytest.fixture
def keep(tmp_path: Path, world: World, first: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keep]:
    data = tmp_path / "data"
    demo = tmp_path_factory.getbasetemp() / "keeping-demo"
    if demo.exists():  # making its keys takes a second
        shutil.copytree(demo, data / "demo-pki")
    folder = TrustFolder(data / "trust")
    for der in world.trust.roots + world.trust.intermediates:
        folder.add(der, sha256(der).hexdigest())
    for one in world.trust.crls:
        folder.put_list(one, world.trust.roots + world.trust.intermediates)
    key = issue(world.folder, world.issuing, "TSA two", NOW - YEAR, NOW + 8 * YEAR, "stamp")
    with running(TimestampSite(key, world.clerk)) as site:
        tsa = TsaOptions(urls=(site.url(),), timeout_seconds=5.0, rest_seconds=0, most_requests=1000)
        sohoa = build(settings_for(data, tsa=tsa, trust=TrustOptions(demo="no")))
        if not demo.exists():
            shutil.copytree(data / "demo-pki", demo)
        yield Keep(sohoa, site, world, first)
        sohoa.close()


def test_what_ends_soon_is_renewed_once_and_pointed_at(keep: Keep) -> None:
    row = keep.put()
    assert [one.id for one in renewals.ending(keep.sohoa, 400)] == [row.id]
    assert list(renewals.ending(keep.sohoa, 300)) == []
    found = renewals.search(keep.sohoa, 400)
    assert (found.due, found.queued, found.hopeless) == (1, 1, 0)
    assert renewals.search(keep.sohoa, 400).queued == 0, "asked twice"
    keep.work()
    with keep.sohoa.database.read() as uow:
        old, new = uow.seals.line(row.id)
        paper, record = uow.papers.get(row.paper_id), uow.records.of_paper(row.paper_id)
        entries = [entry.event for entry in uow.journal.of_paper(row.paper_id)]
    assert (old.state, new.state, new.level) == (SealState.SUPERSEDED, SealState.CURRENT, "B-LTA")
    assert new.evidence_until is not None
    assert new.evidence_until > NOW + 7 * YEAR
    assert record is not None
    assert paper.sealed == record.sealed == new.object
    assert paper.state is PaperState.DONE
    assert entries[-1] == "seal.renewed"
    assert keep.sohoa.objects.read_bytes(new.object.sha256).startswith(keep.sohoa.objects.read_bytes(old.object.sha256))
    assert renewals.search(keep.sohoa, 400).due == 0
    assert renewals.tally(keep.sohoa) == renewals.Tally(1, 0, 0)


def test_the_renewed_file_passes(keep: Keep, tmp_path: Path) -> None:
    row = keep.put()
    renewals.search(keep.sohoa, 400)
    keep.work()
    with keep.sohoa.database.read() as uow:
        newest = uow.seals.newest(row.object.sha256)
    assert newest is not None
    keep.sohoa.objects.fetch(newest.object.sha256, tmp_path / "new.pdf")
    verdict = verify(tmp_path / "new.pdf", keep.world.trust)
    assert verdict.indication is Indication.PASSED
    assert [one.is_timestamp for one in verdict.signatures] == [False, True]


def test_a_seal_nobody_looked_at_is_looked_at(keep: Keep) -> None:
    row = keep.put()
    with keep.sohoa.database.transaction() as uow:
        uow.work.connection.execute(seals.update().values(evidence_until=None))
    assert [one.evidence_until for one in renewals.ending(keep.sohoa, 400)] == [row.evidence_until], "without writing"
    assert renewals.note_force(keep.sohoa) == 1
    with keep.sohoa.database.read() as uow:
        assert uow.seals.get(row.id).evidence_until == row.evidence_until


def test_a_damaged_one_goes_to_a_person_and_the_rest_goes_on(keep: Keep) -> None:
    bad = keep._row(ObjectRef(Sha256("0" * 64), 10, "application/pdf"))
    torn = keep.put(content=b"%forged\n%%EOF\n")
    good = keep.put()
    renewals.search(keep.sohoa, 400)
    keep.work()
    assert renewals.tally(keep.sohoa) == renewals.Tally(1, 0, 2)
    with keep.sohoa.database.read() as uow:
        lines = {line.paper_id: line for line in uow.steps.attention()}
        assert uow.papers.get(bad.paper_id).state is PaperState.DONE, "the paper itself is as good as before"
        assert len(uow.seals.line(good.id)) == 2
        assert len(uow.seals.line(torn.id)) == 1
    assert lines[bad.paper_id].error_code == "storage.object_missing"
    assert lines[torn.paper_id].error_code == "signing.renewal_refused"


def test_without_a_time_stamp_it_waits_and_goes_on_by_itself(keep: Keep) -> None:
    row = keep.put()
    renewals.search(keep.sohoa, 400)
    keep.site.dead = True
    keep_going = Pipeline(keep.sohoa)
    assert keep_going.work(RENEW)
    with keep.sohoa.database.read() as uow:
        step = uow.steps.find(StepKind.RENEW, row.id)
    assert step is not None
    assert (step.error_code, step.attempts) == ("signing.timestamp_pending", 0), "waiting is no try"
    assert renewals.tally(keep.sohoa) == renewals.Tally(0, 1, 0)
    keep.site.dead = False
    with keep.sohoa.database.transaction() as uow:
        uow.work.connection.execute(steps.update().values(due_at=uow.now() - timedelta(seconds=1)))
    assert keep_going.work(RENEW)
    keep_going.close()
    assert renewals.tally(keep.sohoa) == renewals.Tally(1, 0, 0)


def test_stale_revocation_data_waits_for_a_refresh(keep: Keep) -> None:
    row = keep.put()
    renewals.search(keep.sohoa, 400)
    for path in keep.sohoa.settings.trust_folder.glob("*.crl"):
        path.unlink()
    keep_going = Pipeline(keep.sohoa)
    keep_going.work(RENEW)
    keep_going.close()
    with keep.sohoa.database.read() as uow:
        step = uow.steps.find(StepKind.RENEW, row.id)
    assert step is not None
    assert step.error_code == "signing.timestamp_pending"
    assert "TRY_LATER" in str(step.error_params["why"]), "the list of the authority is missing"
    assert renewals.tally(keep.sohoa) == renewals.Tally(0, 1, 0)


def test_a_renewal_given_up_is_queued_again_by_the_next_search(keep: Keep) -> None:
    bad = keep._row(ObjectRef(Sha256("0" * 64), 10, "application/pdf"))
    renewals.search(keep.sohoa, 400)
    keep.work()
    assert renewals.search(keep.sohoa, 400).queued == 0, "it waits for a person, who may try it again"
    with keep.sohoa.database.transaction() as uow:
        (line,) = uow.steps.attention()
        uow.steps.give_up(line.step_id)
    found = renewals.search(keep.sohoa, 400)
    assert (found.due, found.queued) == (1, 1)
    assert renewals.tally(keep.sohoa) == renewals.Tally(0, 1, 0)
    assert renewals.search(keep.sohoa, 400).queued == 0, "asked twice"
    keep.work()
    with keep.sohoa.database.read() as uow:
        (line,) = uow.steps.attention()
    assert line.paper_id == bad.paper_id


def test_what_today_s_authority_would_not_prolong_is_left(keep: Keep) -> None:
    keep.put()
    renewals.search(keep.sohoa, 400)
    keep.work()
    found = renewals.search(keep.sohoa, 10 * 365)
    assert (found.due, found.queued, found.hopeless) == (1, 0, 1)
    assert found.force_until is not None


def test_nothing_is_queued_while_no_authority_answers(keep: Keep) -> None:
    keep.put()
    keep.site.dead = True
    with pytest.raises(TimestampPending):
        renewals.search(keep.sohoa, 400)
    assert renewals.tally(keep.sohoa) == renewals.Tally(0, 0, 0)
