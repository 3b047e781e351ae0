"""Which record may serve which component of which dossier today: pure rules over facts, each question with its answer.

An answer has three states; what could not be checked is `unknown`, never yes. What may be gone on with in spite of an answer
stands in the rules file, never in code. No I/O but the rules file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from storage.access_levels import AccessLevel
from storage.dossiers import Component, ComponentState, Dossier, DossierState, Outcome, ReuseFlag
from storage.errors import BadCatalogue
from storage.model import Record, RecordState
from storage.procedures import ComponentKind, Spoken
from storage.search.fold import words

_SHIPPED = files("storage") / "data" / "reuse_rules.toml"
_SHOWN = 4


class Check(StrEnum):
    """The questions, in the order in which they are told."""

    OWNER = "owner"
    FIT = "fit"
    IN_FORCE = "in_force"
    SCOPE = "scope"
    STANDING = "standing"
    INTEGRITY = "integrity"
    SIGNATURES = "signatures"
    ACCESS = "access"
    PURPOSE = "purpose"
    DOSSIER = "dossier"


class Answer(StrEnum):
    """Three states; only PASS is yes."""

    PASS = "pass"  # noqa: S105 - no password
    UNKNOWN = "unknown"
    FAIL = "fail"


SAYS: dict[Check, dict[str, Answer]] = {
    Check.OWNER: {"same": Answer.PASS, "other": Answer.FAIL, "other_allowed": Answer.UNKNOWN, "no_id": Answer.UNKNOWN},
    Check.FIT: {
        "same_type": Answer.PASS, "substitute": Answer.PASS, "other_type": Answer.FAIL, "kind_unknown": Answer.UNKNOWN,
        "made_anew": Answer.FAIL,
    },
    Check.IN_FORCE: {
        "within": Answer.PASS, "no_term": Answer.PASS, "expired": Answer.FAIL, "issued_later": Answer.FAIL,
        "too_old": Answer.FAIL, "term_unknown": Answer.UNKNOWN, "issue_unknown": Answer.UNKNOWN,
    },
    Check.SCOPE: {
        "nationwide": Answer.PASS, "unlimited": Answer.PASS, "named": Answer.PASS, "scope_unknown": Answer.UNKNOWN,
        "to_judge": Answer.UNKNOWN,
    },
    Check.STANDING: {
        "stands": Answer.PASS, "annulled": Answer.FAIL, "replaced": Answer.FAIL, "copy_annulled": Answer.UNKNOWN,
    },
    Check.INTEGRITY: {
        "whole": Answer.PASS, "changed": Answer.FAIL, "missing": Answer.FAIL, "ledger_differs": Answer.FAIL,
        "not_checked": Answer.UNKNOWN,
    },
    Check.SIGNATURES: {
        "passed": Answer.PASS, "failed": Answer.FAIL, "indeterminate": Answer.UNKNOWN, "not_checked": Answer.UNKNOWN,
    },
    Check.ACCESS: {"open": Answer.PASS, "restricted": Answer.UNKNOWN},
    Check.PURPOSE: {"recorded": Answer.PASS, "none": Answer.FAIL},
    Check.DOSSIER: {"open": Answer.PASS, "closed": Answer.FAIL, "taken": Answer.FAIL},
}  # fmt: skip
"""Every answer that can be given, by its key, and what it is worth. The sentences stand in the rules file."""


class CheckRule(BaseModel):
    """How one question is told, and who may go on in spite of its answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    override: frozenset[Answer]
    name: Spoken
    says: dict[str, Spoken]


class Rules(BaseModel):
    """The rules file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    source: str
    nationwide_types: frozenset[str]
    """Paper types that hold in the whole country where nothing else stands on them."""
    nationwide_words: tuple[str, ...]
    no_term_types: frozenset[str]
    """Paper types that never expire."""
    checks: dict[Check, CheckRule]

    @model_validator(mode="after")
    def _complete(self) -> Rules:
        for check, answers in SAYS.items():
            rule = self.checks.get(check)
            if rule is None or set(rule.says) != set(answers):
                missing = set(answers) if rule is None else set(answers) ^ set(rule.says)
                raise ValueError(f"checks.{check}.says: {', '.join(sorted(missing))}")
            if Answer.PASS in rule.override:
                raise ValueError(f"checks.{check}.override: a pass needs none")
        return self

    def overridable(self, outcome: Outcome) -> bool:
        """True if an officer may go on in spite of this answer, with a reason."""
        return Answer(outcome.result) in self.checks[Check(outcome.code)].override

    def sentence(self, outcome: Outcome, lang: str) -> str:
        """The answer in words."""
        said = self.checks[Check(outcome.code)].says.get(outcome.why)
        return said.say(lang) if said else outcome.why


def rules(file: str = "") -> Rules:
    """The rules in `file`, or those shipped. Raises BadCatalogue."""
    try:
        changed = Path(file).stat().st_mtime_ns if file else 0
    except OSError:
        changed = 0
    return _rules(file, changed)


@lru_cache(maxsize=8)
def _rules(file: str, _changed_at: int) -> Rules:
    try:
        return Rules.model_validate(tomllib.loads(Path(file).read_text("utf-8") if file else _SHIPPED.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        why = error.errors(include_url=False, include_input=False)[0]["msg"] if isinstance(error, ValidationError) else error
        raise BadCatalogue(file=file or _SHIPPED.name, why=str(why)[:300]) from error


@dataclass(frozen=True, slots=True)
class Case:
    """One record, one component, and what was found out about them."""

    record: Record
    dossier: Dossier
    component: Component
    kind: ComponentKind | None
    """What the catalogue asks for; None when it has the component no more."""
    filed_on: date
    """The day of receipt in Vietnam."""
    purpose: str
    stated_none: frozenset[str] = frozenset()
    """Fields (`valid_until`, `scope`) of which a person decided that the paper has none."""
    copy_annulled: bool = False
    """A certified copy of the paper was annulled."""
    integrity: str = "not_checked"
    signatures: str = "not_checked"
    evidence: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What the checks of the files found, by question."""


