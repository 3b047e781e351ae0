"""The error tree of `ingest`, and the base every package's own tree grows from.

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
        return template.format_map(_Lenient(self.params))


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


class IngestError(CodedError):
    """Root of everything `ingest` refuses or fails at."""

    code = "ingest"
    vi = "Không tiếp nhận được tệp."
    en = "The file could not be taken in."


class BoxTimeout(IngestError):
    """A call in a child process took longer than `BoxOptions.seconds`; the child and what it had started were killed."""

    code = "ingest.box_timeout"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Xử lý tệp quá {seconds} giây nên đã dừng lại. Hãy thử lại; nếu vẫn vậy, hãy quét lại giấy tờ."
    en = "Processing took more than {seconds} seconds and was stopped. Try again; if it happens again, scan the paper anew."


class BoxMemory(IngestError):
    """A call in a child process needed more than `BoxOptions.memory_bytes`; nothing of it was kept."""

    code = "ingest.box_memory"
    vi = "Tệp cần nhiều bộ nhớ hơn mức cho phép. Hãy quét lại với độ phân giải thấp hơn hoặc chia nhỏ tệp."
    en = "The file needs more memory than is allowed. Scan it at a lower resolution or split the file."


class BoxCrash(IngestError):
    """A child process died, or its code failed in a way nobody foresaw; `reason` is the exit code or exception class."""

    code = "ingest.box_crash"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Chương trình xử lý tệp dừng bất thường ({reason}). Hãy thử lại; nếu vẫn vậy, hãy thay tệp."
    en = "The program that processes the file stopped unexpectedly ({reason}). Try again; if it happens again, replace the file."
