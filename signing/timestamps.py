"""Where trusted time comes from: RFC 3161 time-stamp tokens.

`Timestamper` is what the rest of `signing` asks; a demonstration authority answers in this process, HTTP authorities in an
ordered list take the same place. A token is checked before it is accepted, whoever made it.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from hashlib import new as new_hash
from threading import local
from typing import Protocol
from weakref import WeakKeyDictionary, ref

from asn1crypto import algos, cms, core, tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from signing import named, parsed
from signing.errors import TimestampUnavailable
from signing.keys import SealKey

TOKEN_ROOM_BYTES = 6 * 1024
"""Set aside for a token before one was seen: tokens have 3 to 7 KB. Twice as much in the file, which is hexadecimal there."""

DEMO_POLICY_OID = "1.3.6.1.4.1.99999.1.1"
"""Policy named in demonstration tokens; under an arc nobody is assigned, on purpose."""


class Timestamper(Protocol):
    """Something that gives a time-stamp token over a digest. One long-lived object for each authority or list of them."""

    def token(self, digest: bytes, algorithm: str) -> bytes:
        """DER `ContentInfo` holding the token over `digest` (made with `algorithm`, e.g. `sha256`).

        Raises:
            TimestampUnavailable: no authority gave a token that can be accepted.
        """


class LocalTimestamper:
    """An authority in this process, for demonstrations and tests: real tokens, a key that nobody should trust."""

    def __init__(self, key: SealKey, clock: Callable[[], datetime] | None = None) -> None:
        """`key` must be certified for time-stamping; `clock` gives aware UTC times."""
        self._key = key
        self._clock = clock or (lambda: datetime.now(UTC))

    def token(self, digest: bytes, algorithm: str, nonce: int | None = None) -> bytes:
        """A token over `digest`, dated now to the second; `nonce` is repeated in it."""
        certificate = parsed.certificate(self._key.certificate)
        between = [one for one in map(parsed.certificate, self._key.chain) if one.self_signed == "no"]
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": DEMO_POLICY_OID,
                "message_imprint": {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest},
                "serial_number": secrets.randbits(120) + 1,
                "gen_time": self._clock().replace(microsecond=0),
                "accuracy": {"seconds": 1},
                "nonce": nonce,
                "tsa": named.subject(self._key.certificate),
            }
        ).dump()
        signer = self._signer_info(info)
        return bytes(
            cms.ContentInfo(
                {
                    "content_type": "signed_data",
                    "content": cms.SignedData(
                        {
                            "version": "v3",
                            "digest_algorithms": [signer["digest_algorithm"]],
                            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(info)},
                            "certificates": [certificate, *between],
                            "signer_infos": [signer],
                        }
                    ),
                }
            ).dump()
        )

    def _signer_info(self, info: bytes) -> cms.SignerInfo:
        digest, certificate = self._key.digest, parsed.certificate(self._key.certificate)
        attributes = cms.CMSAttributes(
            [
                _attribute("content_type", "tst_info"),
                _attribute("message_digest", new_hash(digest, info).digest()),
                _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(self._clock().replace(microsecond=0))})),
                _attribute("signing_certificate_v2", named.signing_certificate(self._key.certificate)),
            ]
        )
        is_rsa = certificate.public_key.algorithm == "rsa"
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": named.signer_id(self._key.certificate),
                "digest_algorithm": algos.DigestAlgorithm({"algorithm": digest}),
                "signature_algorithm": {"algorithm": f"{digest}_rsa" if is_rsa else f"{digest}_ecdsa"},
                "signed_attrs": attributes,
                "signature": self._key.sign(attributes.dump()),
            }
        )


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": cms.CMSAttributeType(kind), "values": (value,)})


_LARGEST: WeakKeyDictionary[Timestamper, int] = WeakKeyDictionary()
"""Size of the largest token seen in this process, in bytes: behind one list stand authorities of several sizes."""


class Client(TimeStamper):
    """Our protocol as pyHanko asks for it; it keeps the latest token as a sample, so it must live as long as its authority."""

    def __init__(self, timestamper: Timestamper) -> None:
        super().__init__()
        self._authority = ref(timestamper)  # weak: the client must not keep its own key in `_CLIENTS` alive
        self._known = self._vouched = b""

    @property
    def room_bytes(self) -> int:
        """What to set aside for a token: half as much again as the largest seen, and never less than `TOKEN_ROOM_BYTES`."""
        authority = self._authority()
        largest = _LARGEST.get(authority, 0) if authority is not None else 0
        return max(TOKEN_ROOM_BYTES, largest + largest // 2)

    @property
    def changed_hands(self) -> bool:
        """Whether the latest token came with other certificates than those the evidence was gathered for."""
        return self._known != self._vouched

    async def validation_paths(self, validation_context: ValidationContext) -> AsyncIterator[ValidationPath]:
        """As pyHanko has it, for the authority that answered last."""
        async for path in super().validation_paths(validation_context):
            yield path
        self._vouched = self._known

    def _took(self, token: cms.ContentInfo, md_algorithm: str, size_bytes: int) -> None:
        """Size and certificates of the latest token count for what is signed next."""
        authority = self._authority()
        if authority is not None:
            _LARGEST[authority] = max(size_bytes, _LARGEST.get(authority, 0))
        brought = bytes(token["content"]["certificates"].dump())
        if brought != self._known:
            self._known = brought
            self._dummy_response_cache.clear()
            self._certs.clear()
            self._register_dummy(md_algorithm, token)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token that is over `message_digest`; raises TimestampUnavailable."""
        authority = self._authority()
        if authority is None:
            raise TimestampUnavailable
        der = authority.token(message_digest, md_algorithm)
        token = cms.ContentInfo.load(der)
        imprint = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]
        # A token over something else is no token: refused here, before it gets into a file.
        if imprint["hashed_message"].native != message_digest or imprint["hash_algorithm"]["algorithm"].native != md_algorithm:
            raise TimestampUnavailable
        self._took(token, md_algorithm, len(der))
        return token


class _Clients(local):
    """The clients of one thread: pyHanko keeps parsed tokens in them, which two threads must not share."""

    def __init__(self) -> None:
        self.known: WeakKeyDictionary[Timestamper, Client] = WeakKeyDictionary()


_CLIENTS = _Clients()


def client(timestamper: Timestamper) -> Client:
    """The pyHanko client for `timestamper`, the same object each time (a new one costs an extra token for every file)."""
    known = _CLIENTS.known
    if timestamper not in known:
        known[timestamper] = Client(timestamper)
    return known[timestamper]
