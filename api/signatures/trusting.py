"""Use case: whom we trust. A person adds and removes; a refresh fetches revocation data; an offline auditor gets a bundle.

Adding asks for the fingerprint, which the person has from the authority itself; every change is in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from api.signatures.trusting_errors import AnchorNotPublished, PinContradicted, RevocationRunsOut
from api.wiring import Sohoa
from ingest.addresses import masked_url
from ingest.errors import CodedError, FileUnreadable
from signing import parsed
from signing.destinations import hosts_of
from signing.distribution import Fetcher, issuer_urls, list_urls
from signing.known_anchors import known_anchor
from signing.model import Role
from signing.roles import signer_name
from signing.standing import line_home
from signing.trust import TrustStore
from signing.trust_errors import FetchFailed, ListRefused, RevocationUnanswered, TrustUnreadable
from signing.trust_folder import Kind, Listed, TrustFolder, certificates_in, issued_by, plain_fingerprint

_MOST_LINKS = 8


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh came to."""

    fresh: tuple[Listed, ...]
    """Lists and issuing certificates that are new."""
    unchanged: int
    failed: tuple[tuple[str, CodedError], ...]
    """Address and reason."""
    stale: tuple[Listed, ...]
    """Lists that are out of force now."""

    def summary(self) -> dict[str, object]:
        """In plain JSON."""
        return {
            "fresh": len(self.fresh),
            "unchanged": self.unchanged,
            "failed": len(self.failed),
            "stale": [one.name for one in self.stale],
        }


def add(sohoa: Sohoa, source: str, fingerprint: str, *, actor: str) -> Listed:
    """Trust the certificate in `source`: a file, or the id of a known anchor, which is fetched.

    Raises:
        FingerprintMismatch: its fingerprint is not the one given; nothing was added.
        PinContradicted: the fingerprint given is not the one known of this anchor.
        AnchorNotPublished: of this anchor no address is known.
        FileUnreadable, FetchFailed, TrustUnreadable, NoAuthority, TrustNotWritten.
    """
    known = known_anchor(source)
    if known is not None:
        if known.sha256 and plain_fingerprint(fingerprint) != known.sha256:
            raise PinContradicted(name=known.id, known=known.sha256, given=plain_fingerprint(fingerprint))
        if not known.url:
            raise AnchorNotPublished(name=known.id)
        data = _fetcher(sohoa).get(known.url)
    else:
        try:
            data = Path(source).read_bytes()
        except OSError as error:
            raise FileUnreadable from error
    listed = sohoa.signatories.folder.add(data, fingerprint)
    _note(sohoa, "trust.added", listed, actor)
    return listed


def remove(sohoa: Sohoa, fingerprint: str, *, actor: str) -> Listed:
    """Trust this certificate no more. Raises CertificateUnknown, TrustNotWritten."""
    listed = sohoa.signatories.folder.remove(fingerprint)
    _note(sohoa, "trust.removed", listed, actor)
    return listed


