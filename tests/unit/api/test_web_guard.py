"""Protection of browser sessions: pure rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from api.access.browser import check_csrf, check_same_origin, csrf_token, host_allowed, hosts_for, safe_path
from api.access.options import AccessOptions
from api.access.tokens import hash_secret, new_secret
from api.cli.serving import configured
from api.errors import ForgedRequest
from api.http.downloads import content_disposition, etag_matches, range_of
from api.http.language import preferred
from api.options import WebOptions
from tests.world.product import sohoa_in


def test_anti_forgery_token_belongs_to_one_session() -> None:
    check_csrf("a", csrf_token("a"))
    for shown in (csrf_token("b"), "", "a"):
        with pytest.raises(ForgedRequest):
            check_csrf("a", shown)


@pytest.mark.parametrize(
    ("origin", "site", "fine"),
    [
        ("http://h:1", "same-origin", True),
        ("", "", True),
        ("", "none", True),
        ("http://evil", "cross-site", False),
        ("http://evil", "", False),
        ("", "same-site", False),
        ("null", "", False),
        ("http://h:2", "", False),
    ],
)
def test_same_origin(origin: str, site: str, fine: bool) -> None:
    if fine:
        check_same_origin(host="h:1", origin=origin, fetch_site=site)
    else:
        with pytest.raises(ForgedRequest):
            check_same_origin(host="h:1", origin=origin, fetch_site=site)


@pytest.mark.parametrize(
    "target", ["//evil", "https://evil/", "/\\evil", "javascript:x", "", "evil", "/a\r\nSet-Cookie: x", "/\tevil", "\\\\evil"]
)
def test_redirects_stay_in_the_house(target: str) -> None:
    assert safe_path(target) == "/"


@pytest.mark.parametrize("target", ["//[", "/[", "http://[", "//%5B", "/\ud800"])
def test_addresses_that_are_none_lead_nowhere_else(target: str) -> None:
    assert safe_path(target) in {"/", "/["}


def test_malformed_headers_are_refused_and_break_nothing() -> None:
    assert not host_allowed("[", hosts_for("127.0.0.1"))
    assert not host_allowed("[::1", hosts_for("127.0.0.1"))
    with pytest.raises(ForgedRequest):
        check_same_origin(host="h:1", origin="http://[", fetch_site="")
    with pytest.raises(ForgedRequest):
        check_csrf("a", "é")


def test_paths_of_the_house_are_kept() -> None:
    assert safe_path("/records?q=quyết định&type=a") == "/records?q=quyết định&type=a"


def test_foreign_host_names_are_refused() -> None:
    ours = hosts_for("127.0.0.1", ("sohoa.xa.vn",))
    assert host_allowed("127.0.0.1:8000", ours)
    assert host_allowed("LOCALHOST", ours)
    assert host_allowed("[::1]:80", ours)
    assert host_allowed("sohoa.xa.vn", ours)
    assert not host_allowed("evil.example:8000", ours)
    assert not host_allowed("", ours)
    assert host_allowed("anything", hosts_for("0.0.0.0"))
    assert not host_allowed("anything", hosts_for("0.0.0.0", ("sohoa.xa.vn",)))


def test_tokens_are_long_and_kept_as_hashes() -> None:
    secret = new_secret()
    assert len(secret) >= 43
    assert secret != new_secret()
    assert len(hash_secret(secret)) == 64
    assert secret not in hash_secret(secret)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("bytes=0-9", (0, 9)),
        ("bytes=90-", (90, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-1000", (0, 99)),
        ("bytes=50-1000", (50, 99)),
        ("bytes=9-1", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=-", None),
        (f"bytes={'9' * 5000}-", None),
        (f"bytes=0-{'9' * 5000}", None),
        ("bytes=٣-٤", None),
        ("", None),
    ],
)
def test_ranges(header: str, found: tuple[int, int] | None) -> None:
    assert range_of(header, 100) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_ranges_outside(header: str) -> None:
    from api.errors import BadRange

    with pytest.raises(BadRange):
        range_of(header, 100)


def test_file_names_in_headers_are_safe() -> None:
    header = content_disposition('Quyết định "số 1"\r\nX: y.pdf')
    assert "\r" not in header
    assert "\n" not in header
    assert header.startswith('attachment; filename="')
    assert "filename*=UTF-8''Quy%E1%BA%BFt%20" in header
    assert header.count('"') == 2
    assert 'filename="file"' in content_disposition("…")


def test_entity_tags() -> None:
    assert etag_matches('"a", W/"b"', '"b"')
    assert not etag_matches('"a"', '"b"')
    assert not etag_matches("", '"b"')


@pytest.mark.parametrize(
    ("header", "lang"),
    [("en-US,en;q=0.9,vi;q=0.8", "en"), ("vi;q=0.9,en;q=0.1", "vi"), ("de", ""), ("", ""), ("en;q=x", ""), ("en;q=0,vi", "vi")],
)
def test_language_negotiation(header: str, lang: str) -> None:
    assert preferred(header) == lang


def test_behind_a_proxy_that_is_trusted_the_visitor_counts_and_not_the_proxy(tmp_path: Path) -> None:
    limits = AccessOptions(sign_ins_a_minute=1)
    web = WebOptions(trusted_proxies=("10.1.0.0/24",), allowed_hosts=("testserver",))
    with sohoa_in(tmp_path / "data", access=limits, web=web) as sohoa:
        config = configured(sohoa)
        config.load()

        def tries(proxy: str, visitor: str) -> list[int]:
            client = TestClient(config.loaded_app, client=(proxy, 5000), headers={"X-Forwarded-For": visitor})
            return [client.post("/sign-in", data={"login": "ai-do", "password": "x"}).status_code for _ in range(2)]

        assert tries("10.1.0.7", "203.0.113.1") == [401, 429]
        assert tries("10.1.0.7", "203.0.113.2") == [401, 429], "another visitor"
        assert tries("10.1.0.7", "2001:db8::1") == [401, 429]
        assert tries("10.1.0.7", "2001:db8::2") == [429, 429], "the same household"
        assert tries("198.51.100.1", "203.0.113.3") == [401, 429]
        assert tries("198.51.100.1", "203.0.113.4") == [429, 429], "whoever is no proxy of ours chooses no address"
    for wrong in ("proxy.local", "10.1.0.7/24", "0.0.0.0/0", "*"):
        with pytest.raises(ValidationError):
            WebOptions(trusted_proxies=(wrong,))
