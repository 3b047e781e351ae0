"""How personal data is guarded: who sees which record, and whether a purpose must be named."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class PrivacyOptions(BaseModel):
    """Access levels and purposes (Law 91/2025/QH15 on personal data; QCVN 12:2026/BCA)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose_required: bool = Field(
        default=False,
        description="nobody searches or opens records without a purpose: a dossier's code or one of the purposes of the file",
    )
    levels_file: str = Field(default="", description="own access levels (TOML): by paper type, and what each allows")
    purposes_file: str = Field(default="", description="own purposes (TOML)")
