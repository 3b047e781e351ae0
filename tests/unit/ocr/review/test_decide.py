from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ocr.fields.types import FieldSpec, Names, PaperType
from ocr.model import Check, DecisionKind, Field
from ocr.options import ReviewOptions
from ocr.review.decide import automatic, by_person
from ocr.review.order import field_order, paper_hardness

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def spec(name: str, *, required: bool = False, always_review: bool = False) -> FieldSpec:
    return FieldSpec(name=name, label_vi=name, label_en=name, required=required, always_review=always_review)


KIND = PaperType(
    code="permit",
    version=1,
    names=Names("Giấy phép", "Permit"),
    fields=(spec("number", required=True), spec("title"), spec("scope"), spec("secrecy", always_review=True)),
)


def field(name: str, confidence: float = 0.95, value: str = "x", *checks: Check) -> Field:
    return Field(name=name, raw=value, value=value, confidence=confidence, checks=checks)


def test_what_is_sure_is_decided_and_says_so() -> None:
    outcome = automatic([field("number"), field("title")], KIND, ReviewOptions(), NOW)
    made = {decision.field: decision for decision in outcome.decisions}
    assert made["number"].kind is DecisionKind.AUTOMATIC
    assert made["number"].by == "auto:above-0.80"
    assert made["scope"].kind is DecisionKind.EMPTY
    assert outcome.undecided == ()
    assert outcome.complete


@pytest.mark.parametrize(
    "doubtful",
    [field("number", 0.79), field("number", 0.99, "x", Check("tax_code.check_digit", ok=False)), field("number", 0.99, "")],
)
def test_what_is_doubtful_is_left_to_a_person(doubtful: Field) -> None:
    outcome = automatic([doubtful], KIND, ReviewOptions(require_all=True), NOW)
    assert outcome.undecided == ("number",)
    assert "number" not in {decision.field for decision in outcome.decisions}
    assert not outcome.complete
    assert automatic([doubtful], KIND, ReviewOptions(require_all=False), NOW).complete


def test_a_missing_required_field_is_never_decided_empty() -> None:
    outcome = automatic([field("title")], KIND, ReviewOptions(require_all=True), NOW)
    assert outcome.undecided == ("number",)
    assert not outcome.complete


def test_a_doubtful_optional_field_does_not_stop_the_paper() -> None:
    outcome = automatic([field("number"), field("title", 0.2)], KIND, ReviewOptions(require_all=True), NOW)
    assert outcome.undecided == ("title",)
    assert outcome.complete


def test_a_secrecy_mark_stops_the_machine_whatever_the_options() -> None:
    outcome = automatic([field("number"), field("secrecy", 1.0)], KIND, ReviewOptions(require_all=False), NOW)
    assert outcome.undecided == ("secrecy",)
    assert not outcome.complete


def test_a_person_accepts_corrects_or_empties() -> None:
    machine = field("title", value="Quyết định")
    assert by_person(machine, " Quyết  định ", "lan", NOW).kind is DecisionKind.ACCEPTED
    corrected = by_person(machine, "Thông báo", "lan", NOW, "đọc sai")
    assert (corrected.kind, corrected.value, corrected.reason) == (DecisionKind.CORRECTED, "Thông báo", "đọc sai")
    assert by_person(machine, "  ", "lan", NOW).kind is DecisionKind.EMPTY
    assert by_person(None, "X", "lan", NOW, name="scope").kind is DecisionKind.CORRECTED
    with pytest.raises(ValueError, match="name"):
        by_person(None, "X", "lan", NOW)


def test_decomposed_letters_are_the_same_value() -> None:
    assert by_person(field("title", value="Quyết"), "Quyê\u0301t", "lan", NOW).kind is DecisionKind.ACCEPTED


def test_hardest_first() -> None:
    fields = [field("title", 0.9), field("scope", 0.5)]
    assert field_order(fields, KIND, ReviewOptions()) == ("number", "scope", "title", "secrecy")
    easy = paper_hardness([field("number")], KIND, ReviewOptions())
    assert paper_hardness(fields, KIND, ReviewOptions()) > easy == 0.0
