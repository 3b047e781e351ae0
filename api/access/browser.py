"""Protection of browser sessions: anti-forgery tokens, same-origin rules, allowed hosts, safe redirects. Pure functions.

The session cookie holds the bearer token itself (HttpOnly, SameSite=Strict). The anti-forgery token is derived from it, so
no server state is needed and every process can check it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from api.errors import ForgedRequest

SESSION_COOKIE = "sohoa_session"
LANG_COOKIE = "sohoa_lang"
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def csrf_token(secret: str) -> str:
    """The anti-forgery token that belongs to a session."""
    return hmac.new(secret.encode(), b"sohoa anti-forgery 1", hashlib.sha256).hexdigest()


def check_csrf(secret: str, shown: str) -> None:
    """Nothing if `shown` is the session's anti-forgery token, else ForgedRequest."""
    if not hmac.compare_digest(csrf_token(secret).encode(), shown.encode("utf-8", "replace")):
        raise ForgedRequest


def check_same_origin(*, host: str, origin: str, fetch_site: str) -> None:
    """Nothing if a browser says that the request comes from this very site, else ForgedRequest.

    `origin` and `fetch_site` are the headers Origin and Sec-Fetch-Site (W3C Fetch Metadata), empty when absent; a client
    that sends neither is no browser of this decade and still needs the anti-forgery token.
    """
    if fetch_site not in {"", "same-origin", "none"}:
        raise ForgedRequest
    parts = _parts(origin)
    if origin and (parts is None or parts.netloc.lower() != host.lower()):
        raise ForgedRequest


def host_allowed(host: str, allowed: Collection[str]) -> bool:
    """True if the Host header names one of the `allowed` names (any port); `*` allows all.

    Keeps a foreign name that was pointed at this address (DNS rebinding) from being served.
    """
    if "*" in allowed:
        return True
    parts = _parts(f"//{host}")
    return parts is not None and (parts.hostname or "").lower() in allowed


def _parts(address: str) -> SplitResult | None:
    """The parts of an address, or None for what is none (`http://[`)."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def hosts_for(bind: str, extra: Collection[str] = ()) -> frozenset[str]:
    """The host names a server bound to `bind` answers to: loopback names, its own, the `extra` ones.

    Bound to every address it cannot know its names: then `extra` decides, and without any all are taken.
    """
    if bind in {"0.0.0.0", "::"}:  # noqa: S104 - compared with, not bound to
        return frozenset(LOOPBACK | {name.lower() for name in extra}) if extra else frozenset({"*"})
    return frozenset(LOOPBACK | {bind.lower()} | {name.lower() for name in extra})


def safe_path(target: str) -> str:
    """`target` if it is a path of this site, else `/`: a redirect never leaves the house."""
    parts = _parts(target)
    if parts is None:
        return "/"
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    clean = all(character.isprintable() and character not in "\\\r\n\t" for character in target)
    return target if inside and clean else "/"
