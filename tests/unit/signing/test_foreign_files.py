"""Tables of files that others made: what nobody tampered with never fails, what somebody tampered with never passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from signing import report
from signing.model import FileVerdict, Indication
from signing.policy import Policy, Profile
from signing.trust import TrustStore
from signing.verify import verify
from tests.unit.signing.world import World
from tests.world.signed.attacks import ATTACKS
from tests.world.signed.valid import VALID


def _told(verdict: FileVerdict) -> str:
    return "\n".join(report.sentences(verdict, "en"))


@pytest.mark.parametrize("name", VALID)
def test_valid_files_of_other_makers(tmp_path: Path, world: World, name: str) -> None:
    make, expected = VALID[name]
    path = tmp_path / "x.pdf"
    path.write_bytes(make(world))
    verdict = verify(path, world.trust)
    assert (verdict.indication.value, verdict.sub_indication) == expected, _told(verdict)
    assert verdict.indication is not Indication.FAILED
    # Who trusts nobody knows less, and nothing fails for that.
    assert verify(path, TrustStore()).indication is Indication.INDETERMINATE


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_on_files_of_other_makers(tmp_path: Path, world: World, name: str) -> None:
    make, expected = ATTACKS[name]
    path = tmp_path / "x.pdf"
    path.write_bytes(make(world))
    verdict = verify(path, world.trust)
    assert (verdict.indication.value, verdict.sub_indication) == expected, _told(verdict)
    assert verdict.indication is not Indication.PASSED
    assert verify(path, world.trust, Policy(profile=Profile.AGENCY)).indication is not Indication.PASSED


def test_the_tables_are_as_long_as_promised() -> None:
    assert len(VALID) >= 40
    assert len(ATTACKS) >= 40
    assert not VALID.keys() & ATTACKS.keys()


def test_only_what_we_made_is_judged_as_ours(tmp_path: Path, world: World) -> None:
    """A signer whom we trust may use any program: its habits are not held against the file."""
    path = tmp_path / "x.pdf"
    path.write_bytes(VALID["adbe.pkcs7.detached"][0](world))
    assert verify(path, world.trust).profile == "foreign"
    assert verify(path, world.trust, Policy(profile=Profile.AGENCY)).indication is Indication.FAILED
