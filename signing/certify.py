"""Signs the certified electronic copy (bản sao điện tử được chứng thực): original pixels, wording page, two signatures.

The copy is a new PDF/A-2b of the paper's stored pixels with its wording page (lời chứng) at the end (`signing.copy_pages`);
the digitised copy is another legal object and stays untouched. The certifier signs first and certifies the document (DocMDP,
P=2), so that nothing but the agency's signature, in the field made for it, and evidence may follow (ISO 32000-1 §12.8.2.2).
The copy is sound only when it verifies with both roles. Knows no database and no queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from signing.copy_plan import AGENCY_WORDS, PERSONAL_WORDS, CopyPlaces, mark
from signing.keys import SealKey
from signing.model import FileVerdict, Level, Reserved, Role, Seal, SealKind, SealRequest
from signing.policy import Policy
from signing.seal import Job, seal
from signing.timestamps import Timestamper
from signing.trust import TrustStore
from signing.verify import verify

PERSONAL_FIELD, AGENCY_FIELD = "ChungThuc-CaNhan", "ChungThuc-CoQuan"
BOTH = Policy(required_roles=(Role.PERSONAL, Role.AGENCY))
_REASON = "Chứng thực bản sao điện tử từ bản chính"


@dataclass(frozen=True, slots=True)
class Signing:
    """With what and to which level a copy is signed."""

    trust: TrustStore
    timestamper: Timestamper | None
    level: Level
    location: str = ""


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
        mark=mark(PERSONAL_WORDS, places.personal),
        certify=True,
        reserve=(Reserved(AGENCY_FIELD, mark(AGENCY_WORDS, places.agency)),),
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
        mark=mark(AGENCY_WORDS, None),
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
