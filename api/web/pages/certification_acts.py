"""What a certifier and văn thư do with one certification: attest, refuse, void, release, annul. Sent by forms alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action
from api.certification.checks import Attested
from api.certification.desk import CertificationDesk
from api.errors import BadRequest, to_problem
from api.http.identity import Lang, Product
from api.web.certifying import certification_page
from api.web.visits import Post, Posted
from api.wiring import Sohoa
from ingest.errors import CodedError
from signing.grounds import grounds
from storage.errors import NotFound
from storage.registers import Certification

router = APIRouter(include_in_schema=False)

Id = Annotated[str, Path(max_length=64)]
Attests = Annotated[Posted, Depends(Post(Action.CERTIFICATION_ATTEST))]
Releases = Annotated[Posted, Depends(Post(Action.CERTIFICATION_RELEASE))]
Annuls = Annotated[Posted, Depends(Post(Action.CERTIFICATION_ANNUL))]
LONGEST_REASON = 1000
MOST_PAGES = 100_000

Act = Callable[[CertificationDesk], Certification]


@router.post("/certifications/{certification_id}/attest")
async def attest(request: Request, certification_id: Id, posted: Attests, sohoa: Product, lang: Lang) -> Response:
    """Attest: bind the number and let the signing begin. The pages counted in the original must be told."""
    clear = frozenset(code for code in grounds() if posted.text(f"clear.{code}"))
    said = {name: posted.text(name)[:200] for name in ("counted", "title", "name")}

    def act(desk: CertificationDesk) -> Certification:
        attested = Attested(
            clear, bool(posted.text("agrees")), bool(posted.text("complete")), posted.text("compared_sha256")[:64],
            said["title"], said["name"], _counted(said["counted"]),
        )  # fmt: skip
        return desk.attest(certification_id, attested, actor=posted.principal.name)

    marked: dict[str, Any] = {"cleared": clear, "agrees": posted.text("agrees"), "complete": posted.text("complete")}
    return await _done(request, sohoa, posted, certification_id, act, lang, said | marked | {"part": "attest"})


@router.post("/certifications/{certification_id}/refuse")
async def refuse(request: Request, certification_id: Id, posted: Attests, sohoa: Product, lang: Lang) -> Response:
    """Refuse in writing on a ground of the law; the slip can be printed then."""
    found, reason = frozenset(code for code in grounds() if posted.text(f"ground.{code}")), posted.text("reason")[:LONGEST_REASON]

    def act(desk: CertificationDesk) -> Certification:
        return desk.refuse(certification_id, found, reason, actor=posted.principal.name)

    said = {"grounds": found, "reason": reason, "part": "refuse"}
    return await _done(request, sohoa, posted, certification_id, act, lang, said)


@router.post("/certifications/{certification_id}/void")
async def void(request: Request, certification_id: Id, posted: Attests, sohoa: Product, lang: Lang) -> Response:
    """Give it up with a reason; a number already taken stays in the register as void."""
    reason = posted.text("reason")[:LONGEST_REASON]

    def act(desk: CertificationDesk) -> Certification:
        return desk.void(certification_id, reason, actor=posted.principal.name)

    return await _done(request, sohoa, posted, certification_id, act, lang, {"void_reason": reason, "part": "void"})


@router.post("/certifications/{certification_id}/release")
async def release(request: Request, certification_id: Id, posted: Releases, sohoa: Product, lang: Lang) -> Response:
    """Văn thư lets the agency's signature be put."""

    def act(desk: CertificationDesk) -> Certification:
        return desk.release(certification_id, actor=posted.principal.name)

    return await _done(request, sohoa, posted, certification_id, act, lang, {"part": "release"})


@router.post("/certifications/{certification_id}/annul")
async def annul(request: Request, certification_id: Id, posted: Annuls, sohoa: Product, lang: Lang) -> Response:
    """Enter the decision that annuls an issued copy."""
    said = {name: posted.text(name)[:LONGEST_REASON] for name in ("decision", "decided_on", "annul_reason")}

    def act(desk: CertificationDesk) -> Certification:
        try:
            day = date.fromisoformat(said["decided_on"])
        except ValueError as error:
            raise BadRequest(where="ngày quyết định / decided_on") from error
        return desk.annul(certification_id, said["decision"][:100], day, said["annul_reason"], actor=posted.principal.name)

    return await _done(request, sohoa, posted, certification_id, act, lang, said | {"part": "annul"})


def _counted(text: str) -> int:
    """The pages counted in the original. Raises BadRequest: on this page they must be told."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
    if not 0 < number <= MOST_PAGES:
        raise BadRequest(where="số trang bản chính / pages of the original")
    return number


async def _done(
    request: Request, sohoa: Sohoa, posted: Posted, certification_id: str, act: Act, lang: str, said: dict[str, Any]
) -> Response:
    """Act, and show what came of it; what was refused is told on the same page, with everything as it was filled in."""
    desk = CertificationDesk(sohoa, posted.principal.reach)
    try:
        await run_in_threadpool(act, desk)
    except NotFound:
        raise
    except CodedError as error:
        problem = to_problem(error, lang)
        found = await run_in_threadpool(desk.get, certification_id)
        return await run_in_threadpool(
            certification_page,
            request,
            sohoa,
            posted.principal,
            found,
            lang,
            problem=problem.detail,
            said=said,
            status=problem.status,
        )
    return RedirectResponse(f"/certifications/{certification_id}", 303)
