"""The menu: which pages stand together under one heading, so that everybody sees a short one.

A page is in the menu by its line in `api.web.site.NAVIGATION`; here it only gets its place. One that is named nowhere stands
under `more`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GROUPS: dict[str, tuple[str, ...]] = {
    "intake": ("dossiers", "upload", "scan", "batches", "separators", "review", "attention"),
    "find": ("records", "keeping"),
    "certify": ("certifications", "signing", "release", "copies", "registers"),
    "audit": ("verify", "audits", "ledger", "access"),
    "oversight": ("reports", "review_figures", "status", "accounts", "units"),
}
"""Headings in their order, each with the pages under it in theirs."""
MORE = "more"
FLAT = 6
"""Up to so many pages no headings are needed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in the menu."""

    name: str
    address: str

    def holds(self, path: str) -> bool:
        """Whether `path` is this page or one below it."""
        return path == self.address or path.startswith(f"{self.address}/")


@dataclass(frozen=True, slots=True)
class Heading:
    """Pages under one heading; without a name they stand in the menu by themselves."""

    name: str
    entries: tuple[Entry, ...]

    def holds(self, path: str) -> bool:
        """Whether one of its pages is open."""
        return any(entry.holds(path) for entry in self.entries)


def headings(pages: Sequence[tuple[str, str]]) -> tuple[Heading, ...]:
    """`pages` (name, address) under their headings; each page once, whatever lets somebody see it."""
    known = {name: Entry(name, address) for name, address in pages}
    grouped = [(group, tuple(known[name] for name in names if name in known)) for group, names in GROUPS.items()]
    placed = {entry.name for _, entries in grouped for entry in entries}
    grouped.append((MORE, tuple(entry for name, entry in known.items() if name not in placed)))
    return tuple(Heading(group, entries) for group, entries in grouped if entries)


def menu(pages: Sequence[tuple[str, str]]) -> tuple[Heading, ...]:
    """The same as the head of a page shows it: a few pages, or one alone under its heading, need no heading."""
    found = headings(pages)
    flat = sum(len(heading.entries) for heading in found) <= FLAT
    return tuple(
        part
        for heading in found
        for part in ([Heading("", (entry,)) for entry in heading.entries] if flat or len(heading.entries) == 1 else [heading])
    )
