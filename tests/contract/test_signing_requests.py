"""What waits for a signature made elsewhere: on both databases the same, one signature for one preparation, also in a race."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from signing.model import Level, Place, Role, SealKind
from signing.prepared import Prepared
from storage.desk import Preparation, SigningRequest, SigningState
from storage.errors import Conflict, NotFound
from storage.model import Paper, PaperState
from storage.records.database import Database
from tests.contract import facts
from tests.contract.conftest import HandClock

KIND = SealKind.DIGITISED_COPY
PREPARED = Prepared(
    attributes=b"\x31\x00\xff", digest="sha256", document_digest=bytes(32), sha256="ab" * 32, hole_start=10, hole_end=20,
    tail_start=5, field_name="SoHoa-CaNhan", place=Place(0, (1.0, 2.0, 3.5, 4.0), 90, moved=True),
)  # fmt: skip


def preparation(ticket: str, clock: HandClock, **changes: Any) -> Preparation:
    made = Preparation(
        ticket, "an.nguyen", b"\x30cert", (b"\x30ca1", b"\x30ca2"), PREPARED, facts.ref("tail"), clock() + timedelta(minutes=10)
    )
    return replace(made, **changes)


def asked(database: Database, **changes: Any) -> tuple[Paper, SigningRequest]:
    """A paper that waits for its clerk's signature."""
    with database.transaction() as unit:
        batch, _, paper, _ = facts.put_paper(unit)
        unit.papers.update(paper.id, state=PaperState.SIGNING)
        request = SigningRequest.of(paper, batch, KIND, Role.PERSONAL, Level.B_LT, facts.ref(paper.id))
        unit.signing.ask(replace(request, **changes))
        found = unit.signing.find(changes.get("kind", KIND), changes.get("subject", paper.id))
    assert found
    return paper, found


def test_a_request_comes_back_as_it_went_in(database: Database, clock: HandClock) -> None:
    paper, request = asked(database)
    assert (request.state, request.preparation, request.source) == (SigningState.WAITING, None, facts.ref(paper.id))
    made = preparation(facts.new_id(), clock)
    with database.transaction() as unit:
        unit.signing.prepare(request.id, made)
    with database.read() as unit:
        found = unit.signing.by_ticket(made.ticket)
        assert found == replace(request, state=SigningState.PREPARED, preparation=made)
    with database.transaction() as unit:
        unit.signing.sign(made.ticket, b"\x00signature\xff")
        assert unit.signing.get(request.id).signed.signature == b"\x00signature\xff"
        unit.signing.done(KIND, paper.id)
    with database.read() as unit:
        assert unit.signing.get(request.id).state is SigningState.DONE
        with pytest.raises(NotFound):
            unit.signing.by_ticket("")
        with pytest.raises(NotFound):
            unit.signing.get("nothing")


def test_what_is_given_up_waits_for_nobody_until_it_is_asked_for_anew(database: Database, clock: HandClock) -> None:
    _, request = asked(database, kind=SealKind.SAO_Y, role=Role.AGENCY)
    made = preparation(facts.new_id(), clock)
    with database.transaction() as unit:
        unit.signing.prepare(request.id, made)
        unit.signing.give_up(request.id)
    with database.read() as unit:
        assert unit.signing.get(request.id).state is SigningState.GIVEN_UP
        assert unit.signing.open(role=Role.AGENCY) == ()
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.signing.give_up(request.id)
    with pytest.raises(NotFound), database.transaction() as unit:
        unit.signing.by_ticket(made.ticket)
    _, again = asked(database, kind=SealKind.SAO_Y, role=Role.AGENCY)
    with database.transaction() as unit:
        unit.signing.ask(request)
        assert unit.signing.get(request.id).state is SigningState.WAITING
        unit.signing.done(SealKind.SAO_Y, again.subject)
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.signing.give_up(again.id)


