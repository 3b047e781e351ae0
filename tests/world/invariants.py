"""What must hold whatever was killed: nothing lost, nothing doubled."""

from __future__ import annotations

from collections import Counter

from api.wiring import Sohoa
from storage.model import FileState, PaperState


def problems(sohoa: Sohoa, batch_id: str) -> list[str]:
    """Everything that is wrong with a finished batch; empty when all is well."""
    found: list[str] = []
    with sohoa.database.read() as uow:
        files, papers = uow.files.of_batch(batch_id), uow.papers.of_batch(batch_id)
        ledger = uow.ledger.verify()
        if not ledger.ok:
            found.append(f"ledger: {ledger}")
        accepted = [file for file in files if file.state is FileState.ACCEPTED and file.kind != "zip"]
        found += [
            f"{file.name}: pages of papers differ from pages of file"
            for file in accepted
            if sum(paper.pages for paper in papers if paper.file_id == file.id) != file.pages
        ]
        for paper in papers:
            if paper.state is not PaperState.DONE:
                found.append(f"paper {paper.id} ended {paper.state} {paper.reason_code}")
            elif uow.records.of_paper(paper.id) is None:
                found.append(f"paper {paper.id} has no record")
            events = Counter(entry.event for entry in uow.journal.of_paper(paper.id))
            once = ("paper.created", "paper.sealed", "code.issued", "record.stored")
            found += [f"paper {paper.id}: {event} {events[event]} times" for event in once if events[event] != 1]
            if events["page.read"] != paper.pages:
                found.append(f"paper {paper.id}: {events['page.read']} of {paper.pages} pages read")
        everywhere = [paper for batch in uow.batches.latest() for paper in uow.papers.of_batch(batch.id)]
        codes = [paper.code for paper in everywhere if paper.code]  # batches share the series of their unit
        if len(codes) != len(set(codes)):
            found.append("a code was issued twice")
        numbers = sorted(int(code.rsplit("-", 1)[-1]) for code in codes)
        if numbers != list(range(1, len(numbers) + 1)):
            found.append(f"numbers have a gap: {numbers}")
        names = {ref.sha256 for paper in papers for ref in (paper.original, paper.sealed, paper.evidence) if ref}
    found += [f"object {name} is missing" for name in names if sohoa.objects.size(name) is None]
    return found
