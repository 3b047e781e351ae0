"""How copies are certified here: what the law leaves to practice, and figures of circulars that change."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from signing.model import Level
from signing.report import VIETNAM
from storage.registers import RegisterKind


class CertificationOptions(BaseModel):
    """Certifying electronic copies of paper originals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agency_name: str = Field(default="", description="name of the certifying body in the lời chứng; empty = the unit's code")
    certifier_title: str = Field(default="", description="chức danh printed when none is given, e.g. CHỦ TỊCH")
    wording_file: str = Field(default="", description="own template of the lời chứng (TOML); empty = the one shipped")
    columns_file: str = Field(default="", description="own columns of the printed register (TOML); empty = the ones shipped")
    electronic_sign: str = Field(default="SCTĐT/BS", min_length=1, description="sign of the register of electronic copies")
    paper_sign: str = Field(default="SCT/BS", min_length=1, description="sign of the register of paper copies")
    entered_in: RegisterKind = Field(
        default=RegisterKind.ELECTRONIC, description="register that electronic copies are entered in"
    )
    four_eyes: bool = Field(default=False, description="whoever scanned a paper may not certify it")
    one_hand: bool = Field(default=False, description="keys at the desk: whoever attested may put the agency's signature, too")
    agency_confirms: bool = Field(
        default=False, description="the agency's signature waits until văn thư releases it (`sohoa certify release`)"
    )
    level: Level = Field(default=Level.B_LT, description="PAdES level of both signatures")
    public_base: str = Field(
        default="", description="address the QR code leads to, e.g. https://sohoa.example.gov.vn ; empty = this server"
    )
    public_checks_a_minute: int = Field(default=30, ge=1, description="public look-ups allowed from one address in a minute")
    public_cache_seconds: float = Field(
        default=15, ge=0, description="how long the verdict on a file is kept for the public check"
    )
    cutoff_hour: int = Field(default=15, ge=0, le=24, description="received from this hour on: next working day (Decree 23/2015)")
    most_extra_days: int = Field(default=2, ge=0, description="working days the deadline may be put off (Decree 23/2015 Art. 21)")
    rest_days: tuple[int, ...] = Field(default=(6, 7), description="days of the week without work, Monday = 1")
    holidays: tuple[date, ...] = Field(default=(), description="public holidays, ISO dates")
    fee_first_pages: int = Field(default=2, ge=0, description="pages at the first rate (Circular 226/2016/TT-BTC)")
    fee_first_vnd: int = Field(default=2000, ge=0, description="fee of each of the first pages, đồng")
    fee_further_vnd: int = Field(default=1000, ge=0, description="fee of each further page, đồng")
    fee_most_vnd: int = Field(default=200_000, ge=0, description="highest fee of one copy, đồng")

    def sign_of(self, kind: RegisterKind) -> str:
        """What a new book of this kind is marked with."""
        return self.electronic_sign if kind is RegisterKind.ELECTRONIC else self.paper_sign

    def fee_vnd(self, pages: int, copies: int) -> int:
        """The fee of `copies` copies of `pages` pages each."""
        first = min(pages, self.fee_first_pages)
        each = first * self.fee_first_vnd + (pages - first) * self.fee_further_vnd
        return copies * min(each, self.fee_most_vnd)

    def due_on(self, received: datetime, extra_days: int = 0) -> date:
        """The day by which a request received at that aware time must be done: the same working day, or the next one."""
        local = received.astimezone(VIETNAM)
        day = local.date()
        if not self._works(day) or local.hour >= self.cutoff_hour:
            day = self._next(day)
        for _ in range(extra_days):
            day = self._next(day)
        return day

    def _next(self, day: date) -> date:
        for _ in range(366):
            day += timedelta(days=1)
            if self._works(day):
                return day
        return day

    def _works(self, day: date) -> bool:
        return day.isoweekday() not in self.rest_days and day not in self.holidays
