"""P17: drawn pages as evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from signing.rendering import compare
from tests.unit.signing.world import World
from tests.world.signed.attacks import ATTACKS
from tests.world.signed.valid import VALID, several

SEEN = [
    "content under its old number",
    "content in a new object",
    "a font swapped",
    "the page made smaller",
    "the page turned",
    "another page tree",
    "a stamp over the page",
    "shadow: replace",
    "the content replaced, then signed by another",
]
QUIET = [
    "a document time-stamp",
    "a security store and a time-stamp",
    "an orphan left behind",
    "the catalogue rewritten as it was",
]


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", SEEN)
def test_what_can_be_seen_is_found(tmp_path: Path, world: World, name: str) -> None:
    found = compare(_written(tmp_path / "x.pdf", ATTACKS[name][0](world)))
    assert found.changed
    assert found.not_drawn == ()


@pytest.mark.parametrize("name", QUIET)
def test_what_shows_nothing_is_not_found(tmp_path: Path, world: World, name: str) -> None:
    found = compare(_written(tmp_path / "x.pdf", VALID[name][0](world)))
    assert found.drawn == ("Sig1",)
    assert found.differences == ()


def test_a_later_signature_shows_in_its_own_box(tmp_path: Path, world: World) -> None:
    found = compare(_written(tmp_path / "x.pdf", several(world).data))
    assert not found.changed
    assert [(one.field_name, one.page, one.in_signatures > 0) for one in found.differences] == [("S0", 0, True)]


def test_nothing_to_compare(tmp_path: Path, world: World, plain: Path) -> None:
    assert compare(plain).drawn == ()
    assert compare(_written(tmp_path / "x.pdf", b"no pdf")).drawn == ()
    assert compare(_written(tmp_path / "y.pdf", VALID["no time-stamp"][0](world))).drawn == ()