def test_a_new_preparation_takes_the_place_of_the_last(database: Database, clock: HandClock) -> None:
    _, request = asked(database)
    first, second = preparation(facts.new_id(), clock), preparation(facts.new_id(), clock)
    with database.transaction() as unit:
        unit.signing.prepare(request.id, first)
        unit.signing.prepare(request.id, second)
    with database.transaction() as unit:
        with pytest.raises(NotFound):
            unit.signing.by_ticket(first.ticket)
        unit.signing.sign(second.ticket, b"s")
    for change in (lambda unit: unit.signing.sign(second.ticket, b"t"), lambda unit: unit.signing.prepare(request.id, first)):
        with pytest.raises(Conflict), database.transaction() as unit:
            change(unit)


def test_asking_again_starts_anew_but_never_forgets_a_signature(database: Database, clock: HandClock) -> None:
    paper, request = asked(database)
    made = preparation(facts.new_id(), clock)
    with database.transaction() as unit:
        unit.signing.prepare(request.id, made)
        unit.signing.ask(replace(request, id=facts.new_id(), source=facts.ref("other")))
        found = unit.signing.find(KIND, paper.id)
        assert found == replace(request, source=facts.ref("other"))
        unit.signing.prepare(request.id, made)
        unit.signing.sign(made.ticket, b"s")
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.signing.ask(request)
    with database.transaction() as unit:
        unit.signing.reopen(request.id)
        reopened = unit.signing.get(request.id)
    assert (reopened.state, reopened.preparation) == (SigningState.WAITING, None)


def test_the_queue_is_in_order_and_without_what_is_signed_or_given_up(database: Database, clock: HandClock) -> None:
    unit_code = facts.new_id()
    requests = [asked(database, unit=unit_code) for _ in range(4)]
    (_, first), (_, second), (given_up, _), (_, signed) = requests
    made = preparation(facts.new_id(), clock)
    with database.transaction() as unit:
        unit.papers.update(given_up.id, state=PaperState.GIVEN_UP)
        unit.signing.prepare(signed.id, made)
        unit.signing.sign(made.ticket, b"s")
        assert [one.id for one in unit.signing.open(unit=unit_code)] == [first.id, second.id]
        assert [one.id for one in unit.signing.open(unit=unit_code, limit=1, offset=1)] == [second.id]
        assert unit.signing.count_open(unit=unit_code) == 2
        assert unit.signing.count_open(unit=unit_code, role=Role.PERSONAL) == 2
        assert unit.signing.open(unit=unit_code, role=Role.AGENCY) == ()


def test_a_certifiers_signature_is_asked_of_certifiers_alone(database: Database) -> None:
    unit_code, certification = facts.new_id(), facts.new_id()
    copy = SealKind.CERTIFIED_COPY
    asked(database, unit=unit_code, kind=copy, subject=f"{certification}:personal", about={"certification": certification})
    asked(database, unit=unit_code, kind=copy, subject=f"{certification}:agency", role=Role.AGENCY)
    paper, _ = asked(database, unit=unit_code)
    with database.read() as unit:
        found = [unit.signing.find(copy, f"{certification}:{role}") for role in ("personal", "agency")]
        assert [one and one.role for one in found] == [Role.PERSONAL, Role.AGENCY]
        assert found[0] is not None
        assert found[0].about == {"certification": certification}
        assert unit.signing.count_open(unit=unit_code) == 3
        assert unit.signing.count_open(unit=unit_code, certifying=False) == 2
        (mine,) = unit.signing.open(unit=unit_code, role=Role.PERSONAL, certifying=False)
        assert mine.paper_id == paper.id
        assert [one.role for one in unit.signing.open(unit=unit_code, role=Role.AGENCY, certifying=False)] == [Role.AGENCY]


def test_of_many_signatures_for_one_preparation_one_is_taken(database: Database, clock: HandClock) -> None:
    paper, request = asked(database)
    made = preparation(facts.new_id(), clock)
    with database.transaction() as unit:
        unit.signing.prepare(request.id, made)

    def sign(number: int) -> bool:
        try:
            with database.transaction() as unit:
                unit.papers.lock(paper.id)
                unit.signing.lock(request.id)
                unit.signing.sign(made.ticket, bytes([number]))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(sign, range(8)))
    assert sum(won) == 1
    with database.read() as unit:
        assert unit.signing.get(request.id).signed.signature == bytes([won.index(True)])
