"""How a value a person typed is kept: the same letters always give the same value."""

from __future__ import annotations

import unicodedata


def normalise(value: str) -> str:
    """NFC, no control characters, runs of white space as one space, none at the ends."""
    printable = "".join(" " if char.isspace() or unicodedata.category(char) == "Cc" else char for char in value)
    return " ".join(unicodedata.normalize("NFC", printable).split())
