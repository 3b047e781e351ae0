"""Objects in an S3 store, through the `minio` client.

An S3 store answers a put only when the object is complete and kept, so there is no temporary name. The name is the hash: a
put first looks whether the object is there with the right bytes, and a store that gives other bytes back is found out by
every read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.etree.ElementTree import ParseError

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from ingest.model import ObjectRef, Sha256
from storage.errors import ObjectCorrupt, ObjectMissing, StoreFull, StoreUnavailable
from storage.objects import s3_keeping, s3_lock
from storage.objects.names import key_of, sha256_of
from storage.objects.s3_target import S3Target as S3Target  # noqa: PLC0414 - offered here
from storage.objects.s3_target import bad_bucket
from storage.objects.s3_target import parse_s3 as parse_s3  # noqa: PLC0414 - offered here
from storage.objects.target import target
from storage.options import PAUSE_FACTOR, StoreOptions
from storage.preservation import Listed

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_MISSING = frozenset({"NoSuchKey", "NoSuchObject"})
_FULL = frozenset({"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "InsufficientCapacity"})
_OWNED = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})


class S3Store:
    """A bucket."""

    def __init__(self, target: S3Target, options: StoreOptions) -> None:
        self._target = target
        self._options = options
        self._bucket_known = False
        self._client = Minio(
            target.endpoint,
            access_key=target.access_key,
            secret_key=target.secret_key,
            secure=target.secure,
            region=target.region or None,
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=options.connect_seconds, read=options.read_seconds),
                maxsize=16,
                cert_reqs="CERT_REQUIRED",
                retries=urllib3.Retry(
                    total=options.tries - 1, backoff_factor=PAUSE_FACTOR, status_forcelist=[500, 502, 503, 504]
                ),
            ),
        )

    def put_file(self, path: Path, media_type: str) -> ObjectRef:
        """Store the bytes of `path`; returns when the store has them. StoreFull, StoreUnavailable."""
        with _mapped():
            sha256 = sha256_of(path, self._options.chunk_bytes)
            with path.open("rb") as source:
                return self._put(source, sha256, path.stat().st_size, media_type)

    def put_bytes(self, data: bytes, media_type: str) -> ObjectRef:
        """Store `data`; returns when the store has it. StoreFull, StoreUnavailable."""
        with _mapped():
            return self._put(BytesIO(data), Sha256(hashlib.sha256(data).hexdigest()), len(data), media_type)

    def fetch(self, sha256: Sha256, to: Path) -> None:
        """Copy the object to `to`, which appears complete and verified or not at all.

        Raises ObjectMissing, ObjectCorrupt, TargetUnwritable (where it goes), StoreUnavailable (where it comes from).
        """
        with _mapped(sha256), self.open_range(sha256) as source, target(to) as write:
            if self._hash(source, write) != sha256:
                raise ObjectCorrupt(sha256=sha256)

    def read_bytes(self, sha256: Sha256) -> bytes:
        """The whole object, verified; ObjectMissing, ObjectCorrupt."""
        with self.open_range(sha256) as source:
            data = source.read()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ObjectCorrupt(sha256=sha256)
        return data

    def open_range(self, sha256: Sha256, start: int = 0, length: int | None = None) -> BinaryIO:
        """`length` bytes from `start` (to the end if None), not verified; empty beyond the end; ObjectMissing."""
        key = self._key(sha256)
        if length == 0:
            length, start = None, 2**62  # the store has no empty range, but it still says whether there is an object
        try:
            with _mapped(sha256):
                # without offset and length the client asks for the whole object, which also serves one of 0 bytes
                answer = self._client.get_object(self._target.bucket, key, offset=start, length=length or 0)
        except _BeyondEnd:
            return BytesIO()
        return BufferedReader(_Answer(answer), self._options.chunk_bytes)

    def size(self, sha256: Sha256) -> int | None:
        """Size in bytes, or None when there is no such object."""
        try:
            with _mapped(sha256):
                return self._client.stat_object(self._target.bucket, self._key(sha256)).size
        except ObjectMissing:
            return None

    def names(self) -> Iterator[Listed]:
        """Every object, in no order. StoreUnavailable."""
        with _mapped():
            if self._client.bucket_exists(self._target.bucket):
                yield from s3_keeping.listed(self._client, self._target.bucket, self._target.prefix)

    def store_again(self, path: Path, media_type: str) -> ObjectRef:
        """Store the bytes of `path` whatever is there. StoreFull, StoreUnavailable."""
        with _mapped():
            sha256 = sha256_of(path, self._options.chunk_bytes)
            with path.open("rb") as source:
                return self._put(source, sha256, path.stat().st_size, media_type, anyway=True)

    def set_aside(self, sha256: Sha256) -> None:
        """Move the object below `quarantine/`. StoreUnavailable."""
        with _mapped():
            s3_keeping.move(self._client, self._target.bucket, self._key(sha256), self._aside(sha256))

    def bring_back(self, sha256: Sha256) -> bool:
        """Move it back. StoreUnavailable."""
        with _mapped():
            return s3_keeping.move(self._client, self._target.bucket, self._aside(sha256), self._key(sha256))

    def erase_aside(self, sha256: Sha256) -> None:
        """Destroy it below `quarantine/`, and the versions hidden when it was moved there. ObjectLocked, StoreUnavailable."""
        with _mapped():
            s3_lock.destroy(self._client, self._target.bucket, self._key(sha256), whole=False)
            s3_lock.destroy(self._client, self._target.bucket, self._aside(sha256), whole=True)

    def freeze(self, sha256: Sha256, *, on: bool) -> bool:
        """The legal hold of the store; False where the bucket has no Object Lock, or no such object."""
        with _mapped():
            return self.worm() and s3_lock.freeze(self._client, self._target.bucket, self._key(sha256), on=on)

    def worm(self) -> bool:
        """Whether the bucket was made with Object Lock. StoreUnavailable."""
        with _mapped():
            return s3_lock.enabled(self._client, self._target.bucket)

    def _aside(self, sha256: str) -> str:
        return f"{self._target.prefix}quarantine/{sha256}"

    def _hash(self, source: BinaryIO, write: Callable[[bytes], object] | None = None) -> str:
        digest = hashlib.sha256()
        while chunk := source.read(self._options.chunk_bytes):
            digest.update(chunk)
            if write is not None:
                write(chunk)
        return digest.hexdigest()

    def _is_there(self, sha256: Sha256, size: int) -> bool:
        """Whether the store has these very bytes: whoever hands them in is about to forget his own copy.

        Costs one download of what is sent again, up to `recheck_bytes`; of larger objects only the length is compared.
        """
        if self.size(sha256) != size:
            return False
        if size > self._options.recheck_bytes:
            return True
        with self.open_range(sha256) as stream:
            return self._hash(stream) == sha256

    def _key(self, sha256: str) -> str:
        return self._target.prefix + key_of(sha256)

    def _put(self, source: BinaryIO, sha256: Sha256, size: int, media_type: str, *, anyway: bool = False) -> ObjectRef:
        ref = ObjectRef(sha256, size, media_type)
        self._make_bucket()
        lock = s3_lock.retention(self._options)
        if not anyway and self._is_there(sha256, size):
            if lock is not None:  # whoever stores it today may count on the whole time from today on
                self._client.set_object_retention(self._target.bucket, self._key(sha256), lock)
            return ref
        hashing = _Hashing(source)
        self._client.put_object(
            self._target.bucket,
            self._key(sha256),
            hashing,
            size,
            content_type=media_type,
            metadata={"sha256": sha256},
            part_size=self._options.part_bytes,
            retention=lock,
        )
        if hashing.digest.hexdigest() != sha256:
            # the file changed while it was read: those bytes must not stay under this name
            self._client.remove_object(self._target.bucket, self._key(sha256))
            raise StoreUnavailable(what="objects")
        return ref

    def _make_bucket(self) -> None:
        if self._bucket_known:
            return
        if not self._client.bucket_exists(self._target.bucket):
            try:
                self._client.make_bucket(
                    self._target.bucket, self._target.region or None, object_lock=bool(self._options.lock_mode)
                )
            except S3Error as error:
                if error.code not in _OWNED:
                    raise
            except ValueError as error:
                raise bad_bucket(self._target.bucket) from error
        self._bucket_known = True


class _Hashing(BytesIO):
    """Hashes what is read through it."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int | None = -1, /) -> bytes:
        data = self._source.read(-1 if size is None else size)
        self.digest.update(data)
        return data


class _Answer(RawIOBase):
    """An HTTP answer as a stream that gives its connection back."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        with _mapped():
            data: bytes = self._answer.read(len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._answer.close()
            self._answer.release_conn()
        super().close()


class _BeyondEnd(Exception):
    """The range begins behind the last byte."""


@contextmanager
def _mapped(sha256: str = "") -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        if error.code in _MISSING or (sha256 and error.code == "NoSuchBucket"):
            raise ObjectMissing(sha256=sha256) from error
        if error.code == "InvalidRange":
            raise _BeyondEnd from error
        if error.code in _FULL:
            raise StoreFull from error
        raise StoreUnavailable(what=f"objects: {error.code}") from error
    except (MinioException, urllib3.exceptions.HTTPError, OSError, ValueError, ParseError) as error:
        full = isinstance(error, OSError) and error.errno == 28
        raise (StoreFull() if full else StoreUnavailable(what="objects")) from error
