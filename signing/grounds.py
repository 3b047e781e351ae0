"""Grounds on which certifying a copy is refused: the six of Decree 23/2015/NĐ-CP Art. 22, and what is already shared.

The checklist an officer must answer before a number is taken. Texts are data (`signing/data/refusal_grounds.toml`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground of refusal."""

    code: str
    basis: str
    vi: str
    en: str

    def text(self, lang: str = "vi") -> str:
        """The ground in words."""
        return self.en if lang == "en" else self.vi


@lru_cache(maxsize=1)
def grounds() -> dict[str, Ground]:
    """All grounds by code, in the order of the law."""
    found = tomllib.loads((files("signing") / "data" / "refusal_grounds.toml").read_text(encoding="utf-8"))
    return {entry["code"]: Ground(**entry) for entry in found["ground"]}
