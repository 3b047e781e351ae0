"""Imported before anything else by the process that children are forked from: one thread in every library that counts.

Parallelism comes from children, not from threads inside them, which would wait for each other at full speed. OpenBLAS, OpenCV and
OpenMP look at the environment once, when they are loaded; what is set in a child afterwards they never see.
"""

from __future__ import annotations

import os

for _name in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
    os.environ[_name] = "1"
