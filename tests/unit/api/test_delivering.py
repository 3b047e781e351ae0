"""A delivery from the command line outlives files that vanish or cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli import delivering
from api.cli.already import known_files, sha256_of
from api.cli.delivering import Delivery, Order
from api.cli.paths import Found
from ingest.errors import FileUnreadable
from storage.model import FileState
from tests.world.door import Door, open_door


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("delivering") / "data") as opened:
        yield opened


def files_in(folder: Path, *names: str) -> list[Found]:
    for name in names:
        (folder / name).write_bytes(f"%PDF-1.7 {folder.name} {name}".encode())
    return [Found(folder / name, expected=True) for name in names]


def taken_in(door: Door, found: list[Found], vanish: str = "") -> Delivery:
    """Both halves of `deliver` without a worker; the file called `vanish` goes away between them."""
    delivery, order = Delivery(), Order()
    fresh = delivering._sort_out(door.sohoa, found, order, delivery)
    for one, _ in fresh:
        if one.path.name == vanish:
            one.path.unlink()
    delivering._receive(door.sohoa, fresh, order, delivery)
    return delivery


def told(delivery: Delivery) -> tuple[list[str], list[tuple[str, type[Exception]]]]:
    refused = [(one.path.name, type(error)) for one, error in delivery.refused]
    return sorted(one.path.name for one in delivery.received.values()), refused


def test_a_file_that_vanishes_is_a_line_and_the_rest_goes_on(door: Door, tmp_path: Path) -> None:
    found = files_in(tmp_path, "a.pdf", "b.pdf", "c.pdf", "d.pdf")
    found[0].path.unlink()
    assert told(taken_in(door, found, vanish="c.pdf")) == (
        ["b.pdf", "d.pdf"],
        [("a.pdf", FileUnreadable), ("c.pdf", FileUnreadable)],
    )


def test_a_disk_that_fails_while_sending_is_the_file_s_own_trouble(door: Door, tmp_path: Path) -> None:
    found = files_in(tmp_path, "a.pdf", "b.pdf")
    fresh = delivering._sort_out(door.sohoa, found, Order(), Delivery())
    found[0].path.unlink()
    found[0].path.symlink_to("/proc/self/mem")  # opens, and every read of its first byte is an input/output error
    delivery = Delivery()
    delivering._receive(door.sohoa, fresh, Order(), delivery)
    assert told(delivery) == (["b.pdf"], [("a.pdf", FileUnreadable)])


@pytest.mark.parametrize("state", [FileState.REFUSED, FileState.GIVEN_UP, FileState.REPLACED])
def test_what_came_to_nothing_may_be_sent_again(door: Door, tmp_path: Path, state: FileState) -> None:
    [found] = files_in(tmp_path, f"{state}.pdf")
    sha256 = sha256_of(found.path)
    [row_id] = taken_in(door, [found]).received
    assert set(known_files(door.sohoa, [sha256], dossier="", owner="")) == {sha256}
    with door.sohoa.database.transaction() as uow:
        uow.files.set_state(row_id, state)
    assert known_files(door.sohoa, [sha256], dossier="", owner="") == {}
    assert list(taken_in(door, [found]).received) != [row_id]
