"""Who signs here, who tells the time, and whom we believe: keys, time-stampers and trust as the settings name them.

The only place that decides between demonstration keys and real ones. Everything that signs or judges asks here, so that a
deployment changes keys without a line of code.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from api.options import TrustOptions
from api.settings import Settings
from api.signatures.key_ring import KeyRing
from api.signatures.options import Holder
from api.watch.services import WatchedResponders, WatchedTimestamper
from signing.authorities import HttpTimestamper, Limits
from signing.chain import Purpose, stamps_time
from signing.demo_pki import DemoPki, ensure
from signing.errors import TimestampNotConfigured
from signing.keys import SealKey
from signing.model import Level, Role
from signing.ocsp import Patience
from signing.standing import Standing
from signing.timestamps import Timestamper
from signing.trust import TrustStore
from signing.trust_errors import RevocationUnanswered
from signing.trust_folder import TrustFolder


class _NobodyTellsTime:
    """Stands where real keys have no time-stamp authority: asked only when a level needs a time-stamp, and then it says so."""

    def token(self, digest: bytes, algorithm: str) -> bytes:
        """Never one."""
        del digest, algorithm
        raise TimestampNotConfigured


@dataclass(frozen=True)
class Signatories:
    """Keys, time and trust in effect. One per process; share it."""

    demo: DemoPki
    folder: TrustFolder
    trusting: TrustOptions = field(default_factory=TrustOptions)
    authorities: HttpTimestamper | None = None
    """The configured time-stamp authorities, or None."""
    ring: KeyRing | None = None
    """The keys the settings name; None: the demonstration keys."""
    real_keys: bool = False
    """Whether any key in use is a real one: then nothing of the demonstration stands in for anything."""
    certifying: KeyRing | None = None
    """Opens the certifier's key where it is another than the clerk's."""
    standing: Standing | None = None
    """Asks OCSP responders where no revocation list is in force; None: lists are all there is."""

    @classmethod
    def of(cls, settings: Settings) -> Signatories:
        """As the settings name them; the demonstration authority is made where it is missing."""
        folder = TrustFolder(settings.trust_folder)
        demo = ensure(settings.data_dir / "demo-pki")
        real_keys, ring = settings.keys.real, KeyRing(settings.keys, demo, settings.data_dir)
        certifier = settings.keys.of_certifier
        certifying = KeyRing(certifier, demo, settings.data_dir) if certifier else None
        without_time = cls(demo, folder, settings.trust, real_keys=real_keys)
        tsa = settings.tsa
        limits = Limits(
            timeout_seconds=tsa.timeout_seconds,
            rest_seconds=tsa.rest_seconds,
            most_requests=tsa.most_requests,
            per_seconds=tsa.per_seconds,
            skew_seconds=tsa.skew_seconds,
        )
        patience = Patience(settings.trust.ocsp_timeout_seconds, settings.trust.ocsp_rest_seconds)
        standing = Standing(folder, without_time.trust, WatchedResponders(patience))
        asked = WatchedTimestamper(tsa.urls, without_time.trust, limits, refill=standing.ensure) if tsa.urls else None
        return cls(demo, folder, settings.trust, asked, ring, real_keys, certifying, standing)

    def at_desk(self, role: Role) -> bool:
        """Whether the key of this role is with its owner, so that documents wait for a signature made elsewhere."""
        return self.ring is not None and self.ring.holder(role) is Holder.DESK

    def personal(self) -> SealKey:
        """The key that signs digitised copies (the clerk's personal signature, Circular 01/2023 Art. 8).

        Raises KeyAtDesk when its owner holds it, and whatever opening it raises.
        """
        return self.ring.key(Role.PERSONAL) if self.ring else self.demo.clerk()

    def certifier(self) -> SealKey:
        """The key of who certifies copies: a setting of its own, else the personal one; raises as `personal` does."""
        return self.certifying.key(Role.PERSONAL) if self.certifying else self.personal()

    @property
    def certifier_at_desk(self) -> bool:
        """Whether the certifier keeps their key themselves."""
        if self.certifying is not None:
            return self.certifying.holder(Role.PERSONAL) is Holder.DESK
        return self.at_desk(Role.PERSONAL)

    @property
    def any_at_desk(self) -> bool:
        """Whether anything may wait for a signature made at its owner's desk."""
        return self.at_desk(Role.PERSONAL) or self.at_desk(Role.AGENCY) or self.certifier_at_desk

    def agency(self) -> SealKey:
        """The agency's key (văn thư): sao y and certified copies; raises as `personal` does."""
        return self.ring.key(Role.AGENCY) if self.ring else self.demo.agency()

    def timestamper(self) -> Timestamper:
        """Who gives time-stamps: the configured authorities, or with demonstration keys the demonstration one.

        With real keys and none configured its `token` raises TimestampNotConfigured: the document waits.
        """
        if self.authorities is not None:
            return self.authorities
        return _NOBODY if self.real_keys else self.demo.timestamper()

    def time_at_hand(self, level: Level) -> None:
        """Raise at once, before any work is done in vain, when `level` needs a time-stamp and none is to be had now.

        Raises:
            TimestampPending: every authority is resting after a failure or may not be asked again yet.
            TimestampNotConfigured: the keys are real and no authority is named.
        """
        if level is Level.B_B:
            return
        if self.authorities is not None:
            self.authorities.at_hand()
        elif self.real_keys:
            raise TimestampNotConfigured

    @property
    def trusts_demo(self) -> bool:
        """Whether the demonstration root is believed."""
        return self.trusting.demo == "yes" or (self.trusting.demo == "auto" and not self.real_keys)

    def trust_to_sign(self, *keys: SealKey) -> TrustStore:
        """What is trusted, with revocation data in force for `keys` and for the time-stamp authorities.

        OCSP responders are asked where no list tells (Circular 15/2025 Art. 5). Only before signing: judging takes `trust`,
        which asks nobody. Raises RevocationUnanswered: nothing may be signed with one of the keys now.
        """
        if self.standing is None:
            return self.trust()
        for key in keys:
            self.standing.ensure(key.certificate, key.chain, Purpose.SIGNATURE)
        known = self.authorities.certificates() if self.authorities else ()
        for certificate in filter(stamps_time, known):
            # Another authority may do: asking for the token decides.
            with suppress(RevocationUnanswered):
                self.standing.ensure(certificate, known, Purpose.TIMESTAMP)
        return self.standing.trust_of(*(key.certificate for key in keys))

    def trust(self) -> TrustStore:
        """Roots, intermediates and revocation lists that verdicts rest on, as they are now (a refresh shows at once)."""
        kept = self.folder.store()
        return kept.merged(self.demo.trust()) if self.trusts_demo else kept


_NOBODY = _NobodyTellsTime()
