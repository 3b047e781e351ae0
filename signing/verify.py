"""Bytes + trust + policy → verdict. Any PDF, ours or not; never a service, never the network, never an exception for a bad file.

A file passes only when every signature in it passes (P11) *and* the document is whole: the bytes say what the parser
believes (P1-P5), the last revision is signed (P6), nothing but what is permitted came after each signature (P8-P10).
"Could not check" is never "valid".
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from signing import ades, changes, preflight
from signing.chain import leads_home
from signing.embedded import (
    HOSTILE,
    Opened,
    attempt,
    covered_until,
    digested,
    evidence,
    is_timestamp,
    made_by_us,
    open_pdf,
    signed_range,
)
from signing.findings import indicates
from signing.judgement import of_broken, of_signature
from signing.loop import complete
from signing.model import FileVerdict, Finding, Indication, Role, Severity, SignatureVerdict, Topic
from signing.policy import Policy, Profile
from signing.preflight import Layout
from signing.sweep import Point, Swept, sweep
from signing.trust import TrustStore

_ORDER = tuple(Topic)
_AS_INDICATION = {Severity.DOUBT: Indication.INDETERMINATE, Severity.FAILURE: Indication.FAILED}
_ANY = Policy()


def verify(path: Path, trust: TrustStore, policy: Policy = _ANY, now: datetime | None = None, name: str = "") -> FileVerdict:
    """The verdict on the file at `path`.

    Args:
        path: any file; read through a handle, so size costs time and no memory.
        trust: roots, intermediates and revocation lists to judge by.
        policy: what is expected of the file.
        now: aware time to judge at; the present if absent.
        name: how the file is called in the verdict; its own name if empty.
    """
    return examine(path, trust, policy, now, name)[0]


def examine(
    path: Path, trust: TrustStore, policy: Policy = _ANY, now: datetime | None = None, name: str = "", before: Point | None = None
) -> tuple[FileVerdict, Swept | None]:
    """`verify`, and what was seen on the way through the bytes; None where no parser took the file.

    `before`: what was seen of the file when it was shorter. Everything is judged anew; `Swept.grown` tells whether the bytes of
    then are still those.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    facts = _File(name or path.name, moment)
    try:
        with path.open("rb") as handle:
            header_at = preflight.header_at(handle)
            opened = open_pdf(handle, header_at) if header_at >= 0 else None
            if opened is None:
                facts.sha256 = sweep(handle).sha256
                return facts.alone("DAMAGED" if header_at >= 0 else "NOT_A_PDF", Severity.FAILURE), None
            layout, opened, swept = _swept(facts, handle, opened, before)
            return complete(_judge(facts, layout, opened, trust, policy)), swept
    except OSError:
        return facts.alone("UNREADABLE", Severity.FAILURE), None


def _swept(facts: _File, handle: IO[bytes], opened: Opened, before: Point | None) -> tuple[Layout, Opened, Swept]:
    """One way through the file, as the parser counts its bytes: outline, fingerprint, and the digests of all signatures."""
    stream, size = opened.reader.stream, handle.seek(0, os.SEEK_END) - opened.shift
    ranges = [one for one in (signed_range(signature, size) for signature in opened.signatures) if one]
    swept = sweep(stream, ranges, before)
    facts.sha256 = sweep(handle).sha256 if opened.shift else swept.sha256
    layout = preflight.outline(stream, swept)
    return replace(layout, uncounted=opened.shift), digested(opened, swept.digests, size), swept


def count_signatures(path: Path) -> int:
    """How many signatures and document time-stamps a file carries, readable or not; 0 for anything that is no PDF."""
    try:
        with path.open("rb") as handle:
            opened = open_pdf(handle, preflight.header_at(handle))
    except OSError:
        return 0
    return 0 if opened is None else len(opened.signatures) + len(opened.broken)


class _File:
    """What is known of the file so far."""

    def __init__(self, name: str, now: datetime) -> None:
        self.name, self.now, self.sha256, self.profile = name, now, "", "foreign"

    def alone(self, code: str, severity: Severity) -> FileVerdict:
        """A verdict that rests on one finding."""
        return self.verdict([], [Finding(Topic.INTEGRITY, code, severity)])

    def verdict(self, signatures: Sequence[SignatureVerdict], findings: Sequence[Finding]) -> FileVerdict:
        """The worst of signatures and document."""
        indication, sub = _worst(signatures, findings)
        told = tuple(sorted(findings, key=lambda one: _ORDER.index(one.topic)))
        return FileVerdict(self.name, self.sha256, indication, sub, tuple(signatures), told, self.now, self.profile)


def _worst(signatures: Sequence[SignatureVerdict], findings: Sequence[Finding]) -> tuple[Indication, str]:
    """P11: every signature and time-stamp counts; the first of the worst names the sub-indication."""
    cases = [(one.indication, one.sub_indication) for one in signatures]
    cases += [(_AS_INDICATION[one.severity], indicates(one)) for one in findings if one.severity in _AS_INDICATION]
    for wanted in (Indication.FAILED, Indication.INDETERMINATE):
        found = next((sub for indication, sub in cases if indication is wanted), None)
        if found is not None:
            return wanted, found
    return Indication.PASSED, ""


