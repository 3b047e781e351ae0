"""One small request over HTTP that may cost no more than its limit: time-stamps and questions about revocation.

Not even a name server that hangs may hold up a clerk, so each request runs in a thread of its own; redirections are not
followed, and an endless answer is cut off.
"""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

import urllib3

_MOST_BYTES = 1 << 18
"""An answer has a few kilobytes; an endless one is cut off."""
_GRACE_SECONDS = 0.5
"""Beyond the time limit of an answer, for what no client limits: looking up the name of the host."""
_HTML = (b"<html", b"<!doctype", b"<?xml", b"<head", b"<body")
"""How the log-in page of a network portal begins."""


class Refusal(Exception):
    """Why an answer was not taken; `reason` is a word of `trust_errors.ANSWER_FAULTS` or a sub-indication of ETSI."""

    def __init__(self, reason: str, skew_seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.skew_seconds = reason, skew_seconds


def host_of(url: str) -> str:
    """What a person recognises; a path may hold an account."""
    return urllib3.util.parse_url(url).host or "?"


def fault_of(body: bytes) -> str:
    """The reason for an answer that cannot be read: a web page, or anything else."""
    return "html" if body.lstrip()[:64].lower().startswith(_HTML) else "format"


def post(pool: urllib3.PoolManager, url: str, request: bytes, media_type: str, seconds: float) -> bytes:
    """The body of the answer within `seconds` for all of it. Raises Refusal: timeout, unreachable, status, format."""
    box: SimpleQueue[bytes | Exception] = SimpleQueue()

    def work() -> None:
        try:
            box.put(_post(pool, url, request, media_type, seconds))
        except Exception as error:  # noqa: BLE001 - handed over whole
            box.put(error)

    Thread(target=work, name="exchange", daemon=True).start()
    try:
        got = box.get(timeout=seconds + _GRACE_SECONDS)
    except Empty:
        raise Refusal("timeout") from None
    if isinstance(got, Refusal):
        raise got
    if isinstance(got, urllib3.exceptions.TimeoutError) and not isinstance(got, urllib3.exceptions.NewConnectionError):
        raise Refusal("timeout") from got
    if isinstance(got, Exception):
        raise Refusal("unreachable") from got
    return got


def _post(pool: urllib3.PoolManager, url: str, request: bytes, media_type: str, seconds: float) -> bytes:
    """The body of the answer; the time limit holds for all of it, however slowly it drips."""
    end = monotonic() + seconds
    answer = pool.request(
        "POST",
        url,
        body=request,
        headers={"Content-Type": media_type},
        timeout=urllib3.Timeout(total=seconds),
        preload_content=False,
        redirect=False,
    )
    try:
        if answer.status != 200:
            raise Refusal("status")
        body = bytearray()
        while block := answer.read1(4096):
            body += block
            if len(body) > _MOST_BYTES:
                raise Refusal("format")
            if monotonic() > end:
                raise Refusal("timeout")
        return bytes(body)
    finally:
        answer.close()
