"""In which language the command line speaks: `--lang` before `SOHOA_LANG` before Vietnamese.

The choice is made before any command is built, because help texts are built with it. The settings have the same key
(`Settings.lang`); reading it there would load them for every `--help`, so the one variable is looked at here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from enum import StrEnum

VARIABLE = "SOHOA_LANG"


class Lang(StrEnum):
    """A language Sohoa speaks."""

    VI = "vi"
    EN = "en"


_current: ContextVar[Lang] = ContextVar("language", default=Lang.VI)


def language() -> Lang:
    """The language of this run."""
    return _current.get()


def say(vi: str, en: str) -> str:
    """The sentence in the language of this run."""
    return vi if _current.get() is Lang.VI else en


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> Lang:
    """Set and return the language the arguments or the environment ask for.

    An unknown value is left to the option parser (`--lang`) or the settings (`SOHOA_LANG`), which refuse it in words.
    """
    asked = environment.get(VARIABLE, "")
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang" and place + 1 < len(arguments):
            asked = arguments[place + 1]
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    chosen = Lang.EN if asked == Lang.EN else Lang.VI
    _current.set(chosen)
    return chosen
