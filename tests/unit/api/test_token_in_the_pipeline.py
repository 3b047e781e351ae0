"""A token at the server seals papers; pulled out, papers wait and go on when it is back; a wrong PIN asks a person."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from api.pipeline.engine import Pipeline
from api.signatures.options import Holder, KeyOptions, KeysOptions
from api.signatures.signatories import Signatories
from api.wiring import Sohoa
from signing.demo_pki import ensure
from signing.trust import TrustStore
from storage.model import PaperState, StepState
from tests.unit.api.test_signing_desk import run, state_of, step_of, to_seal
from tests.unit.signing.world import World, make_world
from tests.world.door import open_door
from tests.world.tokens import MODULE, PIN, Tokens

TRUST: list[TrustStore] = []


class TokenSignatories(Signatories):
    """The configured ones, believing the test world and stamped by the demonstration authority."""

    def timestamper(self) -> Any:
        return self.demo.timestamper()

    def time_at_hand(self, level: Any) -> None:
        """Always."""

    def trust(self) -> TrustStore:
        return self.demo.trust().merged(TRUST[0])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def tokens(tmp_path: Path, world: World) -> Iterator[Tokens]:
    before = os.environ.get("SOFTHSM2_CONF")
    made = Tokens(tmp_path / "hsm")
    made.use()
    made.init("cán bộ")
    made.put_key("cán bộ", world.issuing, "Nguyễn Văn Thử", "p256")
    yield made
    os.environ.pop("SOFTHSM2_CONF") if before is None else os.environ.update(SOFTHSM2_CONF=before)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ensure(tmp_path_factory.mktemp("pki")).folder


@pytest.fixture
def sohoa(tmp_path: Path, tokens: Tokens, world: World, pki: Path) -> Iterator[Sohoa]:
    (tmp_path / "pin").write_text(PIN)
    copytree(pki, tmp_path / "data" / "demo-pki")
    held = KeyOptions(holder=Holder.PKCS11, module=MODULE, token_label="cán bộ", secret_file=tmp_path / "pin")
    TRUST[:] = [world.trust]
    with open_door(tmp_path / "data", keys=KeysOptions(personal=held)) as door:
        s = door.sohoa.signatories
        yield replace(door.sohoa, signatories=TokenSignatories(s.demo, s.folder, s.trusting, None, s.ring, s.real_keys))


@pytest.fixture
def pipeline(sohoa: Sohoa) -> Iterator[Pipeline]:
    made = Pipeline(sohoa)
    yield made
    made.close()


def due_now(sohoa: Sohoa) -> None:
    """The pause before the next try is over."""
    with sohoa.database.transaction() as uow:
        uow.work.connection.exec_driver_sql("UPDATE steps SET due_at = '2020-01-01 00:00:00' WHERE state = 'ready'")


def test_token_pulled_out_while_papers_are_sealed(sohoa: Sohoa, pipeline: Pipeline, tokens: Tokens) -> None:
    first = to_seal(sohoa)
    run(pipeline)
    assert state_of(sohoa, first) is PaperState.REVIEW
    second = to_seal(sohoa)
    tokens.pull_out("cán bộ")
    run(pipeline)
    step = step_of(sohoa, second)
    assert (step.state, step.error_code, step.attempts) == (StepState.READY, "signing.token_absent", 0)
    assert step.error_params == {"name": "cán bộ"}
    tokens.plug_in("cán bộ")
    due_now(sohoa)
    run(pipeline)
    assert state_of(sohoa, second) is PaperState.REVIEW


def test_wrong_pin_goes_to_a_person_at_once(
    sohoa: Sohoa, pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from signing.pkcs11_module import Module

    tried: list[Any] = []
    real = Module.open
    monkeypatch.setattr(Module, "open", lambda self, address, pin: tried.append(pin) or real(self, address, pin))
    (tmp_path / "pin").write_text("999999")
    papers = [to_seal(sohoa) for _ in range(3)]
    run(pipeline)
    steps = [step_of(sohoa, paper) for paper in papers]
    assert {(step.state, step.error_code) for step in steps} == {(StepState.FAILED, "signing.pin_wrong")}
    assert tried == ["999999"]
    (tmp_path / "pin").write_text(PIN)
    with sohoa.database.transaction() as uow:
        uow.steps.retry(steps[0].id)
        uow.papers.update(papers[0], state=PaperState.WORKING)
    run(pipeline)
    assert state_of(sohoa, papers[0]) is PaperState.REVIEW
