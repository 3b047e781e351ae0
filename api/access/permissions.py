"""Roles and what each may do, as data. Every route names one action; a test fails for a route that names none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from api.errors import Forbidden
from storage.reach import Reach, reach_of


class Role(StrEnum):
    """What somebody is here for."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    """Second pair of eyes on what was read: confirms papers, does not scan them."""
    OFFICER = "officer"
    AUDITOR = "auditor"
    CERTIFIER = "certifier"
    """Người thực hiện chứng thực: attests with the personal signature."""
    REGISTRAR = "registrar"
    """Văn thư: keeps the agency's seal and the registers."""
    ADMIN = "admin"


class Action(StrEnum):
    """What a route lets somebody do."""

    PUBLIC = "public"
    """Needs no sign-in: health, sign-in page, static files."""
    ACCOUNT_ADMIN = "account.admin"
    """Make, disable and unlock accounts, give roles in units."""
    UNIT_ADMIN = "unit.admin"
    """Keep the table of units."""
    METRICS_READ = "metrics.read"
    """Scrape the figures of the installation: a token of an administrator with just this scope."""
    STATUS_READ = "status.read"
    """Look at how the installation does."""
    SIGNED_IN = "signed_in"
    """Any role: start page, sign out, language."""
    BATCH_READ = "batch.read"
    BATCH_SEND = "batch.send"
    PAPER_READ = "paper.read"
    """A paper with its pages, words and fields."""
    PAPER_REVIEW = "paper.review"
    PAPER_ARRANGE = "paper.arrange"
    """Put the pages of a paper right before it becomes a record."""
    REVIEW_FIGURES = "review.figures"
    """Error rates of people, steps and fields."""
    ATTENTION_READ = "attention.read"
    ATTENTION_ACT = "attention.act"
    RECORD_SEARCH = "record.search"
    RECORD_READ = "record.read"
    RECORD_DOWNLOAD = "record.download"
    JOURNAL_READ = "journal.read"
    VERIFY = "verify"
    SIGN_PERSONAL = "sign.personal"
    """Sign waiting documents with one's own personal key."""
    SIGN_AGENCY = "sign.agency"
    """Sign waiting documents with the agency's key, which one keeps."""
    CERTIFICATION_READ = "certification.read"
    CERTIFICATION_REQUEST = "certification.request"
    CERTIFICATION_ATTEST = "certification.attest"
    """Attest, refuse, void: the certifier's own acts."""
    CERTIFICATION_RELEASE = "certification.release"
    """Let the agency's signature be put."""
    CERTIFICATION_ANNUL = "certification.annul"
    """Enter a decision of annulment."""
    REGISTER_READ = "register.read"
    REGISTER_KEEP = "register.keep"
    """Open and close books, lock a year."""
    SECRECY_JUDGE = "secrecy.judge"
    """See a paper that was stopped as a state secret, and say that it was a false alarm."""
    LEDGER_READ = "ledger.read"
    """Look through the ledger and the access log, have the chain checked."""
    AUDIT_RUN = "audit.run"
    """Have what is stored verified again, or many files at once."""
    COPY_ISSUE = "copy.issue"
    """Sign a copy (sao y, sao lục) with the agency's key."""
    DOSSIER_READ = "dossier.read"
    DOSSIER_KEEP = "dossier.keep"
    """Open dossiers, say what became of their components, stop them."""
    RECORD_REUSE = "record.reuse"
    """Use a record for a component of a dossier, after the eligibility test."""
    REPORT_READ = "report.read"
    """See the figures of the service and the dossiers behind them; the scope of a monitoring centre's token."""
    RECORD_END = "record.end"
    """Enter the decision that annuls or replaces a record; set its access level."""
    KEEPING_READ = "keeping.read"
    """See what falls due, what is held, what was disposed of, with the certificates."""
    KEEPING_ASK = "keeping.ask"
    """Ask for a disposal; place and end legal holds."""
    KEEPING_DECIDE = "keeping.decide"
    """Approve or refuse a disposal that another person asked for."""


