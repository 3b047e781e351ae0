"""FastAPI dependencies: the joined product, the language, and who asks. Every route names its action through `Allow`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.access.browser import CSRF_HEADER, SESSION_COOKIE, check_csrf, check_same_origin
from api.access.errors import SignInUnfinished
from api.access.permissions import Action, Principal
from api.access.purposes import MOST_LETTERS, PURPOSE_COOKIE, opened
from api.access.seats import Missing, Seat, seat_of
from api.access.tokens import principal_of
from api.http.language import language_of
from api.wiring import Sohoa

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BEARER = HTTPBearer(auto_error=False, description="A token of the role that asks (the embedded default prints demo tokens).")


def joined(request: Request) -> Sohoa:
    """The product behind this application."""
    sohoa: Sohoa = request.app.state.sohoa
    return sohoa


@dataclass(frozen=True)
class Allow:
    """The rule of a route: who asks must hold a role that allows `action`.

    A bearer token rules; without one the session cookie counts, and then a request that changes something must come from
    this site and carry the anti-forgery token.
    """

    action: Action
    other: Action | None = None
    """A second action that suffices: what exactly may be done then depends on the thing."""

    def __call__(
        self, request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
    ) -> Principal:
        """Who asks; raises Unauthorized, Forbidden, ForgedRequest."""
        if credentials is not None:
            principal = principal_of(joined(request).database, credentials.credentials)
        else:
            secret = request.cookies.get(SESSION_COOKIE, "")
            principal = seated(request).principal
            if request.method not in SAFE_METHODS:
                same_origin(request)
                check_csrf(secret, request.headers.get(CSRF_HEADER, ""))
        principal.require(self.other if self.other and principal.may(self.other) else self.action)
        return principal


def seated(request: Request, halfway: frozenset[Missing] = frozenset()) -> Seat:
    """Who sits behind the session cookie; raises Unauthorized, and SignInUnfinished unless what is missing is in `halfway`."""
    seat = seat_of(joined(request), request.cookies.get(SESSION_COOKIE, ""))
    if seat.missing is not None and seat.missing not in halfway:
        raise SignInUnfinished(step=seat.missing.value)
    request.state.seat = seat
    return seat


def same_origin(request: Request) -> None:
    """Nothing if the browser says the request comes from this site, else ForgedRequest."""
    check_same_origin(
        host=request.headers.get("host", ""),
        origin=request.headers.get("origin", ""),
        fetch_site=request.headers.get("sec-fetch-site", ""),
    )


async def public() -> Action:
    """The rule of a route that needs no sign-in, said out loud so that none is open by accident. Needs no thread."""
    return Action.PUBLIC


Product = Annotated[Sohoa, Depends(joined)]
Lang = Annotated[str, Depends(language_of)]


def carried(request: Request) -> str:
    """The purpose that was said once in this session, or empty text."""
    return opened(request.cookies.get(PURPOSE_COOKIE, ""), request.cookies.get(SESSION_COOKIE, ""))


def purpose_of(
    request: Request,
    purpose: Annotated[
        str,
        Query(
            max_length=MOST_LETTERS,
            description="Why the data is read: mã hồ sơ, or a code of the list of purposes; recorded in the ledger",
            examples=["H55.242-261122-0001"],
        ),
    ] = "",
) -> str:
    """The purpose in the address, else the one of the session."""
    return purpose.strip() or carried(request)


Purpose = Annotated[str, Depends(purpose_of)]
Carried = Annotated[str, Depends(carried)]
MayReadBatch = Annotated[Principal, Depends(Allow(Action.BATCH_READ))]
MaySend = Annotated[Principal, Depends(Allow(Action.BATCH_SEND))]
MayReadPaper = Annotated[Principal, Depends(Allow(Action.PAPER_READ))]
MayArrange = Annotated[Principal, Depends(Allow(Action.PAPER_ARRANGE))]
MayReview = Annotated[Principal, Depends(Allow(Action.PAPER_REVIEW))]
MaySeeAttention = Annotated[Principal, Depends(Allow(Action.ATTENTION_READ))]
MayAct = Annotated[Principal, Depends(Allow(Action.ATTENTION_ACT))]
MayReadReports = Annotated[Principal, Depends(Allow(Action.REPORT_READ))]
MayJudgeSecrecy = Annotated[Principal, Depends(Allow(Action.SECRECY_JUDGE))]
MaySearch = Annotated[Principal, Depends(Allow(Action.RECORD_SEARCH))]
MayReadRecord = Annotated[Principal, Depends(Allow(Action.RECORD_READ))]
MayDownload = Annotated[Principal, Depends(Allow(Action.RECORD_DOWNLOAD))]
MayReadJournal = Annotated[Principal, Depends(Allow(Action.JOURNAL_READ))]
MayVerify = Annotated[Principal, Depends(Allow(Action.VERIFY))]
MaySignSomething = Annotated[Principal, Depends(Allow(Action.SIGN_PERSONAL, Action.SIGN_AGENCY))]
MaySeeCertifications = Annotated[Principal, Depends(Allow(Action.CERTIFICATION_READ))]
MayRequestCertification = Annotated[Principal, Depends(Allow(Action.CERTIFICATION_REQUEST))]
MayAttest = Annotated[Principal, Depends(Allow(Action.CERTIFICATION_ATTEST))]
MayRelease = Annotated[Principal, Depends(Allow(Action.CERTIFICATION_RELEASE))]
MayAnnul = Annotated[Principal, Depends(Allow(Action.CERTIFICATION_ANNUL))]
MayReadRegister = Annotated[Principal, Depends(Allow(Action.REGISTER_READ))]
MayIssueCopies = Annotated[Principal, Depends(Allow(Action.COPY_ISSUE))]
MayKeepRegister = Annotated[Principal, Depends(Allow(Action.REGISTER_KEEP))]
MayReadFigures = Annotated[Principal, Depends(Allow(Action.REVIEW_FIGURES))]
MayReadDossier = Annotated[Principal, Depends(Allow(Action.DOSSIER_READ))]
MayKeepDossier = Annotated[Principal, Depends(Allow(Action.DOSSIER_KEEP))]
MayReuse = Annotated[Principal, Depends(Allow(Action.RECORD_REUSE))]
MayReadKeeping = Annotated[Principal, Depends(Allow(Action.KEEPING_READ))]
MayAskDisposal = Annotated[Principal, Depends(Allow(Action.KEEPING_ASK))]
MayDecideDisposal = Annotated[Principal, Depends(Allow(Action.KEEPING_DECIDE))]
MayEndRecord = Annotated[Principal, Depends(Allow(Action.RECORD_END))]
