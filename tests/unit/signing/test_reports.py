"""The report: the JSON keeps its schema, the page says the same as the JSON, nothing in a file can break or fake it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from pydantic import ValidationError

from signing.demo_pki import DemoPki
from signing.findings import CATALOGUE, sentence
from signing.model import FileVerdict, Finding, Indication, Severity, SignatureVerdict, Topic
from signing.reasons import REASONS, phrase
from signing.report.catalogue import clause
from signing.report.html import page, visible
from signing.report.outline import Outline, outline
from signing.report.pdf import document
from signing.report.schema import (
    SCHEMA_FILE,
    FileReport,
    IntegrityState,
    TrustReport,
    VerificationReport,
    integrity_of,
    schema_text,
)
from signing.trust import TrustStore
from signing.verify import verify
from tests.world.verapdf import validate

GOLDEN = Path(__file__).with_name("golden")
SHARED = Path(os.environ.get("SOHOA_SHARED", Path(__file__).parents[4] / "shared")) / "scans" / "signed"
NOBODY = TrustReport(demo=False, sources=(), roots_sha256=())


@pytest.fixture(scope="module")
def cases(sealed: Path, pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileVerdict]:
    """A good file, the same with one byte altered, and the good one judged by somebody who trusts nobody."""
    folder = tmp_path_factory.mktemp("cases")
    data = bytearray(sealed.read_bytes())
    data[data.index(b"stream") + 30] ^= 1
    altered = folder / "altered.pdf"
    altered.write_bytes(bytes(data))
    return {
        "good": verify(sealed, pki.trust(), name="giấy khai sinh.pdf"),
        "altered": verify(altered, pki.trust(), name="giấy khai sinh.pdf"),
        "unknown-root": verify(sealed, TrustStore(), name="giấy khai sinh.pdf"),
    }


def told(verdict: FileVerdict, lang: str = "vi", trust: TrustReport = NOBODY) -> Outline:
    return outline(FileReport.of(verdict, lang), trust, lang)


def lines_of(one: Outline) -> list[str]:
    """Everything the report says, line by line."""
    lines = [one.title, one.headline, one.integrity, *(f"{name}: {value}" for name, value in one.facts)]
    lines += [f"{line.mark} {line.topic}: {line.text} ({line.clause})" for line in one.lines]
    for part in one.sections:
        lines += ["", f"{part.heading} – {part.verdict}", *(f"  {name}: {value}" for name, value in part.facts)]
        lines += [f"  {line.mark} {line.topic}: {line.text} ({line.clause})" for line in part.lines]
    return [*lines, "", *one.notes]


def steady(text: str) -> str:
    """The text without what differs from run to run: times, hashes, serial numbers, sizes."""
    text = re.sub(r"\d\d/\d\d/\d{4}( \d\d:\d\d:\d\d \+07:00)?|\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d \+07:00)?", "<time>", text)
    text = re.sub(r"(Số sê-ri|Serial number): [0-9a-f]+", r"\1: <serial>", text)
    text = re.sub(r"\b[0-9a-f]{64}\b", "<sha256>", text)
    return re.sub(r"\d+(?:\u00a0\d+)+", "<bytes>", text)


# --- JSON ----------------------------------------------------------------------------------------------------------------------


def test_the_published_schema_is_that_of_the_models() -> None:
    """`make docs` writes it anew; a field that changes its meaning needs a new version."""
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()
    schema = json.loads(schema_text())
    assert schema["$id"] == "urn:sohoa:verification-report:1"
    assert {"name", "sha256", "indication", "sub_indication", "integrity", "signatures", "findings"} <= set(
        schema["$defs"]["FileReport"]["required"]
    )


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_real_reports_obey_the_schema(cases: dict[str, FileVerdict], lang: str, tmp_path: Path, plain: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"no pdf")
    verdicts = [*cases.values(), verify(plain, TrustStore()), verify(tmp_path / "x.pdf", TrustStore())]
    report = VerificationReport(trust=NOBODY, files=tuple(FileReport.of(one, lang) for one in verdicts))
    written = json.loads(json.dumps(report.model_dump(mode="json")))
    assert VerificationReport.model_validate_json(json.dumps(written), strict=True) == report
    for name in ("sha256", "integrity", "signatures"):
        broken = json.loads(json.dumps(written))
        del broken["files"][0][name]
        with pytest.raises(ValidationError):
            VerificationReport.model_validate(broken)
    broken = written | {"surprise": 1}
    with pytest.raises(ValidationError):
        VerificationReport.model_validate(broken)


def test_particulars_are_there_and_keep_personal_numbers_out(cases: dict[str, FileVerdict]) -> None:
    report = FileReport.of(cases["good"])
    facts = report.signatures[0].particulars
    assert facts is not None
    assert (facts.key, facts.digest, facts.subfilter) == ("RSA 2048", "sha256", "ETSI.CAdES.detached")
    assert facts.anchor.startswith("CA gốc")
    assert facts.valid_from < report.checked_at < facts.valid_to
    assert facts.issuers_included
    assert facts.stamps
    assert facts.revocation
    assert facts.revocation[-1].in_file
    assert facts.covered_bytes < facts.file_bytes
    assert "CCCD" not in report.model_dump_json()
    unknown = FileReport.of(cases["unknown-root"]).signatures[0].particulars
    assert unknown is not None
    assert unknown.anchor == ""


@dataclass(frozen=True)
class DrawnPage:
    page: int
    elsewhere: float


@dataclass(frozen=True)
class Drawn:
    drawn: tuple[str, ...] = ()
    not_drawn: tuple[str, ...] = ()
    differences: tuple[DrawnPage, ...] = ()


@pytest.mark.parametrize(
    ("drawn", "said", "pages"),
    [
        (Drawn(), "không có gì để so", ()),
        (Drawn(("A",), (), (DrawnPage(0, 0.0),)), "giống lúc ký", ()),
        (Drawn(("A", "B"), ("C",), (DrawnPage(4, 0.1), DrawnPage(1, 0.2), DrawnPage(4, 0.3))), "Trang 2, 5", (2, 5)),
        (Drawn(("A",), ("C",)), "(C)", ()),
    ],
)
def test_what_drawing_told_is_said(drawn: Drawn, said: str, pages: tuple[int, ...], cases: dict[str, FileVerdict]) -> None:
    report = FileReport.of(cases["good"], "vi", drawn)
    assert report.rendering is not None
    assert said in report.rendering.message
    assert report.rendering.pages == pages
    assert said in "\n".join(lines_of(outline(report, NOBODY)))


# --- integrity apart from trust ------------------------------------------------------------------------------------------------


def test_integrity_is_said_whoever_signed(cases: dict[str, FileVerdict], plain: Path, tmp_path: Path) -> None:
    assert integrity_of(cases["good"]) is IntegrityState.INTACT
    assert cases["unknown-root"].indication is Indication.INDETERMINATE
    assert integrity_of(cases["unknown-root"]) is IntegrityState.INTACT
    assert integrity_of(cases["altered"]) is IntegrityState.ALTERED
    assert integrity_of(verify(plain, TrustStore())) is IntegrityState.UNSIGNED
    (tmp_path / "x.pdf").write_bytes(b"no pdf")
    assert integrity_of(verify(tmp_path / "x.pdf", TrustStore())) is IntegrityState.UNPROVEN


@pytest.mark.parametrize(
    ("finding", "intact", "state"),
    [
        (Finding(Topic.CHANGES, "METADATA_CHANGED", Severity.DOUBT), True, IntegrityState.CHANGED_LATER),
        (Finding(Topic.CHANGES, "PAGE_CHANGED", Severity.FAILURE), True, IntegrityState.ALTERED),
        (Finding(Topic.CHANGES, "METADATA_CHANGED", Severity.WARNING), True, IntegrityState.INTACT),
        (Finding(Topic.SIGNER, "CHAIN_NOT_FOUND", Severity.DOUBT), True, IntegrityState.INTACT),
        (Finding(Topic.SIGNATURE, "FORMAT_FAILURE", Severity.FAILURE), False, IntegrityState.UNPROVEN),
    ],
)
def test_later_changes_and_unread_signatures(
    cases: dict[str, FileVerdict], finding: Finding, intact: bool, state: IntegrityState
) -> None:
    good = cases["good"]
    one: SignatureVerdict = replace(good.signatures[0], findings=(finding,), intact=intact)
    assert integrity_of(replace(good, signatures=(one,))) is state


# --- words ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CATALOGUE)
def test_no_code_stands_in_a_sentence(code: str) -> None:
    """Reasons and roles are told in words; every finding has a clause, or knowingly none."""
    for reason in REASONS:
        finding = Finding(Topic.SIGNER, code, Severity.DOUBT, {"reason": reason, "role": "personal", "field": "f"})
        for lang in ("vi", "en"):
            assert not re.search(r"[A-Z]{3,}_[A-Z]", sentence(finding, lang)), (code, reason, lang)
    for topic in Topic:
        assert isinstance(clause(topic, code), str)


def test_every_conclusion_has_words() -> None:
    assert {wording.indicates for wording in CATALOGUE.values()} <= set(REASONS)
    assert phrase("NO_CERTIFICATE_CHAIN_FOUND") == "chưa có chứng thư gốc tin cậy"
    assert phrase("SOMETHING_NEW") == "SOMETHING_NEW"


# --- paper ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", ["good", "altered", "unknown-root"])
def test_what_the_report_says_is_what_was_agreed(cases: dict[str, FileVerdict], name: str, lang: str) -> None:
    """Golden texts; after a wanted change: SOHOA_WRITE_GOLDEN=1, and read the difference."""
    text = steady("\n".join(lines_of(told(cases[name], lang)))) + "\n"
    golden = GOLDEN / f"report-{name}.{lang}.txt"
    if os.environ.get("SOHOA_WRITE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_pdf_and_html_say_all_of_it_on_one_page(cases: dict[str, FileVerdict], lang: str, tmp_path: Path) -> None:
    paths = []
    for name, verdict in cases.items():
        report = told(verdict, lang, TrustReport(demo=True, sources=(), roots_sha256=("ab" * 32,)))
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(document(report, "1"))
        paths.append(path)
        with pikepdf.open(path) as pdf:
            assert len(pdf.pages) == 1
            assert str(pdf.Root.Lang) == lang
        printed = squeezed(subprocess.run(["pdftotext", "-raw", str(path), "-"], check=True, capture_output=True).stdout.decode())
        shown = squeezed(re.sub(r"<[^>]+>", "", page(report, "1").split("<body>")[1]).replace("&#39;", "'"))
        for text in [report.headline, report.integrity, report.demo, *(value for _, value in report.facts)]:
            assert squeezed(text) in printed, text
            assert squeezed(text) in shown, text
        for part in report.sections:
            for line in part.lines:
                assert squeezed(f"{line.topic}: {line.text}") in printed
                assert squeezed(line.text) in shown
    assert validate(paths) == {str(path): [] for path in paths}


def test_equal_verdicts_give_equal_bytes(cases: dict[str, FileVerdict]) -> None:
    assert document(told(cases["good"]), "1") == document(told(cases["good"]), "1")


def test_a_hostile_name_stays_text(cases: dict[str, FileVerdict], tmp_path: Path) -> None:
    evil = "</style><script>alert(1)</script>\u202efdp.exe"
    signature = replace(cases["good"].signatures[0], signer=evil, issuer=evil)
    report = told(replace(cases["good"], name=evil, signatures=(signature,)))
    html = page(report, "1")
    assert "<script" not in html
    assert "\u202e" not in html.split("<body>")[1]
    assert visible("a\u202eb\u200bc") == "a[U+202E]b[U+200B]c"
    (tmp_path / "evil.pdf").write_bytes(document(report, "1"))
    assert validate([tmp_path / "evil.pdf"]) == {str(tmp_path / "evil.pdf"): []}


def test_the_page_allows_its_own_style_and_nothing_else(cases: dict[str, FileVerdict]) -> None:
    html = page(told(cases["good"]), "1")
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in html
    assert not re.search(r"(?:src|href|url)\s*[=(]", html)
    assert " style=" not in html


def test_many_signatures_take_more_pages_and_none_is_lost(cases: dict[str, FileVerdict], tmp_path: Path) -> None:
    many = tuple(replace(cases["good"].signatures[0], signer=f"Người ký thứ {number:03}") for number in range(12))
    path = tmp_path / "many.pdf"
    path.write_bytes(document(told(replace(cases["good"], signatures=many)), "1"))
    text = subprocess.run(["pdftotext", "-raw", str(path), "-"], check=True, capture_output=True).stdout.decode()
    assert all(f"Người ký thứ {number:03}" in text for number in range(12))


@pytest.mark.skipif(not SHARED.is_dir(), reason="NO SHARED SCANS: real signatures cannot be reported on (set SOHOA_SHARED)")
def test_the_quirks_of_real_files_are_told() -> None:
    report = FileReport.of(verify(SHARED / "adbe-2018.pdf", TrustStore(), now=datetime(2026, 11, 23, tzinfo=UTC)))
    assert report.integrity is IntegrityState.INTACT
    codes = {one.code for one in report.signatures[0].findings}
    assert {"OLD_SUBFILTER", "LEAF_ONLY", "TIME_IN_WRONG_ZONE", "NO_REVOCATION_EVIDENCE", "DIGEST_WEAK"} <= codes
    assert report.indication is Indication.INDETERMINATE
