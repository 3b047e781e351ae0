"""Texts of the pages: same keys in both languages, templates use known keys only; nothing inline, modules small."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

import api.web
from api.access.own_account import scopes_for
from api.access.permissions import Action, Role
from api.audit.ledger_desk import By
from api.audit.model import Outcome
from api.audit.orders import RunState
from api.certification.public_check import Standing
from api.certification.sao_y import Form
from api.errors import STATUSES
from api.refusals import FieldsUndecided, PaperBlank, PaperUnreadable
from api.review.refusals import BatchStopped, SecondLook
from api.scan.options import ScanOptions
from api.views.reports import ActivityView
from api.web.catalogue import Texts, load_texts
from api.web.menu import GROUPS as MENU_GROUPS
from api.web.menu import MORE
from api.web.pages.certifications import Tab
from api.web.pages.dossiers import FACTS
from api.web.pages.keeping import SPANS
from api.web.pages.registers import FIGURES, SHOWN_STATES
from api.web.pages.reuse import EVIDENCE
from api.web.pages.searching import FILTERS
from api.web.record_life import VERSIONS
from api.web.review_keys import review_keys
from api.web.site import NAVIGATION
from api.web.status_lines import LINES, Grade
from ingest.errors import NextStep
from ocr.model import DecisionKind
from scripts.make_docs import error_classes
from signing.model import Indication, Severity, Topic
from signing.model import Role as SignerRole
from storage.access_levels import AccessLevel
from storage.arranging import Change, WhyOut
from storage.desk import SigningState
from storage.dossiers import IDENTITY_KEYS, Channel, ComponentState, DossierState, OwnerKind, PaperForm
from storage.finding import Sort, Validity
from storage.indicators import Part
from storage.model import FileState, PaperState, StepKind
from storage.people import UnitKind
from storage.registers import BookState, CertificationState, RegisterKind
from storage.retention import DisposalState
from storage.reuse import Answer
from storage.review import ErrorStep

WEB = Path(api.web.__file__).parent
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
SCRIPTS = sorted((WEB / "static").glob("*.js"))
WRITES = re.compile(r"\bledger\.append$|\b_?note$|\bnote_(access|viewed)$|\b(record|paper)_for$")
"""Functions that write into the ledger."""
EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
KEY = re.compile(r'\bt\(\s*"([a-z_.]+)"')
EITHER = re.compile(r't\("([a-z_.]+)" if [^)]*? else "([a-z_.]+)"')
LABEL = re.compile(r'\blabel\(\s*"([a-z_]+)"')
ROOT = WEB.parents[1]
CHECKS = {
    code
    for path in (ROOT / "ocr" / "fields").glob("*.py")
    for code in re.findall(r'\bCheck\("([a-z_.]+)"', path.read_text(encoding="utf-8"))
}
WAITS_FOR = [
    "confirmation",
    *(kind.code for kind in (PaperBlank, PaperUnreadable, FieldsUndecided, SecondLook, BatchStopped)),
]
NO_EVENTS = {"records.code", "records.seq"} | {
    f"{path.parent.name}.{path.stem}"
    for room in ("ingest", "ocr", "signing", "storage", "api")
    for path in (ROOT / room).glob("*.py")
}
"""Texts of the form of an event that are none: columns of tables, names of modules."""
FILES = re.compile(r"\.(html|pdf|json|jsonl|csv|toml|db)")
STATES = {"dossier": {"stopped", "refused"}, "certification": set(CertificationState)}
"""What is put behind the dot where the name is made: `certification.{state}`."""


def ledger_events() -> set[str]:
    """Every name of an event in the code: what is given to whoever writes the ledger, and all texts of the same families."""
    texts, told, made = set(), set(), set()
    for path in (path for room in ("api", "storage") for path in sorted((ROOT / room).rglob("*.py"))):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        texts |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        named = constants(nodes)
        for call in (node for node in nodes if isinstance(node, ast.Call) and WRITES.search(ast.unparse(node.func))):
            for part in (inner for argument in call.args[:5] for inner in ast.walk(argument)):
                if isinstance(part, ast.JoinedStr):
                    made |= {str(one.value) for one in part.values[:1] if isinstance(one, ast.Constant)}
                elif isinstance(part, ast.Constant | ast.Name):
                    told.add(named.get(part.id, "") if isinstance(part, ast.Name) else str(part.value))
    told = {one for one in told if EVENT.fullmatch(one)}
    assert {one.removesuffix(".") for one in made if EVENT.fullmatch(f"{one}x")} == set(STATES)
    families = {one.partition(".")[0] for one in told}
    found = {one for one in texts if EVENT.fullmatch(one) and one.partition(".")[0] in families and not FILES.search(one)}
    others = {one.code for one in error_classes()} | set(STATUSES) | set(Action) | NO_EVENTS
    return told | found - others | {f"{family}.{state}" for family, states in STATES.items() for state in states}


def constants(nodes: list[ast.AST]) -> dict[str, str]:
    """Names of a module that stand for a text."""
    pairs: list[tuple[ast.expr, ast.expr]] = []
    for node in (one for one in nodes if isinstance(one, ast.Assign)):
        for target in node.targets:
            both = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            pairs += zip(target.elts, node.value.elts, strict=False) if both else [(target, node.value)]  # type: ignore[attr-defined]
    return {
        name.id: text.value
        for name, text in pairs
        if isinstance(name, ast.Name) and isinstance(text, ast.Constant) and isinstance(text.value, str)
    }


GROUPS: dict[str, Iterable[str]] = {
    "status_grade": set(Grade),
    "status_line": LINES,
    "access_level": AccessLevel,
    "keeping_span": [f"d{days}" for days in SPANS],
    "disposal_state": DisposalState,
    "report_figure": ActivityView.model_fields,
    "report_part": Part,
    "menu": [*MENU_GROUPS, MORE],
    "nav": [name for name, _, _ in NAVIGATION],
    "home": [name for name, _, _ in NAVIGATION],
    "role": Role,
    "access_by": By,
    "run_state": RunState,
    "run_phase": ["ledger", "files"],
    "run_outcome": [outcome.name.lower() for outcome in Outcome],
    "run_count": ["failed", "errors", "indeterminate", "passed"],
    "event": ledger_events(),
    "dossiers": FACTS,
    "version": VERSIONS,
    "evidence": EVIDENCE,
    "dossier_state": DossierState,
    "component_state": ComponentState,
    "paper_form": [one for one in PaperForm if one],
    "owner_kind": [f"k{int(one)}" for one in OwnerKind],
    "channel": [f"k{int(one)}" for one in Channel],
    "identity": IDENTITY_KEYS,
    "answer": Answer,
    "copy_form": Form,
    "register_kind": RegisterKind,
    "book_state": BookState,
    "entry_state": SHOWN_STATES,
    "register_figure": FIGURES,
    "action": {scope for role in Role for scope in scopes_for(role)},
    "account_state": ["active", "disabled", "idle", "paused", "one_time", "second_factor"],
    "account_done": ["password", "sessions", "hat", "revoked", "dropped"],
    "unit_kind": UnitKind,
    "certification_tab": Tab,
    "certification_empty": Tab,
    "file_state": FileState,
    "paper_state": PaperState,
    "signing_state": SigningState,
    "step": StepKind,
    "next_step": NextStep,
    "decision": DecisionKind,
    "key": review_keys(),
    "check": CHECKS,
    "waits_for": WAITS_FOR,
    "error_step": ErrorStep,
    "standing": Standing,
    "public_signatures": Indication,
    "validity": Validity,
    "sort": Sort,
    "search_filter": FILTERS,
    "signer_role": SignerRole,
    "time_source": ["timestamp", "claimed", "none"],
    "topic": Topic,
    "severity": Severity,
    "page_change": Change,
    "scan_source": ["feeder", "duplex", "flatbed"],
    "scan_mode": ["Color", "Gray", "Lineart"],
    "scan_profile": ScanOptions().profiles,
    "why_out": [WhyOut.EXCLUDED, WhyOut.REPLACED],
    "record": [
        "code",
        "type",
        "number",
        "issued_on",
        "issuer",
        "subject",
        "owner",
        "dossier",
        "valid_until",
        "scope",
        "pages",
        "created",
        "access",
    ],
}


def used_keys() -> set[str]:
    source = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    return set(KEY.findall(source)) | {key for pair in EITHER.findall(source) for key in pair}


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    vietnamese, english = load_texts("vi"), load_texts("en")
    assert vietnamese.keys() == english.keys()
    for key, text in vietnamese.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", english[key])), key


def test_templates_use_known_keys_only() -> None:
    assert used_keys() - load_texts("vi").keys() == set()


def test_every_state_that_can_be_shown_has_a_text() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    assert set(LABEL.findall(source)) == set(GROUPS)
    texts = load_texts("vi")
    missing = [f"{group}.{value}" for group, values in GROUPS.items() for value in values if f"{group}.{value}" not in texts]
    assert missing == []


def test_no_text_is_left_over() -> None:
    labelled = {f"{group}.{value}" for group, values in GROUPS.items() for value in values}
    assert load_texts("vi").keys() - used_keys() - labelled == set()


def test_an_unknown_key_fails_loudly() -> None:
    with pytest.raises(KeyError):
        Texts("vi")("no.such_key")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_script_style_or_foreign_address(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|https?://", source)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))
    assert "|safe" not in source.replace(" ", "")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_small_and_make_no_markup(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 150
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", source)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", source)


def test_every_form_that_changes_something_carries_the_anti_forgery_token() -> None:
    for path in TEMPLATES:
        for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(encoding="utf-8"), flags=re.DOTALL):
            assert 'name="csrf"' in form or 'action="/sign-in"' in form, (path.name, form[:80])
