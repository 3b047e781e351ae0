"""A living OpenID provider in a process of its own: the Authlib server side of `oidc-provider-mock`, with PKCE demanded.

`python -m tests.world.openid_provider` serves on a free port of this machine and says its address on the first line.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def openid_provider() -> Iterator[str]:
    """The address (issuer) of a provider that runs during the block."""
    command = [sys.executable, "-m", "tests.world.openid_provider"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _serve() -> None:
    from authlib.integrations import flask_oauth2
    from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError
    from authlib.oauth2.rfc7636 import create_s256_code_challenge
    from oidc_provider_mock import run_server_in_thread

    challenges: dict[str, str] = {}

    class Demanded:
        """PKCE with S256 at both ends (RFC 7636), whatever the client is."""

        def __call__(self, grant: Any) -> None:
            grant.register_hook("after_validate_authorization_request", self.asked)
            grant.register_hook("after_validate_authorization_request_payload", self.asked)
            grant.register_hook("after_validate_token_request", self.shown)

        def asked(self, grant: Any, *_: Any) -> None:
            data = grant.request.payload.data
            if data.get("code_challenge_method") != "S256" or not data.get("code_challenge"):
                raise InvalidRequestError("PKCE with S256 is demanded")
            challenges[data["nonce"]] = data["code_challenge"]

        def shown(self, grant: Any, *_: Any) -> None:
            code = grant.request.authorization_code
            verifier = grant.request.form.get("code_verifier", "")
            if create_s256_code_challenge(verifier) != challenges.get(code.nonce):
                raise InvalidGrantError("wrong code_verifier")

    plain = flask_oauth2.AuthorizationServer.register_grant

    def register(self: Any, kind: Any, extensions: Any = None) -> None:
        plain(self, kind, [*(extensions or []), *([Demanded()] if extensions else [])])

    flask_oauth2.AuthorizationServer.register_grant = register
    with run_server_in_thread(require_nonce=True) as server:
        print(f"http://localhost:{server.server_port}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _serve()
