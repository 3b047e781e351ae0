"""Which language an answer speaks: `?lang=`, then the page's own choice, then Accept-Language, then the setting."""

from __future__ import annotations

from fastapi import Request

from api.access.browser import LANG_COOKIE

LANGUAGES = ("vi", "en")


def preferred(header: str) -> str:
    """The first of our languages by quality in an Accept-Language header (RFC 9110 §12.5.4), or an empty string."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:20]):
        name, _, parameter = part.strip().partition(";")
        base = name.split("-", 1)[0].strip().lower()
        try:
            quality = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            quality = 0.0
        if base in LANGUAGES and quality > 0:
            ranked.append((-quality, place, base))
    return min(ranked)[2] if ranked else ""


def language_of(request: Request) -> str:
    """`vi` or `en` for this request; pages ignore Accept-Language, so that a clerk's English Windows changes nothing."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    kept = request.cookies.get(LANG_COOKIE, "")
    if kept in LANGUAGES:
        return kept
    header = preferred(request.headers.get("accept-language", "")) if request.url.path.startswith("/v1") else ""
    return header or str(request.app.state.sohoa.settings.lang)
