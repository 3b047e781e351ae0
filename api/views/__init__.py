"""Facts shaped for JSON: the one wording of the HTTP API and of the command line's `--json`.

Every view is a frozen pydantic model with a constructor `of(fact…, lang)`. Reasons carry their sentence in the asked
language. Identifiers of owners are masked unless the caller says that purpose and right are given (`masked=False`).
"""

from __future__ import annotations

from api.views.base import NoteView, ObjectView, ReasonView, View, mask_id
from api.views.intake import AttentionView, BatchView, FileView, ProgressView
from api.views.papers import DecisionView, EvidenceView, FieldView, PageView, PaperView, WordView
from api.views.records import FacetView, HitView, JournalView, RecordView, SavedSearchView, SearchView, SnippetPart
from api.views.verdicts import FindingView, SignatureView, VerdictView

__all__ = [
    "AttentionView",
    "BatchView",
    "DecisionView",
    "EvidenceView",
    "FacetView",
    "FieldView",
    "FileView",
    "FindingView",
    "HitView",
    "JournalView",
    "NoteView",
    "ObjectView",
    "PageView",
    "PaperView",
    "ProgressView",
    "ReasonView",
    "RecordView",
    "SavedSearchView",
    "SearchView",
    "SignatureView",
    "SnippetPart",
    "VerdictView",
    "View",
    "WordView",
    "mask_id",
]
