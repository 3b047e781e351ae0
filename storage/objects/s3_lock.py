"""Object Lock of an S3 store: how long an object is locked, legal holds, and destroying every version when the lock has ended."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import urllib3
from minio import Minio
from minio.error import S3Error
from minio.retention import Retention

from ingest.model import Sha256
from storage.options import StoreOptions
from storage.retention_errors import ObjectLocked

_UNTIL = re.compile(r"<RetainUntilDate>([0-9T:-]{19})[^<]*</RetainUntilDate>")
_DAYS_A_YEAR = 366
_NO_LOCK = frozenset({"ObjectLockConfigurationNotFoundError", "NoSuchBucket", "MethodNotAllowed", "NotImplemented"})
_REFUSED = frozenset({"AccessDenied", "InvalidRequest", "ObjectLocked"})
_GONE = frozenset({"NoSuchKey", "NoSuchObject", "NoSuchBucket"})


def retention(options: StoreOptions) -> Retention | None:
    """The lock that an object stored now gets, or None."""
    if not options.lock_mode:
        return None
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=_DAYS_A_YEAR * options.lock_years)
    return Retention(options.lock_mode, until)


def enabled(client: Minio, bucket: str) -> bool:
    """Whether the bucket was made with Object Lock."""
    try:
        client.get_object_lock_config(bucket)
    except S3Error as error:
        if error.code in _NO_LOCK:
            return False
        raise
    return True


def locked_until(client: Minio, bucket: str, key: str, version: str = "") -> datetime | None:
    """Until when the object is locked; None when it is not.

    The client's own call fails on the nanoseconds that Ceph 16 writes, hence the answer is read here.
    """
    asked: dict[str, str | list[str] | tuple[str]] = {"retention": ""}
    if version:
        asked["versionId"] = version
    url = client.get_presigned_url("GET", bucket, key, expires=timedelta(minutes=5), extra_query_params=asked)
    answer = urllib3.request("GET", url, timeout=10, retries=2)
    found = _UNTIL.search(answer.data.decode("utf-8", "replace"))
    return datetime.fromisoformat(found.group(1)).replace(tzinfo=UTC) if found else None


def freeze(client: Minio, bucket: str, key: str, *, on: bool) -> bool:
    """Set the legal hold of the object as it is now, or take it away; False when there is no such object."""
    try:
        (client.enable_object_legal_hold if on else client.disable_object_legal_hold)(bucket, key)
    except S3Error as error:
        if error.code in _GONE:
            return False
        raise
    return True


def destroy(client: Minio, bucket: str, key: str, *, whole: bool) -> None:
    """Destroy the versions of a key: all (`whole`), or only those that were deleted, so that what is stored anew stays.

    Raises ObjectLocked.
    """
    versions = [one for one in client.list_objects(bucket, prefix=key, include_version=True) if one.object_name == key]
    if not whole:
        marker = next((place for place, one in enumerate(versions) if one.is_delete_marker), len(versions))
        versions = versions[marker:]
    for one in sorted(versions, key=lambda version: bool(version.is_delete_marker)):  # what hides them goes last
        try:
            client.remove_object(bucket, key, version_id=one.version_id)
        except S3Error as error:
            if error.code not in _REFUSED:
                raise
            until = locked_until(client, bucket, key, one.version_id or "")
            sha256 = Sha256(key.rsplit("/", 1)[-1])
            raise ObjectLocked(until=f"{until:%d/%m/%Y}" if until else "?", sha256=sha256) from error
