"""User guides: one a role in both languages, true to the product: pictures, pages and labels they name are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

import api.web
from api.access.permissions import Role
from api.web.catalogue import load_texts
from api.web.guides import CITIZEN, NAMES, Guide, load_guide
from scripts.make_guides import SHOTS
from tests.world.door import Door, open_door

STATIC = Path(api.web.__file__).parent / "static" / "guide"
MOST_BYTES = 1_500_000
NO_ACCOUNT = {"/account": 403}
"""Whoever came in by a token has no account of their own to look at."""
BOTH = pytest.mark.parametrize("lang", ["vi", "en"])
ANY = pytest.mark.parametrize("name", NAMES)
QUOTED = {"vi": re.compile("«((?:[^«»]|«[^»]*»)+)»"), "en": re.compile("“([^”]+)”")}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("guides")) as opened:
        yield opened


def sentences(guide: Guide) -> Iterator[str]:
    for chapter in guide.chapters:
        yield from chapter.steps
    for answer in (*guide.messages, *guide.troubles):
        yield from (answer.when, answer.then)


def test_every_role_and_citizens_have_one() -> None:
    assert set(NAMES) == {*(role.value for role in Role), CITIZEN}
    for name in NAMES:
        vietnamese, english = load_guide("vi", name), load_guide("en", name)
        assert [one.page for one in vietnamese.chapters] == [one.page for one in english.chapters], name
        assert [len(one.steps) for one in vietnamese.chapters] == [len(one.steps) for one in english.chapters], name
        assert (len(vietnamese.messages), len(vietnamese.troubles)) == (len(english.messages), len(english.troubles)), name


@BOTH
@ANY
def test_what_they_quote_is_what_the_product_says(lang: str, name: str) -> None:
    said = "\n".join(load_texts(lang).values()).lower()
    quoted = [one for text in sentences(load_guide(lang, name)) for one in QUOTED[lang].findall(text)]
    strange = [one for one in quoted if one.rstrip(" …").lower() not in said and not one.startswith("sohoa ")]
    assert quoted
    assert strange == []


def test_every_picture_is_there_told_in_words_and_small() -> None:
    pictures = [one.picture for name in NAMES for one in load_guide("vi", name).chapters if one.picture]
    assert {one.name for one in pictures} == set(SHOTS) == {path.stem for path in STATIC.iterdir()}
    for one in pictures:
        assert len(one.alt) > 20
        with Image.open(STATIC / f"{one.name}.webp") as image:
            assert image.size == (one.width, one.height), one.name
    assert sum(path.stat().st_size for path in STATIC.iterdir()) < MOST_BYTES


@ANY
def test_the_page_has_its_headings_in_order_and_links_that_lead_somewhere(door: Door, name: str) -> None:
    guests, admin = door.client(None), door.browser(Role.ADMIN)
    for lang in ("vi", "en"):
        guests.cookies.set("sohoa_lang", lang)
        answer = guests.get(f"/guide/{name}")
        assert answer.status_code == 200
        assert load_guide(lang, name).title in unescape(answer.text)
        levels = [int(one) for one in re.findall(r"<h([1-6])", answer.text)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        for link in set(re.findall(r'(?:href|src)="(/[^"#]*)"', answer.text)):
            assert admin.get(link).status_code in {200, NO_ACCOUNT.get(link)}, link


def test_guides_are_open_and_a_person_sees_their_own_first(door: Door) -> None:
    listed = re.findall(r'class="card" href="/guide/(\w+)"', door.browser(Role.AUDITOR).get("/guide").text)
    assert listed[0] == "auditor"
    assert set(listed) == set(NAMES)
    assert 'href="/guide/auditor"' in door.browser(Role.AUDITOR).get("/").text
    assert 'href="/guide"' in door.client(None).get("/sign-in").text
    missing = door.client(None).get("/guide/%2e%2e", headers={"Accept": "text/html"})
    assert missing.status_code == 404
    assert door.client(None).get("/guide/nobody", headers={"Accept": "text/html"}).status_code == 404
