"""Talking with an OpenID Connect provider: discovery, authorization code with PKCE, verification of the ID token.

Nothing is believed that is not signed with a key of the provider for us, in answer to this very browser (OpenID Connect Core
1.0 §3.1.3.7; RFC 9700). Knows no accounts and no web framework. May be used from many threads.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

import urllib3
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.access.errors import ProviderAway, ProviderNotSet, ProviderRefused
from api.access.options import ProviderOptions

KNOWN_S = 3600.0
"""How long what the provider says about itself is believed before it is asked again."""
LEEWAY_S = 60
MOST_BYTES = 1024**2
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a public key only: neither `none` nor a shared secret."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A sign-in under way: what has to come back with the browser. Kept in a cookie of that browser."""

    state: str
    nonce: str
    verifier: str
    target: str
    """Where the visitor wanted to go."""

    @classmethod
    def new(cls, target: str) -> Errand:
        """A fresh one; the verifier has 64 characters (RFC 7636 §4.1)."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), target)


class Provider:
    """The provider the settings name."""

    def __init__(self, options: ProviderOptions) -> None:
        self._options = options
        self._pool = urllib3.PoolManager(num_pools=2)
        self._lock = threading.Lock()
        self._about: tuple[float, dict[str, Any]] = (0.0, {})
        self._keys: tuple[float, KeySet | None] = (0.0, None)

    def address(self, errand: Errand, redirect_uri: str) -> str:
        """Where the browser is sent. Raises ProviderNotSet, ProviderAway."""
        address = prepare_grant_uri(
            self._endpoint("authorization_endpoint"),
            self._options.client_id,
            "code",
            redirect_uri=redirect_uri,
            scope=" ".join(self._options.scopes),
            state=errand.state,
            nonce=errand.nonce,
            code_challenge=create_s256_code_challenge(errand.verifier),
            code_challenge_method="S256",
        )
        return str(address)

    def claims(self, errand: Errand, redirect_uri: str, state: str, code: str) -> dict[str, Any]:
        """Who came back, as the verified ID token says. Raises ProviderRefused, ProviderAway."""
        if not errand.state or not secrets.compare_digest(errand.state.encode(), state.encode("utf-8", "replace")):
            raise ProviderRefused(why="state")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": errand.verifier,
            "client_id": self._options.client_id,
        }
        status, token = self._asked("POST", self._endpoint("token_endpoint"), form)
        if status >= 500:
            raise ProviderAway(why=str(status))
        if status != 200:
            raise ProviderRefused(why=str(token.get("error") or status)[:60])
        return self.verified(str(token.get("id_token", "")), errand.nonce)

    def verified(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token that is signed by the provider, for us, now, in answer to `nonce`. Raises ProviderRefused."""
        try:
            token = self._decoded(id_token)
        except JoseError as error:
            raise ProviderRefused(why=type(error).__name__) from error
        claims = dict(token.claims)
        audience = claims.get("aud")
        several = isinstance(audience, list) and len(audience) > 1
        if (several or "azp" in claims) and claims.get("azp") != self._options.client_id:
            raise ProviderRefused(why="azp")
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise ProviderRefused(why="sub")
        if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise ProviderRefused(why="nonce")
        return claims

    def end_address(self, back: str) -> str:
        """Where the browser is sent to sign out there, too; empty if the provider offers none. Raises nothing."""
        try:
            end = str(self._said().get("end_session_endpoint", ""))
        except (ProviderAway, ProviderNotSet, ProviderRefused):
            return ""
        query = urlencode({"client_id": self._options.client_id, "post_logout_redirect_uri": back})
        return f"{end}{'&' if '?' in end else '?'}{query}" if end else ""

    def _decoded(self, id_token: str) -> jwt.Token:
        rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._options.issuer},
            aud={"essential": True, "value": self._options.client_id},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            token = jwt.decode(id_token, self._key_set(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # the provider may have changed its keys since they were fetched
            try:
                token = jwt.decode(id_token, self._key_set(anew=True), algorithms=ALGORITHMS)
            except ValueError as error:
                raise ProviderRefused(why=type(error).__name__) from error
        rules.validate(token.claims)
        return token

    def _secret(self) -> str | None:
        path = self._options.client_secret_file
        if path is None:
            return self._options.client_secret or None
        try:
            return path.read_text(encoding="utf-8").splitlines()[0].strip()
        except (OSError, IndexError, UnicodeDecodeError) as error:
            raise ProviderAway(why="client_secret_file") from error

    def _endpoint(self, name: str) -> str:
        found = self._said().get(name)
        if not isinstance(found, str) or not found.startswith(("https://", "http://")):
            raise ProviderAway(why=name)
        return found

    def _said(self) -> dict[str, Any]:
        """What the provider says about itself (OpenID Connect Discovery 1.0); its issuer must be the one we were told."""
        if not self._options.issuer:
            raise ProviderNotSet
        with self._lock:
            since, known = self._about
            if not known or time.monotonic() - since > KNOWN_S:
                known = self._got(f"{self._options.issuer.rstrip('/')}/.well-known/openid-configuration")
                if known.get("issuer") != self._options.issuer:
                    raise ProviderRefused(why="issuer")
                self._about = (time.monotonic(), known)
        return known

    def _key_set(self, *, anew: bool = False) -> KeySet:
        address = self._endpoint("jwks_uri")
        with self._lock:
            since, known = self._keys
            if known is None or anew or time.monotonic() - since > KNOWN_S:
                try:
                    known = KeySet.import_key_set(self._got(address))  # type: ignore[arg-type]
                except (JoseError, ValueError, KeyError, TypeError) as error:
                    raise ProviderAway(why="jwks") from error
                self._keys = (time.monotonic(), known)
        return known

    def _got(self, address: str) -> dict[str, Any]:
        status, said = self._asked("GET", address)
        if status != 200:
            raise ProviderAway(why=str(status))
        return said

    def _asked(self, method: str, address: str, form: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
        """Status and JSON object of an answer; redirects are not followed, a form goes with our secret (RFC 6749 §2.3.1)."""
        headers = {"Accept": "application/json"}
        body = None
        if form is not None:
            secret = self._secret()
            pair = f"{quote_plus(self._options.client_id)}:{quote_plus(secret)}" if secret else None
            headers |= {"Content-Type": "application/x-www-form-urlencoded", **urllib3.make_headers(basic_auth=pair)}
            body = urlencode(form)
        try:
            answer = self._pool.request(
                method, address, body=body, headers=headers, timeout=self._options.timeout_seconds, retries=False, redirect=False,
                preload_content=False,
            )  # fmt: skip
            with contextlib.closing(answer):
                data = answer.read(MOST_BYTES + 1)
            if len(data) > MOST_BYTES:
                raise ProviderAway(why="size")
            said = json.loads(data)
        except urllib3.exceptions.HTTPError as error:
            raise ProviderAway(why=type(error).__name__) from error
        except ValueError as error:
            raise ProviderAway(why="json") from error
        if not isinstance(said, dict):
            raise ProviderAway(why="json")
        return answer.status, said
