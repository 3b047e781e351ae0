"""A full or failing disk is never held against the file."""

from __future__ import annotations

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ingest.archive import expand
from ingest.errors import ArchiveDamaged, IngestError, MachineShort, NextStep, ScratchFull
from ingest.guard import refusing
from ingest.identify import identify
from ingest.options import IntakeOptions
from ingest.page_files import write_bitonal, write_lossless, write_photo
from ingest.split import page_images
from tests.world.bad_archives import packed


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The system refuses to let a file grow beyond `size` bytes, as the box does; a full disk fails at the same calls."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 255, (900, 700, 3), dtype=np.uint8))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EMFILE, errno.ENOMEM])
def test_what_the_machine_lacks_is_tried_again(number: int) -> None:
    short = number in {errno.EMFILE, errno.ENOMEM, errno.EFBIG}
    with pytest.raises(MachineShort if short else ScratchFull) as caught, refusing(ArchiveDamaged):
        raise OSError(number, "no")
    assert caught.value.retryable
    assert caught.value.environment is not short, "a full disk costs no try; a file that eats all memory must come to an end"
    assert caught.value.next_step is NextStep.ADMIN
    assert caught.value.params == {"why": errno.errorcode[number]}


def test_what_a_parser_says_is_the_file_s_fault() -> None:
    for said in (OSError("image file is truncated"), OSError(errno.EINVAL, "x"), ValueError("x")):
        with pytest.raises(ArchiveDamaged), refusing(ArchiveDamaged):
            raise said


def test_an_archive_on_a_full_disk_is_not_damaged(tmp_path: Path) -> None:
    path = packed(tmp_path, "a.zip", [("a.bin", bytes(range(256)) * 1000)])
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(MachineShort), files_of_at_most(10_000):
        expand(str(path), str(into), IntakeOptions())


@pytest.mark.parametrize("write", [write_bitonal, write_lossless, write_photo])
def test_every_encoder_tells_of_want_of_room(tmp_path: Path, write: object) -> None:
    with pytest.raises(MachineShort), files_of_at_most(5000), refusing(IngestError):
        write(noise(), str(tmp_path), 0, 200.0)  # type: ignore[operator]


@pytest.mark.parametrize("name", ["scan.png", "scan.tif", "scan.jpg", "scan.pdf"])
def test_pages_on_a_full_disk_are_not_damaged(tmp_path: Path, name: str) -> None:
    path, into = tmp_path / name, tmp_path / "into"
    into.mkdir()
    noise().save(path)
    identified = identify(str(path), name, IntakeOptions())
    with pytest.raises(MachineShort), files_of_at_most(5000):
        page_images(str(path), identified, str(into), 0, 0, IntakeOptions())
