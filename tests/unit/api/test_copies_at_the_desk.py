"""The agency's key is with văn thư: copies are asked for by one person and signed by another; time-stamps may come later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from api.access.permissions import Principal, Role
from api.certification.sao_y import CopyAwaitsSignature, Form, NotCopiable, copies, sao_y
from api.options import TrustOptions
from api.signatures.completion import complete_all
from api.signatures.desk import SigningDesk
from api.signatures.errors import SigningUsed
from api.signatures.options import Holder, KeyOptions, KeysOptions
from api.wiring import Sohoa
from signing import two_phase
from signing.demo_pki import ensure
from signing.key_errors import SignatureMismatch
from signing.model import Indication, Level, SealKind, SealRequest
from signing.model import Role as Signer
from signing.policy import Policy
from signing.seal import seal
from signing.verify import verify
from storage.desk import SigningState
from storage.model import Record, RecordState
from storage.records.tables import records
from tests.unit.api.test_signing_desk import MoodySignatories
from tests.world.door import open_door, put_record
from tests.world.shapes import Shape, page_of

BOTH = Policy(required_roles=(Signer.PERSONAL, Signer.AGENCY))
VAN_THU = Principal("van-thu", Role.REGISTRAR)


@pytest.fixture(scope="module")
def sohoa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sohoa]:
    folder = tmp_path_factory.mktemp("copies")
    copytree(ensure(folder / "pki").folder, folder / "data" / "demo-pki")
    keys = KeysOptions(agency=KeyOptions(holder=Holder.DESK))
    with open_door(folder / "data", keys=keys, trust=TrustOptions(demo="yes")) as door:
        s = door.sohoa.signatories
        yield replace(door.sohoa, signatories=MoodySignatories(s.demo, s.folder, s.trusting, None, s.ring, s.real_keys))


@pytest.fixture
def record(sohoa: Sohoa, tmp_path: Path) -> Record:
    MoodySignatories.down = False
    source = page_of(Shape("plain"), tmp_path / "source.pdf", b"")
    request = SealRequest(SealKind.DIGITISED_COPY, Signer.PERSONAL, "SoHoa-CaNhan", level=Level.B_B)
    seal(source, tmp_path / "sealed.pdf", request, sohoa.signatories.personal(), sohoa.signatories.trust(), None)
    return put_record(sohoa, unit="H00.DEMO", sealed=sohoa.objects.put_file(tmp_path / "sealed.pdf", "application/pdf"))


def asked(sohoa: Sohoa, record: Record, form: Form = Form.SAO_Y) -> Any:
    with pytest.raises(CopyAwaitsSignature) as caught:
        sao_y(sohoa, record.code, actor="clerk", form=form, purpose="H00-1")
    assert "đang chờ văn thư ký" in caught.value.message("vi")
    (line,) = [one for one in SigningDesk(sohoa).waiting(VAN_THU) if one.request.paper_id == record.paper_id]
    return line


def signed(sohoa: Sohoa, request_id: str) -> str:
    """The ticket of the preparation that was signed."""
    key = sohoa.signatories.demo.agency()
    (ready,), refused = SigningDesk(sohoa).prepare([request_id], key.certificate, key.chain, VAN_THU)
    assert not refused
    taken, refused = SigningDesk(sohoa).finish({ready.ticket: key.sign(ready.attributes)}, VAN_THU)
    assert (taken, refused) == ((request_id,), ())
    return str(ready.ticket)


def test_van_thu_signs_the_copy_somebody_asked_for(sohoa: Sohoa, record: Record, tmp_path: Path) -> None:
    line = asked(sohoa, record)
    assert asked(sohoa, record).request == line.request  # pressed twice, asked once
    assert line.title.startswith("Sao y: ")
    assert record.code not in line.title
    assert SigningDesk(sohoa).waiting(Principal("clerk", Role.CLERK)) == ()
    ticket = signed(sohoa, line.request.id)
    (copy,) = copies(sohoa, record.code)
    assert (copy.form, copy.seal.role, copy.seal.level) == (Form.SAO_Y, Signer.AGENCY, Level.B_LT)
    assert copy.place is not None
    (tmp_path / "copy.pdf").write_bytes(sohoa.objects.read_bytes(copy.seal.object.sha256))
    assert verify(tmp_path / "copy.pdf", sohoa.signatories.trust(), BOTH).indication is Indication.PASSED
    assert sao_y(sohoa, record.code, actor="clerk").seal == copy.seal  # there already
    _, (refused,) = SigningDesk(sohoa).finish({ticket: b"again"}, VAN_THU)
    assert isinstance(refused.error, SigningUsed)
    with sohoa.database.read() as uow:
        told = next(entry for entry in uow.journal.of_paper(record.paper_id) if entry.event == "paper.sao_y")
    assert (told.actor, told.details["asked_by"], told.details["purpose"]) == ("van-thu", "clerk", "H00-1")


def test_time_stamps_dead_then_the_job_completes_the_copy(sohoa: Sohoa, record: Record) -> None:
    line = asked(sohoa, record, Form.SAO_LUC)
    MoodySignatories.down = True
    signed(sohoa, line.request.id)
    assert copies(sohoa, record.code) == ()
    assert SigningDesk(sohoa).state(line.request.id, VAN_THU) is SigningState.SIGNED
    assert complete_all(sohoa) == {"found": 1, "completed": 0}
    MoodySignatories.down = False
    assert complete_all(sohoa) == {"found": 1, "completed": 1}
    assert complete_all(sohoa) == {"found": 0, "completed": 0}
    assert [copy.form for copy in copies(sohoa, record.code)] == [Form.SAO_LUC]


def test_another_copy_and_one_that_is_sent_back(sohoa: Sohoa, record: Record) -> None:
    signed(sohoa, asked(sohoa, record).request.id)
    with pytest.raises(CopyAwaitsSignature):
        sao_y(sohoa, record.code, actor="clerk", again=True)
    (line,) = SigningDesk(sohoa).waiting(VAN_THU)
    signed(sohoa, line.request.id)
    assert len(copies(sohoa, record.code)) == 2
    with pytest.raises(CopyAwaitsSignature):
        sao_y(sohoa, record.code, actor="clerk", again=True)
    (line,) = SigningDesk(sohoa).waiting(VAN_THU)
    SigningDesk(sohoa).send_back(line.request.id, reason="Không cần nữa", who=VAN_THU)
    assert SigningDesk(sohoa).waiting(VAN_THU) == ()
    assert len(copies(sohoa, record.code)) == 2


def annul(sohoa: Sohoa, record: Record) -> None:
    with sohoa.database.transaction() as uow:
        connection = uow.records._work.connection
        connection.execute(records.update().where(records.c.code == record.code).values(state=str(RecordState.ANNULLED)))


def told_of(sohoa: Sohoa, record: Record) -> list[str]:
    with sohoa.database.read() as uow:
        return [entry.event for entry in uow.journal.of_paper(record.paper_id)]


def test_a_record_annulled_after_the_request_is_not_asked_for_again(sohoa: Sohoa, record: Record) -> None:
    line = asked(sohoa, record)
    annul(sohoa, record)
    key = sohoa.signatories.demo.agency()
    ready, (refused,) = SigningDesk(sohoa).prepare([line.request.id], key.certificate, key.chain, VAN_THU)
    assert (ready, type(refused.error)) == ((), NotCopiable)
    assert SigningDesk(sohoa).state(line.request.id, VAN_THU) is SigningState.GIVEN_UP
    assert SigningDesk(sohoa).waiting(VAN_THU) == ()
    assert "copy.given_up" in told_of(sohoa, record)


def test_a_record_annulled_while_it_is_signed_is_told_and_ends(sohoa: Sohoa, record: Record) -> None:
    line, key = asked(sohoa, record), sohoa.signatories.demo.agency()
    (ready,), _ = SigningDesk(sohoa).prepare([line.request.id], key.certificate, key.chain, VAN_THU)
    annul(sohoa, record)
    taken, (refused,) = SigningDesk(sohoa).finish({ready.ticket: key.sign(ready.attributes)}, VAN_THU)
    assert (taken, refused.key, type(refused.error)) == ((), ready.ticket, NotCopiable)
    assert SigningDesk(sohoa).state(line.request.id, VAN_THU) is SigningState.GIVEN_UP
    assert complete_all(sohoa) == {"found": 0, "completed": 0}


def test_a_signature_that_led_to_no_copy_is_told_and_the_copy_waits_again(
    sohoa: Sohoa, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, key = asked(sohoa, record), sohoa.signatories.demo.agency()
    (ready,), _ = SigningDesk(sohoa).prepare([line.request.id], key.certificate, key.chain, VAN_THU)

    def broken(*_: object) -> None:
        raise SignatureMismatch

    with monkeypatch.context() as swapped:
        swapped.setattr(two_phase, "finish", broken)
        taken, (refused,) = SigningDesk(sohoa).finish({ready.ticket: key.sign(ready.attributes)}, VAN_THU)
    assert (taken, type(refused.error)) == ((), SignatureMismatch)
    assert SigningDesk(sohoa).state(line.request.id, VAN_THU) is SigningState.WAITING
    assert "signing.rejected" in told_of(sohoa, record)
    signed(sohoa, line.request.id)
    assert len(copies(sohoa, record.code)) == 1


def test_a_copy_given_up_can_be_asked_for_anew(sohoa: Sohoa, record: Record) -> None:
    line = asked(sohoa, record)
    SigningDesk(sohoa).send_back(line.request.id, reason="Chưa cần", who=VAN_THU)
    assert SigningDesk(sohoa).state(line.request.id, VAN_THU) is SigningState.GIVEN_UP
    signed(sohoa, asked(sohoa, record).request.id)
    assert len(copies(sohoa, record.code)) == 1
