"""Odd but honest files are never failed; forged ones never pass, whatever the shape of the file beneath."""

from __future__ import annotations

from pathlib import Path

import pytest

from signing.lifetime import evidence_until
from signing.model import Indication
from signing.verify import verify
from tests.unit.signing.world import World
from tests.world.signed import attacks, paper, valid
from tests.world.signed.attacks import ATTACKS
from tests.world.signed.odd import ODD

DOUBTED = {"an odd number of digits"}
SHAPES: dict[str, dict[str, object]] = {
    "object streams, linearised": {"xref": "stream", "linearize": True},
    "twelve pages": {"pages": 12},
}
CHOSEN = [
    "content in a new object",
    "a font swapped",
    "another page tree",
    "a stamp over the page",
    "a body and the old pointer",
    "text behind",
    "the first of two taken out",
    "shadow: hide and replace",
    "the content replaced, then archived",
    "the content replaced, then signed by another",
]


@pytest.mark.parametrize("name", ODD)
def test_odd_files_are_not_failed(tmp_path: Path, world: World, name: str) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(ODD[name](world))
    wanted = Indication.INDETERMINATE if name in DOUBTED else Indication.PASSED
    assert verify(path, world.trust).indication is wanted


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", CHOSEN)
def test_attacks_on_other_shapes(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch, name: str, shape: str) -> None:
    for module in (attacks, valid):
        monkeypatch.setattr(module, "base", lambda *_, **how: paper.base(**{**SHAPES[shape], **how}))
    path = tmp_path / "x.pdf"
    path.write_bytes(ATTACKS[name][0](world))
    assert verify(path, world.trust).indication is not Indication.PASSED


@pytest.mark.parametrize(
    "data", [b"", b"%FDF-1.2\n1 0 obj\n<<>>\nendobj\n%%EOF", b"%PDF-", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\nstartxref\n0\n%%EOF"]
)
def test_what_is_no_document_is_a_verdict(tmp_path: Path, world: World, data: bytes) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(data)
    assert verify(path, world.trust).indication is Indication.FAILED


def test_a_certificate_that_cannot_be_read_says_nothing_of_its_end(tmp_path: Path, world: World) -> None:
    """The key identifier of its issuer, carried along, is longer than all of it: no later step stumbles."""
    path, data = tmp_path / "x.pdf", valid.signed(world, stamped=False).data
    at = data.rindex(b"0603551d0e0416")
    path.write_bytes(data[:at] + b"0603551d0e047f" + data[at + 14 :])
    assert evidence_until(path, world.trust) is None
    assert verify(path, world.trust).indication is not Indication.PASSED


def test_a_carried_certificate_of_a_version_that_is_none(tmp_path: Path, world: World) -> None:
    """It is doubted like any that its issuer did not sign, and leaves no exception."""
    path, data = tmp_path / "x.pdf", valid.signed(world, stamped=False).data
    at = data.rindex(b"a0030201020214")
    path.write_bytes(data[:at] + b"a0030201090214" + data[at + 14 :])
    verdict = verify(path, world.trust)
    assert verdict.indication is Indication.INDETERMINATE
    assert verdict.signatures[0].intact
    assert "CERTIFICATE_ALTERED" in {one.code for one in verdict.signatures[0].findings}
