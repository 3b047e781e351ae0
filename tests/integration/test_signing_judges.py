"""Outside judges look at sealed files: poppler, qpdf, OpenSSL, veraPDF. They must agree with our own verdict."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms

from signing import demo_pki
from signing.demo_pki import DemoPki
from signing.model import Indication, Level, Role, SealKind, SealRequest
from signing.seal import seal
from signing.verify import verify
from tests.world import verapdf

pytestmark = pytest.mark.slow
XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def _run(*command: str | Path) -> str:
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}[{done.returncode}]"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DemoPki:
    return demo_pki.ensure(tmp_path_factory.mktemp("judges") / "pki")


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, pki: DemoPki) -> dict[str, Path]:
    """A small PDF/A-2b, sealed at every level, and twice (clerk, then agency)."""
    folder = tmp_path_factory.mktemp("files")
    source = folder / "source.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(200, 200))
        pdf.pages[0].contents_add(b"0 0 m 100 100 l")
        stream = pdf.make_stream(XMP.encode())
        stream.Type, stream.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        pdf.Root.Metadata = stream
        pdf.save(source, min_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    files = {"source": source}
    clerk = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Clerk", reason="Số hóa")
    for level in Level:
        files[level.value] = folder / f"{level.value}.pdf"
        seal(source, files[level.value], replace(clerk, level=level), pki.clerk(), pki.trust(), pki.timestamper())
    agency = SealRequest(SealKind.SAO_Y, Role.AGENCY, "Agency")
    files["two"] = folder / "two.pdf"
    seal(files["B-LT"], files["two"], agency, pki.agency(), pki.trust(), pki.timestamper())
    return files


def test_verapdf_finds_pdf_a_2b_at_every_level(sealed: dict[str, Path]) -> None:
    try:
        found = verapdf.validate(sealed.values())
    except verapdf.VeraPdfMissing as missing:
        pytest.skip(f"NO VERAPDF, PDF/A IS NOT CHECKED: {missing}")
    assert found == {str(path): [] for path in sealed.values()}


def test_qpdf_finds_nothing_wrong(sealed: dict[str, Path]) -> None:
    for name, path in sealed.items():
        told = _run("qpdf", "--check", path)
        assert told.endswith("[0]"), (name, told)
        assert "No syntax or stream encoding errors found" in told


def test_poppler_calls_the_signatures_valid(sealed: dict[str, Path]) -> None:
    for name in ("B-B", "B-T", "B-LT"):
        told = _run("pdfsig", "-nocert", sealed[name])
        assert "Signature is Valid" in told, (name, told)
        assert "Total document signed" in told, (name, told)
        assert "SHA-256" in told
    told = _run("pdfsig", "-nocert", sealed["two"])
    assert told.count("Signature is Valid") == 2
    assert told.count("Total document signed") == 1
    archived = _run("pdfsig", "-nocert", sealed["B-LTA"])
    assert archived.count("Signature is Valid") >= 1


def test_poppler_sees_a_flipped_byte_as_we_do(tmp_path: Path, sealed: dict[str, Path], pki: DemoPki) -> None:
    data = bytearray(sealed["B-LT"].read_bytes())
    data[40] ^= 1
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(bytes(data))
    assert "Signature is Valid" not in _run("pdfsig", "-nocert", bad)
    assert verify(bad, pki.trust()).indication is Indication.FAILED


def _signed_bytes(data: bytes) -> tuple[bytes, bytes]:
    """What the (last) signature covers, and its CMS without padding."""
    found = re.findall(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]", data)[-1]
    start, length, second, rest = (int(one) for one in found)
    content = bytes.fromhex(data[length + 1 : second - 1].decode())
    return data[start:length] + data[second : second + rest], cms.ContentInfo.load(content).dump()


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LT", "two"])
def test_openssl_verifies_the_signature(tmp_path: Path, sealed: dict[str, Path], pki: DemoPki, level: str) -> None:
    content, signature = _signed_bytes(sealed[level].read_bytes())
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "cms.der").write_bytes(signature)
    root = pki.folder / "trust" / "root.pem"
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "cms.der", "-purpose", "any"]
    told = _run(*command, "-content", tmp_path / "content", "-CAfile", root, "-out", "/dev/null")
    assert "successful" in told.lower(), told
    (tmp_path / "content").write_bytes(content[:-1] + b"x")
    assert "failure" in _run(*command, "-content", tmp_path / "content", "-CAfile", root, "-out", "/dev/null").lower()


def test_openssl_verifies_the_time_stamps(tmp_path: Path, sealed: dict[str, Path], pki: DemoPki) -> None:
    _, signature = _signed_bytes(sealed["B-LT"].read_bytes())
    signer = cms.ContentInfo.load(signature)["content"]["signer_infos"][0]
    (tmp_path / "token.der").write_bytes(signer["unsigned_attrs"][0]["values"][0].dump())
    (tmp_path / "stamped").write_bytes(signer["signature"].native)
    content, archive = _signed_bytes(sealed["B-LTA"].read_bytes())
    (tmp_path / "archive.der").write_bytes(archive)
    (tmp_path / "content").write_bytes(content)
    trust = pki.folder / "trust"
    for token, data in (("token.der", "stamped"), ("archive.der", "content")):
        told = _run(
            "openssl", "ts", "-verify", "-token_in", "-in", tmp_path / token, "-data", tmp_path / data,
            "-CAfile", trust / "root.pem", "-untrusted", trust / "issuing.pem",
        )  # fmt: skip
        assert "Verification: OK" in told, told


def test_our_verdicts_agree(sealed: dict[str, Path], pki: DemoPki) -> None:
    for name in ("B-B", "B-T", "B-LT", "B-LTA", "two"):
        assert verify(sealed[name], pki.trust()).indication is Indication.PASSED, name


def test_the_demonstration_chain_is_sound_for_openssl(tmp_path: Path, pki: DemoPki) -> None:
    trust = pki.folder / "trust"
    (tmp_path / "crls.pem").write_bytes((trust / "root.crl").read_bytes() + (trust / "issuing.crl").read_bytes())
    (tmp_path / "clerk.der").write_bytes(pki.clerk().certificate)
    _run("openssl", "x509", "-inform", "DER", "-in", tmp_path / "clerk.der", "-out", tmp_path / "clerk.pem")
    told = _run(
        "openssl", "verify", "-x509_strict", "-crl_check_all", "-CRLfile", tmp_path / "crls.pem",
        "-CAfile", trust / "root.pem", "-untrusted", trust / "issuing.pem", tmp_path / "clerk.pem",
    )  # fmt: skip
    assert "OK" in told, told
