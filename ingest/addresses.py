"""Addresses as they may be shown: passwords, tokens and keys in them hidden."""

from __future__ import annotations

import re

MASK = "•••"
_SECRET = "secret|password|passwd|passphrase|pwd|token|key|pin|auth|signature|credential"  # noqa: S105 - names of parameters
_PARTS = (
    re.compile(r"(://[^:@/]*:).*(?=@)"),  # up to the last @: an unescaped secret may hold / and @ itself
    re.compile(r"(https?://)[^/?#@•]+(?=@)"),  # a token in place of the user's name
    re.compile(rf"([?&;][^=&]*(?:{_SECRET})[^=&]*=)[^&#\s]*", re.IGNORECASE),
)


def masked_url(url: str) -> str:
    """The address with its password and secret parameters hidden."""
    for pattern in _PARTS:
        url = pattern.sub(rf"\1{MASK}", url)
    return url
