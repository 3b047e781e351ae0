"""Makes the certified electronic copy (bản sao điện tử được chứng thực): original pixels, wording page, two signatures.

The copy is a new PDF/A-2b of the paper's stored pixels with its wording page (lời chứng) at the end; the digitised copy is
another legal object and stays untouched. The certifier signs first and certifies the document (DocMDP, P=2), so that nothing
but the agency's signature, in the field made for it, and evidence may follow (ISO 32000-1 §12.8.2.2). The copy is sound only
when it verifies with both roles. Knows no database and no queue.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
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
from signing.keys import SealKey
from signing.marks.place import shapes_of
from signing.model import TIME, FileVerdict, Level, Mark, Reserved, Role, Seal, SealKind, SealRequest, Spot
from signing.policy import Policy
from signing.seal import Job, seal
from signing.timestamps import Timestamper
from signing.trust import TrustStore
from signing.verify import verify
from signing.wording import Wording, WordingFacts

PERSONAL_FIELD, AGENCY_FIELD = "ChungThuc-CaNhan", "ChungThuc-CoQuan"
BOTH = Policy(required_roles=(Role.PERSONAL, Role.AGENCY))
_SIGNING_ROOM_MM = 26.0
_QR_MM = 30.0
_ABOVE_NAME_PT = 6.0
_GAP_PT = 17.0
"""Between the two columns."""
_PERSONAL, _AGENCY = "Chữ ký số của người chứng thực", "Chữ ký số của cơ quan"
_REASON = "Chứng thực bản sao điện tử từ bản chính"
_BODY = Style(size_pt=13, leading=1.35)
_HEAD = Style(size_pt=15, bold=True, align=Align.CENTRE)
_SIGNER = Style(size_pt=12, bold=True, align=Align.CENTRE)
_SMALL = Style(size_pt=9, italic=True)


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What the wording page says."""

    wording: Wording
    facts: WordingFacts
    check_url: str
    """Where the QR code leads: the address alone, nothing about the paper."""


@dataclass(frozen=True, slots=True)
class CopyPlaces:
    """Where the signatures stand on the wording page, the last page of the copy."""

    personal: Spot
    agency: Spot


@dataclass(frozen=True, slots=True)
class Signing:
    """With what and to which level a copy is signed."""

    trust: TrustStore
    timestamper: Timestamper | None
    level: Level
    location: str = ""


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
    personal, agency = _centred(_PERSONAL, width - edge - column / 2), _centred(_AGENCY, edge + column / 2)
    return CopyPlaces(Spot(personal, right + _ABOVE_NAME_PT), Spot(agency, left + _ABOVE_NAME_PT))


def _centred(words: str, middle: float) -> float:
    """Where a mark begins whose middle is to stand there."""
    return middle - next(shapes_of(_mark(words, None))).width_pt / 2


def _top_of(text: pdfium.PdfTextPage, name: str, x0: float, x1: float) -> float:
    """Upper edge of the lowest words of `name` that stand in this half of the page."""
    words = set(name.split())
    lines = [text.get_rect(place) for place in range(text.count_rects())]
    inside = [box for box in lines if x0 - 5 <= box[0] and box[2] <= x1 + 5 and words & set(text.get_text_bounded(*box).split())]
    if not inside:
        raise CopyNotMade
    lowest = min(box[1] for box in inside)
    return float(max(box[3] for box in inside if box[1] < lowest + 60))


def check_keys(personal: SealKey | None, agency: SealKey | None, how: Signing) -> None:
    """The certificates hold now and stand for their roles (Circular 15/2025 Art. 5): asked before a number is taken.

    None: the key is with its owner, whose certificate is checked when they sign.

    Raises CertificateRefused, RoleRefused, TimestampUnavailable.
    """
    for key, role in ((personal, Role.PERSONAL), (agency, Role.AGENCY)):
        if key is not None:
            Job(SealRequest(SealKind.CERTIFIED_COPY, role, "", level=how.level), key, how.trust, how.timestamper).check_key()


def personal_request(places: CopyPlaces, level: Level, location: str) -> SealRequest:
    """The certifier's signature, which certifies the document and makes the field for the agency's."""
    return SealRequest(
        SealKind.CERTIFIED_COPY,
        Role.PERSONAL,
        PERSONAL_FIELD,
        reason=_REASON,
        location=location,
        level=level,
        mark=_mark(_PERSONAL, places.personal),
        certify=True,
        reserve=(Reserved(AGENCY_FIELD, _mark(_AGENCY, places.agency)),),
    )


def agency_request(level: Level, location: str) -> SealRequest:
    """The agency's signature in the field made for it."""
    return SealRequest(
        SealKind.CERTIFIED_COPY,
        Role.AGENCY,
        AGENCY_FIELD,
        reason=_REASON,
        location=location,
        level=level,
        mark=_mark(_AGENCY, None),
    )


def sign_personal(source: Path, out: Path, places: CopyPlaces, key: SealKey, how: Signing) -> Seal:
    """Put the certifier's signature; raises what `seal` raises."""
    return seal(source, out, personal_request(places, how.level, how.location), key, how.trust, how.timestamper)


def sign_agency(source: Path, out: Path, key: SealKey, how: Signing) -> Seal:
    """Put the agency's signature; raises what `seal` raises. Whether the copy is sound, `judged` says."""
    return seal(source, out, agency_request(how.level, how.location), key, how.trust, how.timestamper)


def judged(copy: Path, trust: TrustStore) -> FileVerdict:
    """The verdict on a finished copy: both roles are required."""
    return verify(copy, trust, BOTH)


def _mark(words: str, spot: Spot | None) -> Mark:
    """Whose signature it is and when; the name stands in print right beneath it."""
    return Mark(lines=(words, f"Thời gian ký: {TIME}"), page=-1, spot=spot)