async def _judge(facts: _File, layout: Layout, opened: Opened, trust: TrustStore, policy: Policy) -> FileVerdict:
    if opened.locked:
        return facts.alone("ENCRYPTED", Severity.DOUBT)
    brought, store_readable = evidence(opened)
    setting = ades.Setting(trust, brought, facts.now, has_store=bool(brought.crls or brought.ocsps))
    strict = _is_agency(opened, setting, policy)
    facts.profile = (Profile.AGENCY if strict else Profile.FOREIGN).value
    setting = replace(setting, archive=await ades.archive_times(opened.signatures, setting))
    verdicts = [await of_signature(one, opened, setting, layout.size, strict=strict) for one in opened.signatures]
    verdicts += [of_broken(one) for one in opened.broken]
    findings = _document(layout, opened, verdicts, strict=strict)
    if not store_readable:
        findings.append(Finding(Topic.INTEGRITY, "STORE_UNREADABLE", Severity.FAILURE if strict else Severity.DOUBT))
    if opened.reader.encrypted:
        findings.append(Finding(Topic.INTEGRITY, "OPENS_WITHOUT_PASSWORD", Severity.WARNING))
    findings += p_roles(verdicts, policy)
    if not verdicts:
        findings.insert(0, Finding(Topic.INTEGRITY, "NO_SIGNATURE_FOUND", Severity.DOUBT))
    return facts.verdict(verdicts, findings)


def _is_agency(opened: Opened, setting: ades.Setting, policy: Policy) -> bool:
    if policy.profile is not Profile.AUTO:
        return policy.profile is Profile.AGENCY
    signers = [one for one in opened.signatures if not is_timestamp(one)]
    if not signers or opened.broken or not all(made_by_us(one) for one in signers):
        return False
    return all(_home(one.signer_cert, setting) for one in signers)


def _home(certificate: object, setting: ades.Setting) -> bool:
    try:
        return leads_home(certificate, setting.trust, setting.evidence)
    except HOSTILE:
        return False


def _document(layout: Layout, opened: Opened, verdicts: Sequence[SignatureVerdict], *, strict: bool) -> list[Finding]:
    """The findings on the document as a whole."""
    intact = {one.field_name for one in verdicts if one.intact}
    reliable = [one for one in opened.signatures if one.field_name in intact]
    last = max(reliable, key=covered_until, default=None)
    seen = preflight.Seen(
        signatures=len(opened.signatures) + len(opened.broken),
        covered_until=0 if last is None else covered_until(last),
        revisions_after=opened.revisions if last is None else opened.revisions - 1 - int(last.signed_revision),
        strict=strict,
    )
    # Without an intact signature there is no signed part that bytes could stand behind: only hidden signatures are told.
    found = preflight.findings(layout, seen) if last is not None else [f for f in [preflight.p5_byte_ranges(layout, seen)] if f]
    found += [one for one in (p7_strict_parse(opened, strict=strict), p16_hybrid(opened, strict=strict)) if one]
    if last is not None:
        rules = (changes.p6_last_revision, changes.p10_after_last_signature)
        found += [_by_profile(one, strict=strict) for rule in rules if (one := attempt(lambda rule=rule: rule(opened)))]  # type: ignore[misc]
    return found


def _by_profile(finding: Finding, *, strict: bool) -> Finding:
    """In a foreign file, later revisions were judged one by one already (P9); here they leave doubt only."""
    return finding if strict else Finding(finding.topic, finding.code, Severity.DOUBT, finding.params)


def p7_strict_parse(opened: Opened, *, strict: bool) -> Finding | None:
    """P7: the file obeys the standard strictly; a foreign one that a lenient reader takes is told, not failed."""
    if opened.strict_parse:
        return None
    return Finding(Topic.INTEGRITY, "STRICT_PARSE_FAILED", Severity.FAILURE if strict else Severity.WARNING)


def p16_hybrid(opened: Opened, *, strict: bool) -> Finding | None:
    """P16: no hybrid cross-references in our own files; in a foreign one they are told."""
    if not opened.hybrid:
        return None
    return Finding(Topic.INTEGRITY, "HYBRID_REFERENCES", Severity.FAILURE if strict else Severity.WARNING)


def p_roles(verdicts: Sequence[SignatureVerdict], policy: Policy) -> list[Finding]:
    """The roles that had to sign have signed (domain §5.3, check 7)."""
    there = {one.role for one in verdicts if one.indication is not Indication.FAILED}
    missing: list[Role] = [role for role in policy.required_roles if role not in there]
    return [Finding(Topic.SIGNATURE, "ROLE_MISSING", Severity.DOUBT, {"role": role.value}) for role in missing]
