"""One transaction, with one object for each stage's rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from storage.records.accounts import Accounts
from storage.records.anchors import Anchors
from storage.records.arrangements import Arrangements
from storage.records.assignments import Assignments
from storage.records.batches import Batches
from storage.records.certifications import Certifications
from storage.records.codes import Codes
from storage.records.dossiers import Dossiers
from storage.records.fields import Fields
from storage.records.figures import Figures
from storage.records.files import Files
from storage.records.jobs import Jobs
from storage.records.journal import Journal
from storage.records.ledger import Ledger
from storage.records.object_states import ObjectStates
from storage.records.outbox import Outbox
from storage.records.pages import Pages
from storage.records.papers import Papers
from storage.records.records import Records
from storage.records.registers import Registers
from storage.records.retention import Retention
from storage.records.reuses import Reuses
from storage.records.review_leases import ReviewLeases
from storage.records.review_rounds import ReviewRounds
from storage.records.saved_searches import SavedSearches
from storage.records.seals import Seals
from storage.records.search_index import SearchIndex
from storage.records.secrecy import SecrecyHolds
from storage.records.sessions import Sessions
from storage.records.signing_requests import SigningRequests
from storage.records.steps import Steps
from storage.records.subjects import Subjects
from storage.records.tokens import Tokens
from storage.records.units import Units
from storage.records.watching import Watching
from storage.records.work import Work
from storage.records.worklist import Worklist

Made = TypeVar("Made")


class _Part(Generic[Made]):
    """A repository, made when it is first asked for: there are forty, and a step needs five."""

    def __init__(self, make: Callable[[UnitOfWork], Made]) -> None:
        self._make = make

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, unit: UnitOfWork, _owner: type) -> Made:
        made = self._make(unit)
        vars(unit)[self._name] = made
        return made


def _of(repository: Callable[[Work], Made]) -> _Part[Made]:
    return _Part(lambda unit: repository(unit.work))


class UnitOfWork:
    """Made by `Database.transaction` and `Database.read`; of no use after them."""

    def __init__(self, work: Work) -> None:
        self.work = work

    batches = _of(Batches)
    files = _of(Files)
    papers = _of(Papers)
    pages = _of(Pages)
    arrangements = _of(Arrangements)
    fields = _of(Fields)
    records = _of(Records)
    ledger = _of(Ledger)
    journal = _Part(lambda unit: Journal(unit.work, unit.ledger))
    subjects = _of(Subjects)
    outbox = _of(Outbox)
    steps = _Part(lambda unit: Steps(unit.work, unit.outbox))
    codes = _of(Codes)
    certifications = _of(Certifications)
    registers = _Part(lambda unit: Registers(unit.work, unit.codes, unit.certifications))
    search = _of(SearchIndex)
    saved_searches = _of(SavedSearches)
    tokens = _of(Tokens)
    units = _of(Units)
    accounts = _of(Accounts)
    assignments = _of(Assignments)
    sessions = _of(Sessions)
    seals = _of(Seals)
    anchors = _of(Anchors)
    jobs = _of(Jobs)
    signing = _of(SigningRequests)
    dossiers = _of(Dossiers)
    reuses = _of(Reuses)
    figures = _of(Figures)
    secrecy = _of(SecrecyHolds)
    review_leases = _of(ReviewLeases)
    review_rounds = _of(ReviewRounds)
    worklist = _of(Worklist)
    objects = _of(ObjectStates)
    watching = _of(Watching)
    retention = _of(Retention)

    def now(self) -> datetime:
        """The aware UTC time of this transaction (on PostgreSQL the server's)."""
        return self.work.now()
