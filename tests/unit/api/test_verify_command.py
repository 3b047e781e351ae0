"""`sohoa verify` as people type it: rightly and wrongly, in both languages."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pytest

from api.cli.exit_codes import ExitCode
from api.cli.main import main
from signing import demo_pki
from signing.demo_pki import DemoPki
from signing.model import Role, SealKind, SealRequest
from signing.report.schema import VerificationReport, schema_text
from signing.seal import seal


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DemoPki:
    return demo_pki.ensure(tmp_path_factory.mktemp("data") / "demo-pki")


@pytest.fixture(scope="module")
def files(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """good.pdf, altered.pdf, unsigned.pdf."""
    folder = tmp_path_factory.mktemp("files")
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(folder / "unsigned.pdf")
    request = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Clerk")
    seal(folder / "unsigned.pdf", folder / "good.pdf", request, pki.clerk(), pki.trust(), pki.timestamper())
    data = bytearray((folder / "good.pdf").read_bytes())
    data[data.index(b"MediaBox") + 12] ^= 1
    (folder / "altered.pdf").write_bytes(bytes(data))
    return folder


@pytest.fixture(autouse=True)
def surroundings(pki: DemoPki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_DATA_DIR", str(pki.folder.parent))


def verify(*arguments: str | Path) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["verify", *map(str, arguments)])
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["good.pdf"], 0),
        (["altered.pdf"], 1),
        (["unsigned.pdf"], 3),
        (["missing.pdf"], 4),
        (["good.pdf", "unsigned.pdf"], 3),
        (["good.pdf", "unsigned.pdf", "altered.pdf"], 1),
        ([], 2),
    ],
)
def test_exit_codes(names: list[str], code: int, files: Path) -> None:
    assert verify(*(files / name for name in names)).code == code


def test_json_is_the_documented_report(files: Path) -> None:
    ran = verify(files / "good.pdf", files / "missing.pdf", "--json", "--lang", "en")
    report = VerificationReport.model_validate_json(ran.out, strict=True)
    assert report.trust.demo
    assert [getattr(one, "headline", "") for one in report.files] == ["Valid", ""]
    assert verify("--schema").out == schema_text()
    assert json.loads(verify("--schema", "--lang", "en").out)["title"] == "VerificationReport"


def test_integrity_is_said_although_nobody_is_trusted(files: Path, tmp_path: Path) -> None:
    ran = verify(files / "good.pdf", "--trust", tmp_path)
    assert ran.code == ExitCode.INDETERMINATE
    assert "Nội dung được ký toàn vẹn." in ran.out


def test_wrong_settings_do_not_stop_it_when_the_trust_is_named(
    files: Path, pki: DemoPki, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOHOA_PORTT", "1")
    refused = verify(files / "good.pdf")
    assert refused.code == ExitCode.CONFIG
    ran = verify(files / "good.pdf", "--trust", pki.folder / "trust")
    assert ran.code == ExitCode.OK
    assert "SOHOA_PORTT" in ran.err
    # sealing needs the settings: there it stops
    assert (
        verify(files / "good.pdf", "--trust", pki.folder / "trust", "--report", "x.pdf", "--seal", "agency").code
        == ExitCode.CONFIG
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seal", "agency"], "--report"),
        (["--report", "r.docx"], ".pdf"),
        (["--report", "r.html", "--seal", "personal"], "PDF"),
        (["--seal", "nobody", "--report", "r.pdf"], "--seal"),
        (["--report", "r.pdf", "--batch", "out"], "--batch"),
    ],
)
def test_what_cannot_be_is_wrong_use(
    arguments: list[str], said: str, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for lang in ("vi", "en"):
        ran = verify(files / "good.pdf", *arguments, "--lang", lang)
        assert ran.code == ExitCode.USAGE
        assert said in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_report_never_overwrites_what_it_reports_on(files: Path) -> None:
    before = (files / "good.pdf").read_bytes()
    assert verify(files / "good.pdf", "--report", files / "good.pdf").code == ExitCode.USAGE
    assert (files / "good.pdf").read_bytes() == before
    assert verify(files, "--lang", "en").code == ExitCode.USAGE
    assert "--batch" in verify(files).err


def test_reports_go_into_a_folder_one_for_each_file(files: Path, tmp_path: Path) -> None:
    assert verify(files / "good.pdf", files / "altered.pdf", "--report", tmp_path).code == ExitCode.FAILED
    assert sorted(one.name for one in tmp_path.iterdir()) == ["altered.pdf.report.pdf", "good.pdf.report.pdf"]
    assert verify(files / "good.pdf", files / "altered.pdf", "--report", tmp_path / "one.pdf").code == ExitCode.USAGE
    assert verify(files / "good.pdf", "--report", tmp_path / "none" / "r.html").code == ExitCode.UNAVAILABLE
    assert verify(files / "good.pdf", "--report", tmp_path / "r.html", "--lang", "en").code == ExitCode.OK
    assert "Digital signature verification report" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_pages_are_drawn_on_demand(files: Path, pki: DemoPki, tmp_path: Path) -> None:
    twice = tmp_path / "twice.pdf"
    request = SealRequest(SealKind.DIGITISED_COPY, Role.AGENCY, "Agency")
    seal(files / "good.pdf", twice, request, pki.agency(), pki.trust(), pki.timestamper())
    ran = verify(twice, files / "good.pdf", files / "unsigned.pdf", "--render", "--json")
    first, second, third = (one["rendering"] for one in json.loads(ran.out)["files"])
    assert (first["drawn"], first["not_drawn"], first["pages"]) == (["Clerk"], [], [])
    assert "giống lúc ký" in first["message"]
    assert second["drawn"] == []
    assert third is None
    assert json.loads(verify(twice, "--json").out)["files"][0]["rendering"] is None
    assert "So hình trang" in verify(twice, "--render").out
