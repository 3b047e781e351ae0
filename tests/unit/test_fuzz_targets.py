"""The fuzzer's targets keep their contract on every seed and on seeds spoilt in a few plain ways; `make fuzz` looks for long."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from ingest.errors import IngestError
from tests.fuzz import seeds, targets
from tests.fuzz.targets import TARGETS

SPOILT = 25


def spoilt(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, a piece cut out, or a piece doubled."""
    at = chance.randrange(len(data) + 1)
    length = chance.choice([1, 4, 64, len(data) // 3])
    if chance.random() < 0.5:
        return data[:at] + chance.randbytes(min(length, 8)) + data[at + min(length, 8) :]
    return data[:at] + data[at + length :] if chance.random() < 0.5 else data[: at + length] + data[at:]


def cases(target: str) -> Iterator[bytes]:
    known = seeds.seeds(target)
    yield b""
    yield from known
    chance = random.Random(20261129)
    for _ in range(SPOILT):
        yield spoilt(chance.choice(known), chance)


@pytest.mark.parametrize("target", TARGETS)
def test_only_coded_errors_leave(target: str) -> None:
    for data in cases(target):
        TARGETS[target](data)


def test_a_foreign_error_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_args: object) -> None:
        raise ValueError

    def refuses(*_args: object) -> None:
        raise IngestError

    monkeypatch.setattr(targets, "identify", breaks)
    with pytest.raises(ValueError):
        targets.try_identify(b"%PDF")
    monkeypatch.setattr(targets, "identify", refuses)
    targets.try_identify(b"%PDF")
