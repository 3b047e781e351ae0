"""Frozen facts of long-term keeping: sealed objects and the end of their evidence, anchors of the ledger, jobs. No I/O."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ingest.errors import Param
from ingest.model import ObjectRef, Sha256
from signing.model import Level, Role, Seal, SealKind


class SealState(StrEnum):
    """Whether a sealed object is the one in use."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    """Kept, but another one with more evidence (a renewal, a further signature) has taken its place."""
    DISPOSED = "disposed"
    """Destroyed with its record by an approved disposal."""
    WITHDRAWN = "withdrawn"
    """Kept, but the pages of the paper were arranged anew before it became a record."""


@dataclass(frozen=True, slots=True)
class SealRow:
    """One sealed object: who signed it, and until when what it carries proves that."""

    id: str
    paper_id: str
    kind: SealKind
    object: ObjectRef
    signer: str
    """Common name of the certificate."""
    certificate_sha256: str
    role: Role
    level: Level
    signed_at: datetime
    time_stamped: bool
    evidence_until: datetime | None
    """When the last time-stamp, or a certificate that is still needed, loses its force; None: not looked at yet."""
    state: SealState = SealState.CURRENT
    previous: str = ""
    """The seal this one was made from, or empty."""
    origin: str = ""
    """The first seal of the line; its own id if it is that."""

    @classmethod
    def of(
        cls, seal: Seal, paper_id: str, ref: ObjectRef, evidence_until: datetime | None, onto: SealRow | None = None
    ) -> SealRow:
        """The row of a signature just made, stored under `ref`; `onto` is the sealed object it was put onto, if any."""
        made = uuid.uuid4().hex
        return cls(
            id=made,
            paper_id=paper_id,
            kind=seal.kind,
            object=ref,
            signer=seal.signer,
            certificate_sha256=seal.certificate_sha256,
            role=seal.role,
            level=seal.level,
            signed_at=seal.signed_at,
            time_stamped=seal.time_stamped,
            evidence_until=evidence_until,
            previous=onto.id if onto else "",
            origin=onto.origin if onto else made,
        )


@dataclass(frozen=True, slots=True)
class AnchorRow:
    """One time-stamp over the head of the ledger."""

    entries: int
    """How many entries it covers."""
    head: Sha256
    """Hash of the last of them."""
    object: ObjectRef
    """The anchor file: token, what it was made over, and what is needed to judge it."""
    stamped_at: datetime
    """Time in the token."""
    authority: str
    """Common name of the time-stamp authority."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """One recurring job and how its last runs went."""

    name: str
    due_at: datetime
    lease: str = ""
    lease_until: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    succeeded_at: datetime | None = None
    """End of the last run without a failure."""
    runs: int = 0
    failures: int = 0
    """In a row, since the last success."""
    error_code: str = ""
    error_params: dict[str, Param] = field(default_factory=dict)
    report: dict[str, object] = field(default_factory=dict)
    """What the last successful run says of itself."""
