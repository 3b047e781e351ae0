"""Papers whose signer keeps the key: waiting, preparing, taking signatures, going on; all over the real database and pipeline."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from api.access.permissions import Principal, Role
from api.intake.attention import AttentionDesk
from api.options import TrustOptions
from api.pipeline.engine import Pipeline
from api.signatures.desk import SigningDesk
from api.signatures.errors import (
    NotAwaitingSignature,
    SigningExpired,
    SigningNotYours,
    SigningUnknown,
    SigningUsed,
    TooManyToSign,
)
from api.signatures.options import Holder, KeyOptions, KeysOptions
from api.signatures.signatories import Signatories
from api.wiring import Sohoa
from ingest.errors import CodedError
from signing.demo_pki import ensure
from signing.errors import TimestampPending
from signing.key_errors import SignatureMismatch
from signing.model import Indication
from signing.verify import verify
from storage.desk import SigningState
from storage.model import PaperState, StepKind, StepState
from storage.records.database import Database
from tests.world.door import Door, open_door, put_paper

DESK = KeysOptions(personal=KeyOptions(holder=Holder.DESK), request_minutes=10, most_at_once=5)
CLERK = Principal("demo-clerk", Role.CLERK)


class MoodySignatories(Signatories):
    """The demonstration's, with time-stamps that can fail."""

    down = False

    def timestamper(self) -> Any:
        return self.demo.timestamper()

    def time_at_hand(self, level: Any) -> None:
        if MoodySignatories.down:
            raise TimestampPending(tried="1/1")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Demonstration keys, made once: making them costs more than everything else here."""
    return ensure(tmp_path_factory.mktemp("pki")).folder


@pytest.fixture
def door(tmp_path: Path, made: Path) -> Iterator[Door]:
    copytree(made, tmp_path / "demo-pki")
    with open_door(tmp_path, keys=DESK, trust=TrustOptions(demo="yes")) as opened:
        yield opened


@pytest.fixture
def sohoa(door: Door) -> Sohoa:
    s = door.sohoa.signatories
    object.__setattr__(door.sohoa, "signatories", MoodySignatories(s.demo, s.folder, s.trusting, None, s.ring, s.real_keys))
    MoodySignatories.down = False
    return door.sohoa


@pytest.fixture
def pipeline(sohoa: Sohoa) -> Iterator[Pipeline]:
    made = Pipeline(sohoa)
    yield made
    made.close()


def to_seal(sohoa: Sohoa, **about: Any) -> str:
    """A paper whose next step is the seal."""
    paper = put_paper(sohoa, state=PaperState.WORKING, **about)
    with sohoa.database.transaction() as uow:
        batch = uow.batches.get(paper.batch_id)
        for step in uow.steps.of_paper(paper.id):
            uow.steps.give_up(step.id)
        found = uow.steps.find(StepKind.IDENTIFY, paper.file_id)
        if found:
            uow.steps.give_up(found.id)
        uow.steps.add(StepKind.SEAL, paper.id, batch=batch, file_id=paper.file_id, paper_id=paper.id)
    return paper.id


def run(pipeline: Pipeline) -> None:
    while pipeline.work():
        pass


def state_of(sohoa: Sohoa, paper_id: str) -> PaperState:
    with sohoa.database.read() as uow:
        return uow.papers.get(paper_id).state


def step_of(sohoa: Sohoa, paper_id: str) -> Any:
    with sohoa.database.read() as uow:
        return uow.steps.find(StepKind.SEAL, paper_id)


def prepared(sohoa: Sohoa, paper_ids: list[str], who: Principal = CLERK) -> dict[str, Any]:
    """Every paper made ready, by its id."""
    desk, key = SigningDesk(sohoa), sohoa.signatories.demo.clerk()
    ids = {line.request.id: line.request.paper_id for line in desk.waiting(who) if line.request.paper_id in paper_ids}
    ready, refused = desk.prepare(ids, key.certificate, key.chain, who)
    assert not refused, refused[0].error
    return {ids[one.request_id]: one for one in ready}


def signed(sohoa: Sohoa, ready: Any) -> dict[str, bytes]:
    return {ready.ticket: sohoa.signatories.demo.clerk().sign(ready.attributes)}


def refusal(sohoa: Sohoa, signatures: dict[str, bytes], who: Principal = CLERK) -> CodedError:
    taken, refused = SigningDesk(sohoa).finish(signatures, who)
    assert not taken
    return refused[0].error


def test_papers_wait_are_signed_at_the_desk_and_go_on(sohoa: Sohoa, pipeline: Pipeline, tmp_path: Path) -> None:
    papers = [to_seal(sohoa, name=f"giay-{number}.pdf") for number in range(3)]
    run(pipeline)
    assert {state_of(sohoa, paper) for paper in papers} == {PaperState.SIGNING}
    with sohoa.database.read() as uow:
        progress = uow.batches.progress(uow.papers.get(papers[0]).batch_id)
    assert (progress.papers_signing, progress.finished) == (1, True)
    assert next(line.title for line in SigningDesk(sohoa).waiting(CLERK)).startswith("giay-0.pdf")
    ready = prepared(sohoa, papers)
    signatures = {ticket: value for one in ready.values() for ticket, value in signed(sohoa, one).items()}
    taken, refused = SigningDesk(sohoa).finish(signatures, CLERK)
    assert (len(taken), refused) == (3, ())
    run(pipeline)
    assert {state_of(sohoa, paper) for paper in papers} == {PaperState.REVIEW}
    with sohoa.database.read() as uow:
        paper = uow.papers.get(papers[0])
        (row,) = uow.seals.of_paper(paper.id)
        events = [entry.event for entry in uow.journal.of_paper(paper.id)]
    assert paper.sealed
    out = tmp_path / "sealed.pdf"
    out.write_bytes(sohoa.objects.read_bytes(paper.sealed.sha256))
    verdict = verify(out, sohoa.signatories.trust())
    assert verdict.indication is Indication.PASSED
    assert verdict.signatures[0].level == "B-LT"
    assert row.time_stamped
    assert [event for event in events if "sign" in event or "sealed" in event] == [
        "paper.awaits_signature",
        "signing.prepared",
        "signing.signed",
        "paper.sealed",
    ]
    assert SigningDesk(sohoa).waiting(CLERK) == ()
    assert SigningDesk(sohoa).state(taken[0], CLERK) is SigningState.DONE


def test_time_stamps_dead_after_signing_wait_and_nobody_signs_twice(sohoa: Sohoa, pipeline: Pipeline) -> None:
    paper = to_seal(sohoa)
    run(pipeline)
    ready = prepared(sohoa, [paper])[paper]
    MoodySignatories.down = True
    SigningDesk(sohoa).finish(signed(sohoa, ready), CLERK)
    run(pipeline)
    step = step_of(sohoa, paper)
    assert (step.state, step.error_code, step.attempts) == (StepState.READY, "signing.timestamp_pending", 0)
    assert SigningDesk(sohoa).state(ready.request_id, CLERK) is SigningState.SIGNED
    assert SigningDesk(sohoa).waiting(CLERK) == ()
    MoodySignatories.down = False
    with sohoa.database.transaction() as uow:
        uow.work.connection.exec_driver_sql("UPDATE steps SET due_at = not_before WHERE state = 'ready'")
        uow.work.connection.exec_driver_sql("UPDATE steps SET due_at = '2020-01-01 00:00:00' WHERE state = 'ready'")
    run(pipeline)
    assert state_of(sohoa, paper) is PaperState.REVIEW


def test_request_expired(sohoa: Sohoa, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = to_seal(sohoa)
    run(pipeline)
    ready = prepared(sohoa, [paper])[paper]
    later = datetime.now(UTC) + timedelta(minutes=11)
    monkeypatch.setattr(sohoa.database, "_clock", lambda: later)
    error = refusal(sohoa, signed(sohoa, ready))
    assert isinstance(error, SigningExpired)
    assert "quá hạn 10 phút" in error.message("vi")
    assert state_of(sohoa, paper) is PaperState.SIGNING
    again = prepared(sohoa, [paper])[paper]
    assert SigningDesk(sohoa).finish(signed(sohoa, again), CLERK)[0]


def test_request_used_twice_or_replaced(sohoa: Sohoa, pipeline: Pipeline) -> None:
    paper = to_seal(sohoa)
    run(pipeline)
    first = prepared(sohoa, [paper])[paper]
    second = prepared(sohoa, [paper])[paper]
    assert isinstance(refusal(sohoa, signed(sohoa, first)), SigningUnknown)
    assert isinstance(refusal(sohoa, {"": b"x"}), SigningUnknown)
    assert SigningDesk(sohoa).finish(signed(sohoa, second), CLERK)[0]
    error = refusal(sohoa, signed(sohoa, second))
    assert isinstance(error, SigningUsed)
    assert "chỉ dùng một lần" in error.message("vi")
    run(pipeline)
    assert isinstance(refusal(sohoa, signed(sohoa, second)), SigningUsed)


def test_signature_by_another_key_or_over_another_paper(sohoa: Sohoa, pipeline: Pipeline) -> None:
    one, two = to_seal(sohoa), to_seal(sohoa)
    run(pipeline)
    ready = prepared(sohoa, [one, two])
    wrong = {ready[one].ticket: sohoa.signatories.demo.agency().sign(ready[one].attributes)}
    assert isinstance(refusal(sohoa, wrong), SignatureMismatch)
    crossed = {ready[one].ticket: sohoa.signatories.demo.clerk().sign(ready[two].attributes)}
    assert isinstance(refusal(sohoa, crossed), SignatureMismatch)
    assert SigningDesk(sohoa).finish(signed(sohoa, ready[one]), CLERK)[0]  # a wrong one uses nothing up


def test_a_preparation_is_bound_to_who_asked_and_to_the_unit(sohoa: Sohoa, pipeline: Pipeline) -> None:
    paper = to_seal(sohoa)
    run(pipeline)
    ready = prepared(sohoa, [paper])[paper]
    colleague = Principal("somebody-else", Role.CLERK)
    assert isinstance(refusal(sohoa, signed(sohoa, ready), colleague), SigningNotYours)
    key = sohoa.signatories.demo.clerk()
    _, refused = SigningDesk(sohoa).prepare([ready.request_id], key.certificate, key.chain, colleague)
    assert isinstance(refused[0].error, SigningNotYours)
    foreign = Principal("foreign", Role.CLERK, unit="H99")
    assert SigningDesk(sohoa).waiting(foreign) == ()
    _, refused = SigningDesk(sohoa).prepare([ready.request_id], key.certificate, key.chain, foreign)
    assert isinstance(refused[0].error, SigningNotYours)
    registrar = Principal("van-thu", Role.REGISTRAR)
    assert SigningDesk(sohoa).waiting(registrar) == ()
    _, refused = SigningDesk(sohoa).prepare([ready.request_id], key.certificate, key.chain, registrar)
    assert refused[0].error.code == "api.forbidden"


def test_a_certificate_that_does_not_hold_prepares_nothing(sohoa: Sohoa, pipeline: Pipeline) -> None:
    to_seal(sohoa)
    run(pipeline)
    desk = SigningDesk(sohoa)
    (line,) = desk.waiting(CLERK)
    assert desk.waiting(CLERK, batch_id=line.request.batch_id) == (line,)
    assert desk.waiting(CLERK, batch_id="another") == ()
    agency = sohoa.signatories.demo.agency()
    ready, refused = desk.prepare([line.request.id], agency.certificate, agency.chain, CLERK)
    assert (ready, refused[0].error.code) == ((), "signing.role_refused")
    stamper = sohoa.signatories.demo._key("tsa")
    ready, refused = desk.prepare([line.request.id], stamper.certificate, stamper.chain, CLERK)
    assert (ready, refused[0].error.params["reason"]) == ((), "CHAIN_CONSTRAINTS_FAILURE")
    with pytest.raises(TooManyToSign):
        desk.prepare([str(number) for number in range(6)], agency.certificate, (), CLERK)
    assert desk.waiting(CLERK)[0].request.state is SigningState.WAITING


def test_a_document_swapped_in_the_store_is_not_sealed_and_is_signed_anew(sohoa: Sohoa, pipeline: Pipeline) -> None:
    one, two = to_seal(sohoa, name="a.pdf"), to_seal(sohoa, name="b.pdf")
    run(pipeline)
    ready = prepared(sohoa, [one, two])
    SigningDesk(sohoa).finish(signed(sohoa, ready[one]), CLERK)
    with sohoa.database.transaction() as uow:  # somebody with the database: another paper under the signature of the first
        uow.work.connection.exec_driver_sql(
            "UPDATE signing_requests SET (source_sha256, source_size, tail_sha256, tail_size) ="
            " (SELECT o.source_sha256, o.source_size, o.tail_sha256, o.tail_size FROM signing_requests o WHERE o.subject = ?)"
            " WHERE subject = ?",
            (two, one),
        )
    run(pipeline)
    step = step_of(sohoa, one)
    assert (step.state, step.error_code) == (StepState.FAILED, "signing.document_swapped")
    assert state_of(sohoa, one) is PaperState.ATTENTION
    AttentionDesk(sohoa).retry(step.id, actor="admin")
    run(pipeline)
    assert state_of(sohoa, one) is PaperState.SIGNING


def test_killed_between_the_phases_loses_nothing(sohoa: Sohoa, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = to_seal(sohoa)
    run(pipeline)
    ready = prepared(sohoa, [paper])[paper]
    SigningDesk(sohoa).finish(signed(sohoa, ready), CLERK)
    with sohoa.database.transaction() as uow:  # a worker takes the step and dies
        step = uow.steps.lease_next("dead", 1)
    assert step
    soon = datetime.now(UTC) + timedelta(seconds=5)
    monkeypatch.setattr(sohoa.database, "_clock", lambda: soon)
    fresh = Database(sohoa.settings.effective_database_url, clock=lambda: soon)  # another process
    with fresh.read() as uow:
        assert uow.signing.get(ready.request_id).signed.signature
    fresh.close()
    run(pipeline)
    assert state_of(sohoa, paper) is PaperState.REVIEW


def test_a_paper_given_up_meanwhile_cannot_be_signed(sohoa: Sohoa, pipeline: Pipeline) -> None:
    paper = to_seal(sohoa)
    run(pipeline)
    ready = prepared(sohoa, [paper])[paper]
    SigningDesk(sohoa).send_back(ready.request_id, reason="Quét mờ", who=CLERK)
    assert isinstance(refusal(sohoa, signed(sohoa, ready)), NotAwaitingSignature)
    assert SigningDesk(sohoa).waiting(CLERK) == ()
    assert state_of(sohoa, paper) is PaperState.GIVEN_UP


def test_over_http(door: Door, sohoa: Sohoa, pipeline: Pipeline) -> None:
    paper = to_seal(sohoa)
    run(pipeline)
    client, key = door.client(), sohoa.signatories.demo.clerk()
    queue = client.get("/v1/signing/requests").json()
    assert (queue["total"], queue["requests"][0]["paper_id"], queue["agent_url"]) == (1, paper, "http://127.0.0.1:28128")
    body = {
        "certificate": b64encode(key.certificate).decode(),
        "chain": [b64encode(one).decode() for one in key.chain],
        "requests": [queue["requests"][0]["id"], "0" * 32],
    }
    answer = client.post("/v1/signing/prepare", json=body).json()
    (ready,), (refused,) = answer["ready"], answer["refused"]
    assert refused["code"] == "storage.not_found"
    signature = b64encode(key.sign(b64decode(ready["attributes"]))).decode()
    finish = {"signatures": [{"ticket": ready["ticket"], "signature": signature}, {"ticket": "x", "signature": signature}]}
    answer = client.post("/v1/signing/finish", json=finish).json()
    assert (answer["taken"], answer["refused"][0]["code"]) == ([ready["request"]], "api.signing_unknown")
    run(pipeline)
    assert client.get(f"/v1/signing/requests/{ready['request']}").json()["state"] == "done"
    assert client.post("/v1/signing/prepare", json=body | {"certificate": "%%"}).status_code == 422
    assert (
        client.post("/v1/signing/prepare", json=body | {"certificate": "AAAA"}).json()["code"] == "signing.certificate_unreadable"
    )
    assert door.client(Role.AUDITOR).get("/v1/signing/requests").status_code == 403
    assert door.client(None).get("/v1/signing/requests").status_code == 401


def test_replacing_the_holder_later_signs_what_waited(sohoa: Sohoa, pipeline: Pipeline) -> None:
    paper = to_seal(sohoa)
    run(pipeline)
    s = sohoa.signatories
    object.__setattr__(sohoa, "signatories", replace(s, ring=None))
    with sohoa.database.transaction() as uow:
        uow.steps.retry(step_of(sohoa, paper).id)
    run(pipeline)
    assert state_of(sohoa, paper) is PaperState.REVIEW
    assert SigningDesk(sohoa).waiting(CLERK) == ()


def test_the_page_shows_the_queue_and_may_call_the_agent_alone(door: Door, sohoa: Sohoa, pipeline: Pipeline) -> None:
    empty = door.browser().get("/signing")
    assert "Không có tài liệu nào chờ bạn ký." in empty.text
    to_seal(sohoa, name="<b>giấy.pdf")
    run(pipeline)
    shown = door.browser().get("/signing")
    assert "&lt;b&gt;giấy.pdf" in shown.text
    assert "sohoa agent --origin http://testserver" in shown.text
    assert shown.headers["Content-Security-Policy"].endswith("; connect-src 'self' http://127.0.0.1:28128")
    assert "connect-src" not in door.browser().get("/batches").headers["Content-Security-Policy"]
    request = SigningDesk(sohoa).waiting(CLERK)[0].request
    document = door.client().get(f"/v1/signing/requests/{request.id}/document.pdf")
    assert document.content.startswith(b"%PDF")
    assert door.client(Role.REGISTRAR).get(f"/v1/signing/requests/{request.id}/document.pdf").status_code == 403
    assert door.browser(Role.OFFICER).get("/signing").status_code == 403
