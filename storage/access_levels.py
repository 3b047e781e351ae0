"""Who may read a record at all. State secrets have no level here: such papers never enter (Law on state secrets)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from storage.reach import Reach, covers


class AccessLevel(StrEnum):
    """How widely a record may be used."""

    PUBLIC = "public"
    """Công khai."""
    INTERNAL = "internal"
    """Nội bộ: by officers who name their purpose."""
    RESTRICTED = "restricted"
    """Hạn chế: only where somebody answers for it, with a reason."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Which records somebody may read: those of some levels everywhere, of others only within their reach."""

    everywhere: frozenset[AccessLevel]
    within: frozenset[AccessLevel]
    reach: Reach

    def allows(self, level: AccessLevel, unit: str) -> bool:
        """True if a record of that level and unit may be read."""
        return level in self.everywhere or (level in self.within and covers(self.reach, unit))
