"""What each access level allows, as data: which roles, in which units, whether a purpose must be named.

A record of another unit that its level keeps there is not there at all (404), as work under way is not.
"""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, model_validator

from api.access.guarded import changed, loaded
from api.access.permissions import Principal, Role
from storage.access_levels import AccessLevel, Audience
from storage.procedures import Spoken


class LevelRule(BaseModel):
    """What one level allows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Spoken
    other_units: bool
    """Officers of every unit may read it; else only those within whose reach its unit is."""
    purpose: bool
    """Nobody reads it without naming a purpose."""
    roles: tuple[Role, ...]
    """Who may; none named: every role that may read records."""

    def admits(self, role: Role) -> bool:
        """True if the level is open to the role."""
        return not self.roles or role in self.roles


class Levels(BaseModel):
    """The data file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    verified: bool
    default: AccessLevel
    types: dict[str, AccessLevel]
    levels: dict[AccessLevel, LevelRule]

    @model_validator(mode="after")
    def _whole(self) -> Levels:
        missing = set(AccessLevel) - set(self.levels)
        if missing:
            raise ValueError(f"levels missing: {', '.join(sorted(missing))}")
        return self

    def of_type(self, paper_type: str) -> AccessLevel:
        """The level a record of that paper type has from the start."""
        return self.types.get(paper_type, self.default)

    def audience(self, principal: Principal) -> Audience:
        """Which records somebody may read."""
        open_to = {level: rule for level, rule in self.levels.items() if rule.admits(principal.role)}
        everywhere = frozenset(level for level, rule in open_to.items() if rule.other_units)
        return Audience(everywhere, frozenset(open_to) - everywhere, principal.reach)


def levels(file: str = "") -> Levels:
    """The levels in `file`, or those shipped; raises BadCatalogue."""
    return _levels(file, changed(file))


@lru_cache(maxsize=4)
def _levels(file: str, _changed_at: int) -> Levels:
    return loaded(Levels, file, "levels.toml")
