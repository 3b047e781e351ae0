"""What making a certified copy fails at."""

from __future__ import annotations

from ingest.errors import NextStep
from signing.errors import SigningError


class BadWording(SigningError):
    """The template of the lời chứng is missing, damaged or names an unknown part."""

    code = "signing.bad_wording"
    next_step = NextStep.ADMIN
    vi = "Không dùng được mẫu lời chứng «{what}»; kiểm tra SOHOA_CERTIFICATION__WORDING_FILE."
    en = "The template of the certification wording, “{what}”, cannot be used; check SOHOA_CERTIFICATION__WORDING_FILE."


class CopyNotMade(SigningError):
    """The pages of the certified copy and its wording could not be put together."""

    code = "signing.copy_not_made"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Không dựng được bản sao điện tử để chứng thực."
    en = "The copy to be certified could not be put together."
