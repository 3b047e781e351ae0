"""Views of a verdict: the models of the verification report, under the names the doors use."""

from __future__ import annotations

from signing.report.schema import FileReport as VerdictView
from signing.report.schema import FindingReport as FindingView
from signing.report.schema import SignatureReport as SignatureView

__all__ = ["FindingView", "SignatureView", "VerdictView"]
