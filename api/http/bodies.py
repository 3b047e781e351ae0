"""Request bodies: spooled to disk while they come in, so that a slow sender holds neither memory nor a worker thread."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from api.errors import BadRequest, UploadStalled
from api.intake.receiving import NO_SPACE
from storage.errors import StoreFull

UPLOAD_LIMIT_BYTES = 5 * 1024**3
"""Outermost limit of one upload request; the limit of a single file is `IntakeOptions.max_file_bytes`."""

IDLE_SECONDS = 60.0
"""How long the sender of a body may say nothing before the request is given up."""

PIECE_BYTES = 1024 * 1024
"""What is gathered in memory before a worker thread writes it down."""


@asynccontextmanager
async def spooled(request: Request, folder: Path, limit: int, too_large: Callable[[], Exception]) -> AsyncIterator[BinaryIO]:
    """The body of `request` as a file in `folder`, ready to be read; it is gone after the block.

    Threads are taken only to write a piece down. Raises what `too_large` makes beyond `limit` bytes, BadRequest when the
    sender hangs up, UploadStalled (from `timely`), StoreFull.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as out:
            await _fill(out, request, limit, too_large)
            yield out
    except OSError as error:  # also when what is left in the buffer of a full disk's file is written at its close
        if error.errno in NO_SPACE:
            raise StoreFull from error
        raise


async def _fill(out: BinaryIO, request: Request, limit: int, too_large: Callable[[], Exception]) -> None:
    gathered, size = bytearray(), 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise too_large()
            gathered += chunk
            if len(gathered) >= PIECE_BYTES:
                await run_in_threadpool(_write, out, bytes(gathered))
                gathered.clear()
    except ClientDisconnect as error:
        raise BadRequest(where="body") from error
    await run_in_threadpool(_write, out, bytes(gathered))
    out.seek(0)


def _write(out: BinaryIO, data: bytes) -> None:
    try:
        out.write(data)
        out.flush()
    except OSError as error:
        raise StoreFull from error


def timely(receive: Receive, idle_seconds: float = IDLE_SECONDS) -> Receive:
    """`receive`, giving up with UploadStalled when the rest of a body does not come; waiting for a hang-up has no end."""
    complete = False

    async def next_message() -> Message:
        nonlocal complete
        if complete:
            return await receive()
        try:
            async with asyncio.timeout(idle_seconds):
                message = await receive()
        except TimeoutError as error:
            raise UploadStalled(seconds=idle_seconds) from error
        complete = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    return next_message


BINARY_BODY: dict[str, object] = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


def form_body(field: str, *, several: bool = False) -> dict[str, object]:
    """The OpenAPI description of a multipart form with a file field (parsed by the route after sign-in is checked)."""
    one: dict[str, object] = {"type": "string", "format": "binary"}
    shape = {"type": "array", "items": one} if several else one
    schema = {"type": "object", "required": [field], "properties": {field: shape}}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def uploads_in(values: Iterable[UploadFile | str]) -> list[UploadFile]:
    """The files among the values of a form field; an empty file input sends one without a name, which is none."""
    return [value for value in values if isinstance(value, UploadFile) and value.filename]
