"""The words of a verdict: headline, sentences in the fixed order, moments as people in Vietnam write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from ingest.errors import Param
from signing.findings import sentence
from signing.model import FileVerdict, Finding, Indication, Topic

VIETNAM = timezone(timedelta(hours=7))
"""Times are told in Vietnamese time with their offset (Decree 30/2020, Annex I)."""
_FIRST = {
    "vi": {Indication.PASSED: "Hợp lệ", Indication.INDETERMINATE: "Không thể kết luận", Indication.FAILED: "Không hợp lệ"},
    "en": {Indication.PASSED: "Valid", Indication.INDETERMINATE: "Cannot be decided", Indication.FAILED: "Not valid"},
}
_SIGNATURE = {"vi": "Chữ ký", "en": "Signature"}
_TIMESTAMP = {"vi": "Dấu thời gian tài liệu", "en": "Document time-stamp"}
_ORDER = {topic: place for place, topic in enumerate(Topic)}


def language(lang: str) -> str:
    """`vi` or `en`: Vietnamese for everything else."""
    return "en" if lang == "en" else "vi"


def headline(indication: Indication, lang: str = "vi") -> str:
    """*Hợp lệ / Không thể kết luận / Không hợp lệ*."""
    return _FIRST[language(lang)][indication]


def sentences(verdict: FileVerdict, lang: str = "vi") -> list[str]:
    """The verdict told: the headline, what is found on the file, then on each signature, in the fixed order of topics."""
    told = [headline(verdict.indication, lang), *(told_finding(one, lang) for one in ordered(verdict.findings))]
    for one in verdict.signatures:
        kind = (_TIMESTAMP if one.is_timestamp else _SIGNATURE)[language(lang)]
        told.append(f"{kind} {one.field_name}: {headline(one.indication, lang)}")
        told += [told_finding(finding, lang) for finding in ordered(one.findings)]
    return told


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the fixed order of topics."""
    return sorted(findings, key=lambda one: _ORDER[one.topic])


def told_finding(finding: Finding, lang: str = "vi") -> str:
    """The sentence of a finding, its times in Vietnamese time."""
    return sentence(replace(finding, params={key: _local(value, lang) for key, value in finding.params.items()}), lang)


def moment(when: datetime, lang: str = "vi") -> str:
    """A point in time in Vietnam, to the second, with the offset."""
    pattern = "%Y-%m-%d %H:%M:%S +07:00" if language(lang) == "en" else "%d/%m/%Y %H:%M:%S +07:00"
    return when.astimezone(VIETNAM).strftime(pattern)


def _local(value: Param, lang: str) -> Param:
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return value
    return moment(when, lang) if when is not None and when.tzinfo else value
