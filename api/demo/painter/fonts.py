"""Finds the Liberation fonts and measures text in points.

Liberation Serif has the metrics of Times New Roman, which Decree 30/2020/NĐ-CP asks for. Measuring is done at one
fixed size and scaled, so a page breaks its lines the same way at every resolution.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from api.demo.painter.errors import FontMissing
from api.demo.painter.plan import Style

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts")
_MEASURE_PX = 256
_CUTS = {(False, False): "Regular", (True, False): "Bold", (False, True): "Italic", (True, True): "BoldItalic"}


def font_name(style: Style) -> str:
    """The file name of the font a style is set in, such as `LiberationSerif-BoldItalic.ttf`."""
    family = "Mono" if style.mono else "Sans" if style.sans else "Serif"
    return f"Liberation{family}-{_CUTS[style.bold, style.italic]}.ttf"


@lru_cache(maxsize=64)
def find_font(name: str) -> Path:
    """The path of a font file by its name, from the usual font folders.

    Raises:
        FontMissing: No folder has it.
    """
    for folder in FOLDERS:
        root = Path(folder).expanduser()
        usual = root / "truetype" / "liberation2" / name
        if usual.is_file():
            return usual
        found = next(iter(sorted(root.rglob(name))), None) if root.is_dir() else None
        if found:
            return found
    raise FontMissing(font=name)


@lru_cache(maxsize=512)
def font_px(style: Style, dpi: float) -> ImageFont.FreeTypeFont:
    """The font of a style in the pixels of a resolution."""
    path = str(find_font(font_name(style)))
    return ImageFont.truetype(path, style.size_pt * dpi / 72, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=32)
def _measuring(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(find_font(name)), _MEASURE_PX, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=65536)
def width_pt(text: str, style: Style) -> float:
    """The advance width of a text in points."""
    if style.hand:
        return len(text) * style.size_pt * 0.58
    return _measuring(font_name(style)).getlength(text) * style.size_pt / _MEASURE_PX
