"""Data files of a unit about access: read whole, checked, replaced without a restart."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from storage.errors import BadCatalogue

T = TypeVar("T", bound=BaseModel)
_FOLDER = files("api.access") / "data"


def loaded(kind: type[T], file: str, shipped: str) -> T:
    """The data file `file`, or the one shipped; raises BadCatalogue."""
    try:
        text = Path(file).read_text("utf-8") if file else (_FOLDER / shipped).read_text("utf-8")
        return kind.model_validate(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadCatalogue(file=file or shipped, why=str(error)[:300]) from error


def changed(file: str) -> int:
    """When a replaced file was last written: a new version is read without a restart."""
    try:
        return Path(file).stat().st_mtime_ns if file else 0
    except OSError:
        return 0
