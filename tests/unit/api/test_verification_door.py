"""The report over HTTP: as JSON, PDF and HTML, for programs and from the page; nothing of a file is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from api.access.permissions import Role
from signing.model import Role as Signer
from signing.model import SealKind, SealRequest
from signing.report.schema import FileReport
from signing.seal import seal
from tests.world.door import Door, open_door


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("door") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def signed(door: Door, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    plain = tmp_path_factory.mktemp("signed") / "plain.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(plain)
    who = door.sohoa.signatories
    seal(plain, plain, SealRequest(SealKind.DIGITISED_COPY, Signer.PERSONAL, "A"), who.personal(), who.trust(), who.timestamper())
    return plain.read_bytes()


def scratch(door: Door) -> list[Path]:
    return list((door.sohoa.settings.data_dir / "tmp").iterdir())


def test_json_is_the_documented_report(door: Door, signed: bytes) -> None:
    answer = door.client(Role.AUDITOR).post("/v1/verify?lang=en", files={"file": ("a.pdf", signed)})
    report = FileReport.model_validate_json(answer.text, strict=True)
    assert (report.headline, report.integrity.value) == ("Valid", "intact")
    assert report.signatures[0].particulars is not None
    assert all(one.clause for one in report.signatures[0].findings)


def test_a_report_to_print(door: Door, signed: bytes) -> None:
    client = door.client(Role.AUDITOR)
    pdf = client.post("/v1/verify?report=pdf", files={"file": ("giấy khai sinh.pdf", signed)})
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert "report.pdf" in pdf.headers["content-disposition"]
    html = client.post("/v1/verify?report=html&lang=en", files={"file": ("<b>.pdf", b"no pdf")})
    assert "attachment" in html.headers["content-disposition"]
    assert "Not valid" in html.text
    assert "<b>.pdf" not in html.text
    assert client.post("/v1/verify?report=docx", files={"file": ("a.pdf", signed)}).status_code == 422
    assert scratch(door) == []


def test_the_page_gives_the_same_without_any_script(door: Door, signed: bytes) -> None:
    client = door.browser(Role.AUDITOR)
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/verify").text)
    assert found
    shown = client.post("/verify", data={"csrf": found[1]}, files={"file": ("x.pdf", signed)})
    assert "Nội dung được ký toàn vẹn." in shown.text
    assert "EN 319 102-1" in shown.text
    assert "CA gốc" in shown.text
    kept = client.post("/verify", data={"csrf": found[1], "report": "pdf"}, files={"file": ("x.pdf", signed)})
    assert kept.content.startswith(b"%PDF-")
    assert scratch(door) == []
