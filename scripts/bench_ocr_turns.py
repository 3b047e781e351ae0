"""How often a page is set upright: every condition of the painter at every quarter turn, and the pages that should have stayed.

Turned by T degrees clockwise, a page is right when reading says that 360 - T make it upright. The first row is the promise
that no upright page is turned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from api.demo.painter.files import save_jpeg, save_png
from api.demo.painter.sets import paint_page

TURNS = (0, 90, 180, 270)
Turned = Callable[[Path], int]
"""Reads a page and says by how many degrees clockwise it would be upright."""


def count_turns(turned: Turned, folder: Path, conditions: Sequence[str], papers: Sequence[str], seeds: range) -> None:
    """Paint, turn, read, count; prints a table in Markdown, with the name of every page that came out wrong."""
    print("| turned by | pages | upright after reading | wrong |\n|---|---|---|---|")
    pages = right = 0
    for turn in TURNS:
        wrong, seen = list[str](), 0
        for place, condition in enumerate(name for name in conditions if not name.startswith("turn")):
            for seed in seeds:
                paper = papers[(seed + place) % len(papers)]
                seen += 1
                found = turned(_painted(folder, paper, seed, condition, turn))
                if found != -turn % 360:
                    wrong.append(f"{condition} {paper} {seed}: {found}")
        print(f"| {turn}° | {seen} | {seen - len(wrong)} | {', '.join(wrong) or '–'} |", flush=True)
        pages, right = pages + seen, right + seen - len(wrong)
    print(f"\nUpright: {right} of {pages} ({100 * right / max(pages, 1):.1f} %)")


def _painted(folder: Path, paper: str, seed: int, condition: str, turn: int) -> Path:
    sheet = paint_page(paper, 9_000 + seed, [condition, f"turn{turn}"] if turn else [condition])
    if sheet.image.mode == "1":
        path = folder / "turned.png"
        save_png(sheet, path)
    else:
        path = folder / "turned.jpg"
        save_jpeg(sheet, path, quality=90, tag=condition != "phone")
    return path
