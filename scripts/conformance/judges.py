"""Outside judges, each asked for what it can know: OpenSSL and poppler for the cryptography, qpdf for the syntax, pdfium for what
is seen, EU DSS for a whole verdict."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing import preflight
from signing.embedded import is_timestamp, open_pdf
from signing.rendering import compare
from signing.trust import TrustStore

DSS = Path(__file__).with_name("dss")


def openssl(path: Path, trust: TrustStore) -> dict[str, bool]:
    """For each signature that can be reached: whether `openssl cms` (or `openssl ts`) finds digest and signature right.

    Left out is what this OpenSSL cannot do at all (Ed25519 in CMS came with 3.2).
    """
    with path.open("rb") as handle, tempfile.TemporaryDirectory() as name:
        opened, folder = open_pdf(handle, preflight.header_at(handle)), Path(name)
        roots = folder / "roots.pem"
        roots.write_bytes(b"".join(_pem(one) for one in trust.roots))
        (folder / "between.pem").write_bytes(b"".join(_pem(one) for one in trust.intermediates))
        told = {}
        for one in opened.signatures if opened else ():
            stream, ranges = one.reader.stream, [int(part) for part in one.byte_range]
            data = b"".join(_read(stream, start, length) for start, length in zip(ranges[::2], ranges[1::2], strict=True))
            (folder / "data").write_bytes(data)
            (folder / "cms").write_bytes(cms.ContentInfo.load(one.pkcs7_content).dump())
            command = _token(folder) if is_timestamp(one) else _detached(folder)
            done = subprocess.run(command, check=False, capture_output=True)
            if b"eddsa_digest_signverify_init" not in done.stderr:
                told[str(one.field_name)] = done.returncode == 0
        return told


def _detached(folder: Path) -> list[str]:
    # -noverify: chains are judged elsewhere; SHA-1 and short keys are not refused by the digest and signature check.
    files = ["-in", folder / "cms", "-content", folder / "data", "-out", folder / "out"]
    return [str(one) for one in ("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-noverify", *files)]


def _token(folder: Path) -> list[str]:
    files = [
        "-data",
        folder / "data",
        "-in",
        folder / "cms",
        "-CAfile",
        folder / "roots.pem",
        "-untrusted",
        folder / "between.pem",
    ]
    return [str(one) for one in ("openssl", "ts", "-verify", "-token_in", *files)]


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def _read(stream: object, start: int, length: int) -> bytes:
    stream.seek(start)  # type: ignore[attr-defined]
    return bytes(stream.read(length))  # type: ignore[attr-defined]


def pdfsig(path: Path) -> list[str]:
    """What poppler says of each signature, in its order: `valid`, `invalid` or `unknown`."""
    done = subprocess.run(["pdfsig", "-nocert", str(path)], check=False, capture_output=True)
    words = {"Signature is Valid.": "valid", "Signature is Invalid.": "invalid", "Digest Mismatch.": "invalid"}
    found = re.findall(r"Signature Validation: (.*)", done.stdout.decode("utf-8", "replace"))
    return [words.get(one.strip(), "unknown") for one in found]


def qpdf(path: Path) -> str:
    """`ok`, `warnings` or `errors`."""
    done = subprocess.run(["qpdf", "--check", str(path)], check=False, capture_output=True)
    return {0: "ok", 3: "warnings"}.get(done.returncode, "errors")


def seen(path: Path) -> str:
    """pdfium's pages of the signed revisions beside the final ones: `same`, `changed`, `not drawn`, or nothing to compare."""
    found = compare(path)
    if found.changed:
        return "changed"
    if found.not_drawn:
        return "not drawn"
    return "same" if found.drawn else ""


def dss(folder: Path, trust: Path, build: Path) -> dict[str, str]:
    """What EU DSS says of each file, by file name; empty where Maven or its registry is out of reach."""
    if shutil.which("mvn") is None:
        return {}
    maven = ["mvn", "-q", "-B", f"-DoutDir={build}", "-f", DSS / "pom.xml", "compile", "dependency:copy-dependencies"]
    if subprocess.run([*maven, f"-DoutputDirectory={build / 'lib'}"], check=False, stdout=subprocess.DEVNULL).returncode:
        return {}
    command = ["java", "-cp", f"{build / 'classes'}:{build / 'lib'}/*", "sohoa.conformance.Judge", trust, folder]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    return dict(line.split("\t", 1) for line in done.stdout.splitlines() if "\t" in line)
