"""Demonstration tokens: one a role, made at first start, kept in the data folder for its owner only.

The database knows their hashes alone; the file is what lets the next start print the same links again.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from api.access.permissions import SUPERVISING, Role
from api.access.tokens import issue, principal_of
from api.errors import Unauthorized
from api.wiring import Sohoa
from storage.errors import NotFound

FILE = "demo-tokens.json"


def demo_links(sohoa: Sohoa) -> dict[str, str]:
    """Role → token for the sign-in links, where the settings want them; where not, those made before are revoked."""
    wanted = sohoa.settings.access.demo_links
    if wanted == "yes" or (wanted == "auto" and not sohoa.signatories.real_keys):
        return ensure_tokens(sohoa)
    for role in Role:
        with contextlib.suppress(NotFound), sohoa.database.transaction() as uow:
            uow.tokens.revoke(f"demo-{role}")
    return {}


def ensure_tokens(sohoa: Sohoa) -> dict[str, str]:
    """Role → token, making those that are missing or no longer valid."""
    path = sohoa.settings.data_dir / FILE
    kept = _kept(path)
    tokens = {str(role): _valid(sohoa, role, kept.get(str(role), "")) for role in Role}
    if tokens != kept:
        _keep(path, tokens)
    return tokens


def _valid(sohoa: Sohoa, role: Role, secret: str) -> str:
    with contextlib.suppress(Unauthorized):
        principal_of(sohoa.database, secret)
        return secret
    name = f"demo-{role}"
    with contextlib.suppress(NotFound), sohoa.database.transaction() as uow:
        uow.tokens.revoke(name)
    return issue(sohoa.database, name, role, unit="" if role in SUPERVISING else sohoa.settings.unit)


def _kept(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(role): str(secret) for role, secret in found.items()} if isinstance(found, dict) else {}


def _keep(path: Path, tokens: dict[str, str]) -> None:
    """Written whole or not at all, readable by the owner only from the first byte on."""
    part = path.with_suffix(f".{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(tokens, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
