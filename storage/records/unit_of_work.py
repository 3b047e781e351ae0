"""One transaction, with one object for each stage's rows."""

from __future__ import annotations

from datetime import datetime

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


class UnitOfWork:
    """Made by `Database.transaction` and `Database.read`; of no use after them."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.batches = Batches(work)
        self.files = Files(work)
        self.papers = Papers(work)
        self.pages = Pages(work)
        self.arrangements = Arrangements(work)
        self.fields = Fields(work)
        self.records = Records(work)
        self.ledger = Ledger(work)
        self.journal = Journal(work, self.ledger)
        self.subjects = Subjects(work)
        self.outbox = Outbox(work)
        self.steps = Steps(work, self.outbox)
        self.codes = Codes(work)
        self.certifications = Certifications(work)
        self.registers = Registers(work, self.codes, self.certifications)
        self.search = SearchIndex(work)
        self.saved_searches = SavedSearches(work)
        self.tokens = Tokens(work)
        self.units = Units(work)
        self.accounts = Accounts(work)
        self.assignments = Assignments(work)
        self.sessions = Sessions(work)
        self.seals = Seals(work)
        self.anchors = Anchors(work)
        self.jobs = Jobs(work)
        self.signing = SigningRequests(work)
        self.dossiers = Dossiers(work)
        self.reuses = Reuses(work)
        self.figures = Figures(work)
        self.secrecy = SecrecyHolds(work)
        self.review_leases = ReviewLeases(work)
        self.review_rounds = ReviewRounds(work)
        self.worklist = Worklist(work)
        self.objects = ObjectStates(work)
        self.watching = Watching(work)
        self.retention = Retention(work)

    def now(self) -> datetime:
        """The aware UTC time of this transaction (on PostgreSQL the server's)."""
        return self._work.now()
