"""A client of the REST door as an integrator writes one: patience, other servers, and sending again what got no answer."""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 10.0
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 507})
"""Answers after which the same request is sent again."""
CONFLICT = "storage.conflict"
"""So is a 409 with this code: somebody else changed it in the same moment."""
LONGEST_PAUSE_S = 3.0
HANG_UP_SECONDS = 1.0
"""A line that breaks does so within this time after everything was sent."""


class GivenUp(Exception):
    """The run is over before an answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the door said for good."""

    status: int
    body: dict[str, Any]
    port: int = 0
    """Of the process that said it."""


@dataclass
class Door:
    """Any number of threads may use one."""

    addresses: tuple[str, ...]
    chance: Random
    over: threading.Event
    """Set when nothing more is waited for."""
    hang_up_share: float = 0.0
    """How often the client's own line breaks after everything was sent, before the answer is read."""
    answers: Counter[str] = field(default_factory=Counter)
    """Every answer and every failure to get one."""
    defects: list[str] = field(default_factory=list)
    """Answers that say that the product itself is broken."""

    def ask(
        self, token: str, method: str, path: str, *, body: bytes | dict[str, Any] | None = None, may_break: bool = False
    ) -> Answer:
        """The first answer that is one: 2xx, or a refusal that asking again would not change.

        Raises GivenUp when the run is over.
        """
        pause = 0.1
        while not self.over.is_set():
            try:
                answer = self._once(token, method, path, body, breaks=may_break and self.chance.random() < self.hang_up_share)
            except (OSError, http.client.HTTPException) as error:
                self.answers[type(error).__name__] += 1
            else:
                self._note(answer, method, path)
                if answer.status not in AGAIN and answer.body.get("code") != CONFLICT:
                    return answer
            self.over.wait(pause * self.chance.uniform(0.5, 1.0))
            pause = min(LONGEST_PAUSE_S, pause * 2)
        raise GivenUp

    def _once(self, token: str, method: str, path: str, body: bytes | dict[str, Any] | None, *, breaks: bool) -> Answer:
        address = urlsplit(self.chance.choice(self.addresses))
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=PATIENCE_SECONDS)
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        if data is not None:
            headers["Content-Type"] = "application/json" if isinstance(body, dict) else "application/octet-stream"
        try:
            connection.request(method, path, data, headers)
            if breaks:  # a server that sees it at once does nothing; one that is at work finishes, and nobody hears of it
                self.over.wait(self.chance.uniform(0.0, HANG_UP_SECONDS))
                raise BrokenPipeError
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        try:
            told = json.loads(text) if text else {}
        except ValueError as error:
            raise http.client.HTTPException from error
        return Answer(answer.status, told if isinstance(told, dict) else {"items": told}, int(address.port or 0))

    def _note(self, answer: Answer, method: str, path: str) -> None:
        code = str(answer.body.get("code", "")) if answer.status >= 400 else ""
        self.answers[f"{answer.status} {code}".strip()] += 1
        if answer.status == 500:
            self.defects.append(f"{method} {path.split('?', maxsplit=1)[0]}: 500 {code}")
