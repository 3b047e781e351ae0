"""The reach of somebody: one unit, several, or all; and a comparison with one code never opens what several would not."""

from __future__ import annotations

from api.access.permissions import Principal, Role
from storage.reach import EVERYTHING, codes_in, covers, home, reach_of


def test_one_unit_is_its_own_reach() -> None:
    assert reach_of("H61.01") == "H61.01"
    assert covers("H61.01", "H61.01")
    assert not covers("H61.01", "H61")
    assert not covers("H61", "H61.01")


def test_several_units_stand_behind_ones_own() -> None:
    reach = reach_of("H61", ("H61.01", "H61", "H61.02"))
    assert codes_in(reach) == ("H61", "H61.01", "H61.02")
    assert home(reach) == "H61"
    assert covers(reach, "H61.02")
    assert not covers(reach, "H61.0")
    assert not covers(reach, "")


def test_no_unit_reaches_everything() -> None:
    assert reach_of("", ("H61",)) == EVERYTHING
    assert covers(EVERYTHING, "H99")
    assert home(EVERYTHING) == ""
    assert codes_in(EVERYTHING) == ()


def test_a_principal_reaches_the_own_unit_and_those_it_answers_for() -> None:
    assert Principal("a", Role.ADMIN, "H61").reach == "H61"
    assert Principal("a", Role.CLERK, "H61", ("H60",)).reach == "H61 H60"
    assert Principal("a", Role.AUDITOR).reach == ""
