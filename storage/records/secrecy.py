"""Which papers are held back as state secrets."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, select

from ocr.model import SecrecyLevel
from storage.records.secrecy_tables import secrecy_holds
from storage.records.work import Work
from storage.secrecy import SecrecyHold

_OPEN = secrecy_holds.c.cleared_at.is_(None)
_CLEARED = select(secrecy_holds.c.page).where(
    secrecy_holds.c.paper_id == bindparam("paper"), secrecy_holds.c.page == bindparam("of"), ~_OPEN
)


class SecrecyHolds:
    """Holds. One is never removed: that it was cleared, by whom and why, stands in it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def hold(self, hold: SecrecyHold) -> bool:
        """Hold a paper back for one page; False if that page is held, or was cleared, already."""
        values = {
            "paper_id": hold.paper_id,
            "page": hold.page,
            "file_id": hold.file_id,
            "level": str(hold.level),
            "found_at": hold.found_at,
            "cleared_by": "",
            "reason": "",
        }
        return self._work.insert_once(secrecy_holds, values, ("paper_id", "page"))

    def of_paper(self, paper_id: str) -> tuple[SecrecyHold, ...]:
        """Every hold of the paper, by page, cleared ones too."""
        statement = select(secrecy_holds).where(secrecy_holds.c.paper_id == paper_id).order_by(secrecy_holds.c.page)
        return tuple(
            SecrecyHold(
                paper_id=row.paper_id,
                file_id=row.file_id,
                page=row.page,
                level=SecrecyLevel(row.level),
                found_at=row.found_at,
                cleared_at=row.cleared_at,
                cleared_by=row.cleared_by,
                reason=row.reason,
            )
            for row in self._work.connection.execute(statement)
        )

    def holds_paper(self, paper_id: str) -> bool:
        """True as long as a page of the paper is held."""
        return self._any(secrecy_holds.c.paper_id == paper_id)

    def holds_file(self, *file_ids: str) -> bool:
        """True as long as a page of any paper of one of the files is held: its bytes hold the secret too."""
        return self._any(secrecy_holds.c.file_id.in_(file_ids))

    def cleared(self, paper_id: str, page: int) -> bool:
        """True if somebody said that this page is no secret."""
        return self._work.connection.execute(_CLEARED, {"paper": paper_id, "of": page}).first() is not None

    def clear(self, paper_id: str, by: str, reason: str) -> int:
        """Say of every held page of the paper that it was a false alarm; how many there were."""
        statement = secrecy_holds.update().where(secrecy_holds.c.paper_id == paper_id, _OPEN)
        return self._work.connection.execute(statement.values(cleared_at=self._work.now(), cleared_by=by, reason=reason)).rowcount

    def _any(self, which: ColumnElement[bool]) -> bool:
        return self._work.connection.execute(select(secrecy_holds.c.page).where(which, _OPEN).limit(1)).first() is not None
