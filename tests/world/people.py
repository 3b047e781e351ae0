"""Somebody with an account, at the pages: signs in, changes the one-time password, wears a hat."""

from __future__ import annotations

import html
import re

import pyotp
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from api.access import passwords
from api.access.accounts import AccountDesk
from api.access.permissions import Role
from tests.world.door import Door

passwords._hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
"""The same algorithm at the least cost: tests hash hundreds of times."""
PASSWORD = "Mùa xuân 2026!"


def browser(door: Door) -> TestClient:
    """A browser nobody is signed in with; follows no redirect by itself."""
    return TestClient(door.app, headers={"Accept": "text/html"}, raise_server_exceptions=False, follow_redirects=False)


def csrf_in(text: str) -> str:
    """The anti-forgery token of the forms of a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', text)
    assert found is not None, text
    return found.group(1)


def value_in(text: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, text
    return html.unescape(found.group(1))


def code_in(text: str, element: str) -> str:
    """What stands in a `<code>` with this id."""
    found = re.search(rf'<code id="{element}">([^<]+)</code>', text)
    assert found is not None, text
    return html.unescape(found.group(1))


def new_account(door: Door, login: str, role: Role | None = Role.CLERK, unit: str = "", *, external: bool = False) -> str:
    """Make an account; its one-time password."""
    return AccountDesk(door.sohoa, "test").create(login, f"Người {login}", role, unit, external=external)[1]


def sign_in(client: TestClient, login: str, password: str) -> int:
    """Send the sign-in form; the status of the answer."""
    return client.post("/sign-in", data={"login": login, "password": password, "next": "/"}).status_code


def change_password(client: TestClient, old: str, new: str = PASSWORD) -> int:
    """Send the form for a new password; the status of the answer."""
    token = csrf_in(client.get("/account/password").text)
    form = {"csrf": token, "old": old, "new": new, "again": new, "next": "/"}
    return client.post("/account/password", data=form).status_code


def enrol(client: TestClient) -> tuple[str, list[str]]:
    """Set up the second factor; the shared secret and the recovery codes."""
    shown = client.get("/account/second-factor").text
    shared = value_in(shown, "shared")
    form = {"csrf": csrf_in(shown), "shared": shared, "code": pyotp.TOTP(shared).now()}
    answer = client.post("/account/second-factor", data=form)
    assert answer.status_code == 200, answer.text
    return shared, re.findall(r"<li><code>([^<]+)</code>", answer.text)


def signed_in(door: Door, login: str, role: Role = Role.CLERK, unit: str = "") -> TestClient:
    """A browser of somebody new with a role in a unit, ready to work."""
    once = new_account(door, login, role, unit)
    client = browser(door)
    assert sign_in(client, login, once) == 303
    assert change_password(client, once) == 303
    if role is Role.ADMIN:
        enrol(client)
    return client
