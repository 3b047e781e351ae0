"""Two signers in one file: the certifier reserves the agency's field, both are visible, and nothing else may follow."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from signing.demo_pki import DemoPki
from signing.errors import AlreadySigned, GlyphMissing, MarkUnusable, SealRejected
from signing.marks.typeface import typeface
from signing.model import Corner, Indication, Level, Mark, Reserved, Role, Seal, SealKind, SealRequest
from signing.policy import Policy
from signing.seal import seal
from signing.verify import verify
from tests.world.shapes import SHAPES, Shape, page_of

BOTH = Policy(required_roles=(Role.PERSONAL, Role.AGENCY))
OWN = Mark(("Người chứng thực: Nguyễn Thị Thử", "{time}"), corner=Corner.BOTTOM_LEFT)
SEAL = Mark(("Ủy ban nhân dân xã Ví Dụ", "{time}"))
FIRST = SealRequest(
    SealKind.CERTIFIED_COPY, Role.PERSONAL, "Certifier", mark=OWN, certify=True, reserve=(Reserved("Agency", SEAL),)
)
SECOND = SealRequest(SealKind.CERTIFIED_COPY, Role.AGENCY, "Agency", mark=SEAL)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_of(Shape("plain"), tmp_path_factory.mktemp("two") / "source.pdf", pages=2)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory, source: Path, pki: DemoPki) -> Path:
    out = tmp_path_factory.mktemp("two") / "certified.pdf"
    seal(source, out, FIRST, pki.clerk(), pki.trust(), pki.timestamper())
    return out


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, certified: Path, pki: DemoPki) -> Path:
    out = tmp_path_factory.mktemp("two") / "both.pdf"
    seal(certified, out, SECOND, pki.agency(), pki.trust(), pki.timestamper())
    return out


def agency(source: Path, out: Path, request: SealRequest, pki: DemoPki) -> Seal:
    return seal(source, out, request, pki.agency(), pki.trust(), pki.timestamper())


def test_both_pass_with_both_roles_and_every_earlier_byte_stays(source: Path, certified: Path, both: Path, pki: DemoPki) -> None:
    verdict = verify(both, pki.trust(), BOTH)
    assert verdict.indication is Indication.PASSED
    assert [(one.field_name, one.role) for one in verdict.signatures] == [
        ("Certifier", Role.PERSONAL),
        ("Agency", Role.AGENCY),
    ]
    assert certified.read_bytes().startswith(source.read_bytes())
    assert both.read_bytes().startswith(certified.read_bytes())


def test_a_certified_file_waits_for_the_agency(certified: Path, pki: DemoPki) -> None:
    verdict = verify(certified, pki.trust(), BOTH)
    assert verdict.indication is Indication.INDETERMINATE
    assert [one.code for one in verdict.findings] == ["ROLE_MISSING"]
    with pikepdf.open(certified) as pdf:
        assert pdf.Root.Perms.DocMDP.Reference[0].TransformParams.P == 2


def test_two_visible_signatures_with_long_term_evidence_weigh_little(source: Path, both: Path) -> None:
    assert both.stat().st_size - source.stat().st_size <= 70_000, "the issue allows 80 KB"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_filling_the_reserved_field_changes_what_is_drawn_and_nothing_else(shape: Shape, tmp_path: Path, pki: DemoPki) -> None:
    """A box, matrix or filter that comes with the second signature is an undefined change for EU DSS."""
    source = page_of(shape, tmp_path / "source.pdf")
    seal(source, tmp_path / "one.pdf", replace(FIRST, level=Level.B_B), pki.clerk(), pki.trust(), None)
    agency(tmp_path / "one.pdf", tmp_path / "two.pdf", replace(SECOND, level=Level.B_B), pki)
    told = []
    for name in ("one", "two"):
        with pikepdf.open(tmp_path / f"{name}.pdf") as pdf:
            form = next(field.AP.N for field in pdf.Root.AcroForm.Fields if str(field.T) == "Agency")
            told.append({key: form[key].unparse(resolved=True) for key in form.keys() if key != "/Length"})  # noqa: SIM118
            drawn = form.read_bytes()
            assert bool(drawn) == (name == "two")
    assert told[0] == told[1]
    assert {"/BBox", "/Filter", "/Resources"} <= set(told[0])
    assert ("/Matrix" in told[0]) == bool(shape.turn_deg)


def test_both_marks_share_one_typeface(both: Path) -> None:
    name = typeface().name
    with pikepdf.open(both) as pdf:
        fonts = [field.AP.N.Resources.Font.F0 for field in pdf.Root.AcroForm.Fields]
        assert len(fonts) == 2
        assert fonts[0].objgen == fonts[1].objgen
        assert str(fonts[0].BaseFont) == f"/{name}"
    assert len(re.findall(rb"/FontFile2", both.read_bytes())) == 1


def test_no_new_field_after_a_certification(tmp_path: Path, certified: Path, pki: DemoPki) -> None:
    """Finding 7 of the measurements: why the field is reserved."""
    with pytest.raises(SealRejected):
        agency(certified, tmp_path / "out.pdf", replace(SECOND, field_name="Other"), pki)
    assert not (tmp_path / "out.pdf").exists()


def test_a_certification_must_be_first(tmp_path: Path, certified: Path, sealed: Path, pki: DemoPki) -> None:
    for signed in (certified, sealed):
        with pytest.raises(AlreadySigned):
            seal(signed, tmp_path / "out.pdf", FIRST, pki.clerk(), pki.trust(), pki.timestamper())
    assert list(tmp_path.iterdir()) == []


def test_without_certification_the_field_is_reserved_all_the_same(tmp_path: Path, source: Path, pki: DemoPki) -> None:
    first = replace(FIRST, certify=False, level=Level.B_B)
    seal(source, tmp_path / "one.pdf", first, pki.clerk(), pki.trust(), None)
    made = agency(tmp_path / "one.pdf", tmp_path / "two.pdf", replace(SECOND, level=Level.B_B), pki)
    assert made.field_name == "Agency"
    assert made.place is not None
    assert verify(tmp_path / "two.pdf", pki.trust(), BOTH).indication is Indication.PASSED


def test_invisible_fields_can_be_reserved_and_filled(tmp_path: Path, source: Path, pki: DemoPki) -> None:
    first = replace(FIRST, mark=None, reserve=(Reserved("Agency"),))
    seal(source, tmp_path / "one.pdf", first, pki.clerk(), pki.trust(), pki.timestamper())
    with pytest.raises(MarkUnusable):
        agency(tmp_path / "one.pdf", tmp_path / "two.pdf", SECOND, pki)
    made = agency(tmp_path / "one.pdf", tmp_path / "two.pdf", replace(SECOND, mark=None), pki)
    assert made.place is None
    assert verify(tmp_path / "two.pdf", pki.trust(), BOTH).indication is Indication.PASSED


def test_a_visible_field_filled_without_a_mark_stays_empty(tmp_path: Path, certified: Path, pki: DemoPki) -> None:
    """pyHanko would draw its own text there, in a typeface that is not embedded."""
    agency(certified, tmp_path / "two.pdf", replace(SECOND, mark=None), pki)
    with pikepdf.open(tmp_path / "two.pdf") as pdf:
        shown = {str(field.T): field.AP.N.read_bytes() for field in pdf.Root.AcroForm.Fields}
        assert shown["Agency"] == b""
        assert shown["Certifier"]


def test_more_text_than_the_reserved_field_holds_is_refused_before_signing(tmp_path: Path, certified: Path, pki: DemoPki) -> None:
    long = Mark(("Ủy ban nhân dân xã có một cái tên dài hơn nhiều so với tên đã được dành chỗ",) * 3)
    with pytest.raises(MarkUnusable):
        agency(certified, tmp_path / "two.pdf", replace(SECOND, mark=long), pki)
    assert list(tmp_path.iterdir()) == []


def test_a_glyph_that_is_missing_is_told_before_anything_is_signed(tmp_path: Path, source: Path, pki: DemoPki) -> None:
    with pytest.raises(GlyphMissing, match="漢") as caught:
        seal(source, tmp_path / "o.pdf", replace(FIRST, mark=Mark(("漢",))), pki.clerk(), pki.trust(), pki.timestamper())
    assert "Chưa ký gì cả" in caught.value.message("vi")
    assert list(tmp_path.iterdir()) == []


def test_mark_and_signature_tell_the_same_time_with_its_zone(both: Path) -> None:
    face = typeface()
    back = {f"{code:04X}": character for character, code in face.glyphs.items()}
    with pikepdf.open(both) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            text = "".join(
                "".join(back[run[at : at + 4].decode()] for at in range(0, len(run), 4))
                for run in re.findall(rb"<([0-9A-F]+)>", field.AP.N.read_bytes())
            )
            year, month, day, hour, minute, second = re.match(
                r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\+07'00", str(field.V.M)
            ).groups()  # type: ignore[union-attr]
            assert f"{day}/{month}/{year} {hour}:{minute}:{second} +07:00" in text


def test_the_same_mark_gives_the_same_bytes(tmp_path: Path, source: Path, pki: DemoPki) -> None:
    seen = set()
    for number in range(2):
        request = replace(FIRST, mark=Mark(("Không có giờ",)), reserve=(), level=Level.B_B)
        seal(source, tmp_path / f"{number}.pdf", request, pki.clerk(), pki.trust(), None)
        with pikepdf.open(tmp_path / f"{number}.pdf") as pdf:
            field = pdf.Root.AcroForm.Fields[0]
            font = field.AP.N.Resources.Font.F0
            program = font.DescendantFonts[0].FontDescriptor.FontFile2
            seen.add((field.AP.N.read_raw_bytes(), font.ToUnicode.read_raw_bytes(), program.read_raw_bytes()))
    assert len(seen) == 1


@pytest.mark.parametrize("what", ["program", "widths", "unicode", "name"])
def test_a_typeface_in_the_file_is_only_used_when_it_is_ours_to_the_byte(
    what: str, tmp_path: Path, source: Path, pki: DemoPki
) -> None:
    """A file prepared with a typeface called like ours must not make the agency's mark say something else."""
    seal(source, tmp_path / "one.pdf", replace(FIRST, certify=False, level=Level.B_B), pki.clerk(), pki.trust(), None)
    with pikepdf.open(tmp_path / "one.pdf") as pdf:
        font = pdf.Root.AcroForm.Fields[1].AP.N.Resources.Font.F0
        below = font.DescendantFonts[0]
        if what == "program":
            stream = below.FontDescriptor.FontFile2
            stream.write(stream.read_bytes()[:-1] + b"x")
        elif what == "widths":
            below.W[1][5] = 999
        elif what == "unicode":
            font.ToUnicode.write(font.ToUnicode.read_bytes().replace(b"<0041>", b"<0042>"))
        else:
            font.BaseFont = pikepdf.Name("/ABCDEF+Other")
        # Unsigned again: the first signature would not survive this, and is not what is asked here.
        for field in pdf.Root.AcroForm.Fields:
            if "/V" in field:
                del field["/V"]
        pdf.save(tmp_path / "forged.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    agency(tmp_path / "forged.pdf", tmp_path / "two.pdf", replace(SECOND, level=Level.B_B), pki)
    face = typeface()
    with pikepdf.open(tmp_path / "two.pdf") as pdf:
        field = next(one for one in pdf.Root.AcroForm.Fields if str(one.T) == "Agency")
        used = field.AP.N.Resources.Font.F0
        assert used.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes() == face.program
        assert [int(one) for one in used.DescendantFonts[0].W[1]] == list(face.widths)
        assert used.ToUnicode.read_bytes() == face.to_unicode()
        assert str(used.BaseFont) == f"/{face.name}"
