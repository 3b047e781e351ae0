"""What a sub-folder means: a data file says which dossier, owner, unit and profile its scans belong to.

    [profile.luu-tru]            # a named set of what follows
    priority = "bulk"
    hold = true

    [[folder]]
    path = "mot-cua/*"           # below the hot folder, as in shells; the first that fits rules
    dossier = "@folder"          # the sub-folder's own name is the dossier code
    unit = "H00.12"
    profile = "luu-tru"

Without a map everything goes into batches without dossier, in the unit of the settings.
"""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.hot.errors import HotMapWrong
from storage.model import Priority

OWN_NAME = "@folder"
ACTOR = "hot-folder"


class Profile(BaseModel):
    """How scans of a sub-folder are treated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dossier: str = ""
    owner: str = ""
    unit: str = ""
    priority: Priority = Priority.COUNTER
    automatic: bool | None = None
    hold: bool = False
    actor: str = ACTOR


class Rule(BaseModel):
    """One entry of the map."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = Field(min_length=1)
    profile: Profile = Profile()

    def fits(self, below: PurePosixPath) -> bool:
        """Whether the sub-folder, or one above it, is meant."""
        return any(fnmatchcase(str(part), self.path) for part in (below, *below.parents))


class Mapping(BaseModel):
    """The whole map, first rule that fits first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[Rule, ...] = ()

    def of(self, below: PurePosixPath) -> Profile:
        """What the sub-folder (relative to the hot folder; `.` is that itself) means."""
        for rule in self.rules:
            if rule.fits(below):
                if rule.profile.dossier == OWN_NAME:
                    return rule.profile.model_copy(update={"dossier": below.name})
                return rule.profile
        return Profile()


def read(path: str) -> Mapping:
    """The map of a file, or an empty one for no file. Raises HotMapWrong."""
    if not path:
        return Mapping()
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        profiles: dict[str, dict[str, Any]] = found.pop("profile", {})
        rules = [_rule(entry, profiles) for entry in found.pop("folder", [])]
        if found:
            raise HotMapWrong(what=f"{path}: {', '.join(found)}?")
        return Mapping(rules=tuple(rules))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError, TypeError) as error:
        raise HotMapWrong(what=f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise HotMapWrong(what=f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _rule(entry: dict[str, Any], profiles: dict[str, dict[str, Any]]) -> Rule:
    values = dict(entry)
    name = values.pop("profile", "")
    if name and name not in profiles:
        raise HotMapWrong(what=f"profile {name}")
    path = values.pop("path", "")
    return Rule(path=path, profile=Profile(**(profiles.get(name, {}) | values)))