_ALWAYS = frozenset({Action.PUBLIC, Action.SIGNED_IN, Action.VERIFY})
ALWAYS = _ALWAYS
"""What every role may do, and every token."""
_RECORDS = frozenset({Action.RECORD_SEARCH, Action.RECORD_READ, Action.RECORD_DOWNLOAD, Action.PAPER_READ, Action.JOURNAL_READ})
_INTAKE = frozenset({Action.BATCH_READ, Action.BATCH_SEND, Action.PAPER_REVIEW, Action.ATTENTION_READ, Action.ATTENTION_ACT}) | {
    Action.PAPER_ARRANGE
}
_CERTIFIED = frozenset({Action.CERTIFICATION_READ, Action.REGISTER_READ})
_DOSSIERS = frozenset({Action.DOSSIER_READ, Action.DOSSIER_KEEP, Action.RECORD_REUSE})
_OVERSIGHT = frozenset({Action.LEDGER_READ, Action.AUDIT_RUN, Action.REPORT_READ, Action.KEEPING_READ})

PERMISSIONS: dict[Role, frozenset[Action]] = {
    Role.CLERK: _ALWAYS
    | _RECORDS
    | _INTAKE
    | _DOSSIERS
    | {Action.CERTIFICATION_READ, Action.CERTIFICATION_REQUEST, Action.SIGN_PERSONAL},
    Role.REVIEWER: _ALWAYS | _RECORDS | {Action.BATCH_READ, Action.PAPER_REVIEW, Action.ATTENTION_READ, Action.ATTENTION_ACT},
    Role.OFFICER: _ALWAYS
    | _RECORDS
    | _DOSSIERS
    | {Action.RECORD_END, Action.REPORT_READ, Action.KEEPING_READ, Action.KEEPING_DECIDE},
    Role.AUDITOR: _ALWAYS | _RECORDS | _CERTIFIED | _OVERSIGHT | {Action.DOSSIER_READ, Action.REVIEW_FIGURES},
    Role.CERTIFIER: _ALWAYS
    | _RECORDS
    | _CERTIFIED
    | {
        Action.SIGN_PERSONAL,
        Action.CERTIFICATION_REQUEST,
        Action.CERTIFICATION_ATTEST,
        Action.CERTIFICATION_ANNUL,
        Action.ATTENTION_READ,
        Action.ATTENTION_ACT,
    },
    Role.REGISTRAR: _ALWAYS
    | _RECORDS
    | _CERTIFIED
    | {
        Action.SIGN_AGENCY,
        Action.CERTIFICATION_RELEASE,
        Action.CERTIFICATION_ANNUL,
        Action.REGISTER_KEEP,
        Action.ATTENTION_READ,
        Action.COPY_ISSUE,
        Action.SECRECY_JUDGE,
        Action.KEEPING_READ,
        Action.KEEPING_ASK,
    },
    Role.ADMIN: frozenset(Action),
}


SUPERVISING = frozenset({Role.ADMIN, Role.AUDITOR})
"""Roles whose reach includes the units below their own: they oversee. All others do the work of one office, with its seal."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who is signed in, wearing one hat: a role in a unit."""

    name: str
    """Name of the account or token, as the ledger writes it."""
    role: Role
    unit: str = ""
    """The unit they work for; empty: none in particular, and then every unit's work is within reach."""
    further: tuple[str, ...] = ()
    """Units they answer for besides: those merged into theirs and, for whoever supervises, those below it."""

    account: str = ""
    """Id of the account; empty for a token of the installation."""
    scopes: frozenset[Action] | None = None
    """The only actions the token that was shown allows; None: all of the role."""

    @property
    def reach(self) -> Reach:
        """Whose work they see and act on (`storage.reach`). Empty: every unit's."""
        return reach_of(self.unit, self.further)

    def may(self, action: Action) -> bool:
        """True if the role, and the token if one was shown, allow the action."""
        return action in PERMISSIONS[self.role] and (self.scopes is None or action in self.scopes or action in ALWAYS)

    def require(self, action: Action) -> None:
        """Nothing if the role allows the action, else Forbidden."""
        if not self.may(action):
            raise Forbidden(action=action.value)
