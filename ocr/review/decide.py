"""Who has the last word on a field: rules, no storage.

Nothing a machine read is overwritten: a decision stands beside the machine's value. An automatic decision names its rule
in `by`, so that every one of them can be found again. Confidence alone decides nothing: a value whose validator says no
is never decided automatically, however sure the reading was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ocr.fields.types import FieldSpec, PaperType
from ocr.model import Decision, DecisionKind, Field
from ocr.options import ReviewOptions
from ocr.review.values import normalise

BY_ABSENCE = "auto:optional-not-found"
BY_CONFIDENCE = "auto:above-"
"""Followed by the least confidence, two decimals."""


@dataclass(frozen=True, slots=True)
class AutomaticOutcome:
    """What the machine decided and what it leaves to a person."""

    decisions: tuple[Decision, ...]
    undecided: tuple[str, ...]
    """Field names that are doubtful, or required and missing, in the order of the paper type."""
    complete: bool
    """True when the paper may go on without a person under these options."""


def doubtful(field: Field, spec: FieldSpec | None, options: ReviewOptions) -> bool:
    """Whether a person has to look at this value: not sure enough, empty, a failed check, or a field nobody may skip."""
    if spec is not None and spec.always_review:
        return True
    failed = any(check.ok is False for check in field.checks)
    return failed or not field.value or field.confidence < options.automatic_above


def automatic(fields: Sequence[Field], paper_type: PaperType, options: ReviewOptions, now: datetime) -> AutomaticOutcome:
    """Decisions on all fields that are sure enough; an optional field that was not found is decided empty.

    Whether the machine may decide at all (`options.automatic`, or the batch's own switch) is the caller's question.
    A paper with a field marked `always_review` (the secrecy mark) is never complete without a person; with
    `options.require_all` neither is one whose required field is missing or doubtful.
    """
    found = {field.name: field for field in fields}
    specs = {spec.name: spec for spec in paper_type.fields}
    by = f"{BY_CONFIDENCE}{options.automatic_above:.2f}"
    decisions: list[Decision] = []
    undecided: list[str] = []
    for name in [*specs, *(name for name in found if name not in specs)]:
        field, spec = found.get(name), specs.get(name)
        if field is None:
            if spec is not None and spec.required:
                undecided.append(name)
            else:
                decisions.append(Decision(field=name, value="", kind=DecisionKind.EMPTY, by=BY_ABSENCE, at=now))
        elif doubtful(field, spec, options):
            undecided.append(name)
        else:
            decisions.append(Decision(field=name, value=field.value, kind=DecisionKind.AUTOMATIC, by=by, at=now))
    stop = any(spec.always_review and name in found for name, spec in specs.items())
    open_required = any(specs[name].required for name in undecided if name in specs)
    complete = not stop and not (options.require_all and open_required)
    return AutomaticOutcome(decisions=tuple(decisions), undecided=tuple(undecided), complete=complete)


def by_person(field: Field | None, value: str, by: str, now: datetime, reason: str = "", *, name: str = "") -> Decision:
    """A person's last word: ACCEPTED when it equals the machine's value, EMPTY when blank, CORRECTED otherwise.

    `field` is the machine's value, None when it found nothing; then `name` says which field is decided.
    Raises ValueError when neither names a field (a mistake of the caller, never of the user).
    """
    target = field.name if field is not None else name
    if not target:
        raise ValueError("by_person needs a field or a name")
    decided = normalise(value)
    if not decided:
        kind = DecisionKind.EMPTY
    elif field is not None and decided == normalise(field.value):
        kind = DecisionKind.ACCEPTED
    else:
        kind = DecisionKind.CORRECTED
    return Decision(field=target, value=decided, kind=kind, by=by, at=now, reason=reason.strip())
