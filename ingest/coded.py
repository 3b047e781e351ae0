"""The base from which every package's own error tree grows (imported through `ingest.errors`).

An error is a fact a person can act on: a stable `code`, whether trying again can help, what to press next, and one
sentence in Vietnamese and in English. Parameters are plain JSON values, so an error survives a child process, a
database row and an HTTP answer unchanged. Personal data never goes into parameters.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

Param = str | int | float


class NextStep(StrEnum):
    """What a person presses after a failure."""

    RETRY = "retry"
    REPLACE = "replace"
    GIVE_UP = "give_up"
    ADMIN = "admin"


class CodedError(Exception):
    """Base of every error that may leave a package: coded, bilingual, serialisable."""

    code: ClassVar[str] = ""
    retryable: ClassVar[bool] = False
    environment: ClassVar[bool] = False
    """The fault lies outside the paper (full disk, store away): waiting helps, and tries are not counted."""
    next_step: ClassVar[NextStep] = NextStep.REPLACE
    vi: ClassVar[str] = ""
    en: ClassVar[str] = ""

    def __init__(self, **params: Param) -> None:
        self.params = params
        super().__init__(self.message("en"))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by code and parameters, so that the error crosses process borders whole."""
        return (_rebuild, (type(self), self.params))

    def message(self, lang: str = "vi") -> str:
        """The sentence for the user; a missing parameter shows as `?` rather than hiding the error."""
        template = self.vi if lang == "vi" else self.en
        return template.format_map(_Lenient(self.shown(lang)))

    def shown(self, lang: str) -> dict[str, Param]:  # noqa: ARG002 - for those that name things in words
        """The parameters as the sentence in `lang` shows them."""
        return self.params


class _Lenient(dict[str, Param]):
    def __missing__(self, key: str) -> str:
        return "?"


def _rebuild(kind: type[CodedError], params: dict[str, Param]) -> CodedError:
    return kind(**params)


def error_from(code: str, params: dict[str, Param]) -> CodedError | None:
    """The error a stored `code` stands for, or None if no loaded package defines it."""
    waiting: list[type[CodedError]] = [CodedError]
    while waiting:
        kind = waiting.pop()
        if kind.code == code and code:
            return kind(**params)
        waiting.extend(kind.__subclasses__())
    return None
