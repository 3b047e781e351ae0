"""Bugs that the harness must find: each module patches the product from outside, in the processes that are started with it.

`python -m scripts.soak.planted NAME ARGUMENTS…` is `sohoa ARGUMENTS…` with the bug. The product itself knows no such switch.
"""

from __future__ import annotations

PLANTS = {
    "ack-before-commit": "scripts.soak.planted.ack_before_commit",
    "no-idempotency-key": "scripts.soak.planted.no_idempotency_key",
    "number-from-max": "scripts.soak.planted.number_from_max",
    "unlink-before-commit": "scripts.soak.planted.unlink_before_commit",
}
"""Module of each bug; its `plant()` puts it in."""
