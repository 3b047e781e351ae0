"""Where an S3 store is, read from its address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from storage.errors import BadStoreUrl

_BAD_URL = "s3://KEY:SECRET@host:port/bucket?secure=0&region=…"
_BUCKET = re.compile(r"(?!.*(?:\.\.|\.-|-\.))(?!\d+(?:\.\d+){3}$)[A-Za-z0-9][A-Za-z0-9_.:-]{1,61}[A-Za-z0-9]")
"""What servers have allowed at any time; for a new bucket they want small letters, digits, dots and hyphens only."""


@dataclass(frozen=True, slots=True)
class S3Target:
    """Where an S3 store is; `prefix` ends with a slash or is empty."""

    endpoint: str
    access_key: str
    secret_key: str
    bucket: str
    prefix: str = ""
    secure: bool = True
    region: str = ""

    def __repr__(self) -> str:
        """Without the secret, so that no log has it."""
        return f"S3Target({self.endpoint}/{self.bucket}/{self.prefix})"


def parse_s3(url: str) -> S3Target:
    """Read `s3://KEY:SECRET@host:port/bucket[/prefix]?secure=0&region=…` (key and secret percent-encoded); BadStoreUrl."""
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query, strict_parsing=bool(parts.query))
        endpoint = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
    except ValueError as error:
        raise BadStoreUrl(what=_BAD_URL) from error
    bucket, _, prefix = parts.path.strip("/").partition("/")
    if not (endpoint and bucket and parts.username and parts.password) or set(query) - {"secure", "region"}:
        raise BadStoreUrl(what=_BAD_URL)
    if not _BUCKET.fullmatch(bucket):
        raise bad_bucket(bucket)
    return S3Target(
        endpoint=endpoint,
        access_key=unquote(parts.username),
        secret_key=unquote(parts.password),
        bucket=bucket,
        prefix=f"{prefix}/" if prefix else "",
        secure=query.get("secure", ["1"])[0].lower() not in {"0", "false", "no"},
        region=query.get("region", [""])[0],
    )


def bad_bucket(name: str) -> BadStoreUrl:
    """No store has, or will make, a bucket of that name."""
    return BadStoreUrl(what=f"bucket {name!r} ≠ a–z 0–9 . - (3–63)")
