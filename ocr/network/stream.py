"""Values one after the other in bytes, little-endian, as Tesseract writes them."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray


class UnknownModel(ValueError):
    """Language data of a form that is not read here; Tesseract itself may still read it."""


class Stream:
    """Reads values in turn; raises struct.error or ValueError behind the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def numbers(self, form: str) -> tuple[Any, ...]:
        """Values by a form of `struct`."""
        found = struct.unpack_from(f"<{form}", self._data, self._at)
        self._at += struct.calcsize(f"<{form}")
        return found

    def text(self) -> str:
        """A text behind its length in bytes."""
        (length,) = self.numbers("i")
        return b"".join(self.numbers(f"{length}s")).decode("utf-8")

    def array(self, kind: str, *shape: int) -> NDArray[Any]:
        """An array of values of a numpy type, row by row."""
        count = int(np.prod(shape))
        found = np.frombuffer(self._data, np.dtype(kind), count, self._at)
        self._at += found.nbytes
        return found.reshape(shape)
