"""A key at a remote signing service that speaks the Cloud Signature Consortium's API 2.0 (SIM and cloud signing).

pyHanko's CSC client does the talking; what version 2 names differently is put right here. The service sees digests only. A
refused PIN is never tried again (`signing.pins`), an unreachable service is: the document waits.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
from asn1crypto import algos
from pyhanko.sign.general import SigningError as PyHankoSigningError
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCCredentialInfo,
    CSCServiceSessionInfo,
    CSCSigner,
    base64_digest,
    fetch_certs_in_csc_credential,
)

from signing.errors import SigningError
from signing.key_errors import PinWrong, RemoteRefused, RemoteTokenRefused, RemoteUnavailable, SignatureMismatch
from signing.keys import CertifiedKey, loaded
from signing.loop import complete
from signing.pins import PinSource

VERSION = "v2"
PIN_REFUSALS = frozenset({"invalid_pin", "invalid_otp", "locked_credential"})
"""CSC API 2.0 §11.6 `credentials/authorize`, error codes of a wrong or locked PIN."""
_UNAUTHORISED = 401
"""How a service answers a bearer token it does not accept (RFC 6750 §3.1)."""


@dataclass(frozen=True, slots=True)
class CscAccount:
    """Where the service is and as whom it is asked."""

    url: str
    """Without `/csc/v2`."""
    credential: str
    access_token: Callable[[], str] | None = None
    """Gives the OAuth 2.0 bearer token of this moment: such tokens live for an hour or so and are renewed beside us."""
    timeout_seconds: float = 30.0

    @property
    def name(self) -> str:
        """What the service is called in messages."""
        return self.url.split("//", 1)[-1].split("/", 1)[0]


class CscKey(CertifiedKey):
    """A credential of a remote signing service."""

    def __init__(self, account: CscAccount, pin: PinSource | None = None, certificates: tuple[bytes, ...] = ()) -> None:
        """Ask the service for the certificate now, so that a wrong account shows at start.

        Raises:
            RemoteUnavailable: the service does not answer.
            RemoteTokenRefused: it does not accept the access token, nor the one read after that.
            RemoteRefused: it does not know the credential or refuses us.
            KeyTooWeak: the key is below the legal minimum.
        """
        self._account, self._pin = account, pin
        self._info: CSCCredentialInfo = self._asked(self._fetch)
        chain = tuple(one.dump() for one in self._info.chain)
        self._certified(loaded(self._info.signing_cert.dump()), tuple(dict.fromkeys(chain + certificates)))

    def sign(self, data: bytes) -> bytes:
        """Raw signature over `data`.

        Raises:
            RemoteUnavailable: the service does not answer; may be tried later.
            RemoteTokenRefused: it does not accept the access token, nor the one read after that; may be tried later.
            RemoteRefused, PinWrong: the service refuses; never tried again by itself.
            SignatureMismatch: what came back was not made with this certificate.
        """
        signature = bytes(self._asked(partial(self._sign, data)))
        if not self.fits(data, signature):
            raise SignatureMismatch(signer=self.name)
        return signature

    def _asked(self, work: Callable[[CSCServiceSessionInfo], Coroutine[Any, Any, Any]]) -> Any:
        """What `work` gives; with the token read once more if the first was refused and another one is there by now."""
        session = self._session()
        try:
            return self._tried(work(session))
        except RemoteTokenRefused:
            again = self._session()
            if again.oauth_token == session.oauth_token:
                raise
            return self._tried(work(again))

    def _session(self) -> CSCServiceSessionInfo:
        token = self._account.access_token() if self._account.access_token else None
        return CSCServiceSessionInfo(self._account.url, self._account.credential, token, VERSION)

    def _tried(self, work: Coroutine[Any, Any, Any]) -> Any:
        try:
            return complete(work)
        except SigningError:
            raise
        except (PyHankoSigningError, aiohttp.ClientError, TimeoutError) as error:
            raise self._told(error) from error

    def _told(self, error: BaseException) -> SigningError:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, aiohttp.ClientResponseError) and cause.status == _UNAUTHORISED:
                return RemoteTokenRefused(name=self._account.name)
            if isinstance(cause, aiohttp.ClientResponseError) and 400 <= cause.status < 500 and cause.status != 429:
                return RemoteRefused(name=self._account.name, why=f"HTTP {cause.status}")
            if isinstance(cause, (aiohttp.ClientError, TimeoutError)):
                return RemoteUnavailable(name=self._account.name)
            cause = cause.__cause__
        return RemoteRefused(name=self._account.name, why="CSC")

    async def _fetch(self, info: CSCServiceSessionInfo) -> CSCCredentialInfo:
        async with aiohttp.ClientSession() as session:
            return await fetch_certs_in_csc_credential(session, info, timeout=int(self._account.timeout_seconds))

    async def _sign(self, data: bytes, info: CSCServiceSessionInfo) -> bytes:
        async with aiohttp.ClientSession() as session:
            manager = _Authorising(info, self._info, session, self._account, self._pin, self.digest)
            signer = _Signer(session, manager, sign_timeout=int(self._account.timeout_seconds))
            # Not `async_sign_raw`: it would swallow the reason of a refusal.
            batch = await signer._ensure_batch(self.digest)  # noqa: SLF001
            batch.add(base64_digest(data, self.digest))
            await signer.commit()
            return bytes((batch.results or [b""])[0])


class _Signer(CSCSigner):
    """pyHanko's client with the names of API 2.0 (§11.10 `signatures/signHash`)."""

    async def format_csc_signing_req(self, tbs_hashes: list[str], digest_algorithm: str) -> dict[str, Any]:
        asked: dict[str, Any] = await super().format_csc_signing_req(tbs_hashes, digest_algorithm)
        asked["hashes"] = asked.pop("hash")
        asked["hashAlgorithmOID"] = asked.pop("hashAlgo")
        return asked


