"""Kinds of marks as data: what the decree names, own wordings, and templates that cannot be misused."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from signing.demo_pki import DemoPki
from signing.errors import MarkKindsUnusable, MarkUnusable
from signing.marks.image import printed_size_pt, samples
from signing.marks.kinds import kinds
from signing.model import Corner, Indication, Level, Role, SealKind, SealRequest, Spot
from signing.seal import seal
from signing.verify import verify
from tests.world.shapes import Shape, page_of


def picture(colour: tuple[int, int, int], size: tuple[int, int] = (425, 425), dpi: float | None = 300) -> bytes:
    """A ring on nothing, as an agency's seal is scanned: 36 mm at 300 dpi."""
    image = Image.new("RGBA", size, (255, 255, 255, 0))
    ImageDraw.Draw(image).ellipse((8, 8, size[0] - 8, size[1] - 8), outline=(*colour, 255), width=12)
    data = io.BytesIO()
    image.save(data, "PNG", **({"dpi": (dpi, dpi)} if dpi else {}))
    return data.getvalue()


def test_every_kind_names_its_law_and_stands_where_the_decree_says() -> None:
    known = kinds()
    assert {"digitised_copy", "sao_y", "sao_luc", "trich_sao", "attachment", "archive_copy"} <= set(known)
    for kind in known.values():
        assert kind.law
        assert kind.size_pt == 10
    for code in ("sao_y", "sao_luc", "trich_sao", "attachment", "archive_copy"):
        assert (known[code].corner, known[code].page, known[code].required) == (Corner.TOP_RIGHT, 0, True)
        assert known[code].least_size_pt == 0, "Decree 30/2020 gives the size"
    assert known["sao_y"].text(agency="Ủy ban nhân dân xã Ví Dụ").lines == ("Sao y", "Ủy ban nhân dân xã Ví Dụ", "{time}")


def test_the_own_mark_of_a_digitised_copy_tells_who_when_and_for_whom() -> None:
    """Decree 137/2024 Art. 4: in letters, the time, and the full name of who converted it."""
    kind = kinds()["digitised_copy"]
    assert not kind.verified
    lines = kind.text(signer="Nguyễn Thị Thử", unit="Đơn vị Thử").lines
    assert lines == ("Bản số hóa từ văn bản giấy", "Người số hóa: Nguyễn Thị Thử", "Cơ quan: Đơn vị Thử", "Thời gian: {time}")
    assert kind.text(signer="Nguyễn Thị Thử").lines[2] == "Thời gian: {time}"


def test_what_is_filled_in_is_text_and_never_a_template() -> None:
    assert kinds()["sao_y"].text(agency="{time} {signer}\n x").lines[1] == "(time) (signer) x"
    with pytest.raises(MarkUnusable):
        kinds()["personal_signature"].text()


def test_a_deployment_words_its_marks_itself(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[[mark]]\ncode = "digitised_copy"\nversion = 2\nnames = { vi = "a", en = "b" }\nlaw = "c"\nverified = true\n'
        'lines = ["Chuyển đổi bởi {signer}; {time}"]\n'
    )
    known = kinds(str(own))
    assert known["digitised_copy"].text(signer="X").lines == ("Chuyển đổi bởi X; {time}",)
    assert known["sao_y"] == kinds()["sao_y"]


@pytest.mark.parametrize(
    "text",
    [
        "no toml [",
        "x = 1",
        "mark = 3",
        '[[mark]]\ncode = "a"\n',
        '[[mark]]\ncode="a"\nversion=1\nnames={vi="a",en="b"}\nlaw="c"\nverified=true\nlines=["{nobody}"]\n',
        '[[mark]]\ncode="a"\nversion=1\nnames={vi="a",en="b"}\nlaw="c"\nverified=true\n',
        '[[mark]]\ncode="a"\nversion=1\nnames={vi="a",en="b"}\nlaw="c"\nverified=true\nlines=["x"]\nimage=true\n',
    ],
)
def test_a_file_that_cannot_be_used_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(MarkKindsUnusable, match=r"own\.toml"):
        kinds(str(tmp_path / "own.toml"))


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(MarkKindsUnusable):
        kinds(str(tmp_path / "none.toml"))


def test_images_have_their_real_size() -> None:
    assert printed_size_pt(picture((200, 0, 0))) == pytest.approx((102, 102), abs=0.1)
    assert printed_size_pt(picture((200, 0, 0), dpi=None)) == pytest.approx((102, 102), abs=0.1)
    assert printed_size_pt(picture((0, 0, 200), size=(600, 200)), 90) == pytest.approx((90, 30))
    assert samples(picture((200, 0, 0), size=(3000, 3000)), 72.0).width_px == 600


@pytest.mark.parametrize("data", [b"", b"no image", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_png_is_refused(data: bytes) -> None:
    with pytest.raises(MarkUnusable):
        printed_size_pt(data or b"x")


def test_an_image_too_large_or_of_another_kind_is_refused() -> None:
    with pytest.raises(MarkUnusable):
        printed_size_pt(picture((1, 1, 1), size=(4200, 40)))
    with pytest.raises(MarkUnusable):
        printed_size_pt(picture((1, 1, 1)), 5000)
    jpeg = io.BytesIO()
    Image.new("RGB", (10, 10)).save(jpeg, "JPEG")
    with pytest.raises(MarkUnusable):
        printed_size_pt(jpeg.getvalue())


def test_signature_and_seal_of_an_issued_document_are_transparent_images_over_each_other(tmp_path: Path, pki: DemoPki) -> None:
    """Decree 30/2020, Appendix I: the seal covers about a third of the signature, from the left."""
    source = page_of(Shape("plain"), tmp_path / "source.pdf", b"0 g 300 120 60 8 re f")
    blue, red = picture((20, 40, 200), size=(600, 250)), picture((210, 20, 20))
    signature = kinds()["personal_signature"].picture(blue, Spot(330, 150), page=0)
    stamp = kinds()["agency_seal"].picture(red, Spot(265, 130), page=0)
    one, two = tmp_path / "one.pdf", tmp_path / "two.pdf"
    personal = SealRequest(SealKind.SAO_Y, Role.PERSONAL, "Person", mark=signature, level=Level.B_B)
    made = seal(source, one, personal, pki.clerk(), pki.trust(), None)
    assert made.place is not None
    assert not made.place.moved
    seal(
        one, two, SealRequest(SealKind.SAO_Y, Role.AGENCY, "Agency", mark=stamp, level=Level.B_B), pki.agency(), pki.trust(), None
    )
    assert verify(two, pki.trust()).indication is Indication.PASSED
    with pikepdf.open(two) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            image = field.AP.N.Resources.XObject.Im0
            assert image.SMask.ColorSpace == pikepdf.Name.DeviceGray
            assert "/Font" not in field.AP.N.Resources
