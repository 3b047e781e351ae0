"""Copies as the product makes them: marked where there is room, told where there is none, unmarked when switched off."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from api.options import MarkOptions
from api.wiring import Sohoa
from signing.model import Indication
from signing.verify import verify
from tests.unit.signing.marks.test_place import words_on
from tests.world import verapdf
from tests.world.product import digitise, sohoa_in
from tests.world.quick_pages import DPI, quick_page

pytestmark = pytest.mark.slow


def crowded(path: Path) -> Path:
    """A page ruled from edge to edge."""
    page = quick_page(7)
    pen = ImageDraw.Draw(page)
    for row in range(4, page.height, 24):
        pen.line((0, row, page.width, row), fill=0, width=4)
    page.save(path, compression="group4", dpi=(DPI, DPI))
    return path


def sealing(sohoa: Sohoa, batch_id: str, name: str) -> tuple[dict[str, object], bytes]:
    """What the ledger says of the sealing of that file's paper, and the copy."""
    with sohoa.database.read() as uow:
        paper = next(one for one in uow.papers.of_batch(batch_id) if uow.files.get(one.file_id).name == name)
        (told,) = [entry.details for entry in uow.journal.of_paper(paper.id) if entry.event == "paper.sealed"]
    assert paper.sealed is not None
    return told, sohoa.objects.read_bytes(paper.sealed.sha256)


def test_copies_bear_the_mark_where_there_is_room_and_say_when_there_is_none(tmp_path: Path) -> None:
    plain: Image.Image = quick_page(1)
    plain.save(tmp_path / "plain.tif", compression="group4", dpi=(DPI, DPI))
    crowded(tmp_path / "crowded.tif")
    names = MarkOptions(unit_names={"H00.DEMO": "Trung tâm Phục vụ hành chính công xã Ví Dụ"})
    with sohoa_in(tmp_path / "data", mark=names) as sohoa:
        batch, _ = digitise(sohoa, tmp_path / "plain.tif", tmp_path / "crowded.tif")
        told, data = sealing(sohoa, batch.id, "plain.tif")
        told_crowded, data_crowded = sealing(sohoa, batch.id, "crowded.tif")
        files = []
        for name, content in (("plain", data), ("crowded", data_crowded)):
            files.append(tmp_path / f"{name}.pdf")
            files[-1].write_bytes(content)
            assert verify(files[-1], sohoa.signatories.trust()).indication is Indication.PASSED
        signer = sohoa.signatories.personal().name
    assert isinstance(told["place"], dict)
    assert told["mark_left_out"] is False
    text = " ".join(words_on(files[0]).replace(";", "").split())
    assert f"Người số hóa: {signer}" in text
    assert "Cơ quan: Trung tâm Phục vụ hành chính công xã Ví Dụ" in text
    assert "+07:00" in text
    assert told_crowded["place"] is None
    assert told_crowded["mark_left_out"] is True
    try:
        assert verapdf.validate(files) == {str(path): [] for path in files}
    except verapdf.VeraPdfMissing as missing:
        pytest.skip(f"NO VERAPDF, PDF/A IS NOT CHECKED: {missing}")


def test_the_mark_can_be_switched_off(tmp_path: Path) -> None:
    quick_page(1).save(tmp_path / "plain.tif", compression="group4", dpi=(DPI, DPI))
    with sohoa_in(tmp_path / "data", mark=MarkOptions(digitised=False)) as sohoa:
        batch, _ = digitise(sohoa, tmp_path / "plain.tif")
        told, data = sealing(sohoa, batch.id, "plain.tif")
    assert told["place"] is None
    assert told["mark_left_out"] is False
    (tmp_path / "copy.pdf").write_bytes(data)
    with pikepdf.open(tmp_path / "copy.pdf") as pdf:
        assert [float(one) for one in pdf.Root.AcroForm.Fields[0].Rect] == [0, 0, 0, 0]
