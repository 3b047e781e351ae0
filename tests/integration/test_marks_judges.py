"""Outside judges on visible marks: veraPDF after every step of a long life, poppler, OpenSSL, and pdfium's pictures."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from asn1crypto import cms
from numpy.typing import NDArray

from signing import demo_pki
from signing.demo_pki import DemoPki
from signing.marks.kinds import kinds
from signing.model import Corner, Indication, Level, Mark, Reserved, Role, SealKind, SealRequest, Spot
from signing.policy import Policy
from signing.renew import renew
from signing.seal import seal
from signing.verify import verify
from tests.unit.signing.marks.test_kinds import picture
from tests.world import verapdf
from tests.world.shapes import SHAPES, Shape, heavy, lines, page_of

pytestmark = pytest.mark.slow
OWN = Mark(("Người chứng thực: Nguyễn Thị Thử", "{time}"), corner=Corner.BOTTOM_LEFT)
SEAL = Mark(("Ủy ban nhân dân xã Ví Dụ", "{time}"))
FIRST = SealRequest(
    SealKind.CERTIFIED_COPY, Role.PERSONAL, "Certifier", mark=OWN, certify=True, reserve=(Reserved("Agency", SEAL),)
)
SECOND = SealRequest(SealKind.CERTIFIED_COPY, Role.AGENCY, "Agency", mark=SEAL, level=Level.B_LTA)
BOTH = Policy(required_roles=(Role.PERSONAL, Role.AGENCY))
PEAK_MB = 120
GROWTH = 80_000
"""Bytes that both visible signatures with long-term evidence may add."""


def _told(*command: str | Path) -> str:
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}[{done.returncode}]"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DemoPki:
    return demo_pki.ensure(tmp_path_factory.mktemp("marks") / "pki")


def life(source: Path, folder: Path, pki: DemoPki) -> list[Path]:
    """Certified, sealed, archived and renewed twice; each step a file."""
    steps = [folder / f"{source.stem}-{name}.pdf" for name in ("certified", "agency", "archived", "renewed")]
    seal(source, steps[0], FIRST, pki.clerk(), pki.trust(), pki.timestamper())
    seal(steps[0], steps[1], SECOND, pki.agency(), pki.trust(), pki.timestamper())
    renew(steps[1], steps[2], pki.trust(), pki.timestamper())
    renew(steps[2], steps[3], pki.trust(), pki.timestamper())
    return steps


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory, pki: DemoPki) -> list[Path]:
    folder = tmp_path_factory.mktemp("aged")
    source = page_of(Shape("plain"), folder / "source.pdf", lines((60, 120, 540, 760)), pages=2)
    return [source, *life(source, folder, pki)]


def test_pdf_a_2b_after_every_step_on_pages_of_every_shape(tmp_path: Path, aged: list[Path], pki: DemoPki) -> None:
    files = list(aged)
    for shape in SHAPES:
        x0, y0, x1, y1 = shape.crop or shape.media
        source = page_of(shape, tmp_path / f"{shape.name}.pdf", lines((x0 + 60, y0 + 60, x1 - 60, y1 - 60)))
        for kind in ("digitised_copy", "sao_y"):
            mark = kinds()[kind].text(signer="Nguyễn Thị Thử", unit="Đơn vị Thử", agency="Ủy ban nhân dân xã Ví Dụ")
            out = tmp_path / f"{shape.name}-{kind}.pdf"
            request = SealRequest(SealKind.SAO_Y, Role.AGENCY, "Agency", mark=mark, level=Level.B_B)
            seal(source, out, request, pki.agency(), pki.trust(), None)
            files.append(out)
    for name, colour in (("personal_signature", (20, 40, 200)), ("agency_seal", (210, 20, 20))):
        mark = kinds()[name].picture(picture(colour), Spot(300, 200), page=0)
        request = SealRequest(SealKind.SAO_Y, Role.AGENCY, "Agency", mark=mark, level=Level.B_B)
        seal(tmp_path / "plain.pdf", tmp_path / f"{name}.pdf", request, pki.agency(), pki.trust(), None)
        files.append(tmp_path / f"{name}.pdf")
    try:
        found = verapdf.validate(files)
    except verapdf.VeraPdfMissing as missing:
        pytest.skip(f"NO VERAPDF, PDF/A IS NOT CHECKED: {missing}")
    assert {path: told for path, told in found.items() if told} == {}


def test_verapdf_sees_wrong_widths(tmp_path: Path, aged: list[Path]) -> None:
    """The trap of the measurements: widths in font units instead of thousandths. The judge must be able to fail."""
    import pikepdf

    with pikepdf.open(aged[1]) as pdf:
        font = pdf.Root.AcroForm.Fields[1].AP.N.Resources.Font.F0
        widths = font.DescendantFonts[0].W[1]
        font.DescendantFonts[0].W[1] = pikepdf.Array([int(one) * 2048 // 1000 for one in widths])
        pdf.save(tmp_path / "wrong.pdf")
    try:
        found = verapdf.validate([tmp_path / "wrong.pdf"])
    except verapdf.VeraPdfMissing as missing:
        pytest.skip(f"NO VERAPDF: {missing}")
    assert any("6.2.11.5" in line for line in found[str(tmp_path / "wrong.pdf")])


def test_our_verdict_every_byte_and_the_growth(aged: list[Path], pki: DemoPki) -> None:
    for before, after in pairwise(aged):
        assert after.read_bytes().startswith(before.read_bytes())
    for path in aged[2:]:
        verdict = verify(path, pki.trust(), BOTH)
        assert (verdict.indication, verdict.sub_indication) == (Indication.PASSED, "")
    assert aged[2].stat().st_size - aged[0].stat().st_size <= GROWTH


def test_poppler_and_qpdf_agree(aged: list[Path]) -> None:
    for path in aged[1:]:
        told = _told("pdfsig", "-nocert", path)
        signers = 1 if path == aged[1] else 2
        assert told.count("Signature is Valid") >= signers, told
        assert told.endswith("[0]")
        assert _told("qpdf", "--check", path).endswith("[0]")
    text = _told("pdftotext", aged[2], "-")
    assert text.endswith("[0]")


def test_openssl_agrees_on_both_signatures(tmp_path: Path, aged: list[Path], pki: DemoPki) -> None:
    data = aged[-1].read_bytes()
    ranges = re.findall(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]", data)[:2]
    for start, length, second, rest in ([int(one) for one in found] for found in ranges):
        value = bytes.fromhex(data[length + 1 : second - 1].decode())
        (tmp_path / "content").write_bytes(data[start:length] + data[second : second + rest])
        (tmp_path / "cms").write_bytes(cms.ContentInfo.load(value).dump())
        told = _told(
            "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "cms", "-purpose", "any",
            "-content", tmp_path / "content", "-CAfile", pki.folder / "trust" / "root.pem", "-out", "/dev/null",
        )  # fmt: skip
        assert "successful" in told.lower(), told


def shown(path: Path) -> NDArray[np.uint8]:
    document = pdfium.PdfDocument(path)
    document.init_forms()
    pixels: NDArray[np.uint8] = document[0].render(scale=2, grayscale=True).to_numpy().squeeze().copy()
    document.close()
    return pixels


def test_each_revision_shows_what_the_earlier_ones_showed(aged: list[Path]) -> None:
    """Only the marks are new, only on empty paper; time-stamps and renewals change no pixel."""
    source, certified, agency, archived, renewed = (shown(path) for path in aged)
    for before, after in ((source, certified), (certified, agency)):
        changed = before != after
        assert changed.any()
        assert (before[changed] == 255).all()
    assert (agency == archived).all()
    assert (agency == renewed).all()


MEASURE = """
import json, sys
from pathlib import Path
from signing import demo_pki
from signing.model import Corner, Level, Mark, Reserved, Role, SealKind, SealRequest
from signing.renew import renew
from signing.seal import seal
from signing.verify import verify
what, path, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
pki = demo_pki.ensure(folder)
own, mark = Mark(("Nguyễn Thị Thử", "{time}"), corner=Corner.BOTTOM_LEFT), Mark(("Ủy ban nhân dân xã Ví Dụ", "{time}"))
kind = SealKind.CERTIFIED_COPY
if what == "first":
    request = SealRequest(kind, Role.PERSONAL, "Certifier", mark=own, certify=True, reserve=(Reserved("Agency", mark),))
    seal(path, path, request, pki.clerk(), pki.trust(), pki.timestamper())
