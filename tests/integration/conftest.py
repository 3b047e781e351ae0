"""The whole product on real servers: an empty database and bucket for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.world.fresh import bucket_on, database_on
from tests.world.servers import postgres_url, rabbitmq_url, redis_url, s3_url  # noqa: F401 - fixtures


@pytest.fixture
def own_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """A new database on the living PostgreSQL."""
    with database_on(str(request.getfixturevalue("postgres_url"))) as url:
        yield url


@pytest.fixture
def own_bucket(request: pytest.FixtureRequest) -> str:
    """A new bucket on the living S3 store."""
    return bucket_on(str(request.getfixturevalue("s3_url")))
