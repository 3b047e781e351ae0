"""Logs: one line an event, with ids and no personal data; as JSON where configured.

What an exception says of itself may hold a person's words (a path, a row, a field), so only its kind and the places in the
code are written, in either form.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from api.watch.options import LogOptions
from ingest.sandbox_child import whence
from storage.model import Step

_IDS: ContextVar[dict[str, str] | None] = ContextVar("sohoa_log_ids", default=None)


@contextmanager
def naming(**ids: str) -> Iterator[None]:
    """Every line logged in the block carries these ids (those that are not empty)."""
    token = _IDS.set({**(_IDS.get() or {}), **{name: value for name, value in ids.items() if value}})
    try:
        yield
    finally:
        _IDS.reset(token)


def about(step: Step) -> AbstractContextManager[None]:
    """As `naming`, for one step."""
    return naming(step=step.id, kind=str(step.kind), batch=step.batch_id, file=step.file_id, paper=step.paper_id, unit=step.unit)


class OneLine(logging.Formatter):
    """What both forms share."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - name and type are logging's
        """Kind and places, without what the exception says."""
        return whence(ei[1])

    def facts(self, record: logging.LogRecord) -> dict[str, str]:
        """The event by its parts, ids last."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = {"at": at, "level": record.levelname, "logger": record.name, "message": " ".join(record.getMessage().split())}
        if record.exc_info and record.exc_info[0]:
            said["exception"] = self.formatException(record.exc_info)
        return said | (_IDS.get() or {})


class JsonLines(OneLine):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(self.facts(record), ensure_ascii=False)


class TextLines(OneLine):
    """For reading by eye."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        facts = self.facts(record)
        facts.pop("at")
        head = f"{facts.pop('level')} {facts.pop('logger')}: {facts.pop('message')}"
        return " ".join([head, *(f"{name}={value}" for name, value in facts.items())])


def configure(options: LogOptions) -> None:
    """Log to standard error as the settings say; once a process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if options.format == "json" else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ("api", "ingest", "ocr", "signing", "storage"):
        logging.getLogger(name).setLevel(options.level)
