"""Fields on the shared real pages whose true fields are written down: `python -m scripts.bench_real_fields`.

Printed fields count as `scripts.bench_fields` counts them. Numbers, days and months, most of them written by hand, count whole
and digit by digit (what of the true digits stands there in their order). `--engine library` reads line by line.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import LCSseq

from ingest.identify import identify
from ingest.options import IntakeOptions
from ingest.split import page_images
from ocr.fields.classify import classify
from ocr.fields.extract import extract
from ocr.fields.types import catalogue
from ocr.options import EngineKind, ReadOptions, ReviewOptions
from ocr.recognise import read_page
from ocr.review.decide import doubtful
from scripts.bench_fields import same
from scripts.bench_ocr import real

_DATE = re.compile(r"(?P<place>.+), ngày (?P<day>\d+) tháng (?P<month>\d+) năm (?P<year>\d+)")


@dataclass(frozen=True, slots=True)
class Found:
    """A true field, what stands there, and whether it would be accepted unseen."""

    name: str
    truth: str
    value: str
    accepted: bool

    @property
    def is_right(self) -> bool:
        """Exactly right; a leading zero more or less is nothing in a day or month."""
        if self.name in {"day", "month"}:
            return self.truth.lstrip("0") == self.value.lstrip("0")
        return same(self.truth, self.value)

    @property
    def digits_right(self) -> int:
        """How many of the true digits stand there, in their order."""
        return int(LCSseq.similarity(self.truth, self.value))


def found_on(image: Path, truth: dict[str, list[str]], engine: EngineKind) -> tuple[str, Iterator[Found]]:
    """The type a page was taken for, and its true fields beside those read."""
    with tempfile.TemporaryDirectory() as folder:
        known = identify(str(image), image.name, IntakeOptions())
        (page,) = page_images(str(image), known, folder, 0, 0, IntakeOptions())
        text = read_page(page, ReadOptions(engine=engine, page_seconds=600))
    taken = classify([text]).paper_type
    specs = {spec.name: spec for spec in catalogue()[taken].fields}
    return taken, _beside(truth, {one.name: one for one in extract(taken, [text])}, specs) if truth else iter(())


def _beside(truth: dict[str, list[str]], read: dict[str, Any], specs: dict[str, Any]) -> Iterator[Found]:
    def one(name: str, true: str, field: str = "", part: int | None = None) -> Found:
        got = read.get(field or name)
        value = got.value if got else ""
        if part is not None:
            value = ([*value.split("/" if field == "number" else "-"), "", "", ""])[part]
        accepted = got is not None and not doubtful(got, specs.get(field or name), ReviewOptions())
        return Found(name, true, value, accepted)

    agency = truth["agency"]
    yield one("issuer", " ".join(agency) if agency[0] == "ỦY BAN NHÂN DÂN" else agency[-1])
    for name, field in (("trichyeu", "subject"), ("type", "title"), ("signer", "signer")):
        if name in truth:
            yield one(field, " ".join(truth[name]))
    date = _DATE.fullmatch(truth["date"][0])
    if date is not None:
        yield one("place", date["place"])
        yield one("day", date["day"], "issued_on", 2)
        yield one("month", date["month"], "issued_on", 1)
    yield one("written number", truth["so"][0].split("/")[0], "number", 0)


def main() -> None:
    """Read the pages and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", type=EngineKind, default=EngineKind.AUTO, choices=list(EngineKind))
    asked = parser.parse_args()
    all_found, taken_for = list[Found](), list[str]()
    for page in real():
        truth = json.loads(page.image.with_suffix(".json").read_text(encoding="utf-8")).get("fields", {})
        taken, found = found_on(page.image, truth, asked.engine)
        taken_for.append(taken)
        for one in found:
            all_found.append(one)
            if not one.is_right:
                print(
                    f"{'SILENT' if one.accepted else '      '} {page.image.stem:28} {one.name:14} {one.truth!r} != {one.value!r}"
                )
    written = [one for one in all_found if one.name in {"day", "month", "written number"}]
    printed = [one for one in all_found if one not in written]
    right, whole = sum(one.is_right for one in printed), sum(one.is_right for one in written)
    print(f"\npages {len(taken_for)}, taken for administrative {taken_for.count('administrative')}")
    print(f"printed fields right: {right} of {len(printed)} ({100 * right / max(len(printed), 1):.1f} %)")
    digits, all_digits = sum(one.digits_right for one in written), sum(len(one.truth) for one in written)
    print(f"numbers, days, months wholly right: {whole} of {len(written)}; digits: {digits} of {all_digits}")
    print(f"of them accepted unseen: {sum(one.accepted for one in written)}; silent errors: {_silent(all_found)}")


def _silent(found: list[Found]) -> int:
    return sum(one.accepted and not one.is_right for one in found)


if __name__ == "__main__":
    main()
