"""The error tree of `signing`."""

from __future__ import annotations

from ingest.errors import CodedError, NextStep


class SigningError(CodedError):
    """Root of everything `signing` fails at."""

    code = "signing"
    next_step = NextStep.RETRY
    vi = "Không ký số được tài liệu."
    en = "The document could not be signed."
