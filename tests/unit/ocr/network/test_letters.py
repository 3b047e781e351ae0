"""Outputs made by hand: what they say, where, how surely, and what the language's words do to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby, product

import numpy as np
import pytest

from ocr.network.doubt import readings
from ocr.network.language_data import LanguageData
from ocr.network.letters import Outputs, Spoken, mean_likelihood, words_on
from tests.unit.ocr.network.test_forward import LAYERS

LETTERS = (" ", "a", "á", "b", "c", "-", "")
NULL = 6
NOTHING = LanguageData(LAYERS, LETTERS, NULL, frozenset(), frozenset(), frozenset())
KNOWING = replace(NOTHING, words=frozenset({"ba", "bá", "ca"}), punctuation=frozenset({" "}))


def said(steps: Sequence[str | Mapping[str, float]]) -> Outputs:
    """A row for each step: a letter (`~`: nothing) that is clear, or shares of letters."""
    rows = np.full((len(steps), len(LETTERS)), 1e-6, np.float32)
    for row, step in zip(rows, steps, strict=True):
        for letter, share in ({step: 0.999} if isinstance(step, str) else step).items():
            row[NULL if letter == "~" else LETTERS.index(letter)] = share
    return rows


def texts(spoken: list[Spoken]) -> list[str]:
    return [word.text for word in spoken]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("", []),
        ("~~~", []),
        ("~bb~a~", ["ba"]),
        ("~b~b~a", ["bba"]),
        ("ba", ["ba"]),
        ("~b~a~ ~c~a", ["ba", "ca"]),
        ("  b  ", ["b"]),
    ],
)
def test_clear_steps(steps: str, expected: list[str]) -> None:
    assert texts(words_on(said(steps), NOTHING)) == expected


def test_a_letter_that_two_steps_share_is_not_lost() -> None:
    steps: list[str | Mapping[str, float]] = ["~", {"a": 0.45, "~": 0.55}, {"a": 0.45, "~": 0.55}, "~"]
    assert texts(words_on(said(steps), NOTHING)) == ["a"]


def test_what_runs_on_is_not_read_twice() -> None:
    steps: list[str | Mapping[str, float]] = ["~", {"b": 0.6, "~": 0.4}, "b", {"b": 0.3, "~": 0.7}, "~", "a", "~"]
    assert texts(words_on(said(steps), NOTHING)) == ["ba"]


def test_the_same_letter_twice_needs_something_between() -> None:
    assert texts(words_on(said(["b", {"~": 0.9, "b": 0.1}, "b"]), NOTHING)) == ["bb"]
    assert texts(words_on(said(["b", {"~": 0.1, "b": 0.9}, "b"]), NOTHING)) == ["b"]


DOUBTFUL: list[str | Mapping[str, float]] = ["~", "c", "~", {"á": 0.55, "a": 0.45}, "~"]


def test_a_known_word_outweighs_a_strange_one_that_is_a_little_likelier() -> None:
    assert texts(words_on(said(DOUBTFUL), NOTHING)) == ["cá"]
    assert texts(words_on(said(DOUBTFUL), KNOWING)) == ["ca"]


def test_a_strange_word_that_is_clear_stays() -> None:
    steps: list[str | Mapping[str, float]] = ["~", "c", "~", {"á": 0.93, "a": 0.01}, "~"]
    assert texts(words_on(said(steps), KNOWING)) == ["cá"]


def test_of_two_known_words_the_likelier_is_read() -> None:
    assert texts(words_on(said(["~", "b", "~", {"á": 0.55, "a": 0.45}, "~"]), KNOWING)) == ["bá"]


def test_a_space_in_doubt_parts_what_then_is_known() -> None:
    steps: list[str | Mapping[str, float]] = ["b", "~", "a", {"~": 0.6, " ": 0.4}, "c", "~", "a"]
    assert texts(words_on(said(steps), NOTHING)) == ["baca"]
    assert texts(words_on(said(steps), KNOWING)) == ["ba", "ca"]


def test_letters_beside_a_space_in_the_same_doubt_are_kept() -> None:
    steps: list[str | Mapping[str, float]] = ["b", {"a": 0.8, "~": 0.2}, {" ": 0.8, "~": 0.2}, {"c": 0.8, "~": 0.2}, "a"]
    assert texts(words_on(said(steps), KNOWING)) == ["ba", "ca"]


def test_sureness_is_that_of_the_least_sure_letter_and_less_for_a_strange_word() -> None:
    (clear,) = words_on(said("~b~a~"), KNOWING)
    (strange,) = words_on(said("~c~c~"), KNOWING)
    (doubted,) = words_on(said(["~", "b", "~", {"a": 0.7, "-": 0.3}, "~"]), KNOWING)
    assert clear.sure == pytest.approx(1 - 0.35 * 0.085)
    assert strange.sure == pytest.approx(1 - 0.35 * 0.085 * 2.25)
    assert doubted.sure == pytest.approx(1 + 0.35 * (np.log(0.7) - 0.085), abs=0.001)


def test_a_doubtful_space_makes_both_its_neighbours_doubtful() -> None:
    first, second, third = words_on(said(["b", "a", {" ": 0.6, "-": 0.4}, "c", "a", " ", "b", "a"]), KNOWING)
    assert first.sure == second.sure < 0.85 < third.sure


def test_words_end_half_way_into_the_space() -> None:
    first, second = words_on(said("~b~a~  ~c~"), NOTHING)
    assert (first.begin, second.end) == (0, 10)
    assert first.end == second.begin == (4 + 5 + 7 + 8) / 4


@pytest.mark.parametrize("before", [NULL, 1, 3])
@pytest.mark.parametrize("after", [NULL, 2, 4])
def test_readings_are_as_likely_as_all_ways_to_them_together(before: int, after: int) -> None:
    steps = np.random.default_rng(before + 10 * after).dirichlet(np.ones(4), 4).astype(np.float32)
    shares = np.zeros((4, len(LETTERS)), np.float32)
    codes = [1, 2, 3, NULL]
    shares[:, codes] = steps
    ways: dict[tuple[int, ...], float] = {}
    for path in product(codes, repeat=4):
        whole = [code for code, _ in groupby([before, *path, after])]
        made = tuple(whole[before != NULL : len(whole) - (after != NULL)])
        letters = tuple(code for code in made if code != NULL)
        ways[letters] = ways.get(letters, 0.0) + float(np.prod([shares[at, code] for at, code in enumerate(path)]))
    found = readings(shares, NULL, before, after)
    assert len(found) > 2
    for reading in found[:3]:
        assert np.exp(reading.likely) == pytest.approx(ways[reading.codes], rel=0.1)  # the search holds the likeliest alone
    assert found[0].codes == max(ways, key=lambda letters: ways[letters])


def test_a_space_in_doubt_lies_between_the_letters_around_it() -> None:
    steps = ["b", "~", "a", {"~": 0.5, " ": 0.5}, {"~": 0.8, " ": 0.2}, "~", "~", "c", "~", "a"]
    first, second = words_on(said(steps), KNOWING)
    assert first.end == second.begin == (3 + 7) / 2


def test_long_doubt_neither_vanishes_nor_takes_long() -> None:
    flat = np.full((2_000, len(LETTERS)), 1 / len(LETTERS), np.float32)
    found = readings(flat, NULL, NULL, NULL)
    assert np.isfinite(found[0].likely)
    words_on(flat, KNOWING)


def test_letters_that_nowhere_are_likely_leave_no_hole() -> None:
    steps = np.zeros((3, len(LETTERS)), np.float32)
    steps[0, 1] = steps[2, 1] = 0.9
    assert readings(steps, NULL, NULL, NULL)[0].codes == (1,)


def test_mean_likelihood_counts_letters_alone() -> None:
    assert mean_likelihood(said(["~", {"a": 0.5}, {"b": 0.7}, "~"]), NULL) == pytest.approx(0.6)
    assert mean_likelihood(said("~~"), NULL) == 0