elif what == "second":
    request = SealRequest(kind, Role.AGENCY, "Agency", mark=mark, level=Level.B_LTA)
    seal(path, path, request, pki.agency(), pki.trust(), pki.timestamper())
else:
    renew(path, path, pki.trust(), pki.timestamper())
verdict = verify(path, pki.trust())
# Not ru_maxrss: that counts the memory of the process this one was forked from.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([int(peak.split()[1]) // 1024, str(verdict.indication)]))
"""


@pytest.mark.parametrize(("pages", "page_bytes"), [(40, 4_000_000), (300, 60_000)], ids=["160MB", "300-pages"])
def test_large_files_are_signed_twice_archived_and_verified_in_little_memory(
    pages: int, page_bytes: int, tmp_path: Path, pki: DemoPki
) -> None:
    source = heavy(tmp_path / "big.pdf", pages, page_bytes)
    size = source.stat().st_size
    assert size > (150_000_000 if pages == 40 else 15_000_000)
    for what in ("first", "second", "renew"):
        # In place: the disk of a test machine need not hold four of them.
        command = [sys.executable, "-c", MEASURE, what, str(source), str(pki.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        peak_mb, indication = json.loads(done.stdout)
        assert indication == "TOTAL-PASSED"
        assert peak_mb <= PEAK_MB, what
        if what == "second":
            assert source.stat().st_size - size <= GROWTH
    assert verify(source, pki.trust(), BOTH).indication is Indication.PASSED
    try:
        assert verapdf.validate([source]) == {str(source): []}
    except verapdf.VeraPdfMissing as missing:
        pytest.skip(f"NO VERAPDF, PDF/A IS NOT CHECKED: {missing}")
