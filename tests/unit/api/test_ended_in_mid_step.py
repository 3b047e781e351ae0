"""A worker told to end gives a long step up between two parts of it and leaves it ready; what was stored stays stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from api.pipeline.engine import Pipeline
from api.pipeline.files import CHUNK_PAGES
from ingest.model import ObjectRef
from storage.model import StepKind, StepState
from storage.objects.folder import FolderStore
from tests.world.product import send, sohoa_in
from tests.world.sheets import stack

PAGES = CHUNK_PAGES + 5


def marked(place: int) -> Image.Image:
    page = Image.new("1", (827, 1165), 1)
    page.paste(0, (20 + 30 * place, 100, 40 + 30 * place, 900))
    return page


def test_a_long_step_is_given_up_between_two_parts_and_done_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sohoa_in(tmp_path / "data") as sohoa:
        batch = send(sohoa, stack(tmp_path / "dày.tif", [marked(place) for place in range(PAGES)]))
        ended, stored = Pipeline(sohoa), list[str]()
        put = FolderStore.put_file

        def told_to_end(store: FolderStore, path: Path, media_type: str) -> ObjectRef:
            ended.stop()
            stored.append(path.name)
            return put(store, path, media_type)

        monkeypatch.setattr(FolderStore, "put_file", told_to_end)
        ended.work()
        ended.close()
        monkeypatch.undo()
        with sohoa.database.read() as uow:
            (file,) = uow.files.of_batch(batch.id)
            step = uow.steps.find(StepKind.SPLIT, file.id)
        assert step is not None
        assert (len(stored), step.state, step.attempts) == (CHUNK_PAGES, StepState.READY, 0)
        following = Pipeline(sohoa)
        following.work(frozenset({StepKind.SPLIT}))
        following.close()
        with sohoa.database.read() as uow:
            step = uow.steps.find(StepKind.SPLIT, file.id)
            (paper,) = uow.papers.of_batch(batch.id)
            assert len(uow.pages.of_paper(paper.id)) == PAGES
        assert step is not None
        assert step.state is StepState.DONE
