"""Immutable, content-addressed bytes in a folder or an S3 store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ingest.late import Late
from ingest.ports import ObjectStore
from storage.errors import BadStoreUrl
from storage.objects.folder import FolderStore
from storage.objects.s3_target import parse_s3
from storage.options import StoreOptions
from storage.preservation import KeepingStore

if TYPE_CHECKING:
    from storage.objects.s3 import S3Store
else:
    S3Store = Late("storage.objects.s3", "S3Store")

__all__ = ["FolderStore", "ObjectStore", "open_store"]


def open_store(url: str, *, options: StoreOptions | None = None) -> KeepingStore:
    """The store at `url`: a folder (`file:///dir` or a bare path) or S3 (`s3://KEY:SECRET@host:port/bucket?secure=0&region=…`).

    Nothing is reached yet; the folder or bucket is made at the first use. Raises BadStoreUrl.
    """
    options = options or StoreOptions()
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return S3Store(parse_s3(url), options)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path:
        return FolderStore(Path(unquote(parts.path)), options)
    if url and "://" not in url:
        return FolderStore(Path(url), options)
    raise BadStoreUrl(what="file:///… | s3://KEY:SECRET@host:port/bucket")
