"""Every bad file of the table meets its code; odd ones are taken in with their note."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import IngestError, NextStep
from ingest.identify import identify
from ingest.options import BoxOptions, IntakeOptions
from ingest.sandbox import ProcessBox
from ingest.split import page_images
from tests.world.bad_files import BAD_FILES

OPTIONS = IntakeOptions()


@pytest.fixture(scope="module")
def box() -> Iterator[ProcessBox]:
    """Two thousand million bytes: no bad file may need more."""
    with ProcessBox(BoxOptions(workers=1, seconds=30, memory_bytes=2 * 1024**3)) as made:
        yield made


def test_the_table_is_long_enough() -> None:
    assert len(BAD_FILES) >= 25


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file(name: str, tmp_path: Path, box: ProcessBox) -> None:
    bad = BAD_FILES[name]
    path = bad.make(tmp_path)
    if bad.code is not None:
        with pytest.raises(IngestError) as caught:
            box.run(identify, str(path), path.name, OPTIONS)
        assert caught.value.code == bad.code
        assert caught.value.next_step is NextStep.REPLACE
        assert "?" not in caught.value.message("vi") + caught.value.message("en")
        return
    identified = box.run(identify, str(path), path.name, OPTIONS)
    pages = box.run(page_images, str(path), identified, str(tmp_path), 0, identified.pages - 1, OPTIONS)
    notes = {note.code for note in identified.notes} | {note.code for note in pages[0].quality.notes}
    assert bad.note in notes | {""}
    assert len(pages) == identified.pages
