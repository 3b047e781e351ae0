"""The readers that are measured: ours in one process that stays, as in a worker, and the peers a user could take instead.

OCRmyPDF is the newest one of the package registry, in an environment of its own below `var/bench`, made when first asked for.
It needs Ghostscript and unpaper (`apt-get install ghostscript unpaper`).
"""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import ingest.one_thread  # noqa: F401 - before the processes that read are started
import ocr.orientation
import ocr.prepare.ground
import ocr.prepare.page
import ocr.recognise
from ingest.identify import identify
from ingest.options import IntakeOptions
from ingest.split import page_images
from ocr.model import DocumentInfo
from ocr.options import EngineKind, ReadOptions
from ocr.searchable import build

HOME = Path("var/bench/ocrmypdf")
STEPS: dict[str, tuple[Any, str]] = {
    "decode": (ocr.recognise, "decode"),
    "colour": (ocr.recognise, "ink"),
    "lay out": (ocr.orientation, "laid_out"),
    "prepare": (ocr.orientation, "prepared"),
    "engine": (ocr.orientation, "_read"),
    "language": (ocr.recognise, "corrected"),
    "codes": (ocr.recognise, "read_codes"),
}
ABLATIONS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "no levelling of light": (ocr.prepare.page, "levelled", lambda grey, _dpi: grey),
    "no softening of grain": (ocr.prepare.ground, "smoothed", lambda grey: grey),
    "pale ink left pale": (ocr.prepare.page, "contrasted", lambda grey, _dpi: grey),
    "no removal of rules and leaders": (ocr.prepare.page, "without_rules", lambda grey, _dpi: grey),
    "no untilting": (ocr.prepare.page, "tilt", lambda _points: 0.0),
    "no page cut out of photos": (ocr.prepare.page, "page_corners", lambda _grey: None),
    "red channel alone, red print lost": (ocr.recognise, "ink", lambda pixels, _dpi: _channel(pixels, 0)),
    "green channel, seals stay": (ocr.recognise, "ink", lambda pixels, _dpi: _channel(pixels, 1)),
    "turn only after bad reading": (ocr.orientation, "seen_turn", lambda _points: 0),
}
PATIENT = {"page_seconds": 600}
"""A busy machine must not end a page: CPU time is what is measured."""
OPTIONS: dict[str, dict[str, Any]] = {
    "no language pass": {"language_pass": False},
    "lines one by one (the library's own)": {"engine": EngineKind.LIBRARY},
    "a process a page (pytesseract)": {"engine": EngineKind.PROGRAM},
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of one page; `kilobytes` of its searchable PDF, 0 when it makes none."""

    text: str
    cpu_s: float
    kilobytes: float = 0.0
    file_cpu_s: float = 0.0
    memory_mb: float = 0.0
    turn_deg: int = 0
    steps_s: dict[str, float] = field(default_factory=dict)


def _channel(pixels: Any, at: int) -> Any:
    return pixels if pixels.ndim == 2 else pixels[:, :, at].copy()


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _read(image: str, setting: str = "", *, with_file: bool = False) -> Reading:
    """Runs in the process that stays."""
    steps: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, _Patched(setting, steps):
        before = _cpu_s()
        found = identify(image, Path(image).name, IntakeOptions())
        (page,) = page_images(image, found, folder, 0, 0, IntakeOptions())
        text = ocr.recognise.read_page(page, ReadOptions.model_validate(PATIENT | OPTIONS.get(setting, {})))
        read_s, size = _cpu_s() - before, 0.0
        if with_file:
            copy = Path(folder, "copy.pdf")
            build([(page, text)], str(copy), DocumentInfo("Bản số hóa", "", "", datetime(2026, 1, 1, tzinfo=UTC), ""))
            size = copy.stat().st_size / 1024
        file_s = _cpu_s() - before - read_s
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Reading(text.text, read_s, size, file_s, memory, text.turn_deg, steps)


class _Patched:
    """Clocks around the steps, and the step that a setting leaves out replaced; all put back at the end."""

    def __init__(self, setting: str, steps: dict[str, float]) -> None:
        self._wanted = {(module, name): _timed(getattr(module, name), step, steps) for step, (module, name) in STEPS.items()}
        if setting in ABLATIONS:
            module, name, instead = ABLATIONS[setting]
            self._wanted[module, name] = instead
        self._before = {place: getattr(*place) for place in self._wanted}

    def __enter__(self) -> None:
        for (module, name), instead in self._wanted.items():
            setattr(module, name, instead)

    def __exit__(self, *_error: object) -> None:
        for (module, name), before in self._before.items():
            setattr(module, name, before)


def _timed(function: Callable[..., Any], step: str, steps: dict[str, float]) -> Callable[..., Any]:
    def timed(*args: Any) -> Any:
        begun = time.process_time()
        try:
            return function(*args)
        finally:
            steps[step] = steps.get(step, 0.0) + time.process_time() - begun

    return timed


class Ours:
    """Our reading in processes that stay, warmed by one page."""

    def __init__(self, workers: int = 1) -> None:
        self._pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))

    def read(self, image: Path, setting: str = "", *, with_file: bool = True) -> Reading:
        """One page."""
        return self._pool.submit(_read, str(image), setting, with_file=with_file).result()

    def pages_a_minute(self, images: Sequence[Path]) -> float:
        """Wall speed over all workers."""
        return _pages_a_minute(self._pool, _read, [str(image) for image in images])


class PlainTesseract:
    """Processes of plain Tesseract, so many at once: how far the machine itself lets two readers be twice as fast as one."""

    def __init__(self, workers: int = 1) -> None:
        self._pool = ThreadPoolExecutor(workers)

    def pages_a_minute(self, images: Sequence[Path]) -> float:
        """Wall speed over all workers."""
        return _pages_a_minute(self._pool, partial(plain_tesseract, _dpi=0), images)


def _pages_a_minute(pool: Executor, read: Callable[[Any], Any], images: Sequence[Any]) -> float:
    begun = time.perf_counter()
    for done in [pool.submit(read, image) for image in images]:
        done.result()
    return 60 * len(images) / (time.perf_counter() - begun)


def plain_tesseract(image: Path, _dpi: float) -> Reading:
    """`tesseract -l vie --psm 3` on the file as it is, one thread."""
    before = _cpu_s()
    text = _run("tesseract", str(image), "-", "-l", "vie", "--psm", "3")
    return Reading(text, _cpu_s() - before)


def ocrmypdf(image: Path, dpi: float) -> Reading:
    """OCRmyPDF with everything it offers for scans, one job; its CPU includes the PDF it makes."""
    if not (HOME / "bin" / "ocrmypdf").exists():
        venv.create(HOME, with_pip=True)
        subprocess.run([HOME / "bin" / "pip", "install", "--quiet", "ocrmypdf"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        side, copy = Path(folder, "text.txt"), Path(folder, "copy.pdf")
        before = _cpu_s()
        options = ("-l", "vie", "--deskew", "--rotate-pages", "--clean", "--output-type", "pdfa-2", "--jobs", "1", "--quiet")
        _run(
            str(HOME / "bin" / "ocrmypdf"),
            *options,
            "--image-dpi",
            str(round(dpi)),
            "--sidecar",
            str(side),
            str(image),
            str(copy),
        )
        return Reading(side.read_text(encoding="utf-8"), _cpu_s() - before, copy.stat().st_size / 1024)


def _run(*command: str) -> str:
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


PEERS: dict[str, Callable[[Path, float], Reading]] = {"tesseract": plain_tesseract, "ocrmypdf": ocrmypdf}
