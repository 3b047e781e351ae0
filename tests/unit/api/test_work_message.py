"""What a worker does with a message while its database is away."""

from __future__ import annotations

import logging
from typing import Any, cast

import pytest

from api.pipeline.engine import Pipeline
from api.worker.celery_app import add_task
from api.worker.messages import WORK, make_celery
from storage.errors import StoreUnavailable


class Away:
    """A pipeline whose database does not answer."""

    def work(self) -> bool:
        raise StoreUnavailable(what="database")


def test_a_database_that_is_away_is_a_warning_and_no_failed_task(caplog: pytest.LogCaptureFixture) -> None:
    app = make_celery("")
    add_task(app, cast("Pipeline", Away()))
    task: Any = app.tasks[WORK]
    with caplog.at_level(logging.WARNING):
        task()
    assert "storage.unavailable" in caplog.text
    app.close()
