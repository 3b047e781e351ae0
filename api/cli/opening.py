"""Opening the joined product for one command, and closing it whatever happens."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from api.settings import load
from api.wiring import Sohoa, build


@contextmanager
def opened() -> Iterator[Sohoa]:
    """The product as the settings describe it; closed after the block."""
    sohoa = build(load())
    try:
        yield sohoa
    finally:
        sohoa.close()


def actor() -> str:
    """Who acts, for the ledger: the system user at the command line."""
    return f"cli:{getpass.getuser()}"
