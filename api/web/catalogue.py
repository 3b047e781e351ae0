"""The texts of the pages: a folder of TOML files per language, loaded once. An unknown key fails loudly: it is a defect."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=8)
def load_texts(lang: str) -> dict[str, str]:
    """All texts of a language by dotted key. A group stands in one file only; KeyError for one that stands in two."""
    groups: dict[str, dict[str, str]] = {}
    for source in sorted((files("api.web") / "texts" / lang).iterdir(), key=lambda entry: entry.name):
        for group, entries in tomllib.loads(source.read_text(encoding="utf-8")).items():
            if group in groups:
                raise KeyError(f"{source.name}: group {group} stands in another file already")
            groups[group] = entries
    return {f"{group}.{key}": text for group, entries in groups.items() for key, text in entries.items()}


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
