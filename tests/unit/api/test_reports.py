"""Reports at every door: the same numbers on the page, as JSON, as CSV and from the command line, each unit its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.access.permissions import Role
from api.access.tokens import issue
from api.reports.counting import BadPeriod, ReportDesk, months_to, span_of
from api.web.charts import percent_bars
from signing.report import VIETNAM
from storage.dossiers import ComponentState
from tests.contract.test_dossiers import component, dossier
from tests.world.door import Door, open_door

NOVEMBER = datetime(2026, 11, 10, 9, tzinfo=VIETNAM)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Unit H00 received four dossiers in November (two digitised whole), unit H99 one."""
    with open_door(tmp_path_factory.mktemp("reports"), unit="H00") as opened:
        with opened.sohoa.database.transaction() as uow:
            for number in range(5):
                code, whole = f"H00-261110-000{number}", number < 2
                made = dossier(
                    code=code, unit="H99" if number == 4 else "H00", received_at=NOVEMBER, result_link="x" if whole else ""
                )
                part = component("TP.1", dossier=code, record="k" if whole else "", state=ComponentState.DIGITISED)
                uow.dossiers.add(made, (part,))
        yield opened


def of_unit(door: Door, role: Role, unit: str) -> TestClient:
    secret = issue(door.sohoa.database, f"{role}-{uuid4().hex}", role, unit=unit)
    return TestClient(door.app, headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False)


def indicator(part: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in part["indicators"] if one["code"] == code)
    return found


def test_the_feed_has_every_unit_within_reach_and_no_more(door: Door) -> None:
    everything = door.client(Role.ADMIN).get("/v1/reports/2026-11").json()
    assert (everything["format"], everything["period"], everything["rules_verified"]) == ("sohoa.report/1", "2026-11", False)
    assert [part["unit"] for part in everything["units"]] == ["H00", "H99"]
    assert indicator(everything["total"], "4.2") == {
        "code": "4.2", "name": "Hồ sơ được số hóa cả thành phần và kết quả", "numerator": 2, "denominator": 5, "percent": 40.0,
        "points": 2.0, "points_max": 4.0,
    }  # fmt: skip
    own = of_unit(door, Role.OFFICER, "H00")
    mine = own.get("/v1/reports/2026-11").json()
    assert [part["unit"] for part in mine["units"]] == ["H00"]
    assert indicator(mine["total"], "4.2")["percent"] == 50.0
    assert own.get("/v1/reports/2026-11?unit=H99").status_code == 404
    assert own.get("/v1/reports/2026-11/dossiers?indicator=4.2&unit=H99").status_code == 404
    assert own.get("/v1/reports/2026-11.csv?unit=H99").status_code == 404
    assert of_unit(door, Role.CLERK, "H00").get("/v1/reports/2026-11").status_code == 403


def test_a_month_without_dossiers_says_so(door: Door) -> None:
    empty = door.client(Role.ADMIN).get("/v1/reports/2026-10").json()
    one = indicator(empty["total"], "4.2")
    assert (one["percent"], one["points"], empty["units"]) == (None, None, [])


def test_numbers_lead_to_their_dossiers(door: Door) -> None:
    client = of_unit(door, Role.OFFICER, "H00")
    address = "/v1/reports/2026-11/dossiers?indicator=4.2"
    assert client.get(f"{address}&part=counted").json() == {"total": 2, "dossiers": ["H00-261110-0001", "H00-261110-0000"]}
    assert client.get(address).json() == {"total": 2, "dossiers": ["H00-261110-0003", "H00-261110-0002"]}
    assert client.get("/v1/reports/2026-11/dossiers?indicator=9.9").status_code == 404
    assert client.get("/v1/reports/2026-13").status_code == 422


def test_the_csv_opens_in_a_spreadsheet(door: Door) -> None:
    answer = door.client(Role.AUDITOR).get("/v1/reports/2026-11.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Kỳ", "Đơn vị", "Mã"]
    assert ["2026-11", "H00", "4.2", "Hồ sơ được số hóa cả thành phần và kết quả", "2", "4", "50.0", "2.5", "4.0"] in rows
    assert any(row[6] == "N/A" for row in list(csv.reader(io.StringIO(
        door.client(Role.AUDITOR).get("/v1/reports/2026-10.csv").content.decode("utf-8-sig")
    ))))  # fmt: skip


def test_the_page_shows_them_and_links_each_number(door: Door) -> None:
    browser = door.browser(Role.AUDITOR)
    text = browser.get("/reports?period=2026-11").text
    assert "Báo cáo 2026-11" in text
    assert "/reports/dossiers?period=2026-11&amp;unit=&amp;indicator=4.2&amp;part=missing" in text
    assert "<svg" in text
    behind = browser.get("/reports/dossiers?period=2026-11&indicator=4.2&part=missing").text
    assert 'href="/dossiers/H00-261110-0003"' in behind
    assert "3 hồ sơ" in behind
    assert "Không có hồ sơ nào." in browser.get("/reports/dossiers?period=2026-11&indicator=late").text
    assert browser.get("/reports?period=<script>").status_code == 200
    assert browser.get("/reports/dossiers?period=2026-11&indicator=9.9").status_code == 404
    assert door.browser(Role.CLERK).get("/reports").status_code == 403


def test_periods() -> None:
    assert span_of("2026-12").before == span_of("2027-01").first == datetime(2027, 1, 1, tzinfo=VIETNAM)
    assert span_of("2026").first == datetime(2026, 1, 1, tzinfo=VIETNAM)
    assert months_to("2026-02", 3) == ("2025-12", "2026-01", "2026-02")
    assert months_to("2026", 2) == ("2026-11", "2026-12")
    for wrong in ("", "2026-13", "26-11", "2026-1", "2026-11-01"):
        with pytest.raises(BadPeriod):
            span_of(wrong)


def test_the_course_of_the_months_is_drawn(door: Door) -> None:
    trend = dict(ReportDesk(door.sohoa).report("2026-11").trend)
    assert (trend["2026-11"], trend["2026-10"], len(trend)) == (40.0, None, 12)
    chart = percent_bars([("a", 50.0), ("b", None), ("c", 150.0)])
    assert [(bar.value, bar.height > 0) for bar in chart.bars] == [("50", True), ("", False), ("150", True)]
    assert chart.bars[2].y >= 0
