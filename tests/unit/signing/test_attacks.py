"""What a forger can do to a sealed file, and the finding that must name it. No attack may end in TOTAL-PASSED."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing import report
from signing.demo_pki import DemoPki
from signing.model import FileVerdict, Indication
from signing.policy import Policy, Profile
from signing.verify import verify
from tests.unit.signing.world import World, first_page, forge, sign_unchecked

Writer = IncrementalPdfFileWriter


def _codes(verdict: FileVerdict) -> set[str]:
    return {one.code for one in (*verdict.findings, *(f for s in verdict.signatures for f in s.findings))}


# --- changes through an incremental update -----------------------------------------------------------------------------------


def other_content(writer: Writer) -> None:
    page = first_page(writer)
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT /F1 18 Tf 20 100 Td (SO 99) Tj ET"))
    writer.update_container(page)


def content_overridden(writer: Writer) -> None:
    """The old stream object keeps its number and gets another body (universal 'shadow replace')."""
    page = first_page(writer)
    contents = page.raw_get("/Contents")
    target = contents.get_object()
    ref = target.raw_get(0) if isinstance(target, generic.ArrayObject) else contents
    stream = ref.get_object()
    stream._data = b"BT /F1 18 Tf 20 100 Td (SO 77) Tj ET"
    stream._encoded_data = None
    writer.mark_update(ref)


def font_swapped(writer: Writer) -> None:
    page = first_page(writer)
    ref = page["/Resources"]["/Font"].raw_get("/F1")
    ref.get_object()["/BaseFont"] = pdf_name("/ZapfDingbats")
    writer.mark_update(ref)


def page_removed(writer: Writer) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"] = generic.ArrayObject([pages["/Kids"].raw_get(0)])
    pages["/Count"] = generic.NumberObject(1)
    writer.update_container(pages)


def page_added(writer: Writer) -> None:
    pages = writer.root["/Pages"]
    extra = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/Parent"): writer.root.raw_get("/Pages"),
            pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 200))),
        }
    )
    pages["/Kids"] = generic.ArrayObject([*(pages["/Kids"].raw_get(i) for i in range(2)), writer.add_object(extra)])
    pages["/Count"] = generic.NumberObject(3)
    writer.update_container(pages)


def overlay(writer: Writer) -> None:
    appearance = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 60))),
        },
        stream_data=b"1 g 0 0 200 60 re f",
    )
    stamp = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Stamp"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 80, 200, 140))),
            pdf_name("/F"): generic.NumberObject(4),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): writer.add_object(appearance)}),
        }
    )
    page = first_page(writer)
    page["/Annots"] = generic.ArrayObject([*list(page.get("/Annots", ())), writer.add_object(stamp)])
    writer.update_container(page)


def box_moved(writer: Writer) -> None:
    page = first_page(writer)
    page["/MediaBox"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 50)))
    writer.update_container(page)


def metadata_altered(writer: Writer) -> None:
    info = writer.trailer.raw_get("/Info")
    info.get_object()["/Title"] = generic.pdf_string("Something else")
    writer.mark_update(info)


def xmp_altered(writer: Writer) -> None:
    ref = writer.root.raw_get("/Metadata")
    stream = ref.get_object()
    stream._data = stream.data.replace("Giấy tờ".encode(), b"Giay khac")
    stream._encoded_data = None
    writer.mark_update(ref)


def catalogue_entry_added(writer: Writer) -> None:
    writer.root["/OpenAction"] = generic.DictionaryObject(
        {
            pdf_name("/S"): pdf_name("/JavaScript"),
            pdf_name("/JS"): generic.pdf_string("app.alert(1)"),
        }
    )
    writer.update_root()


def orphan_added(writer: Writer) -> None:
    writer.add_object(generic.StreamObject(stream_data=b"waiting for the next revision"))


def text_field_added(writer: Writer) -> None:
    field = generic.DictionaryObject(
        {
            pdf_name("/FT"): pdf_name("/Tx"),
            pdf_name("/T"): generic.pdf_string("amount"),
            pdf_name("/V"): generic.pdf_string("1000"),
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 80, 200, 140))),
        }
    )
    form = writer.root["/AcroForm"]
    ref = writer.add_object(field)
    form["/Fields"] = generic.ArrayObject([*(form["/Fields"].raw_get(i) for i in range(len(form["/Fields"]))), ref])
    writer.update_container(form)
    page = first_page(writer)
    page["/Annots"] = generic.ArrayObject([*list(page.get("/Annots", ())), ref])
    writer.update_container(page)


def signature_field_removed(writer: Writer) -> None:
    writer.root["/AcroForm"]["/Fields"] = generic.ArrayObject()
    writer.update_root()
    writer.update_container(writer.root["/AcroForm"])


def signature_retyped(writer: Writer) -> None:
    ref = writer.root["/AcroForm"]["/Fields"].raw_get(0)
    ref.get_object()["/FT"] = pdf_name("/Tx")
    writer.mark_update(ref)


def signature_value_dropped(writer: Writer) -> None:
    ref = writer.root["/AcroForm"]["/Fields"].raw_get(0)
    del ref.get_object()["/V"]
    writer.mark_update(ref)


def subfilter_unknown(writer: Writer) -> None:
    ref = writer.root["/AcroForm"]["/Fields"].raw_get(0).get_object().raw_get("/V")
    ref.get_object()["/SubFilter"] = pdf_name("/x.nobody.knows")
    writer.mark_update(ref)


def store_poisoned(writer: Writer) -> None:
    crls = writer.root["/DSS"]["/CRLs"]
    writer.root["/DSS"]["/CRLs"] = generic.ArrayObject([*crls, writer.add_object(generic.StreamObject(stream_data=b"junk"))])
    writer.update_container(writer.root["/DSS"])
    writer.update_root()


# name, change, must be TOTAL-FAILED also when judged as a foreign file
UPDATES: list[tuple[Callable[[Writer], None], bool]] = [
    (other_content, True),
    (content_overridden, True),
    (font_swapped, True),
    (page_removed, True),
    (page_added, True),
    (overlay, True),
    (box_moved, True),
    (metadata_altered, False),
    (xmp_altered, False),
    (catalogue_entry_added, False),
    (orphan_added, False),
    (text_field_added, True),
    (signature_field_removed, False),
    (signature_retyped, False),
    (signature_value_dropped, False),
    (subfilter_unknown, False),
    (store_poisoned, False),
]


@pytest.mark.parametrize(("change", "proven"), UPDATES, ids=[change.__name__ for change, _ in UPDATES])
def test_changes_after_signing(
    tmp_path: Path, sealed: Path, pki: DemoPki, change: Callable[[Writer], None], proven: bool
) -> None:
    bad = forge(sealed, tmp_path / "bad.pdf", change)
    assert bad.read_bytes().startswith(sealed.read_bytes())
    ours = verify(bad, pki.trust(), Policy(profile=Profile.AGENCY))
    foreign = verify(bad, pki.trust(), Policy(profile=Profile.FOREIGN))
    automatic = verify(bad, pki.trust())
    assert Indication.PASSED not in {ours.indication, foreign.indication, automatic.indication}
    reachable = any(one.intact for one in ours.signatures)
    if reachable:
        assert ours.indication is Indication.FAILED, _codes(ours)
        assert "CHANGED_AFTER_SIGNING" in _codes(ours) or "STORE_UNREADABLE" in _codes(ours)
    if proven:
        assert foreign.indication is Indication.FAILED, _codes(foreign)
        assert _codes(foreign) & {"PAGE_CHANGED", "PAGES_ADDED_OR_REMOVED", "ANNOTATION_ADDED"}
    else:
        assert foreign.indication is Indication.INDETERMINATE, _codes(foreign)
    for verdict in (ours, foreign):
        assert all("?" not in line for line in report.sentences(verdict)[:1])


# --- attacks on the bytes ----------------------------------------------------------------------------------------------------

BODY = b"\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"


def _byte_range(data: bytes) -> tuple[int, int, int, int]:
    found = re.search(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]", data)
    assert found
    first, second, third, fourth = (int(one) for one in found.groups())
    return first, second, third, fourth


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def flipped_inside(data: bytes) -> bytes:
    return _flip(data, data.index(b"(SO") + 4 if b"(SO" in data else data.index(b"/MediaBox") + 14)


def _cms(data: bytes) -> cms.ContentInfo:
    _, length, start, _ = _byte_range(data)
    return cms.ContentInfo.load(bytes.fromhex(data[length + 1 : start - 1].decode()))


def _flipped_value(data: bytes, value: bytes) -> bytes:
    """One bit of `value`, written somewhere in the hexadecimal CMS, turned round."""
    at = data.lower().index(value.hex().encode())
    return data[:at] + _flip(value, len(value) // 2).hex().encode() + data[at + 2 * len(value) :]


def signature_value_flipped(data: bytes) -> bytes:
    return _flipped_value(data, _cms(data)["content"]["signer_infos"][0]["signature"].native)


def signed_digest_flipped(data: bytes) -> bytes:
    signer = _cms(data)["content"]["signer_infos"][0]
    digest = next(one["values"][0].native for one in signer["signed_attrs"] if one["type"].native == "message_digest")
    return _flipped_value(data, digest)


def signed_attribute_removed(data: bytes) -> bytes:
    """The attribute that names the signer's certificate is taken out of the signed attributes."""
    _, length, start, _ = _byte_range(data)
    whole = _cms(data)
    signer = whole["content"]["signer_infos"][0]
    kept = [one for one in signer["signed_attrs"] if not one["type"].native.startswith("signing_certificate")]
    assert len(kept) < len(signer["signed_attrs"])
    signer["signed_attrs"] = cms.CMSAttributes(kept)
    written = whole.dump().hex().encode()
    return data[: length + 1] + written.ljust(start - length - 2, b"0") + data[start - 1 :]


