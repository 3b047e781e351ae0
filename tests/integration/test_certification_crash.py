"""16 certifications at once for one register, officers killed at random: numbers 01…16, each a signed file or a void entry."""

from __future__ import annotations

import random
import threading
from collections import Counter
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from api.certification.checks import Wanted
from api.certification.desk import CertificationDesk
from api.intake.attention import AttentionDesk
from api.wiring import Sohoa
from ingest.errors import CodedError
from signing.certify import BOTH
from signing.model import Indication, Role
from signing.verify import verify
from storage.model import CERTIFYING
from storage.registers import UNDER_WAY, Certification, CertificationState, RegisterKind, RegisterQuery
from tests.world.certifying import CERTIFYING_HERE, Officers
from tests.world.door import put_record
from tests.world.product import sohoa_in

pytestmark = pytest.mark.slow
OFFICERS, EACH, KILLS = 4, 4, 6
PATIENCE_S = 150.0
UNIT, KIND = "H00", RegisterKind.ELECTRONIC


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_sixteen_at_once_with_officers_killed(tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> None:
    url = str(request.getfixturevalue("own_database")) if kind == "postgresql" else ""
    changes = {"database_url": url} if url else {}
    chance = random.Random(20261123)
    with sohoa_in(tmp_path / "data", certification=CERTIFYING_HERE, **changes) as sohoa:
        asked = prepare(sohoa)
        shares = [asked[start : start + EACH] for start in range(0, len(asked), EACH)]
        with Officers(tmp_path / "data", url, tmp_path / "officers.log") as officers:
            at_work = {officers.start(share): share for share in shares}
            voided = kill_at_random(sohoa, officers, at_work, chance)
            voided = finish(sohoa, officers, voided, chance)
        entries = register(sohoa)
        assert [entry.entry.number for entry in entries if entry.entry] == list(range(1, OFFICERS * EACH + 1))
        assert {entry.id for entry in entries} == set(asked)
        assert voided, "nothing was voided under way, so half of the promise was not tested"
        for entry in entries:
            check(sohoa, entry, tmp_path / f"{entry.id}.pdf", void=entry.id == voided)
        files = [entry.issued.file.sha256 for entry in entries if entry.issued]
        assert len(files) == len(set(files)) == OFFICERS * EACH - 1
        told_once(sohoa, asked)


def prepare(sohoa: Sohoa) -> list[str]:
    """One open book, and 16 requests on four papers."""
    records = [put_record(sohoa, f"Quyết định {number}", unit=UNIT) for number in range(OFFICERS)]
    with sohoa.database.transaction() as uow:
        uow.registers.open(UNIT, KIND, "SCTĐT/BS", "van-thu")
    wanted = Wanted("Nguyễn Văn Thử", "000000000001")
    desk = CertificationDesk(sohoa)
    return [desk.request(record.code, wanted, actor="clerk").id for record in records for _ in range(EACH)]


def kill_at_random(sohoa: Sohoa, officers: Officers, at_work: dict[int, list[str]], chance: random.Random) -> str:
    """Kill officers and start others in their place; in between void one certification that is under way."""
    clock, voided = threading.Event(), ""
    for _ in range(KILLS):
        clock.wait(chance.uniform(0.2, 1.2))
        voided = voided or void_one(sohoa, chance)
        victim = chance.choice(sorted(at_work))
        officers.kill(victim)
        share = at_work.pop(victim)
        at_work[officers.start(share)] = share
    return voided


def void_one(sohoa: Sohoa, chance: random.Random) -> str:
    desk = CertificationDesk(sohoa)
    under_way = sorted(one.id for one in desk.latest(UNDER_WAY))
    if not under_way:
        return ""
    chosen = chance.choice(under_way)
    try:
        desk.void(chosen, "Người yêu cầu không đến nhận", actor="certifier")
    except CodedError:  # issued in the same moment
        return ""
    return chosen


def finish(sohoa: Sohoa, officers: Officers, voided: str, chance: random.Random) -> str:
    """Wait until every number is a file or a void entry; what only a person can drive on is driven on. The void one."""
    clock, late = threading.Event(), threading.Event()
    timer = threading.Timer(PATIENCE_S, late.set)
    timer.start()
    try:
        while open_ones(sohoa):
            assert not late.is_set(), f"{open_ones(sohoa)}\n{officers.told()}"
            for line in AttentionDesk(sohoa).lines():
                assert line.kind in CERTIFYING
                AttentionDesk(sohoa).retry(line.step_id, actor="certifier")
            voided = voided or void_one(sohoa, chance)
            clock.wait(0.05)
    finally:
        timer.cancel()
    return voided


def open_ones(sohoa: Sohoa) -> list[tuple[str, CertificationState]]:
    states = UNDER_WAY | {CertificationState.REQUESTED}
    return [(one.id, one.state) for one in CertificationDesk(sohoa).latest(states)]


def register(sohoa: Sohoa) -> tuple[Certification, ...]:
    with sohoa.database.read() as uow:
        assert uow.ledger.verify().ok
        (book,) = uow.registers.books(UNIT)
        return uow.certifications.entries(RegisterQuery(UNIT, KIND, book.year))


def check(sohoa: Sohoa, entry: Certification, path: Path, *, void: bool) -> None:
    """A void entry with its reason and no file, or a file that passes with both roles and says its own number."""
    if void:
        assert entry.state is CertificationState.VOID
        assert entry.ending is not None
        assert entry.ending.reason
        assert entry.issued is None
        return
    assert entry.state is CertificationState.ISSUED
    assert entry.issued is not None
    assert entry.entry is not None
    sohoa.objects.fetch(entry.issued.file.sha256, path)
    verdict = verify(path, sohoa.signatories.trust(), BOTH)
    assert verdict.indication is Indication.PASSED, verdict.sub_indication
    assert [one.role for one in verdict.signatures] == [Role.PERSONAL, Role.AGENCY]
    with pdfium.PdfDocument(path) as opened:
        text = opened[len(opened) - 1].get_textpage().get_text_bounded()
    assert f"Số chứng thực: {entry.entry.text};" in text
    assert entry.entry.book in text


def told_once(sohoa: Sohoa, asked: list[str]) -> None:
    """However often officers died: one attestation, and one issue or one voiding, for each request."""
    with sohoa.database.read() as uow:
        events = Counter((entry.subject, entry.event) for entry in uow.ledger.of_subjects(asked))
    for one in asked:
        assert events[(one, "certification.attested")] == 1
        assert events[(one, "certification.issued")] + events[(one, "certification.void")] == 1
