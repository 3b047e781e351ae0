"""Downloads: byte ranges, entity tags, safe file names. An object is named by its hash, so its tag never lies."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from api.access.permissions import Principal
from api.access.secrecy_errors import SecretWithheld
from api.errors import BadRange
from api.http.lookups import record_for
from api.wiring import Sohoa
from ingest.model import ObjectRef
from ingest.ports import ObjectStore
from storage.errors import ObjectCorrupt

CHUNK_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})")
_ASCII = re.compile(r"[^A-Za-z0-9._-]+")


def content_disposition(name: str) -> str:
    """An attachment header for `name` (RFC 6266): a plain ASCII name for old clients, the true one per RFC 8187."""
    plain = _ASCII.sub("_", name).strip("._") or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def range_of(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte (inclusive) that a Range header asks for, or None for the whole (RFC 9110 §14).

    Several ranges and other units are ignored, as the standard allows. Raises BadRange when nothing of it exists.
    """
    match = _RANGE.fullmatch(header.replace(" ", ""))
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
        if last and int(last) < start:
            return None
    if start >= size or (not first and int(last) == 0):
        raise BadRange(size=size)
    return start, end


def etag_matches(header: str, etag: str) -> bool:
    """True if an If-None-Match header names the tag (weak comparison)."""
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return etag in tags or "*" in tags


def send(request: Request, sohoa: Sohoa, code: str, part: str, principal: Principal, purpose: str) -> Response:
    """A part of a record (`original`, `sealed`, `evidence`) as a download, with a ledger entry that it was taken."""
    record = record_for(sohoa, code, principal, purpose, "record.downloaded", part=part)
    if part == "original":
        with sohoa.database.read() as uow:
            file = uow.files.get(uow.papers.get(record.paper_id).file_id)
            if uow.secrecy.holds_file(file.id):  # another paper of the same file is held back
                raise SecretWithheld
        return download(request, sohoa.objects, record.original, file.name)
    if part == "sealed":
        return download(request, sohoa.objects, record.sealed, f"{record.code}.pdf")
    return download(request, sohoa.objects, record.evidence, f"{record.code}.json")


def download(request: Request, store: ObjectStore, ref: ObjectRef, name: str) -> Response:
    """The object as an attachment: 200, 206 for a range, 304 when the caller has it; raises BadRange, ObjectMissing.

    A whole object is checked on the way; a range cannot be held against the hash.
    """
    etag = f'"{ref.sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Disposition": content_disposition(name),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if etag_matches(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    asked = request.headers.get("range", "")
    unchanged = request.headers.get("if-range", etag) == etag
    part = range_of(asked, ref.size) if asked and unchanged else None
    start, end = part or (0, ref.size - 1)
    headers["Content-Length"] = str(end - start + 1)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end}/{ref.size}"
    stream = store.open_range(ref.sha256, start, end - start + 1)
    pieces = _pieces(stream) if part else _verified(stream, ref)
    return StreamingResponse(pieces, 206 if part else 200, headers, media_type=ref.media_type)


def _verified(stream: BinaryIO, ref: ObjectRef) -> Iterator[bytes]:
    """The whole object; the last piece is sent only when all bytes are right, else the download breaks off (ObjectCorrupt)."""
    digest, held = hashlib.sha256(), b""
    with stream:
        while piece := stream.read(CHUNK_BYTES):
            if held:
                yield held
            digest.update(piece)
            held = piece
    if digest.hexdigest() != ref.sha256:
        raise ObjectCorrupt(sha256=ref.sha256)
    yield held


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(CHUNK_BYTES):
            yield piece
