"""One place where pyHanko's coroutines are run to their end, also when the caller's thread already runs an event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

for _noisy in ("pyhanko", "pyhanko_certvalidator"):
    # Their warnings carry whole tracebacks for every doubtful certificate; what they say is told by our findings.
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)


def complete(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(max_workers=1) as aside:
        return aside.submit(asyncio.run, work).result()
