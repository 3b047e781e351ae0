"""User guides, one page a role and one for citizens: TOML data a language, read into facts the page shows."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from api.access.permissions import Role

CITIZEN = "citizen"
"""For whoever scanned the QR code of a certified copy: no role, no sign-in."""
NAMES: tuple[str, ...] = (
    *(role.value for role in (Role.CLERK, Role.REVIEWER, Role.OFFICER, Role.CERTIFIER, Role.REGISTRAR, Role.AUDITOR, Role.ADMIN)),
    CITIZEN,
)


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Picture(_Fact):
    """A screenshot under `static/guide`, made by `make guides`."""

    name: str
    alt: str
    width: int = 1366
    height: int = 768
    """Pixels."""


class Chapter(_Fact):
    """One piece of work, step by step, and the page it is done on."""

    heading: str
    steps: tuple[str, ...]
    page: str = ""
    """Address of the page; empty: none of its own."""
    picture: Picture | None = None
    review_keys: bool = False
    """The table of the review page's keys stands beneath."""


class Answer(_Fact):
    """What the screen says or what went wrong, and what to do then."""

    when: str
    then: str


class Guide(_Fact):
    """One page."""

    title: str
    purpose: str
    chapters: tuple[Chapter, ...]
    messages: tuple[Answer, ...]
    troubles: tuple[Answer, ...]


@lru_cache(maxsize=64)
def load_guide(lang: str, name: str) -> Guide:
    """The guide `name`, one of NAMES, in a language; FileNotFoundError for any other."""
    source = files("api.web") / "guides" / lang / f"{name}.toml"
    return Guide.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))
