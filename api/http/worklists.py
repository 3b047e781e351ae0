"""The worklist of review as it stands in an address: both doors read it the same way."""

from __future__ import annotations

from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from storage.review import WorklistQuery


class WorklistForm(BaseModel):
    """Filters; every part narrows."""

    model_config = ConfigDict(extra="ignore")

    unit: str = Field(default="", max_length=50, description="unit code; only for those who see every unit")
    type: str = Field(default="", max_length=50, description="paper type")
    dossier: str = Field(default="", max_length=100, description="part of the dossier code")
    reason: str = Field(default="", max_length=100, description="code of why a paper waits; - for plain confirmation")
    round: int = Field(default=0, ge=0, le=2, description="1 or 2; 0: both")

    def query(self) -> WorklistQuery:
        """The same as a question to the store."""
        return WorklistQuery(
            unit=self.unit.strip(),
            paper_type=self.type.strip(),
            dossier=self.dossier.strip(),
            reason=self.reason.strip(),
            round=self.round,
        )

    @property
    def trail(self) -> str:
        """The filters as the end of an address, beginning with `?`; empty without any."""
        parts = {name: value for name, value in self.model_dump().items() if value}
        return f"?{urlencode(parts)}" if parts else ""
