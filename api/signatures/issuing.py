"""Use case: an electronic document is issued. Its signer's image in blue, the agency's seal in red, or an attachment's line.

Decree 30/2020, Appendix I. File in, file out: issued documents are kept where they were made, the ledger notes that they were
signed here. The signer signs first, the agency after.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from api.signatures import marks
from api.wiring import Sohoa
from signing.errors import FileNotWritten, MarkUnusable
from signing.marks.kinds import MarkKind
from signing.model import Mark, Role, Seal, SealKind, SealRequest, Spot
from signing.seal import seal

EVENT = "document.issued"
KINDS = ("personal_signature", "agency_seal", "attachment", "archive_copy")
"""The kinds of marks that issued documents bear."""
_FIELDS = {Role.PERSONAL: "SoHoa-CaNhan", Role.AGENCY: "SoHoa-CoQuan"}


@dataclass(frozen=True, slots=True)
class Picture:
    """An image and where it goes: points from the lower left corner of the page as shown; width 0 is its real size."""

    data: bytes
    spot: Spot
    page: int
    width_pt: float = 0.0


def issue(
    sohoa: Sohoa, source: Path, out: Path, code: str, *, actor: str, picture: Picture | None = None, number: str = ""
) -> Seal:
    """Sign the PDF `source` into `out` with the mark of that kind and the key of its role.

    `number` is the số và ký hiệu that an attachment tells.

    Raises MarkUnusable when the kind needs an image, a place or a number that is not given, and whatever `signing.seal` raises.
    """
    kind = marks.kind(sohoa.settings, code)
    signatories, level = sohoa.signatories, sohoa.settings.seal.level
    signatories.time_at_hand(level)
    key = signatories.agency() if kind.role is Role.AGENCY else signatories.personal()
    mark = marks.located(sohoa.box, source, _mark(sohoa, kind, picture, number))
    request = SealRequest(SealKind.ISSUED, kind.role, _FIELDS[kind.role], reason=kind.names.vi, level=level, mark=mark)
    made = seal(source, out, request, key, signatories.trust_to_sign(key), signatories.timestamper())
    with sohoa.database.transaction() as uow:
        digest = _digest(out)
        details = asdict(made) | {"signed_at": made.signed_at.isoformat(), "mark": code, "sha256": digest}
        uow.ledger.append(EVENT, digest, actor, details)
    return made


def _mark(sohoa: Sohoa, kind: MarkKind, picture: Picture | None, number: str) -> Mark:
    if not kind.image:
        if any("{number}" in line for line in kind.lines) and not number.strip():
            raise MarkUnusable(why="số, ký hiệu / number")
        return kind.text(sohoa.settings.mark.font, number=number)
    if picture is None:
        raise MarkUnusable(why="ảnh PNG / PNG image")
    return kind.picture(picture.data, picture.spot, picture.page, picture.width_pt)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise FileNotWritten from error
