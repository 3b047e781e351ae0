"""Papers held back as state secrets, on both databases."""

from __future__ import annotations

from ocr.model import SecrecyLevel
from storage.records.database import Database
from storage.secrecy import SecrecyHold
from tests.contract.facts import put_paper


def test_a_hold_lasts_until_it_is_cleared_with_a_reason(database: Database) -> None:
    with database.transaction() as uow:
        _, file, paper, _ = put_paper(uow, pages=2)
        first = SecrecyHold(paper.id, file.id, 0, SecrecyLevel.MAT, uow.now())
        assert uow.secrecy.hold(first)
        assert not uow.secrecy.hold(first)
        assert uow.secrecy.hold(SecrecyHold(paper.id, file.id, 1, SecrecyLevel.TUYET_MAT, uow.now()))
    with database.read() as uow:
        assert uow.secrecy.holds_paper(paper.id)
        assert uow.secrecy.holds_file(file.id)
        assert not uow.secrecy.holds_paper("0" * 32)
        assert not uow.secrecy.cleared(paper.id, 0)
    with database.transaction() as uow:
        assert uow.secrecy.clear(paper.id, "van-thu", "bìa mẫu") == 2
        assert uow.secrecy.clear(paper.id, "van-thu", "lại") == 0
    with database.read() as uow:
        assert not uow.secrecy.holds_paper(paper.id)
        assert not uow.secrecy.holds_file(file.id)
        assert uow.secrecy.cleared(paper.id, 1)
        told = [(one.page, one.level, one.cleared_by, one.reason) for one in uow.secrecy.of_paper(paper.id)]
    assert told == [(0, SecrecyLevel.MAT, "van-thu", "bìa mẫu"), (1, SecrecyLevel.TUYET_MAT, "van-thu", "bìa mẫu")]