def judge(case: Case, by: Rules) -> tuple[Outcome, ...]:
    """Every question answered, in order."""
    answers = {
        Check.OWNER: _owner(case),
        Check.FIT: _fit(case),
        Check.IN_FORCE: _in_force(case, by),
        Check.SCOPE: _scope(case, by),
        Check.STANDING: _standing(case),
        Check.INTEGRITY: (case.integrity, {}),
        Check.SIGNATURES: (case.signatures, {}),
        Check.ACCESS: _access(case),
        Check.PURPOSE: ("recorded" if case.purpose.strip() else "none", {"purpose": case.purpose.strip()}),
        Check.DOSSIER: _dossier(case),
    }
    return tuple(
        Outcome(str(check), str(SAYS[check][why]), {**told, **case.evidence.get(check, {})}, why=why)
        for check, (why, told) in answers.items()
    )


def settled(outcomes: tuple[Outcome, ...], overrides: Mapping[str, str], by: Rules) -> tuple[Outcome, ...]:
    """The outcomes with the reasons an officer gave, where the rules allow one."""
    return tuple(
        replace(one, override=overrides[one.code].strip())
        if one.result != Answer.PASS and overrides.get(one.code, "").strip() and by.overridable(one)
        else one
        for one in outcomes
    )


def open_questions(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """What stands in the way: no yes, and nobody answers for it."""
    return tuple(one for one in outcomes if one.result != Answer.PASS and not one.override)


def flag_for(record: Record, kind: ComponentKind | None) -> ReuseFlag:
    """DuocTaiSuDung: SAME for what the component asks for, SUBSTITUTE for another result in its place."""
    return ReuseFlag.SAME if kind is None or kind.fits(record.paper_type) else ReuseFlag.SUBSTITUTE


Told = tuple[str, dict[str, str]]


def _owner(case: Case) -> Told:
    ours, theirs = case.dossier.owner.id, case.record.owner
    told = {"dossier": _end(ours), "record": _end(theirs)}
    if ours and ours == theirs:
        return "same", told
    if not ours or not theirs:
        return "no_id", told
    return ("other_allowed" if case.kind is not None and case.kind.whose == "any" else "other"), told


def _fit(case: Case) -> Told:
    told = {"paper_type": case.record.paper_type}
    if case.kind is None:
        return "kind_unknown", told
    told["asked"] = ", ".join(case.kind.papers)
    if not case.kind.reusable:
        return "made_anew", told
    if case.kind.fits(case.record.paper_type):
        return "same_type", told
    return ("substitute" if case.record.paper_type in case.kind.substitutes else "other_type"), told


def _in_force(case: Case, by: Rules) -> Told:
    record, day = case.record, case.filed_on
    told = {"filed_on": day.isoformat()}
    told |= {name: value.isoformat() for name in ("issued_on", "valid_until") if (value := getattr(record, name)) is not None}
    if record.issued_on is not None and record.issued_on > day:
        return "issued_later", told
    if record.valid_until is not None and record.valid_until < day:
        return "expired", told
    limit = case.kind.newer_than_days if case.kind else None
    if limit is not None:
        return _fresh_enough(record, day, limit, told)
    if record.valid_until is not None:
        return "within", told
    known = record.paper_type in by.no_term_types or "valid_until" in case.stated_none
    return ("no_term" if known else "term_unknown"), told


def _fresh_enough(record: Record, day: date, limit_days: int, told: dict[str, str]) -> Told:
    told = {**told, "newer_than_days": str(limit_days)}
    if record.issued_on is None:
        return "issue_unknown", told
    return ("too_old" if (day - record.issued_on).days > limit_days else "within"), told


def _scope(case: Case, by: Rules) -> Told:
    said = _folded(case.record.scope)
    told = {"scope": case.record.scope} if case.record.scope else {}
    if not said:
        if case.record.paper_type in by.nationwide_types:
            return "nationwide", told
        return ("unlimited" if "scope" in case.stated_none else "scope_unknown"), told
    if any(_folded(phrase) in said for phrase in by.nationwide_words):
        return "nationwide", told
    named = (case.dossier.procedure_name, case.dossier.procedure, case.dossier.unit)
    return ("named" if any(_folded(name) in said for name in named if name) else "to_judge"), told


def _standing(case: Case) -> Told:
    if case.record.state is RecordState.ANNULLED:
        return "annulled", {}
    if case.record.state is RecordState.REPLACED:
        return "replaced", {}
    return ("copy_annulled" if case.copy_annulled else "stands"), {}


def _access(case: Case) -> Told:
    return ("restricted" if case.record.access is AccessLevel.RESTRICTED else "open"), {"level": str(case.record.access)}


def _dossier(case: Case) -> Told:
    if case.dossier.state in {DossierState.STOPPED, DossierState.REFUSED}:
        return "closed", {"state": str(case.dossier.state)}
    served = case.component.state in {ComponentState.REUSED, ComponentState.DIGITISED}
    taken = served and case.component.record != case.record.code
    return ("taken" if taken else "open"), {"component": case.component.code}


def _folded(text: str) -> str:
    return " ".join(words(text).folded)


def _end(identifier: str) -> str:
    """The last characters of an identifier: enough to tell two apart, not enough to use it."""
    return f"…{identifier[-_SHOWN:]}" if len(identifier) > _SHOWN else "…" if identifier else "—"
