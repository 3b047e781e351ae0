"""What is asked of a file for it to pass: options of verification, data of the caller."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from signing.model import Role


class Profile(StrEnum):
    """How strictly a file is judged (signing.md §5)."""

    AUTO = "auto"
    """Agency when every signature was made by this program and leads to one of our roots, else foreign."""
    AGENCY = "agency"
    FOREIGN = "foreign"


class Policy(BaseModel):
    """The expectations of whoever asks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Profile = Profile.AUTO
    required_roles: tuple[Role, ...] = ()
    """Roles that must have signed, e.g. personal and agency for a certified copy."""
