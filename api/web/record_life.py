"""What the page of a record tells of its life: versions and their signatures, where it was reused, why it lost its force."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from api.access.permissions import Action, Principal
from api.access.privacy import note_access
from api.views.dossiers import EndingView, ReuseView
from api.views.verdicts import VerdictView
from api.wiring import Sohoa
from ingest.errors import CodedError
from ingest.model import ObjectRef
from signing.model import FileVerdict, SealKind
from signing.verify import verify
from storage.access_levels import AccessLevel
from storage.lasting import SealState
from storage.model import Record, RecordState
from storage.reach import covers
from storage.records.unit_of_work import UnitOfWork
from storage.registers import Certification
from storage.reuse import rules

VERSIONS = ("original", SealKind.DIGITISED_COPY.value, SealKind.SAO_Y.value, SealKind.CERTIFIED_COPY.value, "renewed")
"""Kinds of versions the page has words for."""


@dataclass(frozen=True, slots=True)
class Version:
    """One file of the record."""

    kind: str
    """One of `VERSIONS`."""
    file: ObjectRef
    signer: str
    level: str
    at: datetime | None
    evidence_until: datetime | None
    current: bool
    address: str
    """Where it can be had; empty: not from here."""
    note: str = ""
    """Its number in the register."""
    annulled: str = ""
    """The decision that annulled it."""


def life_of(sohoa: Sohoa, record: Record, principal: Principal, lang: str, *, check: bool) -> dict[str, Any]:
    """Context of the record page; with `check` the sealed copy is verified now, and that is recorded."""
    with sohoa.database.read() as uow:
        versions = _versions(uow, record)
        reuses = [one for one in uow.reuses.of_record(record.code) if one.withdrawn_at is None]
        ending = uow.reuses.endings_of([record.code]).get(record.code)
    by = rules(sohoa.settings.dossiers.rules_file)
    ours = [ReuseView.of(one, by, lang) for one in reuses if covers(principal.reach, one.unit)]
    verdict, problem = _checked(sohoa, record, principal, lang) if check else (None, "")
    mine = principal.may(Action.RECORD_END) and covers(principal.reach, record.unit)
    return {
        "versions": versions,
        "reuses": ours,
        "reused_elsewhere": len(reuses) - len(ours),
        "ending": EndingView.of(ending) if ending else None,
        "verdict": verdict,
        "check_problem": problem,
        "may_end": mine and record.state is RecordState.IN_FORCE,
        "may_set_access": mine,
        "access": record.access,
        "access_levels": list(AccessLevel),
    }


def _versions(uow: UnitOfWork, record: Record) -> list[Version]:
    address = f"/records/{record.code}/download"
    received = uow.files.get(uow.papers.get(record.paper_id).file_id).created_at
    found = [Version("original", record.original, "", "", received, None, current=True, address=f"{address}/original")]
    rows = uow.seals.of_paper(record.paper_id)
    first = {row.id: row.object.sha256 for row in rows}
    certified = {one.issued.file.sha256: one for one in uow.certifications.of_paper(record.paper_id) if one.issued is not None}
    for row in rows:
        kind = row.kind.value if not row.previous else "renewed"
        here = f"{address}/sealed" if row.object.sha256 == record.sealed.sha256 else ""
        found.append(
            Version(
                kind if kind in VERSIONS else SealKind.DIGITISED_COPY.value, row.object, row.signer, row.level, row.signed_at,
                row.evidence_until, current=row.state is SealState.CURRENT, address=here,
                **_of_register(certified.get(first[row.origin])),
            )
        )  # fmt: skip
    return found


def _of_register(one: Certification | None) -> dict[str, Any]:
    """What the register says of a certified copy.

    That there is one, its number and signer are told to every reader of the record, as the public check tells them to everybody
    who holds the copy: nobody may ask for an original again that is there already (Decree 280/2025). Who asked for it and the
    file itself are the certifying unit's: neither is named or offered here.
    """
    if one is None:
        return {}
    number = f"{one.entry.text} {one.entry.book}" if one.entry else ""
    return {"note": number, "annulled": one.annulment.decision if one.annulment else ""}


def _checked(sohoa: Sohoa, record: Record, principal: Principal, lang: str) -> tuple[VerdictView | None, str]:
    """The verdict on the sealed copy as it lies in the store now, or why there is none."""
    try:
        with tempfile.TemporaryDirectory(dir=sohoa.settings.data_dir / "tmp", prefix="check-") as folder:
            path = Path(folder) / "sealed.pdf"
            sohoa.objects.fetch(record.sealed.sha256, path)
            verdict: FileVerdict = sohoa.box.run(partial(verify, name="sealed.pdf"), path, sohoa.signatories.trust())
    except CodedError as error:
        return None, error.message(lang)
    note_access(sohoa, "record.signatures_checked", record.paper_id, principal, "", indication=str(verdict.indication))
    return VerdictView.of(verdict, lang), ""
