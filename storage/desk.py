"""Frozen facts of signing at the desk: what waits for whose signature, and how far it is. No I/O, no third-party engine."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ingest.model import ObjectRef
from signing.model import Level, Role, SealKind
from signing.prepared import Prepared
from storage.model import Batch, Paper


class SigningState(StrEnum):
    """Where a document that is to be signed stands."""

    WAITING = "waiting"
    """For somebody to prepare and sign it."""
    PREPARED = "prepared"
    """Its final form is made; one signature is expected until `expires_at`."""
    SIGNED = "signed"
    """The signature is there and proven; time-stamp and evidence are still to be added, without asking the person again."""
    DONE = "done"
    GIVEN_UP = "given_up"
    """Nobody will sign it: what was asked for may not be made any more, or was sent back."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """One preparation of one document for one certificate: good for one signature by whoever asked for it."""

    ticket: str
    actor: str
    certificate: bytes
    chain: tuple[bytes, ...]
    """DER, nearest issuer first."""
    prepared: Prepared
    tail: ObjectRef
    """What preparing appended to the source."""
    expires_at: datetime
    signature: bytes = b""
    """Raw, once it is there."""


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """One document that needs a signature of somebody who keeps the key. (kind, subject) is unique."""

    id: str
    kind: SealKind
    subject: str
    """Id of the paper (or of whatever is signed)."""
    paper_id: str
    batch_id: str
    unit: str
    role: Role
    level: Level
    source: ObjectRef
    """The document without the signature."""
    state: SigningState
    preparation: Preparation | None
    created_at: datetime
    about: dict[str, str] = field(default_factory=dict)
    """What whoever asked will need when the signature is there."""

    @classmethod
    def of(cls, paper: Paper, batch: Batch, kind: SealKind, role: Role, level: Level, source: ObjectRef) -> SigningRequest:
        """A new request about a paper."""
        return cls(
            id=uuid.uuid4().hex,
            kind=kind,
            subject=paper.id,
            paper_id=paper.id,
            batch_id=batch.id,
            unit=batch.unit,
            role=role,
            level=level,
            source=source,
            state=SigningState.WAITING,
            preparation=None,
            created_at=paper.created_at,
        )

    @property
    def signed(self) -> Preparation:
        """The preparation with its signature; only in state SIGNED."""
        if self.preparation is None or not self.preparation.signature:
            raise RuntimeError("a signing request was taken for signed and is not")
        return self.preparation
