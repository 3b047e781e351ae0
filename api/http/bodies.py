"""Request bodies as blocking streams, so that a use case in a worker thread reads them piece by piece, never whole."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterable
from typing import BinaryIO, cast

from anyio import from_thread
from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from api.errors import BadRequest

UPLOAD_LIMIT_BYTES = 5 * 1024**3
"""Outermost limit of one upload request; the limit of a single file is `IntakeOptions.max_file_bytes`."""


class _Body(io.RawIOBase):
    """A body that a worker thread of the event loop reads."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` with what comes next; 0 at the end."""
        while not self._left and not self._ended:
            self._left = from_thread.run(self._next)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    async def _next(self) -> bytes:
        try:
            return await anext(self._chunks)
        except StopAsyncIteration:
            self._ended = True
            return b""
        except ClientDisconnect as error:
            raise BadRequest(where="body") from error


def stream_of(request: Request) -> BinaryIO:
    """The body of `request`, to be read in a thread of `run_in_threadpool`; raises BadRequest when the sender hangs up."""
    return cast("BinaryIO", io.BufferedReader(_Body(request.stream()), 1024 * 1024))


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
