"""The catalogue of procedures and the reasons: shipped files are sound, own files are checked and read again."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from storage.errors import BadCatalogue
from storage.procedures import base_code, procedure_on, procedures, procedures_on, reason_named, reasons_on

TODAY = date(2026, 11, 28)
ONE = """
version = "1"
source = "x"
[[procedures]]
code = "9.000001"
verified = false
name = { vi = "Thử", en = "Test" }
field = "F"
valid_from = 2026-01-01
returns_document = false
components = [{ code = "A", name = { vi = "Giấy", en = "Paper" }, required = true, papers = ["%s"] }]
"""


def test_the_shipped_catalogue_knows_the_procedures_with_and_without_tail() -> None:
    for code in ("2.000815", "2.000815.000.00.00.H61", " 2.000815.000.00.00.H55.02"):
        found = procedure_on(code, TODAY)
        assert found is not None
        assert found.components[0].fits("anything")
    assert procedure_on("9.999999", TODAY) is None
    assert procedure_on("2.000815", date(2015, 4, 9)) is None
    assert base_code("không phải mã") == ""
    assert len(procedures_on(TODAY)) == len(procedures().procedures)


def test_reasons_hold_in_their_days() -> None:
    assert {one.code for one in reasons_on(TODAY)} >= {"ONLINE", "SHOWN_ONLY", "OPINION", "SECRET", "SHARED_DATA", "COPY_PAPER"}
    assert "OPINION" not in {one.code for one in reasons_on(date(2024, 1, 1))}  # scanned then (Circular 01/2023 Art. 4)
    reason = reason_named("ONLINE")
    assert reason is not None
    assert reason.channels == (2,)
    assert reason_named("NEVER") is None


def test_an_own_file_is_used_and_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "procedures.toml"
    file.write_text(ONE % "generic")
    assert procedure_on("9.000001", TODAY, str(file)) is not None
    file.write_text((ONE % "generic").replace("9.000001", "9.000002"))
    os.utime(file, ns=(1, 1))
    assert procedure_on("9.000001", TODAY, str(file)) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (ONE % "no_such_type", "no_such_type"),
        ((ONE % "generic") + (ONE % "generic").split('source = "x"')[1], "holds twice"),
        ((ONE % "generic").replace("2026-01-01", "2026-01-01\nvalid_to = 2025-01-01"), "before"),
        ("version = ", "Invalid value"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "procedures.toml"
    file.write_text(text)
    with pytest.raises(BadCatalogue, match=why) as caught:
        procedures(str(file))
    assert "procedures.toml" in caught.value.message("vi")
    with pytest.raises(BadCatalogue):
        procedures(str(tmp_path / "absent.toml"))
