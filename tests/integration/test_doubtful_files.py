"""Files that are taken in, or not, for what they say rather than for what they are: signed, tampered, blank, unreadable."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import error_from
from signing.demo_pki import ensure
from signing.model import Role, SealKind, SealRequest
from signing.seal import seal
from storage.model import FileState, PaperState
from tests.world.bad_files import BAD_FILES
from tests.world.papers import text_pdf, written
from tests.world.product import digitise, sohoa_in
from tests.world.quick_pages import quick_pages

pytestmark = pytest.mark.slow


def tampered(path: Path) -> bytes:
    """The sealed file with one byte of what it shows changed."""
    data = bytearray(path.read_bytes())
    data[data.index(b"stream") + 60] ^= 0xFF
    return bytes(data)


def test_signed_tampered_blank_and_unreadable_papers(tmp_path: Path) -> None:
    pki = ensure(tmp_path / "data" / "demo-pki")
    plain, signed = written(text_pdf(), tmp_path / "plain.pdf"), tmp_path / "signed.pdf"
    request = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Signature")
    seal(plain, signed, request, pki.clerk(), pki.trust(), pki.timestamper())
    (tmp_path / "tampered.pdf").write_bytes(tampered(signed))
    good = quick_pages(tmp_path / "good.tif", count=1)
    blank = BAD_FILES["blank page"].make(tmp_path)
    strange = BAD_FILES["a script that is not read"].make(tmp_path)
    with sohoa_in(tmp_path / "data") as sohoa:
        batch, progress = digitise(sohoa, signed, tmp_path / "tampered.pdf", good, blank, strange)
        with sohoa.database.read() as uow:
            files = {row.name: row for row in uow.files.of_batch(batch.id)}
            papers = {paper.file_id: paper for paper in uow.papers.of_batch(batch.id)}
        assert progress.finished
        assert "signed_input" in {note.code for note in files["signed.pdf"].notes}
        assert sohoa.objects.read_bytes(files["signed.pdf"].object.sha256) == signed.read_bytes()
        assert papers[files["signed.pdf"].id].state is PaperState.DONE
        assert (files["tampered.pdf"].state, files["tampered.pdf"].reason_code) == (FileState.REFUSED, "api.signature_broken")
        assert papers[files["good.tif"].id].state is PaperState.DONE
        for path, code in ((blank, "api.paper_blank"), (strange, "api.paper_unreadable")):
            paper = papers[files[path.name].id]
            assert (paper.state, paper.reason_code) == (PaperState.REVIEW, code), path.name
            reason = error_from(paper.reason_code, paper.reason_params)
            assert reason is not None
            assert "trang" in reason.message("vi") or "chữ" in reason.message("vi")
