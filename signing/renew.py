"""Long-term keeping: before the last time-stamp of a file loses its force, another one is put over everything (B-LTA).

The chain is verified before and after; a gap is never covered up (signing.md, finding 10).
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from uuid import uuid4

from pyhanko.sign.general import SigningError as PyHankoSigningError
from pyhanko_certvalidator.errors import PathError, ValidationError

from signing import timestamps
from signing.embedded import HOSTILE
from signing.errors import (
    CertificateRefused,
    FileNotWritten,
    RenewalRefused,
    RevocationStale,
    SealRejected,
    SigningError,
    SourceDamaged,
    TokenTooLarge,
)
from signing.loop import complete
from signing.model import FileVerdict, Indication
from signing.sweep import Begun
from signing.timestamps import Timestamper
from signing.trust import Evidence, TrustStore
from signing.verify import examine
from signing.writing import archive, fitting


def renew(
    source: Path, out: Path, trust: TrustStore, timestamper: Timestamper, now: datetime | None = None, digest: str = "sha256"
) -> FileVerdict:
    """Put fresh validation data and an archive time-stamp over `source` into `out`; returns the verdict on the result.

    Args:
        source: a file that passes now; every byte of it is kept.
        out: may be the same path; appears whole and verified, or not at all.
        trust: with current revocation lists for the last time-stamp and for the new one.
        timestamper: who gives the new time-stamp.
        now: aware time of the renewal; the present if absent.
        digest: digest of the new time-stamp, `sha256` or better.

    Raises:
        RenewalRefused: the file does not pass before.
        RevocationStale: it may pass, but revocation data in force is missing; newer data will show.
        CertificateRefused: the time-stamp authority does not hold.
        TimestampUnavailable: no time-stamp was to be had.
        SourceDamaged: the file cannot be written to.
        FileNotWritten: the file cannot be read, or the disk is full.
        SealRejected: the result does not pass.
    """
    moment = now or datetime.now(UTC)
    before, seen = examine(source, trust, now=moment)
    if before.sub_indication == "TRY_LATER" and before.indication is not Indication.FAILED:
        raise RevocationStale(signer="TSA", reason=before.sub_indication)
    if before.indication is not Indication.PASSED or seen is None:
        raise RenewalRefused(reason=before.sub_indication)
    fresh = out.with_name(f".{out.name}.{uuid4().hex}.renewing")
    try:
        try:
            copyfile(source, fresh)
            _stamp(fresh, trust, timestamper, moment, digest, seen.point.begun)
        except TokenTooLarge:  # now its size is known
            copyfile(source, fresh)
            _stamp(fresh, trust, timestamper, moment, digest, seen.point.begun)
        after, grown = examine(fresh, trust, now=moment, name=out.name, before=seen.point)
        if after.indication is not Indication.PASSED:
            raise SealRejected(reason=after.sub_indication)
        if grown is None or not grown.grown:
            raise SealRejected(reason="HASH_FAILURE")  # not a byte of the source may be another
        fresh.replace(out)
    except OSError as error:
        raise FileNotWritten from error
    finally:
        fresh.unlink(missing_ok=True)
    return after


def _stamp(path: Path, trust: TrustStore, timestamper: Timestamper, moment: datetime, digest: str, begun: Begun) -> None:
    try:
        with fitting(), path.open("r+b") as handle:
            context = trust.context(moment, Evidence())
            complete(archive(handle, timestamps.client(timestamper), context, digest, begun))
    except (SigningError, OSError):
        raise
    except (PathError, ValidationError) as error:
        raise CertificateRefused(signer="TSA", reason="CERTIFICATE_CHAIN_GENERAL_FAILURE") from error
    except (PyHankoSigningError, *HOSTILE) as error:
        raise SourceDamaged from error