def data_hidden_in_the_signature_space(data: bytes) -> bytes:
    _, _, start, _ = _byte_range(data)
    return data[: start - 9] + b"deadbeef" + data[start - 1 :]


def flipped_behind(data: bytes) -> bytes:
    _, _, start, _ = _byte_range(data)
    return _flip(data, start + 20)


def byte_range_spoofed(data: bytes) -> bytes:
    """The gap is widened, so that bytes before the signature value are no longer covered."""
    return re.sub(
        rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]",
        lambda found: (b"/ByteRange [0 %d %d %d]" % (int(found[2]) - 9, int(found[3]), int(found[4]))).ljust(len(found[0])),
        data,
    )


def byte_range_beyond(data: bytes) -> bytes:
    return re.sub(
        rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]",
        lambda found: (b"/ByteRange [0 %d %d %d]" % (int(found[2]), int(found[3]), int(found[4]) + 9)).ljust(len(found[0])),
        data,
    )


def byte_range_nonsense(data: bytes) -> bytes:
    return re.sub(rb"/ByteRange\s*\[[^\]]*\]", lambda found: b"/ByteRange [0 -5 /x]".ljust(len(found[0])), data)


def contents_zeroed(data: bytes) -> bytes:
    _, length, start, _ = _byte_range(data)
    return data[: length + 1] + b"0" * (start - length - 2) + data[start - 1 :]


