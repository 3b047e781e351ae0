"""Provincial and older spellings, from a data file: letters that stand for each other, names written in several ways."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _data() -> dict[str, object]:
    source = files("storage.search") / "data" / "spelling.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def syllables() -> dict[str, str]:
    """Folded syllable → the spelling it is kept under, of the same length.

    Raises:
        ValueError: the data file gives one of another length (a hit could not be marked where it stands).
    """
    table = {str(known): str(kept) for known, kept in dict(_data()["syllables"]).items()}  # type: ignore[call-overload]
    uneven = [known for known, kept in table.items() if len(known) != len(kept)]
    if uneven:
        raise ValueError(f"spelling.toml: other length: {', '.join(uneven)}")
    return table


@cache
def names() -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Groups of names that mean the same, each as its folded syllables."""
    table = syllables()
    groups: list[tuple[tuple[str, ...], ...]] = []
    for entry in _data()["names"]:  # type: ignore[attr-defined]
        spelled = (tuple(table.get(word, word) for word in name.replace(".", " ").split()) for name in entry["spellings"])
        groups.append(tuple(dict.fromkeys(spelled)))
    return tuple(groups)
