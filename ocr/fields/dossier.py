"""Codes a clerk types: the dossier code and the owner's id. Parsed or refused with a coded error, never repaired."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from ocr.fields import checks
from ocr.fields.dates import today_in_vietnam
from ocr.fields.errors import BadDossierCode, BadOwnerId

_DOSSIER = re.compile(
    r"(?P<agency>[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2}|[A-Y][0-9]{2}(?:\.[0-9]{1,3}){0,4})-(?P<day>[0-9]{6})-(?P<sequence>[0-9]{4,})"
)
_PASSPORT = re.compile(r"(?=.*[A-Z])(?=.*[0-9]{5})[A-Z0-9]{6,9}")


class DossierForm(StrEnum):
    """The three grammars of mã hồ sơ."""

    OLD = "old"
    """`000.00.00.H56-230101-0001`: Circular 01/2018/TT-VPCP Art. 19."""
    NEW = "new"
    """`H56.12.3-251101-0001`: Circular 03/2025/TT-VPCP Art. 13."""
    CENTRAL = "central"
    """`G15.1-260125-150001`: Circular 04/2025/TT-VPCP Art. 23, the ministry's two digits before the sequence."""


@dataclass(frozen=True, slots=True)
class DossierCode:
    """A well-formed dossier code."""

    text: str
    """The code in its normal form: upper case, no spaces."""
    form: DossierForm
    agency: str
    received_on: date
    sequence: str


def parse_dossier_code(text: str) -> DossierCode:
    """The dossier code in `text`, upper-cased and stripped. Raises BadDossierCode for a wrong form or an impossible date."""
    code = "".join(text.split()).upper()
    matched = _DOSSIER.fullmatch(code)
    if matched is None:
        raise BadDossierCode(text=text[:60])
    try:
        received_on = datetime.strptime(matched["day"], "%y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise BadDossierCode(text=text[:60]) from None
    agency, sequence = matched["agency"], matched["sequence"]
    if agency[0].isdigit():
        form = DossierForm.OLD
    elif agency.startswith("G") and len(sequence) >= 6:
        form = DossierForm.CENTRAL  # syntactically a long sequence too: only ministries (G..) number this way
    else:
        form = DossierForm.NEW
    return DossierCode(text=code, form=form, agency=agency, received_on=received_on, sequence=sequence)


class OwnerIdKind(StrEnum):
    """What an owner id is."""

    PERSONAL = "personal"
    OLD_CARD = "old_card"
    TAX_CODE = "tax_code"
    PASSPORT = "passport"


@dataclass(frozen=True, slots=True)
class OwnerId:
    """A plausible owner id in its normal form."""

    text: str
    kind: OwnerIdKind


def check_owner_id(text: str, today: date | None = None) -> OwnerId:
    """The owner id in `text`: 12-digit personal number, 9-digit CMND, tax code of 10 or 13 digits, or a passport number.

    Raises BadOwnerId when the form fits none or a structure rule (province, year of birth, check digit) contradicts.
    """
    value = re.sub(r"[\s.]", "", text).upper()
    day = today or today_in_vietnam()
    if re.fullmatch(r"[0-9]{12}", value):
        return _judged(value, OwnerIdKind.PERSONAL, ok=checks.no_failure(checks.personal_id(value, day)))
    if re.fullmatch(r"[0-9]{9}", value):
        return OwnerId(text=value, kind=OwnerIdKind.OLD_CARD)
    if re.fullmatch(r"[0-9]{10}(?:-?[0-9]{3})?", value):
        joined = value if len(value) in {10, 14} else f"{value[:10]}-{value[10:]}"
        return _judged(joined, OwnerIdKind.TAX_CODE, ok=checks.no_failure(checks.tax_code(joined)))
    return _judged(value, OwnerIdKind.PASSPORT, ok=_PASSPORT.fullmatch(value) is not None)


def _judged(value: str, kind: OwnerIdKind, *, ok: bool) -> OwnerId:
    if not ok:
        raise BadOwnerId
    return OwnerId(text=value, kind=kind)
