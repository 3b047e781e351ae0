"""What the browser tests share: a product of their own for each file, and Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.world.site import Site, chromium, running_site


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of `site`."""
    return tmp_path_factory.mktemp("site") / "data"


@pytest.fixture(scope="module")
def site(data: Path) -> Iterator[Site]:
    """A running product with nothing in it."""
    with running_site(data) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as opened:
        yield opened
