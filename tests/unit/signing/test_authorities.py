"""Time-stamp authorities over HTTP: whatever one does, the next is asked; all dead is waiting, with the reason of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from asn1crypto import cms

from signing.authorities import HttpTimestamper, Limits
from signing.errors import CertificateRefused, ClockSkewed, RevocationStale, TimestampPending, TimestampUnavailable
from signing.model import Level, Role, SealKind, SealRequest
from signing.seal import seal
from tests.unit.signing.world import DAY, NOW, World, issue
from tests.world.timestamp_site import FAULTS, TimestampSite, running

QUICK = Limits(timeout_seconds=0.4)
DIGEST = b"\7" * 32
MESSAGES = {
    "500": "báo lỗi máy chủ",
    "html": "trả về trang web (cổng đăng nhập mạng?)",
    "refused": "từ chối cấp",
    "imprint": "đóng dấu lên nội dung khác",
    "nonce": "trả lời lặp lại của lần khác",
    "signature": "chữ ký của dấu thời gian sai",
    "strange": "chứng thư không dùng để cấp dấu thời gian",
    "hang": "không trả lời kịp",
    "late": "giờ lệch xa đồng hồ máy này",
    "nothing": "trả lời không đọc được",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, world: World) -> Iterator[TimestampSite]:
    key = issue(tmp_path_factory.mktemp("tsa"), world.issuing, "TSA", NOW - 3000 * DAY, NOW + 3000 * DAY, "stamp")
    with running(TimestampSite(key, world.clerk)) as one:
        yield one


def test_a_token_is_asked_for_and_checked(site: TimestampSite, world: World) -> None:
    token = HttpTimestamper([site.url("good")], world.trust).token(DIGEST, "sha256")
    info = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
    assert info["message_imprint"]["hashed_message"].native == DIGEST


def _quickest(stamper: HttpTimestamper) -> float:
    """Seconds of the quickest of some tokens: the machine may be busy with something else for a moment."""
    took = []
    for _ in range(4):
        start = monotonic()
        assert stamper.token(DIGEST, "sha256")
        took.append(monotonic() - start)
    return min(took)


@pytest.mark.parametrize("kind", FAULTS)
def test_a_bad_authority_is_left_for_the_next(site: TimestampSite, world: World, kind: str) -> None:
    """A dead first authority costs its time limit once and nothing after."""
    stamper = HttpTimestamper([site.url(kind), site.url("good")], world.trust)
    start = monotonic()
    assert stamper.token(DIGEST, "sha256")
    assert monotonic() - start < 3.6
    site.asked.clear()
    assert _quickest(stamper) - _quickest(HttpTimestamper([site.url("good")], world.trust)) < 0.1
    assert set(site.asked) == {"good"}


@pytest.mark.parametrize("kind", FAULTS)
def test_the_user_is_told_what_each_authority_did(site: TimestampSite, world: World, kind: str) -> None:
    with pytest.raises(TimestampPending) as caught:
        HttpTimestamper([site.url(kind), "http://127.0.0.1:9/"], world.trust, QUICK).token(DIGEST, "sha256")
    told = caught.value.message("vi")
    assert told.startswith("Chờ dấu thời gian")
    assert MESSAGES[kind] in told
    assert "không kết nối được" in told
    assert "2/2" in told
    assert caught.value.retryable
    assert caught.value.environment, "waiting is not counted as a try"
    assert "{" not in caught.value.message("en")


def test_an_authority_whose_root_nobody_trusts(site: TimestampSite, world: World) -> None:
    nobody = replace(world.trust, roots=())
    with pytest.raises(TimestampPending, match="leads to no trusted root"):
        HttpTimestamper([site.url()], nobody, QUICK).token(DIGEST, "sha256")


@pytest.mark.parametrize("how", ["gone", "stale"])
def test_an_authority_without_revocation_data_in_force(site: TimestampSite, world: World, how: str) -> None:
    lists = () if how == "gone" else (world.root.crl(start=NOW - 99 * DAY), world.issuing.crl(start=NOW - 99 * DAY))
    with pytest.raises(TimestampPending) as caught:
        HttpTimestamper([site.url()], world.trusting(*lists), QUICK).token(DIGEST, "sha256")
    assert "thiếu dữ liệu thu hồi còn hiệu lực" in caught.value.message("vi")


def test_a_wrong_clock_of_ours_is_told_when_every_authority_says_so(site: TimestampSite, world: World) -> None:
    with pytest.raises(ClockSkewed) as caught:
        HttpTimestamper([site.url("late"), site.url("late")], world.trust, QUICK).token(DIGEST, "sha256")
    assert caught.value.params["seconds"] in range(-3603, -3596)
    assert "Chỉnh lại đồng hồ (NTP)" in caught.value.message("vi")
    patient = HttpTimestamper([site.url("late")], world.trust, Limits(skew_seconds=4000))
    assert patient.token(DIGEST, "sha256")
    with pytest.raises(TimestampPending) as mixed:
        HttpTimestamper([site.url("late"), site.url("500")], world.trust, QUICK).token(DIGEST, "sha256")
    assert not isinstance(mixed.value, ClockSkewed)


def test_nobody_there(world: World) -> None:
    stamper = HttpTimestamper(["http://127.0.0.1:9/", "http://127.0.0.1:9/x"], world.trust, QUICK)
    with pytest.raises(TimestampPending) as caught:
        stamper.token(DIGEST, "sha256")
    assert caught.value.retryable
    with pytest.raises(TimestampPending):
        stamper.at_hand()


def test_a_rested_authority_is_asked_again_and_the_budget_is_kept(site: TimestampSite, world: World) -> None:
    now = [0.0]
    stamper = HttpTimestamper([site.url("500"), site.url("good")], world.trust, QUICK, clock=lambda: now[0])
    stamper.token(DIGEST, "sha256")
    now[0] = 61.0
    site.asked.clear()
    stamper.token(DIGEST, "sha256")
    assert site.asked == ["500", "good"]
    now[0] = 61.0 + 61.0
    stamper.token(DIGEST, "sha256")
    assert site.asked == ["500", "good", "good"], "twice as long the second time"
    few = HttpTimestamper([site.url("good")], world.trust, Limits(most_requests=2), clock=lambda: now[0])
    few.token(DIGEST, "sha256")
    few.token(DIGEST, "sha256")
    with pytest.raises(TimestampPending, match="may not be asked again yet"):
        few.token(DIGEST, "sha256")
    with pytest.raises(TimestampPending):
        few.at_hand()
    now[0] += 1201.0
    few.at_hand()
    assert few.token(DIGEST, "sha256")


def test_when_all_are_dead_each_is_asked_every_minute(site: TimestampSite, world: World) -> None:
    """Nobody waits for a rest that would only spare an authority beside a living one."""
    now = [0.0]
    stamper = HttpTimestamper([site.url("500"), site.url("html")], world.trust, QUICK, clock=lambda: now[0])
    site.asked.clear()
    for _ in range(4):
        with pytest.raises(TimestampPending):
            stamper.token(DIGEST, "sha256")
        now[0] += 60.0
    assert site.asked == ["500", "html"] * 4


def test_sealing_waits_and_never_lowers_the_level(site: TimestampSite, world: World, plain: Path, tmp_path: Path) -> None:
    request = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Clerk", level=Level.B_LT)
    out = tmp_path / "x.pdf"
    with pytest.raises(TimestampPending):
        seal(plain, out, request, world.clerk, world.trust, HttpTimestamper([site.url("html")], world.trust, QUICK))
    assert not out.exists()
    with pytest.raises(TimestampUnavailable):
        seal(plain, out, request, world.clerk, world.trust, None)
    sealed = seal(plain, out, request, world.clerk, world.trust, HttpTimestamper([site.url("good")], world.trust))
    assert sealed.level is Level.B_LT
    assert sealed.time_stamped


@pytest.mark.parametrize("how", ["down", "stale", "of the issuer only"])
def test_revocation_data_missing_at_signing_waits_for_a_refresh(world: World, plain: Path, tmp_path: Path, how: str) -> None:
    old = NOW - timedelta(days=99)
    lists = {
        "down": (),
        "stale": (world.root.crl(start=old), world.issuing.crl(start=old)),
        "of the issuer only": (world.issuing.crl(),),
    }[how]
    request = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Clerk")
    with pytest.raises(RevocationStale) as caught:
        seal(plain, tmp_path / "x.pdf", request, world.clerk, world.trusting(*lists), world.stamper)
    assert isinstance(caught.value, CertificateRefused)
    assert caught.value.environment
    assert "sohoa trust refresh" in caught.value.message("vi")
    assert not (tmp_path / "x.pdf").exists()
