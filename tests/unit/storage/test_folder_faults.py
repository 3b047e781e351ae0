"""What a disk does to the folder store."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import NoReturn

import pytest

from storage.errors import BadStoreUrl, StoreFull, StoreUnavailable
from storage.objects import FolderStore, open_store
from storage.objects.names import key_of
from storage.objects.s3 import S3Store, parse_s3
from storage.options import StoreOptions


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store", StoreOptions())


def _files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def _fails(number: int) -> NoReturn:
    raise OSError(number, os.strerror(number))


def test_an_object_is_a_read_only_file_named_by_its_hash(store: FolderStore, tmp_path: Path) -> None:
    ref = store.put_bytes(b"x", "text/plain")
    path = tmp_path / "store" / key_of(ref.sha256)
    assert path.relative_to(tmp_path / "store") == Path("objects") / ref.sha256[:2] / ref.sha256[2:4] / ref.sha256
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert _files(tmp_path / "store") == [key_of(ref.sha256)], "no temporary file is left"


def test_storing_again_keeps_the_file_and_says_that_it_is_wanted(store: FolderStore, tmp_path: Path) -> None:
    ref = store.put_bytes(b"x", "text/plain")
    path = tmp_path / "store" / key_of(ref.sha256)
    os.utime(path, (1, 1))
    before = path.stat()
    store.put_bytes(b"x", "text/plain")
    assert path.stat().st_ino == before.st_ino
    assert path.stat().st_mtime > before.st_mtime, "it is not taken for something left behind long ago"


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EIO, StoreUnavailable)]
)
def test_a_disk_that_fails_while_syncing_leaves_nothing_under_the_name(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception]
) -> None:
    store.put_bytes(b"before", "text/plain")
    before = _files(tmp_path / "store")
    monkeypatch.setattr(os, "fsync", lambda _: _fails(number))
    with pytest.raises(expected):
        store.put_bytes(b"x", "text/plain")
    assert _files(tmp_path / "store") == before


def test_everything_is_synced_before_put_returns(store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    ref = store.put_bytes(b"x", "text/plain")
    assert synced[-1] == ref.sha256[2:4], "at last the folder with the name"
    assert {"objects", ref.sha256[:2]} <= set(synced), "new folders are in their parents for good"
    synced.clear()
    store.put_bytes(b"x", "text/plain")
    assert synced[-1] == ref.sha256[2:4], "also when somebody else has just linked it"


def test_the_disk_is_not_filled_to_the_brim(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, StoreOptions(min_free_bytes=2**62))
    with pytest.raises(StoreFull):
        store.put_bytes(b"x", "text/plain")


def test_a_file_system_without_links_is_served_too(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", lambda *_: _fails(errno.EPERM))
    ref = store.put_bytes(b"x", "text/plain")
    assert store.read_bytes(ref.sha256) == b"x"


def test_left_overs_of_a_crash_are_swept_but_not_work_under_way(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    for name, age in (("old", 2 * 24 * 3600), ("new", 60)):
        (tmp_path / "tmp" / name).write_bytes(b"half")
        at = (tmp_path / "tmp" / name).stat().st_mtime - age
        os.utime(tmp_path / "tmp" / name, (at, at))
    FolderStore(tmp_path, StoreOptions()).put_bytes(b"x", "text/plain")
    assert [path.name for path in (tmp_path / "tmp").iterdir()] == ["new"]


def test_a_spoilt_object_is_kept_aside_when_mended(store: FolderStore, tmp_path: Path) -> None:
    ref = store.put_bytes(b"good", "text/plain")
    path = tmp_path / "store" / key_of(ref.sha256)
    path.unlink()
    path.write_bytes(b"bad")
    store.put_bytes(b"good", "text/plain")
    (aside,) = (tmp_path / "store" / "corrupt").iterdir()
    assert aside.read_bytes() == b"bad"
    assert store.read_bytes(ref.sha256) == b"good"


def test_a_store_that_is_a_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnavailable):
        open_store(str(tmp_path / "file")).put_bytes(b"x", "text/plain")


def test_addresses_open_the_right_store(tmp_path: Path) -> None:
    for url in (str(tmp_path / "a b"), f"file://{tmp_path}/a%20b"):
        opened = open_store(url)
        assert isinstance(opened, FolderStore)
        opened.put_bytes(b"x", "text/plain")
    assert [path.name for path in tmp_path.iterdir()] == ["a b"]
    assert isinstance(open_store("s3://k:s@127.0.0.1:9000/bkt?secure=0"), S3Store)


def test_an_s3_address_says_everything() -> None:
    target = parse_s3("s3://key:se%2Fcret@s3.example.vn:9000/bucket/some/prefix?secure=0&region=hn")
    assert (target.endpoint, target.access_key, target.secret_key) == ("s3.example.vn:9000", "key", "se/cret")
    assert (target.bucket, target.prefix, target.secure, target.region) == ("bucket", "some/prefix/", False, "hn")
    assert parse_s3("s3://k:s@h/bkt").secure, "encrypted unless said otherwise"
    assert "cret" not in repr(target)
    assert parse_s3("s3://k:s@h/Ho_So").bucket == "Ho_So", "a bucket of the days when that was allowed"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://x/y",
        "file://elsewhere/x",
        "s3://h/bkt",
        "s3://k:s@h",
        "s3://k:s@/bkt",
        "s3://k:s@h:x/bkt",
        "s3://k:s@h/bkt?secur=0",
        "s3://k@h/bkt",
        "s3://k:s@h/Hồ_sơ",
        "s3://k:s@h/192.168.1.4",
        "s3://k:s@h/a.-b",
        "s3://k:s@h/a..b",
        "s3://k:s@h/ab",
    ],
)
def test_an_address_that_makes_no_sense_is_said(url: str) -> None:
    with pytest.raises(BadStoreUrl):
        open_store(url)


def test_names_lead_nowhere_else() -> None:
    assert key_of("ab" + "c" * 62) == "objects/ab/cc/ab" + "c" * 62
