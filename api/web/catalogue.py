"""The texts of the pages: one TOML file per language, loaded once. An unknown key is a programming error and fails loudly."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=8)
def load_texts(lang: str) -> dict[str, str]:
    """All texts of a language by dotted key."""
    source = (files("api.web") / "texts" / f"{lang}.toml").read_text(encoding="utf-8")
    return {f"{group}.{key}": text for group, entries in tomllib.loads(source).items() for key, text in entries.items()}


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts in one language, as templates call them."""

    lang: str

    def __call__(self, key: str, **values: object) -> str:
        """The text of `key` with its values put in; KeyError for an unknown key."""
        text = load_texts(self.lang)[key]
        return text.format(**values) if values else text

    def label(self, group: str, value: object) -> str:
        """The text for a state or kind, e.g. `label("file_state", "accepted")`; a value without a text shows itself."""
        return load_texts(self.lang).get(f"{group}.{value}", str(value))
