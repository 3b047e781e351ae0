"""The only reader of the environment: every package's options, composed and validated once.

Names are `SOHOA_<NAME>`; a nested option is `SOHOA_<GROUP>__<NAME>` (tuples and objects as JSON). Unknown names are refused, so
that a typing error never silently means a default.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.access.options import AccessOptions
from api.access.privacy_options import PrivacyOptions
from api.certification.options import CertificationOptions
from api.dossiers.options import DossierOptions
from api.errors import ApiError
from api.hot.options import HotOptions
from api.intake.quota_options import QuotaOptions
from api.keeping.options import FixityOptions
from api.keeping.retention_options import RetentionOptions
from api.options import DoubtOptions, KeepOptions, MarkOptions, PipelineOptions, SealOptions, TrustOptions, TsaOptions, WebOptions
from api.reports.options import ReportOptions
from api.review.options import DeskOptions
from api.scan.options import ScanOptions
from api.signatures.options import KeysOptions
from api.watch.options import LogOptions, WatchOptions
from ingest.errors import NextStep
from ingest.options import BoxOptions, IntakeOptions
from ocr.options import CopyOptions, ReadOptions, ReviewOptions, SamplingOptions
from storage.codes import CodeOptions

PREFIX = "SOHOA_"
OUTSIDE = ("SOHOA_TEST_", "SOHOA_SHARED")
"""Names that belong to the tests, not to the product."""


class BadSettings(ApiError):
    """A setting is unknown or has a value that cannot be used."""

    code = "api.bad_settings"
    next_step = NextStep.ADMIN
    vi = "Cấu hình sai: {what}. Xem docs/settings.md hoặc chạy `sohoa settings`."
    en = "Wrong configuration: {what}. See docs/settings.md or run `sohoa settings`."


def default_data_dir() -> Path:
    """`$XDG_DATA_HOME/sohoa`, or `~/.local/share/sohoa` (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if base else Path.home() / ".local" / "share") / "sohoa"


class Settings(BaseSettings):
    """Everything that can be configured; `docs/settings.md` is made from it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    data_dir: Path = Field(default_factory=default_data_dir, description="where the embedded default keeps everything")
    database_url: str = Field(default="", description="postgresql://… ; empty = SQLite in the data folder")
    broker_url: str = Field(
        default="", description="amqp://… (RabbitMQ, recommended) or redis://… ; empty = worker inside the process"
    )
    objects_url: str = Field(default="", description="s3://KEY:SECRET@host:port/bucket ; empty = folder in the data folder")
    replica_url: str = Field(
        default="", description="second copy of every object, in another store: s3://… or file:///…; empty = none is kept"
    )
    lang: Literal["vi", "en"] = Field(default="vi", description="language of the command line and of the first page view")
    host: str = Field(default="127.0.0.1", description="address the web server listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="port of the web server; 0 = any free one")
    unit: str = Field(default="H00.DEMO", description="code of the unit that work belongs to when none is named")
    intake: IntakeOptions = Field(default=IntakeOptions(), description="limits of intake")
    quota: QuotaOptions = Field(default=QuotaOptions(), description="how much may come in")
    scan: ScanOptions = Field(default=ScanOptions(), description="scanners at the desk")
    hot: HotOptions = Field(default=HotOptions(), description="the folder that is watched for scans")
    box: BoxOptions = Field(default=BoxOptions(), description="limits of child processes")
    read: ReadOptions = Field(default=ReadOptions(), description="how pages are read")
    page_copy: CopyOptions = Field(default=CopyOptions(), description="how the digitised copy is made")
    review: ReviewOptions = Field(default=ReviewOptions(), description="when the machine may have the last word")
    desk: DeskOptions = Field(default=DeskOptions(), description="how papers are held while a person reviews them")
    sampling: SamplingOptions = Field(default=SamplingOptions(), description="the second person's look at confirmed papers")
    doubt: DoubtOptions = Field(default=DoubtOptions(), description="what always goes to a person")
    pipeline: PipelineOptions = Field(default=PipelineOptions(), description="order and patience of the steps")
    seal: SealOptions = Field(default=SealOptions(), description="how copies are sealed")
    mark: MarkOptions = Field(default=MarkOptions(), description="what is seen of signatures on the pages")
    keys: KeysOptions = Field(default=KeysOptions(), description="who holds the signing keys")
    tsa: TsaOptions = Field(default=TsaOptions(), description="who gives time-stamps")
    trust: TrustOptions = Field(default=TrustOptions(), description="whom we believe")
    keep: KeepOptions = Field(default=KeepOptions(), description="how evidence is kept alive")
    fixity: FixityOptions = Field(default=FixityOptions(), description="how stored bytes are read again and copied")
    retention: RetentionOptions = Field(default=RetentionOptions(), description="how long records are kept")
    web: WebOptions = Field(default=WebOptions(), description="how the HTTP API and the pages answer")
    certification: CertificationOptions = Field(default=CertificationOptions(), description="how copies are certified")
    dossiers: DossierOptions = Field(default=DossierOptions(), description="which data files dossiers and reuse go by")
    access: AccessOptions = Field(default=AccessOptions(), description="who may sign in, and how")
    privacy: PrivacyOptions = Field(default=PrivacyOptions(), description="how personal data is guarded")
    reports: ReportOptions = Field(default=ReportOptions(), description="what reports count")
    watch: WatchOptions = Field(default=WatchOptions(), description="how the deployment is watched")
    log: LogOptions = Field(default=LogOptions(), description="what is logged")
    codes: CodeOptions = Field(default=CodeOptions(), description="how codes are built")

    @property
    def effective_database_url(self) -> str:
        """The database that is used: the one named, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'sohoa.db'}"

    @property
    def effective_objects_url(self) -> str:
        """The object store that is used: the one named, or a folder in the data folder."""
        return self.objects_url or (self.data_dir.resolve() / "objects").as_uri()

    @property
    def trust_folder(self) -> Path:
        """Where the certificates and revocation lists we rely on are kept."""
        return self.trust.folder or self.data_dir.resolve() / "trust"

    @property
    def embedded(self) -> bool:
        """True when no broker is named: the worker runs inside the process."""
        return not self.broker_url


def load(**overrides: Any) -> Settings:
    """Settings from the environment, `overrides` winning; raises BadSettings naming every wrong key."""
    unknown = [name for name in os.environ if name.startswith(PREFIX) and not _known(name)]
    if unknown:
        raise BadSettings(what=", ".join(_meant(name) for name in sorted(unknown)))
    try:
        return Settings(**overrides)
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_input=False))
        raise BadSettings(what="; ".join(wrong)) from error


def _meant(name: str) -> str:
    """An unknown name with the nearest known one."""
    near = difflib.get_close_matches(name, [f"{PREFIX}{known.upper()}" for known in Settings.model_fields], n=1)
    return f"{name} (→ {near[0]}?)" if near else name


def _known(name: str) -> bool:
    if name.startswith(OUTSIDE):
        return True
    head = name.removeprefix(PREFIX).lower().split("__", 1)[0]
    return head in Settings.model_fields
