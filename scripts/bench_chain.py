"""What a page costs from file to sealed record: `sohoa digitise --auto` beside OCRmyPDF and plain Tesseract.

`python -m scripts.bench_chain`: the shared real pages as one batch into an empty data folder, all processes counted, the start of
the command and the making of demonstration keys among them; the peers page by page, one job. In turns, so many rounds. So that a
batch is as large as a clerk's, the pages go in several times, each time a few pixels smaller: no page is a duplicate.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from PIL.JpegImagePlugin import get_sampling

from scripts.bench_ocr import real
from scripts.bench_ocr_readers import PEERS
from scripts.bench_start import adopt_orphans, cpu_seconds

_CUT_PX = 8


def stack(folder: Path, times: int) -> Iterator[Path]:
    """The real pages `times` times as files in `folder`, JPEGs coded with their own tables."""
    for number in range(times):
        for page in real():
            path = folder / f"{number}-{page.image.name}"
            with Image.open(page.image) as image:
                if not number:
                    path.write_bytes(page.image.read_bytes())
                else:
                    part = image.crop((0, 0, image.width - _CUT_PX * number, image.height - _CUT_PX * number))
                    tables = {"qtables": image.quantization, "subsampling": get_sampling(image)} if _is_jpeg(image) else {}
                    part.save(path, dpi=image.info.get("dpi", (page.dpi, page.dpi)), **tables)
            yield path


def _is_jpeg(image: Image.Image) -> bool:
    return image.format == "JPEG"


def main() -> None:
    """Print CPU seconds a page, round by round, and how many pages one reads while the other reads one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5, help="how often the real pages go into the batch")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--peers", nargs="*", default=["tesseract", "ocrmypdf"], choices=list(PEERS))
    asked = parser.parse_args()
    adopt_orphans()
    spent: dict[str, list[float]] = {name: [] for name in ("sohoa", *asked.peers)}
    with tempfile.TemporaryDirectory(dir=os.environ.get("SOHOA_BENCH_DIR")) as folder:
        pages = [str(path) for path in stack(Path(folder), asked.times)]
        for _ in range(asked.rounds):
            whole, _own = cpu_seconds(["digitise", "--auto", *pages])
            spent["sohoa"].append(whole / len(pages))
            for name in asked.peers:
                costs = [PEERS[name](page.image, page.dpi).cpu_s for page in real()]
                spent[name].append(sum(costs) / len(costs))
            print("  ".join(f"{name} {costs[-1]:.3f}" for name, costs in spent.items()), flush=True)
    ours = sum(spent["sohoa"]) / asked.rounds
    print(f"\n{len(pages)} pages, CPU s a page: sohoa {ours:.3f}")
    for name in asked.peers:
        theirs = sum(spent[name]) / asked.rounds
        print(f"{name} {theirs:.3f}: {theirs / ours:.2f} pages for one of theirs")


if __name__ == "__main__":
    main()
