"""Changes to the bytes of a signature dictionary that keep its length."""

from __future__ import annotations

import re
from collections.abc import Callable


def byte_range(form_: bytes) -> Callable[[bytes], bytes]:
    """The byte range written otherwise; `%d` are its last three numbers."""

    def change(data: bytes) -> bytes:
        def other(found: re.Match[bytes]) -> bytes:
            numbers = [int(one) for one in found[1].split()][1:]
            return (form_ % tuple(numbers[: form_.count(b"%d")])).ljust(len(found[0]))

        return re.sub(rb"/ByteRange \[([\d ]+)\]", other, data)

    return change


def spoofed(data: bytes) -> bytes:
    """The gap begins earlier: part of the dictionary is no longer covered."""
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", data)
    assert found
    new = b"/ByteRange [0 %d %s %s]" % (int(found[1]) - 10, found[2], found[3])
    return data.replace(found[0], new.ljust(len(found[0])))


def contents_as(new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: re.sub(rb"/Contents <[0-9a-f]+>", lambda found: (b"/Contents " + new).ljust(len(found[0])), data)
