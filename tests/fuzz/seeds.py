"""What the fuzzer starts from: small files and texts of every kind that the targets know, made anew each time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path

from PIL import Image

from ingest.separators import mark, payload
from ocr.fields.types import catalogue
from tests.unit.ocr.fields.pages import decision
from tests.unit.signing.world import make_world
from tests.world.bad_files import BAD_FILES
from tests.world.quick_pages import quick_page
from tests.world.sheets import sheet_page
from tests.world.signed.attacks import ATTACKS
from tests.world.signed.odd import ODD
from tests.world.signed.valid import VALID

LARGEST = 256 * 1024
"""Bytes of a seed; longer ones only slow the fuzzer down."""
FACTS = {"dossier": "H55.12.3-261123-0007", "component": "KQ.G15.000031", "type": "decision", "owner": "012345678901"}


def files() -> Iterator[bytes]:
    """Every bad and odd file of the tests, and a small scan in each form."""
    with tempfile.TemporaryDirectory() as name:
        for place, bad in enumerate(BAD_FILES.values()):
            folder = Path(name, str(place))
            folder.mkdir()
            yield bad.make(folder).read_bytes()
    page = quick_page(1)
    sheet = sheet_page(FACTS).resize((827, 1170))
    for kind in ("PNG", "TIFF", "PDF", "WEBP"):
        yield _saved(page, kind)
    yield _saved(sheet.convert("L"), "JPEG")
    out = BytesIO()
    page.save(out, "TIFF", save_all=True, append_images=[quick_page(2)], compression="group4", dpi=(200, 200))
    yield out.getvalue()


def _saved(page: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    page.save(out, kind)
    return out.getvalue()


def sheets() -> Iterator[bytes]:
    """What sheets say, one after the other with pages between."""
    texts = [payload({**FACTS, "stack": "a1", "sheet": str(number), "of": "4"}) for number in (1, 2, 4)]
    yield "\nx\n".join([*texts, payload({}), mark(3), payload({"owner": "Đỗ Thị Ánh|=%"}), ""]).encode()
    small = sheet_page(FACTS).convert("L").resize((300, 300))
    yield small.tobytes()


def texts() -> Iterator[bytes]:
    """A decision, and for each paper type its title with everything its fields are found by."""
    page = decision().page()
    yield b"\n".join(bytes([int(line.box.x0 / 6), 80, 247]) + line.text.encode() for line in page.lines)
    for kind in catalogue().values():
        said = [kind.title.upper(), kind.names.vi.upper()]
        said += [f"{label}: 012 NGUYỄN VĂN A 01/02/2023" for spec in kind.fields for label in (*spec.anchors, spec.label_vi)]
        yield b"\n".join(b"\x28\x50\xf0" + text.encode() for text in said if text)
    yield b"\x00012345678901||NGUY\xe1\xbb\x84N V\xc4\x82N A|01021990|Nam|X\xc3\xa3 A|02032021"


def signed() -> Iterator[bytes]:
    """Signed files of several makers, honest, odd and forged."""
    with tempfile.TemporaryDirectory() as name:
        world = make_world(Path(name))
        makes: list[Callable[..., bytes]] = [make for make, _ in islice(VALID.values(), 0, None, 6)]
        makes += [*islice(ODD.values(), 0, None, 3), *(make for make, _ in islice(ATTACKS.values(), 0, None, 8))]
        for make in makes:
            yield make(world)


SEEDS: dict[str, Callable[[], Iterator[bytes]]] = {
    "identify": files,
    "split": files,
    "separators": sheets,
    "fields": texts,
    "verify": signed,
}


def seeds(target: str) -> tuple[bytes, ...]:
    """The seeds of one target that are small enough."""
    return tuple(data for data in SEEDS[target]() if len(data) <= LARGEST)