def leading_bytes(data: bytes) -> bytes:
    return b"GIF89a\n" + data


def truncated(data: bytes) -> bytes:
    return data[: len(data) - 600]


def appended_text(data: bytes) -> bytes:
    return data + b"hello"


def appended_body_without_xref(data: bytes) -> bytes:
    return data + BODY


def appended_body_with_empty_xref(data: bytes) -> bytes:
    return data + BODY + b"xref\n0 0\ntrailer\n<< /Root 1 0 R /Size 3 >>\n"


def appended_body_with_astray_startxref(data: bytes) -> bytes:
    return data + BODY + b"xref\n0 0\ntrailer\n<< /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % data.rindex(b"startxref")


def appended_body_with_old_startxref(data: bytes) -> bytes:
    last = re.findall(rb"startxref\s+(\d+)", data)[-1]
    return data + BODY + b"startxref\n" + last + b"\n%%EOF\n"


def appended_end_marks(data: bytes) -> bytes:
    return data + b"%%EOF\n%%EOF\n"


def white_space_in_the_signature_space(data: bytes) -> bytes:
    _, _, start, _ = _byte_range(data)
    return data[: start - 9] + b"\t\t" + data[start - 7 :]


BYTES = [
    white_space_in_the_signature_space,
    flipped_inside,
    signature_value_flipped,
    signed_digest_flipped,
    signed_attribute_removed,
    data_hidden_in_the_signature_space,
    flipped_behind,
    byte_range_spoofed,
    byte_range_beyond,
    byte_range_nonsense,
    contents_zeroed,
    leading_bytes,
    truncated,
    appended_text,
    appended_body_without_xref,
    appended_body_with_empty_xref,
    appended_body_with_astray_startxref,
    appended_body_with_old_startxref,
    appended_end_marks,
]


@pytest.mark.parametrize("attack", BYTES, ids=lambda one: one.__name__)
def test_attacks_on_the_bytes(tmp_path: Path, sealed: Path, pki: DemoPki, attack: Callable[[bytes], bytes]) -> None:
    data = sealed.read_bytes()
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(attack(data))
    assert bad.read_bytes() != data
    for profile in (Profile.AUTO, Profile.AGENCY):
        assert verify(bad, pki.trust(), Policy(profile=profile)).indication is Indication.FAILED
    assert verify(bad, pki.trust(), Policy(profile=Profile.FOREIGN)).indication is not Indication.PASSED


