"""The order in which a person looks at things: hardest first, so that the doubtful gets the fresh eyes."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.fields.types import PaperType
from ocr.model import Field
from ocr.options import ReviewOptions
from ocr.review.decide import doubtful

_MISSING_REQUIRED = -1.0
_MISSING_OPTIONAL = 2.0


def field_order(fields: Sequence[Field], paper_type: PaperType, options: ReviewOptions) -> tuple[str, ...]:
    """Names of all fields of the paper, hardest first.

    Missing required fields, then doubtful ones by rising confidence, then sure ones by rising confidence, at last the
    optional ones that were not found. Ties keep the order of the paper type.
    """
    found = {field.name: field for field in fields}
    specs = {spec.name: spec for spec in paper_type.fields}
    names = [*specs, *(name for name in found if name not in specs)]

    def hardness(name: str) -> tuple[int, float]:
        field, spec = found.get(name), specs.get(name)
        if field is None:
            return (0, _MISSING_REQUIRED) if spec is not None and spec.required else (2, _MISSING_OPTIONAL)
        return (0 if doubtful(field, spec, options) else 1, field.confidence)

    return tuple(sorted(names, key=hardness))


def paper_hardness(fields: Sequence[Field], paper_type: PaperType, options: ReviewOptions) -> float:
    """How much work a paper is, higher is harder: the sum of doubt over its fields, a missing required field counting 1."""
    found = {field.name: field for field in fields}
    missing = sum(1.0 for spec in paper_type.fields if spec.required and spec.name not in found)
    doubts = sum(max(0.0, 1.0 - field.confidence) for field in fields if doubtful(field, paper_type.spec(field.name), options))
    return missing + doubts
