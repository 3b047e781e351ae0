"""Views of signing at the desk."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Self

from api.errors import to_problem
from api.signatures.desk import Ready, Refused
from api.signatures.queue import ToSign
from api.views.base import View
from signing.model import Role, SealKind
from storage.desk import SigningState


class ToSignView(View):
    """One document that waits for a signature."""

    id: str
    kind: SealKind
    role: Role
    state: SigningState
    title: str
    pages: int
    paper_id: str
    batch_id: str
    unit: str
    held_by: str
    """Who had it made ready last, or empty."""

    @classmethod
    def of(cls, line: ToSign) -> Self:
        """The line."""
        request = line.request
        return cls(
            id=request.id,
            kind=request.kind,
            role=request.role,
            state=request.state,
            title=line.title,
            pages=line.pages,
            paper_id=request.paper_id,
            batch_id=request.batch_id,
            unit=request.unit,
            held_by=request.preparation.actor if request.preparation else "",
        )


class QueueView(View):
    """What waits for a signature of the one who asks, oldest first."""

    total: int
    agent_url: str
    """Where the signing agent answers on the signer's own machine."""
    most_at_once: int
    requests: tuple[ToSignView, ...]


class ReadyView(View):
    """One document made ready: the key signs `attributes` (CMS signed attributes, DER in base64), hashed with `digest`."""

    request: str
    ticket: str
    title: str
    attributes: str
    digest: str
    document_sha256: str
    expires_at: datetime

    @classmethod
    def of(cls, ready: Ready) -> Self:
        """The document."""
        return cls(
            request=ready.request_id,
            ticket=ready.ticket,
            title=ready.title,
            attributes=b64encode(ready.attributes).decode("ascii"),
            digest=ready.digest,
            document_sha256=ready.document_sha256,
            expires_at=ready.expires_at,
        )


class RefusedView(View):
    """One document or signature that was refused, and why."""

    key: str
    """Id of the request, or the ticket."""
    code: str
    message: str
    retryable: bool
    next_step: str

    @classmethod
    def of(cls, refused: Refused, lang: str) -> Self:
        """The refusal in the reader's language."""
        problem = to_problem(refused.error, lang)
        return cls(
            key=refused.key,
            code=problem.code,
            message=problem.detail,
            retryable=problem.retryable,
            next_step=problem.next_step,
        )


class PreparedView(View):
    """What is ready, and what was refused."""

    ready: tuple[ReadyView, ...]
    refused: tuple[RefusedView, ...]


class FinishedView(View):
    """Ids of the requests whose signature was taken, and the refusals by their tickets."""

    taken: tuple[str, ...]
    refused: tuple[RefusedView, ...]


class StateView(View):
    """How far one request is."""

    id: str
    state: SigningState
