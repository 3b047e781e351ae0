"""Writing to the two standard streams: results to one, everything else to the other. UTF-8 whatever the locale says."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence

import typer


def use_utf8() -> None:
    """Make both streams write UTF-8 (also under LANG=C), and file names that are not UTF-8 visible instead of fatal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def out(text: str = "", *, style: str | None = None) -> None:
    """One line of the result, coloured on a terminal only."""
    typer.secho(text, fg=style)


def note(text: str, *, style: str | None = None) -> None:
    """One line for the person at the terminal, on standard error."""
    typer.secho(text, fg=style, err=True)


def document(value: object) -> None:
    """The one JSON document of a `--json` run."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def columns(rows: Sequence[Sequence[str]], *, gap: str = "  ") -> list[str]:
    """Rows as lines with aligned columns; the last column is left as long as it is."""
    if not rows:
        return []
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]) - 1)]
    return [gap.join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip() for row in rows]


def drop_output() -> None:
    """After a broken pipe: nothing more can be written, and the interpreter must not complain about it at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):  # a captured stream without a descriptor has nothing to redirect
            continue


def line_document(value: object) -> None:
    """One JSON document on one line, out at once: for commands that go on running after it."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()
