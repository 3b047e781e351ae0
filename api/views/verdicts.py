"""Views of a verdict: first line for a lay auditor, then findings in the fixed order of `signing.model.Topic`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Self

from api.views.base import View
from ingest.errors import Param
from signing.findings import sentence
from signing.model import FileVerdict, Finding, Indication, Role, Severity, SignatureVerdict, Topic
from signing.report import VIETNAM, headline

_ORDER = {topic: place for place, topic in enumerate(Topic)}


class FindingView(View):
    """One thing that was checked, with its outcome in a sentence."""

    topic: Topic
    code: str
    severity: Severity
    message: str
    params: dict[str, Param]

    @classmethod
    def all_of(cls, findings: Iterable[Finding], lang: str = "vi") -> tuple[Self, ...]:
        """The findings in their fixed order, each with its sentence."""
        return tuple(
            cls(
                topic=finding.topic,
                code=finding.code,
                severity=finding.severity,
                message=sentence(_local(finding), lang),
                params=finding.params,
            )
            for finding in sorted(findings, key=lambda finding: _ORDER[finding.topic])
        )


def _local(finding: Finding) -> Finding:
    """The finding with its times as people in Vietnam tell them, with the offset."""
    return replace(finding, params={key: _told(value) for key, value in finding.params.items()})


def _told(value: Param) -> Param:
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return value
    return when.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S +07:00") if when is not None and when.tzinfo else value


class SignatureView(View):
    """The judgement of one signature or document time-stamp."""

    field_name: str
    indication: Indication
    headline: str
    sub_indication: str
    signer: str
    issuer: str
    serial: str
    role: Role
    signing_time: datetime | None
    time_source: str
    level: str
    covers_whole_file: bool
    intact: bool
    is_timestamp: bool
    findings: tuple[FindingView, ...]

    @classmethod
    def of(cls, verdict: SignatureVerdict, lang: str = "vi") -> Self:
        """The judgement with its sentences in `lang`."""
        return cls(
            field_name=verdict.field_name,
            indication=verdict.indication,
            headline=headline(verdict.indication, lang),
            sub_indication=verdict.sub_indication,
            signer=verdict.signer,
            issuer=verdict.issuer,
            serial=verdict.serial,
            role=verdict.role,
            signing_time=verdict.signing_time,
            time_source=verdict.time_source,
            level=verdict.level,
            covers_whole_file=verdict.covers_whole_file,
            intact=verdict.intact,
            is_timestamp=verdict.is_timestamp,
            findings=FindingView.all_of(verdict.findings, lang),
        )


class VerdictView(View):
    """The judgement of one file."""

    name: str
    sha256: str
    indication: Indication
    headline: str
    sub_indication: str
    profile: str
    checked_at: datetime
    findings: tuple[FindingView, ...]
    signatures: tuple[SignatureView, ...]

    @classmethod
    def of(cls, verdict: FileVerdict, lang: str = "vi") -> Self:
        """The judgement with its sentences in `lang`."""
        return cls(
            name=verdict.name,
            sha256=verdict.sha256,
            indication=verdict.indication,
            headline=headline(verdict.indication, lang),
            sub_indication=verdict.sub_indication,
            profile=verdict.profile,
            checked_at=verdict.checked_at,
            findings=FindingView.all_of(verdict.findings, lang),
            signatures=tuple(SignatureView.of(signature, lang) for signature in verdict.signatures),
        )
