"""The keys of the review page: one data file, `static/review-keys.json`, which the script reads too."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files

_SHOWN = {"ArrowUp": "↑", "ArrowDown": "↓", "Escape": "Esc", "PageDown": "PgDn", "PageUp": "PgUp"}


@lru_cache(maxsize=1)
def review_keys() -> dict[str, tuple[str, ...]]:
    """Keys of each action as a person reads them, in the order of the sheet."""
    loaded = json.loads((files("api.web") / "static" / "review-keys.json").read_text(encoding="utf-8"))
    return {entry["name"]: tuple(_shown(key) for key in entry["keys"]) for entry in loaded["actions"]}


def _shown(key: str) -> str:
    return _SHOWN.get(key, key)
