"""Thirty years, three generations of time-stamp authorities: a file renewed twice, and anchors of a ledger made three times."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from signing import anchor
from signing.anchor import Anchor, Statement
from signing.errors import RenewalRefused
from signing.keys import Pkcs12Key
from signing.lifetime import evidence_until
from signing.model import Indication
from signing.renew import renew
from signing.timestamps import LocalTimestamper
from signing.verify import verify
from tests.unit.signing.test_ageing import Ages, aged, ages, at, renewed  # noqa: F401 - fixtures
from tests.unit.signing.world import issue

PASSED, DOUBT = Indication.PASSED, Indication.INDETERMINATE


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory, ages: Ages) -> Pkcs12Key:  # noqa: F811
    return issue(tmp_path_factory.mktemp("third"), ages.stamping, "Ages TSA 2058", at(2040), at(2058), "stamp")


@pytest.fixture(scope="module")
def twice(renewed: Path, ages: Ages, third: Pkcs12Key) -> Path:  # noqa: F811
    now = at(2049)
    out = renewed.with_name("twice.pdf")
    renew(renewed, out, ages.trust(now, issuing=False), LocalTimestamper(third, clock=lambda: now), now)
    return out


@pytest.mark.parametrize("year", [2049, 2051, 2056])
def test_renewed_twice_it_passes_thirty_years_on(renewed: Path, twice: Path, ages: Ages, year: int) -> None:  # noqa: F811
    assert twice.read_bytes().startswith(renewed.read_bytes())
    now = at(year, 7)
    assert verify(twice, ages.trust(now, issuing=False), now=now).indication is PASSED


def test_the_end_of_the_evidence_is_that_of_the_last_authority(
    aged: Path,  # noqa: F811
    renewed: Path,  # noqa: F811
    twice: Path,
    ages: Ages,  # noqa: F811
) -> None:
    trust = ages.trust(at(2049), issuing=False)
    assert [evidence_until(path, trust) for path in (aged, renewed, twice)] == [at(2037), at(2050), at(2058)]


def test_the_day_after_its_end_a_file_proves_nothing(renewed: Path, twice: Path, ages: Ages) -> None:  # noqa: F811
    """`evidence_until` says the truth: the verifier's answer changes on that very day."""
    for path, end in ((renewed, at(2050)), (twice, at(2058))):
        for now, wanted in ((end - timedelta(days=1), PASSED), (end + timedelta(days=1), DOUBT)):
            assert verify(path, ages.trust(now, issuing=False), now=now).indication is wanted


def test_a_lapsed_file_is_never_renewed_back_to_life(renewed: Path, ages: Ages, third: Pkcs12Key, tmp_path: Path) -> None:  # noqa: F811
    now = at(2052)
    with pytest.raises(RenewalRefused):
        renew(renewed, tmp_path / "x.pdf", ages.trust(now, issuing=False), LocalTimestamper(third, clock=lambda: now), now)
    assert not list(tmp_path.iterdir())


def _anchor(ages: Ages, key: Pkcs12Key, now: datetime, before: Anchor | None, entries: int) -> Anchor:  # noqa: F811
    marks = bytes(8 * 10)
    statement = Statement(
        entries=entries, head="a" * 64, head_at=now, since=entries - 10, marks_sha256=sha256(marks).hexdigest(),
        previous=before.sha256 if before else "",
    )  # fmt: skip
    stamper = LocalTimestamper(key, clock=lambda: now)
    return anchor.read(anchor.make(statement, marks, stamper, ages.trust(now, issuing=False), before))


@pytest.fixture(scope="module")
def anchors(ages: Ages, third: Pkcs12Key) -> list[Anchor]:  # noqa: F811
    first = _anchor(ages, ages.stampers[0], at(2026), None, 10)
    second = _anchor(ages, ages.stampers[1], at(2035), first, 20)
    return [first, second, _anchor(ages, third, at(2049), second, 30)]


@pytest.mark.parametrize("year", [2049, 2056])
def test_old_anchors_hold_by_newer_ones(anchors: list[Anchor], ages: Ages, year: int) -> None:  # noqa: F811
    now = at(year, 7)
    found = anchor.check(anchors, ages.trust(now, issuing=False), now)
    assert [one.problem for one in found] == ["", "", ""]
    assert [one.stamped_at for one in found] == [at(2026), at(2035), at(2049)]


def test_a_gap_between_anchors_is_told(anchors: list[Anchor], ages: Ages) -> None:  # noqa: F811
    now = at(2056, 7)
    trust = ages.trust(now, issuing=False)
    first, _, last = anchor.check([anchors[0], anchors[2]], trust, now)[0], None, anchor.check([anchors[2]], trust, now)[0]
    assert first.problem, "no anchor at hand took over from it"
    assert not first.forged
    assert last.problem == ""
    assert anchor.check(anchors, ages.trust(at(2059), issuing=False), at(2059))[2].problem
