"""Whether somebody may read a record, and for what: access levels and purposes applied at the doors."""

from __future__ import annotations

from api.access.levels import levels
from api.access.permissions import Action, Principal
from api.access.privacy_errors import PurposeMissing, PurposeUnknown
from api.access.purposes import accepted
from api.errors import Forbidden
from api.wiring import Sohoa
from storage.access_levels import AccessLevel, Audience
from storage.errors import NotFound
from storage.model import Record
from storage.reach import covers


def audience_of(sohoa: Sohoa, principal: Principal) -> Audience:
    """Which records somebody may read; raises BadCatalogue."""
    return levels(sohoa.settings.privacy.levels_file).audience(principal)


def purpose_to_look(sohoa: Sohoa, purpose: str) -> str:
    """The purpose of a search, as it is written down. Raises PurposeMissing, PurposeUnknown where one is required."""
    return _settled(sohoa, purpose, needed=sohoa.settings.privacy.purpose_required)


def purpose_to_read(sohoa: Sohoa, record: Record, principal: Principal, purpose: str) -> str:
    """The purpose of reading the record, as it is written down.

    Raises NotFound (the level keeps it in its unit), Forbidden (the level is not for this role), PurposeMissing, PurposeUnknown.
    """
    require_audience(sohoa, record, principal)
    rule = levels(sohoa.settings.privacy.levels_file).levels[record.access]
    always = sohoa.settings.privacy.purpose_required and record.access is not AccessLevel.PUBLIC
    return _settled(sohoa, purpose, needed=rule.purpose or always)


def require_audience(sohoa: Sohoa, record: Record, principal: Principal) -> None:
    """Nothing if the record's level lets somebody read it.

    Raises NotFound (the level keeps it in its unit), Forbidden (the level is not for this role).
    """
    rules = levels(sohoa.settings.privacy.levels_file)
    if rules.audience(principal).allows(record.access, record.unit):
        return
    if covers(principal.reach, record.unit):
        raise Forbidden(action=f"{Action.RECORD_READ.value}: {rules.levels[record.access].name.say('vi')}")
    raise NotFound(what="record", key=record.code)


def record_to_use(sohoa: Sohoa, code: str, principal: Principal) -> Record:
    """The record, for whoever wants something made of it: only what one may read may be used. Raises NotFound, Forbidden."""
    with sohoa.database.read() as uow:
        record = uow.records.get(code)
    require_audience(sohoa, record, principal)
    return record


def purpose_to_export(sohoa: Sohoa, record: Record, purpose: str) -> str:
    """The purpose of giving a whole record out, by whoever runs this machine. Raises PurposeMissing, PurposeUnknown."""
    needed = levels(sohoa.settings.privacy.levels_file).levels[record.access].purpose
    return _settled(sohoa, purpose, needed=needed or sohoa.settings.privacy.purpose_required)


def _settled(sohoa: Sohoa, purpose: str, *, needed: bool) -> str:
    if not needed:
        return purpose
    if not purpose:
        raise PurposeMissing
    known = accepted(purpose, sohoa.settings.privacy.purposes_file)
    if not known:
        raise PurposeUnknown(purpose=purpose[:60])
    return known


def note_access(sohoa: Sohoa, event: str, subject: str, principal: Principal, purpose: str = "", **details: object) -> None:
    """Write into the ledger that somebody read personal data, and what for (design §3.10). Committed before it returns."""
    who = {"role": principal.role.value, "unit": principal.unit, "purpose": purpose}
    with sohoa.database.transaction() as uow:
        uow.ledger.append(event, subject, principal.name, {**who, **details})
