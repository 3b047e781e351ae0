"""Signing in with a living OpenID provider: the whole way with PKCE, roles by claim, signing out; and every lie is refused."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from api.access.errors import ProviderAway, ProviderRefused
from api.access.options import AccessOptions, ProviderOptions
from api.access.provider import Errand, Provider
from api.web.pages.provider import ERRAND_COOKIE
from tests.world.door import Door, open_door
from tests.world.openid_provider import openid_provider
from tests.world.people import browser, csrf_in, new_account

SECRET = "một-bí-mật"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with openid_provider() as address:
        yield address


@pytest.fixture(scope="module")
def options(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> ProviderOptions:
    file = tmp_path_factory.mktemp("secret") / "client"
    file.write_text("s3cret\n")
    return ProviderOptions(
        issuer=issuer, client_id="sohoa", client_secret_file=file, name="SSO tỉnh", roles_claim="groups",
        roles={"so-hoa": ("clerk@H00.DEMO",), "tra-cuu": ("officer@",)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def door(options: ProviderOptions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("openid"), access=AccessOptions(provider=options)) as opened:
        yield opened


def person(issuer: str, sub: str, **claims: object) -> None:
    httpx.put(f"{issuer}/users/{sub}", json=claims).raise_for_status()


def consent(address: str, sub: str) -> str:
    """What the person does at the provider; the address it sends the browser back to."""
    return httpx.post(address, data={"sub": sub}).headers["location"]


def way(client: TestClient, sub: str, target: str = "/upload") -> str:
    """Out to the provider and its way back, up to the address that leads back to us."""
    out = client.get("/sign-in/provider", params={"next": target})
    assert out.status_code == 303
    return consent(out.headers["location"], sub)


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_the_whole_way(door: Door, issuer: str) -> None:
    person(issuer, "sub-lan", preferred_username="Lan.NT", name="Nguyễn Thị Lan", groups=["so-hoa", "khac"])
    client = browser(door)
    assert "SSO tỉnh" in client.get("/sign-in").text
    out = client.get("/sign-in/provider", params={"next": "/upload"})
    asked = parse_qs(urlsplit(out.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert "samesite=lax" in out.headers["set-cookie"].lower()
    back = client.get(path_of(consent(out.headers["location"], "sub-lan")))
    assert back.status_code == 200, back.text
    assert 'content="0;url=/upload"' in back.text
    shown = client.get("/upload")
    assert "Nguyễn Thị Lan" in shown.text
    with door.sohoa.database.read() as uow:
        account = uow.accounts.by_login("lan.nt")
        hats = uow.assignments.current(account.id)
        told = [(entry.event, entry.details) for entry in uow.ledger.entries(subject=account.id)]
    assert [(hat.role, hat.unit) for hat in hats] == [("clerk", "H00.DEMO")]
    assert [event for event, _ in told] == ["access.account_created", "access.role_given", "access.signed_in"]
    assert "s3cret" not in str(told)
    left = client.post("/sign-out", data={"csrf": csrf_in(shown.text)})
    assert "/oauth2/end_session?client_id=sohoa" in left.text
    assert client.get("/upload").status_code == 303


def test_roles_follow_the_claim(door: Door, issuer: str) -> None:
    person(issuer, "sub-minh", preferred_username="minh", name="Minh", groups=["tra-cuu"])
    client = browser(door)
    client.get(path_of(way(client, "sub-minh")))
    assert client.get("/records").status_code == 200
    assert client.get("/upload").status_code == 403
    person(issuer, "sub-minh", preferred_username="minh-moi", name="Minh", groups=[])
    answer = client.get(path_of(way(client, "sub-minh")))
    assert (answer.status_code, "chưa được giao vai trò" in answer.text) == (403, True)
    assert client.get("/records").status_code == 303, "the role is gone for the session before, too"


def test_a_local_account_of_the_same_name_is_not_taken_over(door: Door, issuer: str) -> None:
    new_account(door, "truong")
    person(issuer, "sub-truong", preferred_username="truong", name="Kẻ mạo danh", groups=["so-hoa"])
    client = browser(door)
    assert client.get(path_of(way(client, "sub-truong"))).status_code == 409
    assert client.get("/upload").status_code == 303


def test_somebody_elses_way_back_signs_nobody_in(door: Door, issuer: str) -> None:
    person(issuer, "sub-ac", preferred_username="ac", name="Ác", groups=["so-hoa"])
    attacker, victim = browser(door), browser(door)
    back = path_of(way(attacker, "sub-ac"))
    assert victim.get(back).status_code == 403, "no errand in this browser"
    victim.get("/sign-in/provider")
    assert victim.get(back).status_code == 403, "another state"
    assert victim.get("/upload").status_code == 303
    assert attacker.get(back.replace("code=", "code=x")).status_code == 403
    assert attacker.get(back).status_code == 403, "the errand is over"
    denied = browser(door)
    denied.get("/sign-in/provider")
    assert denied.get("/sign-in/provider/back?error=access_denied&state=x").status_code == 403


def test_the_code_is_worth_nothing_without_the_verifier(options: ProviderOptions, issuer: str) -> None:
    person(issuer, "sub-v", preferred_username="v", groups=[])
    provider, errand = Provider(options), Errand.new("/")
    uri = "http://testserver/sign-in/provider/back"
    back = parse_qs(urlsplit(consent(provider.address(errand, uri), "sub-v")).query)
    stolen = Errand(errand.state, errand.nonce, "a" * 64, "/")
    with pytest.raises(ProviderRefused, match="invalid_grant"):
        provider.claims(stolen, uri, back["state"][0], back["code"][0])
    back = parse_qs(urlsplit(consent(provider.address(errand, uri), "sub-v")).query)
    assert provider.claims(errand, uri, back["state"][0], back["code"][0])["sub"] == "sub-v"


KEY, OTHER = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
GOOD = {"iss": "https://op.example", "aud": "sohoa", "sub": "s", "nonce": "n"}


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Provider:
    provider = Provider(ProviderOptions(issuer="https://op.example", client_id="sohoa"))
    monkeypatch.setattr(provider, "_key_set", lambda **_: KeySet([KEY]))
    return provider


def signed(key: RSAKey | OctKey = KEY, algorithm: str = "RS256", **changes: object) -> str:
    now = int(time.time())
    claims = {"iat": now, "exp": now + 60} | GOOD | changes
    return jwt.encode({"alg": algorithm}, {name: value for name, value in claims.items() if value is not None}, key)


def test_a_true_token_is_believed(judge: Provider) -> None:
    assert judge.verified(signed(), "n")["sub"] == "s"
    assert judge.verified(signed(aud=["sohoa", "x"], azp="sohoa"), "n")["sub"] == "s"


@pytest.mark.parametrize(
    "token",
    [
        signed(OTHER),
        signed(iss="https://other.example"),
        signed(aud="other"),
        signed(aud=["sohoa", "x"]),
        signed(azp="other"),
        signed(nonce="m"),
        signed(nonce=None),
        signed(exp=int(time.time()) - 3600),
        signed(exp=None),
        signed(iat=int(time.time()) + 3600),
        signed(sub=""),
        signed(OctKey.import_key("một bí mật dài hơn ba mươi hai byte"), "HS256"),
        signed().rpartition(".")[0] + ".",
        "eyJhbGciOiJub25lIn0." + signed().split(".")[1] + ".",
        "",
        "a.b.c",
    ],
)
def test_a_lie_is_refused(judge: Provider, token: str) -> None:
    with pytest.raises(ProviderRefused):
        judge.verified(token, "n")


def test_a_provider_that_is_away_or_somebody_else(door: Door) -> None:
    with pytest.raises(ProviderAway):
        Provider(ProviderOptions(issuer="http://127.0.0.1:9", client_id="x")).address(Errand.new("/"), "http://x")
    issuer = door.sohoa.settings.access.provider.issuer
    with pytest.raises(ProviderRefused, match="issuer"):
        Provider(ProviderOptions(issuer=f"{issuer}/", client_id="x")).address(Errand.new("/"), "http://x")
    with pytest.raises(ValueError, match="https"):
        ProviderOptions(issuer="http://op.example", client_id="x")


def test_a_provider_leads_to_no_foreign_page(door: Door, issuer: str) -> None:
    person(issuer, "sub-o", preferred_username="odd", groups=["so-hoa"])
    client = browser(door)
    back = client.get(path_of(way(client, "sub-o", "//evil.example/x")))
    assert 'content="0;url=/"' in back.text
    assert ERRAND_COOKIE not in client.cookies


def test_an_answer_without_end_is_not_read_to_its_end(options: ProviderOptions) -> None:
    sent = []

    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                for _ in range(200):
                    self.wfile.write(b" " * 1024**2)
                    sent.append(1)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        far = options.model_copy(update={"issuer": f"http://127.0.0.1:{server.server_port}"})
        with pytest.raises(ProviderAway, match="size"):
            Provider(far).address(Errand.new("/"), "http://testserver/back")
        server.shutdown()
    assert len(sent) < 100
