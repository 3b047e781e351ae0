"""schemathesis over the whole description of the API: no answer of 500 and above, none that the description does not name.

Few examples a route here; `make fuzz` takes many (`SOHOA_TEST_FUZZ_EXAMPLES`). The requests come from an administrator, whom no
rule of permission stops; papers, a record and a certification are there to be found.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from api.access.permissions import Role
from storage.registers import RegisterKind
from tests.unit.api.test_certification_door import OPTIONS, ask
from tests.world.door import Door, open_door, put_paper, put_record
from tests.world.working import put_worker

EXAMPLES = int(os.environ.get("SOHOA_TEST_FUZZ_EXAMPLES", "3"))
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance)
ENDLESS = {"/v1/batches/{batch_id}/events"}
"""Goes on while work is under way, so it has a test of its own."""


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("openapi"), certification=OPTIONS, unit="H00") as opened:
        with opened.sohoa.database.transaction() as uow:
            uow.registers.open("H00", RegisterKind.ELECTRONIC, "SCTĐT/BS", "van-thu")
        put_worker(opened.sohoa, silent_seconds=-3600)
        put_paper(opened.sohoa)
        put_record(opened.sohoa)
        ask(opened)
        yield opened


def operations(door: Door) -> list[Any]:
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", door.app, headers={"Host": "testserver"})
    found = [result.ok() for result in schema.get_all_operations()]
    return [one for one in found if one.path not in ENDLESS]


def test_every_answer_is_one_that_is_documented(door: Door) -> None:
    headers = {"Authorization": f"Bearer {door.tokens[Role.ADMIN]}", "Host": "testserver"}
    wrong: dict[str, str] = {}
    found = operations(door)
    for operation in found:

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def asked(case: Any) -> None:
            response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS)

        try:
            asked()
        except Exception as error:  # noqa: BLE001 - every failure is collected, whatever it is
            wrong[operation.label] = str(error)[:1500]
    assert not wrong, "\n\n".join(f"{label}: {why}" for label, why in wrong.items())
    assert len(found) > 40
