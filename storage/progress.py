"""How far a batch is, in figures. Facts, no I/O."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """Counts for a progress bar; all from the database."""

    files: int
    files_refused: int
    files_open: int
    pages: int
    pages_read: int
    papers: int
    papers_done: int
    papers_review: int
    papers_attention: int
    papers_given_up: int
    papers_held: int
    """Read, and waiting for somebody to look at their pages."""
    papers_signing: int
    papers_waiting: int
    """At work, but held up by something outside: time-stamp, token, revocation data; it goes on by itself."""
    waiting_for: str
    """Code of the error most of them wait for the end of, or empty."""
    finished: bool
    """Nothing is left that a machine could still do (review, signing and attention are a person's)."""
