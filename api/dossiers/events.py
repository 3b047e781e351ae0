"""Every event of the ledger about a dossier, without its `dossier.`: what pages have words for."""

from __future__ import annotations

EVENTS = (
    "opened",
    "viewed",
    "paper_filed",
    "second_paper",
    "not_digitised",
    "component_emptied",
    "component_added",
    "form_said",
    "record_reused",
    "reuse_withdrawn",
    "record_annulled",
    "record_replaced",
    "certified_copy_annulled",
    "resolved",
    "stopped",
    "refused",
    "reopened",
    "sheets_printed",
)
