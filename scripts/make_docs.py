"""Writes docs/errors.md, docs/settings.md and the report's JSON Schema from the code: `make docs`. Tests compare them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from api.errors import status_of
from api.settings import PREFIX, Settings
from ingest.errors import CodedError
from signing.report.schema import SCHEMA_FILE, schema_text

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ingest", "ocr", "signing", "storage", "api")
SKIPPED = ("storage.migrations.env", "storage.migrations.versions", "ingest.preload_")
"""Not made to be imported here: migrations run, and the search for garbage would stop in this process."""


def load_everything() -> None:
    """Import every module of the product, so that every error class is known."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.startswith(SKIPPED) and not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def error_classes() -> list[type[CodedError]]:
    """Every error of the product, by code."""
    load_everything()
    found, waiting = set(), [CodedError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            if kind.__module__.split(".")[0] in PACKAGES:
                found.add(kind)
            waiting.append(kind)
    return sorted(found, key=lambda kind: kind.code)


def errors_page() -> str:
    """docs/errors.md."""
    parts = [
        "# Errors",
        "",
        "Written by `make docs` from the code. Every failure has a stable code, says whether trying again can help, and what to",
        "press next (`retry`, `replace` the file, `give_up`, or ask an `admin`). Over HTTP it is a problem document (RFC 9457)",
        "of type `urn:sohoa:error:<code>`.",
    ]
    for kind in error_classes():
        retry = "may pass when tried again" if kind.retryable else "will not pass unchanged"
        parts += [
            "",
            f"## {kind.code}",
            "",
            inspect.cleandoc(kind.__doc__ or ""),
            "",
            f"- {kind.vi}",
            f"- {kind.en}",
            f"- {retry}; next step: `{kind.next_step}`; HTTP {status_of(kind.code)}",
        ]
    return "\n".join(parts) + "\n"


def setting_rows(model: type[BaseModel], prefix: str) -> list[str]:
    """One table row a setting, nested groups flattened into their environment names."""
    rows = []
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            rows += setting_rows(kind, f"{prefix}{name.upper()}__")
            continue
        rows.append(f"| `{prefix}{name.upper()}` | `{default_of(info)}` | {info.description or ''} |")
    return rows


def default_of(info: Any) -> str:
    """A default as it would be typed; what depends on the machine is named, not shown."""
    if info.default_factory is not None:
        return "the user's data folder"
    value = info.default
    if isinstance(value, (tuple, frozenset)):
        return ", ".join(str(item) for item in value)
    return "" if value == "" else str(value)


def settings_page() -> str:
    """docs/settings.md."""
    head = [
        "# Settings",
        "",
        "Written by `make docs` from the code. All are environment variables; unknown names are refused. `sohoa settings` shows",
        "what is in force. Tuples and objects are given as JSON.",
        "",
        "| name | default | meaning |",
        "|---|---|---|",
    ]
    return "\n".join(head + setting_rows(Settings, PREFIX)) + "\n"


def main() -> None:
    """Write all of them."""
    (ROOT / "docs" / "errors.md").write_text(errors_page(), encoding="utf-8")
    (ROOT / "docs" / "settings.md").write_text(settings_page(), encoding="utf-8")
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
