"""What anchors say about a ledger: pure functions that find the entry which is no longer what it was, and what was done to it.

An attacker with the whole database can recompute chain and head; not the hash in a time-stamp, nor the marks it covers. Where
the hash at an anchored place is another, the marks of the entries are laid beside what is there now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.model import Sha256
from storage.ledger import MARK_BYTES
from storage.trail import LedgerFault, LedgerVerdict, Witness


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry as it stands now."""

    mark: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """The entries after number `since`, one by one as anchors knew them."""

    since: int
    marks: tuple[bytes, ...]
    head_at: datetime
    """Time of the last of them."""


def contradicted(witnesses: Sequence[Witness], hashes: Mapping[int, Sha256]) -> Witness | None:
    """The first witness, in order of entries, that the ledger contradicts (`hashes`: what stands at their places)."""
    ordered = sorted(witnesses, key=lambda one: one.entries)
    return next((one for one in ordered if hashes.get(one.entries) != one.head), None)


def believed_until(witnesses: Sequence[Witness], hashes: Mapping[int, Sha256], below: int) -> int:
    """Up to which entry below `below` the ledger is confirmed."""
    good = [one.entries for one in witnesses if one.entries < below and hashes.get(one.entries) == one.head]
    return max(good, default=0)


def stretch(witnesses: Sequence[Witness], first: Witness) -> Stretch:
    """The marks of `first` and of every witness that goes on where it ends."""
    parts, end, last = [first.marks], first.entries, first
    for one in sorted(witnesses, key=lambda one: one.entries):
        if one.since == end and one.entries > end:
            parts.append(one.marks)
            end, last = one.entries, one
    whole = b"".join(parts)
    marks = tuple(whole[at : at + MARK_BYTES] for at in range(0, len(whole), MARK_BYTES))
    return Stretch(first.since, marks, last.head_at)


def judge(found: LedgerVerdict, of: Stretch, now: Sequence[Seen], believed: int, *, older: bool) -> LedgerVerdict | None:
    """The place and the kind of the first change in a stretch, or None when every entry of it says what it said.

    Args:
        found: the verdict on the chain by itself.
        of: what the entries were.
        now: what stands there now, and a few entries more.
        believed: up to which entry an earlier anchor confirms the ledger.
        older: whether nothing in the database itself knows of a missing end.
    """
    place = next((at for at, (was, one) in enumerate(zip(of.marks, now, strict=False)) if was != one.mark), None)
    if place is None:
        if len(now) >= len(of.marks):
            return None
        fault = LedgerFault.ROLLED_BACK if older else LedgerFault.TRUNCATED
        return LedgerVerdict(ok=False, entries=found.entries, bad_seq=of.since + len(now) + 1, fault=fault)
    if place == 0 and believed < of.since:
        # Something before this stretch moved everything in it; no anchor at hand describes those entries.
        return LedgerVerdict(
            ok=False, entries=found.entries, bad_seq=believed + 1, fault=LedgerFault.CHANGED, last_seq=of.since + 1
        )
    return LedgerVerdict(ok=False, entries=found.entries, bad_seq=of.since + place + 1, fault=_kind(of, now, place))


def _kind(of: Stretch, now: Sequence[Seen], place: int) -> LedgerFault:
    was, have = of.marks[place:], tuple(one.mark for one in now[place:])
    end = len(was)
    # An entry younger than the last one an anchor knows stood behind it once.
    younger = now[place].at > of.head_at
    if have[1 : end + 1] == was:
        return LedgerFault.REORDERED if younger else LedgerFault.INSERTED
    if was[0] in have[1:]:
        return LedgerFault.REORDERED
    if end > 1 and have[: end - 1] == was[1:]:
        return LedgerFault.REMOVED
    if have[1:end] == was[1:]:
        return LedgerFault.REMOVED if end == 1 and younger else LedgerFault.EDITED
    if not set(have) & set(was):
        return LedgerFault.ROLLED_BACK
    return LedgerFault.EDITED
