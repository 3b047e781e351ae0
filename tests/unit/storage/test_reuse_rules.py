"""The rules of reuse over facts alone: three answers, what nobody knows is never yes, overrides only where the file allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from storage.access_levels import AccessLevel
from storage.dossiers import ComponentState, DossierState, ReuseFlag
from storage.errors import BadCatalogue
from storage.model import Record, RecordState
from storage.procedures import ComponentKind, Spoken
from storage.reuse import SAYS, Answer, Case, Check, flag_for, judge, open_questions, rules, settled
from tests.contract import facts
from tests.contract.test_dossiers import OWNER, component, dossier

FILED = date(2026, 3, 1)
KIND = ComponentKind(
    code="TP.1", name=Spoken(vi="Giấy khai sinh", en="Birth certificate"), required=True, papers=("birth_certificate",),
    substitutes=("administrative",), whose="owner",
)  # fmt: skip


def record(**changes: Any) -> Record:
    paper = facts.paper_of(facts.file_of(facts.batch()))
    return facts.record_of(paper, **({"owner": OWNER.id, "paper_type": "birth_certificate"} | changes))


def case(found: Record | None = None, **changes: Any) -> Case:
    made = Case(
        record=found or record(), dossier=dossier(), component=component(), kind=KIND, filed_on=FILED, purpose="kết hôn",
        integrity="whole", signatures="passed",
    )  # fmt: skip
    return replace(made, **changes)


def answers(one: Case) -> dict[str, str]:
    return {outcome.code: outcome.why for outcome in judge(one, rules()) if outcome.result != Answer.PASS}


def test_what_is_all_known_and_right_passes_whole() -> None:
    outcomes = judge(case(), rules())
    assert [one.code for one in outcomes] == [str(check) for check in Check]
    assert open_questions(outcomes) == ()


CASES: list[tuple[Case, dict[str, str]]] = [
    (case(record(owner="079085000999")), {"owner": "other"}),
    (case(record(owner="079085000999"), kind=KIND.model_copy(update={"whose": "any"})), {"owner": "other_allowed"}),
    (case(record(owner="")), {"owner": "no_id"}),
    (case(dossier=dossier(owner=replace(OWNER, id=""))), {"owner": "no_id"}),
    (case(record(paper_type="contract", valid_until=FILED, scope="Toàn quốc")), {"fit": "other_type"}),
    (case(kind=None), {"fit": "kind_unknown"}),
    (case(kind=KIND.model_copy(update={"reusable": False})), {"fit": "made_anew"}),
    (case(record(valid_until=date(2026, 2, 28))), {"in_force": "expired"}),
    (case(record(valid_until=FILED)), {}),
    (case(record(issued_on=date(2026, 3, 2))), {"in_force": "issued_later"}),
    (case(record(paper_type="administrative", scope="cả nước")), {"in_force": "term_unknown"}),
    (case(record(paper_type="administrative", scope="cả nước"), stated_none=frozenset({"valid_until"})), {}),
    (case(kind=KIND.model_copy(update={"newer_than_days": 180})), {"in_force": "too_old"}),
    (case(record(issued_on=None), kind=KIND.model_copy(update={"newer_than_days": 180})), {"in_force": "issue_unknown"}),
    (case(record(issued_on=date(2026, 1, 1)), kind=KIND.model_copy(update={"newer_than_days": 180})), {}),
    (case(record(paper_type="administrative", valid_until=FILED)), {"scope": "scope_unknown"}),
    (case(record(paper_type="administrative", valid_until=FILED), stated_none=frozenset({"scope"})), {}),
    (case(record(scope="Chỉ dùng trong quân đội")), {"scope": "to_judge"}),
    (case(record(scope="Dùng để ĐĂNG KÝ KẾT HÔN")), {}),
    (case(record(state=RecordState.ANNULLED)), {"standing": "annulled"}),
    (case(record(state=RecordState.REPLACED)), {"standing": "replaced"}),
    (case(copy_annulled=True), {"standing": "copy_annulled"}),
    (case(integrity="not_checked", signatures="indeterminate"), {"integrity": "not_checked", "signatures": "indeterminate"}),
    (case(record(access=AccessLevel.RESTRICTED)), {"access": "restricted"}),
    (case(purpose="  "), {"purpose": "none"}),
    (case(dossier=dossier(state=DossierState.STOPPED)), {"dossier": "closed"}),
    (case(component=component(state=ComponentState.DIGITISED, record="X")), {"dossier": "taken"}),
]


@pytest.mark.parametrize(("one", "left"), CASES)
def test_what_stands_in_the_way(one: Case, left: dict[str, str]) -> None:
    assert answers(one) == left


def test_only_the_file_lets_an_officer_go_on() -> None:
    outcomes = judge(case(record(owner=""), integrity="not_checked"), rules())
    said = settled(outcomes, {"owner": "đã đối chiếu", "integrity": "tôi tin", "scope": "thừa"}, rules())
    assert {one.code: one.override for one in said if one.override} == {"owner": "đã đối chiếu"}
    assert [one.code for one in open_questions(said)] == ["integrity"]
    assert [one.code for one in open_questions(settled(outcomes, {"owner": " "}, rules()))] == ["owner", "integrity"]


def test_another_result_in_its_place_is_flagged() -> None:
    assert flag_for(record(), KIND) is ReuseFlag.SAME
    assert flag_for(record(paper_type="administrative"), KIND) is ReuseFlag.SUBSTITUTE


def test_every_answer_has_its_sentence_in_both_languages_and_identifiers_stay_hidden() -> None:
    for check, said in SAYS.items():
        assert set(rules().checks[check].says) == set(said)
    for outcome in judge(case(), rules()):
        assert rules().sentence(outcome, "vi") != rules().sentence(outcome, "en")
        assert OWNER.id not in str(outcome.evidence)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('override = ["unknown"]', 'override = ["pass"]'),
        ("says.same =", "says.like ="),
        ("version =", "unknown ="),
        ("[checks.owner]", "[checks.owner"),
    ],
)
def test_a_rules_file_that_is_not_whole_is_refused(tmp_path: Path, old: str, new: str) -> None:
    shipped = (files("storage") / "data" / "reuse_rules.toml").read_text("utf-8")
    file = tmp_path / "rules.toml"
    file.write_text(shipped.replace(old, new, 1))
    with pytest.raises(BadCatalogue):
        rules(str(file))
