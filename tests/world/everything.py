"""A place with something of everything, so that each of its pages has something to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.access.accounts import AccountDesk
from api.access.permissions import Role
from api.certification.checks import Attested, Wanted
from api.certification.desk import CertificationDesk
from api.dossiers.checks import NewDossier
from api.dossiers.desk import DossierDesk
from api.keeping.disposal import DisposalDesk
from api.pipeline.engine import Pipeline
from signing.grounds import grounds
from signing.report import VIETNAM
from storage.model import CERTIFYING, PaperState
from storage.registers import RegisterKind
from tests.world.door import OWNER, Door, open_door, put_paper, put_record

SAID = Attested(frozenset(grounds()), matches=True, complete=True, title="CHỦ TỊCH (MẪU)")
LOGIN = "an.nguyen"


@dataclass(frozen=True)
class Everything:
    """What was put in."""

    data: Path
    routes: tuple[APIRoute, ...]
    """Every route of the application."""
    addresses: tuple[str, ...]
    """Pages no link leads to, or that have another look than the first of their kind."""
    record: str
    """A record nobody has asked a certified copy of."""
    password: str
    """The one-time password of the administrator `LOGIN`."""


def fill(data: Path) -> Everything:
    """Put it into a data folder that is empty."""
    with open_door(data) as door:
        unit = door.sohoa.settings.unit
        with door.sohoa.database.transaction() as uow:
            uow.registers.open(unit, RegisterKind.ELECTRONIC, "SCTĐT/BS", "van-thu")
        put_paper(door.sohoa, state=PaperState.REVIEW)
        held = put_paper(door.sohoa, state=PaperState.REVIEW)
        with door.sohoa.database.transaction() as uow:
            uow.review_leases.take(held.id, "somebody", 24 * 3600)
        issued = _certifications(door, unit)
        code = f"H00.1-{datetime.now(VIETNAM):%y%m%d}-0001"
        DossierDesk(door.sohoa).open(NewDossier(code, "1.004222", OWNER, "Nguyễn Văn Thử", unit=unit), actor="clerk")
        record = put_record(door.sohoa, unit=unit).code
        DisposalDesk(door.sohoa).hold(record, "đang tranh chấp", actor="van-thu")
        account, password = AccountDesk(door.sohoa, "test").create(LOGIN, "Người quản trị", Role.ADMIN)
        with door.sohoa.database.transaction() as uow:
            uow.saved_searches.save(account.id, "Giấy phép", "/records?q=giay+phep", count=1, last_seen=0)
        addresses = (
            f"/certifications/{issued}",
            f"/review/{held.id}/held",
            f"/papers/{held.id}/place?dossier={code}",
            f"/batches/{held.batch_id}/scan",
        )
        return Everything(data, tuple(_routes(door.app.routes)), addresses, record, password)


def _routes(found: Sequence[BaseRoute]) -> Iterator[APIRoute]:
    """Every route, those of included routers among them."""
    for one in found:
        if isinstance(one, APIRoute):
            yield one
        elif (inner := getattr(one, "original_router", None)) is not None:
            yield from _routes(inner.routes)


def _certifications(door: Door, unit: str) -> str:
    """One that was issued, whose id is given, and one asked for."""
    desk, made = CertificationDesk(door.sohoa), []
    for attested in (False, True):
        asked = desk.request(put_record(door.sohoa, unit=unit).code, Wanted("Trần Thị Mẫu", "000000000012"), actor="clerk")
        made.append(asked.id)
        if attested:
            desk.attest(asked.id, SAID, actor="certifier")
    pipeline = Pipeline(door.sohoa)
    while pipeline.work(CERTIFYING):
        pass
    pipeline.close()
    return made[-1]
