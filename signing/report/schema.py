"""The verification report as JSON: models, and the JSON Schema made of them (version 1).

The published schema is `verification-report.schema.json` beside this file; a test compares it with the models. Fields are
only ever added within a version; a change of meaning is a new version.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import Param
from signing.model import FileVerdict, Finding, Indication, Role, Severity, SignatureVerdict, Topic
from signing.particulars import AnswerKind, Particulars
from signing.reasons import phrase
from signing.report.catalogue import clause, label
from signing.report.words import headline, ordered, told_finding

SCHEMA_ID: Literal["urn:sohoa:verification-report:1"] = "urn:sohoa:verification-report:1"
SCHEMA_FILE = Path(__file__).with_name("verification-report.schema.json")


class _Model(BaseModel):
    """Frozen, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class IntegrityState(StrEnum):
    """What can be said of the content alone, whoever signed it."""

    INTACT = "intact"
    CHANGED_LATER = "changed_later"
    """What was signed is intact; later changes leave doubt."""
    ALTERED = "altered"
    UNPROVEN = "unproven"
    UNSIGNED = "unsigned"


class FindingReport(_Model):
    """One thing that was checked, with its outcome in a sentence."""

    topic: Topic
    code: str = Field(description="stable code of the finding; never translated")
    severity: Severity = Field(description="doubt makes a verdict INDETERMINATE, failure TOTAL-FAILED")
    message: str = Field(description="the finding in the language of the report")
    clause: str = Field(default="", description="where it is written what this rests on")
    params: dict[str, Param] = Field(description="values inside the sentence; times are ISO 8601")

    @classmethod
    def all_of(cls, findings: Iterable[Finding], lang: str = "vi") -> tuple[Self, ...]:
        """The findings in their fixed order, each with its sentence."""
        return tuple(
            cls(
                topic=finding.topic,
                code=finding.code,
                severity=finding.severity,
                message=told_finding(finding, lang),
                clause=clause(finding.topic, finding.code),
                params=finding.params,
            )
            for finding in ordered(findings)
        )


class StampReport(_Model):
    """A time-stamp token on a signature, as it says itself."""

    authority: str
    made_at: datetime


class RevocationReport(_Model):
    """A revocation list or OCSP answer on the signer's certificate."""

    kind: AnswerKind
    issued_at: datetime
    next_at: datetime | None
    in_file: bool = Field(description="whether the file brings it along; else it is the verifier's own")


class ParticularsReport(_Model):
    """Facts of a signature that decide nothing by themselves."""

    organisation: str
    certificate_sha256: str
    valid_from: datetime
    valid_to: datetime
    key: str
    digest: str = Field(description="weakest digest in use")
    subfilter: str
    issuers_included: bool = Field(description="false: the signature brings the signer's certificate alone")
    revision: int
    revisions: int
    covered_bytes: int
    file_bytes: int
    anchor: str = Field(description="trusted root the chain reaches; empty: none")
    anchor_sha256: str
    stamps: tuple[StampReport, ...]
    revocation: tuple[RevocationReport, ...]

    @classmethod
    def of(cls, facts: Particulars | None) -> Self | None:
        """The facts, or None when the signature could not be read."""
        return None if facts is None else cls.model_validate(facts, from_attributes=True)


class SignatureReport(_Model):
    """The judgement of one signature or document time-stamp."""

    field_name: str
    indication: Indication
    headline: str
    sub_indication: str = Field(description="ETSI EN 319 102-1, or a name of ours; empty when passed")
    reason: str = Field(default="", description="the sub-indication in words")
    signer: str
    issuer: str
    serial: str = Field(description="serial number of the certificate, hexadecimal")
    role: Role
    signing_time: datetime | None
    time_source: str = Field(description="timestamp, claimed or none")
    level: str
    covers_whole_file: bool
    intact: bool = Field(description="digest and signature value are right for the bytes covered")
    is_timestamp: bool
    findings: tuple[FindingReport, ...]
    particulars: ParticularsReport | None = None

    @classmethod
    def of(cls, verdict: SignatureVerdict, lang: str = "vi") -> Self:
        """The judgement with its sentences in `lang`."""
        same = ("field_name", "indication", "sub_indication", "signer", "issuer", "serial", "role", "signing_time")
        more = ("time_source", "level", "covers_whole_file", "intact", "is_timestamp")
        return cls(
            headline=headline(verdict.indication, lang),
            reason=phrase(verdict.sub_indication, lang) if verdict.sub_indication else "",
            findings=FindingReport.all_of(verdict.findings, lang),
            particulars=ParticularsReport.of(verdict.particulars),
            **{name: getattr(verdict, name) for name in same + more},
        )


class DrawnPage(Protocol):
    """A page that shows something else (`signing.rendering.Difference`)."""

    @property
    def page(self) -> int:
        """Counted from 0."""

    @property
    def elsewhere(self) -> float:
        """Share that differs outside the boxes of later signatures."""


