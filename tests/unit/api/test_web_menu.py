"""The menu: short for everybody, nothing lost, nothing twice."""

from __future__ import annotations

import pytest

from api.access.permissions import PERMISSIONS, Role
from api.web.menu import FLAT, MORE, headings, menu
from api.web.site import NAVIGATION


def pages_of(role: Role) -> list[tuple[str, str]]:
    return [(name, address) for name, address, action in NAVIGATION if action in PERMISSIONS[role]]


@pytest.mark.parametrize("role", Role)
def test_everybody_sees_a_short_menu_with_every_page_once(role: Role) -> None:
    pages = pages_of(role)
    shown = menu(pages)
    assert len(shown) <= FLAT
    assert sorted(entry.name for heading in shown for entry in heading.entries) == sorted({name for name, _ in pages})


def test_a_page_nobody_placed_stands_under_more() -> None:
    assert [heading.name for heading in headings([("records", "/records"), ("new_room", "/new-room")])] == ["find", MORE]


def test_few_pages_need_no_headings_and_one_alone_none_either() -> None:
    assert [heading.name for heading in menu([("upload", "/upload"), ("records", "/records")])] == ["", ""]
    many = [(name, f"/{name}") for name in ("upload", "batches", "review", "attention", "records", "verify", "ledger")]
    assert [heading.name for heading in menu(many)] == ["intake", "", "audit"]


def test_a_page_below_another_belongs_to_it() -> None:
    (heading,) = menu([("records", "/records")])
    assert heading.holds("/records/x")
    assert not heading.holds("/records-of-others")
