"""The digitisation-result code (mã kết quả số hóa).

Circular 01/2023/TT-VPCP Art. 10 says that it contains the owner's identifier (left blank when there is none, never made up)
and the code of the paper type; the full grammar was lost in every published copy read, so the template is configuration.
"""

from __future__ import annotations

import re
import string
from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from storage.errors import BadTemplate

_PARTS = frozenset({"owner", "type", "unit", "year", "month", "day", "seq"})
_SEPARATOR = r"[-._/]"
_BLANK = "\0"


class CodeOptions(BaseModel):
    """How result codes look."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    template: str = Field(
        default="{owner}-{type}-{unit}-{year}-{seq:06d}",
        description="parts: owner, type, unit, year, month, day, seq; numbered per unit and year, so keep these three",
    )

    @model_validator(mode="after")
    def _can_be_rendered(self) -> Self:
        try:
            render_result_code(self.template, owner="0", paper_type="0", unit="0", issued=date(2026, 1, 1), number=1)
        except BadTemplate as error:
            raise ValueError(error.message("en")) from error
        return self


def series_name(unit: str, issued: date) -> str:
    """The number series of result codes: one per unit and year."""
    return f"result/{unit}/{issued.year}"


def render_result_code(template: str, *, owner: str, paper_type: str, unit: str, issued: date, number: int) -> str:
    """The code of the `number`-th result; blank parts are left out together with one separator. Raises BadTemplate."""
    values = {
        "owner": owner or _BLANK,
        "type": paper_type or _BLANK,
        "unit": unit or _BLANK,
        "year": issued.year,
        "month": f"{issued.month:02d}",
        "day": f"{issued.day:02d}",
        "seq": number,
    }
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
        unknown = names - _PARTS
        if unknown:
            raise BadTemplate(what=", ".join(sorted(f"{{{name}}}" for name in unknown)))
        if "seq" not in names:
            raise BadTemplate(what="{seq}")
        code = template.format(**values)
    except (ValueError, IndexError) as error:
        raise BadTemplate(what=str(error)) from error
    return re.sub(rf"{_SEPARATOR}?{_BLANK}", "", re.sub(rf"{_BLANK}{_SEPARATOR}", "", code))
