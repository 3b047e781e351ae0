"""The pages of a certified copy: the paper's stored pixels and the wording page (lời chứng) at their end, unsigned.

Works on what came from outside, so it runs in a child process; who signs the copy is `signing.certify`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import segno

from ingest.model import PageImage
from ocr.model import DocumentInfo, PageText
from ocr.searchable import build
from ocr.typeset import document
from ocr.typeset.model import Align, Beside, Columns, Gap, Picture, Sheet, Style, Text
from signing.certify_errors import CopyNotMade
from signing.copy_plan import AGENCY_WORDS, PERSONAL_WORDS, CopyPlaces, CopyPlan, mark
from signing.marks.forms import shapes_of
from signing.model import Spot

_SIGNING_ROOM_MM = 26.0
_QR_MM = 30.0
_ABOVE_NAME_PT = 6.0
_GAP_PT = 17.0
"""Between the two columns."""
_BODY = Style(size_pt=13, leading=1.35)
_HEAD = Style(size_pt=15, bold=True, align=Align.CENTRE)
_SIGNER = Style(size_pt=12, bold=True, align=Align.CENTRE)
_SMALL = Style(size_pt=9, italic=True)


def build_copy(pages: Sequence[tuple[PageImage, PageText]], out: str, info: DocumentInfo, plan: CopyPlan) -> CopyPlaces:
    """Write the unsigned copy with its wording page to `out` as PDF/A-2b; call it in a child process.

    Raises PageUnreadable, PdfNotWritten, PrintFontMissing, CopyNotMade.
    """
    wording = document.build(wording_sheet(plan, info))
    scan = Path(out).with_suffix(".scan.pdf")
    build(pages, str(scan), info)
    try:
        with pikepdf.open(scan) as copy, pikepdf.open(io.BytesIO(wording)) as last:
            copy.pages.extend(last.pages)
            copy.save(out, deterministic_id=True, min_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return _places(wording, plan)
    except (OSError, pikepdf.PdfError, pdfium.PdfiumError) as error:
        raise CopyNotMade from error
    finally:
        scan.unlink(missing_ok=True)


def wording_sheet(plan: CopyPlan, info: DocumentInfo) -> Sheet:
    """The wording page as a description for print."""
    heading, *lines = (plan.wording.heading, *plan.wording.fill(plan.facts))
    first, *others = lines
    code = io.BytesIO()
    segno.make(plan.check_url, error="m", micro=False).save(code, kind="png", scale=8, border=4)
    told = (Text(first, Style(size_pt=13, bold=True, leading=1.35)), *(Text(line, _BODY) for line in others))
    return Sheet(
        title=info.title,
        blocks=(
            Text(heading, _HEAD),
            Gap(4),
            Beside(told, Picture(code.getvalue(), _QR_MM, Align.RIGHT, plan.wording.qr_caption)),
            Gap(2),
            Text(plan.wording.legal_basis, _SMALL),
            Gap(6),
            Columns((_column(plan.wording.agency_heading, "", plan.facts.agency), _signer(plan)), gap_mm=6),
        ),
        created_at=info.created_at,
        author=info.creator,
        subject=info.subject,
        margin_mm=20,
        numbered=False,
    )


def _signer(plan: CopyPlan) -> tuple[Text | Gap, ...]:
    return _column(plan.wording.signer_heading, plan.facts.certifier_title, plan.facts.certifier)


def _column(heading: str, title: str, name: str) -> tuple[Text | Gap, ...]:
    return (Text(heading, _SIGNER), Text(title or " ", _SIGNER), Gap(_SIGNING_ROOM_MM), Text(name, _SIGNER))


def _places(wording: bytes, plan: CopyPlan) -> CopyPlaces:
    """Just above the two names, in the room left for the signatures; names are looked for from the foot of the page."""
    with pdfium.PdfDocument(wording) as opened:
        page = opened[len(opened) - 1]
        width = page.get_width()
        middle, edge = width / 2, 57.0
        text = page.get_textpage()
        left = _top_of(text, plan.facts.agency, edge, middle)
        right = _top_of(text, plan.facts.certifier, middle, width)
    column = (width - 2 * edge - _GAP_PT) / 2
    personal, agency = _centred(PERSONAL_WORDS, width - edge - column / 2), _centred(AGENCY_WORDS, edge + column / 2)
    return CopyPlaces(Spot(personal, right + _ABOVE_NAME_PT), Spot(agency, left + _ABOVE_NAME_PT))


def _centred(words: str, middle: float) -> float:
    """Where a mark begins whose middle is to stand there."""
    return middle - next(shapes_of(mark(words, None))).width_pt / 2


def _top_of(text: pdfium.PdfTextPage, name: str, x0: float, x1: float) -> float:
    """Upper edge of the lowest words of `name` that stand in this half of the page."""
    words = set(name.split())
    lines = [text.get_rect(place) for place in range(text.count_rects())]
    inside = [box for box in lines if x0 - 5 <= box[0] and box[2] <= x1 + 5 and words & set(text.get_text_bounded(*box).split())]
    if not inside:
        raise CopyNotMade
    lowest = min(box[1] for box in inside)
    return float(max(box[3] for box in inside if box[1] < lowest + 60))
