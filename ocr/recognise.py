"""A page image becomes words on their places: its own text layer when that is good, else prepared and read.

Invariants: boxes are in pixels of the stored page; text is NFC; a page that reads well as it lies is never turned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ingest.late import Late
from ingest.model import PageImage
from ocr.codes import read_codes
from ocr.crumbs import print_lines
from ocr.engines.choice import engine
from ocr.engines.words import PAGE
from ocr.handwriting.fill import with_handwriting
from ocr.language.correct import corrected
from ocr.language.forms import formed
from ocr.language.gazetteer import gazetteer, named
from ocr.language.legacy import converted
from ocr.language.lexicon import lexicon
from ocr.lost_marks import with_lost_marks
from ocr.model import Line, PageText, SecrecyMark, TextSource, Word
from ocr.options import ReadOptions
from ocr.order import in_lines, in_order
from ocr.orientation import Attempt, read_upright
from ocr.plausible import is_vietnamese
from ocr.prepare.colour import ink
from ocr.prepare.decode import Grey, decode
from ocr.prepare.geometry import Matrix, carried, quarter_turn, within
from ocr.prepare.skew import ink_points, share_inside
from ocr.reread import with_passed_over
from ocr.secrecy import Seen, printed
from ocr.stamps import stamp_on

if TYPE_CHECKING:
    from ocr.engines.textlayer import layer_reader, layer_words
else:
    layer_reader = Late("ocr.engines.textlayer", "layer_reader")
    layer_words = Late("ocr.engines.textlayer", "layer_words")

_LEAST_COVER = 0.5
"""Share of a page's ink that a text layer must lie over; a scan that only carries the text of its signature has less."""


def read_page(image: PageImage, options: ReadOptions, source_pdf: str = "") -> PageText:
    """What stands on a page: words with boxes and confidence in reading order, codes, orientation and tilt.

    `source_pdf` is the PDF the page was taken from (page `image.index` of it); its text layer is used only if it reads as
    Vietnamese and lies over the page's ink, and then with confidence 1. Pure and without state, to run in a box.

    Raises EngineMissing, EngineFailed, PageTimeout, PageUnreadable.
    """
    pixels = decode(image.path)
    grey = ink(pixels, image.dpi)
    if image.has_text_layer and source_pdf and options.use_text_layer and not image.turn_fixed:
        layer = _good_layer(grey, image, source_pdf)
        if layer is not None:
            return layer if layer.secrecy else replace(layer, secrecy=stamp_on(pixels, image, layer.turn_deg, options))
    best = read_upright(grey, image.dpi, image.exif_turn_deg % 360, options, fixed=image.turn_fixed)
    marked = with_lost_marks(best.words, best.reading.grey, best.reading.dpi, options)
    written = with_handwriting(marked, best.reading.grey)
    words = with_passed_over(written, best.reading.grey, best.reading.dpi, options)
    kept = [[Word(raw.text, raw.box, raw.confidence, raw.read) for raw in line] for line in print_lines(words)]
    lines = _mapped(kept, best.reading.grey.shape[1], best.reading.to_stored, image)
    if options.language_pass:
        lines = named(formed(corrected(lines, lexicon(options.lexicon))), gazetteer(options.gazetteer))
    return PageText(
        width_px=image.width_px,
        height_px=image.height_px,
        dpi=image.dpi,
        lines=lines,
        source=TextSource.OCR if lines else TextSource.NONE,
        engine=f"{engine(options.engine).name()} {options.language} psm{PAGE}",
        turn_deg=best.turn_deg,
        skew_deg=best.reading.tilt_deg,
        codes=read_codes(grey),
        secrecy=_printed_mark(best, image) or stamp_on(pixels, image, best.turn_deg, options),
    )


def _printed_mark(best: Attempt, image: PageImage) -> SecrecyMark | None:
    """A mark of secrecy among the words as the engine gave them: short lines it half believes count here."""
    seen = [Seen(word.text, word.box, word.line) for word in best.words]
    mark = printed(seen, best.reading.grey.shape[0])
    return mark and replace(mark, box=within(carried(mark.box, best.reading.to_stored), image.width_px, image.height_px))


def _good_layer(grey: Grey, image: PageImage, source_pdf: str) -> PageText | None:
    """The page as its own text layer says, or None when that is no Vietnamese or not what the page shows."""
    words, code = _in_unicode(layer_words(source_pdf, image))
    if not words:
        return None
    turn_deg = image.exif_turn_deg % 360
    to_stored = np.asarray(np.linalg.inv(quarter_turn(turn_deg, image.width_px, image.height_px)), dtype=np.float64)
    width = image.height_px if turn_deg % 180 else image.width_px
    upright = in_lines(words)
    lines = _mapped(upright, width, to_stored, image)
    boxes = [word.box for line in lines for word in line.words]
    if share_inside(ink_points(grey, image.dpi), boxes) < _LEAST_COVER:
        return None
    seen = [Seen(word.text, word.box, number) for number, line in enumerate(upright) for word in line]
    mark = printed(seen, image.width_px if turn_deg % 180 else image.height_px)
    return PageText(
        width_px=image.width_px,
        height_px=image.height_px,
        dpi=image.dpi,
        lines=lines,
        source=TextSource.TEXT_LAYER,
        engine=f"{layer_reader()}{code}",
        turn_deg=turn_deg,
        codes=read_codes(grey),
        secrecy=mark and replace(mark, box=within(carried(mark.box, to_stored), image.width_px, image.height_px)),
    )


def _in_unicode(words: Sequence[Word]) -> tuple[tuple[Word, ...], str]:
    """The words of a Vietnamese layer, old codes converted, and the code's name; none when it is no Vietnamese."""
    texts = [word.text for word in words]
    if is_vietnamese(texts):
        return tuple(words), ""
    found = converted(texts)
    if not found:
        return (), ""
    code, made = found
    return tuple(replace(word, text=text) for word, text in zip(words, made, strict=True)), f" {code}"


def _mapped(lines: Sequence[list[Word]], width_px: float, to_stored: Matrix, image: PageImage) -> tuple[Line, ...]:
    """Lines in upright reading pixels, put in reading order and back on the stored page."""
    return tuple(_line(words, to_stored, image) for words in in_order(lines, width_px))


def _line(upright: list[Word], to_stored: Matrix, image: PageImage) -> Line:
    words = tuple(
        Word(word.text, within(carried(word.box, to_stored), image.width_px, image.height_px), word.confidence)
        for word in upright
    )
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    return Line(words, box)
