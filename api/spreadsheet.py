"""CSV that spreadsheet programs open rightly: UTF-8 with a mark, and no cell that they would run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What begins a formula, full-width forms included (OWASP, CSV injection)."""


def safe_cell(value: object) -> str:
    """`value` as text that is never a formula: an apostrophe goes before one, also behind leading blanks."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0\u3000\ufeff").startswith(_STARTS) or text.startswith(_STARTS) else text


def write_rows(out: TextIO, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the head and `rows` (RFC 4180, every cell quoted) to `out`, opened by `opened_for_spreadsheets`."""
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([safe_cell(cell) for cell in head])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)


def opened_for_spreadsheets(path: Path) -> TextIO:
    """A new file with the byte-order mark by which spreadsheet programs know UTF-8."""
    return path.open("w", encoding="utf-8-sig", newline="", errors="backslashreplace")
