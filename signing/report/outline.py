"""What a printed report says, in order, whatever it is printed on: one page for the usual file.

Takes the JSON models, so the page and the JSON can never tell two stories.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from signing.model import Indication, Severity, Topic
from signing.report.catalogue import basis, label
from signing.report.schema import FileReport, FindingReport, ParticularsReport, SignatureReport, TrustReport
from signing.report.words import moment

MARKS = {Severity.OK: "√", Severity.INFO: "•", Severity.WARNING: "!", Severity.DOUBT: "?", Severity.FAILURE: "×"}
_MOST_ROOTS = 3
_SHORT = 16


@dataclass(frozen=True, slots=True)
class Line:
    """One finding: how it came out, under which topic, the sentence, and where it is written what it rests on."""

    severity: Severity
    mark: str
    topic: str
    text: str
    clause: str


@dataclass(frozen=True, slots=True)
class Section:
    """One signature or document time-stamp."""

    heading: str
    verdict: str
    indication: Indication
    facts: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The report on one file."""

    language: str
    title: str
    headline: str
    indication: Indication
    integrity: str
    demo: str
    """Warning when the demonstration root is trusted; empty otherwise."""
    facts: tuple[tuple[str, str], ...]
    about_file: str
    lines: tuple[Line, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    checked_at: datetime
    name: str


def outline(report: FileReport, trust: TrustReport, lang: str = "vi") -> Outline:
    """The report on one file, in `lang`; `report` must have been made in the same language."""
    return Outline(
        language=lang,
        title=label("title", lang),
        headline=report.headline,
        indication=report.indication,
        integrity=report.integrity_message,
        demo=label("demo", lang) if trust.demo else "",
        facts=tuple(_file_facts(report, trust, lang)),
        about_file=label("about_file", lang),
        lines=_lines(report.findings, lang),
        sections=tuple(_section(number, one, lang) for number, one in enumerate(report.signatures, start=1)),
        notes=(label("legend", lang), basis(lang), label("print_notice", lang)),
        checked_at=report.checked_at,
        name=report.name,
    )


def _file_facts(report: FileReport, trust: TrustReport, lang: str) -> Iterator[tuple[str, str]]:
    yield label("file", lang), report.name
    yield label("sha256", lang), report.sha256
    yield label("checked_at", lang), moment(report.checked_at, lang)
    yield label("trust", lang), _roots(trust, lang)
    yield label("conclusion", lang), _conclusion(report.indication, report.sub_indication, report.reason)
    yield label("profile", lang), label(f"profiles.{report.profile}", lang)
    if report.rendering is not None:
        yield label("rendering.title", lang), report.rendering.message


def _roots(trust: TrustReport, lang: str) -> str:
    if not trust.roots_sha256:
        return label("trust_none", lang)
    told = [f"SHA-256 {one[:_SHORT]}…" for one in trust.roots_sha256[:_MOST_ROOTS]]
    more = len(trust.roots_sha256) - _MOST_ROOTS
    return ", ".join(told) + (f" {label('trust_more', lang, count=more)}" if more > 0 else "")


def _conclusion(indication: Indication, sub: str, reason: str) -> str:
    return f"{indication.value} / {sub} ({reason})" if sub else indication.value


def _lines(findings: tuple[FindingReport, ...], lang: str) -> tuple[Line, ...]:
    return tuple(_line(one, label(f"topics.{one.topic.value}", lang)) for one in findings)


def _line(one: FindingReport, topic: str) -> Line:
    text = one.message.removeprefix(f"{topic}: ")
    return Line(one.severity, MARKS[one.severity], topic, text, one.clause)


def _section(number: int, one: SignatureReport, lang: str) -> Section:
    kind = "timestamp" if one.is_timestamp else "signature"
    return Section(
        heading=label(kind, lang, number=number, name=one.signer or one.field_name or label("unnamed", lang)),
        verdict=one.headline,
        indication=one.indication,
        facts=tuple(_facts(one, lang)),
        lines=_lines(one.findings, lang),
    )


def _facts(one: SignatureReport, lang: str) -> Iterator[tuple[str, str]]:
    facts = one.particulars
    if not one.is_timestamp:
        yield label("role", lang), label(f"role_names.{one.role.value}", lang)
    if facts is not None and facts.organisation and facts.organisation != one.signer:
        yield label("organisation", lang), facts.organisation
    if one.issuer:
        yield label("issuer", lang), one.issuer
        yield label("serial", lang), one.serial
    if facts is not None:
        span = {"from": moment(facts.valid_from, lang)[:10], "to": moment(facts.valid_to, lang)[:10]}
        yield label("validity", lang), label("validity_range", lang, **span)
        # The chain of a signature that is broken is not looked at any more.
        yield label("anchor", lang), facts.anchor or label("anchor_none" if one.intact else "anchor_not_asked", lang)
    yield label("time", lang), _time(one, lang)
    if facts is not None:
        yield from ((label("stamp", lang), f"{moment(stamp.made_at, lang)}, {stamp.authority}") for stamp in facts.stamps)
    yield label("covers", lang), _covers(one, facts, lang)
    yield from ((label("after", lang), _after(found, lang)) for found in one.findings if found.topic is Topic.CHANGES)
    yield label("revocation", lang), _revocation(facts, lang)
    if facts is not None:
        values = {"key": facts.key, "digest": facts.digest.upper().replace("SHA", "SHA-")}
        yield label("algorithms", lang), label("algorithms_value", lang, **values)
    if one.level:
        yield label("format", lang), f"{facts.subfilter}, {one.level}" if facts is not None else one.level
    yield label("conclusion", lang), _conclusion(one.indication, one.sub_indication, one.reason)


def _time(one: SignatureReport, lang: str) -> str:
    if one.signing_time is None:
        return label("time_none", lang)
    return f"{moment(one.signing_time, lang)} ({label(f'time_sources.{one.time_source}', lang)})"


def _covers(one: SignatureReport, facts: ParticularsReport | None, lang: str) -> str:
    if facts is None:
        return label("covers_unknown", lang)
    name = "covers_all" if one.covers_whole_file else "covers_part"
    values = {"revision": facts.revision, "revisions": facts.revisions}
    return label(name, lang, bytes=_grouped(facts.file_bytes), covered=_grouped(facts.covered_bytes), **values)


def _after(found: FindingReport, lang: str) -> str:
    """What came after, and whether policy allows it."""
    if found.code == "COVERS_WHOLE_FILE":
        return label("after_nothing", lang)
    return f"{found.message.rstrip('.')} ({label(f'permitted.{found.severity.value}', lang)})"


def _grouped(count: int) -> str:
    """Thousands apart by a space, which both languages read alike."""
    return f"{count:,}".replace(",", "\u00a0")


def _revocation(facts: ParticularsReport | None, lang: str) -> str:
    if facts is None or not facts.revocation:
        return label("revocation_none", lang)
    newest = facts.revocation[-1]
    values = {
        "kind": newest.kind.value.upper(),
        "issued": moment(newest.issued_at, lang),
        "next": moment(newest.next_at, lang)[:10] if newest.next_at else label("open_end", lang),
        "where": label("answer_in_file" if newest.in_file else "answer_own", lang),
    }
    return label("answer", lang, **values)
