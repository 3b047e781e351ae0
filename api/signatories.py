"""Who signs here, who tells the time, and whom we believe: keys, time-stampers and trust as the settings name them.

The only place that decides between demonstration keys and real ones. Everything that signs or judges asks here, so that a
deployment changes keys without a line of code.
"""

from __future__ import annotations

from dataclasses import dataclass

from signing.demo_pki import DemoPki
from signing.keys import SealKey
from signing.timestamps import Timestamper
from signing.trust import TrustStore


@dataclass(frozen=True, slots=True)
class Signatories:
    """Keys and trust in effect. One per process; share it."""

    demo: DemoPki

    def personal(self) -> SealKey:
        """The key that signs digitised copies (the clerk's personal signature, Circular 01/2023 Art. 8)."""
        return self.demo.clerk()

    def agency(self) -> SealKey:
        """The agency's key (văn thư): sao y and certified copies."""
        return self.demo.agency()

    def timestamper(self) -> Timestamper:
        """Who gives time-stamps."""
        return self.demo.timestamper()

    def trust(self) -> TrustStore:
        """Roots, intermediates and revocation lists that verdicts rest on."""
        return self.demo.trust()
