"""Steps that only think are written together; what cannot be written so is done by itself, and fails as itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from api.pipeline import deciding
from api.pipeline.engine import Pipeline
from api.wiring import Sohoa
from storage.model import Paper, PaperState, StepKind, StepState
from storage.records.fields import Fields
from storage.records.search_index import SearchIndex
from tests.world.product import sohoa_in
from tests.world.waiting import put_waiting

THOUGHT = (StepKind.CLASSIFY, StepKind.FIELDS, StepKind.CONFIRM, StepKind.CODE)


@pytest.fixture
def sohoa(tmp_path: Path) -> Iterator[Sohoa]:
    with sohoa_in(tmp_path / "data") as sohoa:
        yield sohoa


def read(sohoa: Sohoa, *, automatic: bool = True) -> Paper:
    """A paper whose pages are read and whose copy is sealed: the first step that only thinks is ready."""
    (paper,) = put_waiting(sohoa, boxes=0, automatic=automatic)
    with sohoa.database.transaction() as uow:
        batch = uow.batches.get(paper.batch_id)
        uow.steps.drop(frozenset({StepKind.CONFIRM}), paper.id)
        uow.fields.put(paper.id, ())
        uow.papers.update(paper.id, state=PaperState.WORKING, sealed=paper.original)
        uow.steps.add(StepKind.CLASSIFY, paper.id, batch=batch, file_id=paper.file_id, paper_id=paper.id)
    return paper


def work(sohoa: Sohoa) -> None:
    pipeline = Pipeline(sohoa)
    pipeline.work()
    pipeline.close()


def states(sohoa: Sohoa, paper: Paper) -> dict[StepKind, StepState]:
    with sohoa.database.read() as uow:
        return {step.kind: step.state for step in uow.steps.of_paper(paper.id)}


def times(sohoa: Sohoa, paper: Paper) -> dict[str, object]:
    with sohoa.database.read() as uow:
        return {entry.event: entry.at for entry in uow.ledger.of_subjects([paper.id])}


def broken(*_: object) -> NoReturn:
    raise ZeroDivisionError


def test_what_needs_only_thought_is_one_transaction(sohoa: Sohoa) -> None:
    paper = read(sohoa)
    work(sohoa)
    assert states(sohoa, paper) == dict.fromkeys((*THOUGHT, StepKind.STORE, StepKind.INDEX), StepState.DONE)
    at = times(sohoa, paper)
    thought = ("paper.classified", "fields.extracted", "fields.decided_automatically", "code.issued")
    assert len({at[event] for event in thought}) == 1, "the time is asked once a transaction"
    assert at["record.stored"] == at["record.indexed"] != at["code.issued"]


def test_the_question_to_a_person_comes_with_the_fields(sohoa: Sohoa) -> None:
    paper = read(sohoa, automatic=False)
    work(sohoa)
    waiting = dict.fromkeys((StepKind.CLASSIFY, StepKind.FIELDS), StepState.DONE) | {StepKind.CONFIRM: StepState.WAITING}
    assert states(sohoa, paper) == waiting
    with sohoa.database.read() as uow:
        assert uow.papers.get(paper.id).state is PaperState.REVIEW
        assert uow.fields.of_paper(paper.id)


def test_a_step_that_cannot_be_worked_out_fails_as_itself(sohoa: Sohoa, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = read(sohoa)
    monkeypatch.setattr(deciding, "extract", broken)
    work(sohoa)
    found = states(sohoa, paper)
    assert found[StepKind.CLASSIFY] is StepState.DONE
    assert found[StepKind.FIELDS] is not StepState.DONE
    assert StepKind.CONFIRM not in found


def test_what_cannot_be_written_takes_nothing_else_with_it(sohoa: Sohoa, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = read(sohoa)
    monkeypatch.setattr(Fields, "decide", broken)
    monkeypatch.setattr(SearchIndex, "put", broken)
    work(sohoa)
    found = states(sohoa, paper)
    assert (found[StepKind.CLASSIFY], found[StepKind.FIELDS]) == (StepState.DONE, StepState.DONE)
    assert found[StepKind.CONFIRM] is not StepState.DONE
    assert len(times(sohoa, paper)) == 2, "what was rolled back stands in no ledger"


def test_a_record_is_kept_though_it_cannot_be_indexed(sohoa: Sohoa, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = read(sohoa)
    monkeypatch.setattr(SearchIndex, "put", broken)
    work(sohoa)
    found = states(sohoa, paper)
    assert found[StepKind.STORE] is StepState.DONE
    assert found[StepKind.INDEX] is not StepState.DONE
    with sohoa.database.read() as uow:
        assert uow.papers.get(paper.id).state is PaperState.DONE
        assert uow.records.of_paper(paper.id)
