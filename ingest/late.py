"""What is named now and imported when it is first used: the one place where an import waits.

A process that sends a call to a box needs no library that the call will use, a folder store no client of S3, a key in a file
no driver of tokens. Imports inside functions would hide that; here it stands at the top of a module, with the types of the real
thing:

    if TYPE_CHECKING:
        from ocr.recognise import read_page
    else:
        read_page = Late("ocr.recognise", "read_page")

`tests/architecture` holds both halves together; import-linter reads the first as any other import.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Late:
    """A function or class by its place. It pickles as its place, so a child process imports it, too, only when it is called."""

    module: str
    name: str

    def __call__(self, *args: Any, **named: Any) -> Any:
        """What the function returns, raises included; the module is imported by the first call (safe from many threads)."""
        return getattr(import_module(self.module), self.name)(*args, **named)
