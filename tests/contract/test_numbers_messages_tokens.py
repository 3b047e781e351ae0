"""Gap-free numbers, messages that leave after the commit, access tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.errors import Conflict, NotFound
from storage.records.database import Database
from storage.relay import hint, relay
from tests.contract.conftest import HandClock


def test_numbers_have_no_gap_even_after_a_rollback(database: Database) -> None:
    with database.transaction() as unit:
        assert [unit.codes.next("a"), unit.codes.next("a"), unit.codes.next("b")] == [1, 2, 1]
    with pytest.raises(ZeroDivisionError), database.transaction() as unit:  # noqa: PT012 - fails after work
        assert unit.codes.next("a") == 3
        raise ZeroDivisionError
    with database.transaction() as unit:
        assert unit.codes.next("a") == 3


def test_messages_leave_once_and_in_order(database: Database) -> None:
    with database.transaction() as unit:
        for number in range(3):
            unit.outbox.add("work", {"number": number})
    sent: list[tuple[str, object]] = []
    assert relay(database, lambda topic, payload: sent.append((topic, payload["number"]))) == 3
    assert sent == [("work", 0), ("work", 1), ("work", 2)]
    assert relay(database, lambda *_: pytest.fail("sent twice")) == 0


def test_a_dead_broker_loses_no_message(database: Database) -> None:
    with database.transaction() as unit:
        for number in range(3):
            unit.outbox.add("work", {"number": number})
    sent: list[object] = []

    def publish(_topic: str, payload: dict[str, object]) -> None:
        if payload["number"] == 1 and not broker_is_back:
            raise ConnectionError
        sent.append(payload["number"])

    broker_is_back = False
    with pytest.raises(ConnectionError):
        relay(database, publish)
    broker_is_back = True
    assert relay(database, publish) == 2
    assert sent == [0, 1, 2]


def test_a_hint_that_the_queue_does_not_take_lies_in_the_outbox(database: Database) -> None:
    with database.transaction() as unit:
        for unit_code in ("a", "b", "c"):
            unit.outbox.hint({"unit": unit_code})
    sent: list[object] = []

    def publish(_topic: str, payload: dict[str, object]) -> None:
        if payload["unit"] == "b":
            raise ConnectionError
        sent.append(payload["unit"])

    with pytest.raises(ConnectionError):
        hint(database, publish)
    hint(database, lambda *_: pytest.fail("sent twice"))
    assert relay(database, lambda topic, payload: sent.append((topic, payload["unit"]))) == 2
    assert sent == ["a", ("work", "b"), ("work", "c")]


def test_a_message_of_a_failed_transaction_is_never_sent(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as unit:  # noqa: PT012 - fails after work
        unit.outbox.add("work", {})
        raise ZeroDivisionError
    assert relay(database, lambda *_: pytest.fail("sent")) == 0


def test_a_token_is_found_until_it_expires_or_is_revoked(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        unit.tokens.add("an", "clerk", "a" * 64, unit="H56.12", expires_at=clock.now + timedelta(hours=1))
        unit.tokens.add("binh", "officer", "b" * 64)
    with database.read() as unit:
        found = unit.tokens.find("a" * 64)
        assert found is not None
        assert (found.name, found.role, found.unit) == ("an", "clerk", "H56.12")
        assert unit.tokens.find("c" * 64) is None
    clock.forward(3600)
    with database.transaction() as unit:
        assert unit.tokens.find("a" * 64) is None
        unit.tokens.add("an", "clerk", "f" * 64)  # one that has run out does not keep its name
        assert unit.tokens.find("b" * 64) is not None
        unit.tokens.revoke("binh")
        assert unit.tokens.find("b" * 64) is None
        with pytest.raises(NotFound):
            unit.tokens.revoke("binh")
        unit.tokens.add("binh", "officer", "d" * 64)
        assert unit.tokens.find("d" * 64) is not None
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.tokens.add("binh", "officer", "e" * 64)
