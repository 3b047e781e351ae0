"""Whom a verification outside the running service believes: what was named on the command line, or what is configured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from api.settings import Settings
from signing.report.schema import TrustReport
from signing.trust import TrustStore
from signing.trust_folder import TrustFolder

DEMO_FOLDER = Path("demo-pki", "trust")


@dataclass(frozen=True, slots=True)
class Trusted:
    """The store verdicts rest on, and where it came from."""

    store: TrustStore
    sources: tuple[str, ...]
    demo: bool

    def report(self) -> TrustReport:
        """As it stands in a report."""
        return TrustReport(demo=self.demo, sources=self.sources, roots_sha256=self.store.fingerprints())

    def fingerprint(self) -> str:
        """SHA-256 over everything that is believed or known of revocation; verdicts of another fingerprint may differ."""
        parts = [sha256(der).digest() for group in self._groups() for der in sorted(group)]
        return sha256(b"".join(parts)).hexdigest()

    def _groups(self) -> tuple[tuple[bytes, ...], ...]:
        return (self.store.roots, self.store.intermediates, self.store.crls, self.store.ocsps)


def given(paths: Sequence[Path]) -> Trusted:
    """The store made of the files and folders named; raises TrustUnusable."""
    store = TrustStore()
    for path in paths:
        store = store.merged(TrustFolder(path).store() if path.is_dir() else TrustStore.from_pem([path]))
    return Trusted(store, tuple(str(path) for path in paths), demo=False)


def configured(settings: Settings) -> Trusted:
    """The trust folder and, where the settings believe it and it exists, the demonstration root.

    Nothing is made by verifying: without a first start there is no demonstration root.
    """
    folder = TrustFolder(settings.trust_folder)
    store, sources = folder.store(), [str(folder.path)] if folder.path.is_dir() else []
    demo = settings.data_dir / DEMO_FOLDER
    believed = settings.trust.demo == "yes" or (settings.trust.demo == "auto" and not settings.keys.real)
    trusts_demo = believed and demo.is_dir()
    if trusts_demo:
        store = store.merged(TrustStore.load(demo))
        sources.append(str(demo))
    return Trusted(store, tuple(sources), demo=trusts_demo)
