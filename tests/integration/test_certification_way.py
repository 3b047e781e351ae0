"""The whole way of a certified copy with real programs: scan, record, certified PDF/A, register, public check, annulment."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import zxingcpp

from api.certification.checks import Wanted
from api.certification.desk import CertificationDesk
from api.certification.public_check import PublicCheck, Standing
from api.certification.registers import RegisterDesk, print_to
from api.pipeline.engine import Pipeline
from api.wiring import Sohoa
from signing.certify import AGENCY_FIELD, BOTH, PERSONAL_FIELD
from signing.model import Indication, Role
from signing.verify import verify
from storage.model import CERTIFYING
from storage.registers import Certification, CertificationState, RegisterKind
from tests.world import verapdf
from tests.world.certifying import ALL_CLEAR, CERTIFYING_HERE
from tests.world.product import ROOT, digitise, sohoa_in
from tests.world.quick_pages import quick_pages

pytestmark = pytest.mark.slow
KIND = RegisterKind.ELECTRONIC
LONG_NAME = CERTIFYING_HERE.model_copy(
    update={
        "agency_name": "Ủy ban nhân dân xã Tân Phước Khánh Hưng Yên, huyện cũ Tân Hồng, tỉnh Đồng Tháp",
        "certifier_title": "KT. CHỦ TỊCH, PHÓ CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ",
    }
)


def test_from_the_scan_to_the_annulment(tmp_path: Path) -> None:
    scan = quick_pages(tmp_path / "two.tif", count=2)
    with sohoa_in(tmp_path / "data", certification=LONG_NAME) as sohoa:
        digitise(sohoa, scan)
        made = certify(sohoa)
        out = tmp_path / "certified.pdf"
        assert made.issued is not None
        sohoa.objects.fetch(made.issued.file.sha256, out)
        judged_by_others(sohoa, made, out)
        the_page_says_it(sohoa, made, out)
        printed = tmp_path / "register.pdf"
        desk = RegisterDesk(sohoa)
        register = desk.read(KIND, made.entry.year, made.entry.on.month, actor="van-thu")
        print_to(register, desk.form(), LONG_NAME.agency_name, LONG_NAME.electronic_sign, printed, datetime.now(UTC))
        assert "Nguyễn Văn Thử" in text_of(printed, 0)
        assert verapdf.validate([out, printed]) == {str(out): [], str(printed): []}
        digitised_copy_untouched(sohoa, made)
        annulled(sohoa, made)


def certify(sohoa: Sohoa) -> Certification:
    with sohoa.database.transaction() as uow:
        record = uow.records.latest()[0]
        uow.registers.open(record.unit, KIND, "SCTĐT/BS", "van-thu")
    desk = CertificationDesk(sohoa)
    made = desk.request(record.code, Wanted("Nguyễn Văn Thử", "000000000001", copies=2), actor="clerk")
    desk.attest(made.id, ALL_CLEAR, actor="certifier")
    pipeline = Pipeline(sohoa)
    while pipeline.work(CERTIFYING):
        pass
    pipeline.close()
    found = desk.get(made.id)
    assert found.state is CertificationState.ISSUED
    return found


def judged_by_others(sohoa: Sohoa, made: Certification, out: Path) -> None:
    """Our verdict with both roles, and pdfsig's; the agency's signature alone does not make a certified copy."""
    verdict = verify(out, sohoa.signatories.trust(), BOTH)
    assert verdict.indication is Indication.PASSED
    assert [(one.field_name, one.role) for one in verdict.signatures] == [
        (PERSONAL_FIELD, Role.PERSONAL), (AGENCY_FIELD, Role.AGENCY),
    ]  # fmt: skip
    told = subprocess.run(["pdfsig", "-nocert", str(out)], capture_output=True, text=True, check=False).stdout
    assert told.count("Signature is Valid") == 2
    assert "Total document signed" in told
    half = out.with_name("half.pdf")
    assert made.personal is not None
    sohoa.objects.fetch(made.personal.file.sha256, half)
    assert verify(half, sohoa.signatories.trust(), BOTH).indication is not Indication.PASSED


def the_page_says_it(sohoa: Sohoa, made: Certification, out: Path) -> None:
    """The wording page is the last one, says the number, and its QR code leads to the public check and says nothing else."""
    with pdfium.PdfDocument(out) as opened:
        assert len(opened) == 3
        page = opened[2]
        page.formenv or opened.init_forms()
        picture = page.render(scale=3, may_draw_forms=True).to_pil()
    text = text_of(out, 2)
    for part in (f"Số chứng thực: {made.entry.text};", made.entry.book, "NGƯỜI THỰC HIỆN CHỨNG THỰC", made.attestation.name[:10]):
        assert part in text
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == f"https://sohoa.example/kiem-tra/{made.token}"
    assert len(made.token) >= 32


def text_of(path: Path, page: int) -> str:
    done = subprocess.run(
        ["pdftotext", "-f", str(page + 1), "-l", str(page + 1), "-raw", str(path), "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    return re.sub(r"\s+", " ", done.stdout)


def digitised_copy_untouched(sohoa: Sohoa, made: Certification) -> None:
    with sohoa.database.read() as uow:
        record = uow.records.get(made.record_code)
        rows = uow.seals.of_paper(made.paper_id)
    assert record.sealed.sha256 not in {made.issued.file.sha256, made.personal.file.sha256}
    assert {row.object.sha256 for row in rows} == {record.sealed.sha256, made.issued.file.sha256}, "both are kept alive"


def annulled(sohoa: Sohoa, made: Certification) -> None:
    check = PublicCheck(sohoa)
    assert check.look_up(made.token).standing is Standing.IN_FORCE
    CertificationDesk(sohoa).annul(made.id, "12/QĐ-UBND", made.entry.on, "Bản chính giả", actor="certifier")
    answer = check.look_up(made.token)
    assert (answer.standing, answer.decision) == (Standing.ANNULLED, "12/QĐ-UBND")
    with sohoa.database.read() as uow:
        events = [entry.event for entry in uow.journal.of_paper(made.paper_id)]
        assert uow.ledger.verify().ok
    assert events[-2:] == ["paper.certified", "paper.certification_annulled"]


def test_the_command_line_certifies_by_itself(tmp_path: Path) -> None:
    """Without any server: every step as a person types it, JSON out, and the refusals a person meets."""
    scan = quick_pages(tmp_path / "one.tif", count=1)
    data = tmp_path / "data"

    def sohoa(*arguments: str, expect: int = 0) -> dict[str, object]:
        done = subprocess.run(
            [str(ROOT / ".venv" / "bin" / "python"), "-m", "api.cli.main", *arguments, "--json"],
            capture_output=True, text=True, cwd=ROOT, check=False,
            env={"PATH": "/usr/bin:/bin", "SOHOA_DATA_DIR": str(data), "HOME": str(tmp_path)},
        )  # fmt: skip
        assert done.returncode == expect, done.stderr
        return json.loads(done.stdout)

    code = sohoa("digitise", "--auto", str(scan))["papers"][0]["code"]
    made = sohoa("certify", "request", code, "--name", "Nguyễn Văn Thử", "--id", "000000000001")
    attest = (
        "certify",
        "attest",
        made["id"],
        "--clear",
        "R1,R2,R3,R4,R5,R6,SHARED",
        "--matches",
        "--complete",
        "--title",
        "CHỦ TỊCH",
    )
    assert sohoa(*attest, expect=1)["error"]["code"] == "storage.register.no_open_book"
    sohoa("register", "open")
    issued = sohoa(*attest)
    assert (issued["state"], issued["number"]) == ("issued", "01")
    out = tmp_path / "copy.pdf"
    sohoa("certify", "file", made["id"], "--out", str(out))
    assert sohoa("verify", str(out))["files"][0]["indication"] == "TOTAL-PASSED"
    assert sohoa("certify", "show", "nobody", expect=5)["error"]["code"] == "storage.not_found"
    assert sohoa("register", "lock-year", "2999", expect=1)["error"]["code"] == "storage.register.year_not_over"
    assert sohoa("register", "csv", issued["certified_on"][:4])["entries"] == 1
