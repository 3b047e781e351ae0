"""The kinds of marks that the law knows, as data: what is told, where it stands, under which article.

A deployment replaces wordings with a file of its own; what the law leaves open is never in code.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from signing.errors import MarkKindsUnusable, MarkUnusable
from signing.marks.typeface import tidy
from signing.model import TIME, Corner, Mark, Role, Spot

PARTS = frozenset({"signer", "unit", "agency", "number"})
"""What may be filled in, besides the time."""
_PART = re.compile(r"\{(\w*)\}")
_OURS = files("signing.marks") / "data" / "marks.toml"


class Names(NamedTuple):
    """One name in the two languages of the house."""

    vi: str
    en: str


class MarkKind(BaseModel):
    """One kind of mark."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: int = Field(ge=1)
    names: Names
    law: str
    role: Role = Role.AGENCY
    """Whose signature it shows."""
    verified: bool
    """False while the exact words have not been read at their source."""
    lines: tuple[str, ...] = ()
    corner: Corner = Corner.TOP_RIGHT
    page: int = 0
    required: bool = True
    image: bool = False
    """An image that the signer gives, at a place that the signer names; no text."""
    size_pt: float = Field(default=10.0, ge=6, le=24)
    least_size_pt: float = Field(default=0.0, ge=0, le=24)
    """Down to which size it may be set where there is no room else; 0: the law gives the size."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        unknown = {part for line in self.lines for part in _PART.findall(line)} - PARTS - {"time"}
        if unknown:
            raise ValueError(f"unknown parts: {', '.join(sorted(unknown))}")
        if bool(self.lines) == self.image:
            raise ValueError("either lines or an image")
        return self

    def text(self, font: str = "", **parts: str) -> Mark:
        """The mark with its parts filled in. A line whose part is empty is left out whole.

        Raises:
            MarkUnusable: nothing is left of it.
        """
        lines = tuple(filled for line in self.lines if (filled := _filled(line, parts)))
        if not lines:
            raise MarkUnusable(why="lời văn / text")
        return Mark(
            lines,
            page=self.page,
            corner=self.corner,
            size_pt=self.size_pt,
            least_size_pt=self.least_size_pt,
            required=self.required,
            font=font,
        )

    def picture(self, image: bytes, spot: Spot, page: int, width_pt: float = 0.0) -> Mark:
        """The mark that shows `image` with its lower left corner at `spot`; in its real size if `width_pt` is 0."""
        return Mark(image=image, image_width_pt=width_pt, page=page, spot=spot)


def _filled(line: str, parts: dict[str, str]) -> str:
    """The line with its parts, or nothing when one of them is empty. What is filled in is text, never a template."""
    wanted = [part for part in _PART.findall(line) if part != "time"]
    values = {part: tidy(parts.get(part, "")) for part in wanted}
    if not all(values.values()):
        return ""
    return _PART.sub(lambda found: TIME if found[1] == "time" else values[found[1]].replace("{", "(").replace("}", ")"), line)


@lru_cache(maxsize=8)
def kinds(path: str = "") -> dict[str, MarkKind]:
    """All kinds by code; those of the file at `path` replace ours.

    Raises:
        MarkKindsUnusable: the file cannot be read or says something that cannot be used.
    """
    found = _read(_OURS.read_text(encoding="utf-8"), "marks.toml")
    if path:
        try:
            found |= _read(Path(path).read_text(encoding="utf-8"), Path(path).name)
        except OSError as error:
            raise MarkKindsUnusable(name=Path(path).name, why=error.strerror or "I/O") from error
    return found


def _read(text: str, name: str) -> dict[str, MarkKind]:
    try:
        entries = tomllib.loads(text)["mark"]
        read = [MarkKind.model_validate(entry) for entry in entries]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, UnicodeError) as error:
        raise MarkKindsUnusable(name=name, why=str(error)) from error
    except ValidationError as error:
        why = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_input=False))
        raise MarkKindsUnusable(name=name, why=why) from error
    return {kind.code: kind for kind in read}
