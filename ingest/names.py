"""Display names of uploaded files: what may be shown and stored. Never used as a path."""

from __future__ import annotations

import re
import unicodedata

_MAX_CHARACTERS = 200
_SUFFIX_CHARACTERS = 12


def safe_name(name: str) -> str:
    """The name as shown to people: NFC, without folders, control or direction-changing characters, at most 200 characters.

    The suffix survives shortening. A name of nothing becomes `file`.
    """
    plain = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    plain = re.split(r"[/\\]", plain)[-1]
    # Cc control, Cf format (right-to-left override hides suffixes), Cs/Co/Cn cannot be shown, Zl/Zp break lines
    plain = "".join(" " if unicodedata.category(c) in {"Zl", "Zp", "Zs"} else c for c in plain)
    plain = "".join(c for c in plain if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    plain = re.sub(r"\s+", " ", plain).strip(" .") if set(plain) <= {" ", "."} else re.sub(r"\s+", " ", plain).strip()
    if len(plain) > _MAX_CHARACTERS:
        stem, dot, suffix = plain.rpartition(".")
        keep = dot + suffix if stem and len(suffix) <= _SUFFIX_CHARACTERS else ""
        plain = plain[: _MAX_CHARACTERS - len(keep)].rstrip() + keep
    return plain or "file"


def suffix_of(name: str) -> str:
    """The lower-case suffix without its dot, "" if there is none."""
    stem, dot, suffix = name.rpartition(".")
    return suffix.lower() if dot and stem and len(suffix) <= _SUFFIX_CHARACTERS else ""
