"""Imported last by the process that children are forked from: nothing loaded so far is garbage, and no child looks there for any.

Looking costs a fifth of the imports and, in every child, a copy of each page of memory that is looked at.
"""

from __future__ import annotations

import atexit
import gc

gc.freeze()
gc.enable()
atexit.register(gc.unfreeze)  # else extension modules report leaks when that process ends; children end without this
