"""Which data files the dossier desk and the reuse of records go by."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from storage.dossiers import DossierState


class DossierOptions(BaseModel):
    """Dossiers, their components, and reuse."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    procedures_file: str = Field(default="", description="own catalogue of procedures (TOML); empty = the one shipped")
    reasons_file: str = Field(default="", description="own reasons for not digitising (TOML); empty = those shipped")
    rules_file: str = Field(
        default="", description="own rules of the eligibility test before reuse (TOML); empty = those shipped"
    )
    must_exist: bool = Field(
        default=False, description="a batch may name only a dossier that was opened at the desk (else any well-formed code)"
    )
    portal_states: dict[DossierState, str] = Field(
        default={
            DossierState.OPEN: "4",
            DossierState.RESOLVED: "10",
            DossierState.STOPPED: "8",
            DossierState.REFUSED: "3",
        },
        description="TrangThaiHoSo the national portal is told for each state (unverified: compare with its own list)",
    )
    package_most: int = Field(default=200, ge=1, description="most records in one package for download")
