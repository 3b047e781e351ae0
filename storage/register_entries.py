"""What a register's entries come to: statistics of a year, and a digest that shows any later change of what was locked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from storage.registers import DELIVERED, Certification, CertificationState


def statistics_of(entries: Sequence[Certification]) -> dict[str, int]:
    """Figures of the khóa sổ: numbers used, certified papers, copies, pages, fees, void numbers, annulled ones."""
    done = [one for one in entries if one.state in DELIVERED]
    return {
        "numbers": len(entries),
        "last_number": max((one.entry.number for one in entries if one.entry), default=0),
        "certified": len(done),
        "copies": sum(one.request.copies for one in done),
        "pages": sum(one.request.pages for one in done),
        "fees_vnd": sum(one.request.fee_vnd for one in done),
        "void": sum(one.state is CertificationState.VOID for one in entries),
        "annulled": sum(one.state is CertificationState.ANNULLED for one in entries),
    }


def digest_of(entries: Sequence[Certification]) -> str:
    """SHA-256 over what an entry says for ever: its number, day, paper, requester, certifier and file.

    A later annulment is no change of the entry (it is lawful after the lock) and leaves the digest as it is.
    """
    lines = [
        [
            one.entry.number if one.entry else 0,
            one.entry.on.isoformat() if one.entry else "",
            one.entry.book if one.entry else "",
            one.record_code,
            one.request.requester_name,
            one.request.copies,
            one.attestation.name if one.attestation else "",
            one.issued.file.sha256 if one.issued else "",
            one.ending.reason if one.ending else "",
        ]
        for one in entries
    ]
    text = json.dumps(lines, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
