"""Whom we trust: roots, the certificates between, and what is known of revocation. All of it data, nothing fetched.

A `TrustStore` is immutable and may be shared by threads; the pyHanko objects built from it (`context`, `spec`) keep state
and are made anew for each use.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from asn1crypto import crl, ocsp, pem, x509
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.fetchers import FetcherBackend, Fetchers
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from signing import parsed
from signing.errors import TrustUnusable
from signing.issued import Issued

SIGNER_KEY_USAGE = frozenset({"non_repudiation", "digital_signature"})
"""One of the two suffices (domain §5.3, check 6)."""
_ISSUED = Issued()
_SUFFIXES = frozenset({".pem", ".crt", ".cer", ".crl", ".der"})


@dataclass(frozen=True)
class Evidence:
    """What a file brings along to be judged with: certificates and revocation answers. Trusted for nothing by itself."""

    certificates: tuple[x509.Certificate, ...] = ()
    crls: tuple[crl.CertificateList, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()

    def about(self, certificate: x509.Certificate) -> Evidence:
        """What speaks of `certificate` and its issuers, and spoke while they were valid.

        A stale answer about *another* signer would count as a failure of this one (signing.md, finding 5); a list issued after
        a certificate's end need not name it any more (RFC 5280 §5), so it proves nothing of it.
        """
        line, ends = line_of(certificate, self.certificates)
        crls = [one for one in self.crls if not _too_late(one, ends)]
        ocsps = [one for one in self.ocsps if _serials(one) & {link.serial_number for link in line}]
        return Evidence(self.certificates, tuple(crls), tuple(ocsps))

    def without_answers_on(self, certificate: x509.Certificate) -> Evidence:
        """The same without OCSP answers on this very certificate."""
        ocsps = tuple(one for one in self.ocsps if certificate.serial_number not in _serials(one))
        return Evidence(self.certificates, self.crls, ocsps)


def line_of(
    certificate: x509.Certificate, known: Iterable[x509.Certificate]
) -> tuple[list[x509.Certificate], dict[str, datetime]]:
    """The certificate with all its possible issuers, and for each name of an issuer the first end of what it issued here."""
    by_name: dict[str, list[x509.Certificate]] = {}
    for one in known:
        by_name.setdefault(one.subject.hashable, []).append(one)
    line: list[x509.Certificate] = []
    ends: dict[str, datetime] = {}
    waiting, seen = [certificate], set()
    while waiting:
        one = waiting.pop()
        if one.issuer_serial in seen:
            continue
        seen.add(one.issuer_serial)
        line.append(one)
        issuer = one.issuer.hashable
        ends[issuer] = min(one.not_valid_after, ends.get(issuer, one.not_valid_after))
        waiting += by_name.get(issuer, [])
    return line, ends


def _too_late(listed: crl.CertificateList, ends: dict[str, datetime]) -> bool:
    end = ends.get(listed.issuer.hashable)
    return end is not None and listed["tbs_cert_list"]["this_update"].native > end


def _serials(answer: ocsp.OCSPResponse) -> set[int]:
    if answer["response_status"].native != "successful":
        return set()
    return {one["cert_id"]["serial_number"].native for one in answer.response_data["responses"]}


class _NoNetwork(FetcherBackend):
    """Stands where pyHanko would build an HTTP client: nothing is ever fetched while judging."""

    def get_fetchers(self) -> Fetchers:
        raise RuntimeError("signing never fetches")

    async def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True)
class TrustStore:
    """Roots, intermediates, CRLs and OCSP answers, DER encoded."""

    roots: tuple[bytes, ...] = ()
    intermediates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    name: str = field(default="", compare=False)
    ocsps: tuple[bytes, ...] = ()
    """Answers about single certificates, checked when they were loaded (`signing.trust_folder`)."""

    @classmethod
    def from_pem(cls, paths: Iterable[Path]) -> TrustStore:
        """The store made of PEM or DER files: self-signed certificates are roots, others intermediates, CRLs are CRLs.

        Raises:
            TrustUnusable: a file cannot be read or holds neither certificate nor CRL.
        """
        roots: dict[bytes, None] = {}
        between: dict[bytes, None] = {}
        crls: dict[bytes, None] = {}
        for path in paths:
            found = _blocks(path)
            for kind, der in found:
                if kind == "crl":
                    crls[der] = None
                elif _self_signed(der):
                    roots[der] = None
                else:
                    between[der] = None
            if not found:
                raise TrustUnusable(name=path.name)
        return cls(tuple(roots), tuple(between), tuple(crls))

    @classmethod
    def load(cls, folder: Path) -> TrustStore:
        """The store made of every `.pem .crt .cer .crl .der` file of a folder, in name order; an empty folder trusts nobody.

        Raises:
            TrustUnusable: one of the files cannot be read.
        """
        return cls.from_pem(sorted(p for p in folder.iterdir() if p.suffix.lower() in _SUFFIXES and p.is_file()))

    def merged(self, other: TrustStore) -> TrustStore:
        """Both stores in one."""
        return TrustStore(
            tuple(dict.fromkeys(self.roots + other.roots)),
            tuple(dict.fromkeys(self.intermediates + other.intermediates)),
            tuple(dict.fromkeys(self.crls + other.crls)),
            ocsps=tuple(dict.fromkeys(self.ocsps + other.ocsps)),
        )

    def without_answers_on(self, certificate: x509.Certificate) -> TrustStore:
        """The same without OCSP answers on this very certificate."""
        rest = tuple(der for der in self.ocsps if certificate.serial_number not in _serials(parsed.answer(der)))
        return self if rest == self.ocsps else replace(self, ocsps=rest)

    def fingerprints(self) -> tuple[str, ...]:
        """SHA-256 of each root certificate, lower-case hex: what a person compares with the published value."""
        return tuple(sha256(root).hexdigest() for root in self.roots)

    @property
    def parsed(self) -> Evidence:
        """Roots, intermediates, CRLs and OCSP answers as objects of this thread."""
        certificates = (parsed.certificate(der) for der in self.roots + self.intermediates)
        lists = tuple(parsed.revocation_list(der) for der in self.crls)
        return Evidence(tuple(certificates), lists, tuple(map(parsed.answer, self.ocsps)))

    def _manager(self) -> SimpleTrustManager:
        # An explicit list, even an empty one: without it certvalidator trusts the operating system's web roots.
        return SimpleTrustManager.build(trust_roots=list(self.parsed.certificates[: len(self.roots)]))

    def _all(self, extra: Evidence | None, about: x509.Certificate | None) -> Evidence:
        own, extra = self.parsed, extra or Evidence()
        # Files bring what the store has too; objects are the same ones then (`parsed`), and are judged once.
        certificates = {id(one): one for one in (*own.certificates, *extra.certificates)}
        crls = {id(one): one for one in (*own.crls, *extra.crls)}
        answers = {one.dump(): one for one in (*own.ocsps, *extra.ocsps)}
        whole = Evidence(tuple(certificates.values()), tuple(crls.values()), tuple(answers.values()))
        return whole if about is None else whole.about(about)

    def context(
        self,
        moment: datetime | None = None,
        extra: Evidence | None = None,
        *,
        later_evidence: bool = False,
        about: x509.Certificate | None = None,
    ) -> ValidationContext:
        """A fresh context that requires revocation evidence for every certificate and never touches the network.

        Args:
            moment: when the certificates must hold; now if absent.
            extra: what the file or the key brings along.
            later_evidence: whether revocation lists issued after `moment` count too (they know more, never less).
            about: the certificate to be checked; evidence about others is left aside.
        """
        known = self._all(extra, about)
        return ValidationContext(
            trust_manager=self._manager(),
            other_certs=list(known.certificates),
            crls=list(known.crls),
            ocsps=list(known.ocsps),
            moment=moment,
            allow_fetching=False,
            revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO, retroactive_revinfo=later_evidence),
            signature_validator=_ISSUED,
        )

    def spec(
        self, extra: Evidence | None = None, *, later_evidence: bool = False, about: x509.Certificate | None = None
    ) -> SignatureValidationSpec:
        """A fresh AdES specification: `require` revocation, key usage checked, weak algorithms refused, nothing fetched."""
        known = self._all(extra, about)
        return SignatureValidationSpec(
            cert_validation_policy=CertValidationPolicySpec(
                trust_manager=self._manager(),
                revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO, retroactive_revinfo=later_evidence),
                signature_validator=_ISSUED,
            ),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
                fetcher_backend=_NoNetwork(),
                certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
            ),
            local_knowledge=LocalKnowledge(
                known_certs=list(known.certificates),
                known_crls=[CRLContainer(one) for one in known.crls],
                known_ocsps=[box for one in known.ocsps for box in OCSPContainer.load_multi(one)],
            ),
            key_usage_settings=KeyUsageConstraints(key_usage=set(SIGNER_KEY_USAGE), match_all_key_usages=False),
        )


def _self_signed(der: bytes) -> bool:
    certificate = x509.Certificate.load(der)
    return bool(certificate.self_signed in {"yes", "maybe"})


def _blocks(path: Path) -> list[tuple[str, bytes]]:
    try:
        data = path.read_bytes()
        if pem.detect(data):
            parts = [(str(name), bytes(der)) for name, _, der in pem.unarmor(data, multiple=True)]
        else:
            parts = [("X509 CRL" if path.suffix.lower() == ".crl" else "CERTIFICATE", data)]
        return [_checked(name, der) for name, der in parts if name in {"CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CRL"}]
    except (OSError, ValueError, TypeError) as error:
        raise TrustUnusable(name=path.name) from error


def _checked(name: str, der: bytes) -> tuple[str, bytes]:
    """The block with its kind, after its outline was parsed: a broken certificate is found now, not in a verdict."""
    if name == "X509 CRL":
        str(crl.CertificateList.load(der).issuer.human_friendly)
        return "crl", der
    str(x509.Certificate.load(der).subject.human_friendly)
    return "certificate", der