class Drawn(Protocol):
    """What drawing told (`signing.rendering.Comparison`), known by its shape: few reports need the drawing engine."""

    @property
    def drawn(self) -> tuple[str, ...]:
        """Signatures whose revision was drawn."""

    @property
    def not_drawn(self) -> tuple[str, ...]:
        """Signatures whose revision could not be drawn."""

    @property
    def differences(self) -> Sequence[DrawnPage]:
        """Pages that differ."""


class RenderingReport(_Model):
    """What the pages show, each signed revision drawn beside the file as it is now. Evidence, never a verdict."""

    message: str
    drawn: tuple[str, ...] = Field(description="signatures whose revision was drawn: those that do not cover the whole file")
    not_drawn: tuple[str, ...] = Field(description="signatures whose revision could not be drawn")
    pages: tuple[int, ...] = Field(description="pages, from 1, that show something else outside the boxes of signatures")

    @classmethod
    def of(cls, found: Drawn, lang: str = "vi") -> Self:
        """What was found, with a sentence."""
        pages = tuple(sorted({one.page + 1 for one in found.differences if one.elsewhere}))
        name = "differs" if pages else "not_drawn" if found.not_drawn else "alike" if found.drawn else "nothing"
        told = {"pages": ", ".join(map(str, pages)), "names": ", ".join(found.not_drawn)}
        message = label(f"rendering.{name}", lang, **told)
        return cls(message=message, drawn=found.drawn, not_drawn=found.not_drawn, pages=pages)


class FileReport(_Model):
    """The judgement of one file."""

    name: str
    sha256: str
    indication: Indication
    headline: str
    sub_indication: str
    reason: str = ""
    integrity: IntegrityState = Field(description="the content alone, whoever signed it")
    integrity_message: str
    profile: str = Field(description="agency: judged strictly as a file of our own; foreign: made by other software")
    checked_at: datetime
    findings: tuple[FindingReport, ...]
    signatures: tuple[SignatureReport, ...]
    rendering: RenderingReport | None = Field(default=None, description="only where it was asked for")

    @classmethod
    def of(cls, verdict: FileVerdict, lang: str = "vi", drawn: Drawn | None = None) -> Self:
        """The judgement with its sentences in `lang`."""
        state = integrity_of(verdict)
        return cls(
            name=verdict.name,
            sha256=verdict.sha256,
            indication=verdict.indication,
            headline=headline(verdict.indication, lang),
            sub_indication=verdict.sub_indication,
            reason=phrase(verdict.sub_indication, lang) if verdict.sub_indication else "",
            integrity=state,
            integrity_message=label(f"integrity.{state.value}", lang),
            profile=verdict.profile,
            checked_at=verdict.checked_at,
            findings=FindingReport.all_of(verdict.findings, lang),
            signatures=tuple(SignatureReport.of(one, lang) for one in verdict.signatures),
            rendering=None if drawn is None else RenderingReport.of(drawn, lang),
        )


class ErrorReport(_Model):
    """Why there is no judgement; the same names as in a problem document of the HTTP API."""

    code: str
    message: str
    retryable: bool
    next_step: str
    params: dict[str, Param]


class UnjudgedFile(_Model):
    """A file that could not be judged at all: gone, no permission, or it used up its time or memory."""

    name: str
    error: ErrorReport


class TrustReport(_Model):
    """What the judgements rest on."""

    demo: bool = Field(description="whether the demonstration root of this machine is among the roots")
    sources: tuple[str, ...]
    roots_sha256: tuple[str, ...]


class VerificationReport(_Model):
    """What `sohoa verify --json` prints."""

    schema_id: Literal["urn:sohoa:verification-report:1"] = SCHEMA_ID
    trust: TrustReport
    files: tuple[FileReport | UnjudgedFile, ...]


_LATER = frozenset({Topic.INTEGRITY, Topic.CHANGES})


def integrity_of(verdict: FileVerdict) -> IntegrityState:
    """What the findings on integrity and later changes mean for the content, trust left aside."""
    if not verdict.signatures:
        unsigned = any(one.code == "NO_SIGNATURE_FOUND" for one in verdict.findings)
        return IntegrityState.UNSIGNED if unsigned else IntegrityState.UNPROVEN
    findings = [*verdict.findings, *(found for one in verdict.signatures for found in one.findings)]
    told = [one for one in findings if one.topic in _LATER]
    if any(one.severity is Severity.FAILURE for one in told):
        return IntegrityState.ALTERED
    if not all(one.intact for one in verdict.signatures):
        return IntegrityState.UNPROVEN
    doubtful = any(one.severity is Severity.DOUBT for one in told)
    return IntegrityState.CHANGED_LATER if doubtful else IntegrityState.INTACT


def as_json(verdict: FileVerdict, lang: str = "vi") -> dict[str, object]:
    """The judgement of one file as plain JSON values (`FileReport`); times are ISO 8601 in UTC."""
    return FileReport.of(verdict, lang).model_dump(mode="json")


def schema_text() -> str:
    """The JSON Schema (2020-12) of `VerificationReport`, as it is published."""
    schema = VerificationReport.model_json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    return json.dumps(head | schema, ensure_ascii=False, indent=2) + "\n"
