"""The second look: which confirmed papers are drawn, and when a batch has too many errors. Rules, no storage.

The draw depends on the paper's id and a seed alone: it gives the same answer whenever it is asked and whoever asks, so an
auditor can repeat it and nobody can choose. Drawn is the whole paper: whoever opens it sees all its fields at once.
"""

from __future__ import annotations

import hashlib

from ocr.options import SamplingOptions

_WHOLE = float(1 << 64)


def drawn(paper_id: str, options: SamplingOptions) -> bool:
    """Whether a second person looks at this paper."""
    digest = hashlib.sha256(f"sohoa sample 1\n{options.seed}\n{paper_id}".encode()).digest()
    return int.from_bytes(digest[:8]) / _WHOLE < options.percent / 100


def over_budget(checked: int, errors: int, options: SamplingOptions) -> bool:
    """Whether so many errors among so many checked values stop a batch."""
    return checked >= options.least_checked and 100 * errors > options.budget_percent * checked
