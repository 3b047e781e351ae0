"""A verdict for people and for machines: sentences for a lay auditor, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from signing.findings import sentence
from signing.model import FileVerdict, Finding, Indication, SignatureVerdict, Topic

VIETNAM = timezone(timedelta(hours=7))
"""Times are told in Vietnamese time with their offset (Decree 30/2020, Annex I)."""
_FIRST = {
    "vi": {Indication.PASSED: "Hợp lệ", Indication.INDETERMINATE: "Không thể kết luận", Indication.FAILED: "Không hợp lệ"},
    "en": {Indication.PASSED: "Valid", Indication.INDETERMINATE: "Cannot be decided", Indication.FAILED: "Not valid"},
}
_SIGNATURE = {"vi": "Chữ ký", "en": "Signature"}
_TIMESTAMP = {"vi": "Dấu thời gian tài liệu", "en": "Document time-stamp"}
_ORDER = tuple(Topic)


def headline(indication: Indication, lang: str = "vi") -> str:
    """*Hợp lệ / Không thể kết luận / Không hợp lệ*."""
    return _FIRST["vi" if lang == "vi" else "en"][indication]


def sentences(verdict: FileVerdict, lang: str = "vi") -> list[str]:
    """The verdict told: the headline, what is found on the file, then on each signature, in the fixed order of topics."""
    told = [headline(verdict.indication, lang), *_told(verdict.findings, lang)]
    for one in verdict.signatures:
        kind = (_TIMESTAMP if one.is_timestamp else _SIGNATURE)["vi" if lang == "vi" else "en"]
        told.append(f"{kind} {one.field_name}: {headline(one.indication, lang)}")
        told += _told(one.findings, lang)
    return told


def _told(findings: Sequence[Finding], lang: str) -> list[str]:
    ordered = sorted(findings, key=lambda one: _ORDER.index(one.topic))
    return [sentence(_local(one), lang) for one in ordered]


def _local(finding: Finding) -> Finding:
    """The finding with its times in Vietnamese time."""
    params = {key: _time(value) if isinstance(value, str) else value for key, value in finding.params.items()}
    return Finding(finding.topic, finding.code, finding.severity, params)


def _time(value: str) -> str:
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        return value
    return when.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S +07:00") if when.tzinfo else value


def as_json(verdict: FileVerdict, lang: str = "vi") -> dict[str, object]:
    """The verdict as plain JSON values; times are ISO 8601 in UTC."""
    return {
        "name": verdict.name,
        "sha256": verdict.sha256,
        "indication": verdict.indication.value,
        "sub_indication": verdict.sub_indication,
        "headline": headline(verdict.indication, lang),
        "profile": verdict.profile,
        "checked_at": verdict.checked_at.isoformat(),
        "findings": [_finding(one, lang) for one in verdict.findings],
        "signatures": [_signature(one, lang) for one in verdict.signatures],
    }


def _signature(one: SignatureVerdict, lang: str) -> dict[str, object]:
    return {
        "field": one.field_name,
        "timestamp": one.is_timestamp,
        "indication": one.indication.value,
        "sub_indication": one.sub_indication,
        "intact": one.intact,
        "covers_whole_file": one.covers_whole_file,
        "signer": one.signer,
        "issuer": one.issuer,
        "serial": one.serial,
        "role": one.role.value,
        "level": one.level,
        "signing_time": one.signing_time.isoformat() if one.signing_time else None,
        "time_source": one.time_source,
        "findings": [_finding(finding, lang) for finding in one.findings],
    }


def _finding(one: Finding, lang: str) -> dict[str, object]:
    return {
        "topic": one.topic.value,
        "code": one.code,
        "severity": one.severity.value,
        "sentence": sentence(_local(one), lang),
        "params": dict(one.params),
    }
