"""Issued documents: the person's image, then the agency's seal over it; the line of an attachment; what is asked wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.signatures.issuing import EVENT, Picture, issue
from signing.errors import MarkUnusable
from signing.model import Indication, Role, Spot
from signing.policy import Policy
from signing.verify import verify
from tests.unit.signing.marks.test_kinds import picture
from tests.unit.signing.marks.test_place import words_on
from tests.world.door import Door, open_door
from tests.world.shapes import A4, Shape, lines, page_of

BLUE = Picture(picture((20, 40, 200), size=(600, 250)), Spot(330, 150), -1)
RED = Picture(picture((210, 20, 20)), Spot(270, 130), -1)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("issuing") / "data") as door:
        yield door


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return page_of(Shape("plain"), tmp_path / "document.pdf", lines((60, 250, 535, 760)), pages=2)


def test_the_signer_signs_then_the_agency_over_a_part_of_the_signature(door: Door, document: Path, tmp_path: Path) -> None:
    sohoa = door.sohoa
    first = issue(sohoa, document, tmp_path / "signed.pdf", "personal_signature", actor="thu-truong", picture=BLUE)
    second = issue(sohoa, tmp_path / "signed.pdf", tmp_path / "sealed.pdf", "agency_seal", actor="van-thu", picture=RED)
    assert (first.role, second.role) == (Role.PERSONAL, Role.AGENCY)
    assert first.place is not None
    assert second.place is not None
    assert first.place.page == second.place.page == 1
    assert second.place.box[0] < first.place.box[0] < second.place.box[2] < first.place.box[2]
    both = Policy(required_roles=(Role.PERSONAL, Role.AGENCY))
    assert verify(tmp_path / "sealed.pdf", sohoa.signatories.trust(), both).indication is Indication.PASSED
    with sohoa.database.read() as uow:
        assert uow.ledger.verify().ok
        told = [entry.details for entry in uow.ledger.entries() if entry.event == EVENT]
    assert [one["mark"] for one in told] == ["personal_signature", "agency_seal"]


def test_an_attachment_tells_number_and_time_top_right(door: Door, document: Path, tmp_path: Path) -> None:
    made = issue(door.sohoa, document, tmp_path / "out.pdf", "attachment", actor="van-thu", number="12/QĐ-UBND")
    assert made.place is not None
    assert made.place.page == 0
    assert made.place.box[2] > A4[0] - 40
    assert "12/QĐ-UBND" in words_on(tmp_path / "out.pdf")


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("agency_seal", None),
        ("attachment", None),
        ("agency_seal", Picture(b"no image", Spot(1, 1), 0)),
        ("agency_seal", Picture(RED.data, Spot(1, 1), 7)),
    ],
)
def test_what_cannot_be_made_signs_nothing(kind: str, given: Picture | None, door: Door, document: Path, tmp_path: Path) -> None:
    with pytest.raises(MarkUnusable):
        issue(door.sohoa, document, tmp_path / "out.pdf", kind, actor="van-thu", picture=given)
    assert not (tmp_path / "out.pdf").exists()
