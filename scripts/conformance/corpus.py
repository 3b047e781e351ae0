"""The files that all judges see: our test table (valid files of many makers, attacks) and files sealed by ourselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from signing import demo_pki
from signing.demo_pki import DemoPki
from signing.model import TIME, Level, Mark, Reserved, Role, SealKind, SealRequest
from signing.renew import renew
from signing.seal import seal
from signing.trust import TrustStore
from tests.unit.signing.world import World, make_world, paint
from tests.world.signed.attacks import ATTACKS
from tests.world.signed.valid import VALID


@dataclass(frozen=True)
class Sample:
    """One file with its name in the table."""

    name: str
    kind: str
    """`valid`, `attack` or `sealed`."""
    path: Path


@dataclass(frozen=True)
class Corpus:
    """All samples, and whom every judge is to trust."""

    samples: tuple[Sample, ...]
    trust: TrustStore


def make(folder: Path) -> Corpus:
    """Write all files into `folder`, numbered, with one trust store for all of them; lists of revocation are of this minute."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.pdf"):
        old.unlink()
    world, pki = make_world(folder / "world"), demo_pki.ensure(folder / "pki")
    samples = [*_table(folder, "valid", VALID, world), *_table(folder, "attack", ATTACKS, world), *_sealed(folder, pki)]
    now = datetime.now(UTC).replace(microsecond=0)
    fresh = world.trusting(world.root.crl(start=now), world.issuing.crl(start=now))
    return Corpus(tuple(samples), fresh.merged(pki.trust()))


def _table(folder: Path, kind: str, table: dict[str, tuple[Callable[[World], bytes], object]], world: World) -> list[Sample]:
    found = []
    for number, (name, (write, _)) in enumerate(table.items()):
        path = folder / f"{kind}-{number:03}.pdf"
        path.write_bytes(write(world))
        found.append(Sample(name, kind, path))
    return found


def _sealed(folder: Path, pki: DemoPki) -> list[Sample]:
    """Our own files: each level, two signers, certified and visible, renewed twice."""
    source, found = paint(folder / "source.pdf", pages=2), []
    for number, level in enumerate(Level):
        path = folder / f"sealed-{number:03}.pdf"
        request = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Clerk", level=level)
        seal(source, path, request, pki.clerk(), pki.trust(), pki.timestamper())
        found.append(Sample(f"one signature, {level.value}", "sealed", path))
    certified, both, once, twice = (folder / f"sealed-{number:03}.pdf" for number in range(10, 14))
    mark = Mark(("Người ký thử nghiệm", f"Thời gian ký: {TIME}"))
    first = SealRequest(
        SealKind.CERTIFIED_COPY, Role.PERSONAL, "Personal", mark=mark, certify=True, reserve=(Reserved("Agency", mark),)
    )
    seal(source, certified, first, pki.clerk(), pki.trust(), pki.timestamper())
    second = SealRequest(SealKind.CERTIFIED_COPY, Role.AGENCY, "Agency", mark=mark, level=Level.B_LTA)
    seal(certified, both, second, pki.agency(), pki.trust(), pki.timestamper())
    renew(both, once, pki.trust(), pki.timestamper())
    renew(once, twice, pki.trust(), pki.timestamper())
    source.unlink()
    names = ("certified, visible", "certified and sealed, visible, B-LTA", "the same, renewed", "the same, renewed twice")
    return found + [Sample(name, "sealed", path) for name, path in zip(names, (certified, both, once, twice), strict=True)]


def write_trust(trust: TrustStore, folder: Path) -> Path:
    """The trust store as files: root-N.der, between-N.der, list-N.crl."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for kind, blobs, end in (("root", trust.roots, "der"), ("between", trust.intermediates, "der"), ("list", trust.crls, "crl")):
        for number, blob in enumerate(blobs):
            (folder / f"{kind}-{number}.{end}").write_bytes(blob)
    return folder
