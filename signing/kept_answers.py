"""OCSP answers kept as files of the trust folder, one for each certificate: checked again whenever they are loaded."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from signing import ocsp
from signing.exchange import Refusal

_SIGNER = ".signer.ocsp"
_OLD_SECONDS = 90 * 86400
"""After which an answer that was never replaced is of no use to anybody."""


def load(folder: Path, authorities: Iterable[bytes], now: datetime) -> tuple[ocsp.Answer, ...]:
    """The answers that hold by what is believed now (`authorities`, DER); the others are as if they were not there."""
    believed, found = tuple(authorities), []
    for path in sorted(folder.glob("*.ocsp")):
        with suppress(OSError, Refusal):
            answer = ocsp.checked(path.read_bytes(), believed, now)
            found.append(replace(answer, of_signer=path.name.endswith(_SIGNER)))
    return tuple(found)


def file_of(answer: ocsp.Answer) -> str:
    """The name of the file it is kept in."""
    return f"{answer.key}{_SIGNER if answer.of_signer else '.ocsp'}"


def drop_old(folder: Path, now: datetime) -> None:
    """Remove what nobody has replaced for a long time."""
    for path in folder.glob("*.ocsp"):
        with suppress(OSError):
            if now.timestamp() - path.stat().st_mtime > _OLD_SECONDS:
                path.unlink()
