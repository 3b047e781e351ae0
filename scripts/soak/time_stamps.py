"""A time-stamp authority with moods, on the tests' own server."""

from __future__ import annotations

from asn1crypto import tsp

from signing.demo_pki import DemoPki
from tests.world.timestamp_site import TimestampSite

GOOD = "good"


class MoodyAuthority(TimestampSite):
    """One address; what it answers is its mood (see `tests.world.timestamp_site.FAULTS`)."""

    def __init__(self, pki: DemoPki) -> None:
        super().__init__(pki._key("tsa"), pki.clerk())  # noqa: SLF001 - the demonstration authority's own stamp
        self.mood = GOOD
        self.met = 0

    def answer(self, kind: str, request: tsp.TimeStampReq) -> tuple[int, bytes]:
        """As the mood is, whatever the path."""
        del kind
        self.met += self.mood != GOOD
        return super().answer(self.mood, request)

    def set_mood(self, mood: str) -> None:
        """From now on; whoever was kept waiting is let go."""
        self.mood = mood
        self.release.set()
        if mood == "hang":
            self.release.clear()
