"""Imported by the process that children are forked from, before what they share: that is no garbage, so nobody looks for any.

For that process alone, which ends it with `ingest.preload_ends`.
"""

from __future__ import annotations

import gc

gc.disable()
