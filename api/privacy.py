"""Whether somebody may read a record, and for what: access levels and purposes applied at the doors."""

from __future__ import annotations

from api.access.levels import levels
from api.access.permissions import Action, Principal
from api.access.purposes import accepted
from api.errors import Forbidden
from api.privacy_errors import PurposeMissing, PurposeUnknown
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
    rules = levels(sohoa.settings.privacy.levels_file)
    rule = rules.levels[record.access]
    if not rules.audience(principal).allows(record.access, record.unit):
        if covers(principal.reach, record.unit):
            raise Forbidden(action=f"{Action.RECORD_READ.value}: {rule.name.say('vi')}")
        raise NotFound(what="record", key=record.code)
    always = sohoa.settings.privacy.purpose_required and record.access is not AccessLevel.PUBLIC
    return _settled(sohoa, purpose, needed=rule.purpose or always)


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
