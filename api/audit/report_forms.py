"""What a report can be written as, and in whose name it can be sealed: choices that cost nothing to import."""

from __future__ import annotations

from enum import StrEnum

from signing.model import Role


class ReportFormat(StrEnum):
    """What a report can be written as."""

    PDF = "pdf"
    HTML = "html"


class SealAs(StrEnum):
    """In whose name a report is sealed."""

    AGENCY = "agency"
    PERSONAL = "personal"

    @property
    def role(self) -> Role:
        """The role of the signature."""
        return Role(self.value)
