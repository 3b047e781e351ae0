"""What we read faster is what pyHanko reads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader, RawPdfPath

from signing import plain, reading, sweep
from signing.embedded import HOSTILE, attempt
from signing.reading import DistantStream, Reader
from signing.sweep import SignedRange
from tests.unit.signing.world import World
from tests.world.signed.attacks import ATTACKS
from tests.world.signed.valid import VALID
from tests.world.told_objects import objects

HEX = st.lists(st.sampled_from([b"0", b"9", b"aF", b" ", b"\n", b"\0", b"\x0c", b"%a>b\n", b"g", b"(", b"5" * 9000]), max_size=12)


def _outcome(read: object, data: bytes) -> tuple[object, ...]:
    stream = BytesIO(data)
    try:
        found = read(stream)  # type: ignore[operator]
    except HOSTILE as error:
        return (type(error),)
    return type(found), found.original_bytes, found, stream.tell()


@given(HEX, st.sampled_from([b">", b"", b">>", b"> /Next"]))
def test_hexadecimal_strings_are_read_as_pyhanko_reads_them(parts: list[bytes], end: bytes) -> None:
    data = b"<" + b"".join(parts) + end
    assert _outcome(reading.hex_string, data) == _outcome(reading._by_byte, data)


@given(
    st.binary(max_size=6) | st.text("#19aF/ (<xyz~!", max_size=12).map(str.encode) | st.just(b"n" * 200),
    st.sampled_from([b"", b" ", b"/"]),
)
def test_names_are_read_as_pyhanko_reads_them(data: bytes, end: bytes) -> None:
    for stream in (BytesIO(b"/" + data + end), BytesIO(b"/" + data + end + b"x" * 99)):
        ours = _name(stream, reading.token, reading.name)
        stream.seek(0)
        assert ours == _name(stream, reading._token_by_byte, reading._name_by_byte)


def _name(stream: BytesIO, token: Callable[[BytesIO], bytes], name: Callable[[bytes], str]) -> tuple[object, ...]:
    stream.read(1)
    try:
        found = name(token(stream))
    except HOSTILE as error:
        return type(error), stream.tell()
    return type(found), str(found), stream.tell()


def test_the_faster_way_is_in_force() -> None:
    assert generic.read_hex_string_from_stream is reading.hex_string
    assert generic.read_until_delimiter is reading.token
    assert generic._decode_name is reading.name
    assert generic.DictionaryObject.read_from_stream is plain.dictionary
    assert plain.by_byte.__module__ == "pyhanko.pdf_utils.generic"
    assert {one.__module__ for one in (reading._by_byte, reading._name_by_byte)} == {"pyhanko.pdf_utils.generic"}


@pytest.mark.parametrize("name", [*VALID, *ATTACKS])
def test_files_are_read_and_walked_as_pyhanko_does(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make = VALID[name][0] if name in VALID else ATTACKS[name][0]
    data = make(world)
    read = objects(data)
    whole = objects(data, Reader)
    monkeypatch.setattr(generic.DictionaryObject, "read_from_stream", staticmethod(plain.by_byte))
    assert read == objects(data)
    assert read == whole
    monkeypatch.undo()
    ours, theirs = (attempt(lambda kind=kind: kind(BytesIO(data), strict=False)) for kind in (Reader, PdfFileReader))
    if ours is None or theirs is None or ours.encrypted:
        assert (ours is None) == (theirs is None)
        return
    for revision in range(ours.xrefs.total_revisions):
        both = [_usages(reader.get_historical_resolver(revision)) for reader in (ours, theirs)]
        assert both[0] == both[1]
        assert both[0] != {}


def _usages(revision: HistoricalResolver) -> dict[tuple[int, int], set[RawPdfPath]] | str:
    if attempt(lambda: revision._load_reverse_xref_cache() or True) is None:
        return "refused"
    places = [generic.Reference(number, 0, pdf=revision) for number in range(200)]
    return {(one.idnum, one.generation): used for one in places if (used := revision._get_usages_of_ref(one))}


def _scan(path: Path, **save: object) -> Path:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        image = pdf.make_stream(bytes(range(256)) * 400, Type=pikepdf.Name.XObject, Width=320, Height=320)
        pdf.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        pdf.pages[0].contents_add(b"q Q")
        pdf.save(path, compress_streams=False, **save)  # type: ignore[arg-type]
    return path


def _image(reader: object) -> generic.StreamObject:
    return reader.root["/Pages"]["/Kids"][0]["/Resources"]["/XObject"]["/Im0"]  # type: ignore[attr-defined]


def test_large_streams_stay_in_the_file(tmp_path: Path) -> None:
    path = _scan(tmp_path / "scan.pdf")
    with path.open("rb") as handle, path.open("rb") as other:
        ours, theirs = _image(Reader(handle)), _image(PdfFileReader(other))
        assert isinstance(ours, DistantStream)
        assert ours._own is None
        assert (dict(ours), ours.encoded_data, ours.data) == (dict(theirs), theirs.encoded_data, theirs.data)
        assert ours.container_ref == theirs.container_ref


def test_a_revision_copies_without_fetching(tmp_path: Path) -> None:
    path = _scan(tmp_path / "scan.pdf")
    with path.open("rb") as handle:
        reader = Reader(handle)
        then = reader.get_historical_resolver(0)
        image = _image(then)
        assert isinstance(image, DistantStream)
        assert image.get_container_ref().pdf is then
        assert image.encoded_data == bytes(range(256)) * 400
        assert reader.get_historical_resolver(0) is then


def test_encrypted_streams_are_read_as_before(tmp_path: Path) -> None:
    path = _scan(tmp_path / "scan.pdf", encryption=pikepdf.Encryption(owner="x", user=""))
    with path.open("rb") as handle:
        reader = Reader(handle)
        reader.decrypt(b"")
        assert _image(reader).data == bytes(range(256)) * 400


# --- one way through the file


def _file(size: int) -> bytes:
    marks = b"%%EOF /ByteRange [ /ByteRangeX %%EOF"
    return (hashlib.shake_256(b"any").digest(size // 2) + marks + b"%%EOF\n" * size)[:size]


@pytest.mark.parametrize("size", [40, 1000, (1 << 20) - 3, (1 << 20) + 5, 3 << 20])
def test_digests_of_all_ranges_at_once(size: int) -> None:
    data = _file(size)
    places = [(1, 1, 1), (5, 9, 30), (5, 20, size), (size // 2, size // 2 + 3, size), (size - 1, size, size), (size, size, size)]
    ranges = [SignedRange(name, *place) for place in places for name in ("sha256", "sha1")]
    swept = sweep.sweep(BytesIO(data), ranges)
    for one in ranges:
        signed = data[: one.first] + data[one.second : one.end]
        assert swept.digests[one] == hashlib.new(one.algorithm, signed).digest(), one
    assert (swept.sha256, swept.size) == (hashlib.sha256(data).hexdigest(), size)


def test_a_range_that_leaves_the_file_has_no_digest() -> None:
    beyond = SignedRange("sha256", 3, 5, 101)
    assert sweep.sweep(BytesIO(bytes(100)), [beyond]).digests == {}


@pytest.mark.parametrize("size", [40, 1000, (1 << 18) - 9, (1 << 18) + 2, 1 << 19])
def test_a_file_that_grew_is_seen_as_if_it_were_new(size: int) -> None:
    """Wherever the shorter file ended, in the middle of a mark too."""
    data = _file(size) + b" %%EOF /ByteRange [ /ByteRangeY " * 4
    anew = sweep.sweep(BytesIO(data))
    for cut in {1, 15, 16, 17, size // 2, *range(size - 20, len(data) - 1)}:
        before = sweep.sweep(BytesIO(data[:cut])).point
        grown = sweep.sweep(BytesIO(data), before=before)
        assert grown.grown
        assert grown == replace(anew, grown=True, digests=grown.digests), cut


def test_marks_of_other_bytes_do_not_count() -> None:
    data = _file(600_000)
    for altered in (b"x" + data[1:], data[:300_000], b""):
        swept = sweep.sweep(BytesIO(altered), before=sweep.sweep(BytesIO(data)).point)
        assert swept == sweep.sweep(BytesIO(altered))
        assert not swept.grown


def test_what_was_searched_is_not_searched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    data, searched = _file(3 << 18), []
    before = sweep.sweep(BytesIO(data)).point
    places = sweep._places

    def noted(window: bytearray, mark: bytes, start: int, end: int, limit: int) -> list[int]:
        searched.append(end - start)
        return places(window, mark, start, end, limit)

    monkeypatch.setattr(sweep, "_places", noted)
    sweep.sweep(BytesIO(data + b"more"), before=before)
    assert sum(searched) < 200


def test_only_the_last_ends_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_MOST_ENDS", 3)
    assert sweep.sweep(BytesIO(b"%%EOF" * 9)).eof_ends == (35, 40, 45)
