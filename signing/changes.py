"""What came after a signature, and whether it may (rules P6, P8, P9, P10).

Stock pyHanko lets anyone rewrite metadata, fill text fields and add unreachable objects in a signed file, so those rules are
left out here. In a foreign file such a change is doubt with a name; a change of what the pages show is failure.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffPolicy,
    DiffResult,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    GenericFieldModificationRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    QualifiedWhitelistRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from signing.embedded import HOSTILE, Opened, attempt, covered_until, is_timestamp
from signing.model import Finding, Severity, Topic
from signing.pages import shows_otherwise

_MOST_GAP = 1 << 20
_VALUE_ALONE = re.compile(rb"\s*(?:<[0-9A-Fa-f\s]*>|\((?:[^()\\]|\\.)*\))\s*", re.DOTALL)
_WHOLE = SignatureCoverageLevel.ENTIRE_FILE
_LTA = ModificationLevel.LTA_UPDATES


def _structure() -> list[QualifiedWhitelistRule]:
    return [
        CatalogModificationRule(),
        XrefStreamRule().as_qualified(_LTA),
        ObjectStreamRule().as_qualified(_LTA),
        DSSCompareRule().as_qualified(_LTA),
    ]


@cache
def strict_policy() -> DiffPolicy:
    """P9: further signatures and long-term evidence may follow, nothing else."""
    form = FormUpdatingRule(field_rules=[SigFieldCreationRule(), SigFieldModificationRule()])
    return StandardDiffPolicy(_structure(), form, ignore_orphaned_objects=False)


@cache
def metadata_policy() -> DiffPolicy:
    """What real signing tools do besides: document information rewritten, unreachable objects left behind."""
    form = FormUpdatingRule(field_rules=[SigFieldCreationRule(), SigFieldModificationRule()])
    metadata = [DocInfoRule().as_qualified(_LTA), MetadataUpdateRule().as_qualified(_LTA)]
    return StandardDiffPolicy([*_structure(), *metadata], form)


@cache
def form_policy() -> DiffPolicy:
    """Form values changed as well."""
    rules = [SigFieldCreationRule(), SigFieldModificationRule(), GenericFieldModificationRule()]
    metadata = [DocInfoRule().as_qualified(_LTA), MetadataUpdateRule().as_qualified(_LTA)]
    return StandardDiffPolicy([*_structure(), *metadata], FormUpdatingRule(field_rules=rules))


@dataclass(frozen=True)
class Aftermath:
    """What followed one signature."""

    covers_whole_file: bool
    findings: tuple[Finding, ...]


def after(signature: EmbeddedPdfSignature, opened: Opened, size: int, *, strict: bool) -> Aftermath:
    """Coverage of the signature and the judgement of everything behind it; `size` is the length of the file in bytes."""
    if _ill_range(signature, size) or signature.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return Aftermath(covers_whole_file=False, findings=(p8_coverage(signature, strict=strict),))
    if signature.coverage is _WHOLE:
        return Aftermath(covers_whole_file=True, findings=(Finding(Topic.CHANGES, "COVERS_WHOLE_FILE", Severity.OK),))
    return Aftermath(covers_whole_file=False, findings=(p9_changes(signature, opened, strict=strict),))


def _ill_range(signature: EmbeddedPdfSignature, size: int) -> bool:
    """Whether the gap in the byte range is anything but the signature value itself, or the range leaves the file."""
    start, first, second, length = (int(one) for one in signature.byte_range)
    signature_hex = 2 * len(signature.pkcs7_content) + 2
    return start != 0 or first <= 0 or length < 0 or second - first != signature_hex or second + length > size


def p8_coverage(signature: EmbeddedPdfSignature, *, strict: bool) -> Finding:
    """P8: a signature covers at least the whole revision it stands in.

    Some tools leave out white space beside the value, or write the value as a plain string: doubt in a foreign file.
    """
    first, second = int(signature.byte_range[1]), int(signature.byte_range[2])
    if not strict and 0 < first < second <= first + _MOST_GAP:
        signature.reader.stream.seek(first)
        if _VALUE_ALONE.fullmatch(signature.reader.stream.read(second - first)):
            return Finding(Topic.INTEGRITY, "COVERAGE_LOOSE", Severity.DOUBT)
    return Finding(Topic.INTEGRITY, "COVERAGE_TOO_SMALL", Severity.FAILURE)


def p9_changes(signature: EmbeddedPdfSignature, opened: Opened, *, strict: bool) -> Finding:
    """P9: the changes after a signature are only such as are permitted."""
    level = _review(signature, opened, strict_policy())
    if level is ModificationLevel.LTA_UPDATES or level is ModificationLevel.NONE:
        return Finding(Topic.CHANGES, "ONLY_EVIDENCE_ADDED", Severity.OK)
    if level is ModificationLevel.FORM_FILLING and not _locked(signature):
        return Finding(Topic.CHANGES, "SIGNATURES_ADDED", Severity.INFO)
    if strict:
        return Finding(Topic.CHANGES, "CHANGED_AFTER_SIGNING", Severity.FAILURE)
    return _foreign_change(signature, opened)


def _locked(signature: EmbeddedPdfSignature) -> bool:
    """Whether the signature itself forbids every change (DocMDP P=1)."""
    try:
        permission = signature.docmdp_level
    except HOSTILE:
        return True
    return permission is not None and int(permission.value) == 1


def _foreign_change(signature: EmbeddedPdfSignature, opened: Opened) -> Finding:
    """In a foreign file: proven change of what is shown fails, everything else is doubt with a name.

    Filled forms, and notes where the author's certification allows them, show something else and are no proof of forgery.
    """
    level = _review(signature, opened, metadata_policy())
    if level is not None and not (level is ModificationLevel.FORM_FILLING and _locked(signature)):
        return Finding(Topic.CHANGES, "METADATA_CHANGED", Severity.WARNING if _confirmed(opened) else Severity.DOUBT)
    if not _locked(signature) and _review(signature, opened, form_policy()) is not None:
        return Finding(Topic.CHANGES, "FORM_CHANGED", Severity.DOUBT)
    shown = shows_otherwise(opened.reader, int(signature.signed_revision))
    if shown.startswith("ANNOTATION_") and _notes_permitted(signature, opened):
        return Finding(Topic.CHANGES, "ANNOTATION_PERMITTED", Severity.DOUBT)
    if shown:
        return Finding(Topic.CHANGES, shown, Severity.FAILURE)
    return Finding(Topic.CHANGES, "UNEXPLAINED_CHANGE", Severity.DOUBT)


def _confirmed(opened: Opened) -> bool:
    """Whether a person signed the whole file at last, new metadata and all, with nothing behind it but long-term evidence.

    Then it is told, not doubted; P11 judges that signer. A time-stamp proves when, not that anybody agreed.
    """
    return any(not is_timestamp(one) for one in opened.signatures) and p10_after_last_signature(opened) is None


def _notes_permitted(signature: EmbeddedPdfSignature, opened: Opened) -> bool:
    """Whether a certification in the file permits annotations (DocMDP P=3) and this signature does not take it back."""
    levels = [attempt(lambda one=one: one.docmdp_level) for one in opened.signatures]  # type: ignore[misc]  # bound on purpose
    given = [level.value for level in levels if level is not None]
    own = attempt(lambda: signature.docmdp_level)
    return bool(given) and min(given) == 3 and (own is None or own.value == 3)


def _review(signature: EmbeddedPdfSignature, opened: Opened, policy: DiffPolicy) -> ModificationLevel | None:
    """The level of the changes, or None when the policy refuses them."""
    key = (id(signature), id(policy))
    if key not in opened.reviews:
        opened.reviews[key] = _reviewed(signature, opened, policy)
    return opened.reviews[key]


def _reviewed(signature: EmbeddedPdfSignature, opened: Opened, policy: DiffPolicy) -> ModificationLevel | None:
    try:
        result = policy.review_file(
            opened.reader, int(signature.signed_revision), field_mdp_spec=signature.fieldmdp, doc_mdp=signature.docmdp_level
        )
    except HOSTILE:
        return None
    return result.modification_level if isinstance(result, DiffResult) else None


def p6_last_revision(opened: Opened) -> Finding | None:
    """P6: the last signature or time-stamp covers the file to its end, or what follows it is long-term evidence only."""
    last = max(opened.signatures, key=covered_until)
    if last.coverage is _WHOLE:
        return None
    if last.coverage >= SignatureCoverageLevel.ENTIRE_REVISION and _only_evidence(last, opened):
        return None
    return Finding(Topic.CHANGES, "LAST_REVISION_UNSIGNED", Severity.FAILURE)


def p10_after_last_signature(opened: Opened) -> Finding | None:
    """P10: behind the last regular signature stands nothing but long-term evidence."""
    regular = [one for one in opened.signatures if not is_timestamp(one)]
    if not regular:
        return None
    last = max(regular, key=covered_until)
    if last.coverage is _WHOLE or _only_evidence(last, opened):
        return None
    return Finding(Topic.CHANGES, "MORE_THAN_EVIDENCE", Severity.FAILURE)


def _only_evidence(signature: EmbeddedPdfSignature, opened: Opened) -> bool:
    return _review(signature, opened, strict_policy()) in {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES}