@pytest.mark.parametrize("at", range(0, 100, 7))
def test_any_flipped_byte_is_found(tmp_path: Path, sealed: Path, pki: DemoPki, at: int) -> None:
    data = sealed.read_bytes()
    _, length, second, rest = _byte_range(data)
    position = int(at / 100 * (length + rest))
    position = position if position < length else second + position - length
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(_flip(data, position))
    # A flip in the last cross-references makes the signature unreachable: told as hidden, which is doubt.
    assert verify(bad, pki.trust()).indication is not Indication.PASSED


def test_no_mutilation_raises_or_passes(tmp_path: Path, sealed: Path, pki: DemoPki) -> None:
    """Seeded noise: bytes overwritten, cut out and doubled, outside the unsigned certificates of the CMS."""
    chance = random.Random(20261123)
    data = sealed.read_bytes()
    _, length, second, _ = _byte_range(data)
    bad = tmp_path / "bad.pdf"
    for _ in range(40):
        at = chance.choice([chance.randrange(length), chance.randrange(second, len(data) - 12)])
        kind = chance.randrange(3)
        middle = bytes([data[at] ^ chance.randrange(1, 256)]) if kind == 0 else (b"" if kind == 1 else data[at : at + 900] * 2)
        bad.write_bytes(data[:at] + middle + data[at + chance.randrange(1, 900 if kind else 2) :])
        verdict = verify(bad, pki.trust())
        assert verdict.indication is not Indication.PASSED
        assert report.sentences(verdict)


def test_a_time_stamp_that_was_touched_proves_nothing(tmp_path: Path, sealed: Path, pki: DemoPki) -> None:
    data = sealed.read_bytes()
    attributes = _cms(data)["content"]["signer_infos"][0]["unsigned_attrs"]
    token = attributes[0]["values"][0]["content"]["signer_infos"][0]["signature"].native
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(_flipped_value(data, token))
    verdict = verify(bad, pki.trust())
    assert verdict.indication is not Indication.PASSED
    assert "TIMESTAMP_BROKEN" in _codes(verdict)
    assert verdict.signatures[0].intact
    assert verdict.signatures[0].time_source != "timestamp"


def test_a_signature_put_into_another_document(tmp_path: Path, sealed: Path, pki: DemoPki) -> None:
    """Wrapping: the signed bytes stay, another document is put before them."""
    data = sealed.read_bytes()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "other.pdf")
    bad = tmp_path / "bad.pdf"
    bad.write_bytes((tmp_path / "other.pdf").read_bytes() + data)
    assert verify(bad, pki.trust()).indication is not Indication.PASSED


def test_a_stranger_signing_over_the_forgery_does_not_help(tmp_path: Path, sealed: Path, pki: DemoPki, world: World) -> None:
    bad = forge(sealed, tmp_path / "bad.pdf", other_content)
    signed = sign_unchecked(bad, tmp_path / "signed.pdf", world.clerk, world.stamper, field="Other")
    verdict = verify(signed, pki.trust())
    assert verdict.profile == "foreign"
    assert verdict.indication is Indication.FAILED
    assert "PAGE_CHANGED" in _codes(verdict)


def test_our_own_signer_signing_over_a_forgery_does_not_help(tmp_path: Path, sealed: Path, pki: DemoPki) -> None:
    bad = forge(sealed, tmp_path / "bad.pdf", other_content)
    signed = sign_unchecked(bad, tmp_path / "signed.pdf", pki.agency(), pki.timestamper(), field="Other")  # type: ignore[arg-type]
    for profile in (Profile.AUTO, Profile.AGENCY):
        verdict = verify(signed, pki.trust(), Policy(profile=profile))
        assert verdict.indication is Indication.FAILED
    assert verdict.signatures[1].indication is Indication.PASSED


@pytest.mark.parametrize("tail", [b"\n", b"\r\n"])
def test_one_line_end_more_is_no_attack_on_a_foreign_file(tmp_path: Path, sealed: Path, pki: DemoPki, tail: bytes) -> None:
    good = tmp_path / "good.pdf"
    good.write_bytes(sealed.read_bytes().rstrip(b"\r\n") + tail)
    verdict = verify(good, pki.trust(), Policy(profile=Profile.FOREIGN))
    assert "BYTES_AFTER_END" not in _codes(verdict)
