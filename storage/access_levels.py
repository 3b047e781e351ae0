"""Who may read a record at all. State secrets have no level here: such papers never enter (Law on state secrets)."""

from __future__ import annotations

from enum import StrEnum


class AccessLevel(StrEnum):
    """How widely a record may be used."""

    PUBLIC = "public"
    """Công khai."""
    INTERNAL = "internal"
    """Nội bộ: by officers who name their purpose."""
    RESTRICTED = "restricted"
    """Hạn chế: only where somebody answers for it, with a reason."""
