from __future__ import annotations

from pathlib import Path

import pytest

from signing import demo_pki
from signing.demo_pki import DemoPki
from signing.model import Role, SealKind, SealRequest
from signing.seal import seal
from tests.unit.signing.world import World, make_world, paint


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DemoPki:
    return demo_pki.ensure(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unsigned two-page PDF."""
    return paint(tmp_path_factory.mktemp("plain") / "plain.pdf", pages=2)


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory, plain: Path, pki: DemoPki) -> Path:
    """The same, sealed by the demonstration clerk at B-LT."""
    out = tmp_path_factory.mktemp("sealed") / "sealed.pdf"
    seal(plain, out, clerk_request(), pki.clerk(), pki.trust(), pki.timestamper())
    return out


def clerk_request(field: str = "Clerk") -> SealRequest:
    return SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, field, reason="Số hóa")
