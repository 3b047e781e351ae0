"""The product's REST API as the signer's program uses it: what waits, make ready, hand in."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3

from api.agent.errors import ServerInsecure, ServerRefused, ServerUnreachable
from signing.keys import SealKey

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Made:
    """One document the server made ready."""

    request: str
    ticket: str
    title: str
    attributes: bytes


@dataclass(frozen=True, slots=True)
class Turned:
    """One document or signature the server refused."""

    key: str
    code: str
    message: str


class Server:
    """One server, asked with one access token."""

    def __init__(self, url: str, token: str, lang: str) -> None:
        """`url` is https, or http on this machine: the token travels with every request."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ServerInsecure
        self._url = f"{parts.scheme}://{parts.netloc}"
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Language": lang, "Content-Type": "application/json"}
        self._pool = urllib3.PoolManager(retries=False)

    @property
    def name(self) -> str:
        """What the server is called in questions."""
        return self._url

    def waiting(self, limit: int) -> tuple[tuple[dict[str, Any], ...], int]:
        """What waits for this person's signature, oldest first; with it the most that may be done at once."""
        found = self._asked("GET", f"/v1/signing/requests?limit={limit}")
        return tuple(found["requests"]), int(found["most_at_once"])

    def prepare(self, key: SealKey, requests: Iterable[str]) -> tuple[tuple[Made, ...], tuple[Turned, ...]]:
        """Documents made ready for the key's certificate, and the refused ones."""
        body = {"certificate": _text(key.certificate), "chain": [_text(one) for one in key.chain], "requests": list(requests)}
        answer = self._asked("POST", "/v1/signing/prepare", body)
        made = (Made(one["request"], one["ticket"], one["title"], b64decode(one["attributes"])) for one in answer["ready"])
        return tuple(made), _turned(answer)

    def finish(self, signatures: Mapping[str, bytes]) -> tuple[tuple[str, ...], tuple[Turned, ...]]:
        """Ids of the requests whose signature was taken, and the refused tickets."""
        body = {"signatures": [{"ticket": ticket, "signature": _text(one)} for ticket, one in signatures.items()]}
        answer = self._asked("POST", "/v1/signing/finish", body)
        return tuple(answer["taken"]), _turned(answer)

    def state(self, request: str) -> str:
        """How far a request is."""
        return str(self._asked("GET", f"/v1/signing/requests/{request}")["state"])

    def _asked(self, method: str, path: str, body: object = None) -> Any:
        sent = json.dumps(body).encode() if body is not None else None
        timeout = urllib3.Timeout(connect=10, read=300)
        try:
            answer = self._pool.request(
                method, self._url + path, body=sent, headers=self._headers, timeout=timeout, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise ServerUnreachable(name=self._url) from error
        try:
            told = json.loads(answer.data)
        except ValueError as error:
            raise ServerRefused(status=answer.status, why="JSON") from error
        if answer.status >= 300:
            raise ServerRefused(status=answer.status, why=str(told.get("detail", "")) if isinstance(told, dict) else "")
        return told


def _turned(answer: Any) -> tuple[Turned, ...]:
    return tuple(Turned(one["key"], one["code"], one["message"]) for one in answer["refused"])


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")