class _Authorising(CSCAuthorizationManager):
    """Asks for leave to sign exactly these digests (§11.6 `credentials/authorize`)."""

    def __init__(
        self,
        session_info: CSCServiceSessionInfo,
        credential: CSCCredentialInfo,
        session: aiohttp.ClientSession,
        account: CscAccount,
        pin: PinSource | None,
        digest: str,
    ) -> None:
        super().__init__(session_info, credential)
        self._session, self._account, self._pin, self._digest = session, account, pin, digest

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        if self._pin is None:
            return await self._authorise(hash_b64s, "")
        with self._pin.attempt(self._account.name) as pin:
            return await self._authorise(hash_b64s, pin)

    async def _authorise(self, hashes: list[str], pin: str) -> CSCAuthorizationInfo:
        asked: dict[str, Any] = {
            "credentialID": self._account.credential,
            "numSignatures": len(hashes),
            "hashes": hashes,
            "hashAlgorithmOID": algos.DigestAlgorithmId(self._digest).dotted,
        }
        if pin:
            asked["authData"] = [{"id": "PIN", "value": pin}]
        url = self.csc_session_info.endpoint_url("credentials/authorize")
        timeout = aiohttp.ClientTimeout(total=self._account.timeout_seconds)
        async with self._session.post(url, headers=self.auth_headers, json=asked, timeout=timeout) as response:
            if 400 <= response.status < 500:
                raise self._refusal(await response.json(content_type=None), response.status)
            response.raise_for_status()
            return self.parse_csc_auth_response(await response.json())

    def _refusal(self, answer: Any, status: int) -> SigningError:
        code = str(answer.get("error", "")) if isinstance(answer, dict) else ""
        if code in PIN_REFUSALS:
            return PinWrong(name=self._account.name)
        if status == _UNAUTHORISED or code == "invalid_token":
            return RemoteTokenRefused(name=self._account.name)
        # The service's own sentence may repeat what we sent, so only a well-known shape of its code is told.
        return RemoteRefused(name=self._account.name, why=code if code.isidentifier() else f"HTTP {status}")
