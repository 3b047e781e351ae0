"""What personal data is looked at for: a dossier's code, or one of a short list that a unit keeps as data.

A purpose given once is carried through the session in a cookie that is bound to the session itself, so that it is never taken
over by the next person at the desk.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from urllib.parse import quote, unquote

from pydantic import BaseModel, ConfigDict, Field

from api.access.guarded import changed, loaded
from ocr.fields.dossier import parse_dossier_code
from ocr.fields.errors import BadDossierCode
from storage.procedures import Spoken

PURPOSE_COOKIE = "sohoa_purpose"
MOST_LETTERS = 100


class PurposeKind(BaseModel):
    """One purpose of the list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[A-Z][A-Z0-9-]{1,30}$")
    name: Spoken


class Purposes(BaseModel):
    """The data file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    purposes: tuple[PurposeKind, ...]


def purposes(file: str = "") -> Purposes:
    """The purposes in `file`, or those shipped; raises BadCatalogue."""
    return _purposes(file, changed(file))


@lru_cache(maxsize=4)
def _purposes(file: str, _changed_at: int) -> Purposes:
    return loaded(Purposes, file, "purposes.toml")


def accepted(purpose: str, file: str = "") -> str:
    """The purpose in its normal form; empty when it is neither a dossier's code nor in the list."""
    wanted = purpose.strip()
    if wanted.upper() in {kind.code for kind in purposes(file).purposes}:
        return wanted.upper()
    try:
        return parse_dossier_code(wanted).text
    except BadDossierCode:
        return ""


def sealed(purpose: str, secret: str) -> str:
    """The cookie's value: the purpose, bound to the session that `secret` opens."""
    return f"{_bound(purpose, secret)}.{quote(purpose, safe='')}"


def opened(cookie: str, secret: str) -> str:
    """The purpose a cookie carries, or empty text when it belongs to another session or was changed."""
    mark, _, told = cookie.partition(".")
    purpose = unquote(told)[:MOST_LETTERS]
    good = bool(secret) and hmac.compare_digest(mark.encode(), _bound(purpose, secret).encode())
    return purpose if good else ""


def _bound(purpose: str, secret: str) -> str:
    return hmac.new(secret.encode(), b"sohoa purpose 1 " + purpose.encode(), hashlib.sha256).hexdigest()[:32]
