"""What runs in a child process for each subject: hash it again, or judge it."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ingest.errors import FileUnreadable
from signing.model import Role
from signing.policy import Policy
from signing.report.schema import FileReport
from signing.trust import TrustStore
from signing.verify import verify

PRELOAD = ("signing.verify", "signing.report.schema", "api.audit.judging")


@dataclass(frozen=True, slots=True)
class Task:
    """One subject as a child sees it."""

    path: str
    name: str
    known_sha256: str
    """Hash under which an earlier run judged it; empty to judge it in any case."""
    trust_file: str
    """Where the trust store lies: a large revocation list is handed over once, not with every file."""
    language: str
    required_roles: tuple[Role, ...] = ()


def judged(task: Task) -> bytes | None:
    """The report on the file as JSON (`FileReport`), or None when it is byte for byte what was judged before.

    Raises FileUnreadable: a file that cannot be opened is no verdict but an error of its own.
    """
    path = Path(task.path)
    try:
        with path.open("rb") as handle:
            if task.known_sha256 and hashlib.file_digest(handle, "sha256").hexdigest() == task.known_sha256:
                return None
    except OSError as error:
        raise FileUnreadable from error
    verdict = verify(path, _trust(task.trust_file), Policy(required_roles=task.required_roles), name=task.name)
    # As JSON already here: text that cannot be written must cost this file its report, not the audit its journal.
    return FileReport.of(verdict, task.language).model_dump_json().encode()


def keep_trust(store: TrustStore, path: Path) -> None:
    """Lay the store down for the children; only its owner may read or change the file."""
    path.touch(mode=0o600)
    path.write_bytes(pickle.dumps(store))


@lru_cache(maxsize=2)
def _trust(path: str) -> TrustStore:
    store = pickle.loads(Path(path).read_bytes())  # noqa: S301 - written by our own parent into its private folder
    if not isinstance(store, TrustStore):
        raise TypeError(path)
    return store
