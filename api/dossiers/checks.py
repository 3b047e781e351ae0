"""What a new dossier must have: a code that can be, an owner who can be told from others, a day that is not to come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from api.dossiers.errors import DossierDayImpossible, OwnerUnidentified
from ocr.fields.dossier import check_owner_id
from signing.report import VIETNAM
from storage.dossiers import IDENTITY_KEYS, Channel, Owner, OwnerKind


@dataclass(frozen=True, slots=True)
class NewDossier:
    """What is known when a dossier is opened."""

    code: str
    procedure: str
    owner_id: str = ""
    owner_name: str = ""
    owner_kind: OwnerKind = OwnerKind.CITIZEN
    identity: dict[str, str] = field(default_factory=dict)
    channel: Channel = Channel.COUNTER
    received_at: datetime | None = None
    """None: now, or the beginning of the day in its code."""
    due_at: datetime | None = None
    vneid: bool | None = None
    unit: str = ""


def checked_owner(new: NewDossier) -> Owner:
    """The owner as given; raises BadOwnerId, OwnerUnidentified."""
    name = " ".join(new.owner_name.split())
    identity = {key: " ".join(new.identity[key].split()) for key in IDENTITY_KEYS if new.identity.get(key, "").strip()}
    if new.owner_id.strip():
        found = check_owner_id(new.owner_id)
        return Owner(found.text, found.kind.value, new.owner_kind, name, identity)
    if not name or not identity:
        raise OwnerUnidentified
    return Owner("", "", new.owner_kind, name, identity)


def checked_day(code: str, coded: date, received: datetime | None, now: datetime) -> datetime:
    """The moment of receipt; raises DossierDayImpossible for days to come."""
    today = now.astimezone(VIETNAM).date()
    moment = received or (now if coded == today else datetime.combine(coded, time(), VIETNAM).astimezone(UTC))
    day = moment.astimezone(VIETNAM).date()
    if coded > today or day > today:
        raise DossierDayImpossible(coded=coded.isoformat(), received=day.isoformat(), today=today.isoformat(), dossier=code)
    return moment
