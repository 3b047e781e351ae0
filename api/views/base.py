"""What all views share: the model base, reasons with their sentence, names of objects, masking of identifiers."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict

from ingest.errors import CodedError, NextStep, Param, error_from
from ingest.model import Note, ObjectRef
from ingest.notes import sentence

MASK = "•"
VISIBLE_DIGITS = 4
"""How many last characters of an identifier stay readable: enough to tell two people at a counter apart."""


class View(BaseModel):
    """Base of every view: frozen, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def mask_id(identifier: str) -> str:
    """`identifier` with all but its last four characters hidden; one of four or fewer is hidden whole."""
    shown = identifier[-VISIBLE_DIGITS:] if len(identifier) > VISIBLE_DIGITS else ""
    return MASK * (len(identifier) - len(shown)) + shown


def mask_code(code: str, owner: str) -> str:
    """`code` for the eye, the owner's identifier in it masked: a result code may begin with it."""
    return code.replace(owner, mask_id(owner)) if owner else code


class ReasonView(View):
    """Why something stopped: stable code, one sentence, what to press next."""

    code: str
    message: str
    next_step: NextStep
    retryable: bool = False

    @classmethod
    def of(cls, code: str, params: dict[str, Param], lang: str = "vi") -> Self | None:
        """The reason behind a stored code, or None for an empty code; a code no package knows shows as itself."""
        if not code:
            return None
        error = error_from(code, params)
        if error is None:
            return cls(code=code, message=code, next_step=NextStep.ADMIN)
        return cls.of_error(error, lang)

    @classmethod
    def of_error(cls, error: CodedError, lang: str = "vi") -> Self:
        """The reason an error gives."""
        return cls(code=error.code, message=error.message(lang), next_step=error.next_step, retryable=error.retryable)


class NoteView(View):
    """A remark about something that was accepted nevertheless."""

    code: str
    message: str

    @classmethod
    def of(cls, note: Note, lang: str = "vi") -> Self:
        """The note with its sentence in `lang`."""
        return cls(code=note.code, message=sentence(note, lang))


class ObjectView(View):
    """The name of stored bytes: their SHA-256, size in bytes and media type."""

    sha256: str
    size: int
    media_type: str

    @classmethod
    def of(cls, ref: ObjectRef) -> Self:
        """The object behind a reference."""
        return cls(sha256=ref.sha256, size=ref.size, media_type=ref.media_type)
