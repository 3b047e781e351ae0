"""What citizens bring: deliveries of small dossiers, long construction dossiers and bad files, each as the seed gives it."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from scripts.soak.plan import Options
from storage.model import Priority
from tests.world.bad_files import BAD_FILES
from tests.world.quick_pages import DPI, quick_page

OWNERS = ("", "038090001234", "001085000017", "079201000456")
BAD = (
    *("PDF cut in the middle", "PDF header and nothing else", "random bytes named .pdf", "PDF with a password"),
    *("PDF with JavaScript", "PDF without pages", "JPEG cut in half", "one pixel", "TIFF with a lying header", "animated GIF"),
    *("ZIP bomb", "ZIP with ../ names", "empty ZIP", "Word document", "plain text", "PNG with a wrong checksum"),
)
"""Files of `tests.world.bad_files` that are received and refused, each with its reason."""


@dataclass(frozen=True, slots=True)
class Item:
    """One file to send."""

    name: str
    data: bytes
    pages: int
    """0 for a file that must be refused."""
    refusal: str = ""
    """Code of the reason a bad file must be refused with."""

    @property
    def sha256(self) -> str:
        """Its name in the store."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one person hands in at once."""

    kind: str
    items: tuple[Item, ...]
    owner: str = ""
    priority: Priority = Priority.COUNTER


def deliveries(options: Options) -> Iterator[Delivery]:
    """Without end; the same seed gives the same ones."""
    chance = Random(f"papers {options.seed}")
    number = 0
    with tempfile.TemporaryDirectory() as name:
        bad = _bad_files(Path(name), chance)
        while True:
            number += 1
            if options.long_papers and (number == 2 or number % 60 == 0):
                yield _long(number, options.long_pages)
            elif number % 5 == 3:
                yield Delivery("bad", (next(bad), _small(chance, number, 0)), chance.choice(OWNERS))
            else:
                papers = tuple(_small(chance, number, place) for place in range(chance.randint(1, 4)))
                yield Delivery("small", papers, chance.choice(OWNERS))


def _small(chance: Random, number: int, place: int) -> Item:
    pages = chance.choice((1, 1, 1, 2, 3))
    return Item(f"giay-to-{number}-{place}.tif", _pages(f"Giấy tờ {number}/{place} trang", pages), pages)


def _long(number: int, pages: int) -> Delivery:
    item = Item(f"ho-so-xay-dung-{number}.tif", _pages(f"Hồ sơ xây dựng {number} tờ", pages), pages)
    return Delivery("construction", (item,), OWNERS[1], Priority.BULK)


def _pages(words: str, count: int) -> bytes:
    first, *rest = [quick_page(number + 1, words) for number in range(count)]
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=rest, compression="group4", dpi=(DPI, DPI))
    return out.getvalue()


def _bad_files(folder: Path, chance: Random) -> Iterator[Item]:
    made = []
    for place, name in enumerate(BAD):
        own = folder / str(place)
        own.mkdir()
        kind = BAD_FILES[name]
        path = kind.make(own)
        made.append(Item(path.name, path.read_bytes(), 0, str(kind.code)))
    while True:
        yield from chance.sample(made, len(made))
