"""Questions to OCSP responders (RFC 6960, RFC 5019) about certificates *we* sign with; never while judging a file.

An answer is worth something only when it is about the certificate asked about, signed by its issuer or by a responder this
issuer authorised, and in force; the same is asked again each time a kept answer is loaded. A responder that hangs, refuses or
lies costs its time limit once, then it rests.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic

import urllib3
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from signing.exchange import Refusal, fault_of, host_of, post
from signing.keys import DIGESTS, signature_fits

_SKEW = timedelta(seconds=120)
"""How far an answer's time may be ahead of our clock."""
_WITHOUT_END = timedelta(minutes=30)
"""How long an answer counts that names no end: newer information is always to be had (RFC 6960 §4.2.2.1)."""
_MOST_RESPONDERS = 3
_FAILURES = (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature, x509.InvalidVersion, OverflowError)


@dataclass(frozen=True, slots=True)
class Answer:
    """One that was checked: who answered is entitled to, and it is in force."""

    der: bytes
    serial: int
    issuer: bytes
    """Whose certificate it is about: the issuer's own, DER."""
    revoked: bool
    issued_at: datetime
    until: datetime
    of_signer: bool = False
    """About somebody who signs documents here; it has no place in the files of others."""

    @property
    def key(self) -> str:
        """The same for every answer about this certificate."""
        return hashlib.sha256(self.issuer + b"\0" + str(self.serial).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a responder is waited for."""

    timeout_seconds: float = 2.0
    """For the whole answer."""
    rest_seconds: float = 60.0
    """How long one that failed is left aside; doubles with each failure in a row."""
    longest_rest_seconds: float = 600.0


def responder_urls(certificate: bytes) -> tuple[str, ...]:
    """Where the issuer of this certificate (DER) answers about it (AIA, id-ad-ocsp); addresses of the web only."""
    try:
        loaded = x509.load_der_x509_certificate(certificate)
        access = loaded.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (*_FAILURES, x509.ExtensionNotFound, x509.DuplicateExtension):
        return ()
    uris = [one.access_location for one in access if one.access_method == AuthorityInformationAccessOID.OCSP]
    found = [one.value for one in uris if isinstance(one, x509.UniformResourceIdentifier)]
    return tuple(url for url in dict.fromkeys(found) if url.startswith(("http://", "https://")))[:_MOST_RESPONDERS]


def checked(
    der: bytes, authorities: Iterable[bytes], now: datetime | None = None, *, nonce: bytes = b"", serial: int | None = None
) -> Answer:
    """The answer in `der`, if one of the `authorities` (DER) gave it, or a responder it authorised, and it is in force.

    Args:
        der: OCSPResponse.
        authorities: certificates of issuers that are believed.
        now: aware; the present if absent.
        nonce: what was sent; an answer that repeats another one is refused, one without any is not (RFC 8954 §2.1).
        serial: of the certificate that was asked about, if that is known.

    Raises:
        Refusal: `reason` is a word of `trust_errors.ANSWER_FAULTS`. An answer "revoked" is an answer; "unknown" is none.
    """
    try:
        return _checked(der, authorities, now or datetime.now(UTC), nonce, serial)
    except _FAILURES as error:
        raise Refusal(fault_of(der)) from error


def _checked(der: bytes, authorities: Iterable[bytes], now: datetime, nonce: bytes, serial: int | None) -> Answer:
    response = ocsp.load_der_ocsp_response(der)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise Refusal("refused")
    singles = list(response.responses)
    if len(singles) != 1:
        raise Refusal("format")
    (one,) = singles
    issuer = next((authority for authority in authorities if _names(one, authority)), None)
    if issuer is None or (serial is not None and one.serial_number != serial):
        raise Refusal("other")
    _require_signature(response, x509.load_der_x509_certificate(issuer), now)
    if nonce and _nonce(response) not in {b"", nonce}:
        raise Refusal("nonce")
    until = one.next_update_utc or one.this_update_utc + _WITHOUT_END
    if one.this_update_utc > now + _SKEW:
        raise Refusal("future")
    if until <= now:
        raise Refusal("stale")
    if one.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise Refusal("unknown")
    revoked = one.certificate_status is ocsp.OCSPCertStatus.REVOKED
    return Answer(der, one.serial_number, issuer, revoked, one.this_update_utc, until)


def _names(one: ocsp.OCSPSingleResponse, authority: bytes) -> bool:
    """Whether the answer is about a certificate of this authority: hashes of its name and of its key (RFC 6960 §4.1.1)."""
    certificate = x509.load_der_x509_certificate(authority)
    name = hashlib.new(one.hash_algorithm.name, certificate.subject.public_bytes()).digest()
    return one.issuer_name_hash == name and one.issuer_key_hash == _key_hash(certificate, one.hash_algorithm.name)


def _key_hash(certificate: x509.Certificate, algorithm: str) -> bytes:
    public = certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        bits = public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        bits = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    else:
        raise TypeError
    return hashlib.new(algorithm, bits).digest()


def _require_signature(response: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime) -> None:
    """RFC 6960 §4.2.2.2: signed with the issuer's key, or that of a responder certified by it, now, for just this."""
    algorithm = response.signature_hash_algorithm
    if algorithm is None or algorithm.name not in DIGESTS:
        raise Refusal("weak")
    signers = [issuer, *(one for one in response.certificates if one != issuer)]
    named = [one for one in signers if _is(response, one)]
    if not named:
        raise Refusal("signer")
    for signer in named:
        key = signer.public_key()
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            continue
        if signature_fits(key, algorithm.name, response.tbs_response_bytes, response.signature):
            if signer != issuer and not _entitled(signer, issuer, now):
                raise Refusal("signer")
            return
    raise Refusal("signature")


def _is(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    if response.responder_name is not None:
        return response.responder_name == signer.subject
    return response.responder_key_hash == _key_hash(signer, "sha1")


def _entitled(signer: x509.Certificate, issuer: x509.Certificate, now: datetime) -> bool:
    try:
        signer.verify_directly_issued_by(issuer)
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (*_FAILURES, x509.ExtensionNotFound):
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage and signer.not_valid_before_utc <= now <= signer.not_valid_after_utc


def _nonce(response: ocsp.OCSPResponse) -> bytes:
    try:
        return response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return b""


class Responders:
    """Asks the responders named in certificates, each with a circuit breaker. One long-lived object, shared by threads."""

    def __init__(self, patience: Patience | None = None, clock: Callable[[], float] = monotonic) -> None:
        """`clock` counts seconds."""
        self._patience, self._clock = patience or Patience(), clock
        self._lock = Lock()
        self._failed: dict[tuple[str, int], tuple[int, float, str]] = {}
        self._pool = urllib3.PoolManager(retries=False)

    def ask(self, certificate: bytes, issuer: bytes) -> Answer:
        """A checked answer about `certificate`, which `issuer` signed (both DER; the caller has proven it to lead to a root).

        Raises:
            Refusal: no responder gave one; `reason` tells what each did, as `host: reason; …`.
        """
        loaded = x509.load_der_x509_certificate(certificate)
        faults = []
        for url in responder_urls(certificate):
            # What is wrong with one answer says nothing of answers about other certificates; a dead server does.
            resting = self._resting((url, 0)) or self._resting((url, loaded.serial_number))
            if resting:
                faults.append(f"{host_of(url)}: {resting}")
                continue
            try:
                return self._ask(url, loaded, issuer)
            except Refusal as refusal:
                faults.append(f"{host_of(url)}: {refusal.reason}")
        raise Refusal("; ".join(faults))

    def _ask(self, url: str, certificate: x509.Certificate, issuer: bytes) -> Answer:
        nonce = secrets.token_bytes(16)
        builder = ocsp.OCSPRequestBuilder().add_certificate(
            certificate,
            x509.load_der_x509_certificate(issuer),
            hashes.SHA1(),  # noqa: S303 - a name, not a proof; the only one every responder knows (RFC 5019 §2.1.1)
        )
        request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build().public_bytes(Encoding.DER)
        server, about = (url, 0), (url, certificate.serial_number)
        try:
            body = post(self._pool, url, request, "application/ocsp-request", self._patience.timeout_seconds)
        except Refusal as refusal:
            self._note(server, refusal)
            raise
        self._well(server)
        try:
            answer = checked(body, (issuer,), nonce=nonce, serial=certificate.serial_number)
        except Refusal as refusal:
            self._note(about, refusal)
            raise
        self._well(about)
        return answer

    def _resting(self, key: tuple[str, int]) -> str:
        """Why it is left aside now; empty when it may be asked."""
        with self._lock:
            failures, failed_at, reason = self._failed.get(key, (0, 0.0, ""))
        patience = self._patience
        rest = patience.rest_seconds * (1 << min(failures - 1, 16)) if failures else 0.0
        until = failed_at + min(rest, max(patience.rest_seconds, patience.longest_rest_seconds))
        return reason if failures and self._clock() < until else ""

    def _note(self, key: tuple[str, int], refusal: Refusal) -> None:
        with self._lock:
            failures = self._failed.get(key, (0, 0.0, ""))[0]
            self._failed[key] = (failures + 1, self._clock(), refusal.reason)

    def _well(self, key: tuple[str, int]) -> None:
        with self._lock:
            self._failed.pop(key, None)
