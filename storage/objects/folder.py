"""Objects as files in a folder.

A file appears under its name complete and synced, or not at all: it is written elsewhere in the same file system, synced,
then linked, then the folder is synced. It is read-only and never written again. Left-over temporary files of a crash are
harmless and swept away at the next start.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ingest.model import ObjectRef, Sha256
from ingest.ports import ObjectStore
from storage.errors import ObjectCorrupt, ObjectMissing, StoreFull, StoreUnavailable
from storage.objects import folder_keeping
from storage.objects.names import key_of, sha256_of
from storage.objects.target import target
from storage.options import StoreOptions
from storage.preservation import Listed

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = 0o444
_STALE_SECONDS = 24 * 3600


class FolderStore:
    """The store of one machine."""

    def __init__(self, root: Path, options: StoreOptions) -> None:
        self._root = root.absolute()
        self._options = options
        self._ready = False

    def unsynced(self) -> FolderStore:
        """The same folder for whoever puts many objects and then syncs the file system once."""
        return FolderStore(self._root, self._options.model_copy(update={"synced": False}))

    def put_file(self, path: Path, media_type: str) -> ObjectRef:
        """Store the bytes of `path`; returns when they are on disk. StoreFull, StoreUnavailable."""
        with _mapped(), path.open("rb") as source:
            return self._put(source, media_type)

    def put_bytes(self, data: bytes, media_type: str) -> ObjectRef:
        """Store `data`; returns when it is on disk. StoreFull, StoreUnavailable."""
        with _mapped():
            return self._put(BytesIO(data), media_type)

    def take(self, source: ObjectStore, ref: ObjectRef) -> None:
        """Copy an object of another store, verified, without a file in between.

        Raises ObjectMissing, ObjectCorrupt (nothing is kept), StoreFull, StoreUnavailable.
        """
        with source.open_range(ref.sha256) as stream, _mapped():
            self._put(stream, ref.media_type, ref.sha256)

    def fetch(self, sha256: Sha256, to: Path) -> None:
        """Copy the object to `to`, which appears complete and verified or not at all.

        Raises ObjectMissing, ObjectCorrupt, TargetUnwritable (where it goes), StoreUnavailable (where it comes from).
        """
        source = self._existing(sha256)
        with _mapped(), source.open("rb") as stream, target(to) as write:
            found, _ = self._copy(stream, write)
            if found != sha256:
                raise ObjectCorrupt(sha256=sha256)

    def read_bytes(self, sha256: Sha256) -> bytes:
        """The whole object, verified; ObjectMissing, ObjectCorrupt."""
        with _mapped():
            data = self._existing(sha256).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ObjectCorrupt(sha256=sha256)
        return data

    def open_range(self, sha256: Sha256, start: int = 0, length: int | None = None) -> BinaryIO:
        """`length` bytes from `start` (to the end if None), not verified; empty beyond the end; ObjectMissing."""
        with _mapped():
            stream = self._existing(sha256).open("rb", buffering=0)
            stream.seek(start)
            return BufferedReader(_Part(stream, length), self._options.chunk_bytes)

    def size(self, sha256: Sha256) -> int | None:
        """Size in bytes, or None when there is no such object."""
        try:
            return self._existing(sha256).stat().st_size
        except ObjectMissing:
            return None

    def names(self) -> Iterator[Listed]:
        """Every object, in no order. StoreUnavailable."""
        with _mapped():
            yield from folder_keeping.listed(self._root)

    def store_again(self, path: Path, media_type: str) -> ObjectRef:
        """As `put_file`: bytes that the disk has spoilt are kept aside and the good ones take their place."""
        return self.put_file(path, media_type)

    def set_aside(self, sha256: Sha256) -> None:
        """Move the object to `quarantine/`. StoreUnavailable."""
        with _mapped():
            folder_keeping.set_aside(self._root, sha256)

    def bring_back(self, sha256: Sha256) -> bool:
        """Move it back. StoreUnavailable."""
        with _mapped():
            return folder_keeping.bring_back(self._root, sha256)

    def erase_aside(self, sha256: Sha256) -> None:
        """Delete it from `quarantine/`, and what was kept of its spoilt bytes. StoreUnavailable."""
        with _mapped():
            folder_keeping.erase_aside(self._root, sha256)

    def freeze(self, sha256: Sha256, *, on: bool) -> bool:  # noqa: ARG002 - of the port
        """A folder knows no hold: whoever may write to it may delete."""
        return False

    def worm(self) -> bool:
        """A folder is read-only by file modes alone, which no administrator of the machine is bound by."""
        return False

    def _existing(self, sha256: Sha256) -> Path:
        path = self._root / key_of(sha256)
        if not path.is_file():
            raise ObjectMissing(sha256=sha256)
        return path

    def _put(self, source: BinaryIO, media_type: str, wanted: str = "") -> ObjectRef:
        self._prepare()
        if shutil.disk_usage(self._root).free < self._options.min_free_bytes:
            raise StoreFull
        handle, name = tempfile.mkstemp(dir=self._root / "tmp")
        written = Path(name)
        try:
            with open(handle, "wb") as out:  # noqa: PTH123 - a descriptor, not a path
                sha256, size = self._copy(source, out.write)
                if wanted and sha256 != wanted:
                    raise ObjectCorrupt(sha256=wanted)
                out.flush()
                os.fchmod(out.fileno(), _READ_ONLY)
                if self._options.synced:
                    os.fsync(out.fileno())
            self._name(written, sha256)
        finally:
            written.unlink(missing_ok=True)
        return ObjectRef(Sha256(sha256), size, media_type)

    def _copy(self, source: BinaryIO, write: Callable[[bytes], object]) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        while chunk := source.read(self._options.chunk_bytes):
            digest.update(chunk)
            size += len(chunk)
            write(chunk)
        return digest.hexdigest(), size

    def _name(self, written: Path, sha256: str) -> None:
        final = self._root / key_of(sha256)
        self._make_folder(final.parent)
        try:
            os.link(written, final)
        except FileExistsError:
            # Stored before. If the disk has spoilt it since, the good bytes take its place and the bad ones are kept.
            if sha256_of(final, self._options.chunk_bytes) != sha256:
                self._make_folder(self._root / "corrupt")
                final.replace(self._root / "corrupt" / f"{sha256}.{time.time_ns()}")
                written.replace(final)
            else:
                with suppress(OSError):
                    os.utime(final)  # stored anew just now: nobody may take it for something left behind long ago
        except OSError as error:
            if error.errno not in {errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK}:
                raise
            written.replace(final)  # a file system without links; the bytes are the same whoever comes last
        if self._options.synced:
            _sync(final.parent)

    def _make_folder(self, folder: Path) -> None:
        if folder == self._root or folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        if self._options.synced:
            _sync(folder.parent)

    def _prepare(self) -> None:
        if self._ready:
            return
        self._root.mkdir(parents=True, exist_ok=True)
        temporary = self._root / "tmp"
        self._make_folder(temporary)
        before = time.time() - _STALE_SECONDS
        for left in temporary.iterdir():
            with suppress(FileNotFoundError):  # whoever writes it just now has finished
                if left.stat().st_mtime < before:
                    left.unlink()
        self._ready = True


class _Part(RawIOBase):
    """At most `length` bytes of a stream from where it stands."""

    def __init__(self, stream: RawIOBase, length: int | None) -> None:
        self._stream = stream
        self._left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        if self._left is not None:
            view = view[: self._left]
        with _mapped():
            count = self._stream.readinto(view) if len(view) else 0
        if self._left is not None:
            self._left -= count
        return int(count)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull from error
        raise StoreUnavailable(what="objects") from error
