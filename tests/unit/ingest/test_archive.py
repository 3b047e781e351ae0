"""ZIPs unpack inside their folder, with the names their packers meant."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ingest.archive import expand, survey
from ingest.errors import ArchiveBomb, ArchiveDamaged, ArchiveNested, ArchiveTooLarge
from ingest.options import IntakeOptions
from tests.world.bad_archives import packed, scan, word

OPTIONS = IntakeOptions()


def unpacked(path: Path, folder: Path, options: IntakeOptions = OPTIONS) -> dict[str, bytes]:
    into = folder / "into"
    into.mkdir()
    members = expand(str(path), str(into), options)
    assert all(Path(member.path).parent == into for member in members)
    assert all(Path(member.path).stat().st_size == member.size for member in members)
    return {member.name: Path(member.path).read_bytes() for member in members}


def test_members_come_in_order_with_display_names(tmp_path: Path) -> None:
    path = packed(
        tmp_path, "a.zip", [("hồ sơ/giấy khai sinh.jpg", b"1"), ("a/b/../b2.jpg".replace("../", ""), b"2"), ("Thumbs.db", b"")]
    )
    assert unpacked(path, tmp_path) == {"giấy khai sinh.jpg": b"1", "b2.jpg": b"2"}


@pytest.mark.parametrize("encoding", ["utf-8", "cp437"])
def test_names_without_the_utf8_flag(encoding: str, tmp_path: Path) -> None:
    name = {"utf-8": "đơn.jpg", "cp437": "Zürich.jpg"}[encoding]
    raw = name.encode(encoding)
    placeholder = "x" * (len(raw) - 4) + ".jpg"
    path = packed(tmp_path, "a.zip", [(placeholder, b"1")])
    path.write_bytes(path.read_bytes().replace(placeholder.encode(), raw))
    assert list(unpacked(path, tmp_path)) == [name]


def test_blank_bitonal_pages_are_no_bombs(tmp_path: Path) -> None:
    """They pack a thousand to one; small files harm nobody."""
    assert unpacked(packed(tmp_path, "a.zip", [("a.tif", b"\0" * 5_000_000)]), tmp_path)["a.tif"] == b"\0" * 5_000_000


def test_a_member_larger_than_the_directory_says(tmp_path: Path) -> None:
    path = packed(tmp_path, "a.zip", [("a.jpg", b"1" * 5000)])
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    with pytest.raises((ArchiveBomb, ArchiveDamaged)):
        unpacked(path, tmp_path)


def test_wrong_checksum(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", b"hello" * 50)
    path.write_bytes(path.read_bytes().replace(b"hello", b"jello", 1))
    with pytest.raises(ArchiveDamaged):
        unpacked(path, tmp_path)


def test_total_size(tmp_path: Path) -> None:
    path = packed(tmp_path, "a.zip", [("a.jpg", scan()), ("b.jpg", scan())])
    with pytest.raises(ArchiveTooLarge):
        survey(str(path), IntakeOptions(max_archive_bytes=len(scan()) + 1))


def test_an_archive_under_another_name(tmp_path: Path) -> None:
    inner = packed(tmp_path, "inner", [("a.jpg", b"1")]).read_bytes()
    with pytest.raises(ArchiveNested) as caught:
        unpacked(packed(tmp_path, "a.zip", [("ok.jpg", b"1"), ("scan.jpg", inner)]), tmp_path)
    assert caught.value.params == {"member": 2}


def test_an_office_file_inside_is_left_to_identify(tmp_path: Path) -> None:
    data = word(tmp_path).read_bytes()
    assert unpacked(packed(tmp_path, "a.zip", [("tờ trình.docx", data)]), tmp_path) == {"tờ trình.docx": data}
