"""Whether certificates, revocation lists and answers bear the signature they should: reckoned once for the same bytes.

Building and checking a chain asks this of the same few certificates and lists dozens of times a file. It depends on nothing
but the bytes asked about: no time, no trust, no file. So a "yes" is remembered; a "no" is reckoned again. The signatures of
documents and of time-stamp tokens are reckoned each time.
"""

# mypy: allow-untyped-calls
# (asn1crypto is not typed)
from __future__ import annotations

from functools import lru_cache

from asn1crypto import algos, keys
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)

_LONGEST = 1 << 16
"""Bytes; what is longer (a long list) is not kept in memory for it."""
_RECKONED = DefaultSignatureValidator()


class Issued(DefaultSignatureValidator):
    """As pyHanko's, which reckons each time."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: keys.PublicKeyInfo,
        signature_algorithm: algos.SignedDigestAlgorithm,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """Nothing if the key signed the data; raises InvalidSignature and what pyHanko raises for odd algorithms."""
        if context != DEFAULT_VALIDATION_CONTEXT or len(signed_data) > _LONGEST:
            super().validate_signature(signature, signed_data, public_key_info, signature_algorithm, context)
        else:
            _holds(signature, signed_data, public_key_info.dump(), signature_algorithm.dump())


@lru_cache(512)
def _holds(signature: bytes, signed_data: bytes, key: bytes, algorithm: bytes) -> None:
    """Everything the answer depends on; an exception is not remembered."""
    public, how = keys.PublicKeyInfo.load(key), algos.SignedDigestAlgorithm.load(algorithm)
    _RECKONED.validate_signature(signature, signed_data, public, how)
