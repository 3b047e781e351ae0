"""Objects in a folder and in a living S3 store: the same promises."""

from __future__ import annotations

import hashlib
import os
import threading
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from minio import Minio

from ingest.model import Sha256
from ingest.ports import ObjectStore
from storage.errors import ObjectCorrupt, ObjectMissing, TargetUnwritable
from storage.objects import open_store
from storage.objects.names import key_of
from storage.objects.s3 import S3Store

BIG = bytes(range(256)) * (11 * 4096 + 1)
"""A little more than 11 MiB: three parts of 5 MiB."""


def _sha256(data: bytes) -> Sha256:
    return Sha256(hashlib.sha256(data).hexdigest())


def _spoil(store_url: str, sha256: str, data: bytes) -> None:
    """Write other bytes under a name, behind the store's back."""
    parts = urlsplit(store_url)
    if parts.scheme == "file":
        path = Path(parts.path) / key_of(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(data)
        return
    client = Minio(f"{parts.hostname}:{parts.port}", parts.username, parts.password, secure=False)
    bucket, _, prefix = parts.path.strip("/").partition("/")
    client.put_object(bucket, f"{prefix}/{key_of(sha256)}", BytesIO(data), len(data))


@pytest.mark.parametrize("data", [b"", b"x", b"a page" * 1000], ids=["empty", "one byte", "small"])
def test_bytes_come_back_under_their_hash(store: ObjectStore, tmp_path: Path, data: bytes) -> None:
    ref = store.put_bytes(data, "image/png")
    assert (ref.sha256, ref.size, ref.media_type) == (_sha256(data), len(data), "image/png")
    assert store.put_bytes(data, "image/png") == ref, "again is the same"
    assert store.read_bytes(ref.sha256) == data
    assert store.size(ref.sha256) == len(data)
    store.fetch(ref.sha256, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data


def test_a_target_that_is_full_is_not_the_store_s_fault(store: ObjectStore, tmp_path: Path) -> None:
    ref = store.put_bytes(b"x", "text/plain")
    (tmp_path / f".copy.{os.getpid()}-{threading.get_ident()}.part").symlink_to("/dev/full")
    with pytest.raises(TargetUnwritable) as caught:
        store.fetch(ref.sha256, tmp_path / "copy")
    assert caught.value.params == {"why": "ENOSPC"}
    assert list(tmp_path.glob("*copy*")) == []
    with pytest.raises(TargetUnwritable):
        store.fetch(ref.sha256, tmp_path / "no folder" / "copy")


def test_what_is_stored_again_is_right_whatever_was_there(store: ObjectStore, store_url: str) -> None:
    data = b"a sealed page"
    ref = store.put_bytes(data, "text/plain")
    _spoil(store_url, ref.sha256, bytes(len(data)))
    assert store.put_bytes(data, "text/plain") == ref
    assert store.read_bytes(ref.sha256) == data


def test_a_big_file_comes_back_whole_and_in_ranges(store: ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "scan.pdf"
    source.write_bytes(BIG)
    ref = store.put_file(source, "application/pdf")
    assert ref.sha256 == _sha256(BIG)
    assert source.read_bytes() == BIG, "the source is untouched"
    store.fetch(ref.sha256, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == BIG
    with store.open_range(ref.sha256, 5_000_000, 1_000_000) as stream:
        assert stream.read() == BIG[5_000_000:6_000_000]
    with store.open_range(ref.sha256, len(BIG) - 3) as stream:
        assert stream.read() == BIG[-3:]


def test_ranges_end_where_the_object_ends(store: ObjectStore) -> None:
    ref = store.put_bytes(b"0123456789", "text/plain")
    for start, length, expected in (
        (0, None, b"0123456789"),
        (3, 4, b"3456"),
        (8, 100, b"89"),
        (10, None, b""),
        (99, 5, b""),
        (2, 0, b""),
    ):
        with store.open_range(ref.sha256, start, length) as stream:
            assert stream.read() == expected, (start, length)
    with store.open_range(ref.sha256) as stream:
        assert (stream.read(4), stream.read(4), stream.read(4), stream.read(4)) == (b"0123", b"4567", b"89", b"")


@pytest.mark.parametrize("name", ["0" * 64, "", "../../etc/passwd", "A" * 64, "ab" * 31 + "/."])
def test_what_was_never_stored_is_missing(store: ObjectStore, tmp_path: Path, name: str) -> None:
    missing = Sha256(name)
    assert store.size(missing) is None
    for read in (store.read_bytes, store.open_range, lambda sha256: store.fetch(sha256, tmp_path / "copy")):
        with pytest.raises(ObjectMissing):
            read(missing)
    assert not (tmp_path / "copy").exists()


def test_spoilt_bytes_are_found_out_and_mended_by_storing_again(store: ObjectStore, store_url: str, tmp_path: Path) -> None:
    good, bad = b"the scan as it was", b"the scan as it wasn't at all"
    ref = store.put_bytes(good, "image/png")
    _spoil(store_url, ref.sha256, bad)
    with pytest.raises(ObjectCorrupt):
        store.read_bytes(ref.sha256)
    with pytest.raises(ObjectCorrupt):
        store.fetch(ref.sha256, tmp_path / "copy")
    assert list(tmp_path.glob("*copy*")) == [], "nothing half-good is left"
    store.put_bytes(good, "image/png")
    assert store.read_bytes(ref.sha256) == good


def test_many_may_store_the_same_at_once(store: ObjectStore) -> None:
    data = b"one page, eight times" * 5000
    failures: list[BaseException] = []
    gate = threading.Barrier(8)

    def put() -> None:
        try:
            gate.wait(10)
            store.put_bytes(data, "image/png")
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is shown below
            failures.append(error)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert store.read_bytes(_sha256(data)) == data


def test_another_process_finds_what_was_stored(store: ObjectStore, store_url: str) -> None:
    ref = store.put_bytes(b"kept", "text/plain")
    assert open_store(store_url).read_bytes(ref.sha256) == b"kept"


def test_the_bucket_is_made_at_the_first_use(s3_url: str) -> None:
    address, _, query = s3_url.partition("?")
    fresh = open_store(f"{address.rsplit('/', 1)[0]}/made-at-first-use?{query}")
    assert isinstance(fresh, S3Store)
    assert fresh.size(_sha256(b"x")) is None, "not there yet is not an error"
    ref = fresh.put_bytes(b"x", "text/plain")
    assert fresh.read_bytes(ref.sha256) == b"x"
