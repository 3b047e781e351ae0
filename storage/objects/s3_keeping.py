"""Looking after an S3 store: listing it, and moving what nobody names out of the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from minio import Minio
from minio.commonconfig import CopySource
from minio.error import S3Error

from ingest.model import Sha256
from storage.preservation import Listed

_NAME = re.compile(r"[0-9a-f]{64}")
_GONE = frozenset({"NoSuchKey", "NoSuchObject", "NoSuchBucket"})


def listed(client: Minio, bucket: str, prefix: str) -> Iterator[Listed]:
    """Every object under a proper name."""
    for one in client.list_objects(bucket, prefix=f"{prefix}objects/", recursive=True):
        name = str(one.object_name).rsplit("/", 1)[-1]
        if _NAME.fullmatch(name):
            yield Listed(Sha256(name), int(one.size or 0), one.last_modified or datetime.now(UTC))


def move(client: Minio, bucket: str, key: str, to: str) -> bool:
    """Copy an object to another key and take the first away; False when there is none. With versioning, the version stays."""
    try:
        client.stat_object(bucket, key)
        client.copy_object(bucket, to, CopySource(bucket, key))
        client.remove_object(bucket, key)
    except S3Error as error:
        if error.code in _GONE:
            return False
        raise
    return True
