"""The hash chain by itself."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Sha256
from storage.ledger import GENESIS, LedgerHead, link, walk
from storage.model import LedgerEntry

AT = datetime(2026, 3, 2, 8, 0, 0, 5, tzinfo=UTC)


def _chain(length: int) -> tuple[list[LedgerEntry], LedgerHead]:
    entries: list[LedgerEntry] = []
    last = GENESIS
    for seq in range(1, length + 1):
        at, details = AT + timedelta(seconds=seq), {"n": seq}
        made = link(last, at, "an", "x.y", f"s-{seq}", details)
        entries.append(LedgerEntry(seq, at, "an", "x.y", f"s-{seq}", details, last, made))
        last = made
    return entries, LedgerHead(length, last)


def test_the_hash_can_be_made_by_anyone_from_the_description() -> None:
    text = '{"actor":"an","at":"2026-03-02T08:00:00.000005+00:00","details":{"b":1,"\\u1ea1":[1.5]},"event":"x.y","subject":"s"}'
    expected = hashlib.sha256(f"{GENESIS}\n{text}".encode()).hexdigest()
    assert link(GENESIS, AT, "an", "x.y", "s", {"ạ": [1.5], "b": 1}) == expected


def test_the_zone_of_a_time_does_not_matter() -> None:
    local = AT.astimezone(timezone(timedelta(hours=7)))
    assert link(GENESIS, local, "an", "x.y", "s", {}) == link(GENESIS, AT, "an", "x.y", "s", {})


def test_a_whole_chain_is_whole() -> None:
    entries, head = _chain(5)
    assert walk(entries, head).verdict.ok
    assert walk([], LedgerHead(0, GENESIS)).verdict.ok


@given(st.data())
def test_no_single_change_goes_unnoticed(data: st.DataObject) -> None:
    entries, head = _chain(6)
    place = data.draw(st.integers(0, 5))
    kind = data.draw(st.sampled_from(["edit", "drop", "double", "swap", "relink", "cut", "head"]))
    if kind == "edit":
        changed = (
            {"actor": "x"},
            {"event": "x"},
            {"subject": "x"},
            {"details": {}},
            {"at": AT},
            {"hash": Sha256("0" * 64)},
            {"seq": 9},
        )
        entries[place] = replace(entries[place], **data.draw(st.sampled_from(changed)))
    elif kind == "drop":
        del entries[place]
    elif kind == "double":
        entries.insert(place, entries[place])
    elif kind == "swap":
        other = data.draw(st.integers(0, 5).filter(lambda number: number != place))
        first, second = entries[place], entries[other]
        entries[place], entries[other] = replace(second, seq=first.seq), replace(first, seq=second.seq)
    elif kind == "relink":  # edited, and its own hash made anew
        made = link(entries[place].previous, AT, "x", "x.y", "s", {})
        entries[place] = replace(entries[place], at=AT, actor="x", subject="s", details={}, hash=made)
    elif kind == "cut":
        del entries[place:]
    else:
        head = LedgerHead(head.entries + data.draw(st.sampled_from([-1, 1])), head.hash)
    verdict = walk(entries, head).verdict
    assert not verdict.ok
    assert verdict.bad_seq is not None
    assert verdict.fault is not None