def add_list(sohoa: Sohoa, path: Path, *, actor: str) -> Listed | None:
    """Take in a revocation list that was brought by hand; None when ours is as new. Raises ListRefused, FileUnreadable."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileUnreadable from error
    listed = sohoa.signatories.folder.put_list(data, _authorities(sohoa.signatories.trust()))
    if listed is not None:
        _note(sohoa, "trust.list_added", listed, actor)
    return listed


def refresh(sohoa: Sohoa, *, actor: str) -> Refreshed:
    """Fetch the revocation lists of every authority we rely on, and issuing certificates that are missing.

    Raises:
        RevocationRunsOut: a list is out of force and its newer one could not be had.
    """
    work = _Refresh(sohoa)
    work.run()
    done = work.result()
    if done.fresh:
        with sohoa.database.transaction() as uow:
            names = {one.name: one.sha256 for one in done.fresh}
            uow.ledger.append("trust.refreshed", "trust", actor, {"fresh": names, "failed": len(done.failed)})
    if done.stale and done.failed:
        url, error = done.failed[0]
        raise RevocationRunsOut(names=", ".join(one.name for one in done.stale), url=url, why=error.code)
    return done


def export(sohoa: Sohoa, folder: Path) -> tuple[str, ...]:
    """Write everything we trust, revocation lists too, into `folder`, for `sohoa verify --trust` without a network."""
    out = TrustFolder(folder)
    store = sohoa.signatories.trust()
    for der in store.roots + store.intermediates:
        out.add(der, sha256(der).hexdigest())
    for der in store.crls:
        out.put_list(der, _authorities(store), expired_too=True)
    for answer in sohoa.signatories.folder.answers():
        out.put_answer(answer)
    return tuple(one.file for one in out.listed())


def _note(sohoa: Sohoa, event: str, listed: Listed, actor: str) -> None:
    with sohoa.database.transaction() as uow:
        details: dict[str, object] = {"kind": listed.kind, "name": listed.name, "sha256": listed.sha256}
        uow.ledger.append(event, f"trust:{listed.sha256[:16]}", actor, details)


def _authorities(store: TrustStore) -> tuple[bytes, ...]:
    return (*store.roots, *store.intermediates)


def _fetcher(sohoa: Sohoa) -> Fetcher:
    trust = sohoa.settings.trust
    return Fetcher(trust.timeout_seconds, trust.max_bytes, hosts_of(trust.crl_urls))


class _Refresh:
    """One refresh under way."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa, self._folder = sohoa, sohoa.signatories.folder
        self._fetcher = _fetcher(sohoa)
        self._fresh: list[Listed] = []
        self._failed: list[tuple[str, CodedError]] = []
        self._unchanged = 0

    def run(self) -> None:
        """Issuers first: lists are taken only when we know who signed them."""
        certificates = list(dict.fromkeys(self._ours()))
        for certificate in certificates:
            try:
                self._issuers(certificate)
            except TrustUnreadable as error:
                self._failed.append((sha256(certificate).hexdigest()[:16], error))
        store = self._sohoa.signatories.trust()
        # An authority that is not accepted may write any address into its certificate: only what leads to a root of ours counts.
        ours = [one for one in certificates if self._leads_home(one, certificates, store)]
        urls = [url for one in (*ours, *store.intermediates) for url in list_urls(one)]
        for url in dict.fromkeys((*urls, *self._sohoa.settings.trust.crl_urls)):
            self._list(url)
        self._ask(certificates)

    def _leads_home(self, certificate: bytes, brought: list[bytes], store: TrustStore) -> bool:
        try:
            return bool(line_home(certificate, tuple(brought), store))
        except TrustUnreadable:
            return False

    def result(self) -> Refreshed:
        """What came of it."""
        now = datetime.now(UTC)
        stale = [one for one in self._folder.listed() if one.kind is Kind.CRL and not one.in_force(now)]
        return Refreshed(tuple(self._fresh), self._unchanged, tuple(self._failed), tuple(stale))

    def _ours(self) -> Iterable[bytes]:
        """The certificates of our keys and of the authorities that tell us the time."""
        signatories = self._sohoa.signatories
        for role, key, away in (
            (Role.PERSONAL, signatories.personal, signatories.at_desk(Role.PERSONAL)),
            (Role.PERSONAL, signatories.certifier, signatories.certifier_at_desk),
            (Role.AGENCY, signatories.agency, signatories.at_desk(Role.AGENCY)),
        ):
            if away:
                continue
            try:
                opened = key()
            except CodedError as error:
                self._failed.append((role.value, error))
                continue
            yield from (opened.certificate, *opened.chain)
        if signatories.authorities is not None:
            yield from signatories.authorities.certificates()

    def _ask(self, certificates: list[bytes]) -> None:
        """Answers about our own certificates, where no list is in force: a revocation is known within the hour."""
        standing = self._sohoa.signatories.standing
        before = {one.file: one.sha256 for one in self._folder.listed() if one.kind is Kind.OCSP}
        for certificate in (one for one in certificates if not parsed.certificate(one).ca):
            faults = standing.renew(certificate, tuple(certificates)) if standing else ()
            name = signer_name(parsed.certificate(certificate))
            self._failed += [(name, RevocationUnanswered(signer=name, reason="TRY_LATER", why=why)) for why in faults]
        now = [one for one in self._folder.listed() if one.kind is Kind.OCSP]
        self._fresh += [one for one in now if before.get(one.file) != one.sha256]

    def _issuers(self, certificate: bytes) -> None:
        """Fetch what stands between `certificate` and a root of ours, if it is missing. Kept only when the line is whole."""
        line: list[bytes] = []
        for _ in range(_MOST_LINKS):
            if parsed.certificate(certificate).self_signed != "no":
                return
            if issued_by(certificate, _authorities(self._sohoa.signatories.trust())):
                self._fresh += [self._folder.add(der, sha256(der).hexdigest()) for der in line]
                return
            found = self._issuer(certificate)
            if found is None:
                return
            line.append(found)
            certificate = found

    def _issuer(self, certificate: bytes) -> bytes | None:
        for url in issuer_urls(certificate):
            try:
                found = issued_by(certificate, certificates_in(self._fetcher.get(url)))
            except (FetchFailed, TrustUnreadable) as error:
                self._failed.append((masked_url(url), error))
                continue
            if found is not None:
                return found
        return None

    def _list(self, url: str) -> None:
        try:
            taken = self._folder.put_list(self._fetcher.get(url), _authorities(self._sohoa.signatories.trust()))
        except (FetchFailed, ListRefused) as error:
            self._failed.append((masked_url(url), error))
            return
        if taken is None:
            self._unchanged += 1
        else:
            self._fresh.append(taken)
