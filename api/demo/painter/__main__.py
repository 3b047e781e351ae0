"""Command line: `python -m api.demo.painter OUT` writes painted pages with their truth as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from api.demo.painter.errors import PainterError
from api.demo.painter.files import save_jpeg, save_png, truth_json
from api.demo.painter.papers import PaperKind
from api.demo.painter.sets import MIX, known_conditions, paint_scan_set


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m api.demo.painter",
        description="Paint sample papers (invented people and agencies) as scanned pages with their true text.",
        epilog=f"papers: {', '.join(PaperKind)}. conditions: {', '.join(known_conditions())}; join with +: sealed+skew.",
    )
    parser.add_argument("out", type=Path, help="folder the images and JSON files are written into")
    parser.add_argument("--count", type=int, default=16, help="number of pages (default %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=1, help="other seeds paint other people, numbers and marks (default %(default)s)"
    )
    parser.add_argument(
        "--dpi", type=int, default=300, help="resolution of painting; conditions may lower it (default %(default)s)"
    )
    parser.add_argument("--paper", action="append", metavar="NAME", help="only this paper; may be repeated")
    parser.add_argument(
        "--condition", action="append", metavar="NAMES", help="only this condition; may be repeated (default: a mix)"
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Paint what the arguments ask for; 0 when done, 2 for a wrong argument."""
    args = _parser().parse_args(argv)
    conditions = [names.split("+") for names in args.condition] if args.condition else MIX
    args.out.mkdir(parents=True, exist_ok=True)
    try:
        for item in paint_scan_set(
            args.seed, args.count, dpi=args.dpi, kinds=args.paper or tuple(PaperKind), conditions=conditions
        ):
            bitonal = item.page.image.mode == "1"
            path = args.out / f"{item.name}.{'png' if bitonal else 'jpg'}"
            if bitonal:
                save_png(item.page, path)
            else:
                save_jpeg(item.page, path, quality=90, tag="phone" not in item.conditions)
            path.with_suffix(".json").write_text(truth_json(item.page, path.name), encoding="utf-8")
    except PainterError as error:
        sys.stderr.write(f"{error.message('vi')}\n{error.message('en')}\n")
        return 2
    sys.stdout.write(f"{args.count} pages in {args.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
